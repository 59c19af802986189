"""What every backend must do, in one suite: subclass ``Contract`` and say how a workbook is made and typed into.

The whole run goes over the backend, so what is promised to people is what is tested.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest

from sheets_sync.backends.base import Backend
from sheets_sync.model import FoundTab, Outcome, OwnTab, Plan, SourceTab, TaskRow, Value
from sheets_sync.problems import Refusal
from sheets_sync.report import RunReport, to_json
from sheets_sync.run import Request, sync
from sheets_sync.tables.recognise import recognise
from sheets_sync.tables.task_rows import interpret

DAY = date(2026, 11, 20)
Rows = Sequence[Sequence[Value]]


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


SHOP: Mapping[str, Rows] = {
    "Clientes": [
        ["Código do cliente", "Nome", "Telefone", "Frequência", "Categoria"],
        ["00123", "Ana Souza", "+55 43 99911-0001", "mensal", "Cliente"],
        ["00124", "=HYPERLINK(1)", None, None, "Cliente"],
        ["00125", "Rui", None, "bimensal", "Cliente"],
    ],
    "Pedidos": [
        ["Controle de pedidos"],
        [],
        ["Nº do pedido", "Código do cliente", "Data do pedido", "Valor pago", "Situação", "Pago em"],
        ["P-1", "00123", ago(7), 189.9, "Entregue"],
        [],
        ["P-2", "00124", ago(150), 20, "Entregue"],
        ["P-3", "00125", "31/02/2026", 20, "Entregue"],
        ["P-4", "00125", ago(2), 75.5, "Cancelado", ago(2)],
        ["Total", None, None, 305.4],
    ],
    "Trocas": [
        ["Protocolo", "Nº do pedido", "Data da solicitação", "Tipo", "Valor pago"],
        ["T-1", "P-2", ago(100), "Devolução", 20],
    ],
}
HEADER_ROW = 3


class Contract(ABC):
    """``start`` makes a workbook of the given tabs; the other methods are what people do to it."""

    @abstractmethod
    def start(self, tabs: Mapping[str, Rows]) -> None: ...

    @abstractmethod
    def backend(self) -> Backend:
        """A backend on the workbook as it is now."""

    @abstractmethod
    def type_into(self, title: str, row: int, position: int, value: Value) -> None: ...

    @abstractmethod
    def delete_row(self, title: str, row: int) -> None: ...

    @abstractmethod
    def comment_on(self, title: str, row: int, position: int, text: str) -> None: ...

    @abstractmethod
    def fingerprint(self) -> object:
        """Equal exactly where nothing was written."""

    def change_under_us(self) -> None:
        """What makes a reading too old to write on."""
        self.type_into("Pedidos", 4, 3, 1.0)

    @pytest.fixture(autouse=True)
    def _shop(self, request: pytest.FixtureRequest) -> None:
        self.request = request
        self.start(SHOP)

    # ── helps ───────────────────────────────────────────────────────────────

    def run(self, on: date = DAY, **more: Any) -> RunReport:
        backend = self.backend()
        try:
            return sync(backend, Request(now=datetime.now(UTC), run_id="test", on=on, write=True, **more))
        finally:
            backend.close()

    def tab(self, own: OwnTab) -> FoundTab:
        backend = self.backend()
        try:
            return interpret(backend.open().grids[own])
        finally:
            backend.close()

    def row(self, own: OwnTab, key: str) -> TaskRow:
        return next(r for r in self.tab(own).rows if r.key == key)

    def write(self, own: OwnTab, key: str, column: str, value: Value) -> None:
        tab = self.tab(own)
        position = next(c.position for c in tab.columns if c.key == column)
        self.type_into(tab.title, self.row(own, key).row, position, value)

    # ── reading ─────────────────────────────────────────────────────────────

    def test_open_peeks_at_every_tab_in_order(self) -> None:
        backend = self.backend()
        book = backend.open()
        backend.close()
        assert [tab.title for tab in book.tabs] == list(SHOP)
        orders = book.tabs[1]
        assert orders.rows[1][0] == "Controle de pedidos"
        assert 2 not in orders.rows
        assert orders.rows[3][:3] == ("Nº do pedido", "Código do cliente", "Data do pedido")
        assert (book.grids, book.memory) == ({}, None)

    def test_load_gives_recognised_columns_under_excel_s_row_numbers(self) -> None:
        backend = self.backend()
        found = recognise(backend.open().tabs, {})
        orders = next(raw for raw in backend.load(found.layouts) if raw.layout.source is SourceTab.ORDERS)
        backend.close()
        assert orders.layout.header_row == HEADER_ROW
        assert list(orders.frame.columns) == ["order_id", "customer_id", "ordered_on", "total", "status", "paid_on"]
        assert orders.frame.loc[4, "order_id"] == "P-1"
        assert orders.frame.loc[5].isna().all()
        assert orders.frame.loc[7, "ordered_on"] == "31/02/2026"

    # ── writing ─────────────────────────────────────────────────────────────

    def test_an_empty_plan_touches_nothing(self) -> None:
        backend = self.backend()
        backend.open()
        before = self.fingerprint()
        assert not backend.apply(Plan(tabs=(), memory=None, language="en")).changed
        backend.close()
        assert self.fingerprint() == before

    def test_a_first_run_adds_the_tabs_and_a_second_one_nothing(self) -> None:
        first = self.run()
        assert first.outcome is Outcome.APPLIED
        before = self.fingerprint()
        assert self.run().outcome is Outcome.NOTHING
        assert self.fingerprint() == before
        keys = {r.key for r in self.tab(OwnTab.TOUCHPOINTS).rows}
        assert keys == {v.task.key for v in first.tasks if v.task.tab is OwnTab.TOUCHPOINTS}

    def test_text_that_looks_like_a_formula_is_written_as_text(self) -> None:
        self.run()
        row = next(r for r in self.tab(OwnTab.TOUCHPOINTS).rows if "00124" in str(r.key))
        assert row.machine["customer"] == "=HYPERLINK(1)"

    def test_ticks_notes_and_dates_stay_with_their_key(self) -> None:
        self.run()
        key = "check_in:P-1:1"
        self.write(OwnTab.TOUCHPOINTS, key, "note", "ligou à tarde")
        self.write(OwnTab.TOUCHPOINTS, key, "done", "✓")
        after = self.run(DAY + timedelta(days=1))
        view = next(v for v in after.tasks if v.task.key == key)
        assert (view.done, view.note) == (True, "ligou à tarde")
        assert self.row(OwnTab.TOUCHPOINTS, key).people == {"done": "✓", "note": "ligou à tarde"}
        self.run(DAY + timedelta(days=3))
        ended = self.row(OwnTab.HISTORY, key)
        assert ended.machine["note"] == "ligou à tarde"

    def test_a_comment_stays_with_its_task_and_is_told_in_the_history(self) -> None:
        self.run()
        key, tab = "check_in:P-1:1", self.tab(OwnTab.TOUCHPOINTS)
        position = next(c.position for c in tab.columns if c.key == "customer")
        self.comment_on(tab.title, self.row(OwnTab.TOUCHPOINTS, key).row, position, "prefere à tarde")
        self.write(OwnTab.TOUCHPOINTS, key, "done", "✓")
        self.run(DAY + timedelta(days=1))
        assert [remark.text for remark in self.row(OwnTab.TOUCHPOINTS, key).remarks] == ["prefere à tarde"]
        self.run(DAY + timedelta(days=3))
        assert "Comentário (Cliente): prefere à tarde" in str(self.row(OwnTab.HISTORY, key).machine["own"])
        assert self.run(DAY + timedelta(days=3)).outcome is Outcome.NOTHING

    def test_a_changed_machine_cell_is_put_right_in_the_same_run(self) -> None:
        self.run()
        key = "check_in:P-1:1"
        why = self.row(OwnTab.TOUCHPOINTS, key).machine["why"]
        self.write(OwnTab.TOUCHPOINTS, key, "why", "my own words")
        done = self.run()
        assert self.row(OwnTab.TOUCHPOINTS, key).machine["why"] == why
        assert "machine_edited" in {p.code for p in done.questions}

    def test_a_deleted_row_is_dismissed_and_does_not_come_back(self) -> None:
        self.run()
        tab, key = self.tab(OwnTab.TOUCHPOINTS), "check_in:P-1:1"
        self.delete_row(tab.title, self.row(OwnTab.TOUCHPOINTS, key).row)
        after = self.run(DAY + timedelta(days=1))
        assert key not in {v.task.key for v in after.tasks}
        assert self.row(OwnTab.HISTORY, key)
        assert self.run(DAY + timedelta(days=1)).outcome is Outcome.NOTHING

    def test_a_cell_that_cannot_be_read_is_a_question_and_every_row_counts_once(self) -> None:
        done = self.run()
        asked = {(p.where.tab, p.where.row) for p in done.questions}
        assert ("Pedidos", 7) in asked
        assert ("Clientes", 4) in asked
        for counts in done.rows.values():
            assert counts.read == counts.used + counts.questioned + counts.blank

    def test_an_answer_is_applied_from_the_next_run_on_and_the_question_leaves(self) -> None:
        self.run()
        asked = next(r for r in self.tab(OwnTab.QUESTIONS).rows if "bimensal" in str(r.machine.get("found")))
        self.write(OwnTab.QUESTIONS, str(asked.key), "answer", "a cada duas semanas")
        after = self.run()
        assert not any("bimensal" in str(p.params) for p in after.questions)
        assert all(r.key != asked.key for r in self.tab(OwnTab.QUESTIONS).rows)
        assert self.run().outcome is Outcome.NOTHING

    def test_a_workbook_that_changed_since_it_was_read_is_not_written(self) -> None:
        self.run()
        backend = self.backend()
        book = backend.open()
        self.change_under_us()
        before = self.fingerprint()
        with pytest.raises(Refusal) as refused:
            backend.apply(Plan(tabs=(), memory=book.memory, language="pt-BR"))
        backend.close()
        assert refused.value.code == "changed_under_us"
        assert self.fingerprint() == before

    def test_the_same_content_gives_the_same_report_on_every_backend(self) -> None:
        said = to_json(self.run())
        for part in ("workbook", "seconds", "traffic"):
            said.pop(part, None)
        self.compare("report", said)

    _reports: ClassVar[dict[str, dict[str, object]]] = {}

    def compare(self, name: str, value: dict[str, object]) -> None:
        """Equal to what the first backend that came here said."""
        assert value == self._reports.setdefault(name, value)

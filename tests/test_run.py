"""Whole runs on a workbook in memory, day by day: what the rooms promise only together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sheets_sync import timeline
from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.model import FoundTab, GridCell, OwnTab, Status, TaskRow, Value
from sheets_sync.report import RunReport
from sheets_sync.run import Request, sync
from sheets_sync.tables.task_rows import interpret

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
CHECK_IN, APPROVE = "check_in:P-1:1", "exchange_approve:T-1:1"
HEADS = {
    "Pedidos": ["Nº do pedido", "Cliente", "Data do pedido"],
    "Trocas": ["Protocolo", "Nº do pedido", "Data da solicitação", "Tipo"],
}


class Shop:
    """A workbook, the day, and what people do."""

    def __init__(self) -> None:
        self.today = TODAY
        self.book = MemoryBackend()
        self.fill("Pedidos", ["P-0", "Bia", TODAY - 60 * DAY], ["P-1", "Ana", TODAY - 7 * DAY])
        self.fill("Trocas", ["T-1", "P-0", TODAY, "Troca"])

    def fill(self, title: str, *rows: Sequence[Value]) -> None:
        self.book.put(title, [HEADS[title], *rows])

    def request(self, **more: Any) -> Request:
        return Request(now=datetime.now(UTC), run_id="test", on=self.today, write=True, **more)

    def run(self, **more: Any) -> RunReport:
        done = sync(self.book, self.request(**more))
        again = sync(self.book, self.request(**more))
        assert again.plan.empty, "a second run plans nothing"
        return done

    def tab(self, own: OwnTab) -> FoundTab:
        return interpret(self.book.open().grids[own])

    def rows(self, own: OwnTab) -> Mapping[str, TaskRow]:
        return {str(row.key): row for row in self.tab(own).rows}

    def write(self, key: str, column: str, value: Value) -> None:
        own = OwnTab.EXCHANGES if key.startswith("exchange_") else OwnTab.TOUCHPOINTS
        sheet, tab = self.book.own(own), self.tab(own)
        assert sheet is not None
        position = next(c.position for c in tab.columns if c.key == column)
        row = self.rows(own)[key].row
        sheet.rows = {**sheet.rows, row: {**sheet.rows[row], position: GridCell(value=value)}}

    def statuses(self, who: str) -> dict[str, Status]:
        """Key → status of a customer's timeline."""
        return {v.task.key: v.status for v in timeline.of_customer(self.book, self.request(), who).views}


@pytest.fixture
def shop() -> Shop:
    return Shop()


# ── the memory ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("left", "said"), [(None, "memory_lost"), ("edited by hand", "memory_unreadable"), ("", "memory_lost")]
)
def test_a_lost_sync_tab_costs_no_tick_and_brings_nothing_back(shop: Shop, left: str | None, said: str) -> None:
    shop.run()
    shop.write(CHECK_IN, "done", "✓")
    shop.write(APPROVE, "note", "aguardando a fábrica")
    shop.today += DAY
    shop.run()
    shop.today += 2 * DAY  # the ticked check-in is history now
    shop.run()
    assert CHECK_IN in shop.rows(OwnTab.HISTORY)
    shop.book.memory = left
    done = shop.run()
    assert said in {p.code for p in done.problems}
    assert CHECK_IN not in shop.rows(OwnTab.TOUCHPOINTS)
    assert shop.rows(OwnTab.EXCHANGES)[APPROVE].people == {"note": "aguardando a fábrica"}


def test_a_workbook_that_never_had_a_run_has_lost_nothing(shop: Shop) -> None:
    assert not {"memory_lost", "memory_unreadable"} & {p.code for p in shop.run().problems}


# ── postponed beyond the window ─────────────────────────────────────────────


def test_a_row_postponed_beyond_its_window_stays_until_a_newer_order_comes(shop: Shop) -> None:
    shop.run()
    shop.write(CHECK_IN, "postpone_to", TODAY + 20 * DAY)
    shop.run()
    shop.today += 10 * DAY  # its own window closed a week ago
    shop.run()
    assert CHECK_IN in shop.rows(OwnTab.TOUCHPOINTS)
    shop.fill(
        "Pedidos",
        ["P-0", "Bia", TODAY - 60 * DAY],
        ["P-1", "Ana", TODAY - 7 * DAY],
        ["P-2", "Ana", TODAY + 9 * DAY],
    )
    shop.run()
    assert CHECK_IN not in shop.rows(OwnTab.TOUCHPOINTS)
    assert shop.rows(OwnTab.HISTORY)[CHECK_IN].machine["end"] == "Substituído"


# ── in whose language ───────────────────────────────────────────────────────


def test_a_language_nobody_speaks_is_asked_about_and_the_message_is_in_the_workbooks(shop: Shop) -> None:
    shop.book.put("Clientes", [["Cliente", "Idioma"], ["Ana", "Klingon"]])
    done = shop.run()
    assert "choice_unknown" in {p.code for p in done.problems}
    assert next(v.task.message for v in done.tasks if v.task.key == CHECK_IN).startswith("Oi, Ana!")


# ── which tabs there are ────────────────────────────────────────────────────


def test_an_exchanges_tab_alone_gives_no_task_of_the_care_cycle(shop: Shop) -> None:
    shop.fill("Trocas", ["T-1", "P-0", TODAY, "Devolução"])
    with_orders = {view.task.rule for view in shop.run().tasks}
    shop.book = MemoryBackend({"Trocas": [HEADS["Trocas"], ["T-1", "P-0", TODAY, "Devolução"]]})
    assert {view.task.rule for view in shop.run().tasks} == {"exchange_approve"}
    assert "returned_product" in with_orders
    assert shop.book.own(OwnTab.TOUCHPOINTS) is None


# ── timeline ────────────────────────────────────────────────────────────────


def test_a_timeline_tells_what_a_newer_order_took_away_from_what_ran_out(shop: Shop) -> None:
    shop.fill(
        "Pedidos",
        ["P-1", "Ana", TODAY - 100 * DAY],
        ["P-2", "Ana", TODAY - 91 * DAY],  # nine days later: the check-in of P-1 was open
        ["P-3", "Ana", TODAY - 40 * DAY],
    )
    said = shop.statuses("Ana")
    assert said["check_in:P-1:1"] is Status.SUPERSEDED
    assert said["check_in:P-2:1"] is Status.EXPIRED
    assert said["check_in:P-3:1"] is Status.EXPIRED

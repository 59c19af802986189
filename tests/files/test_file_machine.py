"""People and the worker share one real Excel file for a while; after every run nothing of theirs may be lost.

Every word that a machine types is unique, so that "lost" is simply: found nowhere in the file nor in its memory.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sheets_sync import memory
from sheets_sync.backends.excel import ExcelBackend
from sheets_sync.model import FoundTab, Outcome, OwnTab, TaskRow, Value, Workbook
from sheets_sync.report import RunReport
from sheets_sync.run import Request, sync
from sheets_sync.tables.schema import TASK_TABS
from sheets_sync.tables.task_rows import interpret
from tests.files import people

EXAMPLES = int(os.environ.get("FILE_EXAMPLES", "2"))
STEPS = int(os.environ.get("FILE_STEPS", "12"))
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
CUSTOMERS = ("Ana", "Bia", "Caio", "Davi", "Eva")
HEADS: dict[str, list[Value]] = {
    "Clientes": ["Nome", "Telefone", "Frequência"],
    "Pedidos": ["Nº do pedido", "Cliente", "Data do pedido", "Situação"],
    "Trocas": ["Protocolo", "Nº do pedido", "Data da solicitação", "Tipo", "Aprovado em"],
}
MACHINE = ("status", "due", "task", "customer", "message", "why", "amount", "age")
BUSY = st.sampled_from(TASK_TABS)


class FileMachine(RuleBasedStateMachine):
    """The file, its people and the worker."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "loja.xlsx"
        self.today = TODAY
        self.count = 0
        self.source: dict[str, list[list[Value]]] = {title: [] for title in HEADS}
        self.typed: dict[str, tuple[str, str]] = {}  # token → (key it was typed at, tab), "" = in a row of people's own
        self.unseen: set[str] = set()  # typed since the last run

    def teardown(self) -> None:
        self.folder.cleanup()

    # ── helps ───────────────────────────────────────────────────────────────

    def number(self) -> int:
        self.count += 1
        return self.count

    def look(self) -> tuple[Workbook, dict[OwnTab, FoundTab]]:
        backend = ExcelBackend(self.path)
        book = backend.open()
        backend.close()
        return book, {own: interpret(grid) for own, grid in book.grids.items()}

    def sync(self, *, force: bool = False) -> RunReport:
        backend = ExcelBackend(self.path)
        try:
            request = Request(now=datetime.now(UTC), run_id="test", on=self.today, write=True, force=force)
            return sync(backend, request)
        finally:
            backend.close()

    def run(self) -> None:
        done = self.sync()
        if done.outcome is Outcome.REFUSED:
            assert {p.code for p in done.problems} & {"source_emptied", "source_rows_missing"}, done.problems
            done = self.sync(force=True)
        self.unseen.clear()
        before = self.path.read_bytes()
        again = self.sync()
        assert again.outcome is Outcome.NOTHING, [
            (t.own, t.heading, t.adds, t.updates, t.removes) for t in again.plan.tabs
        ]
        assert self.path.read_bytes() == before
        self.judge(done)

    def judge(self, done: RunReport) -> None:
        book, tabs = self.look()
        assert book.memory is not None
        waiting = str(memory.loads(book.memory))
        everything = "\n".join(people.texts(self.path))
        for token, (key, _) in self.typed.items():
            assert token in everything or token in waiting, f"{token} of {key!r} is lost"
        rows = {row.key: row for own in TASK_TABS if own in tabs for row in tabs[own].rows if row.key}
        assert rows.keys() == {view.task.key for view in done.tasks}
        ended = {row.key for row in tabs[OwnTab.HISTORY].rows} if OwnTab.HISTORY in tabs else set()
        for token, (key, _) in self.typed.items():
            if key in rows and key not in ended:
                assert token in str((rows[key].people, rows[key].own)), f"{token} left its row {key}"

    def source_changed(self) -> None:
        with people.opened(self.path) as book:
            for title, rows in self.source.items():
                people.fill(book[title], [HEADS[title], *rows])

    def edit(self, own: OwnTab, act: Callable[[Any, FoundTab], None]) -> None:
        """Something done to a tab of ours, if it is there."""
        found = self.look()[1].get(own)
        if found is not None and found.columns:
            with people.opened(self.path) as book:
                act(book[found.title], found)

    def at(self, found: FoundTab, data: st.DataObject) -> TaskRow | None:
        rows = [row for row in found.rows if row.key]
        return data.draw(st.sampled_from(rows)) if rows else None

    def type_word(self, own: OwnTab, data: st.DataObject, column: str, value: Value, token: str | None) -> None:
        def act(sheet: Any, found: FoundTab) -> None:
            row = self.at(found, data)
            where = [c.position for c in found.columns if column in (c.key, c.header)]
            if row is not None and where:
                people.put(sheet, row.row, where[0], value)
                self.typed = {t: p for t, p in self.typed.items() if p[0] != row.key or not self.replaced(t, column)}
                if token:
                    self.typed[token] = (str(row.key), own)
                    self.unseen.add(token)

        self.edit(own, act)

    @staticmethod
    def replaced(token: str, column: str) -> bool:
        """A word typed over another one takes its place."""
        return token.startswith(column)

    def forget(self, some: Iterator[str] | set[str]) -> None:
        """People took these away themselves before any run saw them."""
        for token in list(some):
            self.typed.pop(token, None)

    # ── the worker ──────────────────────────────────────────────────────────

    @initialize(orders=st.lists(st.tuples(st.sampled_from(CUSTOMERS), st.integers(0, 30)), min_size=2, max_size=6))
    def begin(self, orders: list[tuple[str, int]]) -> None:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title in HEADS:
            book.create_sheet(title)
        book.save(self.path)
        self.source["Clientes"] = [[name, f"+55 43 99911-000{n}", "mensal"] for n, name in enumerate(CUSTOMERS)]
        for who, days in orders:
            self.source["Pedidos"].append([f"P-{self.number()}", who, self.today - days * DAY, None])
        for n in range(2):
            self.source["Trocas"].append([None, self.source["Pedidos"][n][0], self.today - n * DAY, "Troca", None])
        self.source_changed()
        self.run()

    @rule(days=st.integers(0, 3))
    def days_pass(self, days: int) -> None:
        self.today += days * DAY
        self.run()

    # ── people write ────────────────────────────────────────────────────────

    @rule(own=BUSY, data=st.data())
    def note(self, own: OwnTab, data: st.DataObject) -> None:
        token = f"note{self.number()}."
        self.type_word(own, data, "note", token, token)

    @rule(own=BUSY, data=st.data(), tick=st.sampled_from(("✓", "sim", None, True)))
    def tick(self, own: OwnTab, data: st.DataObject, tick: Value) -> None:
        self.type_word(own, data, "done", tick, None)

    @rule(own=BUSY, data=st.data(), days=st.integers(-2, 9))
    def postpone(self, own: OwnTab, data: st.DataObject, days: int) -> None:
        self.type_word(own, data, "postpone_to", self.today + days * DAY, None)

    @rule(own=BUSY, data=st.data())
    def write_in_a_column_of_their_own(self, own: OwnTab, data: st.DataObject) -> None:
        token = f"Meu{self.number()}."

        def add(sheet: Any, found: FoundTab) -> None:
            if all(c.header != "Meu" for c in found.columns) and found.header_row is not None:
                people.put(sheet, found.header_row, sheet.max_column, "Meu")

        self.edit(own, add)
        self.type_word(own, data, "Meu", token, token)

    @rule(own=BUSY)
    def write_a_row_of_their_own(self, own: OwnTab) -> None:
        token = f"row{self.number()}."

        def act(sheet: Any, found: FoundTab) -> None:
            where = next((c.position for c in found.columns if c.key == "note"), None)
            if where is not None and found.header_row is not None:
                people.put(sheet, max([found.header_row, *(r.row for r in found.rows)]) + 1, where, token)
                self.typed[token] = ("", own)

        self.edit(own, act)

    @rule(own=BUSY, data=st.data(), column=st.sampled_from(MACHINE))
    def scribble(self, own: OwnTab, data: st.DataObject, column: str) -> None:
        self.type_word(own, data, column, "rabisco", None)

    # ── people move things ──────────────────────────────────────────────────

    @rule(own=BUSY, data=st.data())
    def delete_a_row(self, own: OwnTab, data: st.DataObject) -> None:
        def act(sheet: Any, found: FoundTab) -> None:
            row = self.at(found, data)
            if row is not None:
                sheet.delete_rows(row.row)
                self.forget({t for t, (key, _) in self.typed.items() if key == row.key and t in self.unseen})

        self.edit(own, act)

    @rule(own=BUSY, data=st.data())
    def copy_a_row(self, own: OwnTab, data: st.DataObject) -> None:
        def act(sheet: Any, found: FoundTab) -> None:
            row = self.at(found, data)
            if row is not None:
                people.copy_below(sheet, row.row)

        self.edit(own, act)

    @rule(own=BUSY, data=st.data())
    def sort(self, own: OwnTab, data: st.DataObject) -> None:
        def act(sheet: Any, found: FoundTab) -> None:
            rows = [row.row for row in found.rows]
            people.sort(sheet, rows, data.draw(st.permutations(rows)), range(sheet.max_column))

        self.edit(own, act)

    @rule(own=BUSY, data=st.data())
    def sort_the_machine_s_columns_alone(self, own: OwnTab, data: st.DataObject) -> None:
        self.run()

        def act(sheet: Any, found: FoundTab) -> None:
            rows = [row.row for row in found.rows if row.key]
            key = next((c.position for c in found.columns if c.key == "key"), None)
            if key is not None:
                people.sort(sheet, rows, data.draw(st.permutations(rows)), range(key + 1))

        self.edit(own, act)
        self.run()

    @rule(own=BUSY, column=st.sampled_from(("key", *MACHINE)))
    def delete_a_column_of_ours(self, own: OwnTab, column: str) -> None:
        def act(sheet: Any, found: FoundTab) -> None:
            for position in (c.position for c in found.columns if c.key == column):
                sheet.delete_cols(position + 1)

        self.edit(own, act)

    @rule(own=BUSY, data=st.data())
    def rename_a_header(self, own: OwnTab, data: st.DataObject) -> None:
        def act(sheet: Any, found: FoundTab) -> None:
            column = data.draw(st.sampled_from([c for c in found.columns if c.key]))
            if found.header_row is not None:
                people.put(sheet, found.header_row, column.position, f"Coluna {self.number()}")

        self.edit(own, act)

    @rule(own=BUSY, row=st.integers(1, 4))
    def delete_a_row_of_the_frame(self, own: OwnTab, row: int) -> None:
        def act(sheet: Any, found: FoundTab) -> None:
            if row < min((r.row for r in found.rows), default=5):
                sheet.delete_rows(row)

        self.edit(own, act)

    @rule(own=BUSY, rows=st.integers(1, 2))
    def insert_rows_above(self, own: OwnTab, rows: int) -> None:
        self.edit(own, lambda sheet, _: sheet.insert_rows(1, rows))

    @rule(own=BUSY)
    def rename_a_tab(self, own: OwnTab) -> None:
        def act(sheet: Any, _: FoundTab) -> None:
            sheet.title = f"Aba {self.number()}"

        self.edit(own, act)

    @rule(own=st.sampled_from((*TASK_TABS, OwnTab.QUESTIONS, OwnTab.UPCOMING, OwnTab.SETTINGS)))
    def delete_a_tab(self, own: OwnTab) -> None:
        def act(sheet: Any, _: FoundTab) -> None:
            sheet.parent.remove(sheet)
            self.forget({t for t, (key, tab) in self.typed.items() if tab == own and (t in self.unseen or not key)})

        self.edit(own, act)

    @rule()
    def delete_sync(self) -> None:
        self.run()
        with people.opened(self.path) as book:
            hidden = [s for s in book.worksheets if s.title == "_sync"]
            for sheet in hidden:
                book.remove(sheet)
        self.run()

    # ── the shop's own tabs ─────────────────────────────────────────────────

    @rule(who=st.sampled_from(CUSTOMERS), days=st.integers(0, 30))
    def order(self, who: str, days: int) -> None:
        self.source["Pedidos"].append([f"P-{self.number()}", who, self.today - days * DAY, None])
        self.source_changed()

    @rule(data=st.data(), days=st.integers(0, 9))
    def exchange(self, data: st.DataObject, days: int) -> None:
        of = data.draw(st.sampled_from([row[0] for row in self.source["Pedidos"]]))
        self.source["Trocas"].append(
            [None, of, self.today - days * DAY, data.draw(st.sampled_from(("Troca", "Devolução"))), None]
        )
        self.source_changed()

    @rule(data=st.data(), cell=st.sampled_from((("Pedidos", 2), ("Pedidos", 3), ("Trocas", 2), ("Trocas", 4))))
    def change_a_cell(self, data: st.DataObject, cell: tuple[str, int]) -> None:
        title, position = cell
        rows = self.source[title]
        if rows:
            row = rows[data.draw(st.integers(0, len(rows) - 1))]
            day = self.today - data.draw(st.integers(0, 20)) * DAY
            row[position] = data.draw(st.sampled_from(("Cancelado", None) if position == 3 else (day, "31/02/2026")))
            self.source_changed()

    @precondition(lambda self: len(self.source["Pedidos"]) > 1)
    @rule(data=st.data(), title=st.sampled_from(("Pedidos", "Trocas")))
    def delete_a_source_row(self, data: st.DataObject, title: str) -> None:
        rows = self.source[title]
        if len(rows) > 1:
            rows.pop(data.draw(st.integers(0, len(rows) - 1)))
            self.source_changed()

    @rule(data=st.data())
    def an_exchange_gets_its_number(self, data: st.DataObject) -> None:
        self.run()
        nameless = [row for row in self.source["Trocas"] if row[0] is None]
        same = [row[1] for row in self.source["Trocas"]]
        nameless = [row for row in nameless if same.count(row[1]) == 1]
        if nameless:
            row = data.draw(st.sampled_from(nameless))
            row[0] = f"T-{self.number()}"
            self.source_changed()
            self.typed = {
                t: (
                    ":".join([key.split(":")[0], str(row[0]), "1"])
                    if key.split(":")[1:2] == [row[1]] and tab == OwnTab.EXCHANGES
                    else key,
                    tab,
                )
                for t, (key, tab) in self.typed.items()
            }
            self.run()

    @invariant()
    def the_file_opens(self) -> None:
        if self.path.exists():
            openpyxl.load_workbook(self.path)


TestFile = FileMachine.TestCase
TestFile.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.generate] if os.environ.get("FILE_UNSHRUNK") == "1" else list(Phase), print_blob=True,
)  # fmt: skip

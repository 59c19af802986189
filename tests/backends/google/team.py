"""A team on a spreadsheet: a small shop with plain rules, people who work in our tabs, workers that sync.

The rules are those of ``tests/reconcile`` (few and fast); the rooms, the backend and the server are the real ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sheets_sync import memory, plan
from sheets_sync.config import Settings
from sheets_sync.model import FoundTab, Grid, GridCell, OwnTab, Plan, Value
from sheets_sync.problems import PlanAgain, Refusal
from sheets_sync.reconcile.observe import observe, with_aliases
from sheets_sync.reconcile.reconcile import reconcile
from sheets_sync.reconcile.recovery import recall
from sheets_sync.run import AGAIN
from sheets_sync.tables.schema import TASK_TABS
from sheets_sync.tables.task_rows import interpret
from tests.backends.google.spreadsheets import Desk
from tests.reconcile.house import TODAY, Shop
from tests.sheets_server import SheetsServer

WORD = re.compile(r"w\d+w")
Edit = Callable[[], None]


def letters(position: int) -> str:
    return chr(65 + position)


@dataclass(slots=True)
class Team:
    """``words``: what people wrote → the key of the row they wrote it in (None = a row of their own)."""

    desk: Desk
    shop: Shop = field(default_factory=Shop)
    today: date = TODAY
    words: dict[str, str | None] = field(default_factory=dict)
    ticked: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    count: int = 0

    @classmethod
    def at(cls, server: SheetsServer) -> Team:
        return cls(Desk(server, {"Pedidos": [["x"]], "Trocas": [["x"]]}))

    def again(self) -> Team:
        """The same team once more, on a copy of its spreadsheet down to the ids of its tabs."""
        own = {name: deepcopy(getattr(self, name)) for name in ("shop", "words", "ticked", "deleted")}
        return replace(self, desk=self.desk.again(), **own)

    # ── workers ─────────────────────────────────────────────────────────────

    def planned(self, backend_open: Callable[[], object]) -> Plan:
        workbook = backend_open()
        settings = Settings.default()
        found = {own: interpret(grid) for own, grid in workbook.grids.items()}  # type: ignore[attr-defined]
        remembered, _ = recall(workbook.memory, found, self.today)  # type: ignore[attr-defined]
        observed = with_aliases(observe(found, remembered, self.today, settings), {})
        horizon = self.today + timedelta(days=settings.number("upcoming_days"))
        desired = list(self.shop.desired(self.today, observed.ticks, observed.since, horizon))
        facts = self.shop.facts(frozenset(tab.title for tab in workbook.tabs))  # type: ignore[attr-defined]
        done = reconcile(desired, observed, facts, self.shop.remembered(), settings)
        return plan.assemble(done.tabs, done.memory, workbook.memory, settings.language)  # type: ignore[attr-defined]

    def sync(self) -> str:
        """As ``run.sync`` does: read, plan, write, again where that did not fit."""
        written, tries = False, 0
        while tries < AGAIN:
            backend = self.desk.backend()
            try:
                made = self.planned(backend.open)
                backend.apply(made)
            except PlanAgain as again:
                written = written or again.written
                tries += not again.partly
                continue
            finally:
                backend.close()
            return "applied" if written or not made.empty else "nothing"
        if written:
            return "applied"
        raise Refusal("changed_under_us")

    def plan(self) -> Plan:
        backend = self.desk.backend()
        try:
            return self.planned(backend.open)
        finally:
            backend.close()

    # ── looking ─────────────────────────────────────────────────────────────

    def title(self, own: OwnTab) -> str | None:
        for title in self.desk.person.tabs:
            rows = self.desk.person.values(title, "1:3")
            if any(str(cell).startswith(f"sheets-sync:{own.value}:") for row in rows for cell in row[:40]):
                if own is not OwnTab.SYNC and str(rows[0][0]).startswith("sheets-sync:sync:"):
                    continue
                return title
        return None

    def found(self, own: OwnTab) -> FoundTab | None:
        title = self.title(own)
        if title is None:
            return None
        rows = {
            number: {p: GridCell(value=value) for p, value in enumerate(row) if value not in {"", None}}
            for number, row in enumerate(self.desk.person.values(title), 1)
        }
        return interpret(Grid(own=own, title=title, rows={n: cells for n, cells in rows.items() if cells}))

    def keys(self, own: OwnTab = OwnTab.TOUCHPOINTS) -> list[str]:
        tab = self.found(own)
        return [row.key for row in tab.rows if row.key] if tab else []

    def position(self, tab: FoundTab, column: str) -> int | None:
        return next((c.position for c in tab.columns if c.key == column), None)

    # ── people ──────────────────────────────────────────────────────────────

    def word(self) -> str:
        self.count += 1
        return f"w{self.count}w"

    def forget(self, cells: object) -> None:
        """Words that a person takes away, knowingly."""
        for word in WORD.findall(str(cells)):
            self.words.pop(word, None)

    def put(self, own: OwnTab, nth: int, column: str, value: Value) -> str | None:
        """Type into the nth task's row; its key."""
        tab = self.found(own)
        rows = [row for row in tab.rows if row.key] if tab else []
        if tab is None or not rows:
            return None
        row, position = rows[nth % len(rows)], self.position(tab, column)
        if position is None:
            return None
        self.forget(row.people.get(column))
        self.desk.put(tab.title, row.row, position, value)
        return row.key

    def write_word(self, own: OwnTab, nth: int, column: str = "note") -> None:
        word = self.word()
        key = self.put(own, nth, column, word)
        if key is not None:
            self.words[word] = key

    def tick(self, own: OwnTab, nth: int) -> None:
        key = self.put(own, nth, "done", True)
        if key is not None:
            self.ticked.add(key)

    def scribble(self, own: OwnTab, nth: int, column: str) -> None:
        """Over a machine cell."""
        self.put(own, nth, column, "typed over")

    def own_row(self, own: OwnTab, nth: int, column: str = "customer") -> None:
        """A row of a person's own above the nth row below the header."""
        tab = self.found(own)
        if tab is None or tab.header_row is None:
            return
        position = self.position(tab, column)
        row = tab.header_row + 1 + nth % (len(tab.rows) + 1)
        if position is None:
            return
        self.desk.person.inserts_rows(tab.title, row)
        word = self.word()
        self.words[word] = None
        self.desk.put(tab.title, row, position, word)

    def delete_row(self, own: OwnTab, nth: int) -> None:
        tab = self.found(own)
        if tab is None or not tab.rows:
            return
        row = tab.rows[nth % len(tab.rows)]
        self.forget((row.people, row.own, row.machine))
        self.desk.person.deletes_rows(tab.title, row.row)
        if row.key:
            self.deleted.add(row.key)

    def sort(self, own: OwnTab, column: str, *, descending: bool = False) -> None:
        tab = self.found(own)
        if tab is None or tab.header_row is None or not tab.rows:
            return
        position, right = self.position(tab, column), max(c.position for c in tab.columns)
        if position is not None:
            cells = f"A{tab.header_row + 1}:{letters(right)}{max(row.row for row in tab.rows)}"
            self.desk.person.sorts(tab.title, cells, letters(position), descending=descending)

    def filter(self, own: OwnTab, nth: int, column: str) -> None:
        """Hide the rows that show what the nth row shows in a column; the filter's own arrows do the same."""
        tab = self.found(own)
        position = self.position(tab, column) if tab else None
        if tab is None or tab.header_row is None or position is None or not tab.rows:
            return
        row = tab.rows[nth % len(tab.rows)].row
        (shown,) = (self.desk.person.sees(tab.title, f"{letters(position)}{row}") or [[]])[0] or [""]
        sheet = self.desk.person.sheet(tab.title)
        area = {"sheetId": sheet.id, "startRowIndex": tab.header_row - 1, "startColumnIndex": 0}
        hiding = {"range": area, "criteria": {str(position): {"hiddenValues": [shown]}}}
        self.desk.person.requests({"setBasicFilter": {"filter": hiding}})

    def unfilter(self, own: OwnTab) -> None:
        if (title := self.title(own)) is not None:
            self.desk.person.requests({"clearBasicFilter": {"sheetId": self.desk.sheet_id(title)}})

    def add_column(self, own: OwnTab, at: int) -> None:
        """A column of people's own, with a word in every task's row."""
        tab = self.found(own)
        if tab is None or tab.header_row is None or len(tab.columns) > 18:
            return
        at %= max(c.position for c in tab.columns) + 2
        self.desk.person.inserts_columns(tab.title, letters(at))
        self.desk.put(tab.title, tab.header_row, at, f"mine {self.count}")
        for row in tab.rows:
            if row.key:
                word = self.word()
                self.words[word] = row.key
                self.desk.put(tab.title, row.row, at, word)

    def rename_header(self, own: OwnTab, nth: int) -> None:
        tab = self.found(own)
        if tab is None or tab.header_row is None:
            return
        column = tab.columns[nth % len(tab.columns)]
        self.count += 1
        self.desk.put(tab.title, tab.header_row, column.position, f"Coluna {self.count}")

    def rename_tab(self, own: OwnTab) -> None:
        if (title := self.title(own)) is not None:
            self.count += 1
            self.desk.person.renames(title, f"{title[:20]} {self.count}")

    def delete_column(self, own: OwnTab, column: str) -> None:
        tab = self.found(own)
        position = self.position(tab, column) if tab else None
        if tab is None or position is None:
            return
        for row in tab.rows:
            self.forget(row.people.get(column) or row.machine.get(column))
        self.desk.person.deletes_columns(tab.title, letters(position))

    # ── judging ─────────────────────────────────────────────────────────────

    def judge(self) -> None:
        """Nothing is lost, nothing stands twice, and a second run plans nothing."""
        self.judge_words()
        again = self.plan()
        told = [(t.own, t.heading, t.adds, t.updates, t.removes, t.repair) for t in again.tabs]
        assert again.empty, str(told)[:2000]

    def judge_words(self) -> None:
        """Nothing of people's is lost or moved to another task, and no task stands twice."""
        places: dict[str, list[tuple[OwnTab, str | None]]] = {}
        for own in OwnTab:
            tab = self.found(own) if own is not OwnTab.SYNC else None
            for row in tab.rows if tab else ():
                for word in WORD.findall(str((row.people, row.own, row.machine))):
                    places.setdefault(word, []).append((own, row.key or row.copy_of))
        packed = self.memory()
        for word, key in self.words.items():
            stands = places.get(word, [])
            assert stands or (packed and word in packed), f"{word} of {key} is lost"
            assert all(at == key for _, at in stands), f"{word} of {key} stands at {stands}"
        for own in TASK_TABS:
            keys = self.keys(own)
            assert len(keys) == len(set(keys))
            tab = self.found(own)
            copies = [row.copy_of for row in tab.rows if row.copy_of] if tab else []
            assert not copies, f"{copies} stand twice"
        ended = self.found(OwnTab.HISTORY)
        past = ended.rows if ended else ()
        rows = [(row.key or row.copy_of, row.machine.get("end"), row.machine.get("ended_on")) for row in past]
        assert len(rows) == len(set(rows)), f"written twice into the history: {rows}"
        removed = {key for key, end, _ in rows if end == "removida à mão" or str(end).startswith("removid")}
        assert removed <= self.deleted, f"nobody deleted {removed - self.deleted}"
        shown = {key for own in TASK_TABS for key in self.keys(own)}
        finished = {key for key, _, _ in rows}
        for key in self.ticked - self.deleted:
            if key in shown:
                tab = next(t for own in TASK_TABS if (t := self.found(own)) and key in {r.key for r in t.rows})
                row = next(r for r in tab.rows if r.key == key)
                assert row.people.get("done") is True, f"{key} lost its tick"
            else:
                assert key in finished, f"{key} was ticked and is nowhere"

    def memory(self) -> str:
        title = next((t for t in self.desk.person.tabs if t.startswith("_sync")), None)
        if title is None:
            return ""
        cells = [str(row[0]) for row in self.desk.person.values(title) if row]
        text = "".join(cell for cell in cells if not cell.startswith("sheets-sync:"))
        return memory._unpacked(text).decode() if text else ""

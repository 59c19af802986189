"""People's hands on our tabs: what stands there, and what they do to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from sheets_sync import locale
from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.backends.memory_sheet import Sheet
from sheets_sync.model import End, FoundTab, Grid, GridCell, OwnTab, TaskRow, Value
from sheets_sync.reconcile.history import end_words
from sheets_sync.setting_specs import rules_table
from sheets_sync.tables.schema import TASK_TABS
from sheets_sync.tables.task_rows import interpret

T = TypeVar("T")


@dataclass(slots=True)
class Hands:
    """A workbook in memory, as people use it."""

    backend: MemoryBackend = field(default_factory=MemoryBackend)

    # ── looking ─────────────────────────────────────────────────────────────

    def sheet(self, own: OwnTab = OwnTab.TOUCHPOINTS) -> Sheet:
        sheet = self.backend.own(own)
        assert sheet is not None, own
        return sheet

    def found(self, own: OwnTab = OwnTab.TOUCHPOINTS) -> FoundTab:
        sheet = self.sheet(own)
        rows = {row: dict(cells) for row, cells in sheet.rows.items() if cells}
        hidden = frozenset(sheet.hidden_rows)
        return interpret(Grid(own=own, title=sheet.title, rows=rows, hidden=hidden, comments=sheet.comments))

    def tab_of(self, key: str) -> OwnTab:
        return OwnTab(str(rules_table()[key.partition(":")[0]]["family"]))

    def rows(self, own: OwnTab = OwnTab.TOUCHPOINTS) -> dict[str, TaskRow]:
        return {row.key: row for row in self.found(own).rows if row.key is not None}

    def row(self, key: str) -> TaskRow:
        return self.rows(self.tab_of(key))[key]

    def status(self, key: str) -> Value:
        return self.row(key).machine.get("status")

    def keys(self) -> set[str]:
        """Keys with a row in a task tab."""
        tabs = (own for own in TASK_TABS if self.backend.own(own) is not None)
        return {key for own in tabs for key in self.rows(own)}

    def history(self) -> list[TaskRow]:
        return list(self.found(OwnTab.HISTORY).rows)

    def ended(self) -> list[tuple[str, End | None]]:
        """(key, how it ended) of every row of the history."""
        ends = end_words()
        return [
            (row.key or row.copy_of or "", ends.get(locale.fold(str(row.machine.get("end"))))) for row in self.history()
        ]

    def questions(self) -> list[str]:
        """Keys of the questions that stand."""
        return list(self.rows(OwnTab.QUESTIONS))

    # ── what people do ──────────────────────────────────────────────────────

    def position(self, column: str, own: OwnTab = OwnTab.TOUCHPOINTS) -> int:
        found = self.found(own)
        return next(c.position for c in found.columns if column in {c.key, c.header})

    def write(self, key: str, column: str, value: Value, own: OwnTab | None = None) -> None:
        """Type into a cell of a key's row."""
        own = own or self.tab_of(key)
        row, position = self.rows(own)[key].row, self.position(column, own)
        self.put(own, row, position, value)

    def put(self, own: OwnTab, row: int, position: int, value: Value, link: str | None = None) -> None:
        cells = self.sheet(own).rows.setdefault(row, {})
        if value is None:
            cells.pop(position, None)
        else:
            cells[position] = GridCell(value=value, link=link)

    def comment(self, key: str, column: str, text: str) -> None:
        """Hang a comment on a cell of a key's row."""
        own = self.tab_of(key)
        self.sheet(own).comments.setdefault(self.rows(own)[key].row, {})[self.position(column, own)] = text

    def tick(self, key: str, value: Value = "✓") -> None:
        self.write(key, "done", value)

    def note(self, key: str, text: Value) -> None:
        self.write(key, "note", text)

    def delete_row(self, key: str, own: OwnTab | None = None) -> None:
        own = own or self.tab_of(key)
        self.sheet(own).rebuilt({}, [self.rows(own)[key].row])

    def copy_row(self, key: str, *, above: bool = False) -> None:
        own = self.tab_of(key)
        row = self.rows(own)[key].row
        cells = dict(self.sheet(own).rows[row])
        self.sheet(own).rebuilt({row - 1 if above else row: [cells]}, [])

    def own_row(self, text: str, own: OwnTab = OwnTab.TOUCHPOINTS) -> None:
        """A row of a person's own, below all others."""
        sheet = self.sheet(own)
        sheet.rows[sheet.last_row + 1] = {self.position("customer", own): GridCell(value=text)}

    def add_column(self, header: str, own: OwnTab = OwnTab.TOUCHPOINTS, at: int | None = None) -> int:
        """A column of a person's own, at a position (the others move right) or at the end."""
        sheet, header_row = self.sheet(own), self.found(own).header_row
        assert header_row is not None
        end = max(p for cells in sheet.rows.values() for p in cells) + 1
        if at is not None:
            for row, cells in sheet.rows.items():
                sheet.rows[row] = {p + (p >= at): cell for p, cell in cells.items()}
            for row, texts in sheet.comments.items():
                sheet.comments[row] = {p + (p >= at): text for p, text in texts.items()}
        position = end if at is None else at
        sheet.rows[header_row][position] = GridCell(value=header)
        return position

    def delete_column(self, column: str, own: OwnTab = OwnTab.TOUCHPOINTS) -> None:
        sheet, at = self.sheet(own), self.position(column, own)
        for row, cells in list(sheet.rows.items()):
            sheet.rows[row] = {p - (p > at): cell for p, cell in cells.items() if p != at}
        for row, texts in list(sheet.comments.items()):
            sheet.comments[row] = {p - (p > at): text for p, text in texts.items() if p != at}

    def delete_tab(self, own: OwnTab) -> None:
        self.backend.sheets.remove(self.sheet(own))

    def reorder(self, own: OwnTab, order: list[int], columns: set[int] | None = None, *, comments: bool = True) -> None:
        """Sort: the cells of ``columns`` (None = whole rows) of the rows in ``order`` come in that order, and with
        them (``comments``) what hangs on them."""
        sheet = self.sheet(own)
        _sort(sheet.rows, order, columns)
        if comments:
            _sort(sheet.comments, order, columns)


def _sort(rows: dict[int, dict[int, T]], order: list[int], columns: set[int] | None) -> None:
    moved = [dict(rows.get(row, {})) for row in order]
    for place, cells in zip(sorted(order), moved, strict=True):
        stay = {p: c for p, c in rows.get(place, {}).items() if columns is not None and p not in columns}
        come = {p: c for p, c in cells.items() if columns is None or p in columns}
        rows[place] = {**stay, **come}

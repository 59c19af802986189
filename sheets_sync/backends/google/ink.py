"""Cells as requests write them: only what changes, many cells in one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sheets_sync.backends.google.cells import entered
from sheets_sync.backends.google.changes import Cells, Ink
from sheets_sync.backends.google.formats import moment_format, number_format
from sheets_sync.backends.google.links import to_google
from sheets_sync.model import Kind

VALUE = "userEnteredValue"
LINK = "userEnteredFormat.textFormat.link"
NUMBER = "userEnteredFormat.numberFormat"


def area(sheet: int, rows: tuple[int, int | None], columns: tuple[int, int | None] = (0, None)) -> dict[str, int]:
    """A range; rows and columns from 0, the ends not in it, None = to the edge."""
    found = {"sheetId": sheet, "startRowIndex": rows[0], "startColumnIndex": columns[0]}
    if rows[1] is not None:
        found["endRowIndex"] = rows[1]
    if columns[1] is not None:
        found["endColumnIndex"] = columns[1]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Turns ink into cells. ``ids``: of all tabs by title, for links; ``linked``: positions whose links are ours."""

    language: str
    ids: Mapping[str, int]
    linked: frozenset[int] = frozenset()

    def cell(self, ink: Ink, *, patterns: bool = True) -> dict[str, Any]:
        """A cell with all that its ink says; without ``patterns`` its number is shown as its column's are."""
        made: dict[str, Any] = {}
        if ink.formula:
            made[VALUE] = {"formulaValue": f"={ink.formula}"}
        elif held := entered(ink.value):
            made[VALUE] = held
        form: dict[str, Any] = {}
        link = to_google(ink.link, self.ids)
        if link:
            form["textFormat"] = {"link": {"uri": link}}
        shown = self._number(ink) if patterns else None
        if shown:
            form["numberFormat"] = shown
        if form:
            made["userEnteredFormat"] = form
        return made

    def _number(self, ink: Ink) -> dict[str, str] | None:
        if isinstance(ink.value, date):
            return moment_format(ink.value, self.language)
        return number_format(Kind.MONEY, self.language, ink.currency) if ink.currency else None

    def fields(self, position: int, ink: Ink) -> tuple[str, ...]:
        """What of a cell is written: its value, its link where that is ours, a pattern where the value needs one."""
        more = [LINK] if ink.link or position in self.linked else []
        return (VALUE, *more, *([NUMBER] if self._number(ink) else []))

    def puts(self, sheet: int, rows: Mapping[int, Mapping[int, Ink]]) -> Iterator[dict[str, Any]]:
        """Requests that write these cells (row number → position → ink) and no others.

        Neighbours of one kind share a request: a column that changes in a thousand rows is one.
        """
        blocks: list[_Block] = []
        open_blocks: dict[tuple[int, int, tuple[str, ...]], _Block] = {}
        for row in sorted(rows):
            going: dict[tuple[int, int, tuple[str, ...]], _Block] = {}
            for left, fields, inks in self._stretches(rows[row]):
                shape = (left, len(inks), fields)
                block = open_blocks.get(shape)
                if block is None or block.bottom != row - 1:
                    block = _Block(row, left, fields)
                    blocks.append(block)
                block.rows.append([self.cell(ink) for ink in inks])
                going[shape] = block
            open_blocks = going
        for block in blocks:
            yield block.request(sheet)

    def _stretches(self, cells: Mapping[int, Ink]) -> Iterator[tuple[int, tuple[str, ...], list[Ink]]]:
        left, fields, inks = -1, tuple[str, ...](), list[Ink]()
        for position in sorted(cells):
            ink = cells[position]
            wanted = self.fields(position, ink)
            if inks and (position != left + len(inks) or wanted != fields):
                yield left, fields, inks
                inks = []
            if not inks:
                left, fields = position, wanted
            inks.append(ink)
        if inks:
            yield left, fields, inks

    def fill(self, sheet: int, first: int, rows: Sequence[Cells]) -> dict[str, Any]:
        """The request that fills new rows from row ``first`` on; their columns' patterns are there already."""
        return {
            "updateCells": {
                "start": {"sheetId": sheet, "rowIndex": first - 1, "columnIndex": 0},
                "rows": [{"values": self.line(cells)} for cells in rows],
                "fields": f"{VALUE},{LINK}",
            }
        }

    def append(self, sheet: int, rows: Sequence[Cells]) -> dict[str, Any]:
        """The request that puts rows below the last one that holds anything; the grid's looks are there already."""
        lines = [{"values": self.line(cells)} for cells in rows]
        return {"appendCells": {"sheetId": sheet, "rows": lines, "fields": f"{VALUE},{LINK}"}}

    def line(self, cells: Cells) -> list[dict[str, Any]]:
        """A row's cells from column A on, without patterns."""
        return [self.cell(cells[p], patterns=False) if p in cells else {} for p in range(max(cells, default=-1) + 1)]

    def patterns(
        self, sheet: int, first: int, rows: Sequence[Cells], usual: Mapping[int, Mapping[str, str] | None]
    ) -> Iterator[dict[str, Any]]:
        """Requests for cells of new rows that are shown otherwise than their column: another currency, a stray date."""
        runs: dict[int, tuple[int, int, dict[str, str]]] = {}
        for row, cells in enumerate(rows, first):
            for position, ink in cells.items():
                shown = self._number(ink)
                if shown is None or shown == usual.get(position):
                    continue
                top, bottom, before = runs.get(position, (row, row - 1, shown))
                if before == shown and bottom == row - 1:
                    runs[position] = (top, row, shown)
                    continue
                yield _pattern(sheet, (top, bottom), position, before)
                runs[position] = (row, row, shown)
        for position, (top, bottom, shown) in runs.items():
            yield _pattern(sheet, (top, bottom), position, shown)


def _pattern(sheet: int, rows: tuple[int, int], position: int, shown: dict[str, str]) -> dict[str, Any]:
    return {
        "repeatCell": {
            "range": area(sheet, (rows[0] - 1, rows[1]), (position, position + 1)),
            "cell": {"userEnteredFormat": {"numberFormat": shown}},
            "fields": NUMBER,
        }
    }


@dataclass(slots=True)
class _Block:
    """A rectangle of cells to be written."""

    top: int
    left: int
    fields: tuple[str, ...]
    rows: list[list[dict[str, Any]]]

    def __init__(self, top: int, left: int, fields: tuple[str, ...]) -> None:
        self.top, self.left, self.fields, self.rows = top, left, fields, []

    @property
    def bottom(self) -> int:
        return self.top + len(self.rows) - 1

    def request(self, sheet: int) -> dict[str, Any]:
        return {
            "updateCells": {
                "start": {"sheetId": sheet, "rowIndex": self.top - 1, "columnIndex": self.left},
                "rows": [{"values": cells} for cells in self.rows],
                "fields": ",".join(self.fields),
            }
        }

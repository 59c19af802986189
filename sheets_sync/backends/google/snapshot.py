"""What stood in our tabs at the very moment of a write: copied aside by the write's own first requests.

People edit at any moment, also between our read and our write, and Google has no way to write on a condition. So a
batch that goes by row numbers first copies the tabs it changes into the hidden tab, right of the memory; the copy comes
back with the answer, and says exactly what the batch met and wrote over.

Copying cells leaves out rows that a filter hides. So what is copied is a duplicate of the tab, in which nothing is
hidden any more, and which is gone again at the end of the batch; the tab's own filter is not touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import count
from typing import Any

from gspread.utils import rowcol_to_a1

from sheets_sync.backends.google.cells import value_of
from sheets_sync.backends.google.changes import Cells, Ink
from sheets_sync.backends.google.ink import VALUE, area
from sheets_sync.backends.google.looks import Request
from sheets_sync.backends.google.sheet import Sheet

FIELDS = (
    "sheets(properties(sheetId),"
    "data(startRow,startColumn,rowData(values(effectiveValue,userEnteredValue(formulaValue)))))"
)
_FIRST_COLUMN = 1
"""The memory has column A."""
_MORE_ROWS, _MORE_COLUMNS = 100, 6
"""Room for what people insert between our reading and our writing."""
_FIRST_ID = 1_730_470_000
"""Of the duplicates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """``tabs``: (sheet id, title, rows, columns) of the tabs to be changed, as read; ``sync``: the hidden tab's id;
    ``taken``: ids of all tabs."""

    sync: int
    sync_title: str
    sync_rows: int
    sync_columns: int
    tabs: Sequence[tuple[int, str, int, int]]
    taken: Set[int]

    @property
    def rows(self) -> int:
        """Rows that the hidden tab then has."""
        return max([self.sync_rows, *(rows + _MORE_ROWS for _, _, rows, _ in self.tabs)])

    @property
    def columns(self) -> int:
        """Columns that it then has."""
        return max(self.sync_columns, _FIRST_COLUMN + sum(columns + _MORE_COLUMNS for _, _, _, columns in self.tabs))

    def requests(self) -> Iterator[Request]:
        """Make room and copy."""
        free = (number for number in count(_FIRST_ID) if number not in self.taken)
        if not self.tabs:
            return
        rows, columns = self.rows, self.columns
        if rows > self.sync_rows:
            yield _grow(self.sync, "ROWS", rows - self.sync_rows)
        if columns > self.sync_columns:
            yield _grow(self.sync, "COLUMNS", columns - self.sync_columns)
        yield {"updateCells": {"range": area(self.sync, (0, rows), (_FIRST_COLUMN, columns)), "fields": VALUE}}
        for (sheet, _, _, _), left, twin in zip(self.tabs, self._lefts(), free, strict=False):
            yield {"duplicateSheet": {"sourceSheetId": sheet, "newSheetId": twin}}
            yield {"clearBasicFilter": {"sheetId": twin}}
            for dimension in ("ROWS", "COLUMNS"):
                yield _unhide(twin, dimension)
            yield {
                "copyPaste": {
                    "source": {"sheetId": twin},
                    "destination": area(self.sync, (0, 1), (left, left + 1)),
                    "pasteType": "PASTE_VALUES",
                    "pasteOrientation": "NORMAL",
                }
            }
            yield {"deleteSheet": {"sheetId": twin}}

    def _lefts(self) -> Iterator[int]:
        left = _FIRST_COLUMN
        for _, _, _, columns in self.tabs:
            yield left
            left += columns + _MORE_COLUMNS

    @property
    def ranges(self) -> list[str]:
        """What the answer must show: the copies (not the memory beside them), and the tabs as they then are."""
        copies = f"{_quoted(self.sync_title)}!B1:{rowcol_to_a1(self.rows, self.columns)}"
        return [copies, *(_quoted(title) for _, title, _, _ in self.tabs)]

    def read(self, answer: Mapping[str, Any]) -> tuple[dict[int, list[Cells]], dict[int, list[Cells]]]:
        """(sheet id → rows before the changes, sheet id → rows after them)."""
        sheets = {found.id: found for found in map(Sheet, answer.get("sheets", ()))}
        before: dict[int, list[Cells]] = {}
        after: dict[int, list[Cells]] = {}
        for (sheet, _, _, columns), left in zip(self.tabs, self._lefts(), strict=True):
            before[sheet] = _image(sheets[self.sync], left, columns + _MORE_COLUMNS) if self.sync in sheets else []
            after[sheet] = _image(sheets[sheet], 0, None) if sheet in sheets else []
        return before, after


def _grow(sheet: int, dimension: str, length: int) -> Request:
    return {"appendDimension": {"sheetId": sheet, "dimension": dimension, "length": length}}


def _unhide(sheet: int, dimension: str) -> Request:
    return {
        "updateDimensionProperties": {
            "range": {"sheetId": sheet, "dimension": dimension},
            "properties": {"hiddenByUser": False},
            "fields": "hiddenByUser",
        }
    }


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _image(sheet: Sheet, left: int, columns: int | None) -> list[Cells]:
    rows: dict[int, Cells] = {}
    for number, start, cells in sheet.rows():
        found = {
            position - left: Ink(value=value_of(cell), formula=cell.get("userEnteredValue", {}).get("formulaValue"))
            for position, cell in enumerate(cells, start)
            if position >= left and (columns is None or position < left + columns)
            if cell.get("effectiveValue")
        }
        if found:
            rows[number] = found
    return [rows.get(number, {}) for number in range(1, max(rows, default=0) + 1)]

"""One sheet as Google gave it: its cells where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sheets_sync.backends.google.cells import CellData, value_of
from sheets_sync.backends.google.links import from_google, of_phone
from sheets_sync.backends.own_tabs import PEEK_ROWS, marker_of
from sheets_sync.model import Grid, GridCell, OwnTab, TabPeek, Value
from sheets_sync.tables.own_frame import find_key_row, key_positions
from sheets_sync.tables.schema import OWN

FIELDS = (
    "properties(sheetId,title,index,hidden,sheetType,gridProperties(rowCount,columnCount)),conditionalFormats,basicFilter(range),"
    "data(startRow,startColumn,rowMetadata(hiddenByFilter,hiddenByUser),"
    "rowData(values(effectiveValue,userEnteredValue(formulaValue),effectiveFormat(numberFormat(type)),hyperlink,note)))"
)
"""What is asked of every sheet."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """``answer``: the sheet as the API gave it (``FIELDS``)."""

    answer: Mapping[str, Any]

    @property
    def id(self) -> int:
        """Its id; the first sheet's is 0, and zeros are left out."""
        return int(self.answer["properties"].get("sheetId", 0))

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.answer["properties"].get("title", ""))

    @property
    def hidden(self) -> bool:
        """True where people do not see it."""
        return bool(self.answer["properties"].get("hidden"))

    @property
    def holds_cells(self) -> bool:
        """False for charts on a sheet of their own and for sheets of a connected data source."""
        return str(self.answer["properties"].get("sheetType", "GRID")) == "GRID"

    @property
    def row_count(self) -> int:
        """How many rows the grid has, blank ones included."""
        return int(self.answer["properties"].get("gridProperties", {}).get("rowCount", 0))

    @property
    def column_count(self) -> int:
        """How many columns the grid has."""
        return int(self.answer["properties"].get("gridProperties", {}).get("columnCount", 0))

    @property
    def conditions(self) -> list[Mapping[str, Any]]:
        """Its conditional formats, in their order."""
        return list(self.answer.get("conditionalFormats", ()))

    @property
    def filtered(self) -> bool:
        """True where it has a filter."""
        return "basicFilter" in self.answer

    def rows(self) -> Iterator[tuple[int, int, list[CellData]]]:
        """(row number, position of the first cell, cells) for every row that Google gave."""
        for block in self.answer.get("data", ()):
            start, left = int(block.get("startRow", 0)), int(block.get("startColumn", 0))
            for number, row in enumerate(block.get("rowData", ()), start + 1):
                cells = row.get("values")
                if cells:
                    yield number, left, cells

    def hidden_rows(self) -> frozenset[int]:
        """Rows hidden by a filter or by hand."""
        return frozenset(
            number
            for block in self.answer.get("data", ())
            for number, about in enumerate(block.get("rowMetadata", ()), int(block.get("startRow", 0)) + 1)
            if about.get("hiddenByFilter") or about.get("hiddenByUser")
        )

    def peek(self) -> TabPeek:
        """The first rows as text."""
        texts: dict[int, tuple[str | None, ...]] = {}
        for number, left, cells in self.rows():
            if number > PEEK_ROWS:
                break
            row = [*([None] * left), *map(_text, cells)]
            while row and row[-1] is None:
                row.pop()
            if row:
                texts[number] = tuple(row)
        return TabPeek(title=self.title, hidden=self.hidden, rows=texts, marker=marker_of(texts))

    def grid(self, own: OwnTab, titles: Mapping[int, str]) -> Grid:
        """All cells of a tab of ours. ``titles``: of tabs by id."""
        rows: dict[int, dict[int, GridCell]] = {}
        notes: dict[int, dict[int, str]] = {}
        for number, left, cells in self.rows():
            said = {p: str(cell["note"]) for p, cell in enumerate(cells, left) if cell.get("note")}
            if said:
                notes[number] = said
            found = {p: held for p, cell in enumerate(cells, left) if (held := _grid_cell(cell, titles)) is not None}
            if found:
                rows[number] = found
        grid = Grid(
            own=own, title=self.title, rows=rows, hidden=self.hidden_rows(), comments=notes,
            comments_stay=True,  # a batch cannot say which notes it met, so moving them could not be taken back
        )  # fmt: skip
        _lead_to_phones(grid, rows)
        return grid

    def first_column(self) -> list[Value]:
        """The values of column A."""
        return [value_of(cells[0]) for _, left, cells in self.rows() if left == 0]


def _text(cell: CellData) -> str | None:
    value = cell.get("effectiveValue", {}).get("numberValue")
    if value is not None:  # dates are as stored
        return str(int(value)) if value == int(value) else repr(value)
    found = value_of(cell)
    if isinstance(found, bool):
        return "TRUE" if found else "FALSE"
    return None if found is None else str(found)


def _grid_cell(cell: CellData, titles: Mapping[int, str]) -> GridCell | None:
    if not cell:
        return None
    value, link = value_of(cell), from_google(cell.get("hyperlink"), titles)
    formula = cell.get("userEnteredValue", {}).get("formulaValue")
    if value is None and not formula and not link:
        return None
    return GridCell(value=value, formula=formula[1:] if formula else None, link=link)


def _lead_to_phones(grid: Grid, rows: dict[int, dict[int, GridCell]]) -> None:
    """Give contact cells that show a phone number the link that Google does not keep."""
    schema_keys = OWN[grid.own].keys()
    key_row = find_key_row(grid, schema_keys) if "contact" in schema_keys else None
    if key_row is None:
        return
    at = next((p for p, key in key_positions(grid, key_row, schema_keys).items() if key == "contact"), None)
    for number, cells in rows.items():
        cell = cells.get(at) if at is not None and number > key_row else None
        link = of_phone(cell.value) if cell is not None and cell.link is None else None
        if cell is not None and at is not None and link is not None:
            cells[at] = GridCell(value=cell.value, formula=cell.formula, link=link)

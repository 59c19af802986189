"""One tab: its grid of cells and everything that lies on it. A fork shares what neither side changes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from tests.sheets_server.a1 import Area, Box
from tests.sheets_server.cells import BLANK, Cell, Row
from tests.sheets_server.proto_json import Json

_NO_CELLS: Row = {}


class Sheet:
    """A tab.

    Lists and dicts that lie here may be changed in place (a fork has its own), what lies *inside* them may not:
    rows, rules and properties are replaced.
    """

    def __init__(self, properties: Json) -> None:
        self.properties = properties
        self.rows: list[Row] = []
        self.row_properties: dict[int, Json] = {}
        self.column_properties: dict[int, Json] = {}
        self.merges: list[Json] = []
        self.conditional_formats: list[Json] = []
        self.protected_ranges: list[Json] = []
        self.basic_filter: Json | None = None
        self.filter_views: list[Json] = []
        self.bandings: list[Json] = []
        self.tables: list[Json] = []
        self.row_groups: list[Json] = []
        self.column_groups: list[Json] = []

    def fork(self) -> Sheet:
        """A copy that may be changed without this one noticing."""
        other = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (list, dict)):
                setattr(other, name, value.copy())
        return other

    @property
    def id(self) -> int:
        return int(self.properties["sheetId"])

    @property
    def title(self) -> str:
        return str(self.properties["title"])

    @property
    def row_count(self) -> int:
        return int(self.properties["gridProperties"]["rowCount"])

    @property
    def column_count(self) -> int:
        return int(self.properties["gridProperties"]["columnCount"])

    @property
    def bounds(self) -> Area:
        return Area(0, 0, self.row_count, self.column_count)

    def area(self, box: Box) -> Area:
        return box.within(self.row_count, self.column_count)

    def resize(self, rows: int | None = None, columns: int | None = None) -> None:
        """Other numbers of rows and columns; what lies beyond them is gone."""
        grid = dict(self.properties["gridProperties"])
        if rows is not None:
            grid["rowCount"] = rows
            del self.rows[rows:]
        if columns is not None:
            if columns < self.column_count:
                self.rows = [
                    {c: cell for c, cell in row.items() if c < columns} if row and max(row) >= columns else row
                    for row in self.rows
                ]
            grid["columnCount"] = columns
        self.properties = {**self.properties, "gridProperties": grid}

    def row(self, index: int) -> Row:
        return self.rows[index] if index < len(self.rows) else _NO_CELLS

    def cell(self, row: int, column: int) -> Cell:
        return self.row(row).get(column, BLANK)

    def put(self, row: int, column: int, cell: Cell) -> None:
        self.put_row(row, {**self.row(row), column: cell})

    def put_row(self, index: int, row: Row) -> None:
        """Another row of cells at ``index``; blank cells are not kept."""
        while len(self.rows) <= index:
            self.rows.append(_NO_CELLS)
        self.rows[index] = {column: cell for column, cell in row.items() if not cell.is_blank}

    def cells(self, area: Area) -> Iterator[tuple[int, int, Cell]]:
        """The cells of an area that are not blank, row by row."""
        for index in range(area.top, min(area.bottom, len(self.rows))):
            row = self.rows[index]
            for column in sorted(row):
                if area.left <= column < area.right:
                    yield index, column, row[column]

    def last_row_with_content(self) -> int:
        """The index of the last row in which anything was entered; -1 where none was."""
        for index in range(len(self.rows) - 1, -1, -1):
            if any(cell.entered is not None for cell in self.rows[index].values()):
                return index
        return -1


def new_properties(sheet_id: int, title: str, *, rows: int = 1000, columns: int = 26) -> Json:
    return {
        "sheetId": sheet_id,
        "title": title,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": rows, "columnCount": columns},
    }


def dimension_count(sheet: Sheet, dimension: str) -> int:
    return sheet.row_count if dimension == "ROWS" else sheet.column_count


def dimension_properties(sheet: Sheet, dimension: str) -> dict[int, Any]:
    return sheet.row_properties if dimension == "ROWS" else sheet.column_properties

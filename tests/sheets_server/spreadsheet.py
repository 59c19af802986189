"""A spreadsheet: its tabs, names and metadata. Published versions never change; a change is made on a fork."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area, Box
from tests.sheets_server.cells import Effective
from tests.sheets_server.errors import RequestError, invalid
from tests.sheets_server.proto_json import Json
from tests.sheets_server.sheet import Sheet, new_properties
from tests.sheets_server.theme import STANDARD_THEME

MOST_CELLS = 10_000_000
MOST_CHARACTERS = 50_000


class Spreadsheet:
    """One version of a spreadsheet. Lists may be changed on a fork, what lies in them is replaced."""

    def __init__(self, spreadsheet_id: str, properties: Json) -> None:
        self.id = spreadsheet_id
        self.properties = properties
        self.sheets: list[Sheet] = []
        self.named_ranges: list[Json] = []
        self.metadata: list[Json] = []
        self.computed: dict[tuple[int, int, int], Effective] = {}

    def fork(self) -> Spreadsheet:
        other = copy.copy(self)
        other.sheets = [sheet.fork() for sheet in self.sheets]
        other.named_ranges = list(self.named_ranges)
        other.metadata = list(self.metadata)
        other.computed = {}
        return other

    @property
    def title(self) -> str:
        return str(self.properties["title"])

    @property
    def locale(self) -> str:
        return str(self.properties["locale"])

    @property
    def time_zone(self) -> str:
        return str(self.properties["timeZone"])

    def sheet(self, sheet_id: int, *, noun: str = "grid") -> Sheet:
        """The tab with an id; RequestError in Google's words where there is none."""
        for sheet in self.sheets:
            if sheet.id == sheet_id:
                return sheet
        raise RequestError(f"No {noun} with id: {sheet_id}")

    def sheet_titled(self, title: str) -> Sheet | None:
        """Titles are compared as Google does: without regard to case."""
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == title.casefold()), None)

    def index_of(self, sheet: Sheet) -> int:
        return next(index for index, other in enumerate(self.sheets) if other.id == sheet.id)

    def find(self, text: str) -> tuple[Sheet, Box]:
        """The tab and cells that an A1 range or a name stands for; ApiError 400 where it stands for none."""
        name, cells = a1.split(text)
        if name is None:
            if (named := self.named_range(text)) is not None:
                return self.sheet(named["range"].get("sheetId", 0)), a1.box_of(named["range"])
            if (box := a1.parse_corners(text)) is not None and (self.sheet_titled(text) is None or ":" in text):
                return self.first_visible(), box
            name, cells = text, ""
        sheet = self.sheet_titled(name)
        if sheet is None:
            raise invalid(f"Unable to parse range: {text}")
        if not cells:
            return sheet, Box(0, 0, None, None)
        box = a1.parse_corners(cells)
        if box is None and (named := self.named_range(cells)) is not None:
            return self.sheet(named["range"].get("sheetId", 0)), a1.box_of(named["range"])
        if box is None:
            raise invalid(f"Unable to parse range: {text}")
        return sheet, box

    def find_inside(self, text: str) -> tuple[Sheet, Area]:
        """As ``find``, with open and overlong ends cut; ApiError 400 where the range begins beyond the grid."""
        sheet, box = self.find(text)
        if box.top >= sheet.row_count or box.left >= sheet.column_count:
            raise invalid(outside_grid(sheet, box))
        return sheet, sheet.area(box)

    def first_visible(self) -> Sheet:
        return next((sheet for sheet in self.sheets if not sheet.properties.get("hidden")), self.sheets[0])

    def named_range(self, name: str) -> Json | None:
        return next((named for named in self.named_ranges if named["name"].casefold() == name.casefold()), None)

    def area_of(self, grid_range: Json) -> tuple[Sheet, Area]:
        """The tab and cells of a GridRange in a request; it may end beyond the grid, but not begin there."""
        sheet = self.sheet(grid_range.get("sheetId", 0))
        box = a1.box_of(grid_range)
        if box.top >= sheet.row_count or box.left >= sheet.column_count:
            raise RequestError(outside_grid(sheet, box))
        return sheet, sheet.area(box)

    def count_cells(self) -> int:
        return sum(sheet.row_count * sheet.column_count for sheet in self.sheets)

    def check_size(self) -> None:
        if self.count_cells() > MOST_CELLS:
            raise RequestError(
                f"This action would increase the number of cells in the workbook above the limit of {MOST_CELLS} cells."
            )

    def used_ids(self) -> Iterator[Any]:
        """Ids of things that lie on tabs, so that a new one is not one of them."""
        for sheet in self.sheets:
            yield sheet.id
            for thing in (*sheet.protected_ranges, *sheet.filter_views, *sheet.bandings, *sheet.tables):
                for key in ("protectedRangeId", "filterViewId", "bandedRangeId", "tableId"):
                    if key in thing:
                        yield thing[key]
        for named in self.named_ranges:
            yield named["namedRangeId"]
        for metadata in self.metadata:
            yield metadata["metadataId"]


def outside_grid(sheet: Sheet, box: Box) -> str:
    return (
        f"Range ({a1.full(sheet.title, box)}) exceeds grid limits. "
        f"Max rows: {sheet.row_count}, max columns: {sheet.column_count}"
    )


_WHITE = {"red": 1, "green": 1, "blue": 1}
DEFAULT_FORMAT: Json = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": _WHITE},
}


def new_spreadsheet(
    spreadsheet_id: str, title: str, *, locale: str = "en_US", time_zone: str = "Etc/GMT"
) -> Spreadsheet:
    """An empty spreadsheet with one tab, as Drive creates it."""
    book = Spreadsheet(
        spreadsheet_id,
        {
            "title": title,
            "locale": locale,
            "autoRecalc": "ON_CHANGE",
            "timeZone": time_zone,
            "defaultFormat": DEFAULT_FORMAT,
            "spreadsheetTheme": STANDARD_THEME,
        },
    )
    book.sheets.append(Sheet(new_properties(0, "Sheet1")))
    return book

"""People at work in a spreadsheet: what they type, sort, insert, delete and rename, not counted as calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.sheets_server import a1, batch, zones
from tests.sheets_server.a1 import Area
from tests.sheets_server.entering import typed_into
from tests.sheets_server.files import File
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.registry import Batch
from tests.sheets_server.service import Service
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import Spreadsheet
from tests.sheets_server.values_api import clear


class Person:
    """Somebody who has the spreadsheet open."""

    def __init__(self, service: Service, file: File) -> None:
        self.service = service
        self.file = file

    # looking

    @property
    def tabs(self) -> list[str]:
        return [sheet.title for sheet in self.file.book.sheets]

    def sees(self, tab: str, cells: str = "") -> list[list[str]]:
        """What a range shows, row by row, without empty ends."""
        return self._view().rows(*self._place(self.file.book, tab, cells), "FORMATTED_VALUE", "FORMATTED_STRING")

    def values(self, tab: str, cells: str = "") -> list[list[Any]]:
        """What a range holds: numbers, booleans, texts."""
        return self._view().rows(*self._place(self.file.book, tab, cells), "UNFORMATTED_VALUE", "SERIAL_NUMBER")

    def sheet(self, tab: str) -> Sheet:
        """All that lies on a tab, in the newest version."""
        return self._place(self.file.book, tab, "")[0]

    def _view(self) -> View:
        zone = zones.zone(self.file.book.time_zone)
        return View(self.file.book, lambda: self.service.clock.now().astimezone(zone).replace(tzinfo=None))

    @staticmethod
    def _place(book: Spreadsheet, tab: str, cells: str) -> tuple[Sheet, Area]:
        return book.find_inside(f"{a1.title(tab)}!{cells}" if cells else a1.title(tab))

    # working

    def types(self, tab: str, cell: str, text: str) -> None:
        """Type a text into a cell, as at a keyboard."""
        with self._editing() as book:
            sheet, area = self._place(book, tab, cell)
            sheet.put(area.top, area.left, typed_into(sheet.cell(area.top, area.left), text, book.locale))

    def ticks(self, tab: str, cell: str, ticked: bool = True) -> None:
        """Click a checkbox."""
        with self._editing() as book:
            sheet, area = self._place(book, tab, cell)
            sheet.put(area.top, area.left, sheet.cell(area.top, area.left).holding(ticked))

    def notes(self, tab: str, cell: str, note: str) -> None:
        """Put a note on a cell."""
        with self._editing() as book:
            sheet, area = self._place(book, tab, cell)
            sheet.put(area.top, area.left, replace(sheet.cell(area.top, area.left), note=note))

    def clears(self, tab: str, cells: str) -> None:
        with self._editing() as book:
            clear(*self._place(book, tab, cells))

    def sorts(self, tab: str, cells: str, column: str, *, descending: bool = False) -> None:
        """Sort a range by one of its columns."""
        order = "DESCENDING" if descending else "ASCENDING"
        spec = {"dimensionIndex": a1.column_index(column), "sortOrder": order}
        self._request(
            lambda sheet, area: {"sortRange": {"range": a1.grid_range(sheet.id, area), "sortSpecs": [spec]}}, tab, cells
        )

    def inserts_rows(self, tab: str, before: int, count: int = 1) -> None:
        """Insert empty rows above row number ``before``, as people count."""
        self._dimension("insertDimension", tab, "ROWS", before - 1, count)

    def deletes_rows(self, tab: str, first: int, count: int = 1) -> None:
        self._dimension("deleteDimension", tab, "ROWS", first - 1, count)

    def inserts_columns(self, tab: str, before: str, count: int = 1) -> None:
        self._dimension("insertDimension", tab, "COLUMNS", a1.column_index(before), count)

    def deletes_columns(self, tab: str, first: str, count: int = 1) -> None:
        self._dimension("deleteDimension", tab, "COLUMNS", a1.column_index(first), count)

    def moves_rows(self, tab: str, first: int, count: int, before: int) -> None:
        """Drag rows to above row number ``before``."""
        self._move(tab, "ROWS", first - 1, count, before - 1)

    def moves_columns(self, tab: str, first: str, count: int, before: str) -> None:
        self._move(tab, "COLUMNS", a1.column_index(first), count, a1.column_index(before))

    def renames(self, tab: str, title: str) -> None:
        properties = {"title": title}
        self._request(
            lambda sheet, _: {
                "updateSheetProperties": {"properties": {"sheetId": sheet.id, **properties}, "fields": "title"}
            },
            tab,
        )

    def adds_tab(self, title: str) -> None:
        self.requests({"addSheet": {"properties": {"title": title}}})

    def deletes_tab(self, tab: str) -> None:
        self._request(lambda sheet, _: {"deleteSheet": {"sheetId": sheet.id}}, tab)

    def requests(self, *given: Json) -> None:
        """Anything else, as the requests of a batch."""
        with self._editing() as book:
            self._apply(book, list(given))

    def _dimension(self, kind: str, tab: str, dimension: str, start: int, count: int) -> None:
        where = {"dimension": dimension, "startIndex": start, "endIndex": start + count}
        self._request(lambda sheet, _: {kind: {"range": {"sheetId": sheet.id, **where}}}, tab)

    def _move(self, tab: str, dimension: str, start: int, count: int, to: int) -> None:
        where = {"dimension": dimension, "startIndex": start, "endIndex": start + count}
        self._request(
            lambda sheet, _: {"moveDimension": {"source": {"sheetId": sheet.id, **where}, "destinationIndex": to}}, tab
        )

    def _request(self, make: Callable[[Sheet, Area], Json], tab: str, cells: str = "") -> None:
        with self._editing() as book:
            self._apply(book, [make(*self._place(book, tab, cells))])

    def _apply(self, book: Spreadsheet, given: list[Json]) -> None:
        now = self._view().evaluator.now
        batch.apply(Batch(book, self.service.ids, now, self.service.accounts.email), given)

    @contextmanager
    def _editing(self) -> Iterator[Spreadsheet]:
        with self.service.files.change(self.file) as book:
            yield book

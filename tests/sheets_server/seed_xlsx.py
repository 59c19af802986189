"""A spreadsheet from an Excel file, as an upload to Drive converts it: values, formulas, and formats of numbers."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.escape import unescape

from tests.sheets_server import serial_dates
from tests.sheets_server.cells import Cell, Formula
from tests.sheets_server.proto_json import Json
from tests.sheets_server.sheet import Sheet, new_properties
from tests.sheets_server.spreadsheet import Spreadsheet, new_spreadsheet


def seeded(path: Path, spreadsheet_id: str, *, locale: str = "en_US", time_zone: str = "Etc/GMT") -> Spreadsheet:
    """The spreadsheet that an Excel file becomes; formulas keep the results that Excel stored."""
    book = new_spreadsheet(spreadsheet_id, path.stem, locale=locale, time_zone=time_zone)
    book.sheets = [sheet.fork() for sheet in _sheets(path, path.stat().st_mtime_ns)]
    return book


@functools.lru_cache(maxsize=8)
def _sheets(path: Path, _written: int) -> list[Sheet]:
    """The tabs of a file, read once as long as nobody writes it."""
    out = []
    for number, (title, hidden, rows) in enumerate(_pages(path)):
        width = max((max(row, default=0) + 1 for row in rows), default=1)
        sheet = Sheet(new_properties(number, title, rows=max(1000, len(rows)), columns=max(26, width)))
        if hidden:
            sheet.properties = {**sheet.properties, "hidden": True}
        sheet.rows = rows
        out.append(sheet)
    return out


def _pages(path: Path) -> Iterator[tuple[str, bool, list[dict[int, Cell]]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names every extension it does not keep
        workbook = load_workbook(path, read_only=True)
        stored = None
        for page in workbook.worksheets:
            formats: dict[int, Json | None] = {}
            rows = []
            for row in page.iter_rows():
                cells = {}
                for place in row:
                    if place.value is not None:
                        cells[place.column - 1] = _cell(place, formats)
                rows.append(cells)
            if any(isinstance(cell.entered, Formula) for row in rows for cell in row.values()):
                stored = stored or load_workbook(path, read_only=True, data_only=True)
                _remember_results(rows, stored[page.title])
            yield page.title, page.sheet_state != "visible", rows
        workbook.close()


def _remember_results(rows: list[dict[int, Cell]], page: Any) -> None:
    for index, row in enumerate(page.iter_rows(values_only=True)):
        for column, cell in rows[index].items():
            if isinstance(cell.entered, Formula):
                rows[index][column] = cell.holding(Formula(cell.entered.text, _entered(row[column])))


def _cell(place: Any, formats: dict[int, Json | None]) -> Cell:
    style = place._style_id
    if style not in formats:
        formats[style] = _format(place)
    if place.data_type == "f":
        text = place.value if isinstance(place.value, str) else getattr(place.value, "text", "=")
        return Cell(Formula(text), format=formats[style])
    return Cell(_entered(place.value), format=formats[style])


def _entered(value: Any) -> Any:
    if isinstance(value, datetime):
        return serial_dates.of_moment(value)
    if isinstance(value, date):
        return serial_dates.of_date(value)
    if isinstance(value, time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400
    if isinstance(value, timedelta):
        return value.total_seconds() / 86400
    if isinstance(value, bool) or value is None:
        return value
    return float(value) if isinstance(value, int | float) else unescape(str(value))  # ``_x000D_`` is a character


def _format(place: Any) -> Json | None:
    out: Json = {}
    code = place.number_format
    if is_date_format(code):
        days, hours = any(letter in code.lower() for letter in "yd"), "h" in code.lower()
        out["numberFormat"] = {"type": "DATE_TIME" if days and hours else "DATE" if days else "TIME", "pattern": code}
    elif code == "@":
        out["numberFormat"] = {"type": "TEXT", "pattern": "@"}
    elif code and code != "General":
        out["numberFormat"] = {"type": "PERCENT" if "%" in code else "NUMBER", "pattern": code}
    if place.font.b:
        out["textFormat"] = {"bold": True}
    return out or None

"""A spreadsheet from an Excel file, as an upload to Drive converts it: values, formulas, formats of numbers, widths."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as ExcelCell
from openpyxl.utils import column_index_from_string

from . import serial_dates
from .cells import Cell, Entered, Formula
from .proto_json import Json
from .sheet import Sheet, new_properties
from .spreadsheet import Spreadsheet, new_spreadsheet


def seeded(path: Path, spreadsheet_id: str, *, locale: str = "en_US", time_zone: str = "Etc/GMT") -> Spreadsheet:
    """The spreadsheet that an Excel file becomes; formulas keep the results that Excel stored."""
    formulas = load_workbook(path)
    results = load_workbook(path, data_only=True)
    book = new_spreadsheet(spreadsheet_id, path.stem, locale=locale, time_zone=time_zone)
    book.sheets.clear()
    for number, page in enumerate(formulas.worksheets):
        sheet = Sheet(
            new_properties(
                number,
                page.title,
                rows=max(1000, page.max_row or 1),
                columns=max(26, page.max_column or 1),
            )
        )
        if page.sheet_state != "visible":
            sheet.properties = {**sheet.properties, "hidden": True}
        known = results[page.title]
        for index, row in enumerate(page.iter_rows()):
            cells = {}
            for place in row:
                if place.value is not None:
                    stored = known.cell(place.row, place.column).value if place.data_type == "f" else None
                    cells[place.column - 1] = _cell(place, stored)
            if cells:
                sheet.put_row(index, cells)
        _widths(sheet, page)
        book.sheets.append(sheet)
    return book


def _cell(place: Any, stored: Any) -> Cell:
    value: Entered
    if place.data_type == "f":
        text = place.value if isinstance(place.value, str) else getattr(place.value, "text", "=")
        value = Formula(text, _entered(stored))
    else:
        value = _entered(place.value)
    return Cell(value, format=_format(place))


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
    return float(value) if isinstance(value, int | float) else str(value)


def _format(place: ExcelCell) -> Json | None:
    out: Json = {}
    code = place.number_format
    if place.is_date:
        days, hours = any(letter in code.lower() for letter in "yd"), "h" in code.lower()
        out["numberFormat"] = {"type": "DATE_TIME" if days and hours else "DATE" if days else "TIME", "pattern": code}
    elif code == "@":
        out["numberFormat"] = {"type": "TEXT", "pattern": "@"}
    elif code and code != "General":
        out["numberFormat"] = {"type": "PERCENT" if "%" in code else "NUMBER", "pattern": code}
    if place.has_style and place.font.b:
        out["textFormat"] = {"bold": True}
    return out or None


def _widths(sheet: Sheet, page: Any) -> None:
    for letter, held in page.column_dimensions.items():
        index = column_index_from_string(letter) - 1
        if index >= sheet.column_count:
            continue
        properties: Json = {}
        if held.width:
            properties["pixelSize"] = round(held.width * 7)
        if held.hidden:
            properties["hiddenByUser"] = True
        if properties:
            sheet.column_properties[index] = properties

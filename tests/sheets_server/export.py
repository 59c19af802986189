"""A spreadsheet as a file: CSV of the first tab, XLSX of all."""

from __future__ import annotations

import csv
import io

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tests.sheets_server.cells import Failure, Formula
from tests.sheets_server.number_formats import is_date
from tests.sheets_server.rendering import View
from tests.sheets_server.serial_dates import to_moment


def as_csv(view: View) -> bytes:
    """The first tab as Google writes it: CRLF between rows, none after the last."""
    sheet = view.book.sheets[0]
    rows = view.rows(sheet, sheet.bounds, "FORMATTED_VALUE", "FORMATTED_STRING")
    width = max((len(row) for row in rows), default=0)
    out = io.StringIO()
    csv.writer(out).writerows(row + [""] * (width - len(row)) for row in rows)
    return out.getvalue().removesuffix("\r\n").encode()


def as_xlsx(view: View) -> bytes:
    """Values, formulas, dates and widths of every tab; enough to open it in Excel and read it back."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in view.book.sheets:
        page = workbook.create_sheet(sheet.title)
        page.sheet_state = "hidden" if sheet.properties.get("hidden") else "visible"
        frozen = sheet.properties["gridProperties"].get("frozenRowCount", 0)
        if frozen:
            page.freeze_panes = f"A{frozen + 1}"
        for row, column, cell in sheet.cells(sheet.bounds):
            if cell.entered is None:
                continue
            place = page.cell(row + 1, column + 1)
            if isinstance(cell.entered, Formula):
                place.value = cell.entered.text
                continue
            value = view.effective(sheet, row, column, cell)
            form = view.number_format(cell)
            if isinstance(value, float) and is_date(form):
                place.value = to_moment(value)
            elif not isinstance(value, Failure):
                place.value = int(value) if isinstance(value, float) and value.is_integer() else value
                if isinstance(value, str):
                    place.data_type = "s"
            if form and form.get("pattern"):
                place.number_format = form["pattern"]
        for column, held in sheet.column_properties.items():
            letter = get_column_letter(column + 1)
            page.column_dimensions[letter].hidden = bool(held.get("hiddenByUser"))
            if "pixelSize" in held:
                page.column_dimensions[letter].width = held["pixelSize"] / 7
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()

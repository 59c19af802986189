"""``spreadsheets.values``: read, update, append, clear."""

from __future__ import annotations

from typing import Any

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area, Box
from tests.sheets_server.entering import check_values, entered
from tests.sheets_server.errors import ApiError, RequestError, invalid
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.inserting import insert_cells
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import Spreadsheet, outside_grid


def read(view: View, sheet: Sheet, area: Area, options: Json) -> Json:
    """A ValueRange."""
    major = options.get("majorDimension", "ROWS")
    render = options.get("valueRenderOption", "FORMATTED_VALUE")
    dates = options.get("dateTimeRenderOption", "SERIAL_NUMBER")
    take = view.columns if major == "COLUMNS" else view.rows
    values = take(sheet, area, render, dates)
    out: Json = {"range": a1.full(sheet.title, area), "majorDimension": "COLUMNS" if major == "COLUMNS" else "ROWS"}
    return {**out, "values": values} if values else out


def input_option(option: str | None) -> str:
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    return option


def update(book: Spreadsheet, text: str, body: Json, option: str, prefix: str = "") -> tuple[Json, Sheet, Area]:
    """Write a ValueRange over a range; what happened, and where."""
    rows = _rows(body)
    check_values(rows, prefix)
    sheet, box = book.find(text)
    if box.top >= sheet.row_count or box.left >= sheet.column_count:
        raise invalid(outside_grid(sheet, box))
    limits = sheet.bounds if _is_anchor(box) else sheet.area(box)
    _check_fits(text, rows, box, limits)
    done = _write(book, sheet, box.top, box.left, rows, option)
    area = Area(box.top, box.left, box.top + max(len(rows), 1), box.left + max((len(row) for row in rows), default=1))
    return {"spreadsheetId": book.id, "updatedRange": a1.full(sheet.title, area), **done}, sheet, area


def _is_anchor(box: Box) -> bool:
    """A single cell is where writing starts, not where it must stay."""
    return box.bottom == box.top + 1 and box.right == box.left + 1


def _check_fits(text: str, rows: list[list[Any]], box: Box, limits: Area) -> None:
    for offset, row in enumerate(rows):
        if box.top + offset >= limits.bottom and row:
            raise invalid(f"Requested writing within range [{text}], but tried writing to row [{limits.bottom + 1}]")
        if box.left + len(row) > limits.right:
            column = a1.column_name(limits.right)
            raise invalid(f"Requested writing within range [{text}], but tried writing to column [{column}]")


def _rows(body: Json) -> list[list[Any]]:
    values: list[list[Any]] = body.get("values", [])
    if body.get("majorDimension") != "COLUMNS":
        return values
    height = max((len(column) for column in values), default=0)
    return [[column[i] if i < len(column) else None for column in values] for i in range(height)]


def _write(book: Spreadsheet, sheet: Sheet, top: int, left: int, rows: list[list[Any]], option: str) -> Json:
    written: set[tuple[int, int]] = set()
    for offset, values in enumerate(rows):
        row = dict(sheet.row(top + offset))
        for c, value in enumerate(values):
            if value is not None:
                row[left + c] = entered(sheet.cell(top + offset, left + c), value, option, book.locale)
                written.add((top + offset, left + c))
        if any(value is not None for value in values):
            sheet.put_row(top + offset, row)
    counts = {
        "updatedRows": len({row for row, _ in written}),
        "updatedColumns": len({column for _, column in written}),
        "updatedCells": len(written),
    }
    return {key: count for key, count in counts.items() if count}


def append(book: Spreadsheet, text: str, body: Json, option: str, insert: str) -> tuple[Json, Sheet, Area]:
    """Write below the last table in a range; the answer names the table it found."""
    rows = _rows(body)
    check_values(rows)
    sheet, area = book.find_inside(text)
    table = last_table(sheet, area)
    top, left = (table.bottom, table.left) if table else (area.top, area.left)
    width = max((len(row) for row in rows), default=0)
    if insert == "INSERT_ROWS" and rows and top < sheet.row_count:
        insert_cells(book, sheet, "ROWS", top, len(rows))
    if top + len(rows) > sheet.row_count or left + width > sheet.column_count:
        sheet.resize(max(sheet.row_count, top + len(rows)), max(sheet.column_count, left + width))
        try:
            book.check_size()
        except RequestError as too_big:
            raise ApiError(400, str(too_big)) from None
    done = _write(book, sheet, top, left, rows, option)
    written = Area(top, left, top + max(len(rows), 1), left + max(width, 1))
    updates = {"spreadsheetId": book.id, "updatedRange": a1.full(sheet.title, written), **done}
    answer: Json = {"spreadsheetId": book.id, "updates": updates}
    if table:
        answer["tableRange"] = a1.full(sheet.title, table)
    return answer, sheet, written


def last_table(sheet: Sheet, area: Area) -> Area | None:
    """The table that holds the last filled cell of a range: grown until a ring of empty cells surrounds it."""
    last = None
    for row, column, cell in sheet.cells(area):
        if cell.entered is not None:
            last = (row, column)
    if last is None:
        return None
    table = Area(last[0], last[1], last[0] + 1, last[1] + 1)
    while True:
        ring = Area(max(table.top - 1, 0), max(table.left - 1, 0), table.bottom + 1, table.right + 1)
        filled = [(r, c) for r, c, cell in sheet.cells(ring) if cell.entered is not None]
        grown = Area(
            min(table.top, *(r for r, _ in filled)),
            min(table.left, *(c for _, c in filled)),
            max(table.bottom, *(r + 1 for r, _ in filled)),
            max(table.right, *(c + 1 for _, c in filled)),
        )
        if grown == table:
            return table
        table = grown


def clear(sheet: Sheet, area: Area) -> str:
    """Take the values out of an area, leaving formats, notes and rules; the range it was."""
    for index in range(area.top, min(area.bottom, len(sheet.rows))):
        row = sheet.rows[index]
        if any(area.left <= column < area.right and cell.entered is not None for column, cell in row.items()):
            sheet.put_row(
                index, {c: cell.holding(None) if area.left <= c < area.right else cell for c, cell in row.items()}
            )
    return a1.full(sheet.title, area)


def options_of_answer(query: Json) -> Json:
    """The render options for values that come back with a write."""
    return {
        "valueRenderOption": query.get("responseValueRenderOption", "FORMATTED_VALUE"),
        "dateTimeRenderOption": query.get("responseDateTimeRenderOption", "SERIAL_NUMBER"),
    }

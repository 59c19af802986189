"""What goes into cells: updateCells, appendCells, repeatCell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.sheets_server import field_mask
from tests.sheets_server.a1 import Area
from tests.sheets_server.cells import BLANK, Cell
from tests.sheets_server.discovery import bundled
from tests.sheets_server.entering import from_extended_value
from tests.sheets_server.errors import NotOffered, RequestError
from tests.sheets_server.field_mask import Mask
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.requests.shifting import follow_copy
from tests.sheets_server.requests.validation import check_validation
from tests.sheets_server.sheet import Sheet

_READ_ONLY = ("effectiveValue", "formattedValue", "effectiveFormat", "hyperlink")
_NOT_OFFERED = ("pivotTable", "dataSourceTable", "dataSourceFormula", "chipRuns")


def cell_mask(text: str | None) -> Mask:
    """The mask of a write into cells; what is only computed is not written."""
    mask = field_mask.for_writing(bundled("sheets.v4"), "CellData", text)
    every = (text or "").strip() == "*"
    for name in _NOT_OFFERED:
        if mask.pop(name, None) is not None and not every:
            raise NotOffered(f"writing {name} into cells")
    return {key: below for key, below in mask.items() if key not in _READ_ONLY}


def written(cell: Cell, data: Json, mask: Mask, locale: str) -> Cell:
    """``cell`` after CellData under a mask."""
    for name in _NOT_OFFERED:
        if name in data:
            raise NotOffered(f"writing {name} into cells")
    if "userEnteredValue" in mask:
        cell = cell.holding(from_extended_value(data.get("userEnteredValue"), locale))
    if "userEnteredFormat" in mask:
        new = data.get("userEnteredFormat", {})
        below = mask["userEnteredFormat"]
        merged = field_mask.updated(cell.format or {}, new, below) if below and "*" not in below else new
        cell = replace(cell, format=merged or None)
    if "note" in mask:
        cell = replace(cell, note=data.get("note", ""))
    if "dataValidation" in mask:
        rule = data.get("dataValidation")
        if rule is not None:
            check_validation(rule)
        cell = replace(cell, validation=rule)
    if "textFormatRuns" in mask:
        cell = replace(cell, runs=data.get("textFormatRuns"))
    return cell


@handles("updateCells")
def update_cells(batch: Batch, request: Json) -> None:
    mask = cell_mask(request.get("fields"))
    rows = request.get("rows", [])
    if "range" in request:
        sheet, area = batch.book.area_of(request["range"])
        _check_fits(area, rows, (area.top, area.left))
        clears = True
    elif "start" in request:
        start = request["start"]
        sheet = batch.book.sheet(start.get("sheetId", 0))
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        width = max((len(row.get("values", [])) for row in rows), default=0)
        area = Area(top, left, top + len(rows), left + width)
        _check_start(sheet, top, left)
        _check_fits(sheet.bounds, rows, (top, left))
        clears = False
    else:
        raise RequestError("Either start or range must be set.")
    for offset in range(area.height):
        values = rows[offset].get("values", []) if offset < len(rows) else []
        _write_row(sheet, area, area.top + offset, values, mask, batch.book.locale, clears=clears)


def _check_start(sheet: Sheet, top: int, left: int) -> None:
    if top >= sheet.row_count:
        raise RequestError(f"GridCoordinate.rowIndex[{top}] is after last row in grid[{sheet.row_count}]")
    if left >= sheet.column_count:
        raise RequestError(f"GridCoordinate.columnIndex[{left}] is after last column in grid[{sheet.column_count}]")


def _check_fits(area: Area, rows: list[Json], start: tuple[int, int]) -> None:
    """Rows written from ``start`` on stay within ``area``."""
    top, left = start
    if top + len(rows) > area.bottom:
        raise RequestError(
            f"Attempting to write row: {area.bottom}, beyond the last requested row of: {area.bottom - 1}"
        )
    if left + max((len(row.get("values", [])) for row in rows), default=0) > area.right:
        raise RequestError(
            f"Attempting to write column: {area.right}, beyond the last requested column of: {area.right - 1}"
        )


def _write_row(
    sheet: Sheet, area: Area, index: int, values: list[Json], mask: Mask, locale: str, *, clears: bool
) -> None:
    held = sheet.row(index)
    row = dict(held)
    for offset, data in enumerate(values):
        column = area.left + offset
        row[column] = written(held.get(column, BLANK), data, mask, locale)
    if clears:
        for column in [c for c in held if area.left + len(values) <= c < area.right]:
            row[column] = written(held[column], {}, mask, locale)
    sheet.put_row(index, row)


@handles("appendCells")
def append_cells(batch: Batch, request: Json) -> None:
    if "tableId" in request:
        raise NotOffered("appendCells into a table by tableId")
    mask = cell_mask(request.get("fields"))
    sheet = batch.book.sheet(request.get("sheetId", 0))
    rows = request.get("rows", [])
    first = sheet.last_row_with_content() + 1
    width = max((len(row.get("values", [])) for row in rows), default=0)
    sheet.resize(max(sheet.row_count, first + len(rows)), max(sheet.column_count, width))
    batch.book.check_size()
    area = Area(first, 0, first + len(rows), sheet.column_count)
    for offset, row in enumerate(rows):
        _write_row(sheet, area, first + offset, row.get("values", []), mask, batch.book.locale, clears=False)


@handles("repeatCell")
def repeat_cell(batch: Batch, request: Json) -> None:
    mask = cell_mask(request.get("fields"))
    sheet, area = batch.book.area_of(request.get("range", {}))
    data: dict[str, Any] = request.get("cell", {})
    blank = written(BLANK, data, mask, batch.book.locale)
    for index in range(area.top, area.bottom):
        held = sheet.row(index)
        if blank.is_blank and not held:
            continue
        row = dict(held)
        for column in range(area.left, area.right):
            before = held.get(column)
            after = blank if before is None else written(before, data, mask, batch.book.locale)
            row[column] = (
                follow_copy(after, index - area.top, column - area.left) if "userEnteredValue" in mask else after
            )
        sheet.put_row(index, row)

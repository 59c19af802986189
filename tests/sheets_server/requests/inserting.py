"""Rows and columns that come, go and move: insertDimension, deleteDimension, moveDimension, appendDimension."""

from __future__ import annotations

from tests.sheets_server.cells import Cell, Row
from tests.sheets_server.errors import RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.requests.shifting import Shift, shift_everything
from tests.sheets_server.sheet import Sheet, dimension_count
from tests.sheets_server.spreadsheet import Spreadsheet


def dimension_range(batch: Batch, given: Json) -> tuple[Sheet, str, int, int]:
    """The tab, dimension and ends that a DimensionRange in a request means."""
    sheet = batch.book.sheet(given.get("sheetId", 0))
    dimension = given.get("dimension", "DIMENSION_UNSPECIFIED")
    if dimension not in ("ROWS", "COLUMNS"):
        raise RequestError("No dimension specified.")
    return sheet, dimension, given.get("startIndex", 0), given.get("endIndex", dimension_count(sheet, dimension))


@handles("insertDimension")
def insert_dimension(batch: Batch, request: Json) -> None:
    sheet, dimension, start, end = dimension_range(batch, request["range"])
    count = dimension_count(sheet, dimension)
    if start > count or (start == count and not request.get("inheritFromBefore")):
        raise RequestError(
            f"range.startIndex[{start}] must be less than the grid size ({count}) if inheritFromBefore is false."
        )
    if start == 0 and request.get("inheritFromBefore"):
        raise RequestError("inheritFromBefore cannot be true if inserting at the beginning of the sheet.")
    if end <= start:
        raise RequestError("The end index must be after the start index.")
    insert_cells(
        batch.book, sheet, dimension, start, end - start, inherit_before=bool(request.get("inheritFromBefore"))
    )
    batch.book.check_size()


def insert_cells(
    book: Spreadsheet, sheet: Sheet, dimension: str, at: int, count: int, *, inherit_before: bool | None = None
) -> None:
    """New rows or columns, dressed as their neighbour where ``inherit_before`` says which."""
    model = None if inherit_before is None else (at - 1 if inherit_before else at)
    if dimension == "ROWS":
        dressed = _dressed(sheet.row(model)) if model is not None else {}
        if at < len(sheet.rows) or dressed:
            while len(sheet.rows) < at:
                sheet.rows.append({})
            sheet.rows[at:at] = [dressed] * count
        sheet.resize(rows=sheet.row_count + count)
    else:
        sheet.resize(columns=sheet.column_count + count)
        sheet.rows = [_with_new_columns(row, at, count, model) for row in sheet.rows]
    shift_everything(book, Shift(sheet.id, dimension, "insert", at, count))


def _dressed(row: Row) -> Row:
    """A row's formats and validation without what was entered."""
    out = {column: Cell(format=cell.format, validation=cell.validation) for column, cell in row.items()}
    return {column: cell for column, cell in out.items() if not cell.is_blank}


def _with_new_columns(row: Row, at: int, count: int, model: int | None) -> Row:
    if not row or (max(row) < at and model != at - 1):
        return row
    out = {column + count if column >= at else column: cell for column, cell in row.items()}
    if model is not None and model in row:
        dress = Cell(format=row[model].format, validation=row[model].validation)
        if not dress.is_blank:
            out.update({at + offset: dress for offset in range(count)})
    return out


@handles("appendDimension")
def append_dimension(batch: Batch, request: Json) -> None:
    sheet = batch.book.sheet(request.get("sheetId", 0))
    length = request.get("length", 0)
    if request.get("dimension") == "COLUMNS":
        sheet.resize(columns=sheet.column_count + length)
    else:
        sheet.resize(rows=sheet.row_count + length)
    batch.book.check_size()


@handles("deleteDimension")
def delete_dimension(batch: Batch, request: Json) -> None:
    sheet, dimension, start, end = dimension_range(batch, request["range"])
    delete_cells(batch.book, sheet, dimension, start, end)


def delete_cells(book: Spreadsheet, sheet: Sheet, dimension: str, start: int, end: int) -> None:
    """Take rows or columns out."""
    count = dimension_count(sheet, dimension)
    noun = "row" if dimension == "ROWS" else "column"
    if start >= count or end > count:
        tried = start if start >= count else end - 1
        raise RequestError(
            f"Cannot delete a {noun} that doesn't exist. Tried to delete {noun} index {tried} "
            f"but there are only {count} {noun}s."
        )
    if end <= start:
        raise RequestError("The end index must be after the start index.")
    if end - start >= count:
        raise RequestError(f"You can't delete all the {noun}s on the sheet.")
    frozen = sheet.properties["gridProperties"].get(f"frozen{noun.capitalize()}Count", 0)
    left = count - (end - start)
    if frozen and left - max(0, frozen - max(0, min(end, frozen) - start)) < 1:
        raise RequestError(f"Sorry, it is not possible to delete all non-frozen {noun}s.")
    _cut_out(sheet, dimension, start, end)
    _thaw(sheet, noun, frozen, start, end)
    shift_everything(book, Shift(sheet.id, dimension, "delete", start, end - start))


def _cut_out(sheet: Sheet, dimension: str, start: int, end: int) -> None:
    if dimension == "ROWS":
        del sheet.rows[start:end]
        sheet.resize(rows=sheet.row_count - (end - start))
        return
    sheet.rows = [
        row
        if not row or max(row) < start
        else {c if c < start else c - (end - start): cell for c, cell in row.items() if not start <= c < end}
        for row in sheet.rows
    ]
    grid = {**sheet.properties["gridProperties"], "columnCount": sheet.column_count - (end - start)}
    sheet.properties = {**sheet.properties, "gridProperties": grid}


def _thaw(sheet: Sheet, noun: str, frozen: int, start: int, end: int) -> None:
    gone = max(0, min(end, frozen) - start)
    if gone:
        key = f"frozen{noun.capitalize()}Count"
        grid = {**sheet.properties["gridProperties"], key: frozen - gone}
        sheet.properties = {**sheet.properties, "gridProperties": {k: v for k, v in grid.items() if v or k != key}}


@handles("moveDimension")
def move_dimension(batch: Batch, request: Json) -> None:
    sheet, dimension, start, end = dimension_range(batch, request["source"])
    to = request.get("destinationIndex", 0)
    count = dimension_count(sheet, dimension)
    if end > count or start >= end or to > count:
        raise RequestError("The source or the destination is beyond the grid.")
    if start < to < end:
        raise RequestError("The destination must not be inside the source.")
    if start <= to <= end:
        return
    move_cells(batch.book, sheet, dimension, start, end, to)


def move_cells(book: Spreadsheet, sheet: Sheet, dimension: str, start: int, end: int, to: int) -> None:
    """Move rows or columns before ``to``, counted before the move."""
    shift = Shift(sheet.id, dimension, "move", start, end - start, to)
    _check_merges(sheet, dimension, start, end, to)
    if dimension == "ROWS":
        while len(sheet.rows) < max(end, to):
            sheet.rows.append({})
        block = sheet.rows[start:end]
        del sheet.rows[start:end]
        target = to if to <= start else to - (end - start)
        sheet.rows[target:target] = block
    else:
        sheet.rows = [{shift.index(c) or 0: cell for c, cell in row.items()} for row in sheet.rows]
    shift_everything(book, shift)


def _check_merges(sheet: Sheet, dimension: str, start: int, end: int, to: int) -> None:
    """Rows cannot be moved into the middle of a merged cell, nor out of one."""
    part, noun = ("Row", "row") if dimension == "ROWS" else ("Column", "column")
    for merge in sheet.merges:
        first, last = merge[f"start{part}Index"], merge[f"end{part}Index"]
        torn = first < start < last or first < end < last
        if torn or first < to < last:
            raise RequestError(f"Sorry, it is not possible to move a {noun} to a position that crosses a merged cell.")

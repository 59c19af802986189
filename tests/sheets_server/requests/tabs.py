"""Tabs and the spreadsheet itself: addSheet, deleteSheet, duplicateSheet, and the properties of both."""

from __future__ import annotations

from typing import Any

from tests.sheets_server import field_mask, locales, zones
from tests.sheets_server.discovery import bundled
from tests.sheets_server.errors import NotOffered, RequestError
from tests.sheets_server.formulas.references import rewritten
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.inserting import delete_cells
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.requests.shifting import rewrite_formulas, with_ranges
from tests.sheets_server.sheet import Sheet, new_properties
from tests.sheets_server.spreadsheet import Spreadsheet


@handles("addSheet")
def add_sheet(batch: Batch, request: Json) -> Json:
    given = request.get("properties", {})
    if given.get("sheetType", "GRID") != "GRID":
        raise RequestError("Only sheets of type GRID can be added.")
    sheet_id = given.get("sheetId")
    if sheet_id is None:
        sheet_id = batch.new_id()
    elif sheet_id < 0:
        raise RequestError(f"Sheet id must be non-negative: {sheet_id}")
    elif any(sheet.id == sheet_id for sheet in batch.book.sheets):
        raise RequestError(f"A sheet with the id {sheet_id} already exists. Please use another id.")
    title = given.get("title") or _free_title(batch.book)
    _check_title(batch.book, title, None)
    grid = given.get("gridProperties", {})
    defaults = new_properties(sheet_id, title)
    properties = {**defaults, **given, "sheetId": sheet_id, "title": title, "sheetType": "GRID"}
    properties["gridProperties"] = {**defaults["gridProperties"], **grid}
    index = properties.pop("index", len(batch.book.sheets))
    sheet = Sheet(properties)
    _check_frozen(sheet)
    batch.book.sheets.insert(min(index, len(batch.book.sheets)), sheet)
    batch.book.check_size()
    return {"properties": properties_of(batch.book, sheet)}


def properties_of(book: Spreadsheet, sheet: Sheet) -> Json:
    """SheetProperties as answered: with the index the tab has now."""
    out = {}
    for key in ("sheetId", "title"):
        out[key] = sheet.properties[key]
    return {**out, "index": book.index_of(sheet), **sheet.properties}


def _free_title(book: Spreadsheet) -> str:
    number = len(book.sheets) + 1
    while book.sheet_titled(f"Sheet{number}"):
        number += 1
    return f"Sheet{number}"


def _check_title(book: Spreadsheet, title: str, own: Sheet | None) -> None:
    other = book.sheet_titled(title)
    if other is not None and other is not own:
        raise RequestError(f'A sheet with the name "{title}" already exists. Please enter another name.')
    if len(title) > 100:
        raise RequestError("The sheet name cannot be greater than 100 characters.")


def _check_frozen(sheet: Sheet) -> None:
    grid = sheet.properties["gridProperties"]
    for noun, count in (("row", sheet.row_count), ("column", sheet.column_count)):
        if count < 1:
            raise RequestError(f"A sheet must have at least one {noun}.")
        if grid.get(f"frozen{noun.capitalize()}Count", 0) >= count:
            raise RequestError(f"You can't freeze all visible {noun}s on the sheet.")


@handles("deleteSheet")
def delete_sheet(batch: Batch, request: Json) -> None:
    book = batch.book
    sheet = book.sheet(request.get("sheetId", 0), noun="sheet")
    if len(book.sheets) == 1:
        raise RequestError("You can't remove all the sheets in a document.")
    if all(other.properties.get("hidden") for other in book.sheets if other is not sheet):
        raise RequestError("You can't remove all the visible sheets in a document.")
    book.sheets.remove(sheet)
    book.named_ranges = [named for named in book.named_ranges if named["range"].get("sheetId", 0) != sheet.id]
    book.metadata = [metadata for metadata in book.metadata if metadata_sheet(metadata) != sheet.id]
    gone = sheet.title.casefold()
    for other in book.sheets:
        rewrite_formulas(
            other,
            lambda text: rewritten(
                text, lambda tab, first, last: None if (tab or "").casefold() == gone else (first, last)
            ),
        )


def metadata_sheet(metadata: Json) -> int | None:
    """The tab that metadata lies on; None for the spreadsheet's own."""
    location = metadata["location"]
    if "dimensionRange" in location:
        return int(location["dimensionRange"].get("sheetId", 0))
    return int(location["sheetId"]) if "sheetId" in location else None


@handles("updateSheetProperties")
def update_sheet_properties(batch: Batch, request: Json) -> None:
    book = batch.book
    given = request.get("properties", {})
    sheet = book.sheet(given.get("sheetId", 0), noun="sheet")
    mask = field_mask.for_writing(bundled("sheets.v4"), "SheetProperties", request.get("fields"))
    for unchangeable in ("sheetId", "sheetType", "dataSourceSheetProperties"):
        mask.pop(unchangeable, None)
    old_title = sheet.title
    if "title" in mask:
        _check_title(book, given.get("title", ""), sheet)
        if not given.get("title"):
            raise RequestError("The sheet name cannot be empty.")
    if "index" in mask:
        _move_tab(book, sheet, given.get("index", 0))
        del mask["index"]
    rows, columns = sheet.row_count, sheet.column_count
    updated = field_mask.updated(sheet.properties, given, mask)
    grid = {**sheet.properties["gridProperties"], **updated.get("gridProperties", {})}
    wanted = updated.get("gridProperties", {})
    _resize(batch, sheet, wanted.get("rowCount", rows), wanted.get("columnCount", columns))
    kept = {key: value for key, value in grid.items() if key in wanted or key in ("rowCount", "columnCount")}
    sheet.properties = {**updated, "gridProperties": kept}
    _check_frozen(sheet)
    if all(other.properties.get("hidden") for other in book.sheets):
        raise RequestError("You can't hide all the sheets in a document.")
    if sheet.title != old_title:
        _rename_in_formulas(book, old_title, sheet.title)


def _resize(batch: Batch, sheet: Sheet, rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        raise RequestError(f"A sheet must have at least one {'row' if rows < 1 else 'column'}.")
    if rows < sheet.row_count:
        delete_cells(batch.book, sheet, "ROWS", rows, sheet.row_count)
    if columns < sheet.column_count:
        delete_cells(batch.book, sheet, "COLUMNS", columns, sheet.column_count)
    sheet.resize(rows, columns)
    batch.book.check_size()


def _move_tab(book: Spreadsheet, sheet: Sheet, index: int) -> None:
    """``index`` is counted before the move: to go right, it names the place after the neighbour."""
    now = book.index_of(sheet)
    if index < 0 or index > len(book.sheets):
        raise RequestError(f"The sheet index {index} is out of bounds.")
    if index in (now, now + 1):
        return
    book.sheets.pop(now)
    book.sheets.insert(index if index < now else index - 1, sheet)


def _rename_in_formulas(book: Spreadsheet, old: str, new: str) -> None:
    def renamed(tab: str) -> str:
        return new if tab.casefold() == old.casefold() else tab

    for sheet in book.sheets:
        rewrite_formulas(
            sheet,
            lambda text: rewritten(text, lambda _tab, first, last: (first, last), renamed) if "!" in text else text,
        )


@handles("duplicateSheet")
def duplicate_sheet(batch: Batch, request: Json) -> Json:
    source = batch.book.sheet(request.get("sourceSheetId", 0), noun="sheet")
    new_id = request.get("newSheetId") or batch.new_id()
    if any(sheet.id == new_id for sheet in batch.book.sheets):
        raise RequestError(f"A sheet with the id {new_id} already exists. Please use another id.")
    title = request.get("newSheetName") or _copy_title(batch.book, f"Copy of {source.title}")
    _check_title(batch.book, title, None)
    copy = copied_sheet(batch, source, new_id, title)
    batch.book.sheets.insert(request.get("insertSheetIndex", 0), copy)
    batch.book.check_size()
    return {"properties": properties_of(batch.book, copy)}


def _copy_title(book: Spreadsheet, title: str) -> str:
    number, free = 1, title
    while book.sheet_titled(free):
        number += 1
        free = f"{title} {number}"
    return free


def copied_sheet(batch: Batch, source: Sheet, new_id: int, title: str) -> Sheet:
    """A copy of a tab with ids of its own."""
    copy = source.fork()
    copy.properties = {**source.properties, "sheetId": new_id, "title": title}

    def here(grid_range: Json) -> Json:
        moved = {**grid_range, "sheetId": new_id}
        return moved if new_id else {key: value for key, value in moved.items() if key != "sheetId"}

    copy.merges = [here(merge) for merge in source.merges]
    if source.basic_filter is not None:
        copy.basic_filter = with_ranges(source.basic_filter, here)
    copy.conditional_formats = [rule for r in source.conditional_formats if (rule := with_ranges(r, here))]
    for name, key in (
        ("protected_ranges", "protectedRangeId"),
        ("filter_views", "filterViewId"),
        ("bandings", "bandedRangeId"),
    ):
        things: list[Json] = [thing for t in getattr(source, name) if (thing := with_ranges(t, here))]
        setattr(copy, name, [{**thing, key: batch.new_id()} for thing in things])
    copy.tables = []
    return copy


@handles("updateSpreadsheetProperties")
def update_spreadsheet_properties(batch: Batch, request: Json) -> None:
    given = request.get("properties", {})
    mask = field_mask.for_writing(bundled("sheets.v4"), "SpreadsheetProperties", request.get("fields"))
    mask.pop("defaultFormat", None)
    if "iterativeCalculationSettings" in given:
        raise NotOffered("iterative calculation")
    updated: Json = field_mask.updated(batch.book.properties, given, mask)
    check_spreadsheet_properties(updated)
    batch.book.properties = updated


def check_spreadsheet_properties(properties: dict[str, Any]) -> None:
    if not properties.get("title"):
        raise RequestError("The spreadsheet title cannot be empty.")
    if not locales.exists(properties.get("locale", "")):
        raise RequestError(f"Unsupported locale: {properties.get('locale', '')}")
    zone = properties.get("timeZone", "")
    if not zones.exists(zone):
        raise RequestError(f"Invalid time zone: {zone}")

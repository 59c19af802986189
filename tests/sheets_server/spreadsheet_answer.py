"""The Spreadsheet resource: what ``spreadsheets.get`` and its like answer."""

from __future__ import annotations

from tests.sheets_server.a1 import Area
from tests.sheets_server.field_mask import Mask, below, cut, wants
from tests.sheets_server.grid_data import grid_data
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.tabs import properties_of
from tests.sheets_server.sheet import Sheet


def spreadsheet(
    view: View, chosen: list[tuple[Sheet, Area]] | None, *, grid: bool, mask: Mask | None, url: str
) -> Json:
    """The resource under a mask; ``chosen`` limits tabs and cells, None takes all."""
    book = view.book
    with_data = grid if mask is None else wants(mask, "sheets", "data")
    out: Json = {"spreadsheetId": book.id, "properties": book.properties}
    if wants(mask, "sheets") and chosen != []:
        areas: dict[int, list[Area]] = {}
        for sheet, area in [(s, s.bounds) for s in book.sheets] if chosen is None else chosen:
            areas.setdefault(sheet.id, []).append(area)
        sheets = [
            _sheet(view, sheet, areas[sheet.id] if with_data else None, below(mask, "sheets"))
            for sheet in book.sheets
            if sheet.id in areas
        ]
        out["sheets"] = [_sheet_cut(sheet, below(mask, "sheets")) for sheet in sheets]
    if book.named_ranges:
        out["namedRanges"] = book.named_ranges
    if own := [metadata for metadata in book.metadata if "spreadsheet" in metadata["location"]]:
        out["developerMetadata"] = own
    out["spreadsheetUrl"] = f"{url}/spreadsheets/d/{book.id}/edit"
    answer: Json = cut(out, {**mask, "sheets": {}} if mask and "sheets" in mask else mask)
    return answer


def _sheet_cut(sheet: Json, mask: Mask | None) -> Json:
    """A tab under its mask; its cells were written under theirs."""
    answer: Json = cut({key: value for key, value in sheet.items() if key != "data"}, mask)
    return {**answer, "data": sheet["data"]} if "data" in sheet else answer


def _sheet(view: View, sheet: Sheet, areas: list[Area] | None, mask: Mask | None) -> Json:
    out: Json = {"properties": properties_of(view.book, sheet)}
    if areas is not None:
        out["data"] = [grid_data(view, sheet, area, below(mask, "data")) for area in areas]
    held = {
        "merges": sheet.merges,
        "conditionalFormats": sheet.conditional_formats,
        "filterViews": sheet.filter_views,
        "protectedRanges": sheet.protected_ranges,
        "basicFilter": sheet.basic_filter,
        "bandedRanges": sheet.bandings,
        "rowGroups": sheet.row_groups,
        "columnGroups": sheet.column_groups,
        "tables": sheet.tables,
        "developerMetadata": [m for m in view.book.metadata if m["location"].get("sheetId") == sheet.id],
    }
    return {**out, **{key: value for key, value in held.items() if value}}


def areas_of_ranges(view: View, ranges: list[str]) -> list[tuple[Sheet, Area]] | None:
    """The tabs and cells of ``ranges`` parameters; None where there are none."""
    return [view.book.find_inside(text) for text in ranges] or None

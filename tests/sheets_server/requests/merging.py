"""Merged cells."""

from __future__ import annotations

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area
from tests.sheets_server.errors import RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.sheet import Sheet


def _release(sheet: Sheet, area: Area) -> None:
    """Take out the merges that lie in an area; one that sticks out is an error."""
    kept = []
    for merge in sheet.merges:
        merged = sheet.area(a1.box_of(merge))
        if not merged.meets(area):
            kept.append(merge)
        elif not area.contains(merged):
            raise RequestError("You must select all cells in a merged range to merge or unmerge them.")
    sheet.merges = kept


@handles("mergeCells")
def merge_cells(batch: Batch, request: Json) -> None:
    sheet, area = batch.book.area_of(request.get("range", {}))
    _release(sheet, area)
    kind = request.get("mergeType", "MERGE_ALL")
    if kind == "MERGE_ROWS":
        parts = [Area(row, area.left, row + 1, area.right) for row in range(area.top, area.bottom)]
    elif kind == "MERGE_COLUMNS":
        parts = [Area(area.top, column, area.bottom, column + 1) for column in range(area.left, area.right)]
    else:
        parts = [area]
    for part in parts:
        if part.height * part.width < 2:
            continue
        sheet.merges.append(a1.grid_range(sheet.id, part))
        for row, column, cell in list(sheet.cells(part)):
            if (row, column) != (part.top, part.left) and cell.entered is not None:
                sheet.put(row, column, cell.holding(None))


@handles("unmergeCells")
def unmerge_cells(batch: Batch, request: Json) -> None:
    sheet, area = batch.book.area_of(request.get("range", {}))
    _release(sheet, area)

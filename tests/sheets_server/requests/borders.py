"""updateBorders."""

from __future__ import annotations

from dataclasses import replace

from tests.sheets_server.a1 import Area
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles


@handles("updateBorders")
def update_borders(batch: Batch, request: Json) -> None:
    sheet, area = batch.book.area_of(request.get("range", {}))
    for row in range(area.top, area.bottom):
        held = sheet.row(row)
        changed = {}
        for column in range(area.left, area.right):
            sides = _sides(request, area, row, column)
            if not sides:
                continue
            cell = sheet.cell(row, column)
            borders = {**(cell.format or {}).get("borders", {}), **sides}
            borders = {side: border for side, border in borders.items() if border.get("style") != "NONE"}
            form = {**(cell.format or {}), "borders": borders}
            if not borders:
                del form["borders"]
            changed[column] = replace(cell, format=form or None)
        if changed:
            sheet.put_row(row, {**held, **changed})


def _sides(request: Json, area: Area, row: int, column: int) -> Json:
    """The borders that one cell of the range gets."""
    names = {
        "top": "top" if row == area.top else "innerHorizontal",
        "bottom": "bottom" if row == area.bottom - 1 else "innerHorizontal",
        "left": "left" if column == area.left else "innerVertical",
        "right": "right" if column == area.right - 1 else "innerVertical",
    }
    return {side: request[name] for side, name in names.items() if name in request}

"""sortRange: rows change places within a range, with all that lies in their cells."""

from __future__ import annotations

from typing import Any

from tests.sheets_server.a1 import Area
from tests.sheets_server.errors import NotOffered, RequestError
from tests.sheets_server.formulas.values import sort_key
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.requests.shifting import follow_copy
from tests.sheets_server.sheet import Sheet


@handles("sortRange")
def sort_range(batch: Batch, request: Json) -> None:
    sheet, area = batch.book.area_of(request.get("range", {}))
    sort_area(batch, sheet, area, request.get("sortSpecs", []))


def sort_area(batch: Batch, sheet: Sheet, area: Area, specs: list[Json]) -> None:
    """Numbers, texts, booleans; blank cells last whichever way; what is equal stays in its order."""
    view = View(batch.book, batch.now)
    order = list(range(area.top, min(area.bottom, len(sheet.rows))))
    for spec in reversed(specs):
        if "dataSourceColumnReference" in spec or "backgroundColor" in spec or "foregroundColor" in spec:
            raise NotOffered("sorting by colour or data source column")
        column = spec.get("dimensionIndex", 0)
        if not area.left <= column < area.right:
            raise RequestError(f"Sort column {column} is outside of the range to sort.")
        keys = {row: sort_key(view.effective(sheet, row, column, sheet.cell(row, column))) for row in order}
        descending = spec.get("sortOrder", "ASCENDING") == "DESCENDING"
        filled = [row for row in order if keys[row][0] != 4]
        order = _sorted(filled, keys, descending=descending) + [row for row in order if keys[row][0] == 4]
    before = {row: sheet.row(row) for row in order}
    for index, row in enumerate(order):
        to = area.top + index
        if to == row:
            continue
        kept = {c: cell for c, cell in before[to].items() if not area.left <= c < area.right}
        moved = {c: follow_copy(cell, to - row, 0) for c, cell in before[row].items() if area.left <= c < area.right}
        sheet.put_row(to, {**kept, **moved})
    batch.book.computed.clear()


def _sorted(rows: list[int], keys: dict[int, Any], *, descending: bool) -> list[int]:
    return sorted(rows, key=keys.__getitem__, reverse=descending)  # stable either way

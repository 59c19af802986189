"""Tables and banded ranges: what lies under a name or in stripes on a range of cells."""

from __future__ import annotations

from tests.sheets_server import a1, field_mask
from tests.sheets_server.discovery import bundled
from tests.sheets_server.errors import RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.sheet import Sheet


def _placed(batch: Batch, thing: Json, noun: str) -> tuple[Sheet, Json]:
    if "range" not in thing:
        raise RequestError(f"A {noun} must have a range.")
    sheet, area = batch.book.area_of(thing["range"])
    return sheet, {**thing, "range": a1.grid_range(sheet.id, area)}


_OVERLAPS = {
    "table": "You cannot add a table that overlaps with another table.",
    "banded range": "You cannot add alternating background colors to a range that already has alternating background colors.",
}


def _check_apart(sheet: Sheet, placed: Json, things: list[Json], noun: str) -> None:
    area = sheet.area(a1.box_of(placed["range"]))
    for other in things:
        if other is not placed and sheet.area(a1.box_of(other["range"])).meets(area):
            raise RequestError(_OVERLAPS[noun])


@handles("addTable")
def add_table(batch: Batch, request: Json) -> Json:
    given = request.get("table", {})
    table_id = given.get("tableId") or str(batch.new_id())
    every = [table for sheet in batch.book.sheets for table in sheet.tables]
    if any(table["tableId"] == table_id for table in every):
        raise RequestError(f"A table with the id {table_id} already exists.")
    sheet, placed = _placed(batch, given, "table")
    name = given.get("name") or f"Table{len(every) + 1}"
    if any(table["name"].casefold() == name.casefold() for table in every):
        raise RequestError(f'A table with the name "{name}" already exists.')
    _check_apart(sheet, placed, sheet.tables, "table")
    table = {**placed, "tableId": table_id, "name": name}
    table["columnProperties"] = _columns(batch, sheet, table)
    sheet.tables.append(table)
    return {"table": table}


def _columns(batch: Batch, sheet: Sheet, table: Json) -> list[Json]:
    """Every column of a table by its place; a name not given is the header's text, or ``Column 1``."""
    area = sheet.area(a1.box_of(table["range"]))
    given = {column.get("columnIndex", 0): column for column in table.get("columnProperties", [])}
    view = View(batch.book, batch.now)
    out = []
    for index in range(area.width):
        cell = sheet.cell(area.top, area.left + index)
        header = view.formatted(cell, view.effective(sheet, area.top, area.left + index, cell))
        known = given.get(index, {})
        name = known.get("columnName") or header or f"Column {index + 1}"
        place = {"columnIndex": index} if index else {}
        out.append({**place, "columnType": "TEXT", **known, "columnName": name})
    return out


def _find(batch: Batch, things: str, key: str, wanted: object, noun: str) -> tuple[Sheet, int]:
    for sheet in batch.book.sheets:
        for index, thing in enumerate(getattr(sheet, things)):
            if thing[key] == wanted:
                return sheet, index
    raise RequestError(f"No {noun} with id: {wanted}")


@handles("updateTable")
def update_table(batch: Batch, request: Json) -> None:
    given = request.get("table", {})
    sheet, index = _find(batch, "tables", "tableId", given.get("tableId", ""), "table")
    mask = field_mask.for_writing(bundled("sheets.v4"), "Table", request.get("fields"))
    mask.pop("tableId", None)
    _, placed = _placed(batch, field_mask.updated(sheet.tables[index], given, mask), "table")
    _check_apart(sheet, placed, [t for i, t in enumerate(sheet.tables) if i != index], "table")
    placed["columnProperties"] = _columns(batch, sheet, placed)
    sheet.tables[index] = placed


@handles("deleteTable")
def delete_table(batch: Batch, request: Json) -> None:
    """The table goes with its content, as Google documents it."""
    sheet, index = _find(batch, "tables", "tableId", request.get("tableId", ""), "table")
    area = sheet.area(a1.box_of(sheet.tables.pop(index)["range"]))
    for row in range(area.top, min(area.bottom, len(sheet.rows))):
        sheet.put_row(row, {c: cell for c, cell in sheet.row(row).items() if not area.left <= c < area.right})


@handles("addBanding")
def add_banding(batch: Batch, request: Json) -> Json:
    given = request.get("bandedRange", {})
    sheet, placed = _placed(batch, given, "banded range")
    if not ({"rowProperties", "columnProperties"} & placed.keys()):
        raise RequestError("A banded range must have rowProperties or columnProperties.")
    banding_id = given.get("bandedRangeId") or batch.new_id()
    if any(b["bandedRangeId"] == banding_id for s in batch.book.sheets for b in s.bandings):
        raise RequestError(f"A banded range with the id {banding_id} already exists.")
    _check_apart(sheet, placed, sheet.bandings, "banded range")
    banding = {**placed, "bandedRangeId": banding_id}
    sheet.bandings.append(banding)
    return {"bandedRange": banding}


@handles("updateBanding")
def update_banding(batch: Batch, request: Json) -> None:
    given = request.get("bandedRange", {})
    sheet, index = _find(batch, "bandings", "bandedRangeId", given.get("bandedRangeId", 0), "banded range")
    mask = field_mask.for_writing(bundled("sheets.v4"), "BandedRange", request.get("fields"))
    mask.pop("bandedRangeId", None)
    _, placed = _placed(batch, field_mask.updated(sheet.bandings[index], given, mask), "banded range")
    _check_apart(sheet, placed, [b for i, b in enumerate(sheet.bandings) if i != index], "banded range")
    sheet.bandings[index] = placed


@handles("deleteBanding")
def delete_banding(batch: Batch, request: Json) -> None:
    sheet, index = _find(batch, "bandings", "bandedRangeId", request.get("bandedRangeId", 0), "banded range")
    del sheet.bandings[index]

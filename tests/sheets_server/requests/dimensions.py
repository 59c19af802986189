"""How rows and columns look: sizes, hidden or not, and groups of them."""

from __future__ import annotations

from tests.sheets_server import field_mask
from tests.sheets_server.discovery import bundled
from tests.sheets_server.errors import NotOffered, RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.inserting import dimension_range
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.sheet import Sheet, dimension_properties
from tests.sheets_server.text_widths import width_of


@handles("updateDimensionProperties")
def update_dimension_properties(batch: Batch, request: Json) -> None:
    if "range" not in request:
        raise NotOffered("dimension properties of data source sheets")
    sheet, dimension, start, end = dimension_range(batch, request["range"])
    mask = field_mask.for_writing(bundled("sheets.v4"), "DimensionProperties", request.get("fields"))
    for unchangeable in ("developerMetadata", "dataSourceColumnReference", "hiddenByFilter"):
        mask.pop(unchangeable, None)
    given = request.get("properties", {})
    if "pixelSize" in mask and not 2 <= given.get("pixelSize", 21) <= 2000:
        raise RequestError(f"Invalid pixel size: {given['pixelSize']}")
    held = dimension_properties(sheet, dimension)
    for index in range(start, end):
        updated = field_mask.updated(held.get(index, {}), given, mask)
        if updated:
            held[index] = updated
        else:
            held.pop(index, None)


@handles("autoResizeDimensions")
def auto_resize_dimensions(batch: Batch, request: Json) -> None:
    """Columns as wide as their longest text, by the widths of Arial; rows go back to the standard height."""
    if "dimensions" not in request:
        raise NotOffered("resizing data source columns")
    sheet, dimension, start, end = dimension_range(batch, request["dimensions"])
    held = dimension_properties(sheet, dimension)
    if dimension == "ROWS":
        for index in range(start, end):
            held[index] = {key: value for key, value in held.get(index, {}).items() if key != "pixelSize"}
        return
    view = View(batch.book, batch.now)
    for column in range(start, end):
        widths = [
            width_of(view.formatted(row[column], view.effective(sheet, index, column, row[column])))
            for index, row in enumerate(sheet.rows)
            if column in row and row[column].entered is not None
        ]
        if widths:
            held[column] = {**held.get(column, {}), "pixelSize": max(widths)}


def _groups(sheet: Sheet, dimension: str) -> list[Json]:
    return sheet.row_groups if dimension == "ROWS" else sheet.column_groups


def _regrouped(sheet: Sheet, dimension: str, depths: dict[int, int]) -> None:
    """Groups as Google lists them: for each depth the stretches that are at least so deep."""
    collapsed = {_key(group): group["collapsed"] for group in _groups(sheet, dimension) if "collapsed" in group}
    groups = []
    for depth in range(1, max(depths.values(), default=0) + 1):
        start = None
        for index in sorted(depths):
            if depths[index] < depth:
                continue
            if start is None:
                start = index
            if depths.get(index + 1, 0) < depth:
                where = {"dimension": dimension, "startIndex": start, "endIndex": index + 1}
                group: Json = {"range": {**({"sheetId": sheet.id} if sheet.id else {}), **where}, "depth": depth}
                if collapsed.get(_key(group)):
                    group["collapsed"] = True
                groups.append(group)
                start = None
    groups.sort(key=lambda group: (group["range"]["startIndex"], group["depth"]))
    if dimension == "ROWS":
        sheet.row_groups = groups
    else:
        sheet.column_groups = groups


def _key(group: Json) -> tuple[int, int, int]:
    return group["range"]["startIndex"], group["range"]["endIndex"], group["depth"]


def _depths(sheet: Sheet, dimension: str) -> dict[int, int]:
    depths: dict[int, int] = {}
    for group in _groups(sheet, dimension):
        for index in range(group["range"]["startIndex"], group["range"]["endIndex"]):
            depths[index] = max(depths.get(index, 0), group["depth"])
    return depths


@handles("addDimensionGroup")
def add_dimension_group(batch: Batch, request: Json) -> Json:
    sheet, dimension, start, end = dimension_range(batch, request["range"])
    depths = _depths(sheet, dimension)
    for index in range(start, end):
        depths[index] = depths.get(index, 0) + 1
    if max(depths.values()) > 8:
        raise RequestError("Cannot create more than 8 levels of groups.")
    _regrouped(sheet, dimension, depths)
    key = "rowGroupControlAfter" if dimension == "ROWS" else "columnGroupControlAfter"
    sheet.properties = {**sheet.properties, "gridProperties": {**sheet.properties["gridProperties"], key: True}}
    return {"dimensionGroups": _groups(sheet, dimension)}


@handles("deleteDimensionGroup")
def delete_dimension_group(batch: Batch, request: Json) -> Json:
    sheet, dimension, start, end = dimension_range(batch, request["range"])
    depths = _depths(sheet, dimension)
    if not any(depths.get(index) for index in range(start, end)):
        raise RequestError("No dimension group on the range.")
    for index in range(start, end):
        depths[index] = max(0, depths.get(index, 0) - 1)
    _regrouped(sheet, dimension, {index: depth for index, depth in depths.items() if depth})
    groups = _groups(sheet, dimension)
    return {"dimensionGroups": groups} if groups else {}


@handles("updateDimensionGroup")
def update_dimension_group(batch: Batch, request: Json) -> None:
    given = request.get("dimensionGroup", {})
    sheet, dimension, start, end = dimension_range(batch, given["range"])
    mask = field_mask.for_writing(bundled("sheets.v4"), "DimensionGroup", request.get("fields"))
    groups = _groups(sheet, dimension)
    for index, group in enumerate(groups):
        if _key(group) == (start, end, given.get("depth", 0)):
            groups[index] = field_mask.updated(group, given, {k: v for k, v in mask.items() if k == "collapsed"})
            held = dimension_properties(sheet, dimension)
            for hidden in range(start, end):
                held[hidden] = {**held.get(hidden, {}), "hiddenByUser": bool(given.get("collapsed"))}
            return
    raise RequestError("No dimension group with that range and depth.")

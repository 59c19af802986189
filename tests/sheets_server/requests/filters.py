"""The basic filter of a tab, and filter views."""

from __future__ import annotations

from tests.sheets_server import a1, field_mask
from tests.sheets_server.discovery import bundled
from tests.sheets_server.errors import NotOffered, RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.requests.sorting import sort_area
from tests.sheets_server.requests.validation import check_condition
from tests.sheets_server.sheet import Sheet


def _placed(batch: Batch, given: Json) -> tuple[Sheet, Json]:
    """A filter with its range closed, and its criteria under both names that Google has for them."""
    if "tableId" in given or "namedRangeId" in given:
        raise NotOffered("filters by tableId or namedRangeId")
    sheet, area = batch.book.area_of(given.get("range", {}))
    out = {**given, "range": a1.grid_range(sheet.id, area)}
    if "filterSpecs" in given:
        specs = given["filterSpecs"]
    else:
        specs = [
            {**({"columnIndex": int(column)} if int(column) else {}), "filterCriteria": criteria}
            for column, criteria in sorted(given.get("criteria", {}).items(), key=lambda pair: int(pair[0]))
        ]
    for spec in specs:
        if "dataSourceColumnReference" in spec:
            raise NotOffered("filters on data source columns")
        if any(key.startswith("visible") for key in spec.get("filterCriteria", {})):
            raise NotOffered("filters by colour")
        if "condition" in spec.get("filterCriteria", {}):
            check_condition(spec["filterCriteria"]["condition"])
        if not area.left <= spec.get("columnIndex", 0) < area.right:
            raise RequestError(f"Filter column {spec.get('columnIndex', 0)} is outside of the filter's range.")
    if specs:
        out["filterSpecs"] = specs
        out["criteria"] = {str(spec.get("columnIndex", 0)): spec.get("filterCriteria", {}) for spec in specs}
    return sheet, out


@handles("setBasicFilter")
def set_basic_filter(batch: Batch, request: Json) -> None:
    sheet, placed = _placed(batch, request.get("filter", {}))
    if placed.get("sortSpecs"):
        area = sheet.area(a1.box_of(placed["range"]))
        sort_area(batch, sheet, a1.Area(area.top + 1, area.left, area.bottom, area.right), placed["sortSpecs"])
    sheet.basic_filter = placed


@handles("clearBasicFilter")
def clear_basic_filter(batch: Batch, request: Json) -> None:
    batch.book.sheet(request.get("sheetId", 0)).basic_filter = None


@handles("addFilterView")
def add_filter_view(batch: Batch, request: Json) -> Json:
    given = request.get("filter", {})
    sheet, placed = _placed(batch, given)
    view = {**placed, "filterViewId": given.get("filterViewId") or batch.new_id()}
    view.setdefault("title", f"Filter {len(sheet.filter_views) + 1}")
    sheet.filter_views.append(view)
    return {"filter": view}


def _find(batch: Batch, view_id: int) -> tuple[Sheet, int]:
    for sheet in batch.book.sheets:
        for index, view in enumerate(sheet.filter_views):
            if view["filterViewId"] == view_id:
                return sheet, index
    raise RequestError(f"No filter view with id: {view_id}")


@handles("updateFilterView")
def update_filter_view(batch: Batch, request: Json) -> None:
    given = request.get("filter", {})
    sheet, index = _find(batch, given.get("filterViewId", 0))
    mask = field_mask.for_writing(bundled("sheets.v4"), "FilterView", request.get("fields"))
    mask.pop("filterViewId", None)
    _, placed = _placed(batch, field_mask.updated(sheet.filter_views[index], given, mask))
    sheet.filter_views[index] = placed


@handles("duplicateFilterView")
def duplicate_filter_view(batch: Batch, request: Json) -> Json:
    sheet, index = _find(batch, request.get("filterId", 0))
    source = sheet.filter_views[index]
    view = {**source, "filterViewId": batch.new_id(), "title": f"Copy of {source['title']}"}
    sheet.filter_views.append(view)
    return {"filter": view}


@handles("deleteFilterView")
def delete_filter_view(batch: Batch, request: Json) -> None:
    sheet, index = _find(batch, request.get("filterId", 0))
    del sheet.filter_views[index]

"""Named ranges."""

from __future__ import annotations

import re

from tests.sheets_server import a1, field_mask
from tests.sheets_server.discovery import bundled
from tests.sheets_server.errors import RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles


def _checked(batch: Batch, named: Json) -> Json:
    name = named.get("name", "")
    if not re.fullmatch(r"[^\W\d]\w{0,249}", name) or a1.parse_corners(name) is not None:
        raise RequestError(f"The name '{name}' is not valid for a named range.")
    for other in batch.book.named_ranges:
        if other["name"].casefold() == name.casefold() and other["namedRangeId"] != named["namedRangeId"]:
            raise RequestError(f"Cannot add named range with name {name}, a named range with that name already exists.")
    if "range" not in named:
        raise RequestError("A named range must have a range.")
    sheet, area = batch.book.area_of(named["range"])
    return {**named, "range": a1.grid_range(sheet.id, area)}


@handles("addNamedRange")
def add(batch: Batch, request: Json) -> Json:
    given = request.get("namedRange", {})
    named_id = given.get("namedRangeId") or str(batch.new_id())
    if any(named["namedRangeId"] == named_id for named in batch.book.named_ranges):
        raise RequestError(f"A named range with the id '{named_id}' already exists.")
    named = _checked(batch, {"namedRangeId": named_id, **given})
    batch.book.named_ranges.append(named)
    return {"namedRange": named}


def _place(batch: Batch, named_id: str) -> int:
    for index, named in enumerate(batch.book.named_ranges):
        if named["namedRangeId"] == named_id:
            return index
    raise RequestError(f"No named range with id: {named_id}")


@handles("updateNamedRange")
def update(batch: Batch, request: Json) -> None:
    given = request.get("namedRange", {})
    index = _place(batch, given.get("namedRangeId", ""))
    mask = field_mask.for_writing(bundled("sheets.v4"), "NamedRange", request.get("fields"))
    mask.pop("namedRangeId", None)
    updated = field_mask.updated(batch.book.named_ranges[index], given, mask)
    batch.book.named_ranges[index] = _checked(batch, updated)


@handles("deleteNamedRange")
def delete(batch: Batch, request: Json) -> None:
    del batch.book.named_ranges[_place(batch, request.get("namedRangeId", ""))]

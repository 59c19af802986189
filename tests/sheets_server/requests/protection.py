"""Protected ranges. The account that asks can always edit: it made them or owns the file."""

from __future__ import annotations

from tests.sheets_server import a1, field_mask
from tests.sheets_server.discovery import bundled
from tests.sheets_server.errors import NotOffered, RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.sheet import Sheet


def _placed(batch: Batch, protected: Json) -> tuple[Sheet, Json]:
    """The tab of a protection, and the protection with its range as Google keeps it."""
    if "tableId" in protected:
        raise NotOffered("protected ranges by tableId")
    if "namedRangeId" in protected:
        wanted = protected["namedRangeId"]
        named = next((n for n in batch.book.named_ranges if n["namedRangeId"] == wanted), None)
        if named is None:
            raise RequestError(f"No named range with id: {wanted}")
        return batch.book.sheet(named["range"].get("sheetId", 0)), {**protected, "range": named["range"]}
    if "range" not in protected:
        raise RequestError("A protected range must have a range.")
    given = protected["range"]
    sheet, area = batch.book.area_of(given)
    whole = set(given) <= {"sheetId"}
    return sheet, protected if whole else {**protected, "range": a1.grid_range(sheet.id, area)}


@handles("addProtectedRange")
def add(batch: Batch, request: Json) -> Json:
    given = request.get("protectedRange", {})
    protected_id = given.get("protectedRangeId") or batch.new_id()
    if any(p["protectedRangeId"] == protected_id for s in batch.book.sheets for p in s.protected_ranges):
        raise RequestError(f"A protected range with the id {protected_id} already exists.")
    sheet, placed = _placed(batch, given)
    editors = dict(placed.get("editors", {}))
    if placed.get("warningOnly") and editors:
        raise RequestError("ProtectedRange is warningOnly. Editors cannot be set on it.")
    users = list(editors.get("users", []))
    protected = {**placed, "protectedRangeId": protected_id, "requestingUserCanEdit": True}
    sheet.protected_ranges.append(
        {**protected, "editors": {**editors, "users": users if batch.account in users else [*users, batch.account]}}
    )
    return {"protectedRange": {**protected, "editors": editors}}


def _find(batch: Batch, protected_id: int) -> tuple[Sheet, int]:
    for sheet in batch.book.sheets:
        for index, protected in enumerate(sheet.protected_ranges):
            if protected["protectedRangeId"] == protected_id:
                return sheet, index
    raise RequestError(f"No protected range with id: {protected_id}")


@handles("updateProtectedRange")
def update(batch: Batch, request: Json) -> None:
    given = request.get("protectedRange", {})
    sheet, index = _find(batch, given.get("protectedRangeId", 0))
    mask = field_mask.for_writing(bundled("sheets.v4"), "ProtectedRange", request.get("fields"))
    for unchangeable in ("protectedRangeId", "requestingUserCanEdit"):
        mask.pop(unchangeable, None)
    updated = field_mask.updated(sheet.protected_ranges[index], given, mask)
    target, placed = _placed(batch, updated)
    del sheet.protected_ranges[index]
    target.protected_ranges.insert(index if target is sheet else len(target.protected_ranges), placed)


@handles("deleteProtectedRange")
def delete(batch: Batch, request: Json) -> None:
    sheet, index = _find(batch, request.get("protectedRangeId", 0))
    del sheet.protected_ranges[index]

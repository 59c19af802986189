"""Developer metadata: notes of a program on the spreadsheet, a tab, a row or a column, found by id or key."""

from __future__ import annotations

from tests.sheets_server import field_mask
from tests.sheets_server.data_filters import metadata_matching
from tests.sheets_server.discovery import bundled
from tests.sheets_server.errors import RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.requests.tabs import metadata_sheet
from tests.sheets_server.sheet import dimension_count

MOST_CHARACTERS = 30_000


def _checked(batch: Batch, given: Json) -> Json:
    """Metadata with its place written as Google writes it back."""
    if not given.get("metadataKey"):
        raise RequestError("developerMetadata.metadataKey must be specified.")
    if given.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise RequestError("developerMetadata.visibility must be specified.")
    return {**given, "location": _location(batch, given.get("location", {}))}


def _location(batch: Batch, given: Json) -> Json:
    places = [key for key in ("spreadsheet", "sheetId", "dimensionRange") if key in given]
    if len(places) != 1:
        raise RequestError("developerMetadata.location must specify exactly one place.")
    if places == ["spreadsheet"]:
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    if places == ["sheetId"]:
        sheet = batch.book.sheet(given["sheetId"], noun="sheet")
        return {"locationType": "SHEET", "sheetId": sheet.id}
    where = given["dimensionRange"]
    sheet = batch.book.sheet(where.get("sheetId", 0))
    dimension = where.get("dimension")
    start, end = where.get("startIndex"), where.get("endIndex")
    if dimension not in ("ROWS", "COLUMNS") or start is None or end != start + 1:
        raise RequestError("developerMetadata.location.dimensionRange must represent a single row or column.")
    if end > dimension_count(sheet, dimension):
        raise RequestError("developerMetadata.location.dimensionRange is beyond the grid.")
    kept = {"dimension": dimension, "startIndex": start, "endIndex": end}
    return {
        "locationType": "ROW" if dimension == "ROWS" else "COLUMN",
        "dimensionRange": {**({"sheetId": sheet.id} if sheet.id else {}), **kept},
    }


def _check_room(batch: Batch) -> None:
    """Google keeps 30,000 characters of metadata for each tab, and as many for the spreadsheet."""
    used: dict[int | None, int] = {}
    for metadata in batch.book.metadata:
        home = metadata_sheet(metadata)
        used[home] = used.get(home, 0) + len(metadata["metadataKey"]) + len(metadata.get("metadataValue", ""))
    if max(used.values(), default=0) > MOST_CHARACTERS:
        raise RequestError(f"Developer metadata exceeds the limit of {MOST_CHARACTERS} characters.")


@handles("createDeveloperMetadata")
def create(batch: Batch, request: Json) -> Json:
    given = request.get("developerMetadata", {})
    metadata_id = given.get("metadataId") or batch.new_id()
    if any(metadata["metadataId"] == metadata_id for metadata in batch.book.metadata):
        raise RequestError(f"Developer metadata with ID {metadata_id} already exists.")
    metadata = {"metadataId": metadata_id, **_checked(batch, given)}
    batch.book.metadata.append(metadata)
    _check_room(batch)
    return {"developerMetadata": metadata}


@handles("updateDeveloperMetadata")
def update(batch: Batch, request: Json) -> Json:
    given = request.get("developerMetadata", {})
    mask = field_mask.for_writing(bundled("sheets.v4"), "DeveloperMetadata", request.get("fields"))
    mask.pop("metadataId", None)
    chosen = _chosen(batch, request.get("dataFilters", []))
    out = []
    for index, metadata in enumerate(batch.book.metadata):
        if metadata["metadataId"] in chosen:
            updated = field_mask.updated(metadata, given, {**mask, "location": {}} if "location" in mask else mask)
            batch.book.metadata[index] = _checked(batch, updated)
            out.append(batch.book.metadata[index])
    _check_room(batch)
    return {"developerMetadata": out} if out else {}


@handles("deleteDeveloperMetadata")
def delete(batch: Batch, request: Json) -> Json:
    chosen = _chosen(batch, [request.get("dataFilter", {})])
    gone = [metadata for metadata in batch.book.metadata if metadata["metadataId"] in chosen]
    batch.book.metadata = [metadata for metadata in batch.book.metadata if metadata["metadataId"] not in chosen]
    return {"deletedDeveloperMetadata": gone} if gone else {}


def _chosen(batch: Batch, filters: list[Json]) -> set[int]:
    if not filters:
        raise RequestError("At least one data filter must be specified.")
    return {metadata["metadataId"] for given in filters for metadata in metadata_matching(batch.book, given)}

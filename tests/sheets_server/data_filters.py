"""Data filters: cells and metadata chosen by A1 range, by grid range, or by a lookup of developer metadata."""

from __future__ import annotations

from tests.sheets_server.a1 import Area
from tests.sheets_server.errors import ApiError, RequestError, invalid
from tests.sheets_server.proto_json import Json
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import Spreadsheet


def areas(book: Spreadsheet, given: Json) -> list[tuple[Sheet, Area]]:
    """The cells that a filter chooses; for metadata, the whole of what it lies on."""
    if "a1Range" in given:
        return [book.find_inside(given["a1Range"])]
    if "gridRange" in given:
        try:
            return [book.area_of(given["gridRange"])]
        except RequestError as wrong:
            raise invalid(f"Invalid dataFilter: {wrong}") from None
    if "developerMetadataLookup" not in given:
        raise invalid("Must specify at least one data filter.")
    out = []
    for metadata in metadata_matching(book, given):
        location = metadata["location"]
        if "dimensionRange" in location:
            where = location["dimensionRange"]
            sheet = book.sheet(where.get("sheetId", 0))
            if where["dimension"] == "ROWS":
                out.append((sheet, Area(where["startIndex"], 0, where["endIndex"], sheet.column_count)))
            else:
                out.append((sheet, Area(0, where["startIndex"], sheet.row_count, where["endIndex"])))
        elif "sheetId" in location:
            sheet = book.sheet(location["sheetId"])
            out.append((sheet, sheet.bounds))
    return out


def metadata_matching(book: Spreadsheet, given: Json) -> list[Json]:
    """The metadata that a filter chooses: by lookup, or all that lies within its cells."""
    if "developerMetadataLookup" in given:
        return [metadata for metadata in book.metadata if matches(metadata, given["developerMetadataLookup"])]
    if "a1Range" not in given and "gridRange" not in given:
        raise ApiError(400, "Must specify at least one data filter.")
    chosen = areas(book, given)
    return [m for m in book.metadata if any(_lies_within(m["location"], sheet, area) for sheet, area in chosen)]


def _lies_within(location: Json, sheet: Sheet, area: Area) -> bool:
    if "dimensionRange" not in location:
        return location.get("sheetId") == sheet.id and area == sheet.bounds
    where = location["dimensionRange"]
    if where.get("sheetId", 0) != sheet.id:
        return False
    start, end = (area.top, area.bottom) if where["dimension"] == "ROWS" else (area.left, area.right)
    return bool(start <= where["startIndex"] and where["endIndex"] <= end)


def matches(metadata: Json, lookup: Json) -> bool:
    """Whether metadata is what a DeveloperMetadataLookup asks for."""
    for key in ("metadataId", "metadataKey", "metadataValue", "visibility"):
        if key in lookup and metadata.get(key) != lookup[key]:
            return False
    location = metadata["location"]
    if "locationType" in lookup and location["locationType"] != lookup["locationType"]:
        return False
    return "metadataLocation" not in lookup or _at(location, lookup)


def _at(location: Json, lookup: Json) -> bool:
    wanted = lookup["metadataLocation"]
    strategy = lookup.get("locationMatchingStrategy")
    if "spreadsheet" in wanted:
        return strategy == "INTERSECTING_LOCATION" or "spreadsheet" in location
    if "sheetId" in wanted:
        if location.get("sheetId") == wanted["sheetId"]:
            return True
        inside = (
            location.get("dimensionRange", {}).get("sheetId", 0) == wanted["sheetId"] and "dimensionRange" in location
        )
        return inside and strategy != "EXACT_LOCATION"
    where, given = location.get("dimensionRange"), wanted["dimensionRange"]
    if where is None or where.get("sheetId", 0) != given.get("sheetId", 0) or where["dimension"] != given["dimension"]:
        return False
    start, end = given.get("startIndex", 0), given.get("endIndex", 2**31)
    if strategy == "INTERSECTING_LOCATION":
        return bool(where["startIndex"] < end and start < where["endIndex"])
    return bool(where["startIndex"] == start and where["endIndex"] == end)

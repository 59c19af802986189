"""``spreadsheets.*`` but for the values: create, get, batchUpdate, copyTo, developerMetadata."""

from __future__ import annotations

from tests.sheets_server import batch, data_filters
from tests.sheets_server.asked import Asked, answers, listed
from tests.sheets_server.errors import ApiError, RequestError, invalid, not_found
from tests.sheets_server.field_mask import below, cut, wants
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.tabs import check_spreadsheet_properties, copied_sheet, properties_of
from tests.sheets_server.spreadsheet_answer import areas_of_ranges, spreadsheet


@answers("create")
def create(asked: Asked) -> Json:
    given = asked.body
    properties = given.get("properties", {})
    file = asked.files.create(properties.get("title", "Untitled spreadsheet"))
    try:
        with asked.files.change(file) as book:
            book.properties = {**book.properties, **properties}
            check_spreadsheet_properties(book.properties)
            if given.get("sheets"):
                book.sheets.clear()
                for index, sheet in enumerate(given["sheets"]):
                    wanted = {"sheetId": 0, "title": "Sheet1"} if index == 0 else {}
                    requests = [{"addSheet": {"properties": {**wanted, **sheet.get("properties", {})}}}]
                    batch.apply(asked.batch(book), requests)
            if given.get("namedRanges"):
                batch.apply(asked.batch(book), [{"addNamedRange": {"namedRange": n}} for n in given["namedRanges"]])
    except (ApiError, RequestError) as wrong:
        asked.files.delete(file.id)
        raise invalid(str(wrong)) from None
    return spreadsheet(asked.view(file.book), None, grid=False, mask=asked.mask, url=asked.url)


@answers("get")
def get(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    chosen = areas_of_ranges(view, asked.query.get("ranges", []))
    return spreadsheet(view, chosen, grid=asked.query.get("includeGridData", False), mask=asked.mask, url=asked.url)


@answers("getByDataFilter")
def get_by_data_filter(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    filters = asked.body.get("dataFilters", [])
    chosen = [place for given in filters for place in data_filters.areas(view.book, given)]
    grid = asked.body.get("includeGridData", False)
    return spreadsheet(view, chosen if filters else None, grid=grid, mask=asked.mask, url=asked.url)


@answers("batchUpdate")
def batch_update(asked: Asked) -> Json:
    file = asked.file()
    with asked.files.change(file) as book:
        replies = batch.apply(asked.batch(book), asked.body.get("requests", []))
        answer: Json = {"spreadsheetId": book.id, "replies": replies}
        if asked.body.get("includeSpreadsheetInResponse") and wants(asked.mask, "updatedSpreadsheet"):
            view = asked.view(book)
            answer["updatedSpreadsheet"] = spreadsheet(
                view,
                areas_of_ranges(view, asked.body.get("responseRanges", [])),
                grid=asked.body.get("responseIncludeGridData", False),
                mask=below(asked.mask, "updatedSpreadsheet"),
                url=asked.url,
            )
    return cut(answer, asked.mask)  # type: ignore[no-any-return]


@answers("sheets.copyTo")
def copy_to(asked: Asked) -> Json:
    source_book = asked.file().book
    try:
        source = source_book.sheet(int(asked.path["sheetId"]), noun="sheet")
    except (RequestError, ValueError):
        raise not_found() from None
    with asked.files.change(asked.files.get(asked.body.get("destinationSpreadsheetId", ""))) as book:
        making = asked.batch(book)
        title, number = f"Copy of {source.title}", 1
        while book.sheet_titled(title):
            number += 1
            title = f"Copy of {source.title} {number}"
        copy = copied_sheet(making, source, making.new_id(), title)
        book.sheets.append(copy)
        return properties_of(book, copy)


@answers("developerMetadata.get")
def metadata_get(asked: Asked) -> Json:
    book = asked.file().book
    for metadata in book.metadata:
        if str(metadata["metadataId"]) == asked.path["metadataId"]:
            return metadata
    raise ApiError(404, f"No developer metadata with ID {asked.path['metadataId']}.")


@answers("developerMetadata.search")
def metadata_search(asked: Asked) -> Json:
    book = asked.file().book
    found: dict[int, Json] = {}
    for given in asked.body.get("dataFilters", []):
        for metadata in data_filters.metadata_matching(book, given):
            one = found.setdefault(metadata["metadataId"], {"developerMetadata": metadata, "dataFilters": []})
            one["dataFilters"].append(given)
    return listed({}, "matchedDeveloperMetadata", list(found.values()))

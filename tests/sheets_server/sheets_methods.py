"""The methods of the Sheets API, by their id in the discovery document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from . import batch, data_filters, values_api
from .discovery import bundled
from .errors import ApiError, RequestError, invalid, not_found
from .field_mask import Mask, below, cut, wants
from .files import File, Files
from .proto_json import Json
from .rendering import View
from .requests.registry import Batch
from .requests.tabs import check_spreadsheet_properties, copied_sheet, properties_of
from .sheet import Sheet
from .spreadsheet import Spreadsheet
from .spreadsheet_answer import areas_of_ranges, spreadsheet

API = bundled("sheets.v4")
READS_BY_POST = {
    "sheets.spreadsheets.getByDataFilter",
    "sheets.spreadsheets.values.batchGetByDataFilter",
    "sheets.spreadsheets.developerMetadata.search",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to a method, read and checked."""

    files: Files
    account: str
    clock: Callable[[], datetime]
    path: dict[str, str]
    query: Json
    body: Json
    mask: Mask | None
    url: str

    def file(self) -> File:
        return self.files.get(self.path["spreadsheetId"])

    def view(self, book: Spreadsheet) -> View:
        zone = ZoneInfo(book.time_zone)
        return View(book, lambda: self.clock().astimezone(zone).replace(tzinfo=None))

    def batch(self, book: Spreadsheet) -> Batch:
        return Batch(book, self.files.ids, self.view(book).evaluator.now, self.account)


Answering = Callable[[Asked], Json]
METHODS: dict[str, Answering] = {}


def _answers(method: str) -> Callable[[Answering], Answering]:
    def register(function: Answering) -> Answering:
        METHODS[f"sheets.spreadsheets.{method}"] = function
        return function

    return register


@_answers("create")
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


@_answers("get")
def get(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    chosen = areas_of_ranges(view, asked.query.get("ranges", []))
    return spreadsheet(view, chosen, grid=asked.query.get("includeGridData", False), mask=asked.mask, url=asked.url)


@_answers("getByDataFilter")
def get_by_data_filter(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    filters = asked.body.get("dataFilters", [])
    chosen = [place for given in filters for place in data_filters.areas(view.book, given)]
    grid = asked.body.get("includeGridData", False)
    return spreadsheet(view, chosen if filters else None, grid=grid, mask=asked.mask, url=asked.url)


@_answers("batchUpdate")
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


@_answers("sheets.copyTo")
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


@_answers("values.get")
def values_get(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    return values_api.read(view, *view.book.find_inside(asked.path["range"]), asked.query)


@_answers("values.batchGet")
def values_batch_get(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    ranges = asked.query.get("ranges", [])
    found = [values_api.read(view, *view.book.find_inside(text), asked.query) for text in ranges]
    return _listed({"spreadsheetId": view.book.id}, "valueRanges", found)


@_answers("values.batchGetByDataFilter")
def values_batch_get_by_data_filter(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    found = []
    for sheet, area, filters in _chosen(view.book, asked.body.get("dataFilters", [])):
        found.append({"valueRange": values_api.read(view, sheet, area, asked.body), "dataFilters": filters})
    return _listed({"spreadsheetId": view.book.id}, "valueRanges", found)


def _chosen(book: Spreadsheet, filters: list[Json]) -> list[tuple[Sheet, Any, list[Json]]]:
    """The cells that filters choose, each once, with the filters that chose them."""
    out: dict[tuple[int, Any], tuple[Sheet, Any, list[Json]]] = {}
    for given in filters:
        for sheet, area in data_filters.areas(book, given):
            out.setdefault((sheet.id, area), (sheet, area, []))[2].append(given)
    return list(out.values())


def _listed(answer: Json, key: str, items: list[Any]) -> Json:
    return {**answer, key: items} if items else answer


@_answers("values.update")
def values_update(asked: Asked) -> Json:
    option = values_api.input_option(asked.query.get("valueInputOption"))
    _same_range(asked.path["range"], asked.body)
    with asked.files.change(asked.file()) as book:
        answer, sheet, area = values_api.update(book, asked.path["range"], asked.body, option)
        if asked.query.get("includeValuesInResponse"):
            answer["updatedData"] = _after(asked, book, sheet, area, asked.query)
    return answer


def _same_range(text: str, body: Json) -> None:
    given = body.get("range")
    if given is not None and given.replace("'", "") != text.replace("'", ""):
        raise invalid(f"Requested writing within range [{text}], but data was for range [{given}]")


def _after(asked: Asked, book: Spreadsheet, sheet: Sheet, area: Any, options: Json) -> Json:
    return values_api.read(asked.view(book), sheet, area, values_api.options_of_answer(options))


@_answers("values.append")
def values_append(asked: Asked) -> Json:
    option = values_api.input_option(asked.query.get("valueInputOption"))
    insert = asked.query.get("insertDataOption", "OVERWRITE")
    with asked.files.change(asked.file()) as book:
        answer, sheet, area = values_api.append(book, asked.path["range"], asked.body, option, insert)
        if asked.query.get("includeValuesInResponse"):
            answer["updates"]["updatedData"] = _after(asked, book, sheet, area, asked.query)
    return answer


@_answers("values.clear")
def values_clear(asked: Asked) -> Json:
    with asked.files.change(asked.file()) as book:
        cleared = values_api.clear(*book.find_inside(asked.path["range"]))
    return {"spreadsheetId": book.id, "clearedRange": cleared}


@_answers("values.batchClear")
def values_batch_clear(asked: Asked) -> Json:
    with asked.files.change(asked.file()) as book:
        cleared = []
        for index, text in enumerate(asked.body.get("ranges", [])):
            try:
                cleared.append(values_api.clear(*book.find_inside(text)))
            except ApiError as wrong:
                raise invalid(f"Invalid ranges[{index}]: {wrong.message}") from None
    return _listed({"spreadsheetId": book.id}, "clearedRanges", cleared)


@_answers("values.batchClearByDataFilter")
def values_batch_clear_by_data_filter(asked: Asked) -> Json:
    with asked.files.change(asked.file()) as book:
        chosen = _chosen(book, asked.body.get("dataFilters", []))
        cleared = [values_api.clear(sheet, area) for sheet, area, _ in chosen]
    return _listed({"spreadsheetId": book.id}, "clearedRanges", cleared)


@_answers("values.batchUpdate")
def values_batch_update(asked: Asked) -> Json:
    option = values_api.input_option(asked.body.get("valueInputOption"))
    with asked.files.change(asked.file()) as book:
        answers = []
        for index, data in enumerate(asked.body.get("data", [])):
            answers.append(_update_one(asked, book, data.get("range", ""), data, option, f"data[{index}]"))
    return _totals(book, answers)


@_answers("values.batchUpdateByDataFilter")
def values_batch_update_by_data_filter(asked: Asked) -> Json:
    from . import a1

    option = values_api.input_option(asked.body.get("valueInputOption"))
    with asked.files.change(asked.file()) as book:
        answers = []
        for index, data in enumerate(asked.body.get("data", [])):
            given = data.get("dataFilter", {})
            for sheet, area in data_filters.areas(book, given):
                text = a1.full(sheet.title, area)
                one = _update_one(asked, book, text, data, option, f"data[{index}]")
                del one["spreadsheetId"]
                answers.append({**one, "dataFilter": given})
    return _totals(book, answers)


def _update_one(asked: Asked, book: Spreadsheet, text: str, data: Json, option: str, prefix: str) -> Json:
    try:
        answer, sheet, area = values_api.update(book, text, data, option)
    except ApiError as wrong:
        raise ApiError(wrong.code, f"Invalid {prefix}: {wrong.message}", details=wrong.details) from None
    if asked.body.get("includeValuesInResponse"):
        answer["updatedData"] = _after(asked, book, sheet, area, asked.body)
    return answer


def _totals(book: Spreadsheet, answers: list[Json]) -> Json:
    from . import a1

    rows: set[tuple[str, int]] = set()
    columns: set[tuple[str, int]] = set()
    for answer in answers:
        title, cells = a1.split(answer["updatedRange"])
        box = a1.parse_corners(cells)
        if box is None or not answer.get("updatedCells"):
            continue
        rows.update((title or "", row) for row in range(box.top, box.top + answer["updatedRows"]))
        columns.update((title or "", column) for column in range(box.left, box.left + answer["updatedColumns"]))
    totals = {
        "totalUpdatedRows": len(rows),
        "totalUpdatedColumns": len(columns),
        "totalUpdatedCells": sum(answer.get("updatedCells", 0) for answer in answers),
        "totalUpdatedSheets": len({title for title, _ in rows}),
    }
    out = {"spreadsheetId": book.id, **{key: total for key, total in totals.items() if total}}
    return _listed(out, "responses", answers)


@_answers("developerMetadata.get")
def metadata_get(asked: Asked) -> Json:
    book = asked.file().book
    for metadata in book.metadata:
        if str(metadata["metadataId"]) == asked.path["metadataId"]:
            return metadata
    raise ApiError(404, f"No developer metadata with ID {asked.path['metadataId']}.")


@_answers("developerMetadata.search")
def metadata_search(asked: Asked) -> Json:
    book = asked.file().book
    found: dict[int, Json] = {}
    for given in asked.body.get("dataFilters", []):
        for metadata in data_filters.metadata_matching(book, given):
            one = found.setdefault(metadata["metadataId"], {"developerMetadata": metadata, "dataFilters": []})
            one["dataFilters"].append(given)
    return _listed({}, "matchedDeveloperMetadata", list(found.values()))

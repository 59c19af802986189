"""``spreadsheets.values.*``."""

from __future__ import annotations

from typing import Any

from tests.sheets_server import a1, data_filters, values_api
from tests.sheets_server.asked import Asked, answers, listed
from tests.sheets_server.errors import ApiError, invalid
from tests.sheets_server.proto_json import Json
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import Spreadsheet


@answers("values.get")
def values_get(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    return values_api.read(view, *view.book.find_inside(asked.path["range"]), asked.query)


@answers("values.batchGet")
def values_batch_get(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    ranges = asked.query.get("ranges", [])
    found = [values_api.read(view, *view.book.find_inside(text), asked.query) for text in ranges]
    return listed({"spreadsheetId": view.book.id}, "valueRanges", found)


@answers("values.batchGetByDataFilter")
def values_batch_get_by_data_filter(asked: Asked) -> Json:
    view = asked.view(asked.file().book)
    found = []
    for sheet, area, filters in _chosen(view.book, asked.body.get("dataFilters", [])):
        found.append({"valueRange": values_api.read(view, sheet, area, asked.body), "dataFilters": filters})
    return listed({"spreadsheetId": view.book.id}, "valueRanges", found)


def _chosen(book: Spreadsheet, filters: list[Json]) -> list[tuple[Sheet, Any, list[Json]]]:
    """The cells that filters choose, each once, with the filters that chose them."""
    out: dict[tuple[int, Any], tuple[Sheet, Any, list[Json]]] = {}
    for given in filters:
        for sheet, area in data_filters.areas(book, given):
            out.setdefault((sheet.id, area), (sheet, area, []))[2].append(given)
    return list(out.values())


@answers("values.update")
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


@answers("values.append")
def values_append(asked: Asked) -> Json:
    option = values_api.input_option(asked.query.get("valueInputOption"))
    insert = asked.query.get("insertDataOption", "OVERWRITE")
    with asked.files.change(asked.file()) as book:
        answer, sheet, area = values_api.append(book, asked.path["range"], asked.body, option, insert)
        if asked.query.get("includeValuesInResponse"):
            answer["updates"]["updatedData"] = _after(asked, book, sheet, area, asked.query)
    return answer


@answers("values.clear")
def values_clear(asked: Asked) -> Json:
    with asked.files.change(asked.file()) as book:
        cleared = values_api.clear(*book.find_inside(asked.path["range"]))
    return {"spreadsheetId": book.id, "clearedRange": cleared}


@answers("values.batchClear")
def values_batch_clear(asked: Asked) -> Json:
    with asked.files.change(asked.file()) as book:
        cleared = []
        for index, text in enumerate(asked.body.get("ranges", [])):
            try:
                cleared.append(values_api.clear(*book.find_inside(text)))
            except ApiError as wrong:
                raise invalid(f"Invalid ranges[{index}]: {wrong.message}") from None
    return listed({"spreadsheetId": book.id}, "clearedRanges", cleared)


@answers("values.batchClearByDataFilter")
def values_batch_clear_by_data_filter(asked: Asked) -> Json:
    with asked.files.change(asked.file()) as book:
        chosen = _chosen(book, asked.body.get("dataFilters", []))
        cleared = [values_api.clear(sheet, area) for sheet, area, _ in chosen]
    return listed({"spreadsheetId": book.id}, "clearedRanges", cleared)


@answers("values.batchUpdate")
def values_batch_update(asked: Asked) -> Json:
    option = values_api.input_option(asked.body.get("valueInputOption"))
    with asked.files.change(asked.file()) as book:
        answers = []
        for index, data in enumerate(asked.body.get("data", [])):
            answers.append(_update_one(asked, book, data.get("range", ""), data, option, f"data[{index}]"))
    return _totals(book, answers)


@answers("values.batchUpdateByDataFilter")
def values_batch_update_by_data_filter(asked: Asked) -> Json:
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
    return listed(out, "responses", answers)

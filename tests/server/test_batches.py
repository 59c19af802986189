"""batchUpdate: all or nothing, said in Google's words."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import Client
from tests.sheets_server import SheetsServer, sheets_methods
from tests.sheets_server.requests.refused import REFUSED
from tests.sheets_server.requests.registry import HANDLERS

README = Path(sheets_methods.__file__).with_name("README.md")
ADD = {"addSheet": {"properties": {"sheetId": 5, "title": "New"}}}


def test_one_request_that_cannot_be_leaves_nothing_of_the_batch(book: Client) -> None:
    before = book.ok("GET", "", includeGridData="true")
    cells = {
        "updateCells": {"start": {}, "rows": [{"values": [{"userEnteredValue": {"numberValue": 1}}]}], "fields": "*"}
    }
    said = book.batch_refused(ADD, cells, {"deleteSheet": {"sheetId": 99}})
    assert said == "Invalid requests[2].deleteSheet: No sheet with id: 99"
    assert book.ok("GET", "", includeGridData="true") == before


def test_a_refused_kind_leaves_nothing_of_the_batch(book: Client) -> None:
    said = book.batch_refused(ADD, {"randomizeRange": {"range": {}}}, code=501)
    assert "randomizeRange" in said
    assert len(book.ok("GET", "")["sheets"]) == 1


def test_later_requests_see_what_earlier_ones_did(book: Client) -> None:
    cells = {"start": {"sheetId": 5}, "rows": [{"values": [{"note": "n"}]}], "fields": "note"}
    replies = book.batch(ADD, {"updateCells": cells})["replies"]
    assert replies == [
        {
            "addSheet": {
                "properties": {
                    "sheetId": 5,
                    "title": "New",
                    "index": 1,
                    "sheetType": "GRID",
                    "gridProperties": {"rowCount": 1000, "columnCount": 26},
                }
            }
        },
        {},
    ]


def test_the_spreadsheet_after_the_batch_comes_with_it_where_asked(book: Client) -> None:
    cells = {
        "start": {"sheetId": 5},
        "rows": [{"values": [{"userEnteredValue": {"stringValue": "x"}}]}],
        "fields": "userEnteredValue",
    }
    after = book.batch(
        ADD, {"updateCells": cells},
        includeSpreadsheetInResponse=True, responseRanges=["New!A1:B2"], responseIncludeGridData=True,
    )["updatedSpreadsheet"]  # fmt: skip
    assert [sheet["properties"]["title"] for sheet in after["sheets"]] == ["New"]
    assert after["sheets"][0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "x"
    assert len(after["sheets"][0]["data"][0]["rowMetadata"]) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"requests": []}, "Must specify at least one request."),
        ({"requests": [{}]}, "Invalid requests[0]: No request set."),
        (
            {"requests": [{"addSheet": {}, "deleteSheet": {"sheetId": 0}}]},
            "Invalid value at 'requests[0]' (oneof), oneof field 'kind' is already set. Cannot set 'deleteSheet'",
        ),
        (
            {"requests": [{"frobnicate": {}}]},
            "Invalid JSON payload received. Unknown name \"frobnicate\" at 'requests[0]': Cannot find field.",
        ),
        (
            {"requests": [{"updateCells": {"colour": 1}}]},
            "Invalid JSON payload received. Unknown name \"colour\" at 'requests[0].update_cells': Cannot find field.",
        ),
        (
            {"requests": [{"deleteSheet": {"sheetId": "x"}}]},
            "Invalid value at 'requests[0].delete_sheet.sheet_id' (TYPE_INT32), \"x\"",
        ),
        (
            {"requests": [{"mergeCells": {"mergeType": "ALL"}}]},
            (
                "Invalid value at 'requests[0].merge_cells.merge_type' "
                '(type.googleapis.com/google.apps.sheets.v4.MergeCellsRequest.MergeType), "ALL"'
            ),
        ),
    ],
)
def test_what_is_no_batch_is_refused_in_googles_words(book: Client, body: Any, said: str) -> None:
    assert book.refused("POST", ":batchUpdate", body) == said


def test_two_faults_of_one_body_are_both_told(book: Client) -> None:
    answer = book.call("POST", ":batchUpdate", {"requests": [{"x": 1}, {"y": 1}]}).json()["error"]
    assert len(answer["details"][0]["fieldViolations"]) == 2


def test_a_body_may_be_written_in_snake_case_with_numbers_as_texts(book: Client) -> None:
    body = {"requests": [{"add_sheet": {"properties": {"sheet_id": "12", "grid_properties": {"row_count": 5.0}}}}]}
    added = book.ok("POST", ":batchUpdate", body)["replies"][0]["addSheet"]["properties"]
    assert (added["sheetId"], added["gridProperties"]["rowCount"]) == (12, 5)


def test_an_unknown_query_parameter_is_refused(book: Client) -> None:
    assert book.refused("GET", "", colour="red").startswith('Invalid JSON payload received. Unknown name "colour"')
    assert "(TYPE_BOOL)" in book.refused("GET", "", includeGridData="perhaps")
    assert "ValueRenderOption" in book.refused("GET", "/values/A1", valueRenderOption="NICE")


def test_every_kind_google_knows_is_handled_or_refused_with_a_reason() -> None:
    known = set(sheets_methods.API.schemas["Request"]["properties"])
    assert set(HANDLERS) | set(REFUSED) == known
    assert not set(HANDLERS) & set(REFUSED)
    assert all(REFUSED.values())
    (section,) = re.findall("## What it refuses, and why(.*?)\n## ", README.read_text("utf-8"), re.DOTALL)
    assert [kind for kind in REFUSED if f"`{kind}`" not in section] == []


def test_every_method_of_the_sheets_api_is_answered() -> None:
    assert {method.id for method in sheets_methods.API.methods} == set(sheets_methods.METHODS)


@pytest.mark.parametrize(
    "answer",
    [{"colour": 1}, {"values": "x"}, {"range": 5}, {"majorDimension": "SIDEWAYS"}, {"values": None}],
)
def test_an_answer_that_google_could_not_give_is_a_fault_of_the_server(
    book: Client, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setitem(sheets_methods.METHODS, "sheets.spreadsheets.values.get", lambda _: answer)
    found = book.call("GET", "/values/A1")
    assert found.status_code == 500
    assert "ValueRange" in found.text


def test_ten_million_cells_are_the_limit(book: Client) -> None:
    grid = {"rowCount": 99_000, "columnCount": 100}
    book.batch({"addSheet": {"properties": {"gridProperties": grid}}})
    said = book.batch_refused({"addSheet": {"properties": {"gridProperties": grid}}})
    assert said == (
        "Invalid requests[0].addSheet: "
        "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
    )


def test_a_body_over_ten_megabytes_is_refused(book: Client) -> None:
    rows = [["x" * 40_000]] * 270
    assert "Request payload size exceeds the limit" in book.refused(
        "PUT", "/values/A1", {"values": rows}, 413, valueInputOption="RAW"
    )


def test_batches_at_the_same_time_are_applied_one_after_the_other(server: SheetsServer) -> None:
    shared = server.create()

    def add(number: int) -> None:
        row = [{"values": [{"userEnteredValue": {"numberValue": number}}]}]
        Client(server, shared).batch(*[{"appendCells": {"rows": row, "fields": "userEnteredValue"}}] * 3)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [row[0] for row in Client(server, shared).values("A:A", valueRenderOption="UNFORMATTED_VALUE")]
    assert sorted(found) == sorted(list(range(12)) * 3)
    assert all(found[at] == found[at + 1] == found[at + 2] for at in range(0, 36, 3))

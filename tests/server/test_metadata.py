"""Developer metadata, and data filters: chosen ids that conflict are what guards two workers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.conftest import Client
from tests.sheets_server import Person

BOOK = {"spreadsheet": True}
SHEET = {"sheetId": 0}


def row(index: int) -> dict[str, Any]:
    return {"dimensionRange": {"dimension": "ROWS", "startIndex": index, "endIndex": index + 1}}


def create(
    location: dict[str, Any], metadata_id: int | None = None, key: str = "k", value: str = "v"
) -> dict[str, Any]:
    given = {"metadataKey": key, "metadataValue": value, "location": location, "visibility": "DOCUMENT"}
    return {
        "createDeveloperMetadata": {
            "developerMetadata": given if metadata_id is None else {"metadataId": metadata_id, **given}
        }
    }


def lookup(**given: Any) -> dict[str, Any]:
    return {"developerMetadataLookup": given}


def found(book: Client, *filters: dict[str, Any]) -> list[int]:
    answer = book.ok("POST", "/developerMetadata:search", {"dataFilters": list(filters)})
    return [one["developerMetadata"]["metadataId"] for one in answer.get("matchedDeveloperMetadata", [])]


def test_metadata_is_answered_with_the_kind_of_its_place(book: Client) -> None:
    replies = book.batch(create(BOOK, 1), create(SHEET, 2), create(row(3), 3))["replies"]
    locations = [reply["createDeveloperMetadata"]["developerMetadata"]["location"] for reply in replies]
    assert locations == [
        {"locationType": "SPREADSHEET", "spreadsheet": True},
        {"locationType": "SHEET", "sheetId": 0},
        {"locationType": "ROW", **row(3)},
    ]
    assert book.ok("GET", "")["developerMetadata"][0]["metadataId"] == 1
    assert book.sheet()["developerMetadata"][0]["metadataId"] == 2
    assert book.ok("GET", "/developerMetadata/3")["location"]["locationType"] == "ROW"


def test_an_id_that_exists_fails_the_batch_and_nothing_of_it_is_applied(book: Client) -> None:
    book.batch(create(BOOK, 41))
    said = book.batch_refused(create(BOOK, 41), {"addSheet": {}}, {"deleteSheet": {"sheetId": 0}})
    assert said.startswith("Invalid requests[0].createDeveloperMetadata: ")
    assert [sheet["properties"]["title"] for sheet in book.ok("GET", "")["sheets"]] == ["Sheet1"]
    book.batch(create(BOOK, 42), {"addSheet": {}})
    assert len(book.ok("GET", "")["sheets"]) == 2


def test_an_id_is_chosen_where_none_was_given(book: Client) -> None:
    reply = book.batch(create(BOOK))["replies"][0]["createDeveloperMetadata"]["developerMetadata"]
    assert found(book, lookup(metadataId=reply["metadataId"])) == [reply["metadataId"]]


@pytest.mark.parametrize(
    "given",
    [
        {"metadataKey": "k", "location": BOOK},
        {"location": BOOK, "visibility": "DOCUMENT"},
        {"metadataKey": "k", "visibility": "DOCUMENT"},
        {"metadataKey": "k", "visibility": "DOCUMENT", "location": {**BOOK, **SHEET}},
        {
            "metadataKey": "k",
            "visibility": "DOCUMENT",
            "location": {"dimensionRange": {"dimension": "ROWS", "startIndex": 0, "endIndex": 2}},
        },
    ],
)
def test_key_visibility_and_one_place_are_required(book: Client, given: dict[str, Any]) -> None:
    said = book.batch_refused({"createDeveloperMetadata": {"developerMetadata": given}})
    assert said.startswith("Invalid requests[0].createDeveloperMetadata: developerMetadata.")


def test_thirty_thousand_characters_is_all_a_tab_takes(book: Client) -> None:
    book.batch(create(SHEET, 1, value="x" * 29_000), create(BOOK, 2, value="x" * 29_000))
    assert "30000" in book.batch_refused(create(row(1), 3, value="x" * 1_000))


def test_lookups_narrow_by_all_they_name(book: Client) -> None:
    book.batch(
        create(BOOK, 1, "a", "1"), create(SHEET, 2, "a", "2"), create(row(3), 3, "b", "2"), create(row(5), 4, "a", "2")
    )
    assert found(book, lookup(metadataKey="a")) == [1, 2, 4]
    assert found(book, lookup(metadataKey="a", metadataValue="2")) == [2, 4]
    assert found(book, lookup(locationType="ROW")) == [3, 4]
    assert found(book, lookup(metadataId=3), lookup(metadataId=1)) == [3, 1]
    assert found(book, lookup(metadataLocation=SHEET)) == [2, 3, 4]
    assert found(book, lookup(metadataLocation=SHEET, locationMatchingStrategy="EXACT_LOCATION")) == [2]
    assert found(book, lookup(metadataLocation=row(5))) == [4]
    assert found(book, {"gridRange": {"startRowIndex": 2, "endRowIndex": 4}}) == [3]
    assert found(book, lookup(metadataKey="none")) == []


def test_metadata_is_changed_and_deleted_by_filter(book: Client) -> None:
    book.batch(create(BOOK, 1, "a"), create(row(3), 2, "a"), create(row(4), 3, "b"))
    update = {
        "dataFilters": [lookup(metadataKey="a")],
        "developerMetadata": {"metadataValue": "new"},
        "fields": "metadataValue",
    }
    reply = book.batch({"updateDeveloperMetadata": update})["replies"][0]["updateDeveloperMetadata"]
    assert [(m["metadataId"], m["metadataValue"]) for m in reply["developerMetadata"]] == [(1, "new"), (2, "new")]
    reply = book.batch({"deleteDeveloperMetadata": {"dataFilter": lookup(metadataKey="a")}})["replies"][0]
    assert [m["metadataId"] for m in reply["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]] == [1, 2]
    assert found(book, lookup(visibility="DOCUMENT")) == [3]
    assert book.refused("GET", "/developerMetadata/1", code=404) == "No developer metadata with ID 1."


def test_metadata_of_a_row_follows_it_and_dies_with_it(book: Client, person: Person) -> None:
    book.batch(create(row(3), 1))
    person.inserts_rows("Sheet1", 1, 2)
    assert book.ok("GET", "/developerMetadata/1")["location"]["dimensionRange"]["startIndex"] == 5
    person.moves_rows("Sheet1", 6, 1, 2)
    assert book.ok("GET", "/developerMetadata/1")["location"]["dimensionRange"]["startIndex"] == 1
    person.deletes_rows("Sheet1", 2)
    assert found(book, lookup(metadataId=1)) == []


class TestByDataFilter:
    @pytest.fixture(autouse=True)
    def _rows(self, book: Client) -> None:
        book.write("A1", [["a", "b"], ["c", "d"], ["e", "f"]])
        book.batch(create(row(1), 1, "line"))

    def test_values_are_read_with_the_filters_that_chose_them(self, book: Client) -> None:
        filters = [
            {"a1Range": "Sheet1!A1:B1"},
            lookup(metadataKey="line"),
            {"gridRange": {"startRowIndex": 2, "endRowIndex": 3}},
        ]
        answer = book.ok("POST", "/values:batchGetByDataFilter", {"dataFilters": filters})
        assert [
            (one["valueRange"]["range"], one["valueRange"]["values"], one["dataFilters"])
            for one in answer["valueRanges"]
        ] == [
            ("Sheet1!A1:B1", [["a", "b"]], [filters[0]]),
            ("Sheet1!A2:Z2", [["c", "d"]], [filters[1]]),
            ("Sheet1!A3:Z3", [["e", "f"]], [filters[2]]),
        ]

    def test_values_are_written_where_the_metadata_lies_now(self, book: Client, person: Person) -> None:
        person.inserts_rows("Sheet1", 1)
        data = [{"dataFilter": lookup(metadataKey="line"), "values": [["C"]]}]
        answer = book.ok("POST", "/values:batchUpdateByDataFilter", {"valueInputOption": "RAW", "data": data})
        assert (answer["totalUpdatedCells"], answer["responses"][0]["updatedRange"]) == (1, "Sheet1!A3")
        assert book.values("A1:B4") == [[], ["a", "b"], ["C", "d"], ["e", "f"]]

    def test_values_are_cleared(self, book: Client) -> None:
        answer = book.ok("POST", "/values:batchClearByDataFilter", {"dataFilters": [lookup(metadataKey="line")]})
        assert answer["clearedRanges"] == ["Sheet1!A2:Z2"]
        assert book.values("A1:B3") == [["a", "b"], [], ["e", "f"]]

    def test_a_spreadsheet_is_cut_to_what_was_chosen(self, book: Client) -> None:
        book.batch({"addSheet": {}})
        body = {"dataFilters": [lookup(metadataKey="line")], "includeGridData": True}
        sheets = book.ok("POST", ":getByDataFilter", body)["sheets"]
        assert [sheet["properties"]["title"] for sheet in sheets] == ["Sheet1"]
        assert sheets[0]["data"][0]["startRow"] == 1
        nothing = {"dataFilters": [lookup(metadataKey="none")], "includeGridData": True}
        assert "sheets" not in book.ok("POST", ":getByDataFilter", nothing)

"""Field masks: of answers (``fields=``) and of updates."""

from __future__ import annotations

import pytest

from tests.server.conftest import Client
from tests.sheets_server import field_mask


@pytest.mark.parametrize(
    "text",
    [
        "sheets(properties(title,sheetId),data.rowData)",
        "sheets.properties.title,sheets.properties.sheetId,sheets/data/rowData",
        "sheets.properties(title,sheet_id),sheets.data(rowData)",
        " sheets ( properties ( title , sheetId ) , data / rowData )",
    ],
)
def test_the_ways_to_write_a_mask_mean_the_same(text: str) -> None:
    assert field_mask.parse(text) == {"sheets": {"properties": {"title": {}, "sheetId": {}}, "data": {"rowData": {}}}}


def test_what_is_asked_whole_is_not_narrowed() -> None:
    assert field_mask.parse("a,a.b") == {"a": {}} == field_mask.parse("a.b,a")


@pytest.mark.parametrize("text", ["sheets(", "sheets)", "a..b", "(a)", "a b"])
def test_what_is_no_mask_is_refused(book: Client, text: str) -> None:
    assert book.refused("GET", "", fields=text) == "Request contains an invalid argument."


def test_a_path_that_does_not_exist_is_named(book: Client) -> None:
    answer = book.call("GET", "", fields="sheets.properties.colour").json()["error"]
    assert answer["message"] == "Request contains an invalid argument."
    assert answer["details"][0]["fieldViolations"] == [
        {
            "field": "sheets.properties.colour",
            "description": (
                "Error expanding 'fields' parameter. Cannot find matching fields for path 'sheets.properties.colour'."
            ),
        }
    ]


def test_a_mask_decides_whether_cells_come_whatever_the_switch_says(book: Client) -> None:
    book.write("A1", [["x"]])
    assert "data" not in book.ok("GET", "")["sheets"][0]
    assert "data" in book.ok("GET", "", includeGridData="true")["sheets"][0]
    assert "data" not in book.ok("GET", "", includeGridData="true", fields="sheets.properties")["sheets"][0]
    assert "data" in book.ok("GET", "", includeGridData="false", fields="sheets")["sheets"][0]


def test_a_masked_answer_keeps_the_places_of_what_it_leaves_out(book: Client) -> None:
    note = {
        "updateCells": {
            "start": {"rowIndex": 2, "columnIndex": 1},
            "rows": [{"values": [{"note": "n"}]}],
            "fields": "note",
        }
    }
    book.batch(note)
    assert book.cells("Sheet1!A1:C5", "note") == [[], [], [{}, {"note": "n"}]]


def test_the_mask_of_a_batch_reaches_into_the_spreadsheet_it_returns(book: Client) -> None:
    body = {"requests": [{"addSheet": {}}], "includeSpreadsheetInResponse": True}
    answer = book.ok("POST", ":batchUpdate", body, fields="updatedSpreadsheet.sheets.properties.title")
    titles = [sheet["properties"]["title"] for sheet in answer["updatedSpreadsheet"]["sheets"]]
    assert answer.keys() == {"updatedSpreadsheet"}
    assert titles == ["Sheet1", "Sheet2"]


@pytest.mark.parametrize("fields", [None, "", " "])
def test_an_update_without_a_mask_is_refused(book: Client, fields: str | None) -> None:
    update = {"updateSheetProperties": {"properties": {"title": "x"}, "fields": fields}}
    assert book.batch_refused(update) == (
        "Invalid requests[0].updateSheetProperties: "
        "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
    )


def test_a_field_that_the_mask_names_and_the_update_lacks_is_cleared(book: Client) -> None:
    def update(fields: str, **properties: object) -> dict[str, object]:
        return {"updateSheetProperties": {"properties": {"sheetId": 0, **properties}, "fields": fields}}

    book.batch(
        update(
            "gridProperties(frozenRowCount,hideGridlines)", gridProperties={"frozenRowCount": 2, "hideGridlines": True}
        )
    )
    book.batch(update("gridProperties.hideGridlines"))
    assert book.sheet()["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26, "frozenRowCount": 2}


def test_a_colour_written_under_either_name_is_read_under_both(book: Client) -> None:
    def tab(fields: str, **properties: object) -> dict[str, object]:
        return {"updateSheetProperties": {"properties": {"sheetId": 0, **properties}, "fields": fields}}

    book.batch(tab("tabColor", tabColor={"red": 1}))
    assert book.sheet()["properties"]["tabColorStyle"] == {"rgbColor": {"red": 1}}
    book.batch(tab("tabColorStyle", tabColorStyle={"rgbColor": {"blue": 0.5}}))
    assert book.sheet()["properties"]["tabColor"] == {"blue": 0.49803922}
    book.batch(tab("tabColorStyle"))
    assert not {"tabColor", "tabColorStyle"} & book.sheet()["properties"].keys()

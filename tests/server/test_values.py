"""``spreadsheets.values``, as its reference and guides describe it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.conftest import Client


def test_empty_cells_at_the_ends_are_left_out(book: Client) -> None:
    book.write("B2", [["x", "", "y", ""], ["", ""], ["", "z"]])
    assert book.values("Sheet1") == [[], ["", "x", "", "y"], [], ["", "", "z"]]
    assert book.values("Sheet1!B2:E4", majorDimension="COLUMNS") == [["x"], ["", "", "z"], ["y"]]


def test_a_range_without_values_has_no_key_for_them(book: Client) -> None:
    assert "values" not in book.ok("GET", "/values/A1:B2")


def test_null_leaves_a_cell_alone_and_an_empty_text_clears_it(book: Client) -> None:
    book.write("A1", [["a", "b", "c"]])
    done = book.write("A1", [[None, "", "C"]])
    assert book.values("A1:C1") == [["a", "", "C"]]
    assert done["updatedCells"] == 2


def test_what_happened_is_counted_in_rows_columns_and_cells(book: Client) -> None:
    done = book.write("Sheet1!A1:D6", [["x", None], [None, None], [None, None, None, "y"]], "RAW")
    assert done == {
        "spreadsheetId": book.id,
        "updatedRange": "Sheet1!A1:D3",
        "updatedRows": 2,
        "updatedColumns": 2,
        "updatedCells": 2,
    }


def test_columns_may_be_written_as_columns(book: Client) -> None:
    body = {"values": [["a", "b"], ["c"]], "majorDimension": "COLUMNS"}
    book.ok("PUT", "/values/A1", body, valueInputOption="RAW")
    assert book.values("A1:B2") == [["a", "c"], ["b"]]


def test_writing_past_the_range_is_refused_in_both_directions(book: Client) -> None:
    body = {"values": [["a", "b", "c"], ["d"]]}
    refused = book.refused("PUT", "/values/Sheet1!A1:B2", body, valueInputOption="RAW")
    assert refused == "Requested writing within range [Sheet1!A1:B2], but tried writing to column [C]"
    refused = book.refused("PUT", "/values/Sheet1!A1:C1", body, valueInputOption="RAW")
    assert refused == "Requested writing within range [Sheet1!A1:C1], but tried writing to row [2]"
    assert book.values("Sheet1") == []


def test_writing_from_one_cell_goes_as_far_as_the_grid(book: Client) -> None:
    book.write("Sheet1!Z999", [["a"], ["b"]])
    refused = book.refused("PUT", "/values/Sheet1!Z999", {"values": [["a"], ["b"], ["c"]]}, valueInputOption="RAW")
    assert refused == "Requested writing within range [Sheet1!Z999], but tried writing to row [1001]"


def test_the_input_option_is_required(book: Client) -> None:
    said = "'valueInputOption' is required but not specified"
    assert book.refused("PUT", "/values/A1", {"values": [["a"]]}) == said
    assert book.refused("POST", "/values:batchUpdate", {"data": []}) == said


def test_raw_texts_stay_texts(book: Client) -> None:
    book.write("A1", [["=1+1", "'x", "1,5", "TRUE", "2026-01-02"], [True, 1.5, 7]], "RAW")
    assert book.values("A1:E2", valueRenderOption="UNFORMATTED_VALUE") == [
        ["=1+1", "'x", "1,5", "TRUE", "2026-01-02"],
        [True, 1.5, 7],
    ]


@pytest.mark.parametrize(("value", "kind"), [([1], "list_value"), ({"a": 1}, "struct_value")])
def test_a_value_that_is_no_scalar_is_refused(book: Client, value: object, kind: str) -> None:
    said = book.refused("PUT", "/values/A1", {"values": [["x"], ["y", value]]}, valueInputOption="RAW")
    assert said.startswith(f"Invalid values[1][1]: {kind}")


def test_a_row_that_is_no_list_is_refused_as_the_json_reader_does(book: Client) -> None:
    answer = book.call("PUT", "/values/A1", {"values": ["x"]}, valueInputOption="RAW").json()["error"]
    said = "Invalid value at 'data.values[0]' (type.googleapis.com/google.protobuf.ListValue), \"x\""
    assert answer["message"] == said
    assert answer["details"][0]["fieldViolations"] == [{"field": "data.values[0]", "description": said}]


def test_a_cell_holds_50000_characters(book: Client) -> None:
    book.write("A1", [["x" * 50_000]])
    body: Any = {"values": [["x" * 50_001]]}
    said = "Your input contains more than the maximum of 50000 characters in a single cell."
    assert book.refused("PUT", "/values/A1", body, valueInputOption="RAW") == said
    body = {"valueInputOption": "RAW", "data": [{"range": "A2", "values": [["y"]]}, {"range": "A1", **body}]}
    assert book.refused("POST", "/values:batchUpdate", body) == f"Invalid data[1]: {said}"
    assert book.values("A2") == []


def test_values_come_back_with_the_write_where_asked(book: Client) -> None:
    answer = book.ok(
        "PUT", "/values/A1", {"values": [["=1/4", "5%"]]},
        valueInputOption="USER_ENTERED", includeValuesInResponse="true", responseValueRenderOption="UNFORMATTED_VALUE",
    )  # fmt: skip
    assert answer["updatedData"] == {"range": "Sheet1!A1:B1", "majorDimension": "ROWS", "values": [[0.25, 0.05]]}


class TestAppend:
    """The guide's example: tables at A1:C2 and B4:D6 of Sheet1."""

    @pytest.fixture(autouse=True)
    def _tables(self, book: Client) -> None:
        book.write("A1", [["x", "y", "z"], ["x", "y", "z"]])
        book.write("B4", [["x", "y", "z"]] * 3)

    def append(self, book: Client, cells: str, **query: str) -> dict[str, object]:
        answer: dict[str, object] = book.ok(
            "POST", f"/values/{cells}:append", {"values": [["n"]]}, valueInputOption="RAW", **query
        )
        return answer

    @pytest.mark.parametrize("cells", ["Sheet1", "B4", "C5:D5", "B2:D4", "A3:G10"])
    def test_goes_below_the_last_table_in_the_range(self, book: Client, cells: str) -> None:
        answer = self.append(book, cells)
        assert answer["tableRange"] == "Sheet1!B4:D6"
        assert answer["updates"]["updatedRange"] == "Sheet1!B7"  # type: ignore[index]

    def test_a_cell_of_the_first_table_appends_to_it(self, book: Client) -> None:
        assert self.append(book, "A1")["updates"]["updatedRange"] == "Sheet1!A3"  # type: ignore[index]

    def test_a_cell_of_no_table_is_written_itself(self, book: Client) -> None:
        answer = self.append(book, "E4")
        assert "tableRange" not in answer
        assert answer["updates"]["updatedRange"] == "Sheet1!E4"  # type: ignore[index]

    def test_inserted_rows_push_down_what_lies_below(self, book: Client) -> None:
        self.append(book, "A1", insertDataOption="INSERT_ROWS")
        assert book.values("Sheet1!A1:D7") == [["x", "y", "z"], ["x", "y", "z"], ["n"], [], *[["", "x", "y", "z"]] * 3]

    def test_the_grid_grows_where_it_ends(self, book: Client) -> None:
        book.write("F1000", [["last"]])
        assert self.append(book, "F1000")["updates"]["updatedRange"] == "Sheet1!F1001"  # type: ignore[index]
        assert book.sheet()["properties"]["gridProperties"]["rowCount"] == 1001


def test_clearing_takes_values_and_leaves_formats_and_notes(book: Client) -> None:
    book.batch(
        {
            "updateCells": {
                "start": {"sheetId": 0},
                "rows": [
                    {
                        "values": [
                            {
                                "userEnteredValue": {"numberValue": 1},
                                "note": "n",
                                "userEnteredFormat": {"textFormat": {"bold": True}},
                            }
                        ]
                    }
                ],
                "fields": "userEnteredValue,note,userEnteredFormat",
            }
        }
    )
    assert book.ok("POST", "/values/A:A:clear") == {"spreadsheetId": book.id, "clearedRange": "Sheet1!A1:A1000"}
    assert book.cells("A1", "userEnteredValue,note,userEnteredFormat.textFormat.bold") == [
        [{"note": "n", "userEnteredFormat": {"textFormat": {"bold": True}}}]
    ]


def test_several_ranges_are_written_all_or_none(book: Client) -> None:
    data = [{"range": "A1", "values": [["a"]]}, {"range": "Nowhere!A1", "values": [["b"]]}]
    said = book.refused("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
    assert said == "Invalid data[1]: Unable to parse range: Nowhere!A1"
    assert book.values("A1") == []


def test_render_options(book: Client) -> None:
    book.write("A1", [["=4/2", "2020-01-01", "10:30", "12.5%", "$1,234.50", "text"]])
    assert book.values("A1:F1") == [["2", "2020-01-01", "10:30", "12.50%", "$1,234.50", "text"]]
    assert book.values("A1:F1", valueRenderOption="UNFORMATTED_VALUE") == [[2, 43831, 0.4375, 0.125, 1234.5, "text"]]
    assert book.values("A1:F1", valueRenderOption="FORMULA") == [["=4/2", 43831, 0.4375, 0.125, 1234.5, "text"]]
    assert book.values("A1:F1", valueRenderOption="UNFORMATTED_VALUE", dateTimeRenderOption="FORMATTED_STRING") == [
        [2, "2020-01-01", "10:30", 0.125, 1234.5, "text"]
    ]

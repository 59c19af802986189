"""updateCells, appendCells, repeatCell and what is read back of cells."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Client
from tests.sheets_server import Person


def row(*values: Any) -> dict[str, Any]:
    kinds = {bool: "boolValue", int: "numberValue", float: "numberValue", str: "stringValue"}
    cells = [{"userEnteredValue": {kinds[type(value)]: value}} if value is not None else {} for value in values]
    return {"values": cells}


def append(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"appendCells": {"rows": list(rows), "fields": "userEnteredValue", **more}}


def test_a_text_is_a_text_whatever_it_looks_like(book: Client) -> None:
    book.batch(append(row("=1+1", "+31 6 1234", "-x", "@home", "007", "TRUE")))
    assert book.values("A1:F1", valueRenderOption="UNFORMATTED_VALUE") == [
        ["=1+1", "+31 6 1234", "-x", "@home", "007", "TRUE"]
    ]


def test_zero_false_and_nothing_are_three_things(book: Client) -> None:
    book.batch(append(row(0, False, None, "x")))
    assert book.cells("A1:D1", "userEnteredValue,effectiveValue") == [
        [
            {"userEnteredValue": {"numberValue": 0}, "effectiveValue": {"numberValue": 0}},
            {"userEnteredValue": {"boolValue": False}, "effectiveValue": {"boolValue": False}},
            {},
            {"userEnteredValue": {"stringValue": "x"}, "effectiveValue": {"stringValue": "x"}},
        ]
    ]


class TestAppendCells:
    def test_goes_below_the_last_row_with_data_of_the_whole_tab(self, book: Client) -> None:
        book.write("A1", [["a"], ["b"]])
        book.write("H7", [["far"]])
        book.batch(append(row("new")))
        assert book.values("A8") == [["new"]]

    def test_formats_notes_and_rules_are_no_data(self, book: Client) -> None:
        book.write("A1", [["a"]])
        cell = {
            "note": "n",
            "userEnteredFormat": {"textFormat": {"bold": True}},
            "dataValidation": {"condition": {"type": "BOOLEAN"}},
        }
        where = {"startRowIndex": 1, "endRowIndex": 50}
        book.batch({"repeatCell": {"range": where, "cell": cell, "fields": "note,userEnteredFormat,dataValidation"}})
        book.batch(append(row("new")))
        assert book.values("A1:A3") == [["a"], ["new"]]
        assert book.cells("A2", "note") == [[{"note": "n"}]]

    def test_an_unticked_box_is_data(self, book: Client, person: Person) -> None:
        person.ticks("Sheet1", "C4", ticked=False)
        book.batch(append(row("new")))
        assert book.values("A5") == [["new"]]

    def test_the_grid_grows_by_the_rows_it_lacks(self, book: Client) -> None:
        book.write("A999", [["a"]])
        book.batch(append(row("b"), row("c"), row("d")))
        assert book.sheet()["properties"]["gridProperties"]["rowCount"] == 1002
        assert book.values("A999:A1002") == [["a"], ["b"], ["c"], ["d"]]

    def test_two_appends_of_a_batch_follow_each_other(self, book: Client) -> None:
        book.batch(append(row("a")), append(row("b")))
        assert book.values("A:A") == [["a"], ["b"]]


class TestUpdateCells:
    def test_a_start_leaves_what_is_not_given(self, book: Client) -> None:
        book.write("A1", [["a", "b", "c"], ["d"]])
        book.batch({"updateCells": {"start": {}, "rows": [row("A")], "fields": "userEnteredValue"}})
        assert book.values("A1:C2") == [["A", "b", "c"], ["d"]]

    def test_a_range_clears_what_is_not_given(self, book: Client) -> None:
        book.write("A1", [["a", "b", "c"], ["d"]])
        where = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
        book.batch({"updateCells": {"range": where, "rows": [row("A")], "fields": "userEnteredValue"}})
        assert book.values("A1:C2") == [["A", "", "c"]]

    def test_only_the_fields_of_the_mask_change(self, book: Client) -> None:
        cell = {
            "userEnteredValue": {"numberValue": 1},
            "note": "n",
            "userEnteredFormat": {"textFormat": {"bold": True, "italic": True}},
        }
        book.batch({"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": "*"}})
        change = {"userEnteredValue": {"numberValue": 2}, "userEnteredFormat": {"textFormat": {"bold": False}}}
        book.batch(
            {
                "updateCells": {
                    "start": {},
                    "rows": [{"values": [change]}],
                    "fields": "userEnteredValue,userEnteredFormat.textFormat.bold",
                }
            }
        )
        assert book.cells("A1", "userEnteredValue,note,userEnteredFormat.textFormat") == [
            [
                {
                    "userEnteredValue": {"numberValue": 2},
                    "note": "n",
                    "userEnteredFormat": {"textFormat": {"bold": False, "italic": True}},
                }
            ]
        ]

    def test_beyond_the_grid_is_refused_in_googles_words(self, book: Client) -> None:
        def update(start: dict[str, int], *rows: dict[str, Any]) -> dict[str, Any]:
            return {"updateCells": {"start": start, "rows": list(rows), "fields": "userEnteredValue"}}

        prefix = "Invalid requests[0].updateCells: "
        assert (
            book.batch_refused(update({"rowIndex": 1000}, row("x")))
            == prefix + "GridCoordinate.rowIndex[1000] is after last row in grid[1000]"
        )
        assert (
            book.batch_refused(update({"columnIndex": 26}, row("x")))
            == prefix + "GridCoordinate.columnIndex[26] is after last column in grid[26]"
        )
        assert (
            book.batch_refused(update({"columnIndex": 25}, row("x", "y")))
            == prefix + "Attempting to write column: 26, beyond the last requested column of: 25"
        )
        where = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
        narrow = {"updateCells": {"range": where, "rows": [row("x"), row("y")], "fields": "userEnteredValue"}}
        assert book.batch_refused(narrow) == prefix + "Attempting to write row: 1, beyond the last requested row of: 0"

    def test_what_is_not_modelled_is_not_written(self, book: Client) -> None:
        pivot = {"updateCells": {"start": {}, "rows": [{"values": [{"pivotTable": {}}]}], "fields": "pivotTable"}}
        assert "pivotTable" in book.batch_refused(pivot, code=501)


def test_a_repeated_formula_is_written_for_each_cell(book: Client) -> None:
    book.write("A1", [[1], [2], [3]])
    where = {"startRowIndex": 0, "endRowIndex": 3, "startColumnIndex": 1, "endColumnIndex": 2}
    cell = {"userEnteredValue": {"formulaValue": "=A1*2"}}
    book.batch({"repeatCell": {"range": where, "cell": cell, "fields": "userEnteredValue"}})
    assert book.values("B1:B3") == [["2"], ["4"], ["6"]]


def test_grid_data_says_where_it_begins_and_how_large_rows_and_columns_are(book: Client) -> None:
    book.write("C5", [["x"]])
    data = book.ok("GET", "", ranges="Sheet1!B4:D6", includeGridData="true")["sheets"][0]["data"][0]
    assert (data["startRow"], data["startColumn"]) == (3, 1)
    assert data["rowMetadata"] == [{"pixelSize": 21}] * 3
    assert data["columnMetadata"] == [{"pixelSize": 100}] * 3
    assert [len(line.get("values", [])) for line in data["rowData"]] == [0, 2]


def test_a_row_without_cells_is_an_empty_object_and_a_range_without_rows_has_none(book: Client) -> None:
    book.write("A3", [["x"]])
    data = book.ok("GET", "", ranges=["A1:A4", "C1:C4"], fields="sheets.data.rowData.values.formattedValue")["sheets"][
        0
    ]["data"]
    assert data == [{"rowData": [{}, {}, {"values": [{"formattedValue": "x"}]}]}, {}]


def test_the_effective_format_is_the_default_with_what_was_put_on_it(book: Client) -> None:
    cell = {"userEnteredValue": {"numberValue": 1}, "userEnteredFormat": {"textFormat": {"bold": True}}}
    book.batch({"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": "*"}})
    form = book.cells("A1", "effectiveFormat")[0][0]["effectiveFormat"]
    assert form["textFormat"]["bold"] is True
    assert form["textFormat"]["fontSize"] == 10
    assert form["horizontalAlignment"] == "RIGHT"
    assert form["backgroundColor"] == {"red": 1, "green": 1, "blue": 1}


def test_a_link_is_read_from_format_and_formula(book: Client) -> None:
    cell = {
        "userEnteredValue": {"stringValue": "x"},
        "userEnteredFormat": {"textFormat": {"link": {"uri": "https://a.example"}}},
    }
    book.batch({"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": "*"}})
    book.write("B1", [['=HYPERLINK("https://b.example","b")']])
    assert book.cells("A1:B1", "hyperlink,formattedValue") == [
        [
            {"formattedValue": "x", "hyperlink": "https://a.example"},
            {"formattedValue": "b", "hyperlink": "https://b.example"},
        ]
    ]

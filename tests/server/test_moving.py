"""Rows and columns that come, go and move, and all that must follow them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.conftest import Client
from tests.sheets_server import Person


def dimension(kind: str, start: int, end: int, name: str = "ROWS", **more: Any) -> dict[str, Any]:
    return {kind: {"range": {"dimension": name, "startIndex": start, "endIndex": end}, **more}}


def box(top: int, bottom: int, left: int = 0, right: int = 3) -> dict[str, int]:
    return {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}


@pytest.fixture
def dressed(book: Client) -> Client:
    """Rows 5 to 10 (indexes 4 to 10) of columns A to C under every kind of thing that has a range."""
    where = box(4, 10)
    rule = {
        "ranges": [where],
        "booleanRule": {
            "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$A5=1"}]},
            "format": {"textFormat": {"bold": True}},
        },
    }
    row = {"dimensionRange": {"dimension": "ROWS", "startIndex": 6, "endIndex": 7}}
    book.batch(
        {"addConditionalFormatRule": {"rule": rule}},
        {"addProtectedRange": {"protectedRange": {"protectedRangeId": 1, "range": where, "warningOnly": True}}},
        {"setBasicFilter": {"filter": {"range": where}}},
        {"addNamedRange": {"namedRange": {"namedRangeId": "n", "name": "Block", "range": where}}},
        {"mergeCells": {"range": box(7, 9, 0, 2), "mergeType": "MERGE_ALL"}},
        {"addFilterView": {"filter": {"filterViewId": 2, "title": "V", "range": where}}},
        {
            "addBanding": {
                "bandedRange": {
                    "bandedRangeId": 3,
                    "range": box(4, 10, 5, 7),
                    "rowProperties": {"firstBandColor": {"red": 1}},
                }
            }
        },
        {"addTable": {"table": {"tableId": "t", "name": "T", "range": box(4, 10, 8, 10)}}},
        dimension("updateDimensionProperties", 6, 7, properties={"pixelSize": 50}, fields="pixelSize"),
        dimension("addDimensionGroup", 5, 8),
        {
            "createDeveloperMetadata": {
                "developerMetadata": {"metadataId": 9, "metadataKey": "k", "location": row, "visibility": "DOCUMENT"}
            }
        },
        {"setDataValidation": {"range": box(6, 7, 2, 3), "rule": {"condition": {"type": "BOOLEAN"}}}},
    )
    return book


def rows_of(book: Client) -> dict[str, Any]:
    """Where each thing begins and ends now."""
    sheet = book.sheet()
    named = book.ok("GET", "", fields="namedRanges").get("namedRanges", [])

    def ends(things: list[dict[str, Any]]) -> list[tuple[int, int]]:
        return [(thing["startRowIndex"], thing["endRowIndex"]) for thing in things]

    out: dict[str, Any] = {
        "rule": ends([r for rule in sheet.get("conditionalFormats", []) for r in rule["ranges"]]),
        "protected": ends([p["range"] for p in sheet.get("protectedRanges", [])]),
        "filter": ends([sheet["basicFilter"]["range"]] if "basicFilter" in sheet else []),
        "named": ends([n["range"] for n in named]),
        "view": ends([v["range"] for v in sheet.get("filterViews", [])]),
        "banding": ends([b["range"] for b in sheet.get("bandedRanges", [])]),
        "table": ends([t["range"] for t in sheet.get("tables", [])]),
    }
    assert len({str(value) for value in out.values()}) == 1, out
    data = book.ok("GET", "", includeGridData="true")["sheets"][0]["data"][0]
    sizes = [i for i, row in enumerate(data["rowMetadata"]) if row["pixelSize"] == 50]
    notes = [i for i, row in enumerate(data["rowMetadata"]) if "developerMetadata" in row]
    boxes = [
        i for i, row in enumerate(data.get("rowData", [])) if any("dataValidation" in c for c in row.get("values", []))
    ]
    groups = [(g["range"]["startIndex"], g["range"]["endIndex"]) for g in sheet.get("rowGroups", [])]
    formulas = [
        rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
        for rule in sheet.get("conditionalFormats", [])
    ]
    return {
        "ranges": out["rule"],
        "merges": ends(sheet.get("merges", [])),
        "row 7": [sizes, notes, boxes],
        "groups": groups,
        "formula": formulas,
    }


def test_as_it_was(dressed: Client) -> None:
    assert rows_of(dressed) == {
        "ranges": [(4, 10)],
        "merges": [(7, 9)],
        "row 7": [[6], [6], [6]],
        "groups": [(5, 8)],
        "formula": ["=$A5=1"],
    }


def test_rows_inserted_above_push_everything_down(dressed: Client) -> None:
    dressed.batch(dimension("insertDimension", 0, 2))
    assert rows_of(dressed) == {
        "ranges": [(6, 12)],
        "merges": [(9, 11)],
        "row 7": [[8], [8], [8]],
        "groups": [(7, 10)],
        "formula": ["=$A7=1"],
    }


def test_rows_inserted_at_the_first_row_push_it_down(dressed: Client) -> None:
    dressed.batch(dimension("insertDimension", 4, 5))
    assert rows_of(dressed)["ranges"] == [(5, 11)]


def test_rows_inserted_behind_the_last_row_leave_it_the_last(dressed: Client) -> None:
    dressed.batch(dimension("insertDimension", 10, 11))
    assert rows_of(dressed)["ranges"] == [(4, 10)]


def test_rows_inserted_inside_stretch_what_they_lie_in(dressed: Client) -> None:
    dressed.batch(dimension("insertDimension", 8, 9, inheritFromBefore=True))
    assert rows_of(dressed) == {
        "ranges": [(4, 11)],
        "merges": [(7, 10)],
        "row 7": [[6], [6], [6]],
        "groups": [(5, 8)],
        "formula": ["=$A5=1"],
    }


def test_deleted_rows_shorten_what_they_lay_in(dressed: Client) -> None:
    dressed.batch(dimension("deleteDimension", 2, 8))
    assert rows_of(dressed) == {
        "ranges": [(2, 4)],
        "merges": [(2, 3)],
        "row 7": [[], [], []],
        "groups": [],
        "formula": ["=#REF!=1"],
    }


def test_what_lost_all_its_rows_is_gone(dressed: Client) -> None:
    dressed.batch(dimension("deleteDimension", 4, 10))
    assert rows_of(dressed) == {"ranges": [], "merges": [], "row 7": [[], [], []], "groups": [], "formula": []}


def test_rows_dragged_from_above_to_below_let_everything_move_up(dressed: Client) -> None:
    source = {"dimension": "ROWS", "startIndex": 0, "endIndex": 2}
    dressed.batch({"moveDimension": {"source": source, "destinationIndex": 20}})
    assert rows_of(dressed) == {
        "ranges": [(2, 8)],
        "merges": [(5, 7)],
        "row 7": [[4], [4], [4]],
        "groups": [(3, 6)],
        "formula": ["=$A3=1"],
    }


def test_a_row_dragged_within_a_range_leaves_the_range_and_takes_its_own_along(dressed: Client) -> None:
    source = {"dimension": "ROWS", "startIndex": 6, "endIndex": 7}
    dressed.batch({"moveDimension": {"source": source, "destinationIndex": 5}})
    after = rows_of(dressed)
    assert (after["ranges"], after["row 7"]) == ([(4, 10)], [[5], [5], [5]])


def test_a_move_into_the_middle_of_a_merged_cell_is_refused(dressed: Client) -> None:
    source = {"dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    assert dressed.batch_refused({"moveDimension": {"source": source, "destinationIndex": 8}}) == (
        "Invalid requests[0].moveDimension: "
        "Sorry, it is not possible to move a row to a position that crosses a merged cell."
    )


def test_columns_move_cells_and_what_is_named_by_a_column(book: Client, person: Person) -> None:
    book.write("A1", [["a", "b", "c", "d"]])
    criteria = {"1": {"hiddenValues": ["x"]}}
    book.batch({"setBasicFilter": {"filter": {"range": box(0, 5, 0, 4), "criteria": criteria}}})
    person.moves_columns("Sheet1", "B", 1, "E")
    assert book.values("A1:D1") == [["a", "c", "d", "b"]]
    assert book.sheet()["basicFilter"]["criteria"] == {"3": {"hiddenValues": ["x"]}}
    person.deletes_columns("Sheet1", "A")
    assert book.values("A1:D1") == [["c", "d", "b"]]
    assert book.sheet()["basicFilter"]["criteria"] == {"2": {"hiddenValues": ["x"]}}


def test_new_rows_are_dressed_as_their_neighbour(book: Client) -> None:
    def bold(row: int) -> dict[str, Any]:
        cell = {"userEnteredFormat": {"textFormat": {"bold": True}}, "userEnteredValue": {"stringValue": "x"}}
        return {"repeatCell": {"range": box(row, row + 1, 0, 1), "cell": cell, "fields": "*"}}

    book.batch(bold(1), dimension("insertDimension", 2, 3, inheritFromBefore=True), dimension("insertDimension", 2, 3))
    shown = book.cells("A1:A5", "formattedValue,userEnteredFormat.textFormat.bold")
    bold_only = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    assert shown == [[], [{"formattedValue": "x", **bold_only}], [bold_only], [bold_only]]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (
            dimension("deleteDimension", 1000, 1001),
            ("Invalid requests[0].deleteDimension: Cannot delete a row that doesn't exist. "
            "Tried to delete row index 1000 but there are only 1000 rows."),
        ),
        (dimension("deleteDimension", 0, 1000), "Invalid requests[0].deleteDimension: You can't delete all the rows on the sheet."),
        (dimension("insertDimension", 0, 1, inheritFromBefore=True), "Invalid requests[0].insertDimension: inheritFromBefore cannot be true if inserting at the beginning of the sheet."),
        ({"insertDimension": {"range": {"sheetId": 7, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}}}, "Invalid requests[0].insertDimension: No grid with id: 7"),
    ],
)  # fmt: skip
def test_what_cannot_be_inserted_or_deleted(book: Client, request_: dict[str, Any], said: str) -> None:
    assert book.batch_refused(request_) == said


def test_all_rows_below_the_frozen_ones_cannot_be_deleted(book: Client) -> None:
    grid = {"gridProperties": {"rowCount": 5, "frozenRowCount": 1}}
    book.batch({"updateSheetProperties": {"properties": grid, "fields": "gridProperties(rowCount,frozenRowCount)"}})
    assert book.batch_refused(dimension("deleteDimension", 1, 5)) == (
        "Invalid requests[0].deleteDimension: Sorry, it is not possible to delete all non-frozen rows."
    )


def test_a_smaller_grid_drops_what_lay_beyond_it(book: Client) -> None:
    book.write("A1", [["keep"]])
    book.write("Z1000", [["lose"]])
    book.batch({"setBasicFilter": {"filter": {"range": {}}}})
    grid = {"gridProperties": {"rowCount": 10, "columnCount": 5}}
    book.batch({"updateSheetProperties": {"properties": grid, "fields": "gridProperties(rowCount,columnCount)"}})
    assert book.values("Sheet1") == [["keep"]]
    assert book.sheet()["basicFilter"]["range"] == box(0, 10, 0, 5)


def test_sorting_takes_all_of_a_cell_along_and_blanks_go_last(book: Client, person: Person) -> None:
    book.write("A1", [["b", 2], ["", 9], ["A", 1], [True, 3], [10, 4], ["b", 5]])
    person.notes("Sheet1", "A3", "of A")
    person.sorts("Sheet1", "A1:B6", "A")
    assert book.values("A1:B6", valueRenderOption="UNFORMATTED_VALUE") == [
        [10, 4],
        ["A", 1],
        ["b", 2],
        ["b", 5],
        [True, 3],
        ["", 9],
    ]
    assert book.cells("A1:A2", "note") == [[{}], [{"note": "of A"}]]
    person.sorts("Sheet1", "A1:B6", "A", descending=True)
    assert book.values("A1:B6", valueRenderOption="UNFORMATTED_VALUE") == [
        [True, 3],
        ["b", 2],
        ["b", 5],
        ["A", 1],
        [10, 4],
        ["", 9],
    ]

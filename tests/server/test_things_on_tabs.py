"""Tabs, tables, bandings, groups, merges, notes, find and replace."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.server.conftest import Client
from tests.sheets_server import Person, SheetsServer


def box(top: int, bottom: int, left: int = 0, right: int = 3) -> dict[str, int]:
    return {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}


def titles(book: Client) -> list[str]:
    return [sheet["properties"]["title"] for sheet in book.ok("GET", "")["sheets"]]


class TestTabs:
    def test_a_tab_is_born_with_the_id_and_place_that_were_chosen(self, book: Client) -> None:
        given = {
            "sheetId": 11,
            "title": "Tasks",
            "index": 0,
            "hidden": True,
            "gridProperties": {"rowCount": 5, "columnCount": 3, "frozenRowCount": 1},
        }
        reply = book.batch({"addSheet": {"properties": given}})["replies"][0]["addSheet"]["properties"]
        assert reply == {**given, "sheetType": "GRID"}
        assert titles(book) == ["Tasks", "Sheet1"]
        assert book.batch_refused({"addSheet": {"properties": {"sheetId": 11}}}).startswith(
            "Invalid requests[0].addSheet: "
        )

    def test_titles_are_unique_whatever_their_case(self, book: Client) -> None:
        said = 'A sheet with the name "sheet1" already exists. Please enter another name.'
        assert (
            book.batch_refused({"addSheet": {"properties": {"title": "sheet1"}}})
            == f"Invalid requests[0].addSheet: {said}"
        )
        rename = {"updateSheetProperties": {"properties": {"title": "sheet1"}, "fields": "title"}}
        book.batch(rename)
        assert titles(book) == ["sheet1"]

    def test_an_index_is_counted_before_the_move(self, book: Client) -> None:
        for title in "ABC":
            book.batch({"addSheet": {"properties": {"title": title, "sheetId": ord(title)}}})

        def move(title: str, index: int) -> list[str]:
            properties = {"sheetId": ord(title), "index": index}
            book.batch({"updateSheetProperties": {"properties": properties, "fields": "index"}})
            return titles(book)

        assert move("A", 3) == ["Sheet1", "B", "A", "C"]
        assert move("A", 3) == ["Sheet1", "B", "A", "C"]
        assert move("C", 0) == ["C", "Sheet1", "B", "A"]

    def test_the_last_visible_tab_can_be_neither_hidden_nor_deleted(self, book: Client) -> None:
        assert book.batch_refused({"deleteSheet": {"sheetId": 0}}).endswith(
            "You can't remove all the sheets in a document."
        )
        book.batch({"addSheet": {"properties": {"hidden": True}}})
        assert book.batch_refused({"deleteSheet": {"sheetId": 0}}).endswith(
            "You can't remove all the visible sheets in a document."
        )
        hide = {"updateSheetProperties": {"properties": {"hidden": True}, "fields": "hidden"}}
        assert book.batch_refused(hide).endswith("You can't hide all the sheets in a document.")

    def test_all_rows_cannot_be_frozen(self, book: Client) -> None:
        freeze = {"properties": {"gridProperties": {"frozenRowCount": 1000}}, "fields": "gridProperties.frozenRowCount"}
        assert book.batch_refused({"updateSheetProperties": freeze}).endswith(
            "You can't freeze all visible rows on the sheet."
        )

    def test_a_copy_of_a_tab_has_ids_of_its_own(self, book: Client) -> None:
        book.write("A1", [["x", "=A1"]])
        book.batch(
            {"addProtectedRange": {"protectedRange": {"protectedRangeId": 5, "range": box(0, 2), "warningOnly": True}}},
            {"setBasicFilter": {"filter": {"range": box(0, 2)}}},
            {"duplicateSheet": {"sourceSheetId": 0, "insertSheetIndex": 1, "newSheetId": 77, "newSheetName": "Copy"}},
        )
        copy = book.sheet(1)
        assert copy["protectedRanges"][0]["protectedRangeId"] != 5
        assert copy["protectedRanges"][0]["range"] == {"sheetId": 77, **box(0, 2)}
        assert copy["basicFilter"]["range"]["sheetId"] == 77
        assert book.values("Copy!A1:B1") == [["x", "x"]]
        book.write("Copy!A1", [["changed"]])
        assert book.values("Sheet1!A1") == [["x"]]

    @pytest.mark.parametrize(("field", "value"), [("locale", "xx_YY"), ("timeZone", "Mars/Olympus"), ("title", "")])
    def test_a_locale_a_zone_and_a_title_must_exist(self, book: Client, field: str, value: str) -> None:
        update = {"updateSpreadsheetProperties": {"properties": {field: value}, "fields": field}}
        assert book.batch_refused(update).startswith("Invalid requests[0].updateSpreadsheetProperties: ")


class TestTables:
    TABLE: ClassVar[dict[str, Any]] = {"tableId": "t1", "name": "Orders", "range": box(0, 4, 0, 2)}

    def test_a_table_names_its_columns_by_their_headers(self, book: Client) -> None:
        book.write("A1", [["id"]])
        given = {**self.TABLE, "columnProperties": [{"columnIndex": 1, "columnName": "done", "columnType": "BOOLEAN"}]}
        table = book.batch({"addTable": {"table": given}})["replies"][0]["addTable"]["table"]
        assert table["columnProperties"] == [
            {"columnName": "id", "columnType": "TEXT"},
            {"columnIndex": 1, "columnName": "done", "columnType": "BOOLEAN"},
        ]
        assert book.sheet()["tables"] == [table]

    def test_tables_neither_overlap_nor_share_a_name(self, book: Client) -> None:
        book.batch({"addTable": {"table": self.TABLE}})
        assert "overlaps" in book.batch_refused({"addTable": {"table": {"name": "Other", "range": box(3, 5)}}})
        assert "already exists" in book.batch_refused({"addTable": {"table": {"name": "orders", "range": box(10, 12)}}})
        assert "already exists" in book.batch_refused(
            {"addTable": {"table": {**self.TABLE, "name": "N", "range": box(10, 12)}}}
        )

    def test_a_table_is_renamed_grown_and_deleted_with_its_content(self, book: Client) -> None:
        book.write("A1", [["id", "x", "outside"], [1, 2, 3]])
        book.batch({"addTable": {"table": self.TABLE}})
        change = {"tableId": "t1", "name": "New", "range": box(0, 9, 0, 2)}
        book.batch({"updateTable": {"table": change, "fields": "name,range"}})
        table = book.sheet()["tables"][0]
        assert (table["name"], table["range"]) == ("New", box(0, 9, 0, 2))
        book.batch({"deleteTable": {"tableId": "t1"}})
        assert "tables" not in book.sheet()
        assert book.values("A1:C2") == [["", "", "outside"], ["", "", "3"]]


def test_bandings_have_ids_and_do_not_overlap(book: Client) -> None:
    banding = {"bandedRangeId": 3, "range": box(0, 5), "rowProperties": {"firstBandColor": {"red": 1}}}
    reply = book.batch({"addBanding": {"bandedRange": banding}})["replies"][0]["addBanding"]["bandedRange"]
    assert reply["rowProperties"] == {"firstBandColor": {"red": 1}, "firstBandColorStyle": {"rgbColor": {"red": 1}}}
    assert book.batch_refused({"addBanding": {"bandedRange": {**banding, "bandedRangeId": 4}}}).endswith(
        "You cannot add alternating background colors to a range that already has alternating background colors."
    )
    book.batch({"updateBanding": {"bandedRange": {"bandedRangeId": 3, "range": box(0, 9)}, "fields": "range"}})
    assert book.sheet()["bandedRanges"][0]["range"] == box(0, 9)
    book.batch({"deleteBanding": {"bandedRangeId": 3}})
    assert "bandedRanges" not in book.sheet()


def test_groups_nest(book: Client) -> None:
    def group(kind: str, start: int, end: int) -> Any:
        where = {"dimension": "ROWS", "startIndex": start, "endIndex": end}
        reply = book.batch({kind: {"range": where}})["replies"][0][kind]
        return [
            (g["range"]["startIndex"], g["range"]["endIndex"], g["depth"]) for g in reply.get("dimensionGroups", [])
        ]

    assert group("addDimensionGroup", 1, 9) == [(1, 9, 1)]
    assert group("addDimensionGroup", 3, 5) == [(1, 9, 1), (3, 5, 2)]
    collapse = {"range": {"dimension": "ROWS", "startIndex": 3, "endIndex": 5}, "depth": 2, "collapsed": True}
    book.batch({"updateDimensionGroup": {"dimensionGroup": collapse, "fields": "collapsed"}})
    assert book.sheet()["rowGroups"][1]["collapsed"] is True
    assert group("deleteDimensionGroup", 1, 9) == [(3, 5, 1)]
    assert book.batch_refused(
        {"deleteDimensionGroup": {"range": {"dimension": "ROWS", "startIndex": 20, "endIndex": 21}}}
    )


def test_merging_keeps_the_first_cell(book: Client) -> None:
    book.write("A1", [["a", "b"], ["c", "d"]])
    book.batch({"mergeCells": {"range": box(0, 2, 0, 2), "mergeType": "MERGE_ROWS"}})
    assert book.values("A1:B2") == [["a"], ["c"]]
    assert book.batch_refused({"unmergeCells": {"range": box(0, 1, 0, 1)}}).endswith(
        "You must select all cells in a merged range to merge or unmerge them."
    )


class TestFindReplace:
    @pytest.fixture(autouse=True)
    def _words(self, book: Client) -> None:
        book.write("A1", [["Ana Ana", "ana", 12, '="Ana"'], ["x", "Banana", "", ""]])

    @pytest.mark.parametrize(
        ("more", "counts", "after"),
        [
            (
                {"replacement": "Eva"},
                {"valuesChanged": 3, "rowsChanged": 2, "sheetsChanged": 1, "occurrencesChanged": 4},
                [["Eva Eva", "Eva", 12, '="Ana"'], ["x", "BEvana"]],
            ),
            (
                {"replacement": "Eva", "matchCase": True, "includeFormulas": True},
                {
                    "valuesChanged": 1,
                    "formulasChanged": 1,
                    "rowsChanged": 1,
                    "sheetsChanged": 1,
                    "occurrencesChanged": 3,
                },
                [["Eva Eva", "ana", 12, '="Eva"'], ["x", "Banana"]],
            ),
            (
                {"replacement": "Eva", "matchEntireCell": True},
                {"valuesChanged": 1, "rowsChanged": 1, "sheetsChanged": 1, "occurrencesChanged": 1},
                [["Ana Ana", "Eva", 12, '="Ana"'], ["x", "Banana"]],
            ),
            (
                {"find": "(1)(2)", "searchByRegex": True, "replacement": "$2$1"},
                {"valuesChanged": 1, "rowsChanged": 1, "sheetsChanged": 1, "occurrencesChanged": 1},
                [["Ana Ana", "ana", 21, '="Ana"'], ["x", "Banana"]],
            ),
            ({"find": "nothing"}, {}, [["Ana Ana", "ana", 12, '="Ana"'], ["x", "Banana"]]),
        ],
    )
    def test_counts_and_changes(self, book: Client, more: Any, counts: Any, after: Any) -> None:
        reply = book.batch({"findReplace": {"find": "Ana", "allSheets": True, **more}})["replies"][0]
        assert reply == {"findReplace": counts}
        assert book.values("A1:D2", valueRenderOption="FORMULA") == after


def test_spaces_are_trimmed_and_duplicates_removed(book: Client) -> None:
    book.write("A1", [["a", 1], [" a  b ", 2], ["A", 1], ["a", 2]], "RAW")
    trimmed, removed = book.batch({"trimWhitespace": {"range": box(0, 4)}}, {"deleteDuplicates": {"range": box(0, 4)}})[
        "replies"
    ]
    assert (trimmed, removed) == (
        {"trimWhitespace": {"cellsChangedCount": 1}},
        {"deleteDuplicates": {"duplicatesRemovedCount": 1}},
    )
    assert book.values("A1:B4") == [["a", "1"], ["a b", "2"], ["a", "2"]]


def test_borders_lie_on_the_cells_they_frame(book: Client) -> None:
    line = {"style": "SOLID", "color": {"red": 1}}
    book.batch({"updateBorders": {"range": box(0, 2, 0, 2), "top": line, "innerVertical": line}})
    cells = book.cells("A1:B2", "userEnteredFormat.borders")
    sides = [[sorted(cell["userEnteredFormat"]["borders"]) for cell in row] for row in cells]
    assert sides == [[["right", "top"], ["left", "top"]], [["right"], ["left"]]]


def test_a_paste_brings_what_its_type_says(book: Client, person: Person) -> None:
    person.types("Sheet1", "A1", "=1+1")
    person.notes("Sheet1", "A1", "n")
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    book.batch({"repeatCell": {"range": box(0, 1, 0, 1), "cell": bold, "fields": "userEnteredFormat"}})
    seen = {}
    for column, kind in enumerate(("PASTE_NORMAL", "PASTE_VALUES", "PASTE_FORMAT", "PASTE_FORMULA"), start=1):
        book.batch(
            {"copyPaste": {"source": box(0, 1, 0, 1), "destination": box(0, 1, column, column + 1), "pasteType": kind}}
        )
        cell = book.cells(f"{'ABCDE'[column]}1", "userEnteredValue,note,userEnteredFormat.textFormat.bold")[0][0]
        seen[kind] = (cell.get("userEnteredValue"), cell.get("note"), "userEnteredFormat" in cell)
    assert seen == {
        "PASTE_NORMAL": ({"formulaValue": "=1+1"}, "n", True),
        "PASTE_VALUES": ({"numberValue": 2}, None, False),
        "PASTE_FORMAT": (None, None, True),
        "PASTE_FORMULA": ({"formulaValue": "=1+1"}, None, False),
    }


def test_a_picture_shows_every_difference(server: SheetsServer, book: Client, person: Person) -> None:
    person.types("Sheet1", "A1", "x")
    other = server.copy(book.id)
    assert server.picture(other) == server.picture(book.id)
    bold = {
        "range": box(0, 1, 0, 1),
        "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}},
        "fields": "userEnteredFormat",
    }
    edits: list[dict[str, Any]] = [
        {"repeatCell": bold},
        {"addProtectedRange": {"protectedRange": {"range": box(0, 2), "warningOnly": True}}},
        {"setBasicFilter": {"filter": {"range": box(0, 2)}}},
        {"insertDimension": {"range": {"dimension": "ROWS", "startIndex": 0, "endIndex": 1}}},
        {"updateSheetProperties": {"properties": {"hidden": True}, "fields": "hidden"}},
    ]
    person.adds_tab("Other")
    before = server.picture(book.id)
    for edit in edits:
        book.batch(edit)
        assert server.picture(book.id) != before
        before = server.picture(book.id)
    assert server.picture(book.id, without=["Sheet1"]) == [line for line in before if line.startswith("Other")]


def test_people_see_dates_and_booleans_in_their_own_words(server: SheetsServer) -> None:
    shop = server.create(locale="pt_BR", time_zone="America/Sao_Paulo")
    person = server.person(shop)
    person.types("Sheet1", "A1", "5/3/2026")
    person.ticks("Sheet1", "B1")
    person.types("Sheet1", "C1", "1234,5")
    assert person.sees("Sheet1") == [["05/03/2026", "VERDADEIRO", "1234,5"]]
    assert person.values("Sheet1") == [[46086, True, 1234.5]]

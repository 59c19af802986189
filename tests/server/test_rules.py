"""Conditional formats, data validation, protected ranges, filters: what the recordings hold little or nothing of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.conftest import Client
from tests.sheets_server import Person, SheetsServer

RED = {"backgroundColor": {"red": 1}, "backgroundColorStyle": {"rgbColor": {"red": 1}}}
WHITE = {"red": 1, "green": 1, "blue": 1}


def box(top: int, bottom: int, left: int = 0, right: int = 1) -> dict[str, int]:
    return {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}


def rule(kind: str, *values: Any, ranges: Any = None) -> dict[str, Any]:
    condition: dict[str, Any] = {"type": kind}
    if values:
        condition["values"] = [value if isinstance(value, dict) else {"userEnteredValue": value} for value in values]
    return {"ranges": ranges or [box(0, 10)], "booleanRule": {"condition": condition, "format": RED}}


def add(given: dict[str, Any], index: int = 0) -> dict[str, Any]:
    return {"addConditionalFormatRule": {"rule": given, "index": index}}


class TestConditionalFormats:
    def kinds(self, book: Client) -> list[str]:
        rules = book.sheet().get("conditionalFormats", [])
        return [rule["booleanRule"]["condition"]["type"] for rule in rules]

    def test_rules_have_an_index_and_what_follows_moves(self, book: Client) -> None:
        book.batch(add(rule("BLANK")), add(rule("NOT_BLANK")), add(rule("TEXT_IS_EMAIL"), index=1))
        assert self.kinds(book) == ["NOT_BLANK", "TEXT_IS_EMAIL", "BLANK"]

    def test_a_rule_is_replaced_or_moved_and_the_answer_says_from_what(self, book: Client) -> None:
        book.batch(add(rule("BLANK")), add(rule("NOT_BLANK"), index=1), add(rule("TEXT_IS_EMAIL"), index=2))
        replaced, moved = book.batch(
            {"updateConditionalFormatRule": {"index": 1, "rule": rule("NUMBER_LESS", "5")}},
            {"updateConditionalFormatRule": {"index": 2, "sheetId": 0, "newIndex": 0}},
        )["replies"]
        replaced, moved = replaced["updateConditionalFormatRule"], moved["updateConditionalFormatRule"]
        assert replaced["oldRule"] == rule("NOT_BLANK")
        assert replaced["newRule"] == rule("NUMBER_LESS", "5")
        assert replaced["newIndex"] == 1
        assert moved == {"newRule": rule("TEXT_IS_EMAIL"), "oldIndex": 2}
        assert self.kinds(book) == ["TEXT_IS_EMAIL", "BLANK", "NUMBER_LESS"]

    def test_a_rule_is_deleted_by_index_and_comes_back_with_the_answer(self, book: Client) -> None:
        book.batch(add(rule("BLANK")), add(rule("NOT_BLANK")))
        reply = book.batch({"deleteConditionalFormatRule": {"index": 1, "sheetId": 0}})["replies"][0]
        assert reply == {"deleteConditionalFormatRule": {"rule": rule("BLANK")}}
        assert book.batch_refused({"deleteConditionalFormatRule": {"index": 1}}) == (
            "Invalid requests[0].deleteConditionalFormatRule: No conditional format on sheet: 0 at index: 1"
        )

    def test_open_ranges_are_closed_at_the_grid(self, book: Client) -> None:
        book.batch(add(rule("BLANK", ranges=[{"startRowIndex": 1}])))
        assert book.sheet()["conditionalFormats"][0]["ranges"] == [box(1, 1000, 0, 26)]

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (rule("NUMBER_LESS"), "ConditionType 'NUMBER_LESS' requires exactly one ConditionValue, but 0 values were supplied."),
            (rule("NUMBER_BETWEEN", "1"), "ConditionType 'NUMBER_BETWEEN' requires exactly two ConditionValues, but 1 values were supplied."),
            ({**rule("BLANK"), "ranges": []}, "At least one range must be specified."),
            ({"ranges": [box(0, 1)]}, "A conditional format must have a booleanRule or a gradientRule."),
        ],
    )  # fmt: skip
    def test_what_is_no_rule_is_refused(self, book: Client, given: Any, said: str) -> None:
        assert book.batch_refused(add(given)) == f"Invalid requests[0].addConditionalFormatRule: {said}"

    def test_a_rule_cannot_be_two(self, book: Client) -> None:
        both = {**rule("BLANK"), "gradientRule": {}}
        assert book.batch_refused(add(both)) == (
            "Invalid value at 'requests[0].add_conditional_format_rule.rule' (oneof), "
            "oneof field 'rule' is already set. Cannot set 'gradientRule'"
        )

    @pytest.mark.parametrize(
        ("given", "red"),
        [
            (rule("NUMBER_GREATER", "2"), [False, False, True, False]),
            (rule("NUMBER_BETWEEN", "1", "2"), [True, True, False, False]),
            (rule("TEXT_CONTAINS", "NA"), [False, False, False, True]),
            (rule("TEXT_EQ", "ana"), [False, False, False, True]),
            (rule("CUSTOM_FORMULA", "=MOD($A1,2)=1"), [True, False, True, False]),
            (rule("CUSTOM_FORMULA", "=$B1"), [False, True, False, False]),
            (rule("CUSTOM_FORMULA", "=A$1=1"), [True, True, True, True]),
            (rule("NUMBER_EQ", "=$A$1+1"), [False, True, False, False]),
        ],
    )
    def test_the_effective_format_shows_whether_a_rule_is_met(self, book: Client, given: Any, red: list[bool]) -> None:
        book.write("A1", [[1, False], [2, True], [3], ["Ana"]])
        book.batch(add(given))
        cells = [row[0] for row in book.cells("A1:A4", "effectiveFormat.backgroundColor")]
        assert [cell["effectiveFormat"]["backgroundColor"] == {"red": 1} for cell in cells] == red

    def test_a_formula_that_cannot_be_computed_here_is_refused(self, book: Client) -> None:
        assert "ISEVEN" in book.batch_refused(add(rule("CUSTOM_FORMULA", "=ISEVEN(A1)")), code=501)

    def test_the_first_rule_that_is_met_wins(self, book: Client) -> None:
        green = {
            "ranges": [box(0, 10)],
            "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"backgroundColor": {"green": 1}}},
        }
        book.write("A1", [["x"]])
        book.batch(add(green), add(rule("NOT_BLANK"), index=1))
        assert book.cells("A1", "effectiveFormat.backgroundColor")[0][0]["effectiveFormat"]["backgroundColor"] == {
            "green": 1
        }
        book.batch({"updateConditionalFormatRule": {"index": 1, "sheetId": 0, "newIndex": 0}})
        assert book.cells("A1", "effectiveFormat.backgroundColor")[0][0]["effectiveFormat"]["backgroundColor"] == {
            "red": 1
        }


class TestValidation:
    def test_a_rule_lies_on_every_cell_of_the_range_and_is_taken_off_again(self, book: Client) -> None:
        checkbox = {"condition": {"type": "BOOLEAN"}, "strict": True}
        book.batch({"setDataValidation": {"range": box(1, 3), "rule": checkbox}})
        assert book.cells("A1:B4", "dataValidation") == [
            [],
            [{"dataValidation": checkbox}],
            [{"dataValidation": checkbox}],
        ]
        book.batch({"setDataValidation": {"range": box(1, 2)}})
        assert book.cells("A1:B4", "dataValidation") == [[], [], [{"dataValidation": checkbox}]]

    def test_rows_that_a_filter_hides_get_a_rule_only_where_asked(self, book: Client) -> None:
        book.write("A1", [["h"], ["x"], ["y"]])
        book.batch({"setBasicFilter": {"filter": {"range": box(0, 3), "criteria": {"0": {"hiddenValues": ["x"]}}}}})
        checkbox = {"range": box(1, 3, 1, 2), "rule": {"condition": {"type": "BOOLEAN"}}}
        ruled = {"dataValidation": {"condition": {"type": "BOOLEAN"}}}
        book.batch({"setDataValidation": checkbox})
        assert book.cells("B1:B3", "dataValidation") == [[], [], [ruled]]
        book.batch({"setDataValidation": {**checkbox, "filteredRowsIncluded": True}})
        assert book.cells("B1:B3", "dataValidation") == [[], [ruled], [ruled]]

    def test_a_list_needs_a_value(self, book: Client) -> None:
        empty = {"setDataValidation": {"range": box(0, 1), "rule": {"condition": {"type": "ONE_OF_LIST"}}}}
        assert "requires" in book.batch_refused(empty)

    def test_the_api_writes_what_a_strict_rule_would_not_let_people_type(self, book: Client) -> None:
        book.batch(
            {"setDataValidation": {"range": box(0, 1), "rule": {"condition": {"type": "BOOLEAN"}, "strict": True}}}
        )
        book.write("A1", [["not a box"]])
        assert book.values("A1") == [["not a box"]]


class TestProtection:
    def test_a_warning_names_nobody(self, book: Client) -> None:
        warning = {"range": box(0, 2), "warningOnly": True, "description": "d", "protectedRangeId": 7}
        reply = book.batch({"addProtectedRange": {"protectedRange": warning}})["replies"][0]
        assert reply["addProtectedRange"]["protectedRange"] == {**warning, "requestingUserCanEdit": True, "editors": {}}
        with_editors = {**warning, "protectedRangeId": 8, "editors": {"users": ["a@b.example"]}}
        assert book.batch_refused({"addProtectedRange": {"protectedRange": with_editors}}) == (
            "Invalid requests[0].addProtectedRange: ProtectedRange is warningOnly. Editors cannot be set on it."
        )

    def test_the_same_id_twice_is_refused_so_that_creation_can_be_repeated(self, book: Client) -> None:
        protect = {"addProtectedRange": {"protectedRange": {"range": {}, "warningOnly": True, "protectedRangeId": 7}}}
        book.batch(protect)
        assert "7" in book.batch_refused(protect)
        assert len(book.sheet()["protectedRanges"]) == 1

    def test_a_whole_tab_stays_without_ends(self, book: Client) -> None:
        book.batch({"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}, "warningOnly": True}}})
        assert book.sheet()["protectedRanges"][0]["range"] == {}

    def test_a_protection_is_changed_and_taken_off(self, book: Client) -> None:
        book.batch(
            {"addProtectedRange": {"protectedRange": {"range": box(0, 2), "warningOnly": True, "protectedRangeId": 7}}}
        )
        change = {"protectedRangeId": 7, "range": box(0, 5), "description": "new"}
        book.batch({"updateProtectedRange": {"protectedRange": change, "fields": "range,description"}})
        protected = book.sheet()["protectedRanges"][0]
        assert (protected["range"], protected["description"], protected["warningOnly"]) == (box(0, 5), "new", True)
        book.batch({"deleteProtectedRange": {"protectedRangeId": 7}})
        assert "protectedRanges" not in book.sheet()
        assert book.batch_refused({"deleteProtectedRange": {"protectedRangeId": 7}}).endswith(
            "No protected range with id: 7"
        )


class TestFilters:
    def test_a_filter_hides_rows_and_says_so(self, book: Client) -> None:
        book.write("A1", [["h"], ["x"], ["y"], ["x"]])
        book.batch({"setBasicFilter": {"filter": {"range": box(0, 4), "criteria": {"0": {"hiddenValues": ["x"]}}}}})
        rows = book.ok("GET", "", ranges="A1:A4", fields="sheets.data.rowMetadata.hiddenByFilter")
        assert rows["sheets"][0]["data"][0]["rowMetadata"] == [
            {},
            {"hiddenByFilter": True},
            {},
            {"hiddenByFilter": True},
        ]
        filtering = book.sheet()["basicFilter"]
        assert filtering["criteria"] == {"0": {"hiddenValues": ["x"]}}
        assert filtering["filterSpecs"] == [{"filterCriteria": {"hiddenValues": ["x"]}}]

    def test_rows_that_a_filter_hides_are_neither_copied_nor_pasted_into(self, book: Client) -> None:
        book.write("A1", [["h"], ["x"], ["y"], ["x"], ["z"]])
        book.batch({"setBasicFilter": {"filter": {"range": box(0, 5), "criteria": {"0": {"hiddenValues": ["x"]}}}}})
        to = {**box(0, 1), "sheetId": 7}
        book.batch(
            {"addSheet": {"properties": {"sheetId": 7, "title": "Copy"}}},
            {"copyPaste": {"source": box(0, 5), "destination": to, "pasteType": "PASTE_VALUES"}},
            {
                "copyPaste": {
                    "source": {**box(0, 3), "sheetId": 7},
                    "destination": box(0, 1, 1, 2),
                    "pasteType": "PASTE_VALUES",
                }
            },
        )
        assert book.values("Copy!A1:A5") == [["h"], ["y"], ["z"]]
        assert book.values("Sheet1!B1:B5") == [["h"], [], ["y"], [], ["z"]]

    def test_a_filter_sorts_below_its_header(self, book: Client) -> None:
        book.write("A1", [["h"], ["b"], ["a"]])
        spec = {"dimensionIndex": 0, "sortOrder": "ASCENDING"}
        book.batch({"setBasicFilter": {"filter": {"range": box(0, 3), "sortSpecs": [spec]}}})
        assert book.values("A1:A3") == [["h"], ["a"], ["b"]]

    def test_filter_views_have_ids(self, book: Client) -> None:
        added = book.batch({"addFilterView": {"filter": {"title": "Mine", "range": box(0, 3)}}})["replies"][0]
        view = added["addFilterView"]["filter"]
        book.batch(
            {"updateFilterView": {"filter": {"filterViewId": view["filterViewId"], "title": "Ours"}, "fields": "title"}}
        )
        book.batch({"duplicateFilterView": {"filterId": view["filterViewId"]}})
        assert [v["title"] for v in book.sheet()["filterViews"]] == ["Ours", "Copy of Ours"]
        book.batch({"deleteFilterView": {"filterId": view["filterViewId"]}})
        assert [v["title"] for v in book.sheet()["filterViews"]] == ["Copy of Ours"]


def test_dates_in_rules_follow_the_clock(server: SheetsServer, book: Client, person: Person) -> None:
    from datetime import UTC, datetime

    server.clock.set(datetime(2026, 11, 22, tzinfo=UTC))
    person.types("Sheet1", "A1", "2026-11-21")
    person.types("Sheet1", "A2", "2026-11-22")
    book.batch(add(rule("DATE_BEFORE", {"relativeDate": "TODAY"})))
    cells = [
        row[0]["effectiveFormat"]["backgroundColor"] for row in book.cells("A1:A2", "effectiveFormat.backgroundColor")
    ]
    assert cells == [{"red": 1}, WHITE]

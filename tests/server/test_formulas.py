"""Simple formulas, and what happens to them when cells move."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.server.conftest import Client
from tests.sheets_server import Person, SheetsServer


@pytest.fixture(autouse=True)
def _numbers(book: Client) -> None:
    book.write("A1", [[1, "x", True], [2, "y", False], [3, "x", None], [None, None, None], [5, "z", True]])


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=4/2", 2),
        ("= 1 / 1024", 0.0009765625),
        ("=SUM(A1:A3)", 6),
        ("=SUM(A:A;10)", 21),
        ("=2+3*4^2", 50),
        ("=-2^2", 4),
        ("=50%", 0.5),
        ('="a"&1&TRUE', "a1TRUE"),
        ("=A1=1", True),
        ('="A"="a"', True),
        ("=A4", 0),
        ('=A4=""', True),
        ('=IF(A2>1,"big","small")', "big"),
        ("=AVERAGE(A1:A5)", 2.75),
        ("=COUNTA(A1:B5)", 8),
        ('=COUNTIF(B1:B5,"x")', 2),
        ('=SUMIF(B1:B5,"x",A1:A5)', 4),
        ('=COUNTIFS(B1:B5,"x",A1:A5,">1")', 1),
        ("=VLOOKUP(2,A1:B5,2,FALSE)", "y"),
        ("=INDEX(A1:B5,3,2)", "x"),
        ('=MATCH("z",B1:B5,0)', 5),
        ("=ROUND(2.5)", 3),
        ("=MOD(-1,3)", 2),
        ('=LEN(TRIM("  a  b "))', 3),
        ('=IFERROR(1/0,"no")', "no"),
        ('=SEARCH("B","abB")', 2),
        ('=FIND("B","abB")', 3),
        ("=AND(C1,NOT(C2))", True),
        ("=DATE(2026,2,28)+1", 46082),
        ('=TEXT(0.256,"0.0%")', "25.6%"),
        ("='Sheet1'!A2*10", 20),
        ("=ROW()+COLUMN(B1)", 3),
        ("=1/0", "#DIV/0!"),
        ("=A1+B1", "#VALUE!"),
        ("=Nowhere!A1", "#REF!"),
        ("=unknown_name", "#NAME?"),
        ("=1+", "#ERROR!"),
        ("=E1", "#REF!"),
        ("=VLOOKUP(9,A1:B5,2,FALSE)", "#N/A"),
    ],
)
def test_a_formula_gives_its_value(book: Client, formula: str, value: object) -> None:
    book.write("E1", [[formula]])
    assert book.values("E1", valueRenderOption="UNFORMATTED_VALUE") == [[value]]
    assert book.values("E1", valueRenderOption="FORMULA") == [[formula]]


def test_a_chain_of_formulas_is_worked_out_and_follows_a_change(book: Client) -> None:
    book.write("F1", [["=A1"], *[[f"=F{row}+1"] for row in range(1, 900)]])
    assert book.values("F900", valueRenderOption="UNFORMATTED_VALUE") == [[900]]
    book.write("A1", [[101]])
    assert book.values("F900", valueRenderOption="UNFORMATTED_VALUE") == [[1000]]


def test_a_function_that_is_not_offered_is_refused_when_it_is_written(book: Client) -> None:
    said = book.refused("PUT", "/values/E1", {"values": [["=QUERY(A1:B5)"]]}, 501, valueInputOption="USER_ENTERED")
    assert "QUERY" in said
    assert book.values("E1") == []


def test_today_is_that_of_the_spreadsheet(server: SheetsServer) -> None:
    server.clock.set(datetime(2026, 3, 1, 1, 30, tzinfo=UTC))
    for zone, day in (("America/Sao_Paulo", "28/02/2026"), ("Europe/Amsterdam", "01/03/2026")):
        book = Client(server, server.create(locale="pt_BR", time_zone=zone))
        book.write("A1", [["=TODAY()"]])
        assert book.values("A1") == [[day]]


def test_a_decimal_comma_is_read_where_the_locale_has_one(server: SheetsServer) -> None:
    book = Client(server, server.create(locale="nl_NL"))
    book.write("A1", [["=1,5*2"], ["=SUM(1;2,5)"], ["=SUM(1,2)"]])
    assert book.values("A1:A3", valueRenderOption="UNFORMATTED_VALUE") == [[3], [3.5], [1.2]]


def test_an_error_value_says_its_kind(book: Client) -> None:
    book.write("E1", [["=1/0"]])
    assert book.cells("E1", "effectiveValue") == [
        [
            {
                "effectiveValue": {
                    "errorValue": {"type": "DIVIDE_BY_ZERO", "message": "Function DIVIDE parameter 2 cannot be zero."}
                }
            }
        ]
    ]


class TestMoving:
    def formulas(self, book: Client, cells: str) -> list[list[object]]:
        return book.values(cells, valueRenderOption="FORMULA")

    def test_references_follow_inserted_and_deleted_rows(self, book: Client, person: Person) -> None:
        book.write("G1", [["=A2", "=SUM(A1:A3)", "=$A$2+B5"]])
        person.inserts_rows("Sheet1", 2, 2)
        assert self.formulas(book, "G1:I1") == [["=A4", "=SUM(A1:A5)", "=$A$4+B7"]]
        person.deletes_rows("Sheet1", 4)
        assert self.formulas(book, "G1:I1") == [["=#REF!", "=SUM(A1:A4)", "=#REF!+B6"]]

    def test_references_follow_columns_from_other_tabs(self, book: Client, person: Person) -> None:
        person.adds_tab("Other")
        book.write("Other!A1", [["=Sheet1!B2&Sheet1!C:C", "=B2"]])
        person.inserts_columns("Sheet1", "B")
        assert self.formulas(book, "Other!A1:B1") == [["=Sheet1!C2&Sheet1!D:D", "=B2"]]

    def test_references_follow_a_row_that_was_dragged(self, book: Client, person: Person) -> None:
        book.write("G6", [["=A1+A5"]])
        person.moves_rows("Sheet1", 1, 1, 4)
        assert self.formulas(book, "G6") == [["=A3+A5"]]
        assert book.values("A1:A5") == [["2"], ["3"], ["1"], [], ["5"]]

    def test_a_renamed_tab_is_renamed_in_formulas(self, book: Client, person: Person) -> None:
        person.adds_tab("Other")
        book.write("Other!A1", [["=Sheet1!A1+1"]])
        person.renames("Sheet1", "My shop")
        assert self.formulas(book, "Other!A1") == [["='My shop'!A1+1"]]
        person.deletes_tab("My shop")
        assert book.values("Other!A1") == [["#REF!"]]

    def test_a_sorted_row_takes_its_formulas_along(self, book: Client, person: Person) -> None:
        book.write("D1", [["=A1*10"], ["=A2*10"], ["=A3*10"]])
        person.sorts("Sheet1", "A1:D3", "A", descending=True)
        assert self.formulas(book, "D1:D3") == [["=A1*10"], ["=A2*10"], ["=A3*10"]]
        assert book.values("D1:D3") == [["30"], ["20"], ["10"]]

    def test_a_copy_refers_relative_to_its_place(self, book: Client) -> None:
        book.write("D1", [["=A1+$A$1"]])
        where = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 3, "endColumnIndex": 4}
        to = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 3, "endColumnIndex": 4}
        book.batch({"copyPaste": {"source": where, "destination": to}})
        assert self.formulas(book, "D1:D3") == [["=A1+$A$1"], ["=A2+$A$1"], ["=A3+$A$1"]]

    def test_a_cut_takes_references_along(self, book: Client) -> None:
        book.write("D1", [["=A1*2"]])
        where = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
        book.batch({"cutPaste": {"source": where, "destination": {"rowIndex": 9, "columnIndex": 0}}})
        assert self.formulas(book, "D1") == [["=A10*2"]]
        assert book.values("D1") == [["2"]]

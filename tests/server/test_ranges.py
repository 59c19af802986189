"""A1 notation, as the guide "Cell notation" and the recorded answers have it."""

from __future__ import annotations

import pytest

from tests.server.conftest import Client
from tests.sheets_server import a1


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("A1", "Sheet1!A1"),
        ("Sheet1!A1:B2", "Sheet1!A1:B2"),
        ("Sheet1!A:C", "Sheet1!A1:C1000"),
        ("Sheet1!2:3", "Sheet1!A2:Z3"),
        ("Sheet1!A5:A", "Sheet1!A5:A1000"),
        ("Sheet1!A1:1", "Sheet1!A1:Z1"),
        ("Sheet1!D4:A1", "Sheet1!A1:D4"),
        ("Sheet1", "Sheet1!A1:Z1000"),
        ("'Sheet1'", "Sheet1!A1:Z1000"),
        ("'sheet1'!$A$1:b2", "Sheet1!A1:B2"),
        ("Sheet1!R1C2:R3C4", "Sheet1!B1:D3"),
        ("Sheet1!A990:Z2000", "Sheet1!A990:Z1000"),
    ],
)
def test_a_range_is_answered_in_its_plain_form(book: Client, text: str, answered: str) -> None:
    assert book.ok("GET", f"/values/{text}")["range"] == answered


@pytest.mark.parametrize("title", ["My tab", "D3", "it's", "🌵", "2026", "R1C1", "a!b"])
def test_a_title_that_is_no_plain_word_is_quoted(book: Client, title: str) -> None:
    book.batch({"updateSheetProperties": {"properties": {"sheetId": 0, "title": title}, "fields": "title"}})
    quoted = "'" + title.replace("'", "''") + "'"
    assert book.ok("GET", f"/values/{a1.title(title)}!A1")["range"] == f"{quoted}!A1"


@pytest.mark.parametrize("text", ["Nowhere!A1", "Nowhere", "Sheet1!A0", "Sheet1!A1:", "'Sheet1"])
def test_what_is_no_range_is_refused(book: Client, text: str) -> None:
    assert book.refused("GET", f"/values/{text}") == f"Unable to parse range: {text}"


def test_a_range_that_begins_beyond_the_grid_is_refused(book: Client) -> None:
    assert book.refused("GET", "/values/Sheet1!A1001:B") == (
        "Range (Sheet1!A1001:B) exceeds grid limits. Max rows: 1000, max columns: 26"
    )
    assert book.refused("GET", "/values/AA1:AA2") == (
        "Range (Sheet1!AA1:AA2) exceeds grid limits. Max rows: 1000, max columns: 26"
    )


def test_a_range_of_a_request_may_end_beyond_the_grid_but_not_begin_there(book: Client) -> None:
    """Measured on the real API: starting inside is taken and the grid does not grow."""

    def bold(**where: int) -> dict[str, object]:
        cell = {"userEnteredFormat": {"textFormat": {"bold": True}}}
        return {"repeatCell": {"range": {"sheetId": 0, **where}, "cell": cell, "fields": "userEnteredFormat"}}

    book.batch(bold(startRowIndex=999, endRowIndex=1003), bold(startColumnIndex=25, endColumnIndex=28))
    assert book.sheet()["properties"]["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
    assert book.batch_refused(bold(startRowIndex=1000, endRowIndex=1001, endColumnIndex=2)) == (
        "Invalid requests[0].repeatCell: Range (Sheet1!A1001:B1001) exceeds grid limits. Max rows: 1000, max columns: 26"
    )


def test_a_named_range_is_a_range(book: Client) -> None:
    where = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 2}
    book.batch({"addNamedRange": {"namedRange": {"name": "Prices", "range": where}}})
    assert book.ok("GET", "/values/Prices")["range"] == "Sheet1!A2:B3"
    assert book.ok("GET", "/values/Sheet1!Prices")["range"] == "Sheet1!A2:B3"


def test_columns_are_counted_past_z() -> None:
    for index in (0, 25, 26, 51, 52, 701, 702, 18277):
        assert a1.column_index(a1.column_name(index)) == index
    assert a1.column_name(702) == "AAA"

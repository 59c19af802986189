"""The registry: rows people type, in four languages, and what is wrong with some of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cloud_function import registry, sheets
from cloud_function.door import Declined
from cloud_function.registry import Registry
from sheets_sync.locale import LANGUAGES, read
from sheets_sync.model import Value
from tests.backends.google.spreadsheets import Desk
from tests.cloud.town import HEADERS, Town

A, B, C = ("1" + letter * 43 for letter in "abc")


def found(town: Town, rows: list[list[Value]], headers: tuple[str, ...] = HEADERS) -> Registry:
    return registry.read(sheets.client(), town.registry(rows, headers))


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_are_known_in_every_language_and_any_order(town: Town, language: str) -> None:
    words: dict[str, Any] = read(language)["registry"]
    headers = tuple(words[key][0] for key in ("note", "enabled", "hours", "timezone", "workbook"))
    (entry,) = found(town, [["ours", True, 7, "Europe/Amsterdam", A]], headers).entries
    assert (entry.workbook, str(entry.zone), entry.hours, entry.row) == (A, "Europe/Amsterdam", (7,), 2)


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        (7, (7,)), ("7", (7,)), ("7, 13", (7, 13)), ("13;7", (7, 13)), ("07:00", (7,)), ("7h", (7,)), ("7h 13h00", (7, 13)),
        (0, (0,)), (datetime(1899, 12, 30), (0,)), ("7 7", (7,)), (datetime(1899, 12, 30, 7), (7,)),
    ],
)  # fmt: skip
def test_hours_as_people_type_them(town: Town, typed: Value, hours: tuple[int, ...]) -> None:
    (entry,) = found(town, [[A, None, typed, True]]).entries
    assert entry.hours == hours
    assert str(entry.zone) == "America/Sao_Paulo", "the registry's own zone where none is named"


def test_a_row_that_cannot_be_used_is_named_and_the_others_go_on(town: Town) -> None:
    known = found(
        town,
        [
            [A, "Europe/Madrid", 7, True, ""],
            ["shop of Maria", "Europe/Madrid", 7, True],
            [B, "Europe/Nowhere", 7, True],
            [B, "Europe/Madrid", 7.13, True],
            [B, "Europe/Madrid", None, True],
            [B, "Europe/Madrid", "seven", True],
            [B, "Europe/Madrid", 24, True],
            [B, "Europe/Madrid", -1, True],
            [B, "Europe/Madrid", "7:30", True],
            [B, "Europe/Madrid", 7, "perhaps"],
            [B, "../etc/passwd", 7, True],
            ["-" * 300, None, 7, True],
            [A, "Europe/Madrid", 9, True],
            [None, None, None, None, "only a note"],
            [C, None, "8 a", False],
            [C, None, "8 a", None],
            [f"https://docs.google.com/spreadsheets/d/{C}/edit#gid=0", None, 8, "sim"],
        ],
    )
    assert [(entry.row, entry.workbook) for entry in known.entries] == [(2, A), (18, C)]
    assert [(bad.row, bad.code) for bad in known.bad_rows] == [
        (3, "workbook_unknown"), (4, "zone_unknown"), (5, "hours_unreadable"), (6, "hours_unreadable"),
        (7, "hours_unreadable"), (8, "hours_unreadable"), (9, "hours_unreadable"), (10, "hours_unreadable"),
        (11, "enabled_unreadable"), (12, "zone_unknown"), (13, "workbook_unknown"), (14, "workbook_twice"),
    ]  # fmt: skip
    assert known.paused == 2


def test_a_title_above_and_tabs_beside_it_do_no_harm(town: Town) -> None:
    desk = Desk(town.sheets, {"Notes": [["nothing"]], "Shops": [["Our shops"], [], list(HEADERS), [A, None, 7, True]]})
    (entry,) = registry.read(sheets.client(), desk.id).entries
    assert entry.row == 4


def test_a_spreadsheet_without_our_headers_is_no_registry(town: Town) -> None:
    for headers in (("Something", "Else"), ("Spreadsheet", "Time zone", "Hours")):  # all of it would be paused for ever
        with pytest.raises(Declined, match="registry_without_headers"):
            found(town, [[A, None, 7]], headers)


def test_one_request_reads_it(town: Town) -> None:
    town.sheets.journal.clear()
    found(town, [[A, None, 7, True]])
    assert [call.method for call in town.sheets.journal] == ["sheets.spreadsheets.get"]

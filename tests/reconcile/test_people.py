"""What people type into done and postpone_to, and what it means."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheets_sync.model import Value
from sheets_sync.reconcile.people import DateOrder, date_order, read_day, read_tick, writable
from tests.reconcile.house import TODAY

DAY_FIRST = DateOrder(day_first=True, today=TODAY)
MONTH_FIRST = DateOrder(day_first=False, today=TODAY)
NOBODY_SAID = DateOrder(day_first=None, today=TODAY)


@pytest.mark.parametrize(
    "value", [True, "TRUE", "x", "X", "✓", "sim", "Sim", "Sí", "ja", "yes", "ok", 1, 1.0, "VERDADEIRO"]
)
def test_a_tick(value: Value) -> None:
    assert read_tick(value, DAY_FIRST) is True


@pytest.mark.parametrize("value", [None, "", "  ", False, "FALSE", "não", "no", "nee", 0, "-"])
def test_no_tick(value: Value) -> None:
    assert read_tick(value, DAY_FIRST) is False


@pytest.mark.parametrize("value", ["talvez", "liguei, não atendeu", "???", 7, 2.5, "31/02/2026"])
def test_neither(value: Value) -> None:
    assert read_tick(value, DAY_FIRST) is None


@pytest.mark.parametrize(
    "value", [date(2026, 2, 28), datetime(2026, 2, 28, 9, 30), "28/02/2026", "28/2", "2026-02-28", 46081]
)
def test_a_date_as_tick(value: Value) -> None:
    assert read_tick(value, DAY_FIRST) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15/04/2026", date(2026, 4, 15)),
        ("15-04-26", date(2026, 4, 15)),
        ("15.4.2026", date(2026, 4, 15)),
        ("15 abr 2026", date(2026, 4, 15)),
        ("15 de abril de 2026", date(2026, 4, 15)),
        ("April 15, 2026", date(2026, 4, 15)),
        ("15 mei", date(2026, 5, 15)),
        ("15/04", date(2026, 4, 15)),
        ("28/02", date(2026, 2, 28)),  # two days ago
        ("32/04/2026", None),
        ("logo", None),
    ],
)
def test_days_as_text(text: str, day: date | None) -> None:
    assert read_day(text, DAY_FIRST) == day


def test_a_day_without_a_year_is_of_the_next_if_that_is_near() -> None:
    december = DateOrder(day_first=True, today=date(2026, 12, 20))
    assert read_day("10/01", december) == date(2027, 1, 10)


def test_the_order_of_day_and_month() -> None:
    assert read_day("03/04/2026", MONTH_FIRST) == date(2026, 3, 4)
    assert read_day("03/04/2026", DAY_FIRST) == date(2026, 4, 3)
    assert read_day("03/04/2026", NOBODY_SAID) is None
    assert read_day("03/03/2026", NOBODY_SAID) == date(2026, 3, 3)
    assert read_day("23/04/2026", NOBODY_SAID) == date(2026, 4, 23)


def test_who_says_the_order() -> None:
    assert date_order("pt-BR", {}, TODAY).day_first is True
    assert date_order("en-US", {}, TODAY).day_first is False
    assert date_order("", {}, TODAY).day_first is None
    assert date_order("", {"date_order": "month_first"}, TODAY).day_first is False


def test_what_can_be_written_back() -> None:
    assert writable("a\x00b\r\nc") == "ab\nc"
    assert writable(" \x01 ") is None
    assert writable(3.0) == 3

"""postpone_to = P ahead: postponed until P, then open and due that day, with the whole window once more."""

from __future__ import annotations

from datetime import date

import pytest

from sheets_sync.model import End
from tests.reconcile.house import DAY, TODAY, House

CHECK_IN, REMINDER, APPROVE = "check_in:P1:1", "autoship_reminder:1002:2026-03-17", "exchange_approve:T1:1"


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 7 * DAY)  # gone in six days
    house.shop.order("P2", "1002", TODAY - 15 * DAY, next_on=date(2026, 3, 17))
    house.shop.exchange("T1", "1003", TODAY)
    house.sync()
    return house


def test_until_that_day_and_a_window_beyond(house: House) -> None:
    house.write(CHECK_IN, "postpone_to", TODAY + 10 * DAY)
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("postponed")
    assert house.row(CHECK_IN).machine["due"] == TODAY + 10 * DAY
    house.next_day(8)  # its own window has closed
    assert house.status(CHECK_IN) == house.words.status("postponed")
    house.next_day(2)
    assert house.status(CHECK_IN) == house.words.status("open_today")
    house.next_day(6)
    assert house.status(CHECK_IN) == house.words.status("expires_tomorrow")
    house.next_day()
    assert (CHECK_IN, End.EXPIRED) in house.ended()


def test_without_a_run_on_any_day_in_between(house: House) -> None:
    house.write(CHECK_IN, "postpone_to", TODAY + 10 * DAY)
    house.next_day(11)
    assert house.status(CHECK_IN) == house.words.status("open")
    assert house.row(CHECK_IN).machine["due"] == TODAY + 10 * DAY


def test_a_newer_order_takes_a_postponed_check_in_away(house: House) -> None:
    house.write(CHECK_IN, "postpone_to", TODAY + 20 * DAY)
    house.sync()
    house.next_day(10)
    house.shop.order("P3", "1001", TODAY + 9 * DAY)
    house.next_day()
    assert (CHECK_IN, End.SUPERSEDED) in house.ended()


def test_a_reminder_never_past_n(house: House) -> None:
    house.write(REMINDER, "postpone_to", date(2026, 4, 20))
    house.sync()
    assert house.row(REMINDER).machine["due"] == date(2026, 3, 17)
    house.today = date(2026, 3, 17)
    house.sync()
    assert house.status(REMINDER) == house.words.status("open_today")
    house.next_day()
    assert REMINDER not in house.keys()


def test_no_gone_date_stays_none(house: House) -> None:
    house.write(APPROVE, "postpone_to", TODAY + 5 * DAY)
    house.next_day(300)
    assert APPROVE in house.keys()


@pytest.mark.parametrize("value", [TODAY - 3 * DAY, date(2020, 1, 1), None, ""])
def test_blank_or_past_is_ignored(house: House, value: date | str | None) -> None:
    house.write(CHECK_IN, "postpone_to", value)
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("open")
    assert house.row(CHECK_IN).machine["due"] == TODAY - DAY
    house.next_day(6)
    assert CHECK_IN not in house.keys()


def test_a_date_as_text_in_the_locales_form(house: House) -> None:
    house.write(CHECK_IN, "postpone_to", "10/03")
    house.sync()
    assert house.row(CHECK_IN).machine["due"] == date(2026, 3, 10)
    house.today = date(2026, 3, 12)
    house.sync()
    assert house.row(CHECK_IN).machine["due"] == date(2026, 3, 10)


def test_what_is_no_date_is_asked(house: House) -> None:
    house.write(CHECK_IN, "postpone_to", "semana que vem")
    house.sync()
    assert house.questions() == ["postpone_unclear|touchpoints|postpone_to|semana que vem"]
    house.write(CHECK_IN, "postpone_to", "10/03/2026")
    house.sync()
    assert house.questions() == []


def test_taking_it_back(house: House) -> None:
    house.write(CHECK_IN, "postpone_to", TODAY + 3 * DAY)
    house.sync()
    house.write(CHECK_IN, "postpone_to", None)
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("open")

"""Ticked rows fade, stay a day, and go to the history; unticking reopens them."""

from __future__ import annotations

from datetime import date

import pytest

from sheets_sync.model import End, OwnTab
from tests.reconcile.house import DAY, TODAY, House

CHECK_IN, APPROVE, REMINDER = "check_in:P1:1", "exchange_approve:T1:1", "autoship_reminder:1002:2026-03-17"


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 7 * DAY)
    house.shop.order("P2", "1002", TODAY - 15 * DAY, next_on=date(2026, 3, 17))
    house.shop.exchange("T1", "1003", TODAY - 5 * DAY)
    house.sync()
    return house


def test_a_ticked_row_stays_until_the_end_of_the_next_day(house: House) -> None:
    house.tick(CHECK_IN)
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("done")
    house.next_day()
    assert CHECK_IN in house.keys()
    house.next_day()
    assert CHECK_IN not in house.keys()
    assert house.ended() == [(CHECK_IN, End.DONE)]


def test_it_is_dated_the_day_a_run_first_saw_it(house: House) -> None:
    house.tick(CHECK_IN)
    house.next_day(3)
    assert house.observed is not None
    assert house.observed.ticks[CHECK_IN] == TODAY + 3 * DAY
    house.next_day(1)
    assert CHECK_IN in house.keys()
    house.next_day(1)
    assert [row.machine["done_on"] for row in house.history()] == [TODAY + 3 * DAY]


def test_a_date_typed_as_tick_is_its_date(house: House) -> None:
    house.tick(CHECK_IN, TODAY - DAY)
    house.sync()
    assert CHECK_IN in house.keys()
    house.next_day()
    assert CHECK_IN not in house.keys()


def test_what_ends_in_this_run_is_not_upcoming_though_its_day_was_moved_ahead(house: House) -> None:
    house.tick(CHECK_IN, TODAY - 3 * DAY)
    house.shop.order("P1", "1001", TODAY - 5 * DAY)
    house.sync()
    assert house.ended() == [(CHECK_IN, End.DONE)]
    assert CHECK_IN not in house.rows(OwnTab.UPCOMING)
    assert house.sync().empty


def test_a_tick_cannot_be_of_a_day_to_come(house: House) -> None:
    house.tick(CHECK_IN, TODAY + 30 * DAY)
    house.sync()
    house.next_day(2)
    assert CHECK_IN not in house.keys()


def test_a_ticked_row_outlives_its_window_and_never_expires(house: House) -> None:
    house.next_day(5)  # the last day of the check-in
    assert house.status(CHECK_IN) == house.words.status("expires_tomorrow")
    house.tick(CHECK_IN)
    house.next_day()
    assert house.status(CHECK_IN) == house.words.status("done")
    house.next_day(2)
    assert house.ended() == [(CHECK_IN, End.DONE)]


def test_a_done_reminder_stays_until_n(house: House) -> None:
    house.tick(REMINDER)
    house.next_day(10)
    assert house.status(REMINDER) == house.words.status("done")
    house.today = date(2026, 3, 17)
    house.sync()
    assert REMINDER in house.keys()
    house.next_day()
    assert REMINDER not in house.keys()
    assert (REMINDER, End.DONE) in house.ended()


def test_unticking_reopens(house: House) -> None:
    house.tick(APPROVE)
    house.sync()
    assert APPROVE not in [t.key for t in house.shop.desired(TODAY, house.observed.ticks, None, TODAY)]  # type: ignore[union-attr]
    house.write(APPROVE, "done", None)
    house.next_day()
    assert house.status(APPROVE) == house.words.status("late")
    house.tick(APPROVE, "não")
    house.next_day()
    assert house.status(APPROVE) == house.words.status("late")


def test_a_done_key_does_not_come_back(house: House) -> None:
    house.tick(APPROVE)
    house.sync()
    house.next_day(2)
    house.shop.exchange("T1", "1003", TODAY - 3 * DAY)  # the row is corrected: a tick of its rule counts still
    house.next_day()
    assert APPROVE not in house.keys()


def test_a_tick_in_any_copy_counts(house: House) -> None:
    house.copy_row(CHECK_IN)
    house.tick(CHECK_IN)
    top = house.row(CHECK_IN).row
    house.reorder(OwnTab.TOUCHPOINTS, [top + 1, top])  # now the copy with the tick is below
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("done")
    assert "done" not in house.row(CHECK_IN).people


def test_a_copy_is_a_row_of_theirs(house: House) -> None:
    house.note(CHECK_IN, "falei")
    house.copy_row(CHECK_IN, above=True)
    house.tick(CHECK_IN)
    house.sync()
    house.next_day(2)
    left = [row for row in house.found().rows if row.key == CHECK_IN]
    assert [row.people for row in left] == [{"note": "falei"}]
    assert house.sync().empty


def test_what_is_no_tick_is_asked(house: House) -> None:
    house.tick(CHECK_IN, "talvez")
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("open")
    assert house.questions() == ["done_unclear|touchpoints|done|talvez"]
    house.write(house.questions()[0], "answer", "Sim", OwnTab.QUESTIONS)
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("done")
    assert house.questions() == []
    house.next_day(2)
    assert "talvez" in str(house.history()[-1].machine["own"])


def test_ticks_that_ended_are_told_to_the_rules(house: House) -> None:
    house.tick(APPROVE)
    house.sync()
    house.next_day(3)
    house.next_day(100)
    assert house.observed is not None
    assert house.observed.ticks[APPROVE] == TODAY

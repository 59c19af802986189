"""The first run, the second, and the next day."""

from __future__ import annotations

from sheets_sync.model import OwnTab
from tests.reconcile.house import DAY, TODAY, House


def a_house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 7 * DAY)
    house.shop.order("P2", "1002", TODAY - 11 * DAY, next_on=TODAY + 15 * DAY)
    house.shop.exchange("T1", "1003", TODAY - 5 * DAY)
    return house


def test_the_first_run_makes_every_tab() -> None:
    house = a_house()
    made = house.sync()
    assert [tab.own for tab in made.tabs] == [
        OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES, OwnTab.UPCOMING, OwnTab.QUESTIONS, OwnTab.HISTORY, OwnTab.SETTINGS,
    ]  # fmt: skip
    assert house.keys() == {
        "check_in:P1:1", "check_in:P2:1", "autoship_reminder:1002:2026-03-17", "exchange_approve:T1:1",
    }  # fmt: skip


def test_a_second_run_plans_nothing() -> None:
    house = a_house()
    house.sync()
    again = house.sync()
    assert again.empty, again
    assert again.memory is None


def test_a_new_day_changes_the_title_row() -> None:
    house = a_house()
    house.sync()
    made = house.next_day()
    assert all(tab.heading for tab in made.tabs if tab.own is OwnTab.TOUCHPOINTS)
    assert house.sync().empty

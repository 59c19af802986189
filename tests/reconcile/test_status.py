"""A task's state: the first that holds of held · done · postponed · late · expires tomorrow · upcoming · open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from sheets_sync.model import Status, Task
from sheets_sync.reconcile.people import People
from sheets_sync.reconcile.status import gone_after, status, view
from tests.reconcile.house import DAY, TODAY, Shop


def a_task(rule: str = "check_in", **more: object) -> Task:
    return Shop().task(rule, "P1", "1", "1001", TODAY, **{"gone_on": TODAY + 7 * DAY, **more})


POSTPONED = People(postpone_to=TODAY + 3 * DAY)
DONE = People(done=True, done_on=TODAY)
ALL = a_task("exchange_approve", held=True, late_on=TODAY, daily_on=TODAY + DAY)


@pytest.mark.parametrize(
    ("task", "people", "expected"),
    [
        (ALL, replace(POSTPONED, done=True), Status.HELD),
        (replace(ALL, held=False), replace(POSTPONED, done=True), Status.DONE),
        (replace(ALL, held=False), POSTPONED, Status.POSTPONED),
        (replace(ALL, held=False), People(), Status.LATE),
        (a_task(gone_on=TODAY + DAY, daily_on=TODAY + DAY), People(), Status.EXPIRES_TOMORROW),
        (a_task("failed_card", gone_on=TODAY + DAY), People(), Status.OPEN),
        (a_task(daily_on=TODAY + DAY), People(), Status.UPCOMING),
        (a_task(daily_on=TODAY), People(), Status.OPEN),
        (a_task(), People(), Status.OPEN),
    ],
)
def test_the_first_that_holds(task: Task, people: People, expected: Status) -> None:
    assert status(task, people, TODAY) is expected


def test_on_the_day_it_is_postponed_to_a_task_is_open_and_due() -> None:
    shown = view(a_task(), People(postpone_to=TODAY), TODAY)
    assert (shown.status, shown.due_on) == (Status.OPEN, TODAY)


def test_postponing_gives_the_whole_window_once_more() -> None:
    assert gone_after("check_in", TODAY, TODAY + 7 * DAY, TODAY + 5 * DAY) == TODAY + 12 * DAY
    assert gone_after("check_in", TODAY, TODAY + 7 * DAY, None) == TODAY + 7 * DAY
    assert gone_after("reconnect", TODAY, None, TODAY + 5 * DAY) is None


def test_a_reminder_is_never_postponed_past_n() -> None:
    n = TODAY + 4 * DAY
    reminder = a_task("autoship_reminder", due_on=n, gone_on=n + DAY)
    shown = view(reminder, People(postpone_to=n + 10 * DAY), TODAY)
    assert (shown.status, shown.due_on, shown.gone_on) == (Status.POSTPONED, n, n + DAY)


def test_lateness_moves_with_the_due_day_but_an_expiry_stays() -> None:
    p = TODAY + 2 * DAY
    approve = a_task("exchange_approve", gone_on=None, late_on=TODAY + 2 * DAY)
    voucher = a_task("voucher_expiring", late_on=TODAY + DAY)
    later = timedelta(days=3)
    assert status(approve, People(postpone_to=p), TODAY + later) is Status.OPEN
    assert status(approve, People(postpone_to=p), p + 2 * DAY) is Status.LATE
    assert status(voucher, People(postpone_to=p), p) is Status.LATE


def test_business_days_are_the_callers() -> None:
    approve = a_task("exchange_approve", gone_on=None, late_on=TODAY + DAY)

    def never(task: Task, due_on: date) -> date | None:
        return None

    assert status(approve, People(postpone_to=TODAY), TODAY + 9 * DAY, never) is Status.LATE  # due on the same day
    assert status(approve, People(postpone_to=TODAY + DAY), TODAY + 9 * DAY, never) is Status.OPEN

"""When a watched workbook is due."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sheets_sync.schedule import Schedule, read_hour, read_interval

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold)


@pytest.mark.parametrize(("text", "minutes"), [("15m", 15), ("2h", 120), ("1d", 1440), ("90s", 1.5), (" 5M ", 5)])
def test_an_interval_is_a_number_and_a_unit(text: str, minutes: float) -> None:
    assert read_interval(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "15", "m", "30s", "0m", "-5m", "1.5h", "15 minutes", "99999999999d"])
def test_anything_else_and_less_than_a_minute_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_interval(text)


@pytest.mark.parametrize(("text", "hour"), [("07:00", time(7)), ("7", time(7)), ("23:59", time(23, 59))])
def test_an_hour(text: str, hour: time) -> None:
    assert read_hour(text) == hour


@pytest.mark.parametrize("text", ["24:00", "7:60", "noon", "", "07:00:00", "7h"])
def test_no_hour(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_hour(text)


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        ("2026-11-22T06:59", "2026-11-22T07:00"), ("2026-11-22T07:00", "2026-11-22T13:30"), ("2026-11-22T13:31", "2026-11-23T07:00"),
        ("2026-12-31T22:00", "2027-01-01T07:00"),
    ],
)  # fmt: skip
def test_the_next_of_the_hours_of_the_day(begun: str, due: str) -> None:
    hours = Schedule(at=(time(13, 30), time(7)), zone=AMSTERDAM)
    assert hours.after(local(begun)) == local(due).astimezone(UTC)


def test_an_hour_left_out_in_spring_is_due_when_the_clocks_have_jumped() -> None:
    at = Schedule(at=(time(2, 30),), zone=AMSTERDAM)
    assert at.after(local("2026-03-29T01:00")) == local("2026-03-29T03:30").astimezone(UTC)
    assert at.after(local("2026-03-29T03:30")) == local("2026-03-30T02:30").astimezone(UTC)


def test_an_hour_that_occurs_twice_in_autumn_is_due_once() -> None:
    at = Schedule(at=(time(2, 30),), zone=AMSTERDAM)
    first = at.after(local("2026-10-25T01:00"))
    assert first == local("2026-10-25T02:30", fold=0).astimezone(UTC)
    assert at.after(first) == local("2026-10-26T02:30").astimezone(UTC)


def test_every_so_often_counts_from_the_last_run() -> None:
    every = Schedule(every=timedelta(minutes=15))
    assert every.after(local("2026-10-25T02:50", fold=0)) == local("2026-10-25T02:05", fold=1).astimezone(UTC)

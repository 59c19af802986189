"""When a workbook is due, in zones whose clocks jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud_function.slots import due

ZONES = (
    "America/Sao_Paulo", "America/New_York", "Europe/Amsterdam", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/St_Johns", "Africa/Casablanca", "America/Santiago", "Pacific/Chatham", "Asia/Tehran", "UTC",
)  # fmt: skip


def asked(zone: str, hours: tuple[int, ...], first: datetime, last: datetime, every: timedelta) -> list[datetime]:
    """All slots that somebody finds who asks from ``first`` to ``last``, each as often as it is found."""
    found: list[datetime] = []
    now = first
    while now <= last:
        found += due(hours, ZoneInfo(zone), now)
        now += every
    return found


def local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%d %H:%M %Z")


def test_an_hour_that_spring_leaves_out_is_done_at_the_next_one() -> None:
    day = datetime(2026, 3, 8, tzinfo=UTC)  # New York jumps from 02:00 to 03:00
    found = asked("America/New_York", (2,), day, day + timedelta(days=1), timedelta(hours=1))
    assert [local(moment, "America/New_York") for moment in found] == ["08 03:00 EDT"]


def test_where_the_next_hour_is_asked_for_as_well_both_are_one() -> None:
    day = datetime(2026, 3, 8, tzinfo=UTC)
    found = asked("America/New_York", (2, 3), day, day + timedelta(days=1), timedelta(hours=1))
    assert [local(moment, "America/New_York") for moment in found] == ["08 03:00 EDT"]


def test_an_hour_that_autumn_repeats_is_done_once() -> None:
    day = datetime(2026, 11, 1, tzinfo=UTC)  # New York goes back from 02:00 to 01:00
    found = asked("America/New_York", (1,), day, day + timedelta(days=1), timedelta(hours=1))
    assert [local(moment, "America/New_York") for moment in found] == ["01 01:00 EDT"]


def test_seven_o_clock_is_seven_o_clock_there() -> None:
    now = datetime(2026, 11, 22, 10, 0, 3, tzinfo=UTC)
    assert due((7,), ZoneInfo("America/Sao_Paulo"), now) == (datetime(2026, 11, 22, 10, tzinfo=UTC),)
    assert due((7,), ZoneInfo("Europe/Amsterdam"), now) == ()
    assert due((11,), ZoneInfo("Europe/Amsterdam"), now) == (datetime(2026, 11, 22, 10, tzinfo=UTC),)


def test_where_clocks_are_half_an_hour_off_it_is_done_at_the_next_asking() -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    found = asked("Asia/Kolkata", (7,), day, day + timedelta(days=1), timedelta(hours=1))
    assert [local(moment, "Asia/Kolkata") for moment in found] == ["22 07:00 IST"]


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hours=st.lists(st.integers(0, 23), min_size=1, max_size=4).map(tuple),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),
    jitter=st.lists(st.integers(0, 200), min_size=75, max_size=75),
)
def test_who_asks_every_hour_however_late_finds_every_hour_of_every_day_once(
    zone: str, hours: tuple[int, ...], start: datetime, jitter: list[int]
) -> None:
    start = start.replace(minute=0, second=0, microsecond=0)
    times = [start + timedelta(hours=n, seconds=late) for n, late in enumerate(jitter)]
    found = {moment for now in times for moment in due(hours, ZoneInfo(zone), now)}
    place = ZoneInfo(zone)
    inside = [m for m in found if start < m <= times[-1]]
    days = {(times[0] + timedelta(hours=n)).astimezone(place).date() for n in range(60)}
    for day in sorted(days)[1:-1]:
        of_day = [m.astimezone(place) for m in inside if m.astimezone(place).date() == day]
        wanted = {
            datetime.combine(day, datetime.min.time(), place).replace(hour=hour).astimezone(UTC) for hour in hours
        }
        assert {m.astimezone(UTC) for m in of_day} == {m for m in wanted if m.astimezone(place).date() == day}
        assert len(of_day) <= len(set(hours))


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_asking_twice_an_hour_finds_each_slot_twice_and_none_is_missing(zone: str) -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    found = asked(zone, (2,), first, first + timedelta(days=365), timedelta(minutes=30))
    assert {found.count(moment) for moment in set(found)} <= {1, 2}
    assert 364 <= len(set(found)) <= 366

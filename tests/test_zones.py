"""Time zones as people and Google Sheets name them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sheets_sync.zones import is_zone, zone_of, zone_or_doubt

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "there"),
    [("America/Sao_Paulo", 9), ("Europe/Madrid", 14), ("GMT-07:00", 5), ("GMT+5", 17), ("UTC+0530", 17), ("GMT", 12)],
)
def test_a_zone_is_a_name_or_an_offset(name: str, there: int) -> None:
    assert NOON.astimezone(zone_of(name)).hour == there


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "GMT+25:00", "../etc/passwd", "/etc/localtime", "Europe", "x" * 300, "a\0b"]
)
def test_what_nobody_knows_is_no_zone(name: str) -> None:
    assert not is_zone(name)


def test_who_names_an_unknown_zone_is_told_that_today_is_the_computer_s() -> None:
    zone, (told,) = zone_or_doubt("Mars/Olympus")
    assert (zone, told.code, told.params) == (None, "zone_unknown", {"zone": "Mars/Olympus"})
    assert zone_or_doubt(None) == zone_or_doubt("") == (None, ())

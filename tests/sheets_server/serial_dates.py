"""Dates as spreadsheets count them: days since 30 December 1899, the time of day behind the point."""

from __future__ import annotations

from datetime import date, datetime, timedelta

_FIRST = datetime(1899, 12, 30)


def of_date(day: date) -> float:
    return (day - _FIRST.date()).days


def of_moment(moment: datetime) -> float:
    since = moment.replace(tzinfo=None) - _FIRST
    return since.days + (since.seconds + since.microseconds / 1e6) / 86400


def to_moment(serial: float) -> datetime:
    """To the millisecond, as Google shows it."""
    return _FIRST + timedelta(milliseconds=round(serial * 86_400_000))

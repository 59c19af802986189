"""When the next run of a watched workbook is due: every so often, or at hours of the day on this machine's clock."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

DAILY = (time(7),)
"""When nobody says otherwise."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def read_interval(text: str) -> timedelta:
    """``15m``, ``2h``, ``90s``, ``1d``. ValueError where it is none, or less than a minute."""
    match = re.fullmatch(r"(\d{1,5})([smhd])", text.strip().lower(), re.ASCII)
    if match is None or (every := timedelta(**{_UNITS[match[2]]: int(match[1])})) < timedelta(minutes=1):
        raise ValueError(text)
    return every


def read_hour(text: str) -> time:
    """``07:00``, ``7:30``, ``7``. ValueError where it is none."""
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?", text.strip(), re.ASCII)
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2] or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """``every`` so often after the last run began, or, where None, ``at`` hours of each day.

    ``zone`` None = this machine's, whose clock may change under us: it is asked anew each time.
    """

    every: timedelta | None = None
    at: Sequence[time] = DAILY
    zone: tzinfo | None = None

    def after(self, begun: datetime) -> datetime:
        """The first moment later than ``begun`` (aware) at which a run is due, in UTC.

        An hour that clocks leave out in spring is due when they have jumped; one that occurs twice only the first time.
        """
        if self.every is not None:
            return begun.astimezone(UTC) + self.every
        today = begun.astimezone(self.zone).date()
        days = [today + timedelta(days=n) for n in (-1, 0, 1, 2)]
        slots = (datetime.combine(day, hour, self.zone).astimezone(UTC) for day in days for hour in self.at)
        return min(slot for slot in slots if slot > begun)

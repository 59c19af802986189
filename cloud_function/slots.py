"""When a workbook is due: at the hours its row names, in its own time zone, whatever the clocks there do.

A slot is the moment at which an hour begins. An hour that is left out in spring begins when the clocks jump, so that it
is done at the next one; of an hour that occurs twice in autumn only the first beginning counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo

LASTS = timedelta(hours=1)
"""So long a slot stays due: somebody asks once an hour, and asking twice does no harm."""


def due(hours: Iterable[int], zone: tzinfo, now: datetime) -> tuple[datetime, ...]:
    """The slots (UTC, ascending) that began in the hour before ``now``; where clocks jump there may be none or two."""
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=1), today, today + timedelta(days=1))
    begun = {datetime.combine(day, time(hour), zone).astimezone(UTC) for day in days for hour in hours}
    return tuple(sorted(moment for moment in begun if now - LASTS < moment <= now))

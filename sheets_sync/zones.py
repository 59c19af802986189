"""Time zones by name: those of the IANA database, and offsets as Google Sheets writes them (``GMT-07:00``)."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from sheets_sync.model import Problem
from sheets_sync.problems import notice

_OFFSET = re.compile(r"(?:GMT|UTC)([+-])(\d{1,2})(?::?([0-5]\d))?")


def zone_of(name: str) -> tzinfo:
    """The zone of a name. ValueError where nobody knows it."""
    offset = _OFFSET.fullmatch(name)
    if offset:
        apart = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(-apart if offset[1] == "-" else apart, name)  # ValueError from 24 hours on
    try:
        return ZoneInfo(name)
    except (LookupError, OSError) as error:
        raise ValueError(f"no zone is called {name!r}") from error


def zone_or_doubt(name: str | None) -> tuple[tzinfo | None, tuple[Problem, ...]]:
    """The zone of a name, if any; a notice where nobody knows it: then today is that of the computer."""
    try:
        return (zone_of(name) if name else None), ()
    except ValueError:
        return None, (notice("zone_unknown", params={"zone": name}),)


def is_zone(name: str) -> bool:
    """Whether anybody knows the name."""
    try:
        zone_of(name)
    except ValueError:
        return False
    return True

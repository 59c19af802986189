"""A spreadsheet's time zone: a CLDR name, or "a custom time zone such as GMT-07:00" (SpreadsheetProperties.timeZone)."""

from __future__ import annotations

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, available_timezones

_CUSTOM = re.compile(r"GMT([+-])(\d\d):(\d\d)")


def exists(name: str) -> bool:
    return name in available_timezones() or _CUSTOM.fullmatch(name) is not None


def zone(name: str) -> tzinfo:
    custom = _CUSTOM.fullmatch(name)
    if custom is None:
        return ZoneInfo(name)
    return timezone(int(f"{custom[1]}1") * timedelta(hours=int(custom[2]), minutes=int(custom[3])))

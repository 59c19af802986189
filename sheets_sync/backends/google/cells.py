"""Cells: from what Google says to values, and from values to what Google takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sheets_sync.model import Value
from sheets_sync.style import cell_text

_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (a cell has no zone)
_ZERO_ORDINAL = _ZERO.toordinal()
_SECONDS_A_DAY = 86_400
_LAST_SERIAL = 2_958_466
_WHOLE = 10**15
_MOMENTS = frozenset({"DATE", "DATE_TIME", "TIME"})
_ERRORS = {
    "N_A": "#N/A", "DIVIDE_BY_ZERO": "#DIV/0!", "NULL_VALUE": "#NULL!", "VALUE": "#VALUE!", "REF": "#REF!",
    "NAME": "#NAME?", "NUM": "#NUM!", "ERROR": "#ERROR!", "LOADING": "#LOADING!",
}  # fmt: skip

CellData = Mapping[str, Any]
"""A cell as the API has it; blank cells are ``{}``."""


def value_of(cell: CellData) -> Value:
    """A cell's value; an error's is its code (``#N/A``), a number shown as a date is that date."""
    held = cell.get("effectiveValue")
    if not held:
        return None
    if "stringValue" in held:
        return held["stringValue"] or None
    if "numberValue" in held:
        number = held["numberValue"]
        if shows_moment(cell):
            moment = from_serial(float(number))
            if moment is not None:
                return moment
        return int(number) if number == int(number) and abs(number) < _WHOLE else float(number)
    if "boolValue" in held:
        return bool(held["boolValue"])
    return error_of(cell)


def error_of(cell: CellData) -> str | None:
    """The code of a cell in error (``#N/A``); None where it is in order."""
    held = cell.get("effectiveValue", {})
    return _ERRORS.get(held["errorValue"].get("type", ""), "#ERROR!") if "errorValue" in held else None


def shows_moment(cell: CellData) -> bool:
    """True where a number is shown as a date or a time of day."""
    return cell.get("effectiveFormat", {}).get("numberFormat", {}).get("type") in _MOMENTS


@lru_cache(maxsize=20_000)
def from_serial(serial: float) -> date | datetime | None:
    """The day (or moment, to the millisecond) of a serial number; None beyond the calendar."""
    if not 0 <= serial < _LAST_SERIAL:
        return None
    moment = _ZERO + timedelta(milliseconds=round(serial * 86_400_000))
    return moment.date() if moment.time() == time() else moment


def to_serial(day: date) -> float | int:
    """A date as a spreadsheet counts it."""
    number = day.toordinal() - _ZERO_ORDINAL
    if isinstance(day, datetime):
        seconds = day.hour * 3600 + day.minute * 60 + day.second + day.microsecond / 1e6
        return number + seconds / _SECONDS_A_DAY if seconds else number
    return number


def entered(value: Value) -> dict[str, Any]:
    """The ``userEnteredValue`` of a value: text is never parsed, so ``=…`` and ``00123`` stay text; ``{}`` = blank."""
    if isinstance(value, str):
        text = cell_text(value)
        return {"stringValue": text} if text else {}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, date):
        return {"numberValue": to_serial(value)}
    if value is None or not math.isfinite(value):
        return {}
    return {"numberValue": value}


def raw(value: Value) -> str | float | bool | None:
    """A value as the API would say it back, whatever its format: to compare cells by."""
    held = entered(value)
    if "numberValue" in held:
        return float(held["numberValue"])
    return held.get("stringValue", held.get("boolValue"))

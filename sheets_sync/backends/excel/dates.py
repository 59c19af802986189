"""Which number formats are dates, and which day a serial number is in either date system."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from sheets_sync.backends.excel.xml_events import elements, local

_BUILT_IN = frozenset((*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)))
"""ECMA-376 part 1, 18.8.30; 27–36 and 50–58 are dates in the languages that use them."""
_START, _START_BEFORE_MARCH, _START_1904 = map(datetime.fromisoformat, ("1899-12-30", "1899-12-31", "1904-01-01"))
"""Up to 28 February 1900 Excel's calendar is a day off: it has a 29 February that never was."""
_NOT_THE_FORMAT = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)
_DATE_LETTERS = re.compile("[dmyhs]", re.IGNORECASE)
_GENERAL = re.compile("general|standard|estándar|geral|standaard", re.IGNORECASE)


def is_date_format(code: str) -> bool:
    """True where a number format shows a date or time: ``dd/mm/yyyy``, ``[$-416]d mmm``, ``[h]:mm``."""
    positive = _GENERAL.sub("", _NOT_THE_FORMAT.sub("", code)).split(";")[0]
    return bool(_DATE_LETTERS.search(positive))


def date_styles(pieces: Iterable[bytes]) -> frozenset[int]:
    """The style numbers (places in ``cellXfs``) of a styles part that show dates."""
    custom: dict[str, bool] = {}
    found: set[int] = set()
    for name, element in elements(pieces, ("numFmt", "cellXfs")):
        if name == "numFmt":  # they come first
            custom.setdefault(element.get("numFmtId", ""), is_date_format(element.get("formatCode", "")))
            continue
        for index, style in enumerate(child for child in element if local(child) == "xf"):
            number = style.get("numFmtId", "0")
            if custom.get(number, number.isdigit() and int(number) in _BUILT_IN):
                found.add(index)
    return frozenset(found)


@lru_cache(maxsize=20_000)
def from_serial(serial: float, *, date1904: bool) -> date | datetime | None:
    """The day (or moment, to the millisecond) of a serial number; None where Excel would show ``#####``."""
    if not 0 <= serial < 2_958_466 - (1462 if date1904 else 0):
        return None
    start = _START_1904 if date1904 else _START if serial >= 60 else _START_BEFORE_MARCH
    moment = start + timedelta(milliseconds=round(serial * 86_400_000))
    return moment.date() if moment.time() == time() else moment


def from_iso(text: str) -> date | datetime | None:
    """The day or moment of an ISO text (cells of type ``d``); None where it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    moment = moment.replace(tzinfo=None)
    return moment.date() if moment.time() == time() else moment

"""What people wrote in a task's four cells, read as they meant it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct, field

from sheets_sync import locale
from sheets_sync.model import Remark, Value
from sheets_sync.style import cell_text
from sheets_sync.tables.own_frame import plain
from sheets_sync.tables.reading import DATE_ORDER

_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range(36_526, 73_051)
"""Day numbers of 2000-01-01 … 2099-12-31: a date whose cell lost its date format."""
_NUMBERS = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})(?:\s*[-/. ]\s*(\d{4}|\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_NAMED = re.compile(r"(\d{1,2})\s+(?:de\s+)?([^\W\d]+)\.?(?:\s+(?:de\s+|del\s+)?(\d{4}|\d{2}))?")
_MONTH_FIRST = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:\s+(\d{4}|\d{2}))?")
_FAR = timedelta(days=180)
"""A date typed without a year is of this year, or of the next if that is at most so far away."""


class People(Struct, frozen=True, kw_only=True):
    """What people say about one task. ``done_on``: the day the tick was first seen, or the date typed as tick.

    ``postpone_to``: the day ahead in force (it stays in force when it has come); ``cells`` / ``own``: their cells as
    they are, by column key / header; ``remarks``: what they hung on cells of the row.
    """

    done: bool = False
    done_on: date | None = None
    postpone_to: date | None = None
    cells: Mapping[str, Value] = field(default_factory=dict)
    own: Mapping[str, Value] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    @property
    def owner(self) -> str:
        """Who takes care of it, as written."""
        return said(self.cells.get("owner"))

    @property
    def note(self) -> str:
        """The note as written."""
        return said(self.cells.get("note"))


class DateOrder(Struct, frozen=True, kw_only=True):
    """How a date typed as text is read. ``day_first`` None = nobody said."""

    day_first: bool | None
    today: date


def date_order(place: str, answers: Mapping[str, str], today: date) -> DateOrder:
    """``place``: the setting ``locale`` ('' = unknown); an answer helps where it is silent."""
    if place:
        return DateOrder(day_first=place != "en-US", today=today)
    return DateOrder(day_first={"day_first": True, "month_first": False}.get(answers.get(DATE_ORDER, "")), today=today)


def said(value: Value) -> str:
    """A cell as text; '' for a blank one."""
    value = plain(value)
    return "" if value is None else str(value)


def writable(value: Value) -> Value:
    """A people's cell as a backend can write it back and will read it again."""
    value = plain(value)
    return plain(cell_text(value)) if isinstance(value, str) else value


def day_in(value: Value) -> date | None:
    """The day of a cell that holds one; None for any other."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def read_tick(value: Value, order: DateOrder) -> bool | date | None:
    """The cell ``done``: True / False, the date typed as tick, or None where it says neither."""
    value = plain(value)
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, date):
        return day_in(value)
    if isinstance(value, int | float):
        return _serial(value) or {0: False, 1: True}.get(int(value) if value == int(value) else -1)
    word = locale.fold(value)
    if word in locale.yes_words():
        return True
    if word in locale.no_words():
        return False
    return read_day(value, order)


def read_day(value: Value, order: DateOrder) -> date | None:
    """A date as a date, a day number or text; None where it is none, or could be two."""
    value = plain(value)
    if isinstance(value, date):
        return day_in(value)
    if isinstance(value, str):
        return _text_day(" ".join(value.replace(",", " ").split()), order)
    return None if value is None or isinstance(value, bool) else _serial(value)


def told_first(cells: Mapping[str, Value], order: DateOrder) -> tuple[date | None, date | None]:
    """Done on and postponed to, as cells say it of which nothing is remembered: a tick dated ahead is one of today."""
    tick, ahead = read_tick(cells.get("done"), order), read_day(cells.get("postpone_to"), order)
    done_on = min(tick, order.today) if isinstance(tick, date) else order.today if tick else None
    return done_on, ahead if ahead is not None and ahead >= order.today else None


def _text_day(text: str, order: DateOrder) -> date | None:
    if match := _ISO.fullmatch(text):
        return _real(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMBERS.fullmatch(text):
        return _of_numbers(int(match[1]), int(match[2]), match[3], order)
    for pattern, day_at, month_at in ((_NAMED, 1, 2), (_MONTH_FIRST, 2, 1)):
        match = pattern.fullmatch(text)
        month = locale.months().get(locale.fold(match[month_at])) if match else None
        if match and month:
            return _of_parts(int(match[day_at]), month, match[3], order.today)
    return None


def _serial(number: float) -> date | None:
    return _SERIAL_ZERO + timedelta(days=int(number)) if int(number) in _SERIALS else None


def _of_numbers(first: int, second: int, year: str | None, order: DateOrder) -> date | None:
    day_first = _of_parts(first, second, year, order.today)
    month_first = _of_parts(second, first, year, order.today)
    if order.day_first is not None:
        return day_first if order.day_first else month_first
    if day_first and month_first and day_first != month_first:
        return None
    return day_first or month_first


def _of_parts(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _real(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this, following = _real(today.year, month, day), _real(today.year + 1, month, day)
    if following is not None and (this is None or this < today) and following - today <= _FAR:
        return following
    return this


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

"""How a workbook's cells are to be read: what settings, the day and remembered answers say about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from sheets_sync.config import Settings
from sheets_sync.model import SourceColumn, SourceTab

_COMMA = frozenset({"pt", "nl", "es"})
_POINT_PLACES = frozenset({"es-MX"})
_LONGEST = 80

DATE_ORDER = "date_order"
"""Identity of the one question how 03/04 is to be read in this workbook."""


class Reading(Struct, frozen=True, kw_only=True):
    """``day_first`` None = nobody said; ``comma``: decimals stand behind a comma; ``region``: whose phone numbers and
    tax ids are written without a country ('' = unknown); ``currency``: of amounts that name none ('' = unknown).
    ``day_zero``: the day that bare numbers count from; ``answers``: what people chose, by a question's identity.
    """

    today: date
    day_first: bool | None
    comma: bool
    region: str
    currency: str
    biweekly_days: int = 14
    day_zero: date = date(1899, 12, 30)
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def latest(self) -> date:
        """The last day that is taken for a date: ten years ahead."""
        return date(self.today.year + 10, self.today.month, min(self.today.day, 28))


def identity(code: str, tab: str, key: str, found: str = "") -> str:
    """What the answer to a question is remembered under; a long value counts with its beginning."""
    return f"{code}|{tab}|{key}|{found[:_LONGEST]}"


class TabColumn(Struct, frozen=True, kw_only=True):
    """A column of a tab that is being read."""

    source: SourceTab
    tab: str
    column: SourceColumn
    reading: Reading

    def answer(self, code: str, found: str) -> str:
        """What people answered to a question about this column and value; '' = nothing yet."""
        return self.reading.answers.get(identity(code, self.tab, self.column.key, found), "")


def reading_of(settings: Settings, answers: Mapping[str, str], today: date) -> Reading:
    """The reading that settings and answers give; a setting beats an answer."""
    place = settings.choice("locale")
    language, _, country = place.partition("-")
    if place:
        day_first: bool | None = place != "en-US"
    else:
        day_first = {"day_first": True, "month_first": False}.get(answers.get(DATE_ORDER, ""))
    return Reading(
        today=today,
        day_first=day_first,
        comma=language in _COMMA and place not in _POINT_PLACES,
        region=country or settings.text("country"),
        currency=settings.text("currency"),
        biweekly_days=settings.number("biweekly_days"),
        answers=answers,
    )

"""Names of things as enumerations, and what a cell may hold."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

MARKER = "sheets-sync:"
"""Row 1, first cell of each of our tabs: ``sheets-sync:<tab>:<layout version>``."""
LAYOUT_VERSION = 1

Value: TypeAlias = str | int | float | bool | date | datetime | None
"""A cell's value as a backend hands it over; a date without a time of day is a ``date``."""


class SourceTab(StrEnum):
    """Tabs that people own and the worker only reads."""

    CUSTOMERS = "customers"
    ORDERS = "orders"
    EXCHANGES = "exchanges"


class OwnTab(StrEnum):
    """Tabs that the worker owns, in the order in which they are added to a workbook."""

    TOUCHPOINTS = "touchpoints"
    EXCHANGES = "exchanges"
    UPCOMING = "upcoming"
    QUESTIONS = "questions"
    HISTORY = "history"
    SETTINGS = "settings"
    SYNC = "sync"


class Owner(StrEnum):
    """Who may write a column of our tabs."""

    MACHINE = "machine"
    PERSON = "person"
    HIDDEN = "hidden"


class Kind(StrEnum):
    """What a column holds; decides how a cell is read and how it looks when written."""

    TEXT = "text"
    ID = "id"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    FREQUENCY = "frequency"
    PRODUCTS = "products"
    PHONE = "phone"
    EMAIL = "email"
    TAX_ID = "tax_id"
    LANGUAGE = "language"
    LINK = "link"
    TICK = "tick"


class Severity(StrEnum):
    """A question waits for a person's answer; a notice only tells; an error is why nothing was done."""

    QUESTION = "question"
    NOTICE = "notice"
    ERROR = "error"


class Status(StrEnum):
    """A task's state on the day; the first that holds, in this order (open = none of the others)."""

    HELD = "held"
    DONE = "done"
    POSTPONED = "postponed"
    LATE = "late"
    EXPIRES_TOMORROW = "expires_tomorrow"
    UPCOMING = "upcoming"
    OPEN = "open"
    # only in a timeline:
    PLANNED = "planned"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REMOVED = "removed"


class End(StrEnum):
    """How a task left its tab. ``superseded`` and ``silenced`` are not final: the key may come back."""

    DONE = "done"
    EXPIRED = "expired"
    REMOVED = "removed"
    SUPERSEDED = "superseded"
    SILENCED = "silenced"


FINAL_ENDS = frozenset({End.DONE, End.EXPIRED, End.REMOVED})


class Outcome(StrEnum):
    """How a run ended; ``planned`` is ``plan``'s, the rest are ``run``'s."""

    PLANNED = "planned"
    APPLIED = "applied"
    NOTHING = "nothing"
    REFUSED = "refused"
    FAILED = "failed"

"""What a family of rules is given and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from msgspec import Struct, field

from sheets_sync.config import Settings
from sheets_sync.memory import Memory, Noticed, Planned
from sheets_sync.model import Problem, SourceTab, Tables
from sheets_sync.rules.calendar import BusinessDays


class Context(Struct, frozen=True, kw_only=True):
    """Everything the rules may look at; they ask no clock and no workbook.

    ``ticks``: key → the day its tick was first seen (or the date typed), of open rows and of those that ended as
    done. ``horizon``: occurrences visible up to then are wanted. ``since``: for a timeline, also those whose window
    closed after that day; None = only what is not gone on ``today``. ``postponed_since``: a row that people postponed
    may outlive its window, so occurrences whose window closed after that day are still named (None = there is none).
    ``dismissed``: keys whose rows people took away since the last run.
    """

    today: date
    tables: Tables
    settings: Settings
    memory: Memory
    ticks: Mapping[str, date]
    business_days: BusinessDays
    horizon: date
    since: date | None = None
    postponed_since: date | None = None
    dismissed: frozenset[str] = frozenset()

    @property
    def unread_customers(self) -> frozenset[str]:
        """Customers whose cycle rests on a row that cannot be read: nothing new is learnt of them."""
        unread = self.tables.unread
        tabs = (tab for tab in (SourceTab.CUSTOMERS, SourceTab.ORDERS) if tab in unread)
        return frozenset[str]().union(*(unread[tab].customers for tab in tabs))

    @property
    def now(self) -> pd.Timestamp:
        """``today`` as frames compare it."""
        return pd.Timestamp(self.today).as_unit("s")

    @property
    def until(self) -> pd.Timestamp:
        """The horizon as frames compare it."""
        return pd.Timestamp(self.horizon).as_unit("s")

    @property
    def seen_from(self) -> np.datetime64:
        """A window that is gone on or before this day is of no interest."""
        return np.datetime64(self.since or self.postponed_since or self.today, "D")


class Remembered(Struct, frozen=True, kw_only=True):
    """What the rules want remembered for the next run; ``noticed`` holds every key still wanted, old and new.

    ``needed``: ended keys whose tick still counts as a step although their rule no longer asks for them: their
    ``Finished`` stays. ``reopened``: keys a person wants open again: their ``Finished`` goes, whatever the rest says.
    """

    planned: Mapping[str, Planned] = field(default_factory=dict)
    customer_types: Mapping[str, str] = field(default_factory=dict)
    noticed: Mapping[str, Noticed] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    reopened: frozenset[str] = frozenset()


class Selected(Struct, frozen=True, kw_only=True):
    """A family's answer: the frame (``rules/frame.py``), what to remember, problems, customers kept out by reason."""

    frame: pd.DataFrame
    remembered: Remembered = Remembered()
    problems: tuple[Problem, ...] = ()
    kept_out: Mapping[str, int] = field(default_factory=dict)
    planned_without_row: int = 0

"""What the naive second implementation is given and answers, and how it counts days. Nothing of ``sheets_sync``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import holidays

Row = dict[str, Any]
STEP_RULES = (
    "exchange_register",
    "exchange_approve",
    "exchange_update_manually",
    "exchange_contact_ineligible",
    "exchange_check_received",
    "voucher_issue",
    "refund_issue",
    "voucher_tell_customer",
    "refund_finish",
    "refund_seen",
)


@dataclass(frozen=True)
class Due:
    """A task: its key and what the tab shows of it."""

    key: str
    due: date
    late: date | None = None
    gone: date | None = None
    amount: int | None = None
    variant: str = "plain"


@dataclass
class World:
    """What the rules are given."""

    today: date
    exchanges: list[Row]
    orders: list[Row] = field(default_factory=list)
    ticks: dict[str, date] = field(default_factory=dict)
    noticed: dict[str, date] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    first_run: bool = False
    country: str = "BR"
    manual: tuple[str, ...] = ("londrina",)
    horizon_days: int = 30


# ── days ────────────────────────────────────────────────────────────────────

_CLOSED = holidays.country_holidays("BR", years=range(2019, 2032))


def business(day: date, n: int) -> date:
    """The n-th business day after ``day``."""
    while n:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in _CLOSED:
            n -= 1
    return day


def days(n: int) -> timedelta:
    return timedelta(days=n)

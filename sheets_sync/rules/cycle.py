"""The care cycle's dates: per customer the newest order (D), its interval (I), the next one planned (N), what follows.

domain.md §2, §3. Everything is an array with one element a cycle; nothing here knows which task is due.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from sheets_sync.config import Settings
from sheets_sync.model import Problem
from sheets_sync.rules import planned as written
from sheets_sync.rules import visits as ordering
from sheets_sync.rules.calendar import Days, Flags, Wholes, interval_after, months_after
from sheets_sync.rules.context import Context
from sheets_sync.rules.lookup import Positions, ceiling, positions, truths

NEVER = np.datetime64("NaT", "D")
WEEK = 7
"""Days that stand for I/2 where there is no frequency."""


class Cycles(Struct, frozen=True, kw_only=True):
    """One cycle a customer; for a timeline (``context.since``) one for each day with orders. NaT = no such date.

    ``whose``: of each *order* the position of its customer. ``customer``: position in Tables.customers; ``anchor`` /
    ``first``: positions in Tables.orders of the newest order and of the first of its run (-1 = none); ``orders``: days
    with orders in the run. ``ordered_on`` D; ``interval`` I, ``n`` / ``in_months`` the frequency, where ``regular``.
    ``unrolled``: N before rolling; ``next_on``: N as of today; ``given``: written by people, also once it has passed;
    ``explicit``: given and not passed. ``check_after`` c, ``check_for`` w. ``ended_on``: when a newer order came.
    """

    whose: Positions
    customer: Positions
    anchor: Positions
    first: Positions
    first_on: Days
    orders: Positions
    ordered_on: Days
    ended_on: Days
    regular: Flags
    n: Wholes
    in_months: Flags
    interval: Wholes
    planned: written.Planned
    unrolled: Days
    next_on: Days
    reconnect_on: Days
    check_after: Wholes
    check_for: Wholes
    today: np.datetime64

    @property
    def given(self) -> Flags:
        """N was written by people."""
        return self.planned.given

    @property
    def explicit(self) -> Flags:
        """N was written by people and has not passed."""
        return self.given & (self.unrolled >= self.today)

    def corrected(self, apart: Wholes, of: Positions) -> Flags:
        """Whether D, moved by ``apart`` days, is a corrected date: less than I/2, or 7 days without a frequency."""
        return 2 * apart < np.where(self.regular[of], self.interval[of], 2 * WEEK)

    def rolled(self, k: Positions, of: Positions) -> Days:
        """N of the cycles ``of`` after ``k`` rollings: months are counted from D, for a written N from that N."""
        given = self.given[of]
        start = np.where(given, self.unrolled[of], self.ordered_on[of])
        dates = interval_after(start, self.n[of], self.in_months[of], k + np.where(given, 0, 1))
        return np.where(self.regular[of], dates, np.where(k == 0, self.unrolled[of], NEVER))

    def rollings(self, day: np.datetime64) -> Positions:
        """How often N rolls until it is ``day`` or later; 0 without a frequency or N."""
        start = np.where(self.given, self.unrolled, self.ordered_on)
        use = self.regular & (self.unrolled < day) & ~np.isnat(start)
        n, start = np.maximum(self.n, 1), np.where(use, start, day)
        months = (day.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(np.int64)
        # in months: the last date in or before the month of `day`; in days: the last one before `day`
        times = np.where(self.in_months, months // n, ((day - start).astype(np.int64) - 1) // n)
        k = np.where(use, np.maximum(times - np.where(self.given, 0, 1), 0), 0)
        return k + (use & (self.rolled(k, np.arange(len(k))) < day))


def build(context: Context) -> Cycles:
    """The cycles of all customers; those without an order have a planned date at most."""
    tables = context.tables
    whose = positions(tables.orders["customer"], tables.customers["customer"])
    counts = ~truths(tables.orders["cancelled"]) & ~truths(tables.orders["credit_note"]) & (whose >= 0)
    counts &= tables.orders["ordered_on"].notna().to_numpy(dtype=bool)
    ahead = truths(tables.orders["scheduled"])
    seen = ordering.find(tables.orders, whose, counts & ~ahead)

    chosen = np.flatnonzero(seen.newest if context.since is None else np.ones_like(seen.newest))
    unseen = np.ones(len(tables.customers), dtype=bool)
    unseen[seen.customer] = False
    without = np.flatnonzero(unseen)
    none, never = np.full(len(without), -1, dtype=np.int64), np.full(len(without), NEVER)
    customer = np.concatenate([seen.customer[chosen], without])
    anchor = np.concatenate([seen.order[chosen], none])
    ordered_on = np.concatenate([seen.day[chosen], never])
    newest = np.concatenate([seen.newest[chosen], np.ones(len(without), dtype=bool)])
    ended_on = np.concatenate([np.where(seen.newest, NEVER, np.roll(seen.day, -1))[chosen], never])

    n, in_months = _frequency(context, customer, anchor)
    interval = _days(ordered_on, interval_after(ordered_on, n, in_months))
    planned = written.find(
        context, customer=customer, anchor=anchor, ordered_on=ordered_on, newest=newest, whose=whose,
        after=ordered_on + np.where(interval > 0, interval // 2, WEEK), ahead=counts & ahead,
    )  # fmt: skip
    # an order that is only planned: I is counted back from it
    back = interval_after(planned.on, -n, in_months)
    interval = np.where(np.isnat(ordered_on), _days(back, planned.on), interval)
    regular = interval > 0

    most = _longest_gap(interval, regular, context.settings)[: len(chosen)]
    begun, length = ordering.runs(seen, chosen, most)
    after, during = _check_in(interval, regular, context.settings)
    first_next = np.where(regular, interval_after(ordered_on, n, in_months), NEVER)
    cycles = Cycles(
        whose=whose, customer=customer, anchor=anchor, ordered_on=ordered_on, ended_on=ended_on, regular=regular, n=n,
        in_months=in_months, interval=interval, planned=planned, check_after=after, check_for=during,
        first=np.concatenate([seen.order[begun], none]), first_on=np.concatenate([seen.day[begun], never]),
        orders=np.concatenate([length, none]), unrolled=np.where(planned.given, planned.on, first_next),
        next_on=first_next, reconnect_on=_reconnect(ordered_on, first_next, planned, context.settings),
        today=np.datetime64(context.today, "D"),
    )  # fmt: skip
    next_on = cycles.rolled(cycles.rollings(cycles.today), np.arange(len(customer)))
    return replace(cycles, next_on=np.where(next_on >= cycles.today, next_on, NEVER))


def questions(context: Context, cycles: Cycles, asked: Flags) -> tuple[Problem, ...]:
    """Doubts about planned dates, of the cycles where ``asked``."""
    return written.questions(
        context, cycles.planned, customer=cycles.customer, anchor=cycles.anchor, regular=cycles.regular, asked=asked
    )


def _days(first: Days, second: Days) -> Wholes:
    """Days from ``first`` to ``second``; 0 where one is missing."""
    apart = second - first
    return np.where(np.isnat(apart), 0, apart.astype(np.int64))


def _frequency(context: Context, customer: Positions, anchor: Positions) -> tuple[Wholes, Flags]:
    """The newest order's frequency, else the customer's; n = 0 where there is none."""
    orders, customers = context.tables.orders, context.tables.customers
    n = customers["every_n"].to_numpy(dtype=np.int64, na_value=0)[customer]
    in_months = (customers["every_unit"] == "months").to_numpy(dtype=bool)[customer]
    known = np.flatnonzero(anchor >= 0)
    own = orders["every_n"].to_numpy(dtype=np.int64, na_value=0)[anchor[known]]
    known, own = known[own > 0], own[own > 0]
    n[known] = own
    in_months[known] = (orders["every_unit"].iloc[anchor[known]] == "months").to_numpy(dtype=bool)
    return np.maximum(n, 0), in_months


def _check_in(interval: Wholes, regular: Flags, settings: Settings) -> tuple[Wholes, Wholes]:
    """c and w: check-in after so many days, for so many days; both at least 1."""
    days, window = settings.number("check_in.days"), settings.number("check_in.window")
    after = np.where(regular, np.minimum(days, ceiling(settings.share("check_in.share") * interval)), days)
    after = np.maximum(after, 1)
    return after, np.maximum(np.where(regular, np.minimum(window, interval - after), window), 1)


def _longest_gap(interval: Wholes, regular: Flags, settings: Settings) -> Wholes:
    """Days between two orders of one run: 2·I, read as 28 without a frequency; -1 where I is too long for runs."""
    short = settings.number("connect.from_interval")
    return np.where(regular, np.where(interval < short, 2 * interval, -1), short)


def _reconnect(ordered_on: Days, first_next: Days, planned: written.Planned, settings: Settings) -> Days:
    """The latest of D + 4 months, (D + interval) + 1 month, the day after a written N (also once that has passed)."""
    due = months_after(ordered_on, settings.number("reconnect.months"))
    for other in (months_after(first_next, settings.number("reconnect.after_interval_months")), planned.on + 1):
        due = np.where(np.isnat(other) | np.isnat(due), due, np.maximum(due, other))
    return due

"""Days on which a customer ordered, and the runs they make."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync.rules.calendar import Days, Flags, Wholes, to_days
from sheets_sync.rules.lookup import Positions

_TIME_BITS = 37  # seconds of 2,000 years on either side of 1970


class Visits(Struct, frozen=True, kw_only=True):
    """One element a customer and day, in that order.

    ``customer``: position in Tables.customers; ``order``: position in Tables.orders of the order that stands for the
    day (the later by time, then the greater id); ``newest``: the customer's last day.
    """

    customer: Positions
    day: Days
    order: Positions
    newest: Flags


def find(orders: pd.DataFrame, customer: Positions, counts: Flags) -> Visits:
    """The visits made by the orders where ``counts``; ``customer``: whose each order is."""
    order = np.flatnonzero(counts)
    who = customer[order]
    day = to_days(orders["ordered_on"])[order]
    at = orders["ordered_at"].to_numpy(dtype="datetime64[s]")[order]
    seconds = np.where(np.isnat(at), day.astype("datetime64[s]"), at).astype(np.int64)
    by_time = np.argsort((who << _TIME_BITS) + seconds)
    who, day, seconds, order = who[by_time], day[by_time], seconds[by_time], order[by_time]
    _settle_ties(orders["subject"], who, seconds, order)
    last = np.ones(len(who), dtype=bool)
    last[:-1] = (who[1:] != who[:-1]) | (day[1:] != day[:-1])
    who, day, order = who[last], day[last], order[last]
    newest = np.ones(len(who), dtype=bool)
    newest[:-1] = who[1:] != who[:-1]
    return Visits(customer=who, day=day, order=order, newest=newest)


def _settle_ties(subjects: pd.Series[Any], who: Positions, seconds: Positions, order: Positions) -> None:
    """Put orders of one customer and moment in the order of their ids (P-9 before P-10), in place."""
    same = np.zeros(len(who) + 1, dtype=bool)
    same[1:-1] = (who[1:] == who[:-1]) & (seconds[1:] == seconds[:-1])
    tied = np.flatnonzero(same[:-1] | same[1:])
    if len(tied):
        ids = subjects.iloc[order[tied]].to_numpy(dtype=object).astype(str)
        by_id = np.lexsort((ids, np.char.str_len(ids), seconds[tied], who[tied]))
        order[tied] = order[tied][by_id]


def runs(visits: Visits, ends: Positions, most: Wholes) -> tuple[Positions, Positions]:
    """Of each visit in ``ends``: the first visit of the run it belongs to, and how many visits the run has so far.

    ``most``: days that may lie between two visits of the run, one element for each of ``ends`` (-1: a run of one);
    of several ``ends`` of one customer the last decides.
    """
    allowed = np.full(int(visits.customer.max(initial=-1)) + 1, -1, dtype=np.int64)
    allowed[visits.customer[ends]] = most
    linked = np.zeros(len(visits.day), dtype=bool)
    gap = (visits.day[1:] - visits.day[:-1]).astype(np.int64)
    linked[1:] = (visits.customer[1:] == visits.customer[:-1]) & (gap <= allowed[visits.customer[1:]])
    begun = np.maximum.accumulate(np.where(linked, 0, np.arange(len(linked))))
    return begun[ends], ends - begun[ends] + 1

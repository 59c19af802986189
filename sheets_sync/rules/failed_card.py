"""A payment that failed: the card wants updating before the next order ships."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheets_sync.rules import about, frame
from sheets_sync.rules.calendar import Days, Flags, to_days
from sheets_sync.rules.context import Context
from sheets_sync.rules.cycle import NEVER, Cycles
from sheets_sync.rules.lookup import Positions, among, truths


def failed_card(context: Context, cycles: Cycles) -> pd.DataFrame:
    """Orders whose payment failed, and customers whose card failed, until paid or a newer order is.

    A customer's date on or after the failed order is that order's failure: one task, on the day of the date.
    """
    orders, customers = context.tables.orders, context.tables.customers
    failed_on = to_days(customers["card_failed_on"])
    live = ~truths(orders["cancelled"]) & ~truths(orders["credit_note"])
    paid = live & (orders["paid_on"].notna().to_numpy(dtype=bool) | among(orders["payment_status"], ("paid",))
                   | among(orders["status"], ("paid",)))  # fmt: skip
    failed = np.flatnonzero(live & ~paid & among(orders["payment_status"], ("failed",)))
    if not len(failed) and np.isnat(failed_on).all():
        return frame.empty()
    whose = cycles.whose
    failed = failed[whose[failed] >= 0]
    rank = _rank(context, np.union1d(failed, np.flatnonzero(paid & np.isin(whose, whose[failed]))))
    newest_paid = _latest(rank, whose, np.flatnonzero(paid & (rank >= 0)), len(customers))
    failed = failed[rank[failed] > newest_paid[whose[failed]]]

    ordered_on = to_days(orders["ordered_on"])
    newest_failed = _latest(rank, whose, failed, len(customers))
    card_on = failed_on[whose[failed]]
    told = (rank[failed] == newest_failed[whose[failed]]) & (card_on >= ordered_on[failed])
    of_order = _of_orders(context, cycles, failed, whose[failed], np.where(told, card_on, ordered_on[failed]))

    failed_on[whose[failed[told]]] = NEVER
    carded = np.flatnonzero(~np.isnat(failed_on))
    settled = np.flatnonzero(paid & np.isin(whose, carded))
    since = failed_on[whose[settled]]
    settled = settled[(to_days(orders["paid_on"])[settled] >= since) | (ordered_on[settled] >= since)]
    carded = np.setdiff1d(carded, whose[settled])
    return frame.join([of_order, _of_customers(context, cycles, carded, failed_on[carded])])


def _rank(context: Context, which: Positions) -> Positions:
    """The orders ``which`` in the order in which they were placed (time, then id); -1 for all others."""
    orders = context.tables.orders
    rows = orders[["ordered_at", "ordered_on", "subject"]].iloc[which]
    at = rows["ordered_at"].fillna(rows["ordered_on"]).to_numpy(dtype="datetime64[s]").astype(np.int64)
    ids = rows["subject"].to_numpy(dtype=object).astype(str)
    rank = np.full(len(orders), -1, dtype=np.int64)
    rank[which[np.lexsort((ids, np.char.str_len(ids), at))]] = np.arange(len(which))
    return rank


def _latest(rank: Positions, whose: Positions, orders: Positions, size: int) -> Positions:
    """By customer the highest rank of ``orders``; -1 = none."""
    latest = np.full(size, -1, dtype=np.int64)
    np.maximum.at(latest, whose[orders], rank[orders])
    return latest


def _wanted(context: Context, visible: Days) -> tuple[Flags, Days]:
    gone = visible + context.settings.number("failed_card.window")
    return (visible <= np.datetime64(context.horizon, "D")) & (gone > context.seen_from), gone


def _next(context: Context, cycles: Cycles, customer: Positions) -> about.Columns:
    """N of the customers' newest cycles and the days left."""
    newest = np.isnat(cycles.ended_on)
    next_on = np.full(len(context.tables.customers), NEVER)
    next_on[cycles.customer[newest]] = cycles.next_on[newest]
    next_on = next_on[customer]
    left = pd.Series((next_on - cycles.today).astype(np.int64), dtype="Int64").mask(np.isnat(next_on))
    return {"p_next_on": about.dates(next_on), "p_days_left": left}


def _of_orders(context: Context, cycles: Cycles, order: Positions, customer: Positions, visible: Days) -> pd.DataFrame:
    wanted, gone = _wanted(context, visible)
    if not wanted.any():
        return frame.empty()
    order, customer, visible, gone = order[wanted], customer[wanted], visible[wanted], gone[wanted]
    rows = context.tables.orders[["total", "currency"]].iloc[order].reset_index(drop=True)
    return frame.build(
        rule="failed_card",
        **about.an_order(context, order),
        **_next(context, cycles, customer),
        visible_on=about.dates(visible),
        gone_on=about.dates(gone),
        amount=rows["total"],
        currency=rows["currency"],
        variant="order",
        p_failed_on=about.dates(visible),
        p_gone_on=about.dates(gone),
    )


def _of_customers(context: Context, cycles: Cycles, customer: Positions, visible: Days) -> pd.DataFrame:
    wanted, gone = _wanted(context, visible)
    if not wanted.any():
        return frame.empty()
    customer, visible, gone = customer[wanted], visible[wanted], gone[wanted]
    return frame.build(
        rule="failed_card",
        **about.a_customer(context, customer, np.full(len(customer), -1, dtype=np.int64)),
        **_next(context, cycles, customer),
        occurrence=about.iso(visible),
        visible_on=about.dates(visible),
        gone_on=about.dates(gone),
        p_failed_on=about.dates(visible),
        p_gone_on=about.dates(gone),
    )

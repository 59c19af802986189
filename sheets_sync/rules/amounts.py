"""Family ``exchanges``: money given twice or more than was paid, and money not given back for a cancelled order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync.memory import Noticed
from sheets_sync.model import SourceTab, Unread
from sheets_sync.rules.calendar import Flags, to_days
from sheets_sync.rules.context import Context, Remembered, Selected
from sheets_sync.rules.exchange_frame import about
from sheets_sync.rules.frame import DATE, TEXT, WHOLE, build, empty
from sheets_sync.rules.lookup import among, positions, truths
from sheets_sync.rules.stages import filled
from sheets_sync.rules.standing import Standing

Cents: TypeAlias = npt.NDArray[np.int64]
_LEAST = np.iinfo(np.int64).min + 1
"""Where no amount is known."""

# ── voucher and refund, or more than was paid ───────────────────────────────


def compensation_check(at: Standing) -> Selected:
    """One task for each exchange with both, one for each order that got back more than was paid for it.

    The order's is about its last exchange with an amount; the key names both sums, so it comes back only when one
    of them changes. Seen on a day that is remembered.
    """
    rule, context, frame = "compensation_check", at.context, at.rows.frame
    if not context.settings.enabled(rule) or frame.empty:
        return Selected(frame=empty())
    # what a refused or cancelled request was to get does not count for the order, what it got does
    order = _orders(
        frame,
        voucher=np.where(at.voucher | at.wanted, _cents(frame["voucher_amount"]), 0),
        refund=np.where(at.refund | at.wanted, _cents(frame["refund_amount"]), 0),
    )
    voucher, refund = _cents(frame["voucher_amount"]), _cents(frame["refund_amount"])
    both, over = (at.voucher | (voucher > 0)) & (at.refund | (refund > 0)), order.over
    where = both | over
    if not where.any():
        return Selected(frame=empty())
    rows = frame.loc[where]
    vouchers = pd.Series(np.where(over, order.voucher, voucher)[where], index=rows.index)
    refunds = pd.Series(np.where(over, order.refund, refund)[where], index=rows.index)
    occurrence = vouchers.astype(TEXT) + "+" + refunds.astype(TEXT)
    day, noticed = _seen(context, rule, rows["subject"], occurrence, None)
    kinds = [over & (order.exchanges > 1), over & ~both, over]
    variant = np.select(kinds, ["order_over", "over", "both_over"], "plain").astype(object)
    tasks = build(
        rule=rule,
        subject=rows["subject"],
        occurrence=occurrence,
        customer=rows["customer"],
        visible_on=day,
        late_on=day + pd.Timedelta(days=1),
        amount=rows["refund_amount"].fillna(rows["paid"]),
        currency=rows["currency"],
        tab=rows["tab"],
        row=rows["row"],
        variant=pd.Series(variant[where], index=rows.index),
        message_variant=np.nan,
        **about(rows),
        p_voucher_amount=vouchers.astype(WHOLE).mask((vouchers == 0) & ~over[where]),  # nobody wrote how much
        p_refund_amount=refunds.astype(WHOLE).mask((refunds == 0) & ~over[where]),
        p_given_amount=vouchers + refunds,
        p_paid_amount=pd.Series(order.paid[where], index=rows.index).astype(WHOLE).mask(~order.paid_known[where]),
        p_exchanges=pd.Series(order.exchanges[where], index=rows.index),
        p_seen_on=day,
    )
    return Selected(frame=tasks, remembered=Remembered(noticed=noticed))


def _cents(column: pd.Series[Any]) -> Cents:
    return column.to_numpy(dtype=np.int64, na_value=0)


class _Orders(Struct, frozen=True, kw_only=True):
    """What each row's order comes to, over all exchanges of it; an exchange without an order is its own.

    ``exchanges``: those with an amount; ``over``: more was given than paid, said once, on the last of these.
    """

    voucher: Cents
    refund: Cents
    paid: Cents
    paid_known: Flags
    exchanges: Cents
    over: Flags


def _orders(frame: pd.DataFrame, *, voucher: Cents, refund: Cents) -> _Orders:
    """Paid: the order's total; without it, what the exchanges say: amounts that differ are those of single items."""
    names, _ = pd.factorize(frame["order_id"].fillna(frame["subject"] + "\n"))
    currencies, known = pd.factorize(frame["currency"])
    group, groups = pd.factorize(names * (len(known) + 1) + currencies + 1)  # sums only within one currency

    def together(ufunc: np.ufunc, values: Cents, where: Flags | slice = slice(None), start: int = 0) -> Cents:
        out = np.full(len(groups), start, dtype=np.int64)
        ufunc.at(out, group[where], values[where])
        return out[group]

    given = voucher + refund > 0
    total_known, said_known = filled(frame["order_total"]), filled(frame["paid"])
    said = _cents(frame["paid"])
    highest = together(np.maximum, said, said_known, _LEAST)
    alike = highest == -together(np.maximum, -said, said_known, _LEAST)
    total = together(np.maximum, _cents(frame["order_total"]), total_known, _LEAST)
    by_total = total != _LEAST
    paid = np.where(by_total, total, np.where(alike, highest, together(np.add, said, said_known)))
    sums = together(np.add, voucher), together(np.add, refund)
    last = np.full(len(groups), -1)
    by_age = np.lexsort((np.arange(len(frame)), to_days(frame["requested_on"]).astype(np.int64)))
    by_age = by_age[given[by_age]]
    last[group[by_age]] = by_age  # the later one stays
    paid_known = by_total | (highest != _LEAST)
    return _Orders(
        voucher=sums[0],
        refund=sums[1],
        paid=paid,
        paid_known=paid_known,
        exchanges=together(np.add, given.astype(np.int64)),
        over=paid_known & (sums[0] + sums[1] > paid) & (last[group] == np.arange(len(frame))),
    )


# ── cancelled, but paid ─────────────────────────────────────────────────────


def cancelled_order_refund(context: Context) -> Selected:
    """Paid orders that were cancelled and neither refunded nor handled as an exchange."""
    rule, orders = "cancelled_order_refund", context.tables.orders
    at = np.flatnonzero(truths(orders["cancelled"]))
    if not context.settings.enabled(rule) or not len(at):
        return Selected(frame=empty())
    rows = orders.iloc[at]
    paid = rows["paid_on"].notna().to_numpy() | among(rows["payment_status"], ["paid"])
    returned = among(rows["status"], ["refunded"]) | among(rows["payment_status"], ["refunded"])
    handled = positions(rows["order_id"], context.tables.exchanges["order_id"]) >= 0
    rows = rows[paid & ~returned & ~handled & (_cents(rows["total"]) > 0) & ~truths(rows["stand_in"])]
    if rows.empty:
        return Selected(frame=empty())
    undated = rows["cancelled_on"].isna()
    ordered = None if context.memory.first_run_on else rows.loc[undated, "ordered_on"]
    one = pd.Series("1", index=rows.index[undated], dtype="str")
    day, noticed = _seen(context, rule, rows.loc[undated, "subject"], one, ordered)
    due, seen_on = rows["cancelled_on"].fillna(day), day.reindex(rows.index)
    last = context.business_days.add(due, context.settings.number(f"{rule}.late_after"))
    unread = context.tables.unread.get(SourceTab.EXCHANGES, Unread())
    tasks = build(
        rule=rule,
        subject=rows["subject"],
        occurrence="1",
        customer=rows["customer"],
        visible_on=due,
        late_on=last + pd.Timedelta(days=1),
        amount=rows["total"],
        currency=rows["currency"],
        tab=rows["tab"],
        row=rows["row"],
        held=pd.Series(among(rows["order_id"], unread.subjects), index=rows.index),
        **about(rows),
        p_ordered_on=rows["ordered_on"],
        p_cancelled_on=rows["cancelled_on"],
        p_seen_on=seen_on.mask(seen_on == rows["ordered_on"]),  # what the first run took for it says nothing new
        p_paid_on=rows["paid_on"],
        p_deadline=last,
        p_within=context.settings.number(f"{rule}.late_after"),
    )
    return Selected(frame=tasks[tasks["visible_on"] <= context.until], remembered=Remembered(noticed=noticed))


# ── remembered days ─────────────────────────────────────────────────────────


def _seen(
    context: Context, rule: str, subjects: pd.Series[Any], occurrences: pd.Series[Any], first: pd.Series[Any] | None
) -> tuple[pd.Series[Any], Mapping[str, Noticed]]:
    """The day each task was first seen (remembered, else ``first``, a day of its row, else today), and key → that."""
    keys = (rule + ":" + subjects + ":" + occurrences).tolist()
    days: list[date] = [context.today] * len(keys) if first is None else first.dt.date.tolist()
    known = context.memory.noticed
    noticed = [known.get(key) or Noticed(on=day) for key, day in zip(keys, days, strict=True)]
    on = pd.Series([n.on for n in noticed], index=subjects.index, dtype=DATE)
    return on, dict(zip(keys, noticed, strict=True))

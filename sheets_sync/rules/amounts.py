"""Family ``exchanges``: money given twice or more than was paid, and money not given back for a cancelled order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.memory import Noticed
from sheets_sync.model import SourceTab, Unread
from sheets_sync.rules.calendar import Flags
from sheets_sync.rules.catalog import RULES
from sheets_sync.rules.context import Context, Remembered, Selected
from sheets_sync.rules.frame import DATE, WHOLE, build, empty
from sheets_sync.rules.lookup import among, truths
from sheets_sync.rules.standing import Standing, about

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
    gives = pd.DataFrame({
        "voucher": _counted(frame["voucher_amount"], at.voucher | at.wanted),
        "refund": _counted(frame["refund_amount"], at.refund | at.wanted),
    })  # fmt: skip
    order = _by_order(frame, gives)
    both = (at.voucher | _some(frame["voucher_amount"])) & (at.refund | _some(frame["refund_amount"]))
    over = order["over"].to_numpy(dtype=bool)
    where = both | over
    if not where.any():
        return Selected(frame=empty())
    rows = frame.loc[where]
    own = pd.DataFrame({side: frame[f"{side}_amount"].fillna(0) for side in ("voucher", "refund")})
    sums = order[["voucher", "refund"]].where(order["over"], own).loc[where].astype("int64")
    occurrence = sums["voucher"].astype("str") + "+" + sums["refund"].astype("str")
    day, noticed = _seen(context, rule, rows["subject"], occurrence, None)
    several = (order["exchanges"] > 1).to_numpy() & over
    variant = np.select([several, over & ~both, over], ["order_over", "over", "both_over"], "plain").astype(object)
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
        priority=RULES[rule].priority,
        **about(rows),
        p_voucher_amount=_known(sums["voucher"]),
        p_refund_amount=_known(sums["refund"]),
        p_given_amount=_known(sums["voucher"] + sums["refund"]),
        p_paid_amount=order["paid"].loc[where],
        p_exchanges=order["exchanges"].loc[where],
        p_seen_on=day,
        p_requested_on=rows["requested_on"],
    )
    return Selected(frame=tasks, remembered=Remembered(noticed=noticed))


def _known(cents: pd.Series[Any]) -> pd.Series[Any]:
    """Zero stands for an amount nobody wrote down."""
    return cents.astype(WHOLE).mask(cents == 0)


def _some(cents: pd.Series[Any]) -> Flags:
    return (cents > 0).to_numpy(dtype=bool, na_value=False)


def _counted(cents: pd.Series[Any], where: Flags) -> pd.Series[Any]:
    return cents.fillna(0).where(where, 0)


def _by_order(frame: pd.DataFrame, gives: pd.DataFrame) -> pd.DataFrame:
    """For each row its order's sums of ``voucher`` and ``refund``, what was ``paid``, the ``exchanges`` with an amount,
    and ``over``: more than was paid, said once, on the last of these exchanges. An exchange without order is its own.

    Paid: the order's total; without orders, what the exchanges say: amounts that differ are amounts of single items.
    """
    order = pd.DataFrame(
        {"order": frame["order_id"].fillna(frame["subject"] + "\n"), "currency": frame["currency"].fillna("")}
    )
    keys = [order["order"], order["currency"]]
    given = gives.sum(axis=1) > 0
    grouped = gives.groupby(keys, sort=False)
    paid = frame.groupby(keys, sort=False)["paid"]
    said = paid.transform("max").where(paid.transform("nunique") <= 1, paid.transform("sum"))
    out = pd.DataFrame({
        "voucher": grouped["voucher"].transform("sum"),
        "refund": grouped["refund"].transform("sum"),
        "paid": frame.groupby(keys, sort=False)["order_total"].transform("max").fillna(said),
        "exchanges": given.groupby(keys, sort=False).transform("sum").astype(WHOLE),
    })  # fmt: skip
    by_age = order[given].assign(on=frame["requested_on"]).sort_values("on", kind="stable", na_position="first")
    last = by_age[~by_age.duplicated(["order", "currency"], keep="last")].index
    more = (out["voucher"] + out["refund"] > out["paid"]).fillna(False).astype(bool)
    return out.assign(over=more & frame.index.isin(last))


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
    handled = among(rows["order_id"], context.tables.exchanges["order_id"].dropna())
    rows = rows[paid & ~returned & ~handled & _some(rows["total"]) & ~truths(rows["stand_in"])]
    if rows.empty:
        return Selected(frame=empty())
    undated = rows["cancelled_on"].isna()
    ordered = None if context.memory.first_run_on else rows.loc[undated, "ordered_on"]
    one = pd.Series("1", index=rows.index[undated], dtype="str")
    day, noticed = _seen(context, rule, rows.loc[undated, "subject"], one, ordered)
    due = rows["cancelled_on"].fillna(day)
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
        priority=RULES[rule].priority,
        **about(rows),
        p_ordered_on=rows["ordered_on"],
        p_cancelled_on=rows["cancelled_on"],
        p_seen_on=day.reindex(rows.index) if context.memory.first_run_on else pd.Series(pd.NaT, index=rows.index),
        p_paid_on=rows["paid_on"],
        p_deadline=last,
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

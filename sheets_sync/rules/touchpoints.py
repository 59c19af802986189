"""The care cycle's tasks (family ``touchpoints``): who is due what. Dates of the cycle itself: ``cycle.py``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheets_sync.model import SourceTab
from sheets_sync.rules import about, autoship, cycle, frame, noticed
from sheets_sync.rules.calendar import Days, Flags, to_days
from sheets_sync.rules.context import Context, Remembered, Selected
from sheets_sync.rules.cycle import NEVER, Cycles
from sheets_sync.rules.failed_card import failed_card
from sheets_sync.rules.lookup import Positions, among, spread, truths
from sheets_sync.rules.reconnect import reconnect
from sheets_sync.rules.silences import kept_out
from sheets_sync.rules.stages import stages

_ARRIVED = ("delivered", "closed", "refunded")


def select(context: Context) -> Selected:
    """All occurrences of the family that may be of interest, whether silenced or not."""
    cycles = cycle.build(context)
    reasons = kept_out(context.tables.customers)
    in_cycle = reasons.isna().to_numpy()[cycles.customer] & np.isnat(cycles.ended_on)
    planned = noticed.planned(context, cycles)
    changed = noticed.autoship_changed(context, cycles, planned)
    upgraded = noticed.pc_upgrade(context)
    reconnects, needed = reconnect(context, cycles)
    frames = [
        order_shipped(context),
        check_in(context, cycles),
        connect(context, cycles),
        autoship.reminder(context, cycles),
        changed.frame,
        reconnects,
        failed_card(context, cycles),
        returned_product(context),
        upgraded.frame,
    ]
    missed = cycles.given & (cycles.unrolled < cycles.today) & in_cycle
    return Selected(
        frame=frame.join(frames),
        remembered=Remembered(
            planned=planned,
            customer_types=noticed.customer_types(context),
            noticed={**changed.kept, **upgraded.kept},
            needed=needed,
        ),
        problems=cycle.questions(context, cycles, in_cycle),
        kept_out={str(reason): int(count) for reason, count in reasons.value_counts().items()},
        planned_without_row=int(missed.sum()),
    )


def _wanted(context: Context, visible: Days, gone: Days, ended: Days | None = None) -> Flags:
    """Which windows are of interest; ``ended``: the cycle's end, after which it begets nothing."""
    wanted = (visible <= np.datetime64(context.horizon, "D")) & (gone > context.seen_from) & (gone > visible)
    return wanted if ended is None else wanted & (np.isnat(ended) | (visible < ended))


def order_shipped(context: Context) -> pd.DataFrame:
    """Every live order with a shipping date: the parcel is on its way."""
    orders = context.tables.orders
    shipped = to_days(orders["shipped_on"])
    gone = shipped + context.settings.number("order_shipped.window")
    live = ~truths(orders["cancelled"]) & ~truths(orders["credit_note"])
    order = np.flatnonzero(_wanted(context, shipped, gone) & live)
    if not len(order):
        return frame.empty()
    return frame.build(
        rule="order_shipped",
        **about.an_order(context, order),
        visible_on=about.dates(shipped[order]),
        gone_on=about.dates(gone[order]),
        p_shipped_on=about.dates(shipped[order]),
        p_gone_on=about.dates(gone[order]),
        p_carrier=orders["carrier"].iloc[order].reset_index(drop=True),
        p_tracking_code=orders["tracking_code"].iloc[order].reset_index(drop=True),
    )


def check_in(context: Context, cycles: Cycles) -> pd.DataFrame:
    """Some days after the newest order: how does it go? Where the order has not arrived, about the delivery."""
    due = cycles.ordered_on + cycles.check_after
    visible = _after_delivery(context, cycles, due)
    gone = visible + cycles.check_for
    of = np.flatnonzero(_wanted(context, visible, gone, cycles.ended_on))
    order = cycles.anchor[of]
    if not len(of):
        return frame.empty()
    waited = visible[of] > due[of]
    away = _not_arrived(context, order)
    return frame.build(
        rule="check_in",
        **about.an_order(context, order),
        visible_on=about.dates(visible[of]),
        gone_on=about.dates(gone[of]),
        superseded_on=about.dates(cycles.ended_on[of]),
        interval=about.interval(cycles, of),
        variant=pd.Series(np.select([waited, away], ["after_delivery", "not_arrived"], "plain")),
        message_variant=pd.Series(np.where(away, "not_arrived", "plain")),
        p_days=pd.Series(cycles.check_after[of]),
        p_visible_on=about.dates(visible[of]),
        p_gone_on=about.dates(gone[of]),
        p_delivered_on=context.tables.orders["delivered_on"].iloc[order].reset_index(drop=True),
        p_carrier=context.tables.orders["carrier"].iloc[order].reset_index(drop=True),
        p_tracking_code=context.tables.orders["tracking_code"].iloc[order].reset_index(drop=True),
    )


def _after_delivery(context: Context, cycles: Cycles, due: Days) -> Days:
    """``due``, or with ``check_in.wait_for_delivery`` the day after the delivery if that is later (NaT: not yet)."""
    has_column = "delivered_on" in context.tables.columns.get(SourceTab.ORDERS, ())
    if not (context.settings.flag("check_in.wait_for_delivery") and has_column):
        return due
    orders = context.tables.orders
    known = np.flatnonzero(cycles.anchor >= 0)
    order = cycles.anchor[known]
    delivered = to_days(orders["delivered_on"])[order] + 1
    there = among(orders["status"].iloc[order], _ARRIVED) | truths(orders["stand_in"].iloc[order])
    undated = np.isnat(delivered) & there
    out = np.full(len(due), NEVER)
    out[known] = np.where(undated, due[known], np.maximum(delivered, due[known]))
    return out


def _not_arrived(context: Context, order: Positions) -> Flags:
    """Where the tab says that an order is not with the customer yet: a date column in use is blank in its row."""
    orders = context.tables.orders
    columns = context.tables.columns.get(SourceTab.ORDERS, frozenset())
    rows = orders[["status", "stand_in", "delivered_on", "shipped_on"]].iloc[order]
    today = np.datetime64(context.today, "D")
    for column in ("delivered_on", "shipped_on"):
        if column in columns and column in context.tables.used:
            there = to_days(rows[column]) <= today
            return ~there & ~among(rows["status"], _ARRIVED) & ~truths(rows["stand_in"])
    return np.zeros(len(order), dtype=bool)


def connect(context: Context, cycles: Cycles) -> pd.DataFrame:
    """A friendly word between orders: after 21 days, then every 45; for frequent orders every 21 days of the run."""
    number = context.settings.number
    first, every, short = number("connect.first"), number("connect.every"), number("connect.from_interval")
    window = number("connect.window")
    run = np.where(cycles.regular, cycles.interval < short, cycles.orders >= 2)
    of = np.flatnonzero(cycles.anchor >= 0)
    in_run = run[of]
    begun = np.where(in_run, cycles.first_on[of], cycles.ordered_on[of])
    step = np.where(in_run, first, every)

    # the k-th is begun + first + step · (k - 1); for a run as long as two intervals have not passed without an order
    reach = cycles.ordered_on[of] - begun + np.where(cycles.regular[of], 2 * cycles.interval[of], short)
    last = np.maximum(cycles.interval[of] - number("connect.stop_before_next"), first)
    once = np.where(cycles.regular[of], last, first)
    most = (np.where(in_run, reach.astype(np.int64), once) - first) // step + 1
    to_horizon = (np.datetime64(context.horizon, "D") - begun).astype(np.int64)
    to_seen = (context.seen_from - begun).astype(np.int64) - window + 1
    low = np.maximum(-((first - to_seen) // step) + 1, 1)
    which, k = spread(low, np.minimum(most, (to_horizon - first) // step + 1))
    visible: Days = begun[which] + (first + step[which] * (k - 1)).astype("timedelta64[D]")
    wanted = _wanted(context, visible, visible + window, cycles.ended_on[of[which]])
    which, k, visible = which[wanted], k[wanted], visible[wanted]
    if not len(which):
        return frame.empty()
    at = of[which]
    order = np.where(in_run[which], cycles.first[at], cycles.anchor[at])
    found = frame.build(
        rule="connect",
        **about.an_order(context, order, k),
        visible_on=about.dates(visible),
        gone_on=about.dates(visible + window),
        superseded_on=about.dates(cycles.ended_on[at]),
        interval=about.interval(cycles, at),
        variant=pd.Series(np.where(in_run[which] & (cycles.orders[at] > 1), "run", "plain")),
        p_days=pd.Series((visible - begun[which]).astype(np.int64)),
        p_count=pd.Series(cycles.orders[at]),
        p_visible_on=about.dates(visible),
        p_gone_on=about.dates(visible + window),
    )
    # in a timeline the same word of a run comes up once for each of its orders: the last one knows best
    return found.drop_duplicates(["subject", "occurrence"], keep="last", ignore_index=True)


def returned_product(context: Context) -> pd.DataFrame:
    """A product comes back: what did they dislike, what would fit better? Not where the return itself is off."""
    exchanges = context.tables.exchanges
    if not len(exchanges):
        return frame.empty()
    asked = to_days(exchanges["requested_on"])
    gone = asked + context.settings.number("returned_product.window")
    said = stages(exchanges)
    returned = among(exchanges["kind"], ("return",)) & ~said.cancelled & ~said.refused
    if context.tables.present == {SourceTab.EXCHANGES}:  # a team without a care cycle; what it has already stays
        keys = "returned_product:" + exchanges["subject"] + ":1"
        returned &= keys.isin(context.memory.rows.keys()).to_numpy(dtype=bool)
    rows = exchanges[_wanted(context, asked, gone) & returned].reset_index(drop=True)
    if not len(rows):
        return frame.empty()
    shown_until = rows["requested_on"] + pd.to_timedelta(context.settings.number("returned_product.window"), unit="D")
    return frame.build(
        rule="returned_product",
        subject=rows["subject"],
        occurrence="1",
        customer=rows["customer"],
        visible_on=rows["requested_on"],
        order_on=rows["requested_on"],
        gone_on=shown_until,
        tab=rows["tab"],
        row=rows["row"],
        p_exchange=rows["exchange_id"],
        p_order=rows["order_id"],
        p_reason=rows["reason"],
        p_products=rows["products"],
        p_requested_on=rows["requested_on"],
        p_gone_on=shown_until,
    )

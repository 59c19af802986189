"""The reminder of the next order (N): 20 days before it on the list, from 12 days before on the daily one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheets_sync.rules import about, frame
from sheets_sync.rules.calendar import Days, Wholes, interval_after
from sheets_sync.rules.context import Context
from sheets_sync.rules.cycle import Cycles
from sheets_sync.rules.lookup import Positions, ceiling, spread
from sheets_sync.rules.planned import Source


def reminder(context: Context, cycles: Cycles) -> pd.DataFrame:
    """One for the next N; in a timeline also for those that N rolls on to until reconnect is due."""
    before, daily_before = _days_before(context, cycles)
    seen_from = np.datetime64(context.since or context.today, "D")
    low = cycles.rollings(seen_from)
    high = low
    if context.since is not None:
        beyond = np.datetime64(context.horizon, "D") + int(before.max(initial=0)) + 1
        high = np.maximum(low, cycles.rollings(beyond))
    of, k = spread(low, high)
    next_on = cycles.rolled(k, of)
    visible, daily = _window(context, cycles, of, next_on, before=before[of], daily_before=daily_before[of])
    explicit = cycles.given[of] & (k == 0)
    reconnect_on, ended_on = cycles.reconnect_on[of], cycles.ended_on[of]
    shown = visible if context.since is not None else np.maximum(visible, cycles.today)
    wanted = (visible <= np.datetime64(context.horizon, "D")) & (next_on >= seen_from) & (visible <= next_on)
    wanted &= explicit | np.isnat(reconnect_on) | (shown < reconnect_on)
    wanted &= np.isnat(ended_on) | (shown < ended_on)
    of, k, explicit, ended_on = of[wanted], k[wanted], explicit[wanted], ended_on[wanted]
    next_on, visible, daily = next_on[wanted], visible[wanted], daily[wanted]
    if not len(of):
        return frame.empty()
    return frame.build(
        rule="autoship_reminder",
        **about.a_customer(context, cycles.customer[of], cycles.anchor[of], place=place_of_next(cycles, of)),
        occurrence=about.iso(next_on),
        visible_on=about.dates(visible),
        due_on=about.dates(next_on),
        daily_on=about.dates(daily),
        gone_on=about.dates(next_on + 1),
        superseded_on=about.dates(ended_on),
        interval=about.interval(cycles, of),
        variant=pd.Series(np.where(explicit, "given", np.where(k > 0, "rolled", "plain"))),
        p_next_on=about.dates(next_on),
        p_planned_on=about.dates(cycles.unrolled[of]),
        p_interval=about.interval(cycles, of),
        p_days=pd.Series((next_on - visible).astype(np.int64)),
        p_visible_on=about.dates(visible),
        p_daily_on=about.dates(daily),
    )


def place_of_next(cycles: Cycles, of: Positions) -> Positions:
    """The order row that N rests on: the one after today, else the newest order; -1 = the customer's own row."""
    source = cycles.planned.source[of]
    return np.select([source == Source.ROW, source == Source.CUSTOMER], [cycles.planned.row[of], -1], cycles.anchor[of])


def _days_before(context: Context, cycles: Cycles) -> tuple[Wholes, Wholes]:
    """v and d: days before N from which the reminder is on the list, and on the daily one."""
    number = context.settings.number
    # without a frequency the days to N stand for I; without an order nothing is in the way
    apart = (cycles.unrolled - cycles.ordered_on).astype(np.int64)
    apart = np.where(np.isnat(cycles.unrolled) | np.isnat(cycles.ordered_on), 10**6, apart)
    interval = np.where(cycles.regular, cycles.interval, apart)
    before = np.clip(interval - cycles.check_after - 1, 0, number("autoship_reminder.before"))
    share = ceiling(context.settings.share("autoship_reminder.daily_share") * before)
    return before, np.minimum(number("autoship_reminder.daily_before"), share)


def _window(
    context: Context, cycles: Cycles, of: Positions, next_on: Days, *, before: Wholes, daily_before: Wholes
) -> tuple[Days, Days]:
    """From when the reminders are on the list and on the daily one, as ``autoship_reminder.anchor`` says."""
    visible, daily = next_on - before, next_on - daily_before
    if context.settings.choice("autoship_reminder.anchor") == "after_scheduled":
        number = context.settings.number
        begun = cycles.ordered_on[of]
        counted_back = interval_after(cycles.unrolled[of], -cycles.n[of], cycles.in_months[of])
        begun = np.where(np.isnat(begun) & cycles.regular[of], counted_back, begun) + number("autoship_reminder.before")
        visible = np.where(np.isnat(begun), visible, begun)
        daily = np.maximum(visible, next_on - number("autoship_reminder.daily_before"))
    return visible, daily

"""What changed since the last run: a planned date that was moved, a customer who became PC. Needs the memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync.memory import Noticed, Planned
from sheets_sync.rules import about, frame
from sheets_sync.rules.autoship import place_of_next
from sheets_sync.rules.calendar import Days, Flags
from sheets_sync.rules.context import Context
from sheets_sync.rules.cycle import Cycles
from sheets_sync.rules.frame import TEXT
from sheets_sync.rules.lookup import Positions, among, positions

REMOVED = "none"
"""Occurrence of autoship_changed where the planned date was taken away."""


class Changed(Struct, frozen=True, kw_only=True):
    """Occurrences, and what is to be remembered of them."""

    frame: pd.DataFrame
    kept: Mapping[str, Noticed]


# ── autoship_changed ────────────────────────────────────────────────────────


def planned(context: Context, cycles: Cycles) -> Mapping[str, Planned]:
    """The planned date of every running cycle, by customer; of customers who cannot be read, what was known.

    What is as it was remembered is the remembered object itself.
    """
    running = (cycles.anchor >= 0) & np.isnat(cycles.ended_on)
    running &= cycles.explicit | (cycles.reconnect_on > cycles.today)
    held = context.unread_customers
    of = np.flatnonzero(running)
    names = context.tables.customers["customer"].iloc[cycles.customer[of]].tolist()
    rows = zip(
        names,
        context.tables.orders["subject"].iloc[cycles.anchor[of]].tolist(),
        cycles.ordered_on[of].astype(object),
        cycles.next_on[of].astype(object),
        cycles.given[of].tolist(),
        np.where(cycles.regular[of], cycles.interval[of], 0).tolist(),
        cycles.unrolled[of].astype(object),
        strict=True,
    )
    known = context.memory.planned
    found: dict[str, Planned] = {}
    for name, order, on, next_on, given, days, unrolled in rows:
        was = known.get(name)
        found[name] = (
            was
            if was is not None
            and (was.next_on == next_on and was.unrolled == unrolled and was.order_on == on and was.order == order)
            and (was.explicit == given and was.interval == (days or None))
            else Planned(
                order=order, order_on=on, next_on=next_on, explicit=given, interval=days or None, unrolled=unrolled
            )
        )  # fmt: skip
    for name in held:
        found.pop(name, None)
        if name in known:
            found[name] = known[name]
    return found


def autoship_changed(context: Context, cycles: Cycles, now: Mapping[str, Planned]) -> Changed:
    """Planned dates that differ from those remembered, no order since; told for a week from the day it was noticed.

    ``now``: what ``planned`` says of the same cycles.
    """
    known = context.memory.planned
    held = context.unread_customers
    if not known and not context.memory.noticed:
        return Changed(frame=frame.empty(), kept={})
    suspects = [name for name, plan in known.items() if now.get(name) is not plan and name not in held]
    told_before = list(_remembered(context, "autoship_changed"))
    cycle_of = _cycles_of(context, cycles, [*suspects, *(who for _, who, _ in told_before)])
    compared = [name for name in suspects if name in cycle_of]
    of = np.array([cycle_of[name] for name in compared], dtype=np.int64)
    before = [known[name] for name in compared]
    same = _same_cycle(context, cycles, of, before)
    moved = {compared[i]: int(of[i]) for i in np.flatnonzero(same & _moved(cycles, of, before))}
    ended = {compared[i] for i in np.flatnonzero(~same)}

    kept: dict[str, Noticed] = {}
    told: dict[str, int] = {}
    window = timedelta(days=context.settings.number("autoship_changed.window"))
    for key, who, what in told_before:
        # still so: no order since, the date not moved again
        if who in cycle_of and who not in ended and who not in moved and what.on + window > context.today:
            kept[key], told[key] = what, cycle_of[who]
    for who, day in zip(moved, cycles.next_on[list(moved.values())].tolist(), strict=True):
        old, new = known[who].next_on, day.isoformat() if day else ""
        key = f"autoship_changed:{who}:{new or REMOVED}"
        kept[key] = Noticed(on=context.today, old=old.isoformat() if old else "", new=new)
        told[key] = moved[who]
    return Changed(frame=_changes(context, cycles, kept, told), kept=kept)


def _cycles_of(context: Context, cycles: Cycles, names: list[str]) -> dict[str, int]:
    """The newest cycle of each of these customers who has an order."""
    customers = context.tables.customers["customer"]
    newest = np.flatnonzero((cycles.anchor >= 0) & np.isnat(cycles.ended_on))
    cycle_of = np.full(len(customers) + 1, -1, dtype=np.int64)
    cycle_of[cycles.customer[newest]] = newest
    found = cycle_of[positions(pd.Series(names, dtype=TEXT), customers)]
    return {name: int(cycle) for name, cycle in zip(names, found, strict=True) if cycle >= 0}


def _same_cycle(context: Context, cycles: Cycles, of: Positions, before: list[Planned]) -> Flags:
    """No order since: the newest one is the same, its date at most corrected."""
    anchors = context.tables.orders["subject"].iloc[cycles.anchor[of]].tolist()
    apart = np.abs((cycles.ordered_on[of] - _dates(plan.order_on for plan in before)).astype(np.int64))
    same: Flags = np.array([plan.order == anchor for plan, anchor in zip(before, anchors, strict=True)], dtype=bool)
    same &= (apart == 0) | cycles.corrected(apart, of)
    return same


def _moved(cycles: Cycles, of: Positions, before: list[Planned]) -> Flags:
    """Where the planned date itself or the frequency was changed: not where N rolled on, nor where D was corrected."""
    same_day = _equal(cycles.ordered_on[of], _dates(plan.order_on for plan in before))
    written = np.array([plan.explicit for plan in before], dtype=bool) | cycles.given[of]
    date_moved = ~_equal(cycles.unrolled[of], _dates(plan.unrolled for plan in before)) & (written | same_day)
    interval = np.array([plan.interval or 0 for plan in before], dtype=np.int64)
    other_frequency = (interval != np.where(cycles.regular[of], cycles.interval[of], 0)) & same_day
    shown = _equal(cycles.next_on[of], _dates(plan.next_on for plan in before))
    moved: Flags = np.logical_or(date_moved, other_frequency) & ~shown
    return moved


def _dates(days: Iterable[date | None]) -> Days:
    return np.array(list(days), dtype="datetime64[D]")


def _equal(one: Days, other: Days) -> Flags:
    alike: Flags = (one == other) | (np.isnat(one) & np.isnat(other))
    return alike


def _changes(context: Context, cycles: Cycles, kept: Mapping[str, Noticed], told: Mapping[str, int]) -> pd.DataFrame:
    if not len(told):
        return frame.empty()
    of = np.array(list(told.values()), dtype=np.int64)
    seen = [kept[key] for key in told]
    on = np.array([what.on for what in seen], dtype="datetime64[D]")
    old = np.array([what.old or "NaT" for what in seen], dtype="datetime64[D]")  # no such date: it was set, or removed
    new = np.array([what.new or "NaT" for what in seen], dtype="datetime64[D]")
    gone = on + context.settings.number("autoship_changed.window")
    return frame.build(
        rule="autoship_changed",
        **about.a_customer(context, cycles.customer[of], cycles.anchor[of], place=place_of_next(cycles, of)),
        occurrence=pd.Series([key.rpartition(":")[2] for key in told], dtype=TEXT),
        visible_on=about.dates(on),
        gone_on=about.dates(gone),
        interval=about.interval(cycles, of),
        variant=pd.Series(np.select([np.isnat(new), np.isnat(old)], ["removed", "set"], "plain")),
        message_variant=pd.Series(np.select([np.isnat(new), np.isnat(old)], ["removed", "set"], "plain")),
        p_old_on=about.dates(old),
        p_new_on=about.dates(new),
        p_noticed_on=about.dates(on),
        p_gone_on=about.dates(gone),
    )


def _remembered(context: Context, rule: str) -> Iterator[tuple[str, str, Noticed]]:
    """Keys of a rule with their customer, older identities replaced."""
    for key, what in context.memory.noticed.items():
        name, _, rest = key.partition(":")
        if name == rule:
            who, _, occurrence = rest.rpartition(":")
            who = context.tables.aliases.get(who, who)
            yield f"{rule}:{who}:{occurrence}", who, what


# ── pc_upgrade ──────────────────────────────────────────────────────────────


def customer_types(context: Context) -> Mapping[str, str]:
    """The type of every customer who has or had one."""
    customers = context.tables.customers[["customer", "customer_type"]].dropna()
    now = dict(zip(customers["customer"].tolist(), customers["customer_type"].tolist(), strict=True))
    known = context.memory.customer_types
    if known.keys() <= now.keys():
        return now
    here = set(context.tables.customers["customer"].tolist())
    return {name: kind for name, kind in known.items() if name in here} | now


def pc_upgrade(context: Context) -> Changed:
    """Customers who were retail at the last run and are PC now; told for a week."""
    customers = context.tables.customers
    now = set(customers["customer"][among(customers["customer_type"], ("pc",))].tolist())
    was_retail = {who for who, kind in context.memory.customer_types.items() if kind == "retail"}
    window = timedelta(days=context.settings.number("pc_upgrade.window"))
    kept = {
        key: what
        for key, who, what in _remembered(context, "pc_upgrade")
        if who in now and what.on + window > context.today
    }
    for who in sorted(was_retail & now):
        kept[f"pc_upgrade:{who}:{context.today.isoformat()}"] = Noticed(on=context.today, old="retail", new="pc")
    return Changed(frame=_upgrades(context, kept), kept=kept)


def _upgrades(context: Context, kept: Mapping[str, Noticed]) -> pd.DataFrame:
    if not len(kept):
        return frame.empty()
    who = pd.Series([key.partition(":")[2].rpartition(":")[0] for key in kept], dtype=TEXT)
    customer = positions(who, context.tables.customers["customer"])
    on = np.array([what.on for what in kept.values()], dtype="datetime64[D]")
    gone = on + context.settings.number("pc_upgrade.window")
    return frame.build(
        rule="pc_upgrade",
        **about.a_customer(context, customer, np.full(len(customer), -1, dtype=np.int64)),
        occurrence=about.iso(on),
        visible_on=about.dates(on),
        gone_on=about.dates(gone),
        p_noticed_on=about.dates(on),
        p_gone_on=about.dates(gone),
    )

"""What changed since the last run: a planned date that was moved, a customer who became PC. Needs the memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Occurrences, and what is to be remembered of them."""

    frame: pd.DataFrame
    kept: Mapping[str, Noticed]


# ── autoship_changed ────────────────────────────────────────────────────────


def planned(context: Context, cycles: Cycles) -> Mapping[str, Planned]:
    """The planned date of every running cycle, by customer; of customers who cannot be read, what was known."""
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
    found = {
        name: Planned(order=order, order_on=on, next_on=to, explicit=given, interval=days or None, unrolled=unrolled)
        for name, order, on, to, given, days, unrolled in rows
        if name not in held
    }
    return found | {name: plan for name, plan in _known(context).items() if name in held}


def _known(context: Context) -> dict[str, Planned]:
    aliases = context.tables.aliases
    return {aliases.get(name, name): plan for name, plan in context.memory.planned.items()}


def autoship_changed(context: Context, cycles: Cycles) -> Changed:
    """Planned dates that differ from those remembered, no order since; told for a week from the day it was noticed."""
    of, before = _compared(context, cycles)
    moved = _moved(cycles, of, before)
    names = context.tables.customers["customer"]
    subject = dict(zip(names.iloc[cycles.customer[of]].tolist(), of.tolist(), strict=True))
    fresh = set(of[moved].tolist())
    old = dict(zip(of[moved].tolist(), [plan.next_on for plan, m in zip(before, moved, strict=True) if m], strict=True))

    kept: dict[str, Noticed] = {}
    told: dict[str, int] = {}
    window = timedelta(days=context.settings.number("autoship_changed.window"))
    for key, who, what in _remembered(context, "autoship_changed"):
        # still so: the same cycle, its date not moved again
        if who in subject and subject[who] not in fresh and what.on + window > context.today:
            kept[key], told[key] = what, subject[who]
    for cycle, was in old.items():
        now = pd.Timestamp(cycles.next_on[cycle]).date() if cycles.planned_ahead[cycle] else None
        key = f"autoship_changed:{names.iloc[cycles.customer[cycle]]}:{now.isoformat() if now else REMOVED}"
        kept[key] = Noticed(on=context.today, old=was.isoformat() if was else "", new=now.isoformat() if now else "")
        told[key] = cycle
    return Changed(frame=_changes(context, cycles, kept, told), kept=kept)


def _compared(context: Context, cycles: Cycles) -> tuple[Positions, list[Planned]]:
    """Cycles that were already running at the last run, and what was planned then."""
    known = {name: plan for name, plan in _known(context).items() if name not in context.unread_customers}
    if not known:
        return np.zeros(0, dtype=np.int64), []
    customers = context.tables.customers["customer"]
    newest = np.flatnonzero((cycles.anchor >= 0) & np.isnat(cycles.ended_on))
    cycle_of = np.full(len(customers) + 1, -1, dtype=np.int64)
    cycle_of[cycles.customer[newest]] = newest
    of = cycle_of[positions(pd.Series(list(known), dtype=TEXT), customers)]
    plans = list(known.values())
    subjects = pd.Series([plan.order for plan in plans], dtype=TEXT).to_numpy(dtype=object)
    anchors = context.tables.orders["subject"].iloc[cycles.anchor[of]].to_numpy(dtype=object)
    was_on = np.array([plan.order_on for plan in plans], dtype="datetime64[D]")
    apart = np.abs((cycles.ordered_on[of] - was_on).astype(np.int64))
    same = np.flatnonzero((of >= 0) & (subjects == anchors) & ((apart == 0) | cycles.corrected(apart, of)))
    return of[same], [plans[i] for i in same]


def _moved(cycles: Cycles, of: Positions, before: list[Planned]) -> Flags:
    """Where the planned date itself was changed: not where it rolled on, nor where D was corrected."""
    was = np.array([plan.unrolled for plan in before], dtype="datetime64[D]")
    shown = np.array([plan.next_on for plan in before], dtype="datetime64[D]")
    was_given = np.array([plan.explicit for plan in before], dtype=bool)
    was_on = np.array([plan.order_on for plan in before], dtype="datetime64[D]")
    moved: Flags = ~_equal(cycles.unrolled[of], was) & ~_equal(cycles.next_on[of], shown)
    moved &= (cycles.ordered_on[of] == was_on) | was_given | cycles.given[of]
    return moved


def _equal(one: Days, other: Days) -> Flags:
    return np.equal(one, other) | (np.isnat(one) & np.isnat(other))


def _changes(context: Context, cycles: Cycles, kept: Mapping[str, Noticed], told: Mapping[str, int]) -> pd.DataFrame:
    of = np.array(list(told.values()), dtype=np.int64)
    seen = [kept[key] for key in told]
    on = np.array([what.on for what in seen], dtype="datetime64[D]")
    old = np.array([what.old or "NaT" for what in seen], dtype="datetime64[D]")
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
    known = {context.tables.aliases.get(name, name): kind for name, kind in context.memory.customer_types.items()}
    customers = context.tables.customers[["customer", "customer_type"]].dropna()
    now = dict(zip(customers["customer"].tolist(), customers["customer_type"].tolist(), strict=True))
    if not known:
        return now
    here = set(context.tables.customers["customer"].tolist()) if known.keys() - now.keys() else now.keys()
    return {name: kind for name, kind in known.items() if name in here} | now


def pc_upgrade(context: Context) -> Changed:
    """Customers who were retail at the last run and are PC now; told for a week."""
    customers = context.tables.customers
    now = set(customers["customer"][among(customers["customer_type"], ("pc",))].tolist())
    window = timedelta(days=context.settings.number("pc_upgrade.window"))
    kept = {
        key: what
        for key, who, what in _remembered(context, "pc_upgrade")
        if who in now and what.on + window > context.today
    }
    for name, kind in context.memory.customer_types.items():
        who = context.tables.aliases.get(name, name)
        if kind == "retail" and who in now:
            kept[f"pc_upgrade:{who}:{context.today.isoformat()}"] = Noticed(on=context.today, old="retail", new="pc")
    return Changed(frame=_upgrades(context, kept), kept=kept)


def _upgrades(context: Context, kept: Mapping[str, Noticed]) -> pd.DataFrame:
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


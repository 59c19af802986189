"""Reconnect: months without an order. Armed again some months after it was done, never after it was dismissed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync.model import End
from sheets_sync.rules import about, frame
from sheets_sync.rules.calendar import Days, Flags, Wholes, months_after
from sheets_sync.rules.context import Context
from sheets_sync.rules.cycle import Cycles
from sheets_sync.rules.frame import TEXT
from sheets_sync.rules.lookup import Positions, positions

RULE = "reconnect"


class _Past(Struct, frozen=True, kw_only=True):
    """Armings that were ticked or dismissed, one element each, lower numbers first.

    ``ordered_on`` and ``number`` are those of the key; ``on``: the day of the tick, NaT = dismissed; ``final``: no
    longer in the tab; ``visible_on``: since when an open one is.
    """

    keys: tuple[str, ...]
    customer: Positions
    ordered_on: Days
    number: Wholes
    on: Days
    final: Flags
    visible_on: Days


def reconnect(context: Context, cycles: Cycles) -> tuple[pd.DataFrame, frozenset[str]]:
    """The arming in force of every cycle whose time has come, and a ticked one as long as it is in the tab.

    Also the keys of ended armings that still decide about the next one.
    """
    past = _past(context)
    cycle_of = np.full(len(context.tables.customers), -1, dtype=np.int64)
    newest = np.flatnonzero(np.isnat(cycles.ended_on))
    cycle_of[cycles.customer[newest]] = newest
    of = np.append(cycle_of, -1)[past.customer]
    apart = np.abs((past.ordered_on - cycles.ordered_on[of]).astype(np.int64))
    mine = np.flatnonzero((of >= 0) & ((apart == 0) | cycles.corrected(apart, of)))
    of = of[mine]

    number, visible = np.ones(len(cycles.customer), dtype=np.int64), cycles.reconnect_on.copy()
    number[of] = past.number[mine] + 1  # of several armings of one cycle the last stays
    visible[of] = months_after(past.on[mine], context.settings.number("reconnect.months"))
    due = (visible <= np.datetime64(context.horizon, "D")) & (np.isnat(cycles.ended_on) | (visible < cycles.ended_on))
    in_force = np.flatnonzero(due)

    faded = np.flatnonzero(~past.final[mine])
    since = past.visible_on[mine][faded]
    since = np.where(np.isnat(since), cycles.reconnect_on[of[faded]], since)
    rows = [
        _rows(
            context,
            cycles,
            in_force,
            ordered_on=cycles.ordered_on[in_force],
            number=number[in_force],
            visible=visible[in_force],
        ),
        _rows(
            context,
            cycles,
            of[faded],
            ordered_on=past.ordered_on[mine][faded],
            number=past.number[mine][faded],
            visible=since,
        ),
    ]
    return frame.join(rows), frozenset(past.keys[i] for i in mine if past.final[i])


def _rows(
    context: Context, cycles: Cycles, of: Positions, *, ordered_on: Days, number: Wholes, visible: Days
) -> pd.DataFrame:
    """``ordered_on``: of the key; a ticked one keeps it though the day of the last order was corrected since."""
    if not len(of):
        return frame.empty()
    return frame.build(
        rule=RULE,
        **about.a_customer(context, cycles.customer[of], cycles.anchor[of]),
        occurrence=about.iso(ordered_on) + "/" + pd.Series(number).astype(TEXT),
        number=pd.Series(number),
        visible_on=about.dates(visible),
        superseded_on=about.dates(cycles.ended_on[of]),
        interval=about.interval(cycles, of),
        variant=pd.Series(np.select([number > 1, cycles.given[of]], ["again", "planned"], "plain")),
        p_visible_on=about.dates(visible),
        p_months=pd.Series(np.full(len(of), context.settings.number("reconnect.months"))),
        p_number=pd.Series(number),
        p_planned_on=about.dates(cycles.unrolled[of]),
        p_weeks=pd.Series((cycles.today - cycles.ordered_on[of]).astype(np.int64) // 7),
    )


def _past(context: Context) -> _Past:
    """What memory and ticks know about reconnects; keys are ``reconnect:<customer>:<last order>/<number>``."""
    memory = context.memory
    on: dict[str, date | None] = {key: day for key, day in context.ticks.items() if key.startswith(f"{RULE}:")}
    for key, finished in memory.finished.items():
        if key.startswith(f"{RULE}:"):
            on[key] = None if finished.end is End.REMOVED else on.get(key, finished.on)
    # rows taken away since the last run are over, like those ended before; one that was ticked keeps its day
    dismissed = [key for key in context.dismissed if key.startswith(f"{RULE}:")]
    on = {**dict.fromkeys(dismissed), **on}
    over = {*memory.finished, *dismissed}
    told = sorted(map(_parts, on))
    subjects = pd.Series([context.tables.aliases.get(subject, subject) for _, subject, _, _ in told], dtype=TEXT)
    rows = [memory.rows.get(key) for *_, key in told]
    return _Past(
        keys=tuple(key for *_, key in told),
        customer=positions(subjects, context.tables.customers["customer"]),
        ordered_on=np.array([ordered_on for _, _, ordered_on, _ in told], dtype="datetime64[D]"),
        number=np.array([number for number, *_ in told], dtype=np.int64),
        on=np.array([on[key] for *_, key in told], dtype="datetime64[D]"),
        final=np.array([key in over for *_, key in told], dtype=bool),
        visible_on=np.array([row.visible_on if row else None for row in rows], dtype="datetime64[D]"),
    )


def _parts(key: str) -> tuple[int, str, str, str]:
    """Arming number, customer and last order's day of a key, and the key."""
    subject, _, occurrence = key.removeprefix(f"{RULE}:").rpartition(":")
    ordered_on, _, number = occurrence.partition("/")
    return int(number), subject, ordered_on, key

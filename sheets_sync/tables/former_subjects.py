"""Exchanges that got their number: the subject by which earlier runs knew them, so that ticks and notes follow.

The way of the shop is to request first and to register after, so a row's subject is its order (or customer and day)
until its exchange id is filled in; the second of an order is told apart by a number. Nothing here guesses: a row is the
same if it is the only one of its order, the only one of that day, or if it still stands where it stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from sheets_sync.memory import Memory, split_key
from sheets_sync.model import RowRef, Unread
from sheets_sync.setting_specs import rules_table
from sheets_sync.tables.pieces import is_in


class _Row(NamedTuple):
    """An exchange, then or now: what it is called, where it stands, the day it was requested (None = not known)."""

    subject: str
    place: RowRef
    day: date | None


def former_subjects(exchanges: pd.DataFrame, unread: Unread, memory: Memory) -> dict[str, str]:
    """Former subject → present one: of exchanges that no row names as they were remembered, and of those whose name
    went to another one, since the further ones of an order are numbered by their day."""
    if unread.lost_ids:
        return {}
    about = {rule for rule, row in rules_table().items() if row["subject"] == "exchange"}
    then = {
        row.subject: _Row(row.subject, row.source, row.order_on) for row in memory.rows.values() if row.rule in about
    }
    ended = (split_key(key) for key in memory.finished)
    known = then.keys() | {subject for rule, subject, _ in ended if rule in about}
    left = known - unread.subjects if known else frozenset()
    now = {row.subject: row for row in _rows(exchanges[is_in(exchanges["subject"], sorted(left))])} if left else {}
    gone = left - now.keys()
    elsewhere = {subject for subject in now.keys() & then.keys() if now[subject][1:] != then[subject][1:]}
    if not (gone or elsewhere):
        return {}
    by_day = exchanges["customer"] + "/" + exchanges["requested_on"].dt.strftime("%Y-%m-%d")
    moved: dict[str, str] = {}
    for former in (exchanges["order_id"], by_day):
        at = np.flatnonzero(is_in(former, sorted({_base(subject) for subject in gone | elsewhere} | gone)))
        families: dict[str, list[_Row]] = {}
        for base, row in zip(former.iloc[at], _rows(exchanges.iloc[at]), strict=True):
            families.setdefault(base, []).append(row)
        for base, family in families.items():
            theirs = {subject for subject in known if base in {subject, _base(subject)}}
            found = _same(base, [then[s] for s in sorted(theirs & then.keys())], family, gone)
            taken = known - found.keys()  # nobody takes the place of one that is known and stays
            if memory.last_run_on is None:  # from the history, which has what ended under the former subject still
                taken -= {new for old, new in found.items() if old not in then}
            moved |= {old: new for old, new in found.items() if old != new and new not in taken}
    return moved


def _rows(exchanges: pd.DataFrame) -> list[_Row]:
    days = exchanges["requested_on"].dt.date.where(exchanges["requested_on"].notna(), None)
    columns = (exchanges["subject"], exchanges["tab"], exchanges["row"], days)
    return [_Row(subject, RowRef(tab=tab, row=int(row)), day) for subject, tab, row, day in zip(*columns, strict=True)]


def _same(base: str, then: Sequence[_Row], now: Sequence[_Row], gone: Set[str]) -> dict[str, str]:
    """What each of ``then`` is called ``now``: told by its day, else by its place; the only one is the same anyway.

    One that is there no more and whose name another one has now gets a name that nothing has.
    """
    if len(now) == 1 and len(then) <= 1:
        return dict.fromkeys({base} & gone, now[0].subject)
    days = Counter(row.day for row in then), Counter(row.day for row in now)
    told = {row.day: row.subject for row in now if row.day is not None and days[0][row.day] == days[1][row.day] == 1}
    found = {old.subject: told[old.day] for old in then if old.day in told}
    places = {row.place: row for row in now if row.subject not in set(found.values())}
    for old in then:
        here = places.get(old.place)
        if old.subject not in found and here is not None and (old.day in {None, here.day} or not days[1][old.day]):
            found[old.subject] = here.subject
    lost = {row.subject for row in then} - found.keys()
    return found | {subject: f"{subject}/0" for subject in lost & set(found.values())}


def _base(subject: str) -> str:
    """Without the /2 that tells further exchanges of one order apart."""
    base, slash, number = subject.rpartition("/")
    return base if slash and number.isdigit() else subject

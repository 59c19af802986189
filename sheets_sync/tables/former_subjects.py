"""Exchanges that got their number: the subject by which earlier runs knew them, so that ticks and notes follow.

The way of the shop is to request first and to register after, so a row's subject is its order (or customer and day)
until its exchange id is filled in. Nothing here guesses: a row is the same if it is the only one of its order, or if
it still stands where it stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

import numpy as np
import pandas as pd

from sheets_sync.memory import Memory, split_key
from sheets_sync.model import RowRef, Unread
from sheets_sync.setting_specs import rules_table
from sheets_sync.tables.pieces import Text, is_in


def former_subjects(exchanges: pd.DataFrame, unread: Unread, memory: Memory) -> dict[str, str]:
    """Former subject → present one, of exchanges that are remembered by a subject no row has any more."""
    if unread.lost_ids:
        return {}
    about = {rule for rule, row in rules_table().items() if row["subject"] == "exchange"}
    places = {row.subject: row.source for row in memory.rows.values() if row.rule in about}
    ended = (split_key(key) for key in memory.finished)
    known = places.keys() | {subject for rule, subject, _ in ended if rule in about}
    gone = known - unread.subjects if known else frozenset()
    gone -= set(exchanges["subject"][is_in(exchanges["subject"], sorted(gone))]) if gone else set()
    if not gone:
        return {}
    by_day = exchanges["customer"] + "/" + exchanges["requested_on"].dt.strftime("%Y-%m-%d")
    moved: dict[str, str] = {}
    for former in (exchanges["order_id"], by_day):
        moved |= dict(_moved(exchanges, former, gone, known, places, rebuilt=memory.last_run_on is None))
    return moved


def _moved(
    exchanges: pd.DataFrame,
    former: Text,
    gone: Set[str],
    known: Set[str],
    places: Mapping[str, RowRef],
    *,
    rebuilt: bool,
) -> Iterator[tuple[str, str]]:
    at = np.flatnonzero(is_in(former, sorted({_base(subject) for subject in gone} | gone)))
    rows = exchanges.iloc[at]
    families: dict[str, dict[RowRef, str]] = {}
    for base, subject, tab, row in zip(former.iloc[at], rows["subject"], rows["tab"], rows["row"], strict=True):
        families.setdefault(base, {})[RowRef(tab=tab, row=int(row))] = subject
    for base, family in families.items():
        theirs = {subject for subject in known if base in {subject, _base(subject)}}
        if len(family) == 1:
            found = dict.fromkeys({base} & gone, next(iter(family.values())))
        else:
            found = {old: family[places[old]] for old in theirs if old in places and places[old] in family}
        moved = {old: new for old, new in found.items() if old != new}
        taken = known - moved.keys()  # nobody takes the place of one that is known and stays
        if rebuilt:  # from the history, which has what ended before the number came under the former subject still
            taken -= {new for old, new in moved.items() if old not in places}
        if theirs & gone and len(set(found.values())) == len(found):
            yield from ((old, new) for old, new in moved.items() if new not in taken)


def _base(subject: str) -> str:
    """Without the /2 that tells further exchanges of one order apart."""
    base, slash, number = subject.rpartition("/")
    return base if slash and number.isdigit() else subject

"""What people hung on cells, comments and links, after a sort of part of a tab: at whose row it now hangs.

Values say which cells were sorted, but many are alike (blanks, ticks). A comment is its own witness: one that the last
run saw at another task goes home; one hung since goes with the value beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sheets_sync.model import Remark
from sheets_sync.reconcile.part_sorted import PartSort

Remarks = Mapping[str, Sequence[Remark]]
"""Key → what hangs on the cells of its row."""


def brought_back(sorts: Sequence[PartSort], now: Remarks, before: Remarks) -> dict[str, dict[str, str]]:
    """Key → column (as in ``Remark``) → the key at whose row now hangs what belongs to its cell; without those at
    which it hangs already. No cell gets two."""
    here, was = _by_column(now), _by_column(before)
    brought: dict[str, dict[str, str]] = {}
    for column, hung in here.items() if sorts else ():
        beside = {there: key for s in sorts if column in s.columns for key, there in s.at.items()}
        for key, there in _homes(hung, was.get(column, {}), beside, now).items():
            if key != there:
                brought.setdefault(key, {})[column] = there
    return brought


def at_home(brought: Mapping[str, Mapping[str, str]], now: Remarks) -> dict[str, tuple[Remark, ...]]:
    """Key → what hangs on the cells of its row once everything is back. ``brought``: see ``brought_back``."""
    if not brought:
        return {key: tuple(remarks) for key, remarks in now.items()}
    to = {(there, column): key for key, columns in brought.items() for column, there in columns.items()}
    home: dict[str, list[Remark]] = {key: [] for key in now}
    for there, remarks in now.items():
        for remark in remarks:
            home[to.get((there, remark.column), there)].append(remark)
    return {key: tuple(remarks) for key, remarks in home.items()}


def _homes(
    hung: Mapping[str, str], was: Mapping[str, str], beside: Mapping[str, str], keys: Iterable[str]
) -> dict[str, str]:
    """Of one column: key → the key at whose row its comment hangs, of every comment there is."""
    homes = {key: key for key, text in hung.items() if was.get(key) == text}
    strays: dict[str, list[str]] = {}
    for there, text in hung.items():
        if there not in homes:
            strays.setdefault(text, []).append(there)
    for key, text in was.items():
        if key not in homes and strays.get(text):
            homes[key] = strays[text].pop(0)
    for there in (there for alike in strays.values() for there in alike):
        wished = (beside.get(there), there, *keys)
        homes[next(key for key in wished if key is not None and key not in homes)] = there
    return homes


def _by_column(remarks: Remarks) -> dict[str, dict[str, str]]:
    """Column → key → what hangs on the cell, in one text."""
    found: dict[str, dict[str, str]] = {}
    for key, ones in remarks.items():
        for one in ones:
            cells = found.setdefault(one.column, {})
            cells[key] = f"{cells.get(key, '')}\0{one.link}{one.text}"
    return found

"""What people hung on cells, comments and links, after a sort of part of a tab: at whose row it now hangs.

Values say which cells were sorted, but many are alike (blanks, ticks). What hangs is its own witness: what the last run
saw at another task goes home; what was hung since goes with the value beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from sheets_sync.model import Remark
from sheets_sync.reconcile.part_sorted import PartSort

Remarks: TypeAlias = Mapping[str, Sequence[Remark]]
"""Key → what hangs on the cells of its row."""
Hook: TypeAlias = tuple[str, bool]
"""A column as in ``Remark``, and whether it is the link that hangs there: a comment may move without it."""


def brought_back(sorts: Sequence[PartSort], now: Remarks, before: Remarks) -> dict[str, dict[Hook, str]]:
    """Key → hook → the key at whose row now hangs what belongs there; without those at which it hangs already. No cell
    gets two. Columns that were not sorted stay as they are."""
    if not sorts:
        return {}
    here, was = _by_hook(now), _by_hook(before)
    brought: dict[str, dict[Hook, str]] = {}
    for hook, hung in here.items():
        of_column = [sort for sort in sorts if hook[0] in sort.columns]
        if not of_column:
            continue
        beside = {there: key for sort in of_column for key, there in sort.at.items()}
        for key, there in _homes(hung, was.get(hook, {}), beside).items():
            if key != there:
                brought.setdefault(key, {})[hook] = there
    return brought


def at_home(brought: Mapping[str, Mapping[Hook, str]], now: Remarks) -> dict[str, tuple[Remark, ...]]:
    """Key → what hangs on the cells of its row once everything is back. ``brought``: see ``brought_back``."""
    if not brought:
        return {key: tuple(remarks) for key, remarks in now.items()}
    to = {(there, hook): key for key, hooks in brought.items() for hook, there in hooks.items()}
    home: dict[str, list[Remark]] = {key: [] for key in now}
    for there, remarks in now.items():
        for remark in remarks:
            home[to.get((there, (remark.column, remark.link)), there)].append(remark)
    return {key: tuple(remarks) for key, remarks in home.items()}


def _homes(hung: Mapping[str, str], was: Mapping[str, str], beside: Mapping[str, str]) -> dict[str, str]:
    """Of one hook: key → the key at whose row hangs what belongs to it, of everything that hangs there."""
    homes = {key: key for key, text in hung.items() if was.get(key) == text}
    strays: dict[str, list[str]] = {}
    for there, text in hung.items():
        if there not in homes:
            strays.setdefault(text, []).append(there)
    for key, text in was.items():
        if key not in homes and strays.get(text):
            homes[key] = strays[text].pop(0)
    for there in (there for alike in strays.values() for there in alike):
        key = beside.get(there, there)
        if key in homes:
            key = there
        while key in homes:  # taken by what came home: on to the cell that this one left
            key = homes[key]
        homes[key] = there
    return homes


def _by_hook(remarks: Remarks) -> dict[Hook, dict[str, str]]:
    found: dict[Hook, dict[str, str]] = {}
    for key, ones in remarks.items():
        for one in ones:
            found.setdefault((one.column, one.link), {})[key] = one.text
    return found

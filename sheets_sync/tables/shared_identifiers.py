"""Phones, e-mails and CPFs that customers with different customer_ids share: couples, firms, a shop's own number.

Few rows, so plain dictionaries; everything else about identity works on whole arrays (``identity.py``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from sheets_sync.tables.pieces import Positions


class Separated(Struct, frozen=True, kw_only=True):
    """``of``: each row's customer_id code, -1 = none; ``doubts``: rows that fit several, with their codes."""

    of: Positions
    doubts: Mapping[int, tuple[int, ...]]


def separate(kinds: Mapping[str, Positions], ids: Positions) -> Separated:
    """Give the rows without a customer_id to the one customer they fit; codes by kind, -1 = none.

    Round by round: rows get to know the ids of those with whom they share an identifier. An identifier of one
    customer says more than one that several share; if such sure ones disagree, or only shared ones are left that do
    not narrow down to one, the row is in doubt, and nothing is concluded from it.
    """
    of = {i: int(code) for i, code in enumerate(ids) if code >= 0}
    waiting = {
        i: [(kind, int(codes[i])) for kind, codes in kinds.items() if codes[i] >= 0]
        for i in range(len(ids))
        if i not in of
    }
    doubts: dict[int, tuple[int, ...]] = {}
    known: dict[tuple[str, int], set[int]] = {}
    fresh = dict(of)
    while fresh:
        for i, customer in fresh.items():
            for kind, codes in kinds.items():
                if codes[i] >= 0:
                    known.setdefault((kind, int(codes[i])), set()).add(customer)
        fresh = {}
        for i, identifiers in list(waiting.items()):
            meant = [known[identifier] for identifier in identifiers if identifier in known]
            if not meant:
                continue
            del waiting[i]
            candidates = _narrowed(meant)
            if len(candidates) == 1:
                fresh[i] = next(iter(candidates))
            else:
                doubts[i] = tuple(sorted(candidates))
        of |= fresh
    return Separated(of=np.array([of.get(i, -1) for i in range(len(ids))], dtype=np.int64), doubts=doubts)


def _narrowed(meant: list[set[int]]) -> set[int]:
    """The customers that all identifiers allow; all of them together where nothing fits all."""
    common = set.intersection(*meant)
    sure = {next(iter(m)) for m in meant if len(m) == 1}
    if len(common) == 1 and len(sure) <= 1:
        return common
    return set.union(*meant)

"""Older identities of customers: what a past run knew them by, and what they are called now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from sheets_sync.memory import Memory
from sheets_sync.tables.identity import Identities
from sheets_sync.tables.mentions import KINDS, Mentions
from sheets_sync.tables.pieces import is_in, text_series


def find_aliases(memory: Memory, ended: Iterable[str], mentions: Mentions, identities: Identities) -> dict[str, str]:
    """Older identity → identity now used, for everybody a past run knew by another name. ``ended``: those whom only a
    task that ended names.

    An old identity counts as long as some row still has it as an identifier of exactly one customer; one that no row
    has any more keeps the alias it was given.
    """
    remembered = {r.customer_id for r in memory.rows.values() if r.customer_id}
    old = sorted(
        {*remembered, *ended, *memory.planned, *memory.customer_types, *memory.aliases, *memory.aliases.values()}
    )
    if not old:
        return {}
    words = text_series(old)
    gone = words[~is_in(words, identities.identity)].tolist()
    if not gone:
        return {}
    now = _look_up(gone, mentions, identities)
    back = {new: older for older, new in memory.aliases.items()}
    current = frozenset(identities.identity[is_in(identities.identity, [*memory.aliases.values(), *back.values()])])
    for identity in gone:
        if identity in now:
            continue
        for other in _chain(identity, memory.aliases, back):
            if other in now or other in current:
                now[identity] = now.get(other, other)
                break
    return now


def _chain(identity: str, forward: Mapping[str, str], back: Mapping[str, str]) -> Iterable[str]:
    """Other names of the same customer, newer ones first."""
    for direction in (forward, back):
        seen, name = {identity}, direction.get(identity)
        while name is not None and name not in seen:
            yield name
            seen.add(name)
            name = direction.get(name)


def _look_up(gone: list[str], mentions: Mentions, identities: Identities) -> dict[str, str]:
    """Old identities that are some customer's identifier, and nobody else's."""
    found: dict[str, set[int]] = {}
    for kind in KINDS:
        column = mentions.kinds[kind]
        plain = {word.removeprefix(f"{kind}="): word for word in gone}
        codes = np.flatnonzero(is_in(column.words, list(plain)))
        if not len(codes):
            continue
        use = np.isin(column.codes, codes) & (identities.customer >= 0)
        pairs = pd.DataFrame({"code": column.codes[use], "customer": identities.customer[use]}).drop_duplicates()
        for code, customer in zip(pairs["code"], pairs["customer"], strict=True):
            found.setdefault(plain[str(column.words.iloc[code])], set()).add(int(customer))
    return {old: str(identities.identity.iloc[next(iter(who))]) for old, who in found.items() if len(who) == 1}

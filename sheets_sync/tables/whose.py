"""Whose row it is: order and exchange rows joined with the customers found, and what that leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from sheets_sync.model import Unread
from sheets_sync.tables.blank_rows import PERSON
from sheets_sync.tables.identity import Identities
from sheets_sync.tables.mentions import Mentions
from sheets_sync.tables.pieces import NOWHERE, Flags, Positions
from sheets_sync.tables.questions import Doubt, Questions, gathered
from sheets_sync.tables.rows import SourceRows

AMBIGUOUS = "customer_ambiguous"
_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """One element a row. ``customer`` -1 where ``nobody`` is named or where it is ``unsure`` who is meant
    (``candidates`` by row); ``faulty``: a cell about the customer could not be read.
    """

    customer: Positions
    nobody: Flags
    unsure: Flags
    faulty: Flags
    candidates: Mapping[int, tuple[int, ...]]


def whose_rows(rows: SourceRows, mentions: Mentions, identities: Identities) -> Whose:
    """The customers of a source's rows."""
    mention = mentions.of[rows.source]
    customer = identities.customer[mention]
    in_doubt = np.zeros(len(mentions), dtype=bool)
    in_doubt[np.fromiter(identities.candidates, dtype=np.int64)] = True
    unsure = in_doubt[mention]
    faulty = np.zeros(len(rows), dtype=bool)
    for key in PERSON:
        faulty |= rows.faulty.get(key, False)
    candidates = {int(i): identities.candidates[int(mention[i])] for i in np.flatnonzero(unsure)}
    return Whose(
        customer=customer, nobody=(customer < 0) & ~unsure, unsure=unsure, faulty=faulty, candidates=candidates
    )


def ask_who(rows: SourceRows, whose: Whose, use: Flags, identities: Identities, questions: Questions) -> None:
    """One question for each value that fits several customers."""
    at = np.flatnonzero(whose.unsure & use)
    if not len(at):
        return
    key, words = _telling(rows, at)
    for title, _, layout in rows.places(at):
        code = rows.tab.words.tolist().index(title)
        here = at[rows.tab.codes[at] == code]
        values = words[np.isin(at, here)]
        doubts = [
            Doubt(code=AMBIGUOUS, found=value, at=here[values == value]) for value in dict.fromkeys(values.tolist())
        ]
        for doubt in gathered(doubts):
            several = whose.candidates[int(doubt.at[0])]
            names = ", ".join(str(identities.identity.iloc[c]) for c in several[:_SHOWN])
            questions.ask(
                doubt.code,
                title,
                rows.row[doubt.at],
                layout.column(key),
                found=doubt.found,
                params={"candidates": names},
            )


def _telling(rows: SourceRows, at: Positions) -> tuple[str, np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """The column that names the customer in most of the rows ``at``, and what it says there ('' where blank)."""
    best, filled = "customer", -1
    for key in PERSON:
        count = int((rows.words(key).codes[at] >= 0).sum())
        if count > filled:
            best, filled = key, count
    column = rows.words(best)
    return best, column.only(at).series().fillna("").to_numpy(dtype=object)


def unread_of(
    held: Positions,
    whose: Whose,
    identities: Identities,
    subjects: Iterable[str],
    *,
    lost: bool,
    also: Positions = NOWHERE,
) -> Unread:
    """What the rows ``held`` leave open: their subjects, and whom they may belong to (``also``: known otherwise)."""
    meant = {*whose.customer[held].tolist(), *also.tolist()} - {-1}
    for i in held[whose.unsure[held]]:
        meant.update(whose.candidates[int(i)])
    customers = frozenset(identities.identity.iloc[sorted(meant)].tolist())
    return Unread(subjects=frozenset(subjects), customers=customers, lost_ids=lost)

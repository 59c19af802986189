"""Whose row it is: order and exchange rows joined with the customers found, and what that leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from sheets_sync.model import Unread
from sheets_sync.tables.blank_rows import PERSON
from sheets_sync.tables.identity import Identities
from sheets_sync.tables.mentions import Mentions
from sheets_sync.tables.pieces import NOWHERE, Flags, Positions, places_of
from sheets_sync.tables.questions import Doubt, Questions, gathered
from sheets_sync.tables.rows import SourceRows

AMBIGUOUS = "customer_ambiguous"
_SHOWN = 4


class Whose(Struct, frozen=True, kw_only=True):
    """One element a row. ``customer`` -1 where ``nobody`` is named or where it is ``unsure`` who is meant
    (``candidates`` by ``mention``); ``faulty``: a cell about the customer could not be read.
    """

    mention: Positions
    customer: Positions
    nobody: Flags
    unsure: Flags
    faulty: Flags
    candidates: Mapping[int, tuple[int, ...]]

    def filled(self, index: Positions) -> Whose:
        """With each row's customer taken from the row ``index`` names."""
        return replace(
            self, mention=self.mention[index], customer=self.customer[index], nobody=self.nobody[index],
            unsure=self.unsure[index],
        )  # fmt: skip


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
    return Whose(
        mention=mention,
        customer=customer,
        nobody=(customer < 0) & ~unsure,
        unsure=unsure,
        faulty=faulty,
        candidates=identities.candidates,
    )


def ask_who(rows: SourceRows, whose: Whose, use: Flags, identities: Identities, questions: Questions) -> None:
    """One question for each value that fits several customers."""
    at = np.flatnonzero(whose.unsure & use)
    if not len(at):
        return
    key = _telling(rows, at)
    words = rows.words(key)
    for code, title in enumerate(rows.tab.words):
        here = at[rows.tab.codes[at] == code]
        values = np.where(words.codes[here] < 0, len(words.words), words.codes[here])
        texts = [*words.words, ""]
        doubts = (
            Doubt(code=AMBIGUOUS, found=texts[i], at=here[places])
            for i, places in places_of(values, np.ones(len(texts), dtype=bool))
        )
        for doubt in gathered(doubts):
            several = whose.candidates[int(whose.mention[doubt.at[0]])]
            names = ", ".join(identities.identity.iloc[list(several[:_SHOWN])])
            column = rows.layouts[title].column(key)
            params = {"candidates": names}
            questions.ask(doubt.code, title, rows.row[doubt.at], column, found=doubt.found, params=params)


def _telling(rows: SourceRows, at: Positions) -> str:
    """The column that names the customer in most of the rows ``at``."""
    return max(PERSON, key=lambda key: int((rows.words(key).codes[at] >= 0).sum()))


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
    for mention in np.unique(whose.mention[held[whose.unsure[held]]]):
        meant.update(whose.candidates[int(mention)])
    customers = frozenset(identities.identity.iloc[sorted(meant)].tolist())
    return Unread(subjects=frozenset(subjects), customers=customers, lost_ids=lost)

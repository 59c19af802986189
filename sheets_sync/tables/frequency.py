"""Cells of FREQUENCY columns: how often a customer orders. Exact words, counted intervals, plain numbers of days.

An exact entry of the vocabulary wins, save where brackets say it more exactly (*mensal (28 dias)*). Words that people
use for two intervals are asked about, once a word and column.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync import locale
from sheets_sync.locale import Ambiguous
from sheets_sync.tables.pieces import Coded, Pieces, coded, numbers_as_text, places_of, text_series
from sheets_sync.tables.questions import Doubt
from sheets_sync.tables.reading import TabColumn

AMBIGUOUS = "frequency_ambiguous"
UNREADABLE = "frequency_unreadable"
_LONGEST = {"days": 1_100, "months": 36}
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_NUMBER = re.compile(r"(\d+)(?:[.,]0+)?")


class Frequencies(Struct, frozen=True, kw_only=True):
    """``n`` (0 = none) intervals of ``unit`` (``days`` / ``months``)."""

    n: npt.NDArray[np.int64]
    unit: Coded
    doubts: tuple[Doubt, ...]


def read_frequencies(pieces: Pieces, column: TabColumn) -> Frequencies:
    """The column's intervals and what is doubtful about it."""
    at = np.concatenate([pieces.text_at, pieces.number_at])
    texts = (
        pd.concat([pieces.texts, numbers_as_text(pieces.numbers)], ignore_index=True)
        if len(pieces.number_at)
        else pieces.texts
    )
    words = coded(texts)
    found = [_interval(str(word), column) for word in words.words]
    n, unit = np.zeros(pieces.length, dtype=np.int64), np.full(pieces.length, -1, dtype=np.int64)
    doubts = []
    if found:
        counts = np.array([f[1] if isinstance(f, tuple) else 0 for f in found], dtype=np.int64)
        units = np.array(
            [("days", "months").index(f[0]) if isinstance(f, tuple) and f[1] else -1 for f in found], dtype=np.int64
        )
        n[at], unit[at] = counts[words.codes], units[words.codes]
    doubtful = np.array([not isinstance(f, tuple) for f in found], dtype=bool)
    for i, places in places_of(words.codes, doubtful):
        meaning = found[i]
        code, choices = (AMBIGUOUS, meaning.choices) if isinstance(meaning, Ambiguous) else (UNREADABLE, _ANY)
        doubts.append(Doubt(code=code, found=str(words.words.iloc[i]), at=np.sort(at[places]), choices=choices))
    for where, text in ((pieces.moment_at, "date"), (pieces.flag_at[pieces.flags], "TRUE")):
        if len(where):
            doubts.append(Doubt(code=UNREADABLE, found=text, at=where, choices=_ANY))
    return Frequencies(n=n, unit=Coded(codes=unit, words=text_series(["days", "months"])), doubts=tuple(doubts))


_ANY = tuple(
    f"frequency_{name}" for name in ("weekly", "biweekly", "monthly", "bimonthly", "quarterly", "six_monthly", "yearly")
)


def _interval(text: str, column: TabColumn) -> tuple[str, int] | Ambiguous | None:
    """(unit, n) of one text, (…, 0) for "no"; else what it may mean, or None."""
    biweekly = column.reading.biweekly_days
    for code in (AMBIGUOUS, UNREADABLE):
        chosen = locale.frequency_answers().get(column.answer(code, text))
        if chosen:
            return chosen.unit, biweekly if chosen.name == "biweekly" else chosen.n
    return interval_of(text, biweekly)


@lru_cache(maxsize=4_096)
def interval_of(text: str, biweekly_days: int = 14) -> tuple[str, int] | Ambiguous | None:
    """What one text says: (``days`` or ``months``, n); n = 0 for "no"; Ambiguous; None = cannot be told.

    >>> interval_of("mensal (28 dias)")
    ('days', 28)
    """
    bracket = _BRACKETS.search(text)
    if bracket:
        counted = _counted(locale.fold(bracket[1]), biweekly_days)
        if counted:
            return counted
        text = _BRACKETS.sub(" ", text)
    folded = locale.fold(text)
    exact = locale.frequency_index().get(folded)
    if isinstance(exact, Ambiguous):
        return exact
    if exact is not None:
        return exact.unit, biweekly_days if exact.name == "biweekly" else exact.n
    number = _NUMBER.fullmatch(text.strip())
    if number:
        return _sane("days", int(number[1]), biweekly_days) if int(number[1]) else ("days", 0)
    if folded in locale.no_words():
        return "days", 0
    return _counted(folded, biweekly_days)


def _counted(folded: str, biweekly_days: int) -> tuple[str, int] | None:
    """ "every N days / weeks / months / years", with or without "every", N in digits or in words."""
    words = locale.every_words()
    for before in words.before:
        if folded.startswith(before + " "):
            folded = folded[len(before) + 1 :]
            break
    count, _, unit = folded.rpartition(" ")
    glued = re.fullmatch(r"(\d+)([^\W\d]+)", folded)  # 30d
    if glued:
        count, unit = glued[1], glued[2]
    if unit not in words.units:
        return None
    kind, each = words.units[unit]
    n = 1 if not count else int(count) if count.isdecimal() else words.numbers.get(count, 0)
    return _sane(kind, n * each, biweekly_days)


def _sane(unit: str, n: int, biweekly_days: int) -> tuple[str, int] | None:
    if not 1 <= n <= _LONGEST[unit]:
        return None
    return (unit, biweekly_days) if (unit, n) == ("days", 15) else (unit, n)

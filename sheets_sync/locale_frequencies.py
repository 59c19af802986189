"""How often people say they order: words for intervals, over all four languages at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from sheets_sync.fold import fold
from sheets_sync.locale_index import Index, every, index_of, labels


class FrequencyMeaning(Struct, frozen=True, kw_only=True):
    """An interval: ``n`` days or months. ``name``: weekly, biweekly, monthly … ('' = only counted)."""

    unit: str
    n: int
    name: str = ""


class Ambiguous(Struct, frozen=True, kw_only=True):
    """A frequency word that people use for two intervals: answer ids to choose from (``frequency_answers``)."""

    choices: tuple[str, ...]


_FREQUENCIES = {
    "weekly": ("days", 7),
    "biweekly": ("days", 14),  # setting biweekly_days
    "monthly": ("months", 1),
    "bimonthly": ("months", 2),
    "quarterly": ("months", 3),
    "four_monthly": ("months", 4),
    "six_monthly": ("months", 6),
    "yearly": ("months", 12),
    "two_yearly": ("months", 24),
    "twice_weekly": ("days", 4),  # three and a half: the later one, nobody is asked too early
}


def _meaning(name: str) -> FrequencyMeaning:
    unit, n = _FREQUENCIES[name]
    return FrequencyMeaning(unit=unit, n=n, name=name)


@lru_cache
def frequency_index() -> Index[FrequencyMeaning | Ambiguous]:
    """Folded frequency word → its interval, or what it may mean. Exact words only, never by likeness."""
    return index_of(_frequencies())


def _frequencies() -> Iterator[tuple[str, FrequencyMeaning | Ambiguous]]:
    for word, key in labels("frequencies"):
        first, _, second = key.partition("_or_")
        if second:
            yield word, Ambiguous(choices=(f"frequency_{first}", f"frequency_{second}"))
        else:
            yield word, _meaning(key)


@lru_cache
def frequency_answers() -> Mapping[str, FrequencyMeaning]:
    """Answer id of an ambiguous frequency → the interval chosen."""
    return {f"frequency_{name}": _meaning(name) for name in _FREQUENCIES}


class EveryWords(Struct, frozen=True, kw_only=True):
    """What "every N weeks" is made of, folded: leading words, units (→ unit, how many), small numbers in words.

    ``before`` may hold several words (``a cada``); the longest come first.
    """

    before: tuple[str, ...]
    units: Mapping[str, tuple[str, int]]
    numbers: Mapping[str, int]


_UNITS = {"day": ("days", 1), "week": ("days", 7), "month": ("months", 1), "year": ("months", 12)}


@lru_cache
def every_words() -> EveryWords:
    """For "every N days / weeks / months / years", in any of the languages."""
    before = {fold(word) for _, words in every("words", "every") for word in words}
    units = {
        fold(word): _UNITS[key]
        for _, table in every("words", "units")
        for key, words in table.items()
        for word in words
    }
    numbers = {
        fold(word): n
        for _, rows in every("words", "numbers")
        for n, words in enumerate(rows, start=1)
        for word in words
    }
    return EveryWords(before=tuple(sorted(before, key=len, reverse=True)), units=units, numbers=numbers)

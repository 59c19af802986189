"""Cells of PHONE columns as E.164 (``+5543999991234``).

Numbers that have the shape of a fixed or mobile number of a common country are recognised in one go with the
patterns of the phonenumbers library; only what is left goes through the library one by one.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync.tables.pieces import Coded, Pieces, Text, coded, numbers_as_text, text_series
from sheets_sync.tables.questions import Doubt

UNREADABLE = "phone_unreadable"
_COMMON = ("BR", "ES", "NL", "US", "GB", "MX", "PT", "BE", "AR", "CO", "CL", "DE")
_MARKS = (" ", "-", "(", ")", ".", "/", "\xa0")


class Phones(Struct, frozen=True, kw_only=True):
    """The numbers, and a doubt (a notice) about those that are none."""

    column: Coded
    doubts: tuple[Doubt, ...]


def read_phones(pieces: Pieces, region: str) -> Phones:
    """The column's numbers; ``region`` is whose numbers are written without a country code ('' = none)."""
    at = np.concatenate([pieces.text_at, pieces.number_at])
    texts = (
        pd.concat([pieces.texts, numbers_as_text(pieces.numbers)], ignore_index=True)
        if len(pieces.number_at)
        else pieces.texts
    )
    words = coded(texts)
    numbers = normal_phones(words.words, region)
    again = coded(numbers)
    codes = np.full(pieces.length, -1, dtype=np.int64)
    codes[at] = np.append(again.codes, -1)[words.codes]
    bad = numbers.isna().to_numpy()
    doubts = []
    if bad.any():
        first = str(words.words[bad].iloc[0])
        doubts.append(Doubt(code=UNREADABLE, found=first, at=np.sort(at[bad[words.codes]]), tells=True))
    return Phones(column=Coded(codes=codes, words=again.words), doubts=tuple(doubts))


def normal_phones(words: Text, region: str) -> Text:
    """Each distinct text as E.164, NaN where it is no phone number."""
    if not len(words):
        return words
    bare = words
    for mark in _MARKS:
        bare = bare.str.replace(mark, "", regex=False)
    found = np.full(len(words), None, dtype=object)
    left = ~words.str.contains("(0)", regex=False).to_numpy(dtype=bool)  # +55 (0)43 …: the library knows what to drop
    for pattern, prefix in _patterns(region):
        if not left.any():
            break
        rest = bare[left]
        fits = rest[rest.str.match(pattern).to_numpy(dtype=bool)]
        found[fits.index] = prefix + fits
        left[fits.index] = False
    for i in np.flatnonzero(found == None):  # noqa: E711  (element by element)
        found[i] = phone_of(str(words.iloc[i]), region)
    return text_series(found)


@lru_cache
def _patterns(region: str) -> tuple[tuple[str, str], ...]:
    """RE2 patterns of numbers without marks, likely ones first, and what makes each E.164."""
    from phonenumbers import PhoneMetadata  # noqa: PLC0415  (only where there is a phone column)

    shapes: dict[int, str] = {}
    own: list[tuple[str, str]] = []
    for name in dict.fromkeys((region, *_COMMON)):
        known = PhoneMetadata.metadata_for_region(name) if name else None
        if known is None or known.country_code is None:
            continue
        kinds = (known.mobile, known.fixed_line)
        shape = "|".join(k.national_number_pattern for k in kinds if k and k.national_number_pattern)
        shapes.setdefault(known.country_code, shape)
        if name == region:
            own = [(rf"^\+{known.country_code}(?:{shape})$", ""), (f"^(?:{shape})$", f"+{known.country_code}")]
    others = "|".join(f"{code}(?:{shape})" for code, shape in shapes.items())
    return (*own, (rf"^\+(?:{others})$", ""))


def phone_of(text: str, region: str) -> str | None:
    """One text as E.164 by the library's own rules; of several numbers the first. None where it is none.

    A number with its country code need only be possible; one without it must be a valid one of ``region``.
    """
    import phonenumbers  # noqa: PLC0415

    for part in (text, *re.split(r"[;,/]| ou | or | of | o ", text)):
        try:
            number = phonenumbers.parse(part, region or None)
        except phonenumbers.NumberParseException:
            continue
        possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
        if (possible and "+" in part) or phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None

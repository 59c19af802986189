"""Cells of MONEY columns: exact whole cents, in the workbook's way of writing numbers.

A number cell is rounded half up at the fifteenth digit, as Excel shows it. In text the last sign is the decimal one if
both kinds occur; a single sign is read as the locale says, or the one way that makes sense. ``1.234`` in a locale with
a point, ``1,234`` in one with a comma are neither cents nor thousands: asked about.
"""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from sheets_sync.tables.pieces import Coded, Floats, Pieces, Positions, Text, coded, places_of, text_series
from sheets_sync.tables.questions import Doubt
from sheets_sync.tables.reading import Reading

UNREADABLE = "money_unreadable"
_LIMIT = 1e13  # cents that a float still counts one by one

_SIGNS = {
    "R$": "BRL",
    "US$": "USD",
    "U$S": "USD",
    "MX$": "MXN",
    "S/": "PEN",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₲": "PYG",
}
_CODES = (
    "ARS AUD BOB BRL CAD CHF CLP COP CRC CZK DKK DOP EUR GBP GTQ HNL HUF JPY MXN NOK PEN PLN PYG RON SEK USD UYU VES"
)
_NAMED = re.compile("|".join([*map(re.escape, _SIGNS), rf"\b(?:{_CODES.replace(' ', '|')})\b"]), re.IGNORECASE)
_SIGNED = r"^(?:R\$|€|£|US\$|\$)[ \x{a0}]?|[ \x{a0}]?€$"
_PLAIN_COMMA = r"^-?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d{1,2})?$"
_PLAIN_POINT = r"^-?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d{1,2})?$"
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,' ])\d{3}(?:\1\d{3})*")


class Money(Struct, frozen=True, kw_only=True):
    """``cents`` int64, valid where ``known``. ``currency``: the code a cell names, nothing (-1) where it names none."""

    cents: npt.NDArray[np.int64]
    known: npt.NDArray[np.bool_]
    currency: Coded | None
    doubts: tuple[Doubt, ...]


def read_money(pieces: Pieces, reading: Reading) -> Money:
    """The column's amounts and what is doubtful about it."""
    cents = np.zeros(pieces.length, dtype=np.int64)
    known = np.zeros(pieces.length, dtype=bool)
    doubts: list[Doubt] = []
    currency: Coded | None = None
    if len(pieces.number_at):
        values = pieces.numbers.astype(np.float64)
        fits = np.abs(values) < _LIMIT / 100
        cents[pieces.number_at[fits]] = _rounded(values[fits])
        known[pieces.number_at[fits]] = True
        doubts += [
            Doubt(code=UNREADABLE, found=f"{values[i]:g}", at=pieces.number_at[[i]]) for i in np.flatnonzero(~fits)
        ]
    if len(pieces.text_at):
        words = coded(pieces.texts)
        found, named = _of_words(words.words, reading)
        sure = np.array([f is not None for f in found], dtype=bool)
        amounts = np.array([f or 0 for f in found], dtype=np.int64)
        cents[pieces.text_at] = amounts[words.codes]
        known[pieces.text_at] = sure[words.codes]
        doubts += [
            Doubt(code=UNREADABLE, found=str(words.words.iloc[i]), at=pieces.text_at[at])
            for i, at in places_of(words.codes, ~sure)
        ]
        currency = _currencies(named, words.codes, pieces.text_at, pieces.length)
    for at, values_as_text in ((pieces.moment_at, "date"), (pieces.flag_at, "TRUE / FALSE")):
        if len(at):
            doubts.append(Doubt(code=UNREADABLE, found=values_as_text, at=at))
    return Money(cents=cents, known=known, currency=currency, doubts=tuple(doubts))


def _rounded(values: Floats) -> npt.NDArray[np.int64]:
    """Cents, halves away from zero, after dropping what the sixteenth digit of a float adds."""
    whole: npt.NDArray[np.int64] = (np.sign(values) * np.floor(np.round(np.abs(values) * 100, 6) + 0.5)).astype(
        np.int64
    )
    return whole


def _currencies(named: list[str], codes: Positions, at: Positions, length: int) -> Coded | None:
    if not any(named):
        return None
    inner = coded(text_series([n or None for n in named]))
    wide = np.full(length, -1, dtype=np.int64)
    wide[at] = inner.codes[codes]
    return Coded(codes=wide, words=inner.words)


def currency_named(text: str) -> str:
    """The ISO code of the currency that a header or an amount names; '' for none. A bare $ is no name."""
    found = _NAMED.search(text)
    return _SIGNS.get(found[0].upper(), found[0].upper()) if found else ""


def _of_words(texts: Text, reading: Reading) -> tuple[list[int | None], list[str]]:
    """Cents (None = unreadable) and named currency of each distinct text; plain ones in one go."""
    pattern = _PLAIN_COMMA if reading.comma else _PLAIN_POINT
    group, point = (".", ",") if reading.comma else (",", ".")
    around = coded(texts.str.replace(r"[0-9.,\s]+", "", regex=True).replace("", None))  # R$, €, …: few
    by_sign = [currency_named(sign) for sign in around.words] + [""]
    named = [by_sign[code] for code in around.codes]
    known = np.array([bool(name) or sign == "$" for name, sign in zip(by_sign, [*around.words, ""], strict=True)])
    bare = texts.str.replace(_SIGNED, "", regex=True) if known.any() else texts
    plain = bare.str.match(pattern).to_numpy(dtype=bool) & (bare.str.len() <= 15).to_numpy(dtype=bool)
    digits = bare[plain].str.replace(group, "", regex=False).str.replace(point, ".", regex=False)
    found: list[int | None] = [None] * len(texts)
    for i, cents in zip(digits.index, _rounded(np.asarray(digits, dtype=np.float64)).tolist(), strict=True):
        found[i] = cents
    for i in np.flatnonzero(~plain):
        found[i] = cents_of(str(texts.iloc[i]), reading.comma)
        named[i] = currency_named(str(texts.iloc[i]))
    return found, named


def cents_of(text: str, comma: bool) -> int | None:
    """An amount written by a person in cents, None where it cannot be told. ``comma``: the locale's decimal sign."""
    bare = _NAMED.sub("", text).replace("$", "").replace("−", "-").replace("\xa0", " ").replace("\u202f", " ").strip()
    bare = re.sub(r"[.,][-–—]+$", "", bare)  # nl: € 25,-
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("() ")
    if bare.startswith("-") or bare.endswith("-"):
        negative, bare = True, bare.strip("- ")
    number = _decimal(bare.removeprefix("+").strip(), comma)
    if number is None or abs(number) * 100 >= _LIMIT:
        return None
    cents = number * 100
    if cents != int(cents):
        return None
    return -int(cents) if negative else int(cents)


def _decimal(bare: str, comma: bool) -> Decimal | None:
    if not re.fullmatch(r"\d[\d.,' ]*\d|\d", bare):
        return None
    whole, part = bare, ""
    last = max(bare.rfind("."), bare.rfind(","))
    if last >= 0:
        sign, before, after = bare[last], bare[:last], bare[last + 1 :]
        alone = not any(s in before for s in ".,' " if s != sign)
        # one kind of sign before exactly three digits: thousands, unless it is the locale's decimal sign, once
        thousands = alone and len(after) == 3 and (sign in before or sign != ("," if comma else "."))
        if not thousands:
            whole, part = before, after
            if sign in whole:
                return None
    if not whole.isdigit():
        if not _GROUPED.fullmatch(whole):
            return None
        whole = re.sub(r"\D", "", whole)
    return Decimal(f"{whole}.{part or 0}") if not part or part.isdigit() else None

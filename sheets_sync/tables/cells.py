"""One parser per kind of column: pieces in, a typed column and its doubts out. Work is done on distinct words.

A cell that cannot be read is blank in the column and stands in a Doubt; whether that keeps its row out is the
schema's word (``holds``), not the parser's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync import locale
from sheets_sync.model import Kind, SourceColumn, SourceTab
from sheets_sync.tables import dates, frequency, money, phones, tags, tax_ids
from sheets_sync.tables.frames import CENTS, UNKNOWN
from sheets_sync.tables.pieces import (
    Coded,
    Pieces,
    Text,
    coded,
    mapped,
    moments_as_text,
    numbers_as_text,
    places_of,
    text_series,
)
from sheets_sync.tables.questions import Doubt
from sheets_sync.tables.reading import TabColumn
from sheets_sync.tables.schema import SOURCES

CHOICE_UNKNOWN = "choice_unknown"
FLAG_UNREADABLE = "flag_unreadable"
EMAIL_UNREADABLE = "email_unreadable"
NOT_CUSTOMER = "not_customer"

Column: TypeAlias = "pd.Series[Any] | Coded"
_EMAIL = r"[^\s<>;,:()\[\]@]+@[^\s<>;,:()\[\]@]+\.[^\s<>;,:()\[\]@]+"
_PLAIN_EMAIL = r"^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$"


class Parsed(Struct, frozen=True, kw_only=True):
    """A parsed column: one entry a row. FREQUENCY gives ``every_n`` and ``every_unit``, MONEY also a ``currency``."""

    columns: dict[str, Column]
    doubts: tuple[Doubt, ...] = ()


def parse_column(pieces: Pieces, at: TabColumn, *, plain: bool = False) -> Parsed:
    """The column as its kind says. ``plain``: text that nobody needs as distinct words."""
    parser = _PARSERS.get(at.column.kind)
    if parser is not None:
        return parser(pieces, at)
    return Parsed(columns={at.column.key: as_text(pieces) if plain else _coded_text(pieces)})


def _dates(pieces: Pieces, at: TabColumn) -> Parsed:
    read = dates.read_dates(pieces, at.reading)
    return Parsed(columns={at.column.key: pd.Series(read.values)}, doubts=read.doubts)


def _frequencies(pieces: Pieces, at: TabColumn) -> Parsed:
    every = frequency.read_frequencies(pieces, at)
    return Parsed(columns={"every_n": pd.Series(every.n), "every_unit": every.unit}, doubts=every.doubts)


def _phones(pieces: Pieces, at: TabColumn) -> Parsed:
    numbers = phones.read_phones(pieces, at.reading.region)
    return Parsed(columns={at.column.key: numbers.column}, doubts=numbers.doubts)


def _tax_ids(pieces: Pieces, at: TabColumn) -> Parsed:
    ids = tax_ids.read_tax_ids(pieces, at.column.header, at.reading.region)
    return Parsed(columns={at.column.key: ids.column}, doubts=ids.doubts)


def _products(pieces: Pieces, at: TabColumn) -> Parsed:
    words = _coded_text(pieces)
    return Parsed(columns={at.column.key: Coded(codes=words.codes, words=tags.split_products(words.words))})


def as_text(pieces: Pieces) -> Text:
    """The cells as text, as people typed them: ids keep their zeros, whole numbers have no decimals."""
    if len(pieces.text_at) == pieces.length:
        return pieces.texts
    return _coded_text(pieces).series()


def _coded_text(pieces: Pieces) -> Coded:
    if not (len(pieces.number_at) or len(pieces.moment_at) or len(pieces.flag_at)):
        return coded(pieces.texts, pieces.text_at, pieces.length)
    flags = text_series(np.where(pieces.flags, "TRUE", "FALSE").astype(object))
    parts = [pieces.texts, numbers_as_text(pieces.numbers), moments_as_text(pieces.moments), flags]
    at = np.concatenate([pieces.text_at, pieces.number_at, pieces.moment_at, pieces.flag_at])
    words = coded(pd.concat([p for p in parts if len(p)], ignore_index=True))
    codes = np.full(pieces.length, -1, dtype=np.int64)
    codes[at] = words.codes
    return Coded(codes=codes, words=words.words)


def _money(pieces: Pieces, at: TabColumn) -> Parsed:
    read, column = money.read_money(pieces, at.reading), at.column
    amounts = pd.Series(pd.arrays.IntegerArray(read.cents, ~read.known), dtype=CENTS)
    columns: dict[str, Column] = {column.key: amounts}
    default = money.currency_named(column.header) or at.reading.currency
    if default or read.currency is not None:
        named = read.currency or Coded(codes=np.full(pieces.length, -1, dtype=np.int64), words=text_series([]))
        codes = np.where((named.codes < 0) & read.known, len(named.words), named.codes)
        words = pd.concat([named.words, text_series([default or None])], ignore_index=True)
        columns[f"{column.key}.currency"] = Coded(codes=codes, words=words)
    return Parsed(columns=columns, doubts=read.doubts)


def _emails(pieces: Pieces, at: TabColumn) -> Parsed:
    words = _coded_text(pieces)
    addresses = words.words.str.lower()
    unusual = np.flatnonzero(~addresses.str.match(_PLAIN_EMAIL).to_numpy(dtype=bool))
    if len(unusual):
        every = addresses.to_numpy(dtype=object)
        found = (re.search(_EMAIL, str(every[i]).removeprefix("mailto:")) for i in unusual)
        every[unusual] = [match[0].strip(".'\"") if match else None for match in found]
        addresses = text_series(every)
    bad = addresses.isna().to_numpy(dtype=bool)
    doubts = []
    if bad.any():
        where = np.flatnonzero(np.append(bad, False)[words.codes])
        doubts.append(Doubt(code=EMAIL_UNREADABLE, found=str(words.words[bad].iloc[0]), at=where, tells=True))
    return Parsed(columns={at.column.key: mapped(words, addresses)}, doubts=tuple(doubts))


def _flags(pieces: Pieces, at: TabColumn) -> Parsed:
    words = _coded_text(pieces)
    said = [_yes_or_no(word) for word in words.words]
    answers = {"yes": True, "no": False}
    said = [
        answers.get(at.answer(FLAG_UNREADABLE, w)) if s is None else s for w, s in zip(words.words, said, strict=True)
    ]
    doubts = [
        Doubt(code=FLAG_UNREADABLE, found=str(words.words.iloc[i]), at=where, choices=("yes", "no"))
        for i, where in places_of(words.codes, np.array([s is None for s in said], dtype=bool))
    ]
    meanings = pd.array([*said, None], dtype="boolean")
    return Parsed(columns={at.column.key: pd.Series(meanings.take(words.codes))}, doubts=tuple(doubts))


def _yes_or_no(word: str) -> bool | None:
    folded = locale.fold(word)
    if folded in locale.yes_words():
        return True
    return False if folded in locale.no_words() else None


_INDEX_OF = {(SourceTab.ORDERS, "status"): "order_status", (SourceTab.EXCHANGES, "status"): "exchange_status"}


def choice_index(source: SourceTab, key: str) -> locale.Index[str]:
    """The words of a CHOICE column."""
    return locale.value_index(_INDEX_OF.get((source, key), key))


def _choices(pieces: Pieces, at: TabColumn) -> Parsed:
    column = at.column
    words = _coded_text(pieces)
    spoken = column.kind is Kind.LANGUAGE
    index = locale.language_index() if spoken else choice_index(at.source, column.key)
    known = locale.LANGUAGES if spoken else SOURCES[at.source].column(column.key).choices
    yes, no = _flag_header(column, at.source)
    meanings: list[str | None] = []
    for word in words.words:
        meaning = index.get(locale.fold(word))
        said = _yes_or_no(word) if meaning is None and (yes or no) else None
        if said is not None:
            meaning = (yes if said else no) or None
        elif meaning is None:
            meaning = _answered(at.answer(CHOICE_UNKNOWN, word), known)
        meanings.append(meaning)
    choices = _answers(column.key, known)
    doubts = [
        Doubt(code=CHOICE_UNKNOWN, found=str(words.words.iloc[i]), at=where, choices=choices)
        for i, where in places_of(words.codes, np.array([m == UNKNOWN for m in meanings], dtype=bool))
    ]
    if spoken:  # nobody can be written to in an unknown language: until people answer, the workbook's
        meanings = [None if meaning == UNKNOWN else meaning for meaning in meanings]
    return Parsed(columns={column.key: mapped(words, text_series(meanings))}, doubts=tuple(doubts))


def _answers(key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    return ("customer", NOT_CUSTOMER) if key == "category" else known


def _answered(answer: str, known: tuple[str, ...]) -> str | None:
    """The canonical value a person chose for a word; None = count it as blank; UNKNOWN = nobody answered yet."""
    if answer == NOT_CUSTOMER:
        return "other"
    if answer in known:
        return answer
    return None if answer else UNKNOWN


def _flag_header(column: SourceColumn, source: SourceTab) -> tuple[str, str]:
    """What yes and no mean under a header that is itself a value (*Pago*, *Cartão recusado*)."""
    meanings = locale.header_index().get(locale.fold(column.header), ())
    for meaning in meanings:
        if meaning.source is source and meaning.key == column.key and (meaning.yes or meaning.no):
            return meaning.yes, meaning.no
    return "", ""


_PARSERS: dict[Kind, Callable[[Pieces, TabColumn], Parsed]] = {
    Kind.DATE: _dates,
    Kind.MONEY: _money,
    Kind.FREQUENCY: _frequencies,
    Kind.FLAG: _flags,
    Kind.CHOICE: _choices,
    Kind.LANGUAGE: _choices,
    Kind.PHONE: _phones,
    Kind.EMAIL: _emails,
    Kind.TAX_ID: _tax_ids,
    Kind.PRODUCTS: _products,
}

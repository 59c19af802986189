"""Everything the source tabs say about who a customer is: one mention for each row of a customers tab, one for each
distinct way in which orders and exchanges name somebody.

The cell under *Cliente* may hold an id, a name, an e-mail, a phone or a CPF. What it is, known customers decide first,
then its shape; a value that is known as two of these at once is left open (``unclear``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync.model import SourceTab
from sheets_sync.tables.phones import normal_phones
from sheets_sync.tables.pieces import (
    Coded,
    Flags,
    Moments,
    Positions,
    Text,
    folded_names,
    is_in,
    join_coded,
    mapped,
    text_series,
)
from sheets_sync.tables.rows import SourceRows
from sheets_sync.tables.tax_ids import normal_tax_ids, valid_brazilian

ID, TAX, EMAIL, PHONE, NAME = "customer_id", "tax_id", "email", "phone", "name"
KINDS = (ID, TAX, EMAIL, PHONE, NAME)
"""What identifies a customer, strongest first."""
DETAILS = ("language", "city", "state", "owner")
_COLUMNS = ("customer", *KINDS, *DETAILS)


class Mentions(Struct, frozen=True, kw_only=True):
    """Every array has one element a mention.

    ``kinds``: identifiers by kind (names folded); ``details``: the other cells about a person, ``name`` as written;
    ``in_tab``: a row of a customers tab; ``row`` / ``tab``: where it stands first; ``latest``: the newest order that
    names it so; ``of``: each source's rows → mention; ``unclear``: values of *Cliente* that mean several kinds.
    """

    kinds: Mapping[str, Coded]
    details: Mapping[str, Coded]
    in_tab: Flags
    row: Positions
    tab: Coded
    latest: Moments
    of: Mapping[SourceTab, Positions]
    unclear: Coded

    def __len__(self) -> int:
        """How many mentions."""
        return len(self.row)


class _Part(Struct, frozen=True, kw_only=True):
    """The mentions of one source: ``first`` row of each."""

    rows: SourceRows
    of: Positions
    first: Positions
    latest: Moments

    def words(self, key: str) -> Coded:
        return self.rows.words(key).only(self.first)


def find_mentions(sources: Sequence[SourceRows], region: str) -> Mentions:
    """The mentions of all tabs; ``region``: whose phone numbers and tax ids are written without a country."""
    parts = [_part(rows) for rows in sources]
    starts = np.cumsum([0, *(len(p.first) for p in parts)])
    columns = {key: join_coded([p.words(key) for p in parts]) for key in _COLUMNS}
    names = columns[NAME]
    kinds = {**{kind: columns[kind] for kind in KINDS}, NAME: mapped(names, folded_names(names.words))}
    sorted_out = _sort_out(columns["customer"], kinds, region)
    unclear = sorted_out.pop("unclear")
    kinds = {kind: _filled_up(kinds[kind], sorted_out[kind]) for kind in KINDS}
    written = _filled_up(names, _only_where(columns["customer"], sorted_out[NAME]))
    return Mentions(
        kinds=kinds,
        details={NAME: written, **{key: columns[key] for key in DETAILS}},
        in_tab=_below(bool, [np.full(len(p.first), p.rows.source is SourceTab.CUSTOMERS) for p in parts]),
        row=_below(np.int64, [p.rows.row[p.first] for p in parts]),
        tab=join_coded([p.rows.tab.only(p.first) for p in parts]),
        latest=_below("datetime64[s]", [p.latest for p in parts]),
        of={p.rows.source: p.of + start for p, start in zip(parts, starts, strict=False)},
        unclear=unclear,
    )


def _below(dtype: Any, parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=dtype), *parts])


def _part(rows: SourceRows) -> _Part:
    if rows.source is SourceTab.CUSTOMERS:
        each = np.arange(len(rows))
        return _Part(rows=rows, of=each, first=each, latest=np.full(len(rows), np.datetime64("NaT", "s")))
    combined = np.zeros(len(rows), dtype=np.int64)
    for key in _COLUMNS:
        if key in rows:
            column = rows.words(key)
            combined = pd.factorize(combined * (len(column.words) + 1) + column.codes + 1)[0].astype(np.int64)
    count = int(combined.max(initial=-1)) + 1
    latest = np.full(count, np.iinfo(np.int64).min)
    days = rows.days("ordered_on")
    np.maximum.at(latest, combined, days.astype(np.int64))  # NaT is the smallest number
    first = np.zeros(count, dtype=np.int64)
    first[combined[::-1]] = np.arange(len(rows))[::-1]
    return _Part(rows=rows, of=combined, first=first, latest=latest.astype("datetime64[s]"))


def _filled_up(column: Coded, other: Coded) -> Coded:
    """``column``, and ``other`` where it is blank."""
    if (other.codes < 0).all():
        return column
    both = join_coded([column, other])
    half = len(column.codes)
    return Coded(codes=np.where(both.codes[:half] < 0, both.codes[half:], both.codes[:half]), words=both.words)


def _only_where(column: Coded, other: Coded) -> Coded:
    return Coded(codes=np.where(other.codes < 0, -1, column.codes), words=column.words)


# ── what the cell under "Cliente" is ────────────────────────────────────────


def _sort_out(cells: Coded, kinds: Mapping[str, Coded], region: str) -> dict[str, Coded]:
    """The cells by the kind they are of, each in that kind's own form; ``unclear`` as written."""
    if not len(cells.words):
        return dict.fromkeys((*KINDS, "unclear"), cells)
    forms = known_forms(cells.words, {kind: kinds[kind].words for kind in KINDS}, region)
    known = np.stack([forms[kind].notna().to_numpy(dtype=bool) for kind in KINDS])
    times = known.sum(axis=0)
    strangers = np.flatnonzero(times == 0)
    out = {kind: forms[kind].where(times == 1) for kind in KINDS}
    if len(strangers):
        shapes = shaped(cells.words.iloc[strangers].reset_index(drop=True), region)
        for kind in KINDS:
            column = out[kind].to_numpy(dtype=object)
            column[strangers] = shapes[kind].to_numpy(dtype=object)
            out[kind] = text_series(column)
    return {
        **{kind: mapped(cells, out[kind]) for kind in KINDS},
        "unclear": mapped(cells, cells.words.where(times > 1)),
    }


def known_forms(words: Text, known: Mapping[str, Text], region: str) -> dict[str, Text]:
    """Each word in the form in which it is known as an identifier of a kind; NaN where it is not known as such."""
    address = words.where(words.str.contains("@", regex=False))
    number = words.where(
        words.str.contains(r"[0-9][^0-9]{0,2}[0-9]{2}[^0-9]{0,2}[0-9]{2}", regex=True)
    )  # 5 digits at least
    return {
        ID: _known(words, known[ID]),
        TAX: _known(normal_tax_ids(number), known[TAX]) if len(known[TAX]) else _none(words),
        EMAIL: _known(address.str.lower(), known[EMAIL]),
        PHONE: _known_phones(number, known[PHONE], region),
        NAME: _known(folded_names(words), known[NAME]) if len(known[NAME]) else _none(words),
    }


def _none(words: Text) -> Text:
    return words.where(np.zeros(len(words), dtype=bool))


def _known(forms: Text, known: Text) -> Text:
    return forms.where(is_in(forms, known))


def _known_phones(words: Text, known: Text, region: str) -> Text:
    """Only what has at least eight digits and no letters can be a phone; compared with known ones first by its end."""
    blank = _none(words)
    if not len(known) or words.isna().all():
        return blank
    digits = words.str.replace(r"[^0-9]+", "", regex=True)
    maybe = (digits.str.len() >= 8).to_numpy() & ~words.str.contains(r"[^\W\d]", regex=True).to_numpy(
        dtype=bool, na_value=True
    )
    maybe[maybe] = is_in(digits[maybe].str[-8:], known.str[-8:])
    if not maybe.any():
        return blank
    at = np.flatnonzero(maybe)
    out = blank.to_numpy(dtype=object)
    out[at] = _known(normal_phones(words.iloc[at].reset_index(drop=True), region), known).to_numpy(dtype=object)
    return text_series(out)


def shaped(words: Text, region: str) -> dict[str, Text]:
    """Words nobody knows yet, by their shape: e-mail, CPF / CNPJ, phone, id (no space, some digit), else a name."""
    left = np.ones(len(words), dtype=bool)
    out: dict[str, Text] = {}

    def take(kind: str, forms: Text, fits: npt.NDArray[np.bool_]) -> None:
        out[kind] = forms.where(fits & left)
        left[fits] = False

    take(EMAIL, words.str.lower(), words.str.match(r"^[^\s@]+@[^\s@]+\.[^\s@]+$").to_numpy(dtype=bool))
    ids = normal_tax_ids(words)
    looks = left & words.str.match(r"^(?:\d{3}\.?\d{3}\.?\d{3}-?\d{2}|\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2})$").to_numpy(
        dtype=bool
    )
    looks[looks] = valid_brazilian(ids[looks].reset_index(drop=True)) if looks.any() else False
    take(TAX, ids, looks)
    looks = left & words.str.match(r"^(?:\+[\d\s().-]{8,}|\(?\d{2,3}\)[\d\s.-]{8,}|\d{2} \d{4,5}[ -]\d{4})$").to_numpy(
        dtype=bool
    )
    numbers = words.where(looks).to_numpy(dtype=object)
    if looks.any():
        numbers[looks] = normal_phones(words[looks].reset_index(drop=True), region).to_numpy(dtype=object)
    phones = text_series(numbers)
    take(PHONE, phones, phones.notna().to_numpy(dtype=bool))
    take(ID, words, words.str.match(r"^[^\s]*\d[^\s]*$").to_numpy(dtype=bool))
    take(NAME, folded_names(words), left.copy())
    return out

"""Cells of TAX_ID columns: digits (outside Brazil letters too) without marks. CPF and CNPJ keep their leading zeros."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync.tables.pieces import Coded, Flags, Pieces, Text, coded, numbers_as_text
from sheets_sync.tables.questions import Doubt

INVALID = "tax_id_invalid"
_CPF, _CNPJ = 11, 14
_REPEATED = "^(?:" + "|".join(f"{d}{{{_CPF}}}|{d}{{{_CNPJ}}}" for d in range(10)) + ")$"
"""111.111.111-11 adds up, but is nobody's."""


class TaxIds(Struct, frozen=True, kw_only=True):
    """The ids, and a doubt (a notice) about those whose check digits are wrong; they are used all the same."""

    column: Coded
    doubts: tuple[Doubt, ...]


def read_tax_ids(pieces: Pieces, header: str, region: str) -> TaxIds:
    """The column's ids. Brazilian ones, by header or region: numbers are padded to 11 (14) digits and checked."""
    named = header.casefold()
    brazilian = region == "BR" or "cpf" in named or "cnpj" in named
    typed = numbers_as_text(pieces.numbers)
    if brazilian and len(typed):
        typed = typed.str.zfill(_CPF)
        typed = typed.where(typed.str.len() <= _CPF, typed.str.zfill(_CNPJ))
    at = np.concatenate([pieces.text_at, pieces.number_at])
    raw = coded(pd.concat([pieces.texts, typed], ignore_index=True) if len(typed) else pieces.texts)
    ids = normal_tax_ids(raw.words)
    wrong = np.zeros(len(ids), dtype=bool)
    if brazilian and len(ids):
        wrong = ids.notna().to_numpy() & ~valid_brazilian(ids.fillna(""))
        ids = ids.where(
            ~ids.str.match(_REPEATED).to_numpy(dtype=bool, na_value=False)
        )  # what fills in for no CPF at all
    again = coded(ids)
    codes = np.full(pieces.length, -1, dtype=np.int64)
    codes[at] = np.append(again.codes, -1)[raw.codes]
    doubts = []
    if wrong.any():
        first = str(raw.words[wrong].iloc[0])
        doubts.append(Doubt(code=INVALID, found=first, at=np.sort(at[wrong[raw.codes]]), tells=True))
    return TaxIds(column=Coded(codes=codes, words=again.words), doubts=tuple(doubts))


def normal_tax_ids(words: Text) -> Text:
    """Letters and digits only, upper case; NaN for a masked one (``***.456.789-**``), which names nobody."""
    bare = words
    for mark in (".", "-", "/", " "):
        bare = bare.str.replace(mark, "", regex=False)
    bare = bare.str.upper()
    return bare.where(bare.str.match(r"^[A-Z0-9]{5,20}$").to_numpy(dtype=bool))


def valid_brazilian(ids: Text) -> Flags:
    """Which are a CPF or CNPJ with right check digits; what the quick sum says no to, python-stdnum decides."""
    right = np.zeros(len(ids), dtype=bool)
    cpf = np.flatnonzero(ids.str.match(rf"^[0-9]{{{_CPF}}}$").to_numpy(dtype=bool))
    if len(cpf):
        bytes_of = np.array(ids.iloc[cpf].tolist(), dtype=f"S{_CPF}").view(np.uint8)
        right[cpf] = _cpf_sums(bytes_of.reshape(-1, _CPF).astype(np.int64) - ord("0"))
    for i in np.flatnonzero(~right):
        right[i] = _valid(str(ids.iloc[i]))
    return right & ~ids.str.match(_REPEATED).to_numpy(dtype=bool)


def _cpf_sums(digits: npt.NDArray[np.int64]) -> Flags:
    first = digits[:, :9] @ np.arange(10, 1, -1) * 10 % 11 % 10
    second = digits[:, :10] @ np.arange(11, 1, -1) * 10 % 11 % 10
    sums: Flags = (first == digits[:, 9]) & (second == digits[:, 10])
    return sums


def _valid(text: str) -> bool:
    from stdnum.br import cnpj, cpf  # noqa: PLC0415  (only where a number looks wrong)

    return bool(cpf.is_valid(text) or cnpj.is_valid(text))

"""Cells of TAX_ID columns: digits (outside Brazil letters too) without marks. CPF and CNPJ keep their leading zeros."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sheets_sync.tables.pieces import Coded, Flags, Pieces, Text, coded, numbers_as_text
from sheets_sync.tables.questions import Doubt

INVALID = "tax_id_invalid"
_CPF, _CNPJ = 11, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxIds:
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
    again = coded(ids)
    codes = np.full(pieces.length, -1, dtype=np.int64)
    codes[at] = np.append(again.codes, -1)[raw.codes]
    doubts = []
    if brazilian and len(again.words):
        wrong = ~valid_brazilian(again.words)
        if wrong.any():
            where = np.flatnonzero(np.append(wrong, False)[codes])
            doubts.append(Doubt(code=INVALID, found=str(again.words[wrong].iloc[0]), at=where, tells=True))
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
    cpf = np.flatnonzero(ids.str.match(rf"^\d{{{_CPF}}}$").to_numpy(dtype=bool))
    if len(cpf):
        digits = (
            np.array(ids.iloc[cpf].tolist(), dtype=f"S{_CPF}").view(np.uint8).reshape(-1, _CPF).astype(np.int64) - 48
        )
        right[cpf] = _cpf_sums(digits)
    for i in np.flatnonzero(~right):
        right[i] = _valid(str(ids.iloc[i]))
    return right


def _cpf_sums(digits: npt.NDArray[np.int64]) -> Flags:
    first = digits[:, :9] @ np.arange(10, 1, -1) * 10 % 11 % 10
    second = digits[:, :10] @ np.arange(11, 1, -1) * 10 % 11 % 10
    repeated = (digits == digits[:, :1]).all(axis=1)  # 111.111.111-11 adds up, but is nobody's
    sums: Flags = (first == digits[:, 9]) & (second == digits[:, 10]) & ~repeated
    return sums


def _valid(text: str) -> bool:
    from stdnum.br import cnpj, cpf  # noqa: PLC0415  (only where a number looks wrong)

    return bool(cpf.is_valid(text) or cnpj.is_valid(text))

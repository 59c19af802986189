"""Which rows of a source tab count: not the blank ones, totals, repeated headers, nor rows only formatted or ticked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from sheets_sync import locale
from sheets_sync.model import Kind, SourceTab, TabLayout
from sheets_sync.tables.pieces import Flags, Pieces, Positions, Text, text_series
from sheets_sync.tables.schema import SOURCES

PERSON = ("customer", "customer_id", "name", "phone", "email", "tax_id")
CORE = {
    SourceTab.CUSTOMERS: ("customer_id", "name"),
    SourceTab.ORDERS: ("order_id", "ordered_on"),
    SourceTab.EXCHANGES: ("exchange_id", "order_id", "requested_on"),
}
"""Columns that say what a row is; an unreadable cell in one of them makes a row even where all else is blank."""
_FEW = 2
_SUMS = frozenset({Kind.MONEY, Kind.NUMBER, Kind.FLAG, Kind.CHOICE, Kind.FREQUENCY, Kind.TICK, Kind.LANGUAGE})
"""Kinds of cells that a total row, a dropdown or a column of boxes fills in where there is no row yet."""


def kept_rows(
    layout: TabLayout, pieces: Mapping[str, Pieces], fault_at: Iterable[int], core_fault_at: Iterable[int]
) -> tuple[Flags, int]:
    """Which rows count, and how many rows there are up to the last with any value. ``…_at``: positions of faults."""
    length = max((p.length for p in pieces.values()), default=0)
    filled = {key: piece.filled for key, piece in pieces.items()}
    anchors = _any(filled, (*CORE[layout.source], *PERSON), length)
    other = _any(filled, [c.key for c in layout.columns if c.kind not in _SUMS and c.key not in PERSON], length)
    core_fault = _marked(core_fault_at, length)
    kept = anchors | other | core_fault
    anything = _any(filled, filled, length) | _marked(fault_at, length)
    read = int(np.flatnonzero(anything)[-1]) + 1 if anything.any() else 0

    kept[_totals(layout, pieces, filled, np.flatnonzero(kept & ~core_fault & _unclear(layout, filled, length)))] = False
    kept[_repeated_headers(layout, pieces, length)] = False
    return kept, read


def _unclear(layout: TabLayout, filled: Mapping[str, Flags], length: int) -> Flags:
    """Rows that may be totals: something required is blank; in a customers tab, hardly anything is filled in."""
    if layout.source is SourceTab.CUSTOMERS:
        telling = [filled[c.key] for c in layout.columns if c.kind not in _SUMS]
        few: Flags = np.sum(telling, axis=0) <= _FEW
        return few
    complete = np.ones(length, dtype=bool)
    for group in SOURCES[layout.source].required:
        complete &= _any(filled, group, length)
    return ~complete


def _any(filled: Mapping[str, Flags], keys: Iterable[str], length: int) -> Flags:
    out = np.zeros(length, dtype=bool)
    for key in keys:
        if key in filled:
            out |= filled[key]
    return out


def _marked(at: Iterable[int], length: int) -> Flags:
    out = np.zeros(length, dtype=bool)
    out[np.fromiter(at, dtype=np.int64)] = True
    return out


def _texts(piece: Pieces, at: Positions) -> Text:
    """The text cells of a column at some positions, NaN where there is none."""
    if not len(piece.text_at):
        return text_series([None] * len(at))
    found = np.minimum(np.searchsorted(piece.text_at, at), len(piece.text_at) - 1)
    return pd.Series(piece.texts.array.take(np.where(piece.text_at[found] == at, found, -1), allow_fill=True))


def _totals(layout: TabLayout, pieces: Mapping[str, Pieces], filled: Mapping[str, Flags], at: Positions) -> Positions:
    """Which of the rows ``at`` sum others up: their id, customer or first text cell says so.

    "Total" alone is enough; "Total: 12 pedidos" only where all other cells are sums.
    """
    whole, begun, first = (np.zeros(len(at), dtype=bool) for _ in range(3))
    others = np.zeros(len(at), dtype=np.int64)
    for column in sorted(layout.columns, key=lambda c: c.position) if len(at) else ():
        texts = _texts(pieces[column.key], at)
        is_text = texts.notna().to_numpy(dtype=bool)
        telling = is_text & (~first | (column.key in (*CORE[layout.source], *PERSON)))
        first |= is_text
        hinted = telling & texts.str.contains(_hint(), regex=True).to_numpy(dtype=bool, na_value=False)
        for i in np.flatnonzero(hinted):
            folded = locale.fold(str(texts.iloc[i]))
            whole[i] |= folded in locale.total_words()
            begun[i] |= any(folded.startswith(word + " ") for word in locale.total_words())
        if column.kind not in _SUMS:
            others += filled[column.key][at]
    return at[whole | (begun & (others <= 1))]


@lru_cache
def _hint() -> str:
    """A pattern for cells worth folding: the beginning of any word for total."""
    return "(?i)" + "|".join(sorted({re.escape(part[:3]) for word in locale.total_words() for part in word.split()}))


def _repeated_headers(layout: TabLayout, pieces: Mapping[str, Pieces], length: int) -> Flags:
    """Rows that repeat two or more of the headers: pages and months pasted below one another."""
    same = np.zeros(length, dtype=np.int64)
    for column in layout.columns:
        piece = pieces[column.key]
        if len(piece.text_at):
            same[piece.text_at[(piece.texts == column.header.strip()).to_numpy(dtype=bool)]] += 1
    repeated: Flags = same >= 2
    return repeated

"""Rows of one order: an export has a row for each item. Same id, customer and date are lines of one order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync.tables.frames import CENTS
from sheets_sync.tables.pieces import Coded, Flags, Moments, Positions, Text, text_series
from sheets_sync.tables.tags import join_tags


class Lines(Struct, frozen=True, kw_only=True):
    """``orders``: the first row of each order. Of the orders with several lines: ``line`` their rows, ``of`` the order
    (0, 1, …) each belongs to, ``slot`` its place in ``orders``. ``contradicting``: rows of one id that differ in
    customer or date; ``notes``: rows below zero that do, a credit note for that order.
    """

    orders: Positions
    line: Positions
    of: Positions
    slot: Positions
    contradicting: Positions
    notes: Positions

    def index(self, filled: Flags) -> Positions:
        """For each order the row to take a value from: of several lines the first that has one."""
        index = self.orders.copy()
        if len(self.line):
            with_value = filled[self.line]
            first = np.full(len(self.slot), -1, dtype=np.int64)
            first[self.of[with_value][::-1]] = self.line[with_value][::-1]
            index[self.slot] = np.where(first >= 0, first, index[self.slot])
        return index


def find_lines(ids: Positions, customer: Positions, day: Moments, below_zero: Flags, use: Flags) -> Lines:
    """Tell apart orders, lines and contradictions among the rows ``use``; ``ids`` are codes ≥ 0 there."""
    rows = np.flatnonzero(use)
    none = np.empty(0, dtype=np.int64)
    code = ids[rows]
    counts = np.bincount(code) if len(code) else none
    several = counts[code] > 1
    if not several.any():
        return Lines(orders=rows, line=none, of=none, slot=none, contradicting=none, notes=none)
    line = rows[several]
    differ = _contradicting(ids, customer, day, line)
    noted = differ & below_zero[line]
    notes, orphans = line[noted], none
    if len(notes):  # 10.00 of 3 May and -10.00 of 9 May do not contradict each other
        line = line[~noted]
        differ = _contradicting(ids, customer, day, line)
    contradicting, line = line[differ], line[~differ]
    if len(notes):
        notes, orphans = _with_order(ids, notes, line)
    orders = np.sort(np.concatenate([rows[~several], orphans, line[_first(ids[line])]]))
    repeated = pd.Series(ids[line]).duplicated(keep=False).to_numpy()
    line = line[repeated]
    of = pd.factorize(ids[line])[0].astype(np.int64)
    slot = np.searchsorted(orders, line[_first(ids[line])])
    return Lines(orders=orders, line=line, of=of, slot=slot, contradicting=contradicting, notes=notes)


def said_on_a_line(ids: Positions, blank: Flags) -> Positions:
    """For each row itself; for one that is ``blank`` the first row of its order (ids -1 = none) that is not."""
    index = np.arange(len(ids))
    wanting, saying = np.flatnonzero(blank & (ids >= 0)), np.flatnonzero(~blank & (ids >= 0))
    if len(wanting) and len(saying):
        first = np.full(int(ids.max()) + 1, -1, dtype=np.int64)
        first[ids[saying[::-1]]] = saying[::-1]
        found = first[ids[wanting]]
        index[wanting] = np.where(found >= 0, found, wanting)
    return index


def _first(codes: Positions) -> Flags:
    first: Flags = ~pd.Series(codes).duplicated().to_numpy()
    return first


def _contradicting(ids: Positions, customer: Positions, day: Moments, line: Positions) -> Flags:
    """Which lines belong to an id with more than one customer or day."""
    same = pd.DataFrame({"id": ids[line], "customer": customer[line], "day": day[line]})
    different = same.drop_duplicates()
    wrong = different["id"][different["id"].duplicated()]
    out: Flags = same["id"].isin(wrong).to_numpy()
    return out


def _with_order(ids: Positions, notes: Positions, line: Positions) -> tuple[Positions, Positions]:
    """Credit notes whose order is there, and the first of those that have nothing but themselves."""
    has_order = np.isin(ids[notes], ids[line])
    alone = notes[~has_order]
    return notes[has_order], alone[_first(ids[alone])]


def summed(lines: Lines, totals: pd.Series[Any], currency: Coded) -> pd.Series[Any]:
    """Each order's total: once where all lines say the same, else their sum; only of the first line's currency."""
    known = totals.notna().to_numpy()
    cents = totals.to_numpy(dtype=np.int64, na_value=0)
    index = lines.index(known)
    out, has = cents[index], known[index]
    if len(lines.line):
        wanted = currency.codes[lines.index(currency.codes >= 0)][lines.slot]
        use = known[lines.line] & np.isin(currency.codes[lines.line] - wanted[lines.of], (0,))
        use |= known[lines.line] & (wanted[lines.of] < 0)
        values, of = cents[lines.line[use]], lines.of[use]
        total = np.zeros(len(lines.slot), dtype=np.int64)
        np.add.at(total, of, values)
        least = np.full(len(lines.slot), np.iinfo(np.int64).max)
        most = np.full(len(lines.slot), np.iinfo(np.int64).min)
        np.minimum.at(least, of, values)
        np.maximum.at(most, of, values)
        out[lines.slot] = np.where(least == most, least, np.where(least > most, out[lines.slot], total))
    return pd.Series(pd.arrays.IntegerArray(out, ~has), dtype=CENTS)


def joined_products(lines: Lines, products: Coded) -> Text:
    """Each order's products; those of several lines together, each once."""
    text = Coded(codes=products.codes[lines.index(products.codes >= 0)], words=products.words).series()
    if not len(lines.line):
        return text
    known = products.codes[lines.line] >= 0
    said = pd.DataFrame({"of": lines.of[known], "code": products.codes[lines.line[known]]})
    distinct = said.drop_duplicates()
    several = distinct[distinct["of"].duplicated(keep=False)]
    if len(several):
        orders, of = np.unique(several["of"], return_inverse=True)
        texts = Coded(codes=several["code"].to_numpy(), words=products.words).series()
        whole = text.to_numpy(dtype=object)
        whole[lines.slot[orders]] = join_tags(of, texts, len(orders))
        text = text_series(whole)
    return text

"""A source tab's rows: blank and total rows set aside, the others parsed column by column, doubts made questions.

Every row counts once: rows that people only formatted, ticked or summed up are blank; a doubt about a column that the
rules cannot do without (``holds`` in the schema) keeps its row out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct
from msgspec.structs import replace

from sheets_sync.model import RawTab, SourceTab, TabLayout
from sheets_sync.tables import blank_rows
from sheets_sync.tables.cells import Column, parse_column
from sheets_sync.tables.pieces import Coded, Flags, Positions, join_coded, take_apart, text_series
from sheets_sync.tables.questions import BLANK, CELL_ERROR, UNCACHED, Doubt, Questions, gathered
from sheets_sync.tables.reading import Reading, TabColumn, identity
from sheets_sync.tables.schema import SOURCES

TOO_FAR = timedelta(days=400)
TOO_FAR_AHEAD, YES = "order_too_far_ahead", "yes"

_UNUSED = {SourceTab.CUSTOMERS: {"notes"}, SourceTab.ORDERS: {"notes"}, SourceTab.EXCHANGES: set[str]()}
_PLAIN = frozenset(
    {"carrier", "tracking_code", "marketplace", "notes", "reason", "opened_by", "posting_code", "voucher_code"}
)
_NEVER_BLANK = frozenset({"order_id", "ordered_on", "requested_on", "kind", "customer"})
"""Columns for which "count it as blank" is no answer."""


class SourceRows(Struct, frozen=True, kw_only=True):
    """The rows of one kind of tab, blank ones left out; every array and column has one entry a row.

    ``row`` Excel's row number, ``tab`` the tab's title; ``out``: a doubt keeps the row out; ``faulty``: by column key,
    where the cell itself could not be read. ``layouts`` by title; ``read`` and ``blank`` count rows.
    """

    source: SourceTab
    layouts: Mapping[str, TabLayout]
    columns: dict[str, Column]
    row: Positions
    tab: Coded
    out: Flags
    faulty: Mapping[str, Flags]
    read: int
    blank: int

    def __len__(self) -> int:
        """How many rows."""
        return len(self.row)

    def __contains__(self, key: object) -> bool:
        """Whether any tab has a column ``key``."""
        return key in self.columns

    def words(self, key: str) -> Coded:
        """A text column as distinct words; all blank where there is no such column."""
        column = self.columns.get(key)
        if column is None:
            return Coded(codes=np.full(len(self), -1, dtype=np.int64), words=text_series([]))
        assert isinstance(column, Coded), key  # noqa: S101  (which columns are coded is decided here)
        return column

    def series(self, key: str) -> pd.Series[Any] | None:
        """A column as a pandas column; None where there is no such column."""
        column = self.columns.get(key)
        return column.series() if isinstance(column, Coded) else column

    def days(self, key: str) -> npt.NDArray[np.datetime64]:
        """A DATE column with its time of day (datetime64[s]); all NaT where there is no such column."""
        column = self.columns.get(key)
        if column is None:
            return np.full(len(self), np.datetime64("NaT", "s"))
        assert isinstance(column, pd.Series), key  # noqa: S101
        return column.to_numpy(dtype="datetime64[s]")

    def places(self, at: Positions | Flags) -> Iterable[tuple[str, Positions, TabLayout]]:
        """The rows ``at`` by tab: its title, their Excel rows, its layout."""
        at = np.flatnonzero(at) if at.dtype == bool else at
        tabs = self.tab.codes[at]
        for code in np.unique(tabs):
            title = str(self.tab.words.iloc[code])
            yield title, self.row[at[tabs == code]], self.layouts[title]

    def ask(self, questions: Questions, code: str, at: Positions | Flags, key: str = "", **more: Any) -> None:
        """A doubt about rows, one question (or notice) a tab."""
        for title, rows, layout in self.places(at):
            questions.ask(code, title, rows, layout.column(key) if key else None, **more)

    def ask_too_far_ahead(self, questions: Questions, key: str, reading: Reading) -> Flags:
        """Rows with a day of ``key`` too far ahead to be believed: a question a tab, unless people said it is right."""
        ahead = (self.days(key) > np.datetime64(reading.today + TOO_FAR, "s")) & ~self.out
        for title in self.layouts if ahead.any() else ():
            if reading.answers.get(identity(TOO_FAR_AHEAD, title, key, "")) == YES:
                ahead &= self.tab.codes != self.tab.words.tolist().index(title)
        self.ask(questions, TOO_FAR_AHEAD, ahead, key, choices=(YES,))
        return ahead


def read_source(source: SourceTab, raws: Sequence[RawTab], reading: Reading, questions: Questions) -> SourceRows:
    """All tabs of one kind, below one another."""
    return _stack(source, [_read_tab(raw, reading, questions) for raw in raws])


def _read_tab(raw: RawTab, reading: Reading, questions: Questions) -> SourceRows:
    layout, reading = raw.layout, replace(reading, day_zero=raw.day_zero)
    pieces = {c.key: take_apart(raw.frame[c.key], raw.typed.get(c.key)) for c in layout.columns}
    excel_rows = raw.frame.index.to_numpy(dtype=np.int64)
    faults = _faults(raw, excel_rows)
    core = {f.at for f in faults if f.key in blank_rows.CORE[layout.source]}
    kept, read = blank_rows.kept_rows(layout, pieces, {f.at for f in faults}, core)
    new = np.cumsum(kept) - 1
    rows = excel_rows[kept]
    faults = [_Fault(f.key, f.code, int(new[f.at])) for f in faults if kept[f.at]]
    doubts = _Doubts(layout, rows, np.zeros(len(rows), dtype=bool), questions)
    columns: dict[str, Column] = {}
    for column in layout.columns:
        if column.key in _UNUSED[layout.source]:
            continue
        at = TabColumn(source=layout.source, tab=layout.title, column=column, reading=reading)
        parsed = parse_column(pieces.pop(column.key).only(kept), at, plain=column.key in _PLAIN)
        columns |= parsed.columns
        doubts.settle([*_error_doubts(column.key, faults), *parsed.doubts], at)
    doubts.settle_uncached(faults, reading)
    each = np.arange(len(rows))
    return SourceRows(
        source=layout.source,
        layouts={layout.title: layout},
        columns=columns,
        row=rows,
        tab=Coded(codes=np.zeros(len(rows), dtype=np.int64), words=text_series([layout.title])),
        out=doubts.out,
        faulty={key: np.isin(each, [f.at for f in faults if f.key == key]) for key in {f.key for f in faults}},
        read=read,
        blank=read - len(rows),
    )


# ── faults and doubts ───────────────────────────────────────────────────────


class _Fault(Struct, frozen=True):
    """A cell without a readable value: its column's key, why, its position among the rows."""

    key: str
    code: str
    at: int


def _faults(raw: RawTab, excel_rows: Positions) -> list[_Fault]:
    if not raw.faults:
        return []
    at = np.searchsorted(excel_rows, [f.row for f in raw.faults])
    return [
        _Fault(fault.key, fault.code, int(i))
        for fault, i in zip(raw.faults, at, strict=True)
        if i < len(excel_rows) and excel_rows[i] == fault.row and raw.layout.column(fault.key)
    ]


def _error_doubts(key: str, faults: Sequence[_Fault]) -> list[Doubt]:
    mine = [f for f in faults if f.key == key and f.code != UNCACHED]
    codes = sorted({f.code for f in mine})
    return [Doubt(code=CELL_ERROR, found=c, at=np.array([f.at for f in mine if f.code == c])) for c in codes]


class _Doubts(Struct, frozen=True):
    """Asks about a tab's cells what nobody has answered yet, and marks the rows that this keeps ``out``."""

    layout: TabLayout
    rows: Positions
    out: Flags
    questions: Questions

    def _holds(self, key: str) -> bool:
        return SOURCES[self.layout.source].column(key).holds

    def settle(self, doubts: Iterable[Doubt], at: TabColumn) -> None:
        """The doubts of one column."""
        key = at.column.key
        optional = () if key in _NEVER_BLANK else (BLANK,)
        answers = at.reading.answers
        left = (
            d
            for d in doubts
            if not optional or (answers.get(d.once, "") if d.once else at.answer(d.code, d.found)) != BLANK
        )
        for doubt in gathered(left):
            self.questions.ask(
                doubt.code,
                at.tab,
                self.rows[doubt.at],
                at.column,
                found=doubt.found,
                choices=doubt.choices if doubt.once else (*doubt.choices, *optional),
                once=doubt.once,
                told=doubt.tells,
            )
            if self._holds(key) and not doubt.tells:
                self.out[doubt.at] = True

    def settle_uncached(self, faults: Sequence[_Fault], reading: Reading) -> None:
        """Formulas without a value: one question a tab, for all its columns."""
        found = [f for f in faults if f.code == UNCACHED]
        once = identity(UNCACHED, self.layout.title, "")
        if not found or reading.answers.get(once) == BLANK:
            return
        self.out[[f.at for f in found if self._holds(f.key)]] = True
        first = min(found, key=lambda f: f.at)
        at = np.array([f.at for f in found], dtype=np.int64)
        column = self.layout.column(first.key)
        self.questions.ask(UNCACHED, self.layout.title, self.rows[at], column, once=once, choices=(BLANK,))


# ── several tabs ────────────────────────────────────────────────────────────


def _stack(source: SourceTab, tabs: Sequence[SourceRows]) -> SourceRows:
    if len(tabs) == 1:
        return tabs[0]
    keys = dict.fromkeys(key for tab in tabs for key in tab.columns)
    faults = {key for tab in tabs for key in tab.faulty}
    return SourceRows(
        source=source,
        layouts={title: layout for tab in tabs for title, layout in tab.layouts.items()},
        columns={key: _stack_column(key, tabs) for key in keys},
        row=np.concatenate([np.empty(0, dtype=np.int64), *(tab.row for tab in tabs)]),
        tab=join_coded([tab.tab for tab in tabs]),
        out=np.concatenate([np.empty(0, dtype=bool), *(tab.out for tab in tabs)]),
        faulty={k: np.concatenate([tab.faulty.get(k, np.zeros(len(tab), dtype=bool)) for tab in tabs]) for k in faults},
        read=sum(tab.read for tab in tabs),
        blank=sum(tab.blank for tab in tabs),
    )


def _stack_column(key: str, tabs: Sequence[SourceRows]) -> Column:
    present = [tab.columns[key] for tab in tabs if key in tab.columns]
    if isinstance(present[0], Coded):
        return join_coded([tab.words(key) for tab in tabs])
    if pd.api.types.is_datetime64_any_dtype(present[0].dtype):
        return pd.Series(np.concatenate([tab.days(key) for tab in tabs]))
    blank = pd.Series(0 if key == "every_n" else None, index=range(1), dtype=present[0].dtype)
    parts = [tab.columns[key] if key in tab.columns else blank.take(np.zeros(len(tab), dtype=np.int64)) for tab in tabs]
    return pd.concat([p for p in parts if isinstance(p, pd.Series)], ignore_index=True)

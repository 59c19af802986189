"""Source tabs as a backend hands them over, from a few columns of plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.config import Settings
from sheets_sync.memory import Memory
from sheets_sync.model import CellFault, Problem, RawTab, Severity, SourceColumn, SourceTab, TabLayout, Tables
from sheets_sync.tables.parse import parse
from sheets_sync.tables.schema import SOURCES

TODAY = date(2025, 2, 1)
TITLES = {SourceTab.CUSTOMERS: "Clientes", SourceTab.ORDERS: "Pedidos", SourceTab.EXCHANGES: "Trocas"}


def _as_read(value: Any) -> str | None:
    """A value as text, as the reader writes it in a column of mixed kinds."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return str(value)


def column(values: Sequence[Any]) -> tuple[pd.Series, pd.Series | None]:
    """A column of one kind in its own dtype; of mixed kinds as text, with what was no text."""
    kinds = {"date" if isinstance(v, date) else type(v).__name__ for v in values if v is not None}
    if kinds == {"date"}:
        return pd.Series(pd.to_datetime(pd.Series(values)).astype("datetime64[ms]")), None
    if kinds and kinds <= {"int", "float"}:
        return pd.Series(values, dtype="float64"), None
    if kinds == {"bool"}:
        return pd.Series(values, dtype="boolean"), None
    text = pd.Series([_as_read(v) for v in values], dtype="str")
    typed = pd.Series([v is not None and not isinstance(v, str) for v in values]) if len(kinds) > 1 else None
    return text, typed


def tab(
    source: str,
    columns: Mapping[str, Sequence[Any]],
    *,
    title: str = "",
    header_row: int = 1,
    headers: Mapping[str, str] | None = None,
    faults: Mapping[tuple[int, str], str] | None = None,
) -> RawTab:
    """``faults``: (place in the columns, key) → code."""
    kind = SourceTab(source)
    n = len(next(iter(columns.values())))
    index = pd.Index(np.arange(header_row + 1, header_row + 1 + n))
    read = {key: column(values) for key, values in columns.items()}
    layout = TabLayout(
        source=kind,
        title=title or TITLES[kind],
        header_row=header_row,
        columns=tuple(
            SourceColumn(key=key, kind=SOURCES[kind].column(key).kind, header=(headers or {}).get(key, key), position=i)
            for i, key in enumerate(columns)
        ),
    )
    return RawTab(
        layout=layout,
        frame=pd.DataFrame({key: values.set_axis(index) for key, (values, _) in read.items()}, index=index),
        typed={key: typed.set_axis(index) for key, (_, typed) in read.items() if typed is not None},
        faults=tuple(
            CellFault(row=header_row + 1 + at, key=key, code=code) for (at, key), code in (faults or {}).items()
        ),
    )


def read(
    *tabs: RawTab,
    language: str = "pt-BR",
    today: date = TODAY,
    memory: Memory | None = None,
    answers: Mapping[str, str] | None = None,
    **settings: Any,
) -> Tables:
    """The tables of some tabs; every source's counts add up."""
    remembered = memory or Memory(answers=answers or {})
    tables = parse(tabs, Settings.default(language, **settings), remembered, today)
    for counts in tables.counts.values():
        assert counts.read == counts.used + counts.questioned + counts.blank
        assert min(counts.read, counts.used, counts.questioned, counts.blank) >= 0
    return tables


def questions(tables: Tables) -> list[Problem]:
    return [p for p in tables.problems if p.severity is Severity.QUESTION]


def codes(tables: Tables) -> list[str]:
    """Codes of all problems, questions first."""
    return [p.code for p in sorted(tables.problems, key=lambda p: p.severity is not Severity.QUESTION)]


def rows_of(frame: pd.DataFrame, *keys: str) -> list[Any]:
    """Plain values of a frame's columns: tuples, or single values for one key; blank = None; dates as ISO text."""

    def plain(value: Any) -> Any:
        if value is None or value is pd.NA or value is pd.NaT or value != value:
            return None
        return value.date().isoformat() if isinstance(value, pd.Timestamp) else getattr(value, "item", lambda: value)()

    found = [tuple(plain(v) for v in row) for row in frame[list(keys)].itertuples(index=False)]
    return [row[0] for row in found] if len(keys) == 1 else found

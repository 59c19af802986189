"""Values by row as a source tab (``RawTab``), alike for every backend that reads cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd

from sheets_sync.model import CellFault, RawTab, TabLayout, Value

_FLOAT_NOISE = re.compile(r"\.?0+$")


def raw_tab(
    layout: TabLayout,
    columns: Mapping[str, Mapping[int, Value]],
    faults: Sequence[CellFault] = (),
    *,
    last_row: int = 0,
) -> RawTab:
    """The rows below the header, from ``columns`` (key → row → value, blank cells absent). ``last_row``: the tab's
    last, where that is further down than any of these cells."""
    ends = (max(column, default=0) for column in columns.values())
    last = max([layout.header_row, last_row, *(fault.row for fault in faults), *ends])
    index = pd.RangeIndex(layout.header_row + 1, last + 1)
    frame: dict[str, pd.Series] = {}
    typed: dict[str, pd.Series] = {}
    for key, column in columns.items():
        frame[key], mixed = _column(list(column), list(column.values()), index)
        if mixed is not None:
            typed[key] = mixed
    return RawTab(layout=layout, frame=pd.DataFrame(frame, index=index), typed=typed, faults=tuple(faults))


def _column(rows: Sequence[int], values: Sequence[Value], index: pd.RangeIndex) -> tuple[pd.Series, pd.Series | None]:
    """Values by row as a column; for a column of mixed kinds also where the file holds no text."""
    kinds = {_kind(value) for value in values}
    at = pd.Index(rows)
    if kinds <= {"number"}:
        dtype: str = "float64"
    elif kinds == {"moment"}:
        dtype = "datetime64[ms]"
    elif kinds == {"flag"}:
        dtype = "boolean"
    else:
        dtype = "str"
    if not kinds:
        return pd.Series(np.nan, index=index, dtype="str"), None
    if dtype != "str":
        return pd.Series(list(values), index=at, dtype=dtype).reindex(index), None
    column = pd.Series([text_of(value) for value in values], index=at, dtype="str").reindex(index)
    if kinds == {"text"}:
        return column, None
    typed = pd.Series([_kind(value) != "text" for value in values], index=at, dtype=bool)
    return column, typed.reindex(index, fill_value=False)


def _kind(value: Value) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "flag"
    return "moment" if isinstance(value, date) else "number"


def text_of(value: Value) -> str:
    """As fastexcel writes it: ``true``, ``46330``, ``99.5``, ``2026-11-01 00:00:00``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    if isinstance(value, float):
        return _FLOAT_NOISE.sub("", f"{value:.15f}") if 1e-5 < abs(value) < 1e15 else f"{value:.15g}"
    return str(value)

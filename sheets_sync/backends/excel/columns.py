"""Columns of a source tab as pandas holds them: text (``str``), float64, datetime64[ms], ``boolean``; nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa

from sheets_sync.model import Value

_DAY_MS = 86_400_000.0
_AS_IF_TYPED = r"^(?:-?[0-9]+(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:.]+)?|true|false)$"
"""How fastexcel writes numbers, moments (of an .ods without time) and truth values into a text column."""
_FLOAT_NOISE = re.compile(r"\.?0+$")


def arrow_column(array: pa.Array | None, index: pd.RangeIndex) -> pd.Series:
    """An Arrow array as a column, without copying where pandas can share its memory; None = blank."""
    if array is None or pa.types.is_null(array.type):
        return pd.Series(np.nan, index=index, dtype="str")
    if pa.types.is_boolean(array.type):
        return pd.Series(pd.array(array.to_numpy(zero_copy_only=False), dtype="boolean"), index=index)
    if pa.types.is_duration(array.type):  # [h]:mm, which a number of days is too
        days = array.cast(pa.duration("ms")).cast(pa.int64()).cast(pa.float64()).to_numpy(zero_copy_only=False)
        return pd.Series(days / _DAY_MS, index=index)
    if pa.types.is_integer(array.type):
        array = array.cast(pa.float64())
    if pa.types.is_date(array.type):
        array = array.cast(pa.timestamp("ms"))
    series: pd.Series = array.to_pandas()
    series.index = index
    return series


def value_column(
    rows: Sequence[int], values: Sequence[Value], index: pd.RangeIndex
) -> tuple[pd.Series, pd.Series | None]:
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
    column = pd.Series([_text(value) for value in values], index=at, dtype="str").reindex(index)
    if kinds == {"text"}:
        return column, None
    typed = pd.Series([_kind(value) != "text" for value in values], index=at, dtype=bool)
    return column, typed.reindex(index, fill_value=False)


def looks_mixed(column: pd.Series) -> bool:
    """True for a text column that may hold numbers, moments or truth values written as text by the reader."""
    return isinstance(column.dtype, pd.StringDtype) and bool(column.str.contains(_AS_IF_TYPED, na=False).any())


def last_used(frame: pd.DataFrame) -> int:
    """The last row with a value in any column; 0 where there is none."""
    used = 0
    for name in frame.columns:
        filled = frame[name].notna().to_numpy()
        if len(filled) and filled[-1]:
            return int(frame.index[-1])
        places = np.flatnonzero(filled)
        if len(places):
            used = max(used, int(frame.index[places[-1]]))
    return used


def _kind(value: Value) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "flag"
    return "moment" if isinstance(value, date) else "number"


def _text(value: Value) -> str:
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

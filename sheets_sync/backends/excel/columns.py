"""Columns of a source tab as pandas holds them: text (``str``), float64, datetime64[ms], ``boolean``; nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

_DAY_MS = 86_400_000.0
_AS_IF_TYPED = r"^(?:-?[0-9]+(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:.]+)?|true|false)$"
"""How fastexcel writes numbers, moments (of an .ods without time) and truth values into a text column."""


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

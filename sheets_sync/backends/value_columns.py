"""Values by row as a column of a source tab (``RawTab.frame``), alike for every backend that reads cell by cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd

from sheets_sync.model import Value

_FLOAT_NOISE = re.compile(r"\.?0+$")


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

"""Finding the rows of one column in another, and turning ranges into rows: whole columns at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Positions: TypeAlias = npt.NDArray[np.int64]


def positions(values: pd.Series[Any], known: pd.Series[Any]) -> Positions:
    """Where each of ``values`` stands in ``known`` (text, unique): its position, -1 = nowhere or missing."""
    found = pc.index_in(_arrow(values), value_set=_arrow(known), skip_nulls=True)
    return np.asarray(found.fill_null(-1), dtype=np.int64)


def _arrow(values: pd.Series[Any]) -> pa.Array:
    array = pa.array(values, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def among(values: pd.Series[Any], wanted: Iterable[str]) -> npt.NDArray[np.bool_]:
    """True where the value is one of ``wanted``."""
    words = list(wanted)
    return values.isin(words).to_numpy(dtype=bool) if words else np.zeros(len(values), dtype=bool)


def truths(flags: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """A column of flags as an array; a missing one counts as no."""
    return flags.to_numpy(dtype=bool, na_value=False)


def spread(low: Positions, high: Positions) -> tuple[Positions, Positions]:
    """Each row once for every whole number from its ``low`` to its ``high``: (row positions, those numbers)."""
    count = np.maximum(high - low + 1, 0)
    row = np.repeat(np.arange(len(low)), count)
    begun = np.cumsum(count) - count
    return row, np.arange(len(row)) - begun[row] + low[row]


def ceiling(values: npt.NDArray[np.floating[Any]]) -> Positions:
    """Rounded up to whole numbers; 0.6 · 5 is 3, whatever its last binary digit says."""
    rounded: Positions = np.ceil(values - 1e-9).astype(np.int64)
    return rounded

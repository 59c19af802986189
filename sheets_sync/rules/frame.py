"""The frame that every selector returns: one row per occurrence of a task. Other columns are ``p_<name>`` only.

Dates are ``datetime64[s]`` at midnight (NaT = none), text is pandas ``str``, numbers that may be missing ``Int64``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.rules.catalog import RULES

DATE: Any = "datetime64[s]"  # Any: the stubs know dtypes by literal only
TEXT: Any = "str"
WHOLE: Any = "Int64"

FRAME: Mapping[str, str] = {
    "rule": TEXT,
    "subject": TEXT,
    "occurrence": TEXT,  # the third part of the key
    "number": "int64",  # 1, 2, … of this rule and subject, apart from any date in the occurrence
    "customer": TEXT,  # identity
    "visible_on": DATE,
    "due_on": DATE,
    "daily_on": DATE,  # turns from upcoming to open; NaT = at once
    "gone_on": DATE,  # first day no longer in the tab; NaT = stays until done
    "late_on": DATE,  # first late day; NaT = never late
    "since": DATE,  # what it has been waiting since, for the age
    "amount": WHOLE,  # cents
    "currency": TEXT,
    "order_on": DATE,  # the order's day (D), or the day an exchange was requested
    "interval": WHOLE,  # I of the cycle it belongs to
    "tab": TEXT,  # source place: tab as titled, row as Excel numbers it
    "row": "int64",
    "variant": TEXT,  # which text of [why.<rule>]
    "message_variant": TEXT,  # which text of [message.<rule>]; NaN = this task has none
    "silenced": TEXT,  # reason, NaN = not silenced
    "held": "bool",  # a source row it rests on cannot be read
    "superseded_on": DATE,  # timelines only: the day a newer order ended its cycle
    "priority": "int64",  # smaller = more urgent
}
"""Columns and dtypes of a candidates' frame, in order.

Parameter columns ``p_<name>`` hold what the texts of locale ``[why.<rule>]`` and ``[message.<rule>]`` name: dates as
``datetime64[s]``, numbers as ``Int64``, words as ``str``.
"""

_DEFAULTS: Mapping[str, Any] = {
    "number": 1,
    "daily_on": pd.NaT,
    "gone_on": pd.NaT,
    "late_on": pd.NaT,
    "amount": pd.NA,
    "currency": np.nan,
    "order_on": pd.NaT,
    "interval": pd.NA,
    "variant": "plain",
    "message_variant": "plain",
    "silenced": np.nan,
    "held": False,
    "superseded_on": pd.NaT,
}


def build(**columns: Any) -> pd.DataFrame:
    """A candidates' frame from Series of one index (or scalars beside at least one Series).

    ``rule`` is one word, a column only beside ``priority``. Columns left out take the defaults above; ``due_on`` and
    ``since`` default to ``visible_on``, ``priority`` to the rule's. KeyError where rule, subject, occurrence, customer,
    visible_on, tab or row is missing. dtypes are those of FRAME; integer parameters become Int64, dates
    ``datetime64[s]``.
    """
    index = next(value.index for value in columns.values() if isinstance(value, pd.Series))
    given = {**_DEFAULTS, **columns}
    if "priority" not in given:
        given["priority"] = RULES[columns["rule"]].priority
    given.setdefault("due_on", given["visible_on"])
    given.setdefault("since", given["visible_on"])
    out = {name: _typed(given[name], dtype, index) for name, dtype in FRAME.items()}
    for name, value in columns.items():
        if name not in FRAME:
            out[name] = _parameter(name, value, index)
    return pd.DataFrame(out, index=index).reset_index(drop=True)


@cache
def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in FRAME.items()})


def empty() -> pd.DataFrame:
    """A candidates' frame without rows."""
    return _empty().copy()


def join(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """All rows of ``frames``, FRAME's columns first; parameters that a frame lacks are missing in its rows."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return empty()
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    joined = pd.concat(filled, ignore_index=True)
    # a parameter absent in one of them may have widened its column: put the shared columns right, leave the rest
    shared: Any = {name: dtype for name, dtype in FRAME.items() if str(joined[name].dtype) != dtype}
    return joined.astype(shared)


def _typed(value: Any, dtype: Any, index: pd.Index[Any]) -> pd.Series[Any]:
    series: pd.Series[Any] = value if isinstance(value, pd.Series) else pd.Series(value, index=index, dtype=dtype)
    return series if str(series.dtype) == dtype else series.astype(dtype)


def _parameter(name: str, value: Any, index: pd.Index[Any]) -> pd.Series[Any]:
    if not name.startswith("p_"):
        raise KeyError(name)
    series = value if isinstance(value, pd.Series) else pd.Series(value, index=index)
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return series.astype(DATE)
    if pd.api.types.is_bool_dtype(series.dtype):
        return series.astype("boolean")
    if pd.api.types.is_integer_dtype(series.dtype):
        return series.astype(WHOLE)
    return series.astype(TEXT)

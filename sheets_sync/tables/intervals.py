"""Intervals of days or months on arrays of days; months are clamped to their end (31 Jan + 1 = 28 Feb)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Days: TypeAlias = npt.NDArray[np.datetime64]
Wholes: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


def months_after(days: Days, months: Wholes) -> Days:
    """``days`` (datetime64[D]) and so many months later (or earlier); NaT stays NaT."""
    month = days.astype("datetime64[M]")
    target = month + months
    first = target.astype("datetime64[D]")
    last = ((target + 1).astype("datetime64[D]") - first).astype(np.int64) - 1
    offset = (days - month.astype("datetime64[D]")).astype(np.int64)
    out: Days = np.where(np.isnat(days), days, first + np.minimum(offset, last))
    return out


def interval_after(days: Days, n: Wholes, in_months: Flags) -> Days:
    """``days`` and one interval later (n < 0: earlier); NaT where n is 0."""
    out: Days = np.where(in_months, months_after(days, np.where(in_months, n, 0)), days + np.where(in_months, 0, n))
    out[n == 0] = np.datetime64("NaT")
    return out


def interval_days(days: Days, n: Wholes, in_months: Flags) -> Wholes:
    """I: days from each day to the first date its frequency gives after it; 0 without a frequency."""
    apart = interval_after(days, n, in_months) - days
    return np.where(np.isnat(apart), 0, apart.astype(np.int64))

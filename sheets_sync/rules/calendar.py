"""Days counted on whole columns: months clamped to their end, intervals, business days."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sheets_sync.rules.frame import DATE, WHOLE
from sheets_sync.rules.public_holidays import public_holidays

Days: TypeAlias = npt.NDArray[np.datetime64]
Wholes: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


def to_days(dates: pd.Series[Any]) -> Days:
    """A column of dates as numpy days; NaT stays NaT."""
    return dates.to_numpy(dtype="datetime64[D]")


def to_dates(days: Days, index: pd.Index[Any]) -> pd.Series[Any]:
    """Numpy days as a column of dates."""
    dates: pd.Series[Any] = pd.Series(days.astype("datetime64[s]"), index=index, dtype=DATE)
    return dates


def months_after(days: Days, months: Wholes | int) -> Days:
    """``days`` + whole months, clamped to the month's end: 31 Jan + 1 = 28 (29) Feb. NaT stays NaT."""
    month = days.astype("datetime64[M]")
    offset = (days - month.astype("datetime64[D]")).astype("int64")
    target = month + months
    last = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype("int64") - 1
    moved: Days = target.astype("datetime64[D]") + np.minimum(offset, last)
    moved[np.isnat(days)] = np.datetime64("NaT")
    return moved


def interval_after(days: Days, n: Wholes, in_months: Flags, k: Wholes | int = 1) -> Days:
    """``days`` + k intervals of n days or n months, always counted from ``days``, never step by step."""
    return np.where(in_months, months_after(days, np.where(in_months, n * k, 0)), days + np.where(in_months, 0, n * k))


def add_months(dates: pd.Series[Any], months: int | pd.Series[Any]) -> pd.Series[Any]:
    """``dates`` + months, clamped to the month's end; a missing number counts as 0."""
    count = months if isinstance(months, int) else months.fillna(0).to_numpy(dtype="int64")
    return to_dates(months_after(to_days(dates), count), dates.index)


def add_interval(
    dates: pd.Series[Any], n: pd.Series[Any], unit: pd.Series[Any], k: int | pd.Series[Any] = 1
) -> pd.Series[Any]:
    """``dates`` + k intervals of ``n`` days / months (``unit``); NaT where there is no interval."""
    known = n.notna().to_numpy()
    count = n.fillna(0).to_numpy(dtype="int64")
    times = k if isinstance(k, int) else k.to_numpy(dtype="int64")
    moved = interval_after(to_days(dates), count, (unit == "months").to_numpy(dtype=bool), times)
    return to_dates(np.where(known, moved, np.datetime64("NaT", "D")), dates.index)


def interval_days(dates: pd.Series[Any], n: pd.Series[Any], unit: pd.Series[Any]) -> pd.Series[Any]:
    """I: days from each date to the first one its frequency gives after it; missing without a frequency."""
    days = (to_days(add_interval(dates, n, unit)) - to_days(dates)).astype("timedelta64[D]")
    whole: pd.Series[Any] = pd.Series(days.astype("int64"), index=dates.index, dtype=WHOLE).mask(np.isnat(days))
    return whole


class BusinessDays:
    """Monday to Friday without the public holidays of ``country`` (ISO code; an unknown one has none).

    Holidays are known from five years before ``today`` to two years after; beyond, only weekends are free.
    """

    def __init__(self, country: str, today: date) -> None:
        """``country``: ISO 3166 code, '' = none."""
        self._country = country.upper()
        self._years = range(today.year - 5, today.year + 3)
        self._calendar: np.busdaycalendar | None = None

    def add(self, dates: pd.Series[Any], n: int) -> pd.Series[Any]:
        """The n-th business day after each date (n = 0: the date itself, or the first business day after it)."""
        days = to_days(dates)
        known = ~np.isnat(days)
        out = np.full(len(days), np.datetime64("NaT"), dtype="datetime64[D]")
        if known.any():
            # 'backward' from n = 1 on: the first business day after a Saturday is Monday, not Tuesday
            roll: Literal["backward", "forward"] = "backward" if n > 0 else "forward"
            out[known] = np.busday_offset(days[known], n, roll=roll, busdaycal=self._opened())
        return to_dates(out, dates.index)

    def _opened(self) -> np.busdaycalendar:
        if self._calendar is None:
            closed = [np.datetime64(day, "D") for day in public_holidays(self._country, self._years)]
            self._calendar = np.busdaycalendar(holidays=np.array(closed, dtype="datetime64[D]"))
        return self._calendar

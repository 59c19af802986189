"""Months clamped to their end, intervals counted from one date, business days."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from sheets_sync.rules.calendar import BusinessDays, add_interval, add_months, interval_days

TODAY = date(2025, 6, 1)


def column(*days: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(days))).astype("datetime64[s]")


def shown(dates: pd.Series) -> list[str | None]:
    return [None if day is pd.NaT else day.date().isoformat() for day in dates]


def test_months_are_clamped_to_their_end() -> None:
    assert shown(add_months(column("2025-01-31", "2024-01-31", "2024-12-31", None), 1)) == [
        "2025-02-28", "2024-02-29", "2025-01-31", None,
    ]  # fmt: skip
    assert shown(add_months(column("2025-03-31", "2025-01-15"), -1)) == ["2025-02-28", "2024-12-15"]
    assert shown(add_months(column("2025-01-31", "2025-01-31"), pd.Series([1, None], dtype="Int64"))) == [
        "2025-02-28", "2025-01-31",
    ]  # fmt: skip


@pytest.mark.parametrize(("k", "day"), [(1, "2025-02-28"), (2, "2026-02-28"), (4, "2028-02-29")])
def test_a_leap_day_every_year(k: int, day: str) -> None:
    n, unit = pd.Series([12], dtype="Int64"), pd.Series(["months"])
    assert shown(add_interval(column("2024-02-29"), n, unit, k)) == [day]


def test_intervals_are_counted_from_one_date_never_step_by_step() -> None:
    start, n = column("2025-01-31", "2025-01-31", "2025-01-31"), pd.Series([1, 10, None], dtype="Int64")
    unit = pd.Series(["months", "days", None], dtype="str")
    assert shown(add_interval(start, n, unit, 2)) == ["2025-03-31", "2025-02-20", None]
    assert interval_days(start, n, unit).tolist() == [28, 10, pd.NA]


def test_business_days() -> None:
    brazil = BusinessDays("BR", TODAY)
    # Maundy Thursday 2025 (Good Friday is free), a Saturday, a Friday, none
    days = column("2025-04-17", "2025-05-10", "2025-05-09", None)
    assert shown(brazil.add(days, 1)) == ["2025-04-22", "2025-05-12", "2025-05-12", None]  # 21 April: Tiradentes
    assert shown(brazil.add(days, 0)) == ["2025-04-17", "2025-05-12", "2025-05-09", None]
    assert shown(BusinessDays("", TODAY).add(days, 1)) == ["2025-04-18", "2025-05-12", "2025-05-12", None]

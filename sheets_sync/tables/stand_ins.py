"""Orders that only a customer row tells about: its last_order_on, where no order row tells of it. domain.md §1."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheets_sync.tables.frames import ORDERS_FRAME, frame_of
from sheets_sync.tables.intervals import interval_days
from sheets_sync.tables.pieces import Flags, Positions

WEEK = 7
"""Days that stand for I/2 where there is no frequency."""


def with_stand_ins(orders: pd.DataFrame, whose: Positions, customers: pd.DataFrame) -> pd.DataFrame:
    """``orders`` and, below them, a stand-in for each customer whose last order is later than the newest live order
    row and more than I/2 (a week without a frequency) from every row. ``whose``: each order's place in ``customers``.
    """
    last = customers["last_order_on"].to_numpy(dtype="datetime64[D]")
    said = ~np.isnat(last)
    if not said.any():
        return orders
    day = orders["ordered_on"].to_numpy(dtype="datetime64[D]")
    happened = ~(orders["scheduled"] | orders["credit_note"]).to_numpy()
    live = happened & ~orders["cancelled"].to_numpy()
    newest, anchor = _newest(day, whose, live, len(customers))
    half = _half(orders, customers, last, anchor)

    stands = said & ~(newest >= last)  # NaT compares as False: no order row, so it stands
    near = (
        happened
        & (2 * np.abs((day - last[whose]).astype("timedelta64[D]").astype(np.int64)) <= half[whose])
        & said[whose]
    )
    stands[whose[near]] = False
    found = customers[stands].reset_index(drop=True)
    if not len(found):
        return orders
    columns = {
        "subject": found["customer"],
        "stand_in": np.ones(len(found), dtype=bool),
        "customer": found["customer"],
        "ordered_on": found["last_order_on"],
        "ordered_at": found["last_order_on"],
        "products": found["products"],
        "row": found["row"],
        "tab": found["tab"],
    }
    below = frame_of(ORDERS_FRAME, columns, len(found))
    return pd.concat([orders, below], ignore_index=True) if len(orders) else below


def _newest(
    day: np.ndarray[tuple[int], np.dtype[np.datetime64]], whose: Positions, live: Flags, count: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.datetime64]], Positions]:
    """Each customer's newest live order: its day (NaT = none) and its row (-1)."""
    rows = np.flatnonzero(live & (whose >= 0))
    by_day = rows[np.argsort(day[rows], kind="stable")]
    anchor = np.full(count, -1, dtype=np.int64)
    anchor[whose[by_day]] = by_day  # the newest is written last
    return np.append(day, np.datetime64("NaT", "D"))[anchor], anchor


def _half(
    orders: pd.DataFrame,
    customers: pd.DataFrame,
    last: np.ndarray[tuple[int], np.dtype[np.datetime64]],
    anchor: Positions,
) -> Positions:
    """Twice I/2 by customer: I with the newest order's frequency, else the customer's; two weeks without one."""
    n = customers["every_n"].to_numpy(dtype=np.int64, na_value=0)
    in_months = (customers["every_unit"] == "months").to_numpy(dtype=bool)
    own = np.append(orders["every_n"].to_numpy(dtype=np.int64, na_value=0), 0)[anchor]
    own_months = np.append((orders["every_unit"] == "months").to_numpy(dtype=bool), False)[anchor]
    n, in_months = np.where(own > 0, own, n), np.where(own > 0, own_months, in_months)
    interval = interval_days(last, n, in_months)
    return np.where(interval > 0, interval, 2 * WEEK)

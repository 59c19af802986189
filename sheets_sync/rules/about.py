"""What every touchpoint says about its order and its customer: columns of the candidates' frame."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from sheets_sync.rules.calendar import Days, to_dates, to_days
from sheets_sync.rules.context import Context
from sheets_sync.rules.cycle import Cycles
from sheets_sync.rules.frame import TEXT, WHOLE
from sheets_sync.rules.lookup import Positions, positions, truths

Columns: TypeAlias = dict[str, "pd.Series[Any]"]
_OF_ORDER = ["subject", "customer", "tab", "row", "stand_in", "order_id", "ordered_on", "products"]
_OF_CUSTOMER = ["customer", "tab", "row", "products"]


def dates(days: Days) -> pd.Series[Any]:
    """An array of days as a column."""
    return to_dates(days, pd.RangeIndex(len(days)))


def iso(days: Days) -> pd.Series[Any]:
    """An array of days as text, 2025-01-15."""
    text: pd.Series[Any] = pd.Series(np.datetime_as_string(days, unit="D"), dtype=TEXT)
    return text


def interval(cycles: Cycles, of: Positions) -> pd.Series[Any]:
    """I of the cycles ``of``, missing without a frequency."""
    days: pd.Series[Any] = pd.Series(cycles.interval[of], dtype=WHOLE).where(cycles.regular[of])
    return days


def an_order(context: Context, order: Positions, number: Positions | None = None) -> Columns:
    """Columns of tasks whose subject is an order; ``number``: the occurrence's, 1 where left out.

    An order that a customer's row stands for has the customer as subject and its date in the occurrence.
    Parameters: ``order`` (its id, if it has one), ``ordered_on``, ``products`` (else the customer's).
    """
    rows = context.tables.orders[_OF_ORDER].iloc[order].reset_index(drop=True)
    which = pd.Series(np.ones(len(rows), dtype=np.int64) if number is None else number)
    occurrence = which.astype(TEXT)
    stand_in = truths(rows["stand_in"])
    if stand_in.any():
        occurrence = occurrence.where(~stand_in, iso(to_days(rows["ordered_on"])) + "/" + occurrence)
    return {
        "subject": rows["subject"],
        "occurrence": occurrence,
        "number": which,
        "customer": rows["customer"],
        "tab": rows["tab"],
        "row": rows["row"],
        "order_on": rows["ordered_on"],
        "p_order": rows["order_id"],
        "p_ordered_on": rows["ordered_on"],
        "p_products": _products(context, rows),
    }


def a_customer(context: Context, customer: Positions, order: Positions, place: Positions | None = None) -> Columns:
    """Columns of tasks whose subject is a customer, about ``order`` (-1: none): its id, date and products.

    ``place``: position of the order row that the task rests on (-1: the customer's own row); ``order`` if left out.
    """
    own = context.tables.customers[_OF_CUSTOMER].iloc[customer].reset_index(drop=True)
    about = _rows(context, order)
    at = _rows(context, order if place is None else place)
    return {
        "subject": own["customer"],
        "customer": own["customer"],
        "tab": at["tab"].where(at["tab"].notna(), own["tab"]),
        "row": at["row"].where(at["tab"].notna(), own["row"]),
        "order_on": about["ordered_on"],
        "p_order": about["order_id"],
        "p_ordered_on": about["ordered_on"],
        "p_products": about["products"].where(about["products"].notna(), own["products"]),
    }


def _rows(context: Context, order: Positions) -> pd.DataFrame:
    """The orders at ``order``; a row of missing values for -1."""
    rows = context.tables.orders[_OF_ORDER]
    known = np.flatnonzero(order >= 0)
    found = rows.iloc[order[known]].set_axis(known)
    return found if len(known) == len(order) else found.reindex(pd.RangeIndex(len(order)))


def _products(context: Context, rows: pd.DataFrame) -> pd.Series[Any]:
    blank = rows["products"].isna()
    if not blank.any():
        return rows["products"]
    customers = context.tables.customers
    who = positions(rows["customer"], customers["customer"])
    theirs = customers["products"].iloc[who].reset_index(drop=True)
    return rows["products"].where(~blank | (who < 0), theirs)

"""N as people wrote it: the next order's date of each cycle, where it stands, and doubts about it. domain.md §3."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync.model import Problem
from sheets_sync.problems import question
from sheets_sync.rules.calendar import Days, Flags, to_days
from sheets_sync.rules.context import Context
from sheets_sync.rules.lookup import Positions
from sheets_sync.tables.questions import place_of

ASK_FOR_DAYS = 60
"""A planned order that should have come longer ago than this is not asked about: reconnect has taken over."""
COLUMN = "next_order_on"


class Source(IntEnum):
    """Where N was written, in the order in which they count; COMPUTED = nowhere."""

    COMPUTED = 0
    ROW = 1
    ORDER = 2
    CUSTOMER = 3


class Planned(Struct, frozen=True, kw_only=True):
    """One element a cycle. ``on``: NaT where nobody wrote a date that counts; ``row``: the order row after today."""

    on: Days
    source: npt.NDArray[np.int8]
    row: Positions
    wrong: npt.NDArray[np.int8]  # the source of a date on or before D, where no date counts

    @property
    def given(self) -> Flags:
        """Where a date counts."""
        return np.not_equal(self.source, Source.COMPUTED)


def find(
    context: Context, *, customer: Positions, anchor: Positions, ordered_on: Days, after: Days, newest: Flags,
    whose: Positions, ahead: Flags,
) -> Planned:  # fmt: skip
    """The written N of each cycle: it counts only if later than ``after`` (NaT: always).

    ``whose``: each order's customer; ``ahead``: live order rows after today. They and the customer's cell say
    something about the ``newest`` cycle of a customer only.
    """
    orders, customers = context.tables.orders, context.tables.customers
    size = len(customer)
    rows_on, rows = _earliest_row(orders, whose, ahead=ahead, customer=customer, after=after, newest=newest)
    in_order = np.full(size, np.datetime64("NaT", "D"))
    has = anchor >= 0
    in_order[has] = to_days(orders[COLUMN])[anchor[has]]
    in_customer = np.where(newest, to_days(customers[COLUMN])[customer], np.datetime64("NaT", "D"))

    on, source = rows_on, np.where(np.isnat(rows_on), Source.COMPUTED, Source.ROW).astype(np.int8)
    for where, dates in ((Source.ORDER, in_order), (Source.CUSTOMER, in_customer)):
        use = (source == Source.COMPUTED) & ~np.isnat(dates) & (np.isnat(after) | (dates > after))
        on, source = np.where(use, dates, on), np.where(use, where, source).astype(np.int8)
    wrong = np.zeros(size, dtype=np.int8)
    for where, dates in ((Source.CUSTOMER, in_customer), (Source.ORDER, in_order)):
        wrong[(source == Source.COMPUTED) & (dates <= ordered_on)] = where
    return Planned(on=on, source=source, row=np.where(source == Source.ROW, rows, -1), wrong=wrong)


def _earliest_row(
    orders: pd.DataFrame, whose: Positions, *, ahead: Flags, customer: Positions, after: Days, newest: Flags
) -> tuple[Days, Positions]:
    """The earliest order row after today of each newest cycle that is later than ``after``, and its position."""
    on = np.full(len(customer), np.datetime64("NaT", "D"))
    found = np.full(len(customer), -1, dtype=np.int64)
    row = np.flatnonzero(ahead)
    if not len(row):
        return on, found
    cycle_of = np.full(int(max(whose.max(initial=-1), customer.max(initial=-1))) + 1, -1, dtype=np.int64)
    cycle_of[customer[newest]] = np.flatnonzero(newest)
    cycle, days = cycle_of[whose[row]], to_days(orders["ordered_on"])[row]
    use = np.isnat(after[cycle]) | (days > after[cycle])
    row, cycle, days = row[use], cycle[use], days[use]
    latest_first = np.lexsort((-row, -days.astype(np.int64)))  # the earliest is written last and stays
    on[cycle[latest_first]] = days[latest_first]
    found[cycle[latest_first]] = row[latest_first]
    return on, found


def questions(
    context: Context, planned: Planned, *, customer: Positions, anchor: Positions, regular: Flags, asked: Flags
) -> tuple[Problem, ...]:
    """Dates on or before D, and planned orders of customers without a frequency that have passed without an order.

    Only where ``asked`` (customers in the cycle). One question per tab, column and kind of doubt or date; ``params``:
    ``count``, ``customer`` (the first one's name), ``date``, ``tab``.
    """
    now = np.datetime64(context.today, "D")
    fresh = np.datetime64(context.today - timedelta(days=ASK_FOR_DAYS), "D")
    missed = planned.given & ~regular & (planned.on < now) & (planned.on >= fresh) & asked
    if not (missed.any() or (asked & (planned.wrong > 0)).any()):
        return ()
    wrong = _cells(context, np.where(asked, planned.wrong, Source.COMPUTED), customer, anchor)
    gone = _cells(context, np.where(missed, planned.source, Source.COMPUTED), customer, anchor)
    found = [
        *ask("next_order_not_after_last", context, wrong, ["tab"]),
        *ask("planned_order_missing", context, gone, ["tab", COLUMN]),
    ]
    return tuple(problem for problem in found if problem.identity not in context.memory.answers)


def _cells(
    context: Context, source: npt.NDArray[np.integer[Any]], customer: Positions, anchor: Positions
) -> pd.DataFrame:
    """The cells that ``source`` names, one row for each cycle that has one."""
    columns = ["customer", COLUMN, "tab", "row"]
    in_orders = context.tables.orders[columns].iloc[anchor[source == Source.ORDER]]
    in_customers = context.tables.customers[columns].iloc[customer[source == Source.CUSTOMER]]
    cells: pd.DataFrame = pd.concat([in_orders, in_customers]).sort_values(["tab", "row"])
    return cells


def ask(code: str, context: Context, cells: pd.DataFrame, by: list[str]) -> Iterator[Problem]:
    """One question for each group of cells alike."""
    people = context.tables.customers
    for _, alike in cells.groupby(by, sort=True):
        first = alike.iloc[0]
        day = first[COLUMN].date()
        by_date = COLUMN in by
        yield question(
            code,
            place_of(context.tables, first["tab"], int(first["row"]), COLUMN),
            identity=f"{code}|{first['tab']}|{COLUMN}|{day.isoformat() if by_date else ''}",
            choices=("yes", "no") if by_date else (),
            count=len(alike),
            params={
                "count": len(alike),
                "customer": _name(people, first["customer"]),
                "date": day,
                "tab": first["tab"],
            },
        )


def _name(customers: pd.DataFrame, identity: str) -> str:
    name = customers.loc[customers["customer"] == identity, "name"].iloc[0]
    return str(name) if isinstance(name, str) else identity

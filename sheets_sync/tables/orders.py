"""The orders frame: order rows, their doubts, their lines joined (stand-ins of customer rows: ``stand_ins.py``)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync.model import RowCounts, Unread
from sheets_sync.tables import order_lines
from sheets_sync.tables.blank_rows import PERSON
from sheets_sync.tables.dates import midnight
from sheets_sync.tables.frames import CENTS, ORDERS_FRAME, frame_of
from sheets_sync.tables.identity import Identities
from sheets_sync.tables.order_lines import Lines
from sheets_sync.tables.pieces import Coded, Flags, Moments, Positions, is_in, places_of
from sheets_sync.tables.questions import Doubt, Questions, gathered
from sheets_sync.tables.reading import Reading
from sheets_sync.tables.rows import SourceRows
from sheets_sync.tables.whose import Whose, ask_who, unread_of

CONTRADICTING = "order_contradicting"
ODD_DATES = (("ordered_on", "shipped_on"), ("ordered_on", "delivered_on"), ("shipped_on", "delivered_on"),
             ("ordered_on", "cancelled_on"))  # fmt: skip
_TEXTS = ("status", "payment_method", "payment_status", "carrier", "tracking_code", "marketplace", "every_unit")
_DATES = ("next_order_on", "paid_on", "shipped_on", "promised_on", "delivered_on", "cancelled_on")


class Read(Struct, frozen=True, kw_only=True):
    """A source's frame, its counts, and what could not be read."""

    frame: pd.DataFrame
    customer: Positions  # each row's customer, -1 = none
    counts: RowCounts
    unread: Unread


def build(rows: SourceRows, whose: Whose, identities: Identities, reading: Reading, questions: Questions) -> Read:
    """``ORDERS_FRAME`` of the order rows."""
    ids = rows.words("order_id")
    day = midnight(rows.days("ordered_on"))
    day = day[order_lines.said_on_a_line(ids.codes, np.isnat(day))]
    whose = whose.filled(order_lines.said_on_a_line(ids.codes, whose.nobody & ~whose.faulty))
    ask_who(rows, whose, ~rows.out, identities, questions)
    out = _doubtful(rows, whose, ids=ids, day=day, reading=reading, questions=questions)
    totals = rows.series("total")
    totals = totals if totals is not None else pd.Series(pd.NA, index=range(len(rows)), dtype=CENTS)
    below_zero = (totals < 0).to_numpy(dtype=bool, na_value=False)
    lines = order_lines.find_lines(ids.codes, whose.customer, day, below_zero, ~out)
    _ask_contradictions(rows, ids, lines.contradicting, questions)
    out[lines.contradicting] = True
    _tell_odd_dates(rows, ~out, questions)
    frame = _frame(rows, lines, ids=ids, whose=whose, identities=identities, totals=totals, reading=reading)
    notes = np.union1d(lines.notes, lines.orders[frame["credit_note"].to_numpy()])
    rows.ask(questions, "credit_notes", notes, "total", told=True)
    counts = RowCounts(read=rows.read, used=int((~out).sum()), questioned=int(out.sum()), blank=rows.blank)
    held = np.flatnonzero(out)
    subjects = set(ids.only(held).series().dropna())
    return Read(
        frame=frame, customer=whose.customer[lines.orders], counts=counts,
        unread=unread_of(held, whose, identities, subjects, lost=bool((ids.codes[held] < 0).any())),
    )  # fmt: skip


def _doubtful(
    rows: SourceRows, whose: Whose, *, ids: Coded, day: Moments, reading: Reading, questions: Questions
) -> Flags:
    """Rows that a question keeps out: unreadable cells, no id, no date, nobody's, two customers', too far ahead."""
    out = rows.out.copy()
    for code, key, wrong in (
        ("order_without_id", "order_id", ids.codes < 0),
        ("order_without_date", "ordered_on", np.isnat(day)),
        ("order_without_customer", next((k for k in PERSON if k in rows), ""), whose.nobody & ~whose.faulty),
    ):
        rows.ask(questions, code, wrong & ~rows.out, key)
        out |= wrong
    return out | rows.ask_too_far_ahead(questions, "ordered_on", reading) | whose.nobody | whose.unsure


def _ask_contradictions(rows: SourceRows, ids: Coded, at: Positions, questions: Questions) -> None:
    """One question an order id; its first row says where."""
    wanted = np.ones(len(ids.words), dtype=bool)
    groups = places_of(ids.codes[at], wanted)
    doubts = (Doubt(code=CONTRADICTING, found=str(ids.words.iloc[i]), at=at[places]) for i, places in groups)
    for doubt in gathered(doubts):
        rows.ask(questions, doubt.code, doubt.at, "order_id", found=doubt.found)


def _tell_odd_dates(rows: SourceRows, use: Flags, questions: Questions) -> None:
    for earlier, later in ODD_DATES:
        odd = use & (midnight(rows.days(later)) < midnight(rows.days(earlier)))
        if not odd.any():
            continue
        for title, at, layout in rows.places(odd):
            first = layout.column(earlier)
            questions.tell("dates_out_of_order", title, at, layout.column(later), earlier=first.header if first else "")


def _frame(
    rows: SourceRows,
    lines: Lines,
    *,
    ids: Coded,
    whose: Whose,
    identities: Identities,
    totals: pd.Series[Any],
    reading: Reading,
) -> pd.DataFrame:
    at = lines.orders
    moment = rows.days("ordered_on")
    moment = moment[lines.index(~np.isnat(moment))]
    day = midnight(moment)
    subject = ids.only(at).series()
    columns: dict[str, Any] = {
        "subject": subject,
        "order_id": subject,
        "customer": pd.Series(identities.identity.array.take(whose.customer[at])),
        "ordered_on": day,
        "ordered_at": moment,
        "scheduled": day > np.datetime64(reading.today, "s"),
        "products": order_lines.joined_products(lines, rows.words("products")),
        "row": rows.row[at],
        "tab": rows.tab.only(at).series(),
    }
    for key in _DATES:
        if key in rows:
            dates = rows.days(key)
            columns[key] = midnight(dates[lines.index(~np.isnat(dates))])
    for key in _TEXTS:
        column = rows.columns.get(key)
        if column is not None:
            columns[key] = _first_text(column, lines)
    for key in ("discount", "freight"):
        amounts = rows.series(key)
        if amounts is not None:
            columns[key] = amounts.take(lines.index(amounts.notna().to_numpy()))
    every = rows.series("every_n")
    if every is not None:
        n = every.to_numpy(dtype=np.int64)
        n = n[lines.index(n > 0)]
        columns["every_n"] = pd.arrays.IntegerArray(n, n == 0)
    currency = rows.words("total.currency")
    columns["total"] = order_lines.summed(lines, totals, currency)
    columns["currency"] = _first_text(currency, lines)
    columns["credit_note"] = (columns["total"] < 0).to_numpy(dtype=bool, na_value=False)
    columns["cancelled"] = _cancelled(columns, len(at))
    return frame_of(ORDERS_FRAME, columns, len(at))


def _first_text(column: Coded | pd.Series[Any], lines: Lines) -> pd.Series[Any]:
    if isinstance(column, Coded):
        return column.only(lines.index(column.codes >= 0)).series()
    return column.take(lines.index(column.notna().to_numpy()))


def _cancelled(columns: dict[str, Any], length: int) -> Flags:
    """Cancelled and out of stock are one: by status or by date."""
    out: Flags = (
        is_in(columns["status"], ("cancelled", "out_of_stock")) if "status" in columns else np.zeros(length, dtype=bool)
    )
    if "cancelled_on" in columns:
        out |= ~np.isnat(columns["cancelled_on"])
    return out

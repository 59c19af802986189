"""The exchanges frame: rows, their subjects, and what their orders add."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import RowCounts
from sheets_sync.tables.blank_rows import PERSON
from sheets_sync.tables.dates import midnight
from sheets_sync.tables.frames import EXCHANGES_FRAME, frame_of
from sheets_sync.tables.identity import Identities
from sheets_sync.tables.orders import Read
from sheets_sync.tables.pieces import Coded, Flags, Positions, Text, coded, is_in
from sheets_sync.tables.questions import Questions
from sheets_sync.tables.rows import SourceRows
from sheets_sync.tables.whose import Whose, ask_who, unread_of

ODD_DATES = (
    ("requested_on", "approved_on"),
    ("requested_on", "received_on"),
    ("requested_on", "voucher_issued_on"),
    ("requested_on", "refund_requested_on"),
    ("refund_requested_on", "refund_confirmed_on"),
)
_DATES = tuple(
    key for key, dtype in EXCHANGES_FRAME.items() if dtype.startswith("datetime") and key != "order_delivered_on"
)
_TEXTS = (
    *("exchange_id", "kind", "reason", "products", "city", "status", "posting_code", "check_result", "payment_method"),
    *("voucher_code", "voucher_source", "opened_by", "owner", "notes"),
)
_AMOUNTS = ("paid", "voucher_amount", "refund_amount")
_OF_ORDER = ("payment_method", "currency")


def build(
    rows: SourceRows,
    whose: Whose,
    *,
    identities: Identities,
    orders: Read | None,
    customers: pd.DataFrame,
    questions: Questions,
) -> Read:
    """``EXCHANGES_FRAME`` of the exchange rows; ``orders``: the orders read, to join by order id."""
    order = _order_rows(rows.words("order_id"), orders)
    customer = whose.customer.copy()
    if orders is not None:  # the row names nobody, or several: its order says who
        by_order = (customer < 0) & (order >= 0)
        customer[by_order] = orders.customer[order[by_order]]
    ask_who(rows, whose, ~rows.out & (customer < 0), identities, questions)
    out = _doubtful(rows, whose, customer, questions)
    subject = _subjects(rows, customer, identities)
    _tell_odd_dates(rows, ~out, questions)
    at = np.flatnonzero(~out)
    names = pd.Series(identities.identity.array.take(customer[at], allow_fill=True))
    frame = _frame(rows, at, {"subject": subject.iloc[at], "customer": names})
    _complete(frame, customers["city"].array.take(customer[at], allow_fill=True), order[at], orders)
    counts = RowCounts(read=rows.read, used=int((~out).sum()), questioned=int(out.sum()), blank=rows.blank)
    held = np.flatnonzero(out)
    order_ids = rows.words("order_id").only(held).series().dropna()
    lost = rows.faulty.get("exchange_id", np.zeros(len(rows), dtype=bool))[held].any() or subject[held].isna().any()
    unread = unread_of(
        held, whose, identities, {*subject[held].dropna(), *order_ids}, lost=bool(lost), also=customer[held]
    )
    return Read(frame=frame, customer=customer[~out], counts=counts, unread=unread)


def _order_rows(ids: Coded, orders: Read | None) -> Positions:
    """Each row's place in the orders frame, -1 = none."""
    if orders is None or not len(ids.words):
        return np.full(len(ids.codes), -1, dtype=np.int64)
    known = orders.frame["order_id"]
    mine = np.flatnonzero(is_in(known, ids.words))
    place = pd.Series(mine, index=known.iloc[mine].to_numpy(dtype=object))
    found = place.reindex(ids.words.to_numpy(dtype=object), fill_value=-1).to_numpy(dtype=np.int64)
    return np.append(found, -1)[ids.codes]


def _doubtful(rows: SourceRows, whose: Whose, customer: Positions, questions: Questions) -> Flags:
    """Rows that a question keeps out: unreadable cells, no date or kind, no order and nobody, two customers'."""
    out = rows.out.copy()
    nobody = (rows.words("order_id").codes < 0) & (customer < 0) & ~whose.unsure
    person = next((key for key in ("order_id", *PERSON) if key in rows), "")
    for code, key, wrong in (
        ("exchange_without_date", "requested_on", np.isnat(rows.days("requested_on"))),
        ("exchange_without_kind", "kind", rows.words("kind").codes < 0),
        ("exchange_without_customer", person, nobody & ~whose.faulty),
    ):
        rows.ask(questions, code, wrong & ~rows.out, key)
        out |= wrong
    return out | nobody | (whose.unsure & (customer < 0))


def _subjects(rows: SourceRows, customer: Positions, identities: Identities) -> Text:
    """Exchange id, else order id, else customer/date; further ones of the same /2, /3 by date, product, row.

    Rows kept out are counted too, so that the others keep theirs; NaN where a row says none of it.
    """
    requested = midnight(rows.days("requested_on"))
    base = rows.words("exchange_id").series().fillna(rows.words("order_id").series())
    left = np.flatnonzero(base.isna().to_numpy(dtype=bool) & (customer >= 0))
    if len(left):
        names = identities.identity.iloc[customer[left]].tolist()
        days = ["" if np.isnat(d) else str(d) for d in requested[left].astype("datetime64[D]")]
        base.iloc[left] = [f"{name}/{day}" for name, day in zip(names, days, strict=True)]
    codes = coded(base).codes
    again = np.flatnonzero(pd.Series(codes).duplicated(keep=False).to_numpy() & (codes >= 0))
    if len(again):
        products = rows.words("products").only(again).series().fillna("")
        several = pd.DataFrame({"code": codes[again], "on": requested[again], "what": products.to_numpy(), "at": again})
        several = several.sort_values(["code", "on", "what", "at"], na_position="last")
        number = several.groupby("code").cumcount().to_numpy() + 1
        at = several["at"].to_numpy()[number > 1]
        base.iloc[at] = [f"{text}/{n}" for text, n in zip(base.iloc[at].tolist(), number[number > 1], strict=True)]
    return base


def _tell_odd_dates(rows: SourceRows, use: Flags, questions: Questions) -> None:
    for earlier, later in ODD_DATES:
        odd = use & (midnight(rows.days(later)) < midnight(rows.days(earlier)))
        for title, at, layout in rows.places(odd):
            first = layout.column(earlier)
            questions.tell("dates_out_of_order", title, at, layout.column(later), earlier=first.header if first else "")


def _frame(rows: SourceRows, at: Positions, columns: dict[str, Any]) -> pd.DataFrame:
    """What the rows ``at`` say themselves."""
    columns |= {
        "order_id": rows.words("order_id").only(at).series(),
        "has_id_column": _has_column(rows, "exchange_id")[at],
        "has_code_column": _has_column(rows, "posting_code")[at],
        "currency": _currency(rows, at),
        "row": rows.row[at],
        "tab": rows.tab.only(at).series(),
        **{key: midnight(rows.days(key)[at]) for key in _DATES if key in rows},
    }
    for key in (*_TEXTS, *_AMOUNTS, "eligible"):
        column = rows.series(key)
        if column is not None:
            columns[key] = column.iloc[at]
    return frame_of(EXCHANGES_FRAME, columns, len(at))


def _complete(frame: pd.DataFrame, city: Any, order: Positions, orders: Read | None) -> None:
    """What the customer (``city``) and the order (its place, -1 = none) add where the row itself is blank."""
    frame["city"] = frame["city"].fillna(pd.Series(city, dtype="str"))
    if orders is None:
        return
    said = {key: pd.Series(orders.frame[key].array.take(order, allow_fill=True), dtype="str") for key in _OF_ORDER}
    for key in _OF_ORDER:
        frame[key] = frame[key].fillna(said[key])
    delivered = orders.frame["delivered_on"].to_numpy(dtype="datetime64[s]")
    frame["order_delivered_on"] = np.append(delivered, np.datetime64("NaT", "s"))[order]
    other = said["currency"].notna() & (said["currency"] != frame["currency"])  # euros say nothing about reais
    frame["order_total"] = pd.Series(orders.frame["total"].array.take(order, allow_fill=True)).mask(other)


def _currency(rows: SourceRows, at: Positions) -> pd.Series[Any]:
    """The first currency that one of the row's amounts names or has by default."""
    found: pd.Series[Any] = pd.Series(None, index=range(len(at)), dtype="str")
    for key in ("refund_amount", "paid", "voucher_amount"):
        found = found.fillna(rows.words(f"{key}.currency").only(at).series())
    return found


def _has_column(rows: SourceRows, key: str) -> Flags:
    """Whether each row's tab has a column ``key``."""
    has = np.array([rows.layouts[str(title)].column(key) is not None for title in rows.tab.words], dtype=bool)
    flags: Flags = has[rows.tab.codes] if len(has) else np.zeros(len(rows), dtype=bool)
    return flags

"""The typed frames that ``parse`` gives to the rules: which columns, which dtypes. Never inferred, always complete.

Dates are ``datetime64[s]`` at midnight (``ordered_at`` keeps its time), NaT blank. Text is pandas ``str``, NaN blank.
Money is whole cents, ``Int64``. Flags that may be blank are ``boolean``, those that never are ``bool``. CHOICE columns
hold canonical values, ``unknown`` for a word nobody has explained yet. ``row`` is the row as Excel numbers it, ``tab``
the tab as titled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

DATE = "datetime64[s]"
TEXT = "str"
CENTS = "Int64"
WHOLE = "Int64"
FLAG = "boolean"
SURE = "bool"
UNKNOWN = "unknown"

_PLACE = {"row": "int64", "tab": TEXT}

CUSTOMERS_FRAME: Mapping[str, str] = {
    "customer": TEXT,  # the identity: one row each
    **dict.fromkeys(
        ("customer_id", "name", "phone", "email", "tax_id", "language", "city", "state", "owner", "category"), TEXT
    ),
    "category_missing": SURE,  # own row in a tab whose category column is filled elsewhere, but blank here
    "customer_type": TEXT,
    "every_n": WHOLE,  # the customer's frequency …
    "every_unit": TEXT,  # … in days or months
    **dict.fromkeys(("last_order_on", "next_order_on", "card_failed_on", "last_contact_on"), DATE),
    "products": TEXT,  # of the customer's own row
    "tags": TEXT,  # the person's tags and products; tags_of() adds those of the orders
    "opted_out": SURE,
    "active": SURE,
    "in_tab": SURE,  # has a row in a customers tab
    **_PLACE,
}

ORDERS_FRAME: Mapping[str, str] = {
    "subject": TEXT,  # order id, or the customer's identity for a stand-in
    "order_id": TEXT,
    "stand_in": SURE,  # a customer row's last_order_on that stands for an order
    "customer": TEXT,
    "ordered_on": DATE,
    "ordered_at": DATE,
    "next_order_on": DATE,
    "every_n": WHOLE,
    "every_unit": TEXT,
    "status": TEXT,
    "cancelled": SURE,  # cancelled or out of stock
    **dict.fromkeys(("paid_on", "shipped_on", "promised_on", "delivered_on", "cancelled_on"), DATE),
    "payment_method": TEXT,
    "payment_status": TEXT,
    "total": CENTS,
    "currency": TEXT,
    "discount": CENTS,
    "freight": CENTS,
    **dict.fromkeys(("products", "carrier", "tracking_code", "marketplace"), TEXT),
    "scheduled": SURE,  # dated after today: the customer's explicit N
    "credit_note": SURE,
    **_PLACE,
}

EXCHANGES_FRAME: Mapping[str, str] = {
    "subject": TEXT,
    "exchange_id": TEXT,
    "has_id_column": SURE,  # its tab has an exchange_id column
    "has_code_column": SURE,  # its tab has a posting_code column
    "order_id": TEXT,
    "customer": TEXT,  # NaN where neither the row nor its order names one
    "requested_on": DATE,
    **dict.fromkeys(("kind", "reason", "products", "city", "status"), TEXT),
    "eligible": FLAG,
    "approved_on": DATE,
    "posting_code": TEXT,
    **dict.fromkeys(("posting_code_expires_on", "posted_on", "delivered_on", "received_on", "checked_on"), DATE),
    "check_result": TEXT,
    "payment_method": TEXT,  # the exchange's, else its order's
    "paid": CENTS,
    "voucher_code": TEXT,
    "voucher_amount": CENTS,
    "voucher_issued_on": DATE,
    "voucher_source": TEXT,
    "voucher_expires_on": DATE,
    "voucher_used_on": DATE,
    "refund_amount": CENTS,
    **dict.fromkeys(("refund_requested_on", "refund_confirmed_on", "customer_told_on", "closed_on"), DATE),
    **dict.fromkeys(("opened_by", "owner", "notes", "currency"), TEXT),
    "order_delivered_on": DATE,
    "order_total": CENTS,
    **_PLACE,
}


def frame_of(shape: Mapping[str, str], columns: Mapping[str, Any], length: int) -> pd.DataFrame:
    """A frame of ``shape`` with ``length`` rows: the columns given, in the shape's order and dtypes; the rest blank.

    A column the shape does not know is a fault (KeyError).
    """
    foreign = columns.keys() - shape.keys()
    if foreign:
        raise KeyError(sorted(foreign))
    index = pd.RangeIndex(length)
    blanks = {dtype: _blank(dtype, index) for dtype in dict.fromkeys(shape.values())}  # text columns share theirs
    return pd.DataFrame(
        {key: _column(columns.get(key), blanks[dtype], index) for key, dtype in shape.items()}, index=index
    )


def _blank(dtype: str, index: pd.RangeIndex) -> pd.Series[Any]:
    nothing: Any = {SURE: False, DATE: pd.NaT, "int64": 0}.get(dtype)
    return pd.Series(nothing, index=index, dtype=dtype)


def _column(values: Any, blank: pd.Series[Any], index: pd.RangeIndex) -> pd.Series[Any]:
    if values is None:
        return blank
    dtype: Any = blank.dtype
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    if series.dtype != dtype:
        series = series.astype(dtype)
    return series.set_axis(index)


def empty(shape: Mapping[str, str]) -> pd.DataFrame:
    """A frame of ``shape`` without rows."""
    return frame_of(shape, {}, 0)

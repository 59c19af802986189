"""A small shop in a few lines: rows as a person would type them, the rules' answer as plain dates by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.config import Settings
from sheets_sync.memory import Memory
from sheets_sync.model import SourceTab, Tables, Unread
from sheets_sync.rules import engine
from sheets_sync.rules.calendar import BusinessDays
from sheets_sync.rules.context import Context
from sheets_sync.tables import frames
from tests.tables import tabs

FREQUENCIES: Mapping[str, tuple[int, str]] = {
    "weekly": (7, "days"), "biweekly": (14, "days"), "monthly": (1, "months"), "bimonthly": (2, "months"),
    "quarterly": (3, "months"), "six-monthly": (6, "months"), "yearly": (12, "months"),
}  # fmt: skip
HORIZON = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Rows by short column names: ``order`` / ``exchange`` are ids, ``on`` the main date, ``next`` the next order's.

    A customer's ``last`` is an order that the customer's row stands for. Customers named in orders or exchanges only
    come along by themselves. ``unread``: customers whose order rows cannot be read.
    """

    customers: tuple[Mapping[str, Any], ...] = ()
    orders: tuple[Mapping[str, Any], ...] = ()
    exchanges: tuple[Mapping[str, Any], ...] = ()
    unread: frozenset[str] = frozenset()

    def tables(self, today: date) -> Tables:
        """The frames that the rules are given on the day."""
        listed = {row["customer"]: row for row in self.customers}
        named = [row["customer"] for row in (*self.orders, *self.exchanges) if row.get("customer")]
        people = [*listed.values(), *({"customer": name} for name in dict.fromkeys(named) if name not in listed)]
        has_category = any(row.get("category") for row in self.customers)
        standing = [_stand_in(row) for row in self.customers if row.get("last")]
        orders = [*self.orders, *standing]
        customers = [_customer(row, i, listed=row["customer"] in listed, categories=has_category)
                     for i, row in enumerate(people, start=5)]  # fmt: skip
        used = {key for row in self.orders for key in row}
        columns = {SourceTab.ORDERS: frozenset({"delivered_on", "shipped_on"} & used)}
        unread = {SourceTab.ORDERS: Unread(customers=self.unread)}
        exchanges = [_exchange(row, i) for i, row in enumerate(self.exchanges, start=2)]
        return Tables(
            customers=_frame(frames.CUSTOMERS_FRAME, customers),
            orders=_frame(frames.ORDERS_FRAME, [_order(row, i, today) for i, row in enumerate(orders, start=2)]),
            exchanges=_frame(frames.EXCHANGES_FRAME, exchanges),
            present=frozenset(SourceTab), columns=columns, titles={}, counts={}, unread=unread, aliases={}, problems=(),
            used=columns[SourceTab.ORDERS],
        )  # fmt: skip

    def typed(self, today: date) -> Tables:
        """The frames as read from tabs in which a Brazilian shop typed these rows."""
        written = (("customers", self.customers), ("orders", self.orders), ("exchanges", self.exchanges))
        found = [tabs.tab(source, _columns(source, rows)) for source, rows in written if rows]
        return tabs.read(*found, today=today)


_HEADERS: Mapping[str, Mapping[str, str]] = {
    "customers": {"customer": "customer_id", "last": "last_order_on", "next": "next_order_on", "type": "customer_type"},
    "orders": {"order": "order_id", "on": "ordered_on", "next": "next_order_on"},
    "exchanges": {"exchange": "exchange_id", "order": "order_id", "on": "requested_on"},
}
_WORDS: Mapping[str, str] = {
    "weekly": "semanal", "biweekly": "quinzenal", "monthly": "mensal", "bimonthly": "bimestral",
    "quarterly": "trimestral", "six-monthly": "semestral", "yearly": "anual", "retail": "Varejo", "pc": "PC",
    "wholesale": "Atacado", "customer": "Cliente", "prospect": "Prospect", "cancelled": "Cancelado",
    "out_of_stock": "Sem estoque", "delivered": "Entregue", "paid": "Pago", "failed": "Recusado", "exchange": "Troca",
    "return": "Devolução", "refused": "Recusado", "closed": "Finalizado", "accepted": "Aceito",
}  # fmt: skip


def _columns(source: str, rows: tuple[Mapping[str, Any], ...]) -> dict[str, list[Any]]:
    """Every cell under its header; blank where a row does not have it."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    typed = {_HEADERS[source].get(key, key): [_typed(key, row.get(key)) for row in rows] for key in keys}
    return typed | ({"name": typed["customer_id"]} if source == "customers" else {})


def _typed(key: str, value: Any) -> Any:
    if key == "total" and value is not None:
        return value / 100
    if key in ("frequency", "type", "category", "status", "payment_status", "kind", "check_result"):
        return _WORDS.get(value, value)
    return value


def _frequency(row: Mapping[str, Any]) -> dict[str, Any]:
    said = row.get("frequency") or None
    n, unit = FREQUENCIES[said] if isinstance(said, str) else (said, "days" if said else None)
    return {"every_n": n, "every_unit": unit}


def _stand_in(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"customer": row["customer"], "on": row["last"], "stand_in": True, "tab": "Clientes"}


def _customer(row: Mapping[str, Any], place: int, *, listed: bool, categories: bool) -> dict[str, Any]:
    return {
        "customer": row["customer"], "name": row["customer"], **_frequency(row), "next_order_on": row.get("next"),
        "category": row.get("category"), "category_missing": listed and categories and not row.get("category"),
        "customer_type": row.get("type"), "last_order_on": row.get("last"), "card_failed_on": row.get("card_failed_on"),
        "last_contact_on": row.get("last_contact_on"), "opted_out": row.get("opted_out", False),
        "products": row.get("products"), "active": row.get("active", True), "in_tab": listed, "row": place,
        "tab": "Clientes",
    }  # fmt: skip


def _order(row: Mapping[str, Any], place: int, today: date) -> dict[str, Any]:
    at = row["on"]
    on = at.date() if isinstance(at, datetime) else at
    same = ("customer", "status", "paid_on", "shipped_on", "delivered_on", "payment_status", "total", "products",
            "carrier", "tracking_code")  # fmt: skip
    return {
        **{key: row.get(key) for key in same}, **_frequency(row), "subject": row.get("order") or row["customer"],
        "order_id": row.get("order"), "stand_in": row.get("stand_in", False), "ordered_on": on, "ordered_at": at,
        "next_order_on": row.get("next"), "cancelled": row.get("status") in ("cancelled", "out_of_stock"),
        "scheduled": on > today, "credit_note": (row.get("total") or 0) < 0, "currency": "BRL", "row": place,
        "tab": row.get("tab", "Pedidos"),
    }  # fmt: skip


def _exchange(row: Mapping[str, Any], place: int) -> dict[str, Any]:
    renamed = {"exchange": "exchange_id", "order": "order_id", "on": "requested_on"}
    return {
        "has_id_column": True, "has_code_column": False, "currency": "BRL", "row": place, "tab": "Trocas",
        "subject": row["exchange"], **{renamed.get(key, key): value for key, value in row.items()},
    }  # fmt: skip


def _frame(shape: Mapping[str, str], rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = {}
    for key, dtype in shape.items():
        blank = np.nan if dtype == "str" else pd.NaT if dtype.startswith("datetime") else pd.NA
        cells = [False if row.get(key) is None and dtype == "bool" else row.get(key) for row in rows]
        columns[key] = pd.Series([blank if cell is None else cell for cell in cells], dtype="object").astype(dtype)
    return frames.frame_of(shape, columns, len(rows))


def context(
    shop: Shop, today: date, *, memory: Memory | None = None, ticks: Mapping[str, date] | None = None,
    settings: Mapping[str, Any] | None = None, horizon: int = HORIZON, since: date | None = None,
    typed: bool = False,
) -> Context:  # fmt: skip
    """What the rules are given on the day; ``typed``: the rows go through a workbook's tabs."""
    return Context(
        today=today, tables=shop.typed(today) if typed else shop.tables(today),
        settings=Settings.default(**(settings or {})),
        memory=memory or Memory(first_run_on=date(2000, 1, 1)), ticks=ticks or {},
        business_days=BusinessDays("BR", today), horizon=today + timedelta(days=horizon), since=since,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class When:
    """The dates of an occurrence."""

    visible: date
    due: date
    daily: date | None = None
    gone: date | None = None


def dates(frame: pd.DataFrame, rules: Iterable[str] | None = None) -> dict[str, When]:
    """Occurrences by key, silenced ones left out."""
    shown = frame[frame["silenced"].isna()]
    if rules is not None:
        shown = shown[shown["rule"].isin(list(rules))]
    columns = (shown[name].astype(object).where(shown[name].notna(), None)
               for name in ("visible_on", "due_on", "daily_on", "gone_on"))  # fmt: skip
    days = zip(*([cell and cell.date() for cell in column] for column in columns), strict=True)
    found = [(key, When(*of)) for key, of in zip(engine.keys(shown), days, strict=True)]
    assert len(dict(found)) == len(found), "a key twice"
    return dict(found)

"""Exchanges and orders as a few lines of a test, and what the rules make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.config import Settings
from sheets_sync.memory import Memory, Noticed
from sheets_sync.model import SourceTab, Tables
from sheets_sync.rules.calendar import BusinessDays
from sheets_sync.rules.context import Context
from sheets_sync.tables import frames

BLANK_EXCHANGE: Mapping[str, Any] = {
    **dict.fromkeys(frames.EXCHANGES_FRAME),
    "has_id_column": False,
    "has_code_column": False,
    "currency": "BRL",
    "tab": "Trocas",
}
BLANK_ORDER: Mapping[str, Any] = {
    **dict.fromkeys(frames.ORDERS_FRAME),
    "cancelled": False,
    "stand_in": False,
    "scheduled": False,
    "credit_note": False,
    "currency": "BRL",
    "tab": "Pedidos",
}


def exchange(**given: Any) -> dict[str, Any]:
    """A row of ``Tables.exchanges``; its subject is its id, else its order."""
    row = {**BLANK_EXCHANGE, **given}
    row["subject"] = (
        given.get("subject") or row["exchange_id"] or row["order_id"] or f"{row['customer']}/{row['requested_on']}"
    )
    return row


def order(**given: Any) -> dict[str, Any]:
    """A row of ``Tables.orders``."""
    row = {**BLANK_ORDER, **given}
    return {**row, "subject": row["order_id"]}


def _frame(shape: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    placed = [{**row, "row": row["row"] or i} for i, row in enumerate(rows, start=2)]
    columns = {}
    for key, dtype in shape.items():
        values = [row[key] for row in placed]
        blank = np.nan if dtype == "str" else pd.NaT if dtype.startswith("datetime") else pd.NA
        columns[key] = pd.Series([blank if v is None else v for v in values], dtype="object").astype(dtype)
    return frames.frame_of(shape, columns, len(placed))


def context(
    today: date,
    exchanges: Iterable[Mapping[str, Any]],
    orders: Iterable[Mapping[str, Any]] = (),
    *,
    ticks: Mapping[str, date] | None = None,
    noticed: Mapping[str, date] | None = None,
    answers: Mapping[str, str] | None = None,
    columns: Iterable[str] = (),
    first_run: bool = False,
    settings: Settings | None = None,
    horizon_days: int = 30,
) -> Context:
    """What the family is given."""
    tables = Tables(
        customers=frames.empty(frames.CUSTOMERS_FRAME),
        orders=_frame(frames.ORDERS_FRAME, orders),
        exchanges=_frame(frames.EXCHANGES_FRAME, exchanges),
        present=frozenset(SourceTab),
        columns={SourceTab.EXCHANGES: frozenset(columns)},
        titles={},
        counts={},
        unread={},
        aliases={},
        problems=(),
    )
    memory = Memory(
        first_run_on=None if first_run else today - timedelta(days=90),
        noticed={key: Noticed(on=day) for key, day in (noticed or {}).items()},
        answers=answers or {},
    )
    return Context(
        today=today,
        tables=tables,
        settings=settings or Settings.default(),
        memory=memory,
        ticks=ticks or {},
        business_days=BusinessDays("BR", today),
        horizon=today + timedelta(days=horizon_days),
    )

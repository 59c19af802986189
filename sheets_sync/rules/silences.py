"""Whom to leave in peace, and why: customers out of the care cycle, open exchanges, contacts just made. domain.md §3.

Reasons (words: locale ``[silences]``): opted_out, inactive, category, category_blank, open_exchange, recent_contact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.rules.calendar import Days, Flags, to_days
from sheets_sync.rules.context import Context
from sheets_sync.rules.frame import TEXT
from sheets_sync.rules.lookup import among, positions, truths
from sheets_sync.rules.stages import stages

HUSHED_BY_EXCHANGE = ("check_in", "connect", "reconnect")
HUSHED_BY_CONTACT = ("connect", "reconnect")

NEVER = np.datetime64("NaT", "D")


def kept_out(customers: pd.DataFrame) -> pd.Series[str]:
    """Why each customer is not in the care cycle; NaN for those who are."""
    category = customers["category"]
    reasons: pd.Series[str] = pd.Series(np.nan, index=customers.index, dtype=TEXT)
    reasons[truths(customers["category_missing"])] = "category_blank"
    reasons[among(category, ("prospect", "supplier", "other"))] = "category"
    reasons[~truths(customers["active"]) | among(category, ("inactive",))] = "inactive"
    reasons[truths(customers["opted_out"])] = "opted_out"
    return reasons


def open_exchanges(context: Context) -> tuple[pd.Series[Any], Days]:
    """Customers with an open exchange and, for each exchange, the last day on which it can hush.

    Open: from requested_on until refused, cancelled, closed, its voucher issued or its refund confirmed (a tick counts
    as its step).
    """
    exchanges = context.tables.exchanges
    said = stages(exchanges)
    over = said.refused | said.cancelled | said.closed | said.voucher | said.confirmed
    for rule in ("voucher_issue", "refund_finish", "refund_seen"):
        over |= _ticked(exchanges["subject"], rule, context.ticks)
    asked = to_days(exchanges["requested_on"])
    is_open = ~over & (asked <= np.datetime64(context.today, "D"))
    own = [name for name in exchanges.columns if name.endswith("_on") and name != "order_delivered_on"]
    last = np.fmax.reduce([to_days(exchanges[name]) for name in own]) + context.settings.number("silence_exchange_days")
    return exchanges["customer"][is_open], last[is_open]


def _ticked(subjects: pd.Series[Any], rule: str, ticks: Mapping[str, date]) -> Flags:
    subject_of = (key.split(":", 1)[1].rpartition(":")[0] for key in ticks if key.startswith(f"{rule}:"))
    return among(subjects, subject_of)


def hush(frame: pd.DataFrame, context: Context) -> pd.Series[str]:
    """Why each occurrence of a touchpoint is not shown; NaN where it is.

    A silence that will be over before an occurrence becomes visible does not hush it.
    """
    customers = context.tables.customers
    who = positions(frame["customer"], customers["customer"])
    today = np.datetime64(context.today, "D")
    shown = np.maximum(to_days(frame["visible_on"]), today)
    reasons = pd.Series(np.nan, index=frame.index, dtype=TEXT)

    contact = to_days(customers["last_contact_on"])
    contact[contact > today] = NEVER
    until = np.append(contact, NEVER) + context.settings.number("silence_contact_days")
    reasons[(shown <= until[who]) & among(frame["rule"], HUSHED_BY_CONTACT)] = "recent_contact"

    if context.settings.flag("silence_exchange") and len(context.tables.exchanges):
        whose, last = open_exchanges(context)
        until = np.full(len(customers) + 1, NEVER)
        in_order = np.argsort(last)  # the latest is written last and stays
        until[positions(whose, customers["customer"])[in_order]] = last[in_order]
        until[-1] = NEVER  # nobody's
        reasons[(shown <= until[who]) & among(frame["rule"], HUSHED_BY_EXCHANGE)] = "open_exchange"

    out = kept_out(customers).iloc[who].set_axis(frame.index).mask(who < 0) if len(customers) else reasons
    return out.where(out.notna(), reasons)

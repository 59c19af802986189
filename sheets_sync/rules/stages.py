"""Which steps each exchange has taken, as its row says: dates first, then codes and results, then the status text.

A later date implies every earlier step; a status text only fills what dates leave open, so it can add steps but never
take one back. *Refused*, *cancelled* and *closed* are no steps but ends: whichever cell says them, they hold.
Ticks are another matter (``step_ticks.py``): they need what is here to know which of them still count.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync.rules.calendar import Days, Flags, to_days


class Step(IntEnum):
    """Steps in their order; ``RESTITUTED``: voucher issued or refund requested. Registering is no step of this
    ladder: no date can say that an exchange without an id is in YAMI."""

    REQUESTED = 0
    APPROVED = 1
    POSTED = 2
    BACK = 3
    RECEIVED = 4
    CHECKED = 5
    RESTITUTED = 6
    CONFIRMED = 7
    CLOSED = 8


_SHOWN_BY: Mapping[str, Step] = {
    # a cell that is filled in → the step it shows; a code that was given or a result shows it as a date does
    "approved_on": Step.APPROVED,
    "posting_code": Step.APPROVED,
    "posting_code_expires_on": Step.APPROVED,
    "posted_on": Step.POSTED,
    "delivered_on": Step.BACK,
    "received_on": Step.RECEIVED,
    "checked_on": Step.CHECKED,
    "check_result": Step.CHECKED,
    "voucher_issued_on": Step.RESTITUTED,
    "voucher_code": Step.RESTITUTED,
    "voucher_expires_on": Step.RESTITUTED,
    "refund_requested_on": Step.RESTITUTED,
    "voucher_used_on": Step.CONFIRMED,
    "refund_confirmed_on": Step.CONFIRMED,
    "closed_on": Step.CLOSED,
}
_STATUS: Mapping[str, Step] = {
    "approved": Step.APPROVED,
    "waiting_posting": Step.APPROVED,
    "in_transit": Step.POSTED,
    "lost": Step.POSTED,
    "delivered": Step.BACK,
    "received": Step.RECEIVED,
    "checked": Step.CHECKED,
    "voucher_issued": Step.RESTITUTED,
    "refunded": Step.CONFIRMED,
    "closed": Step.CLOSED,
}
"""The rest (in review, open, waiting for the customer, refused, cancelled, unknown) says nothing about steps."""
_SAID = ("cancelled", "refused", "closed", "refunded", "voucher_issued", "received", "checked")
"""Statuses that say something of their own beside the step."""


def first_known(*dates: Days) -> Days:
    """Row by row the first of ``dates`` that there is."""
    out = dates[0]
    for other in dates[1:]:
        out = np.where(np.isnat(out), other, out)
    return out


def latest(*dates: Days) -> Days:
    """Row by row the latest of ``dates``; NaT only where none is known."""
    out: Days = np.fmax.reduce(np.stack(dates))
    return out


def earliest(*dates: Days) -> Days:
    """Row by row the earliest of ``dates``; NaT only where none is known."""
    out: Days = np.fmin.reduce(np.stack(dates))
    return out


def filled(column: pd.Series[Any]) -> Flags:
    """Where a cell is not blank."""
    return column.notna().to_numpy(dtype=bool)


class Stages(Struct, frozen=True, kw_only=True):
    """What the rows of ``Tables.exchanges`` say; every array has one element a row.

    ``step``: the furthest step; ``voucher`` / ``refund`` / ``confirmed``: a voucher there is, a refund was requested,
    the money was seen; ``at_shop``: somebody here had the goods in hand (a carrier's word or a voucher is no proof);
    ``kept`` / ``declined`` / ``unsure``: the check's result is that the customer keeps the item / no / not filled in;
    ``told_on``: the day the customer was last told.
    """

    frame: pd.DataFrame
    step: npt.NDArray[np.int8]
    cancelled: Flags
    refused: Flags
    closed: Flags
    voucher: Flags
    refund: Flags
    confirmed: Flags
    at_shop: Flags
    kept: Flags
    declined: Flags
    unsure: Flags
    told_on: Days

    def on(self, key: str) -> Days:
        """A date column of the row."""
        return to_days(self.frame[key])

    def words(self, key: str, *wanted: str) -> Flags:
        """Where a CHOICE column holds one of the canonical values."""
        return said(self.frame[key], dict.fromkeys(wanted, True), False)

    def before(self, step: Step) -> Days:
        """The latest date known of the steps before ``step``: when a step was taken at the earliest, if only a
        status, a code or a result says that it was."""
        shown = [k for k, s in _SHOWN_BY.items() if s < step and k.endswith("_on") and k != "posting_code_expires_on"]
        return latest(self.on("requested_on"), *map(self.on, shown))


def said(column: pd.Series[Any], meaning: Mapping[str, Any], otherwise: Any) -> npt.NDArray[Any]:
    """What each cell of a column of few words means: each word is looked up once."""
    codes, words = pd.factorize(column)
    return np.array([meaning.get(word, otherwise) for word in words] + [otherwise])[codes]


def stages(frame: pd.DataFrame) -> Stages:
    """Read the rows of ``Tables.exchanges``."""
    has = {key: filled(frame[key]) for key in _SHOWN_BY}
    step = said(frame["status"], _STATUS, Step.REQUESTED).astype(np.int8)
    for key, shown in _SHOWN_BY.items():
        np.maximum(step, np.where(has[key], np.int8(shown), np.int8(0)), out=step)
    status = said(frame["status"], {word: word for word in _SAID}, "")
    result = said(frame["check_result"], {word: word for word in ("accepted", "refused", "kept")}, "")
    not_eligible = ~frame["eligible"].to_numpy(dtype=bool, na_value=True)
    confirmed = has["refund_confirmed_on"] | (status == "refunded")
    voucher = has["voucher_issued_on"] | has["voucher_code"] | has["voucher_expires_on"] | has["voucher_used_on"]
    in_hand = (status == "received") | (status == "checked") | (result == "accepted") | (result == "refused")
    return Stages(
        frame=frame,
        step=step,
        cancelled=status == "cancelled",
        # a person who approved it in spite of "not eligible" has decided
        refused=(status == "refused") | (not_eligible & (step < Step.APPROVED)),
        closed=has["closed_on"] | (status == "closed"),
        voucher=voucher | (status == "voucher_issued"),
        refund=has["refund_requested_on"] | confirmed,
        confirmed=confirmed,
        at_shop=has["received_on"] | has["checked_on"] | in_hand,
        kept=result == "kept",
        declined=result == "refused",
        unsure=result == "",
        told_on=to_days(frame["customer_told_on"]),
    )

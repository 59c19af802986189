"""Ticks that count as steps of an exchange, and the doubt that goes with them.

A tick on one of these tasks says that its step is done, dated the day a run first saw it; a source date filled in later
wins and reopens nothing. Ticked steps whose column stays blank are one question a column after a few business days:
``always`` lets ticks do, ``reopen`` lets such ticks no longer count, then and later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync import locale
from sheets_sync.model import Problem, SourceTab, Value
from sheets_sync.problems import notice, question
from sheets_sync.rules.calendar import Days, Flags, to_dates
from sheets_sync.rules.context import Context
from sheets_sync.rules.lookup import positions
from sheets_sync.rules.stages import Stages, Step, filled, first_known
from sheets_sync.tables.questions import place_of

_EPOCH = date(1970, 1, 1).toordinal()
NEVER = np.datetime64("NaT", "D")

STEP_OF: Mapping[str, Step | None] = {
    "exchange_register": None,
    "exchange_approve": Step.APPROVED,
    "exchange_update_manually": Step.APPROVED,
    "exchange_contact_ineligible": None,
    "exchange_check_received": Step.CHECKED,
    "voucher_issue": Step.RESTITUTED,
    "refund_issue": Step.RESTITUTED,
    "voucher_tell_customer": None,
    "refund_finish": Step.CLOSED,
    "refund_seen": Step.CONFIRMED,
}
"""The rules whose tick is a step, and which step of the ladder; None: a fact beside it (has an id, was told)."""

_OPEN_ONLY = frozenset({"exchange_register", "exchange_approve", "exchange_update_manually", "exchange_check_received",
                        "voucher_issue", "refund_issue"})  # fmt: skip
"""Nobody asks for these dates once the row is closed, refused or cancelled."""

TELLING = ("exchange_contact_ineligible", "voucher_tell_customer", "refund_finish")
"""The rules whose tick says that the customer was told."""


class StepTicks(Struct, frozen=True, kw_only=True):
    """``on``: rule → the day its tick counts from, a row. ``needed`` / ``reopened``: keys for ``Remembered``."""

    on: Mapping[str, Days]
    needed: frozenset[str]
    reopened: frozenset[str]
    problems: tuple[Problem, ...]


class _Doubt(Struct, frozen=True):
    """Where a rule's tick still stands for something that its row does not say, and in which column it could.

    ``kept``: where the tick is worth remembering, if that is more than where it is in doubt.
    """

    rule: str
    column: str
    where: Flags
    kept: Flags | None = None


def count(context: Context, rows: Stages) -> StepTicks:
    """Which ticks count for which rows."""
    subject = rows.frame["subject"]
    none = np.full(len(subject), NEVER)
    given = _by_rule(context.ticks)
    on = {rule: _days(given[rule], subject) if given[rule] else none for rule in STEP_OF}
    needed: set[str] = set()
    reopened: set[str] = set()
    problems: dict[str, list[Flags]] = {}
    for doubt in _doubts(rows, on) if any(given.values()) else ():
        rule, ticked = doubt.rule, ~np.isnat(on[doubt.rule])
        needed.update(rule + ":" + subject[ticked & (doubt.where if doubt.kept is None else doubt.kept)] + ":1")
        if doubt.column not in context.tables.columns.get(SourceTab.EXCHANGES, ()):
            continue  # the tick is the only way to say it
        bare = ticked & doubt.where
        if rule in _OPEN_ONLY:
            bare &= ~(rows.cancelled | rows.refused | rows.closed)
        bare &= _waited(context, on[rule])
        answer = context.memory.answers.get(_identity(doubt.column))
        if answer == "reopen":
            reopened.update(rule + ":" + subject[bare] + ":1")
            on[rule] = np.where(bare, NEVER, on[rule])
        if answer != "always" and bare.any():
            problems.setdefault(doubt.column, []).append(bare)
    return StepTicks(
        on=on,
        needed=frozenset(needed - reopened),
        reopened=frozenset(reopened),
        problems=tuple(_problem(context, rows.frame, column, flags) for column, flags in problems.items()),
    )


def _waited(context: Context, ticked_on: Days) -> Flags:
    """Where a tick has waited for its date as long as the setting allows."""
    days = context.settings.number("ticks_without_date_days")
    until = context.business_days.add(to_dates(ticked_on, pd.RangeIndex(len(ticked_on))), days)
    return (until <= context.now).to_numpy(dtype=bool)


def _by_rule(ticks: Mapping[str, date]) -> dict[str, dict[str, int]]:
    """Rule → subject → day (its ordinal), of the rules whose tick is a step."""
    found: dict[str, dict[str, int]] = {rule: {} for rule in STEP_OF}
    for key, day in ticks.items():
        rule, _, rest = key.partition(":")
        if rule in found:
            found[rule][rest.rpartition(":")[0]] = day.toordinal()
    return found


def _days(days: Mapping[str, int], subjects: pd.Series[Any]) -> Days:
    """The day of each subject, NaT = none; ``days`` is not empty."""
    at = positions(subjects, pd.Series(list(days), dtype="str"))
    ordinals = np.array(list(days.values()), dtype=np.int64)
    return np.append((ordinals - _EPOCH).astype("datetime64[D]"), NEVER)[at]


def _doubts(rows: Stages, on: Mapping[str, Days]) -> tuple[_Doubt, ...]:
    """What each tick stands for as long as the row itself does not say it."""
    voucher_on = first_known(rows.on("voucher_issued_on"), on["voucher_issue"], rows.before(Step.RESTITUTED))
    refund_on = first_known(rows.on("refund_requested_on"), on["refund_issue"], rows.before(Step.RESTITUTED))
    unchecked, untold = rows.step < Step.CHECKED, ~(rows.told_on >= refund_on)
    return (
        _Doubt("exchange_register", "exchange_id", ~filled(rows.frame["exchange_id"])),
        _Doubt("exchange_approve", "approved_on", rows.step < Step.APPROVED),
        _Doubt("exchange_update_manually", "approved_on", rows.step < Step.APPROVED),
        _Doubt("exchange_contact_ineligible", "customer_told_on", ~(rows.told_on >= rows.on("requested_on"))),
        # whoever checked by tick had the goods in hand: goods_not_received wants to know that for good
        _Doubt("exchange_check_received", "checked_on", unchecked, kept=unchecked | ~rows.at_shop),
        _Doubt("voucher_issue", "voucher_issued_on", ~rows.voucher),
        _Doubt("refund_issue", "refund_requested_on", ~rows.refund),
        _Doubt("voucher_tell_customer", "customer_told_on", ~(rows.told_on >= voucher_on)),
        _Doubt("refund_finish", "closed_on", ~rows.closed, kept=~rows.closed | untold),
        _Doubt("refund_finish", "customer_told_on", rows.closed & untold),
        _Doubt("refund_seen", "refund_confirmed_on", ~rows.confirmed),
    )


def _identity(column: str) -> str:
    return f"ticks_without_date|{SourceTab.EXCHANGES}|{column}"


def _problem(context: Context, frame: pd.DataFrame, column: str, flags: list[Flags]) -> Problem:
    tasks = sum(int(f.sum()) for f in flags)
    first = frame.loc[np.logical_or.reduce(flags)].iloc[0]
    where = place_of(context.tables, str(first["tab"]), int(first["row"]), column)
    header = where.column or locale.load(context.settings.language).header(SourceTab.EXCHANGES, column)
    params: dict[str, Value] = {"column": header, "count": tasks}
    if context.memory.answers.get(_identity(column)) == "reopen":
        return notice("ticks_reopened", where, count=tasks, params=params)
    return question(
        "ticks_without_date",
        where,
        identity=_identity(column),
        choices=("always", "reopen"),
        count=tasks,
        params=params,
    )

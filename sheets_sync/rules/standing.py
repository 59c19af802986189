"""Where each exchange stands, its row and the ticks together, and how a rule of the family raises its tasks.

A rule never looks at its own tick: whether a ticked task is over is for those who keep the rows to say, so the rule
goes on wanting it as long as the source does not show the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync.rules.calendar import Days, Flags, Wholes, to_dates, to_days
from sheets_sync.rules.catalog import RULES
from sheets_sync.rules.context import Context
from sheets_sync.rules.exchange_frame import Part, Words
from sheets_sync.rules.lookup import Positions
from sheets_sync.rules.stages import Stages, Step, earliest, first_known, latest
from sheets_sync.rules.step_ticks import NEVER, STEP_OF, TELLING, StepTicks

DAY = np.timedelta64(1, "D")


class Standing(Struct, frozen=True, kw_only=True):
    """``rows`` and ``ticks`` of all exchanges; dates are the row's, else the tick's, else the earliest possible."""

    context: Context
    rows: Stages
    ticks: StepTicks
    approved_on: Days
    back_on: Days
    checked_on: Days
    voucher_on: Days
    refund_on: Days
    confirmed_on: Days

    def ticked(self, *rules: str) -> Flags:
        """Where one of these rules' tasks is ticked."""
        out = np.zeros(len(self.rows.frame), dtype=bool)
        for rule in rules:
            out |= ~np.isnat(self.ticks.on[rule])
        return out

    def step(self, rule: str) -> npt.NDArray[np.int8]:
        """The furthest step, the tick of ``rule`` itself aside."""
        out = self.rows.step
        for other, step in STEP_OF.items():
            if other != rule and step is not None:
                out = np.maximum(out, np.where(self.ticked(other), np.int8(step), np.int8(0)))
        return out

    def closed(self, rule: str) -> Flags:
        """Where the row is closed, the tick of ``rule`` itself aside."""
        return self.rows.closed | (self.ticked("refund_finish") & (rule != "refund_finish"))

    @property
    def wanted(self) -> Flags:
        """Neither refused nor cancelled."""
        return ~self.rows.refused & ~self.rows.cancelled

    def open(self, rule: str) -> Flags:
        """Neither refused, cancelled nor closed."""
        return self.wanted & ~self.closed(rule)

    @property
    def voucher(self) -> Flags:
        """Where there is a voucher."""
        return self.rows.voucher | self.ticked("voucher_issue")

    @property
    def refund(self) -> Flags:
        """Where a refund was requested."""
        return self.rows.refund | self.ticked("refund_issue")

    @property
    def at_shop(self) -> Flags:
        """Where somebody here had the goods in hand."""
        return self.rows.at_shop | self.ticked("exchange_check_received")

    def told(self, rule: str, event: Days) -> Flags:
        """Where the customer was told on or after ``event``, the tick of ``rule`` itself aside."""
        when = latest(self.rows.told_on, *(self.ticks.on[r] for r in TELLING if r != rule))
        return when >= event

    def after(self, days: Days, business_days: int) -> Days:
        """The n-th business day after each date."""
        return to_days(self.context.business_days.add(to_dates(days, pd.RangeIndex(len(days))), business_days))

    def tasks(
        self,
        rule: str,
        where: Flags,
        *,
        due: Days,
        since: Days | None = None,
        last: Days | None = None,
        gone: Days | None = None,
        occurrence: Days | None = None,
        variant: Words | str = "plain",
        message: Words | str = "plain",
        amount: str = "refund_amount",
        numbers: Mapping[str, Wholes | int] = MappingProxyType({}),
        **dates: Days,
    ) -> Part:
        """The rule's tasks at ``where``; ``since`` is ``due`` where left out.

        ``last``: the last day that is not late; left out, it follows from the rule's ``late_after``, if it has one.
        ``occurrence``: a date as key part. ``amount``: the column shown, else what was paid. ``numbers`` and ``dates``
        are for the texts, which may also name what ``Part.frame`` adds.
        """
        settings = self.context.settings
        where = where & ~np.isnat(due) & (due <= np.datetime64(self.context.horizon))
        if gone is not None:
            where &= ~(gone <= self.context.seen_from)
        at = np.flatnonzero(where & settings.enabled(rule))
        numbers = {name: value[at] if isinstance(value, np.ndarray) else value for name, value in numbers.items()}
        dates = {"due_on": due, **dates}
        found = {name: days[at] for name, days in dates.items()}
        never = np.full(len(at), NEVER)
        if last is not None:
            late = last[at] + DAY
        elif "late_after" in RULES[rule].numbers:
            within = settings.number(f"{rule}.late_after")
            found["deadline"] = self.after(due[at], within)
            late, numbers = found["deadline"] + DAY, {"within": within, **numbers}
        else:
            late = never
        return Part(
            rule=rule,
            at=at,
            due=due[at],
            since=(due if since is None else since)[at],
            late=late,
            gone=never if gone is None else gone[at],
            occurrence=never if occurrence is None else occurrence[at],
            variant=_each(variant, at),
            message=_each(message, at),
            amount=amount,
            numbers=numbers,
            dates=found,
        )


def _each(words: Words | str, at: Positions) -> Words:
    return words[at] if isinstance(words, np.ndarray) else np.full(len(at), words, dtype=object)


def standing(context: Context, rows: Stages, ticks: StepTicks) -> Standing:
    """Row and ticks together, with a day for every step that was taken."""
    requested = rows.on("requested_on")
    voucher_on = first_known(rows.on("voucher_issued_on"), ticks.on["voucher_issue"], rows.before(Step.RESTITUTED))
    confirmed = first_known(rows.on("refund_confirmed_on"), ticks.on["refund_seen"])
    refund_on = first_known(
        rows.on("refund_requested_on"), ticks.on["refund_issue"], confirmed, rows.before(Step.RESTITUTED)
    )
    approved = earliest(ticks.on["exchange_approve"], ticks.on["exchange_update_manually"])
    return Standing(
        context=context,
        rows=rows,
        ticks=ticks,
        approved_on=first_known(rows.on("approved_on"), approved, requested),
        back_on=first_known(earliest(rows.on("delivered_on"), rows.on("received_on")), rows.before(Step.BACK)),
        checked_on=first_known(rows.on("checked_on"), ticks.on["exchange_check_received"], rows.before(Step.CHECKED)),
        voucher_on=voucher_on,
        refund_on=refund_on,
        confirmed_on=first_known(confirmed, refund_on),
    )

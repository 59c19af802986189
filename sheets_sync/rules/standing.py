"""Where each exchange stands, its row and the ticks together, and how a rule of the family raises its tasks.

A rule never looks at its own tick: whether a ticked task is over is for those who keep the rows to say, so the rule
goes on wanting it as long as the source does not show the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sheets_sync.rules.calendar import Days, Flags, to_dates, to_days
from sheets_sync.rules.catalog import RULES
from sheets_sync.rules.context import Context
from sheets_sync.rules.frame import DATE, build, empty
from sheets_sync.rules.stages import Stages, Step, earliest, first_known, latest
from sheets_sync.rules.step_ticks import STEP_OF, TELLING, StepTicks

DAY = np.timedelta64(1, "D")
_LONGEST = 80
"""Letters of a reason or a list of products inside a why."""

Words: TypeAlias = npt.NDArray[np.object_]
Column: TypeAlias = "pd.Series[Any] | Days | Words | str | int"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
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
        return to_days(self.context.business_days.add(to_dates(days, self.rows.frame.index), business_days))

    def late_after(self, rule: str, due: Days) -> Days:
        """The last day on which a task due on ``due`` is not late, by the rule's ``late_after`` business days."""
        return self.after(due, self.context.settings.number(f"{rule}.late_after"))

    def tasks(
        self,
        rule: str,
        where: Flags,
        *,
        due: Days,
        since: Days,
        last: Days | None = None,
        gone: Days | None = None,
        occurrence: Days | None = None,
        variant: Words | str = "plain",
        message: Words | str = "plain",
        amount: str = "refund_amount",
        **params: Column,
    ) -> pd.DataFrame:
        """The rule's tasks at ``where``. ``last``: the last day that is not late; ``occurrence``: a date as key part.

        ``amount``: the column shown, else what was paid. ``params``: for the texts, one value a row or one for all;
        beside them there are ``about``, ``requested_on``, ``due_on``, ``deadline`` and ``within`` (how it comes about).
        """
        if rule in self.ticks.settled:
            where = where & ~self.ticks.settled[rule]
        where = where & ~np.isnat(due) & (due <= np.datetime64(self.context.horizon))
        if gone is not None:
            where = where & ~(gone <= np.datetime64(self.context.since or self.context.today))
        if not self.context.settings.enabled(rule) or not where.any():
            return empty()
        at = self.rows.frame.loc[where]

        def here(column: Column) -> pd.Series[Any] | str | int:
            if isinstance(column, np.ndarray):
                chosen = pd.Series(column[where], index=at.index)
                return chosen.astype(DATE) if column.dtype.kind == "M" else chosen
            return column.loc[where] if isinstance(column, pd.Series) else column

        given: Mapping[str, Column] = {"requested_on": self.rows.on("requested_on"), "due_on": due, **params}
        if "late_after" in RULES[rule].numbers and last is not None:
            given = {"deadline": last, "within": self.context.settings.number(f"{rule}.late_after"), **given}
        return build(
            rule=rule,
            subject=at["subject"],
            occurrence="1" if occurrence is None else to_dates(occurrence[where], at.index).dt.strftime("%Y-%m-%d"),
            customer=at["customer"],
            visible_on=here(due),
            since=here(since),
            late_on=pd.NaT if last is None else here(last + DAY),
            gone_on=pd.NaT if gone is None else here(gone),
            amount=at[amount].fillna(at["paid"]),
            currency=at["currency"],
            tab=at["tab"],
            row=at["row"],
            variant=here(variant),
            message_variant=here(message) if RULES[rule].message else np.nan,
            priority=RULES[rule].priority,
            **about(at),
            **{f"p_{name}": here(value) for name, value in given.items()},
        )


def about(at: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """What every text may name of the rows ``at``; ``p_about`` is all in one: "E-77 · P-1043 · dress · too big"."""
    named = {"exchange": "exchange_id", "order": "order_id", "products": "products", "reason": "reason"}
    shown = {f"p_{name}": _short(at[key]) for name, key in named.items() if key in at}
    whole = pd.Series("", index=at.index, dtype="str")
    for column in shown.values():
        text = column.fillna("")
        both = (whole != "") & (text != "")
        whole = whole + both.map({True: " · ", False: ""}).astype("str") + text
    return {**shown, "p_about": whole.mask(whole == "", at["subject"])}


def _short(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.mask(column.str.len() > _LONGEST, column.str.slice(0, _LONGEST - 1).str.rstrip() + "…")


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

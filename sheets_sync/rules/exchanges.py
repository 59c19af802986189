"""Family ``exchanges`` (domain.md §4): from the request to the check of what came back; the rest is beside it.

``stages.py`` reads the rows, ``step_ticks.py`` the ticks, ``standing.py`` puts both together; ``restitution.py`` has
the rules about vouchers and refunds, ``amounts.py`` those that compare sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from sheets_sync import locale, locale_index
from sheets_sync.rules import amounts, restitution
from sheets_sync.rules.calendar import Flags
from sheets_sync.rules.context import Context, Remembered, Selected
from sheets_sync.rules.exchange_frame import Part, frame_of
from sheets_sync.rules.frame import join
from sheets_sync.rules.lookup import among, truths
from sheets_sync.rules.stages import Stages, Step, filled, first_known, stages
from sheets_sync.rules.standing import Standing, standing
from sheets_sync.rules.step_ticks import NEVER, count

_STATE = re.compile(r"\s*[-–/,(]\s*[A-Za-z]{2}\s*\)?\s*$")
"""Londrina - PR, Londrina/PR, Londrina (PR)."""


def select(context: Context) -> Selected:
    """Every task of the family, visible up to the horizon and not gone."""
    if context.tables.exchanges.empty:
        return amounts.cancelled_order_refund(context)
    rows = stages(context.tables.exchanges)
    ticks = count(context, rows)
    at = standing(context, rows, ticks)
    compared, cancelled = amounts.compensation_check(at), amounts.cancelled_order_refund(context)
    found = frame_of(context.tables.exchanges, [*_requests(at), *restitution.tasks(at)])
    noticed = {**compared.remembered.noticed, **cancelled.remembered.noticed}
    return Selected(
        frame=join([found, compared.frame, cancelled.frame]),
        remembered=Remembered(noticed=noticed, needed=ticks.needed, reopened=ticks.reopened),
        problems=ticks.problems,
    )


def _requests(at: Standing) -> Iterator[Part]:
    """From the request to the check."""
    unregistered = ~filled(at.rows.frame["exchange_id"]) & truths(at.rows.frame["has_id_column"])
    ready = ~unregistered | at.ticked("exchange_register")
    manual = _manual(at.context, at.rows)
    yield _register(at, unregistered)
    yield _approve(at, "exchange_approve", ready & ~manual)
    yield _approve(at, "exchange_update_manually", ready & manual)
    yield _send_code(at, ~manual)
    yield _contact_ineligible(at)
    yield _code_expiring(at)
    yield _check_received(at)


def _register(at: Standing, unregistered: Flags) -> Part:
    """Without an id in a tab that has ids: everything goes through YAMI, whatever else was done already."""
    rule = "exchange_register"
    return at.tasks(rule, at.open(rule) & unregistered, due=at.rows.on("requested_on"))


def _contact_ineligible(at: Standing) -> Part:
    """Refused or not eligible, and the customer does not know yet."""
    rule, rows, requested = "exchange_contact_ineligible", at.rows, at.rows.on("requested_on")
    return at.tasks(
        rule,
        rows.refused & ~rows.cancelled & ~at.closed(rule) & ~at.told(rule, requested),
        due=requested,
        variant=np.where(rows.step >= Step.BACK, "came_back", "plain").astype(object),
    )


def _check_received(at: Standing) -> Part:
    """Back at the shop or received, and nobody has checked it."""
    rule, step = "exchange_check_received", at.step("exchange_check_received")
    return at.tasks(
        rule,
        at.open(rule) & (step >= Step.BACK) & (step < Step.CHECKED),
        due=at.back_on,
        variant=np.where(step >= Step.RECEIVED, "received", "plain").astype(object),
        back_on=at.back_on,
    )


# ── approval ────────────────────────────────────────────────────────────────


def _manual(context: Context, rows: Stages) -> Flags:
    """Where the city is one of those that are updated by hand."""
    wanted = {locale.fold_name(city) for city in context.settings.words("manual_update_cities")}
    ways = {c: {locale.fold_name(c), locale.fold_name(_STATE.sub("", c))} for c in rows.frame["city"].dropna().unique()}
    return among(rows.frame["city"], [city for city, written in ways.items() if written & wanted])


def _approve(at: Standing, rule: str, ready: Flags) -> Part:
    """A request to be approved; one that may be too late says so in its why."""
    where = at.open(rule) & ready & (at.step(rule) < Step.APPROVED)
    requested, delivered = at.rows.on("requested_on"), at.rows.on("order_delivered_on")
    allowed = at.context.settings.number("exchange_approve.eligible_days")
    passed = (requested - delivered).astype("timedelta64[D]").astype("int64")
    doubtful = where & at.rows.words("kind", "return") & ~np.isnat(delivered) & (passed > allowed)
    doubtful &= ~truths(at.rows.frame["eligible"]) & ~_names_defect(at.rows, doubtful)
    return at.tasks(
        rule,
        where,
        due=requested,
        variant=np.where(doubtful, "not_eligible", "plain").astype(object),
        order_delivered_on=delivered,
        numbers={"days": np.where(np.isnat(delivered), 0, passed), "allowed": allowed},
    )


def _names_defect(rows: Stages, where: Flags) -> Flags:
    """Where the reason holds a word for a defect, in any of our languages."""
    words = locale_index.defect_words()
    reasons = rows.frame["reason"].where(where).dropna().unique()
    return among(rows.frame["reason"], [r for r in reasons if words & set(locale.fold(r).split())])


def _send_code(at: Standing, by_post: Flags) -> Part:
    """Approved, and a business day later the column for the posting code is still blank."""
    rule, rows = "exchange_approve", at.rows
    blank = truths(rows.frame["has_code_column"]) & ~filled(rows.frame["posting_code"])
    # a status "waiting for posting" says that the code was sent
    waiting = (rows.step == Step.APPROVED) & (at.step(rule) == Step.APPROVED) & ~rows.words("status", "waiting_posting")
    approved = at.approved_on
    after = at.context.settings.number(f"{rule}.code_after")
    return at.tasks(
        rule,
        at.open(rule) & by_post & blank & waiting,
        due=at.after(approved, after),
        since=approved,
        variant="send_code",
        message="send_code",
        approved_on=approved,
        numbers={"days": after},
    )


def _code_expiring(at: Standing) -> Part:
    """The customer has a code and has not posted: remind before it expires, renew it after."""
    rule, rows, numbers = "posting_code_expiring", at.rows, at.context.settings.number
    given = rows.on("posting_code_expires_on")
    lasts = numbers(f"{rule}.expires_after")
    expires = first_known(given, at.approved_on + lasts)
    expired = expires < np.datetime64(at.context.today)
    text = np.where(expired, "renew", "plain").astype(object)
    return at.tasks(
        rule,
        at.open(rule) & filled(rows.frame["posting_code"]) & (at.step(rule) < Step.POSTED),
        due=expires - numbers(f"{rule}.before"),
        since=at.approved_on,
        last=expires,
        gone=expires + numbers(f"{rule}.gone_after"),
        occurrence=expires,
        variant=text,
        message=text,
        expires_on=expires,
        approved_on=np.where(np.isnat(given), at.approved_on, NEVER),
        numbers={"days": lasts, "before": numbers(f"{rule}.before")},
    )

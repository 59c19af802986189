"""Family ``exchanges``: the voucher of an exchange, the refund of a return, and what the customer is told of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sheets_sync.model import SourceTab
from sheets_sync.rules.calendar import Flags
from sheets_sync.rules.exchange_frame import Part, Words
from sheets_sync.rules.stages import Step, earliest, first_known
from sheets_sync.rules.standing import Standing
from sheets_sync.rules.step_ticks import NEVER


def tasks(at: Standing) -> Iterator[Part]:
    """All rules of this file."""
    yield _issue(at, "voucher_issue", at.rows.words("kind", "exchange") & ~at.rows.kept, amount="voucher_amount")
    yield _issue(at, "refund_issue", at.rows.words("kind", "return"), amount="refund_amount")
    yield _voucher_tell_customer(at)
    yield _refund_finish(at)
    yield _refund_seen(at)
    yield _voucher_expiring(at)
    yield _goods_not_received(at)


def _issue(at: Standing, rule: str, due_to: Flags, amount: str) -> Part:
    """Checked, and neither voucher nor refund yet: what was given instead of the other is given."""
    by_tick = at.ticked("exchange_check_received") & (at.rows.step < Step.CHECKED)
    return at.tasks(
        rule,
        at.open(rule) & due_to & (at.step(rule) == Step.CHECKED) & ~at.rows.declined,
        due=at.checked_on,
        amount=amount,
        variant=np.where(by_tick & at.rows.unsure, "confirm", "plain").astype(object),
        checked_on=at.checked_on,
    )


def _voucher_tell_customer(at: Standing) -> Part:
    """A voucher made outside YAMI: inside, YAMI tells the customer."""
    rule, rows = "voucher_tell_customer", at.rows
    return at.tasks(
        rule,
        at.wanted & at.voucher & ~rows.words("voucher_source", "yami") & ~at.told(rule, at.voucher_on),
        due=at.voucher_on,
        amount="voucher_amount",
        voucher_issued_on=at.voucher_on,
        expires_on=rows.on("voucher_expires_on"),
    )


def _refund_finish(at: Standing) -> Part:
    """Due from the day the refund was requested until the row is closed and the customer told."""
    rule = "refund_finish"
    closed, told = at.closed(rule), at.told(rule, at.refund_on)
    return at.tasks(
        rule,
        at.wanted & at.refund & ~(closed & told),
        due=at.refund_on,
        variant=np.select([closed, told], ["tell", "close"], "plain").astype(object),
        message=_method(at),
        refund_requested_on=at.refund_on,
    )


def _method(at: Standing) -> Words:
    """How the money travels: ``card``, ``pix`` or, as with anything unknown, ``bank``."""
    known = [at.rows.words("payment_method", method) for method in ("card", "pix")]
    return np.select(known, ["card", "pix"], "bank").astype(object)


def _refund_seen(at: Standing) -> Part:
    """The time a refund takes by its method is over: did the money arrive?"""
    rule, numbers, method = "refund_seen", at.context.settings.number, _method(at)
    times = {m: numbers(f"{rule}.{m}") for m in ("pix", "bank", "card")}
    by_method = [at.after(at.refund_on, times["pix"]), at.refund_on + times["card"]]
    due = np.select([method == "pix", method == "card"], by_method, at.after(at.refund_on, times["bank"]))
    return at.tasks(
        rule,
        at.wanted & at.refund & ~at.rows.confirmed,
        due=due,
        since=at.refund_on,
        variant=method,
        message=method,
        refund_requested_on=at.refund_on,
        numbers={"days": np.select([method == "pix", method == "card"], [times["pix"], times["card"]], times["bank"])},
    )


def _voucher_expiring(at: Standing) -> Part:
    """A voucher nobody has used, shortly before it expires and a few days beyond."""
    rule, rows, numbers = "voucher_expiring", at.rows, at.context.settings.number
    given = rows.on("voucher_expires_on")
    lasts = numbers(f"{rule}.expires_after")
    expires = first_known(given, at.voucher_on + lasts)
    text = np.where(expires < np.datetime64(at.context.today), "expired", "plain").astype(object)
    return at.tasks(
        rule,
        at.wanted & at.voucher & np.isnat(rows.on("voucher_used_on")),
        due=expires - numbers(f"{rule}.before"),
        since=at.voucher_on,
        last=expires,
        gone=expires + numbers(f"{rule}.gone_after"),
        occurrence=expires,
        amount="voucher_amount",
        variant=text,
        message=text,
        voucher_issued_on=np.where(np.isnat(given), at.voucher_on, NEVER),
        expires_on=expires,
        numbers={"days": lasts, "before": numbers(f"{rule}.before")},
    )


def _goods_not_received(at: Standing) -> Part:
    """Restituted, but nobody here had the goods in hand."""
    rule, rows = "goods_not_received", at.rows
    confirmed = rows.confirmed | at.ticked("refund_seen")
    voucher_on, confirmed_on = np.where(at.voucher, at.voucher_on, NEVER), np.where(confirmed, at.confirmed_on, NEVER)
    since = earliest(voucher_on, confirmed_on)
    # a team that keeps no dates at all says "voucher issued" by status: no day to count from, no column for the goods
    columns = at.context.tables.columns.get(SourceTab.EXCHANGES, frozenset())
    ticked = at.ticked("voucher_issue", "refund_seen")
    dated = ~np.isnat(rows.on("voucher_issued_on")) | ~np.isnat(rows.on("refund_confirmed_on")) | ticked
    knowable = dated | bool(columns & {"received_on", "checked_on", "check_result"})
    after = at.context.settings.number(f"{rule}.after")
    return at.tasks(
        rule,
        at.wanted & (at.voucher | confirmed) & ~at.at_shop & ~rows.kept & knowable,
        due=since + after,
        since=since,
        variant=np.where(voucher_on <= since, "voucher", "refund").astype(object),
        given_on=since,
        numbers={"days": after},
    )

"""One exchange once more, straight from domain.md §4: slow, plain and independent on purpose.

Rows are dicts with the columns of ``tables/frames.py``; a blank is None. Nothing of ``sheets_sync`` is used, so that a
mistake has to be made twice to stay unseen.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tests.rules.reference_shop import STEP_RULES, Due, Row, World, business, days

LADDER = ("approved", "posted", "back", "received", "checked", "restituted", "confirmed", "closed")
DEFECTS = {
    "defeito",
    "quebrado",
    "rasgado",
    "manchado",
    "defecto",
    "roto",
    "defect",
    "kapot",
    "beschadigd",
    "broken",
    "damaged",
}


class Exchange:
    """A row and the ticks on its tasks."""

    def __init__(self, row: Row, world: World) -> None:
        self.row, self.world = row, world
        self.subject = row["subject"]
        self.reopened = {rule for rule in STEP_RULES if self._reopened(rule)}

    def raw_tick(self, rule: str) -> date | None:
        return self.world.ticks.get(f"{rule}:{self.subject}:1")

    def tick(self, rule: str) -> date | None:
        return None if rule in self.reopened else self.raw_tick(rule)

    # what the row alone says

    def says(self, step: str) -> bool:
        """The row shows the step, or any later one."""
        r, status = self.row, self.row["status"]
        shown = {
            "approved": r["approved_on"]
            or r["posting_code"]
            or r["posting_code_expires_on"]
            or status in ("approved", "waiting_posting"),
            "posted": r["posted_on"] or status in ("in_transit", "lost"),
            "back": r["delivered_on"] or status == "delivered",
            "received": r["received_on"] or status == "received",
            "checked": r["checked_on"] or r["check_result"] or status == "checked",
            "restituted": self.has_voucher or self.has_refund,
            "confirmed": r["voucher_used_on"] or r["refund_confirmed_on"] or status == "refunded",
            "closed": r["closed_on"] or status == "closed",
        }
        return any(shown[s] for s in LADDER[LADDER.index(step) :])

    @property
    def has_voucher(self) -> bool:
        r = self.row
        dates = r["voucher_issued_on"] or r["voucher_expires_on"] or r["voucher_used_on"]
        return bool(dates or r["voucher_code"] or r["status"] == "voucher_issued")

    @property
    def has_refund(self) -> bool:
        return bool(self.row["refund_requested_on"] or self.has_confirmed)

    @property
    def has_confirmed(self) -> bool:
        return bool(self.row["refund_confirmed_on"] or self.row["status"] == "refunded")

    @property
    def cancelled(self) -> bool:
        return self.row["status"] == "cancelled"

    @property
    def refused(self) -> bool:
        return self.row["status"] == "refused" or (self.row["eligible"] is False and not self.says("approved"))

    def closed(self, aside: str = "") -> bool:
        by_tick = aside != "refund_finish" and self.tick("refund_finish")
        return bool(self.row["closed_on"] or self.row["status"] == "closed" or by_tick)

    def open(self, rule: str) -> bool:
        return not (self.cancelled or self.refused or self.closed(rule))

    # row and ticks

    def done(self, step: str, rule: str) -> bool:
        """The step or a later one is taken; a rule's own tick does not count for itself."""
        by_tick = {
            "exchange_approve": "approved",
            "exchange_update_manually": "approved",
            "exchange_check_received": "checked",
            "voucher_issue": "restituted",
            "refund_issue": "restituted",
            "refund_seen": "confirmed",
            "refund_finish": "closed",
        }
        later = LADDER[LADDER.index(step) :]
        return self.says(step) or any(s in later and r != rule and self.tick(r) for r, s in by_tick.items())

    @property
    def voucher(self) -> bool:
        return self.has_voucher or bool(self.tick("voucher_issue"))

    @property
    def refund(self) -> bool:
        return self.has_refund or bool(self.tick("refund_issue"))

    def told(self, event: date | None, rule: str) -> bool:
        telling = ("exchange_contact_ineligible", "voucher_tell_customer", "refund_finish")
        when = [self.row["customer_told_on"], *(self.tick(r) for r in telling if r != rule)]
        return event is not None and any(w >= event for w in when if w)

    def latest(self, *columns: str) -> date | None:
        return max((self.row[c] for c in columns if self.row[c]), default=None)

    @property
    def approved_on(self) -> date | None:
        ticked = [t for t in (self.tick("exchange_approve"), self.tick("exchange_update_manually")) if t]
        return self.row["approved_on"] or (min(ticked) if ticked else None) or self.row["requested_on"]

    @property
    def back_on(self) -> date | None:
        known = [d for d in (self.row["delivered_on"], self.row["received_on"]) if d]
        return min(known) if known else self.latest("requested_on", "approved_on", "posted_on")

    @property
    def checked_on(self) -> date | None:
        earlier = self.latest("requested_on", "approved_on", "posted_on", "delivered_on", "received_on")
        return self.row["checked_on"] or self.tick("exchange_check_received") or earlier

    def _before_restitution(self) -> date | None:
        return self.latest("requested_on", "approved_on", "posted_on", "delivered_on", "received_on", "checked_on")

    @property
    def voucher_on(self) -> date | None:
        return self.row["voucher_issued_on"] or self.tick("voucher_issue") or self._before_restitution()

    @property
    def refund_on(self) -> date | None:
        confirmed = self.row["refund_confirmed_on"] or self.tick("refund_seen")
        return self.row["refund_requested_on"] or self.tick("refund_issue") or confirmed or self._before_restitution()

    @property
    def confirmed_on(self) -> date | None:
        return self.row["refund_confirmed_on"] or self.tick("refund_seen") or self.refund_on

    # ticked, but the column stays blank

    def doubts(self, rule: str) -> list[str]:
        """Columns in which the row could say what a tick on ``rule`` says, and does not."""
        r = self.row
        over = self.cancelled or self.refused or bool(r["closed_on"] or r["status"] == "closed")
        voucher_on = r["voucher_issued_on"] or self.raw_tick("voucher_issue") or self._before_restitution()
        refund_on = r["refund_requested_on"] or self.raw_tick("refund_issue") or self._before_restitution()
        told = r["customer_told_on"]
        closed = bool(r["closed_on"] or r["status"] == "closed")

        def untold(event: date | None) -> bool:
            return not (told and event and told >= event)

        found = {
            "exchange_register": [("exchange_id", not r["exchange_id"] and not over)],
            "exchange_approve": [("approved_on", not self.says("approved") and not over)],
            "exchange_update_manually": [("approved_on", not self.says("approved") and not over)],
            "exchange_contact_ineligible": [("customer_told_on", untold(r["requested_on"]))],
            "exchange_check_received": [("checked_on", not self.says("checked") and not over)],
            "voucher_issue": [("voucher_issued_on", not self.has_voucher and not over)],
            "refund_issue": [("refund_requested_on", not self.has_refund and not over)],
            "voucher_tell_customer": [("customer_told_on", untold(voucher_on))],
            "refund_finish": [("closed_on", not closed), ("customer_told_on", closed and untold(refund_on))],
            "refund_seen": [("refund_confirmed_on", not self.has_confirmed)],
        }
        ticked = self.raw_tick(rule)
        if not ticked or business(ticked, 2) > self.world.today:
            return []
        return [column for column, bare in found[rule] if bare and column in self.world.columns]

    def _reopened(self, rule: str) -> bool:
        return any(self.world.answers.get(f"ticks_without_date|exchanges|{c}") == "reopen" for c in self.doubts(rule))

    # tasks

    def tasks(self) -> list[Due]:
        found = [task for task in self._every() if task.due is not None]
        horizon = self.world.today + days(self.world.horizon_days)
        return [t for t in found if t.due <= horizon and not (t.gone and t.gone <= self.world.today)]

    def task(
        self, rule: str, due: date | None, *, last: date | None = None, late_after: int | None = None, **more: Any
    ) -> Due:
        if due is None:
            return Due("", None)  # type: ignore[arg-type]  # left out by tasks()
        if late_after is not None:
            last = business(due, late_after)
        occurrence = more.pop("occurrence", 1)
        amount = more.pop("amount", "refund_amount")
        shown = self.row[amount] if self.row[amount] is not None else self.row["paid"]
        late = last + days(1) if last else None
        return Due(f"{rule}:{self.subject}:{occurrence}", due, late, amount=shown, **more)

    def _every(self) -> list[Due]:
        r, out = self.row, []
        requested = r["requested_on"]
        unregistered = r["has_id_column"] and not r["exchange_id"]
        if unregistered and self.open("exchange_register"):
            out.append(self.task("exchange_register", requested, late_after=1))
        out += self._approval(registered=not unregistered or bool(self.tick("exchange_register")))
        rule = "exchange_contact_ineligible"
        if self.refused and not self.cancelled and not self.closed(rule) and not self.told(requested, rule):
            variant = "came_back" if self.says("back") else "plain"
            out.append(self.task(rule, requested, late_after=1, variant=variant))
        rule = "posting_code_expiring"
        if self.open(rule) and r["posting_code"] and not self.done("posted", rule):
            expiry = r["posting_code_expires_on"] or (self.approved_on and self.approved_on + days(10))
            if expiry:
                variant = "renew" if self.world.today > expiry else "plain"
                out.append(
                    self.task(
                        rule, expiry - days(3), last=expiry, gone=expiry + days(30), occurrence=expiry, variant=variant
                    )
                )
        rule = "exchange_check_received"
        if self.open(rule) and self.done("back", rule) and not self.done("checked", rule):
            variant = "received" if self.done("received", rule) else "plain"
            out.append(self.task(rule, self.back_on, late_after=2, variant=variant))
        return out + self._restitution()

    def _approval(self, *, registered: bool) -> list[Due]:
        r, out = self.row, []
        city = re.sub(r"\s*[-–/,(]\s*[a-z]{2}\s*\)?\s*$", "", (r["city"] or "").lower())
        manual = city in self.world.manual
        rule = "exchange_update_manually" if manual else "exchange_approve"
        if self.open(rule) and registered and not self.done("approved", rule):
            late = (
                r["kind"] == "return"
                and r["order_delivered_on"]
                and r["requested_on"]
                and (r["requested_on"] - r["order_delivered_on"]).days > 7
            )
            defect = set(re.findall(r"\w+", (r["reason"] or "").lower())) & DEFECTS
            variant = "not_eligible" if late and not defect and r["eligible"] is not True else "plain"
            out.append(self.task(rule, r["requested_on"], late_after=1, variant=variant))
        approved = self.says("approved") or self.tick("exchange_update_manually")
        waits = r["has_code_column"] and not r["posting_code"] and r["status"] != "waiting_posting"
        rule = "exchange_approve"
        by_row = self.says("approved")
        if self.open(rule) and not manual and by_row and approved and waits and not self.done("posted", rule):
            due = business(self.approved_on, 1) if self.approved_on else None
            out.append(self.task(rule, due, late_after=1, variant="send_code"))
        return out

    def _restitution(self) -> list[Due]:
        r, out = self.row, []
        alive = not self.cancelled and not self.refused
        for rule, kind, amount in (
            ("voucher_issue", "exchange", "voucher_amount"),
            ("refund_issue", "return", "refund_amount"),
        ):
            ready = r["kind"] == kind and self.done("checked", rule) and not self.done("restituted", rule)
            no = r["check_result"] == "refused" or (rule == "voucher_issue" and r["check_result"] == "kept")
            if self.open(rule) and ready and not no:
                only_ticked = self.tick("exchange_check_received") and not self.says("checked")
                variant = "confirm" if only_ticked and r["check_result"] not in ("accepted", "kept") else "plain"
                out.append(self.task(rule, self.checked_on, late_after=1, amount=amount, variant=variant))
        rule = "voucher_tell_customer"
        if alive and self.voucher and r["voucher_source"] != "yami" and not self.told(self.voucher_on, rule):
            out.append(self.task(rule, self.voucher_on, late_after=1, amount="voucher_amount"))
        rule = "refund_finish"
        if alive and self.refund:
            closed, told = self.closed(rule), self.told(self.refund_on, rule)
            if not (closed and told):
                variant = "tell" if closed else "close" if told else "plain"
                out.append(self.task(rule, self.refund_on, late_after=1, variant=variant))
        rule = "refund_seen"
        if alive and self.refund and not self.has_confirmed:
            method = r["payment_method"] if r["payment_method"] in ("card", "pix") else "bank"
            asked = self.refund_on
            due = asked and (asked + days(60) if method == "card" else business(asked, 10 if method == "pix" else 15))
            out.append(self.task(rule, due, variant=method))
        rule = "voucher_expiring"
        if alive and self.voucher and not r["voucher_used_on"]:
            expiry = r["voucher_expires_on"] or (self.voucher_on and self.voucher_on + days(30))
            if expiry:
                variant = "expired" if self.world.today > expiry else "plain"
                out.append(
                    self.task(
                        rule,
                        expiry - days(7),
                        last=expiry,
                        gone=expiry + days(7),
                        occurrence=expiry,
                        amount="voucher_amount",
                        variant=variant,
                    )
                )
        rule = "goods_not_received"
        confirmed = self.has_confirmed or bool(self.tick("refund_seen"))
        in_hand = (
            r["received_on"]
            or r["checked_on"]
            or r["check_result"] in ("accepted", "refused")
            or r["status"] in ("received", "checked")
            or self.tick("exchange_check_received")
        )
        dated = (
            r["voucher_issued_on"] or r["refund_confirmed_on"] or self.tick("voucher_issue") or self.tick("refund_seen")
        )
        knowable = dated or {"received_on", "checked_on", "check_result"} & self.world.columns
        if alive and (self.voucher or confirmed) and not in_hand and r["check_result"] != "kept" and knowable:
            given = [d for on, d in ((self.voucher, self.voucher_on), (confirmed, self.confirmed_on)) if on and d]
            by_voucher = self.voucher and given and self.voucher_on == min(given)
            out.append(
                self.task(rule, min(given) + days(15) if given else None, variant="voucher" if by_voucher else "refund")
            )
        return out

"""Family ``exchanges`` once more, row by row: all exchanges and orders of a shop (one: ``reference_exchange.py``)."""

from __future__ import annotations

from datetime import date

from tests.rules.reference_exchange import Exchange
from tests.rules.reference_shop import STEP_RULES, Due, World, business, days

__all__ = ["STEP_RULES", "Due", "World", "asked", "cancelled_orders", "compensation", "tasks"]


def compensation(world: World, exchanges: list[Exchange]) -> list[Due]:
    """Voucher and refund on one exchange, or more than was paid for the order."""
    out = []
    for i, at in enumerate(exchanges):
        r = at.row
        family = [
            other
            for other in exchanges
            if other is at
            or (r["order_id"] and other.row["order_id"] == r["order_id"] and other.row["currency"] == r["currency"])
        ]
        give = {id(o): (_counts(o, "voucher", o.voucher), _counts(o, "refund", o.refund)) for o in family}
        vouchers, refunds = (sum(pair[side] for pair in give.values()) for side in (0, 1))
        totals = [o.row["order_total"] for o in family if o.row["order_total"] is not None]
        said = [o.row["paid"] for o in family if o.row["paid"] is not None]
        paid = max(totals) if totals else (None if not said else said[0] if len(set(said)) == 1 else sum(said))
        givers = [o for o in family if sum(give[id(o)]) > 0]
        places = {id(o): k for k, o in enumerate(exchanges)}
        order = sorted(givers, key=lambda o: (o.row["requested_on"] or date.min, places[id(o)]))
        over = paid is not None and vouchers + refunds > paid and order[-1] is at
        both = (at.voucher or (r["voucher_amount"] or 0) > 0) and (at.refund or (r["refund_amount"] or 0) > 0)
        if not over and not both:
            continue
        v, f = (vouchers, refunds) if over else (r["voucher_amount"] or 0, r["refund_amount"] or 0)
        key = f"compensation_check:{at.subject}:{v}+{f}"
        seen = world.noticed.get(key, world.today)
        variant = (
            "order_over" if over and len(givers) > 1 else "both_over" if over and both else "over" if over else "plain"
        )
        amount = r["refund_amount"] if r["refund_amount"] is not None else r["paid"]
        out.append(Due(key, seen, seen + days(1), amount=amount, variant=variant))
        assert exchanges[i] is at
    return out


def _counts(at: Exchange, side: str, given: bool) -> int:
    """An amount counts for the order where it was given, or still may be."""
    amount = at.row[f"{side}_amount"] or 0
    return amount if given or not (at.cancelled or at.refused) else 0


def cancelled_orders(world: World) -> list[Due]:
    """Cancelled, paid, not refunded, no exchange."""
    out = []
    handled = {r["order_id"] for r in world.exchanges}
    for order in world.orders:
        paid = order["paid_on"] or order["payment_status"] == "paid"
        refunded = "refunded" in (order["status"], order["payment_status"])
        if not (order["cancelled"] and paid and (order["total"] or 0) > 0) or refunded or order["order_id"] in handled:
            continue
        key = f"cancelled_order_refund:{order['subject']}:1"
        first = order["ordered_on"] if world.first_run else world.today
        due = order["cancelled_on"] or world.noticed.get(key) or first
        if due <= world.today + days(world.horizon_days):
            out.append(Due(key, due, business(due, 1) + days(1), amount=order["total"]))
    return out


def tasks(world: World) -> dict[str, Due]:
    """Every task of the family by key."""
    exchanges = [Exchange(row, world) for row in world.exchanges]
    found = [t for at in exchanges for t in at.tasks()] + compensation(world, exchanges) + cancelled_orders(world)
    return {t.key: t for t in found}


def asked(world: World) -> dict[str, int]:
    """Column → how many ticks have no date in it, as one question each."""
    counts: dict[str, int] = {}
    for row in world.exchanges:
        at = Exchange(row, world)
        for rule in STEP_RULES:
            for column in at.doubts(rule):
                counts[column] = counts.get(column, 0) + 1
    return {
        c: n
        for c, n in counts.items()
        if world.answers.get(f"ticks_without_date|exchanges|{c}") not in ("always", "reopen")
    }

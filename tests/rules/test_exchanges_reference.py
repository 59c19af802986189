"""The vectorised family against the naive one, on rows nobody would think of."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheets_sync.rules.exchanges import select
from sheets_sync.tables.schema import EXCHANGE_STATUSES
from tests.rules import exchange_world as world
from tests.rules import reference_exchanges as reference

TODAY = date(2025, 8, 20)
DATES = (
    "approved_on",
    "posting_code_expires_on",
    "posted_on",
    "delivered_on",
    "received_on",
    "checked_on",
    "voucher_issued_on",
    "voucher_expires_on",
    "voucher_used_on",
    "refund_requested_on",
    "refund_confirmed_on",
    "customer_told_on",
    "closed_on",
    "order_delivered_on",
)
CENTS = ("paid", "voucher_amount", "refund_amount", "order_total")
near = st.integers(-70, 12).map(lambda n: TODAY + timedelta(days=n))
seldom = st.none() | st.none() | st.none() | st.none() | near
money = st.none() | st.sampled_from([0, 5_000, 7_500, 10_000, 20_000])


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, object]]:
    found = []
    for i in range(draw(st.integers(1, 4))):
        order_id = draw(st.sampled_from([None, "P-1", "P-2", f"P-1{i}"]))
        exchange_id = draw(st.sampled_from([None, f"E-{i}"]))
        row = {
            **{key: draw(seldom) for key in DATES},
            **{key: draw(money) for key in CENTS},
            "exchange_id": exchange_id,
            "order_id": order_id,
            "customer": f"c{i}",
            "requested_on": draw(near),
            "has_id_column": draw(st.booleans()),
            "has_code_column": draw(st.booleans()),
            "posting_code": draw(st.sampled_from([None, None, "123456789"])),
            "voucher_code": draw(st.sampled_from([None, None, None, "VALE1"])),
            "kind": draw(st.sampled_from(["exchange", "return"])),
            "status": draw(st.none() | st.sampled_from([*EXCHANGE_STATUSES, "unknown"])),
            "eligible": draw(st.sampled_from([None, None, None, True, False])),
            "check_result": draw(st.sampled_from([None, None, None, "accepted", "refused", "kept"])),
            "voucher_source": draw(st.sampled_from([None, "yami", "outside"])),
            "payment_method": draw(st.sampled_from([None, "card", "pix", "boleto"])),
            "city": draw(st.sampled_from([None, "LONDRINA", "Londrina - PR", "Maringá", "Nova Londrina"])),
            "reason": draw(st.sampled_from([None, "ficou grande", "veio Rasgado", "producto roto, mal", "protótipo"])),
            "currency": draw(st.sampled_from(["BRL", "BRL", "BRL", "EUR"])),
        }
        made = world.exchange(**row)
        taken = {r["subject"] for r in found}
        n, base = 2, made["subject"]
        while made["subject"] in taken:
            made["subject"] = f"{base}/{n}"
            n += 1
        found.append(made)
    return found


@st.composite
def worlds(draw: st.DrawFn) -> reference.World:
    exchanges = draw(rows())
    ticks = {}
    for row in exchanges:
        for rule in draw(st.lists(st.sampled_from(reference.STEP_RULES), max_size=3)):
            ticks[f"{rule}:{row['subject']}:1"] = draw(st.integers(-12, 0).map(lambda n: TODAY + timedelta(days=n)))
    columns = draw(
        st.sets(
            st.sampled_from(
                [
                    "exchange_id",
                    "approved_on",
                    "checked_on",
                    "received_on",
                    "customer_told_on",
                    "closed_on",
                    "voucher_issued_on",
                    "refund_requested_on",
                    "refund_confirmed_on",
                ]
            )
        )
    )
    asked = st.dictionaries(
        st.sampled_from(sorted(columns)).map("ticks_without_date|exchanges|{}".format),
        st.sampled_from(["always", "reopen"]),
    )
    return reference.World(
        today=TODAY,
        exchanges=exchanges,
        ticks=ticks,
        columns=frozenset(columns),
        answers=draw(asked) if columns else {},
    )


def _found(frame: pd.DataFrame) -> dict[str, reference.Due]:
    def day(value: pd.Timestamp) -> date | None:
        return None if pd.isna(value) else value.date()

    return {
        (key := f"{t.rule}:{t.subject}:{t.occurrence}"): reference.Due(
            key, day(t.due_on), day(t.late_on), day(t.gone_on), None if pd.isna(t.amount) else t.amount, t.variant
        )
        for t in frame.itertuples()
    }


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(worlds())
def test_row_by_row_gives_the_same(w: reference.World) -> None:
    selected = select(
        world.context(
            TODAY, w.exchanges, ticks=w.ticks, answers=w.answers, columns=w.columns, horizon_days=w.horizon_days
        )
    )
    found = _found(selected.frame)
    assert found == reference.tasks(w)
    assert len(found) == len(selected.frame)
    questions = {p.identity.split("|")[-1]: p.count for p in selected.problems if p.choices}
    assert questions == reference.asked(w)
    assert (selected.frame["visible_on"] == selected.frame["due_on"]).all()
    assert not selected.remembered.needed & selected.remembered.reopened


@st.composite
def cancelled(draw: st.DrawFn) -> reference.World:
    orders = [
        world.order(
            order_id=f"P-{i}",
            customer=f"c{i}",
            ordered_on=draw(near),
            cancelled=draw(st.booleans()),
            cancelled_on=draw(st.none() | near),
            paid_on=draw(st.none() | near),
            status=draw(st.sampled_from([None, "cancelled", "refunded"])),
            payment_status=draw(st.sampled_from([None, "paid", "pending", "refunded"])),
            total=draw(money),
        )
        for i in range(draw(st.integers(1, 6)))
    ]
    exchanges = [world.exchange(order_id="P-0", requested_on=TODAY, kind="return")] if draw(st.booleans()) else []
    noticed = {f"cancelled_order_refund:P-{i}:1": draw(near) for i in draw(st.sets(st.integers(0, 5)))}
    return reference.World(
        today=TODAY, exchanges=exchanges, orders=orders, noticed=noticed, first_run=draw(st.booleans())
    )


@settings(max_examples=50, deadline=None)
@given(cancelled())
def test_cancelled_orders_row_by_row(w: reference.World) -> None:
    selected = select(world.context(TODAY, w.exchanges, w.orders, noticed=w.noticed, first_run=w.first_run))
    ours = selected.frame[selected.frame["rule"] == "cancelled_order_refund"]
    assert _found(ours) == {d.key: d for d in reference.cancelled_orders(w)}

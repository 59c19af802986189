"""The vectorised engine and the plain second implementation agree on random shops and days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync.memory import Memory
from sheets_sync.rules import engine
from tests.rules import reference
from tests.rules.world import FREQUENCIES, HORIZON, Shop, context, dates

CARE = ("order_shipped", "check_in", "connect", "autoship_reminder", "reconnect", "failed_card", "returned_product")
BEGIN = date(2023, 12, 15)
SPAN = 500


def some_day(random: Random) -> date:
    """Half of them whole weeks apart, so that what is to happen on the very day does."""
    days = random.randint(0, SPAN)
    return BEGIN + timedelta(days=days if random.random() < 0.5 else days // 7 * 7)


def frequency(random: Random) -> str | int:
    return random.choice([*FREQUENCIES, random.randint(1, 45)])


def near(random: Random, day: date) -> date:
    return day + timedelta(days=random.randint(-10, 45))


def extended(random: Random, row: dict, most: int, extras: dict[str, Callable[[], Any]]) -> dict:
    """``row`` with up to ``most`` of the extra cells."""
    chosen = random.sample(sorted(extras), random.randint(0, most))
    return row | {key: extras[key]() for key in chosen}


def an_order(random: Random, number: int, name: str) -> dict:
    on = some_day(random)
    at = datetime(on.year, on.month, on.day, random.randint(0, 2)) if random.random() < 0.5 else on
    return extended(
        random,
        {"order": f"P-{number}", "customer": name, "on": at},
        3,
        {
            "frequency": lambda: frequency(random),
            "next": lambda: on + timedelta(days=random.choice([random.randint(-10, 45), random.randint(0, 200)])),
            "status": lambda: random.choice(["cancelled", "out_of_stock", "paid", "delivered"]),
            "payment_status": lambda: random.choice(["paid", "failed", "failed"]),
            "paid_on": lambda: near(random, on),
            "shipped_on": lambda: near(random, on),
            "total": lambda: random.choice([-100, 100]),
        },
    )


def a_customer(random: Random, name: str) -> dict:
    return extended(
        random,
        {"customer": name} | ({"frequency": frequency(random)} if random.random() < 0.4 else {}),
        3,
        {
            "next": lambda: some_day(random),
            "last": lambda: some_day(random),
            "card_failed_on": lambda: some_day(random),
            "last_contact_on": lambda: some_day(random),
            "category": lambda: random.choice(["customer", "customer", "prospect"]),
            "opted_out": lambda: random.random() < 0.3,
            "active": lambda: random.random() < 0.7,
        },
    )


def an_exchange(random: Random, number: int, name: str) -> dict:
    on = some_day(random)
    row = {"exchange": f"E-{number}", "customer": name, "on": on, "kind": random.choice(["exchange", "return"])}
    over = ["in_review", "refused", "cancelled", "closed", "voucher_issued", "refunded"]
    steps = {
        key: lambda: on + timedelta(days=random.randint(0, 40))
        for key in ("approved_on", "checked_on", "voucher_issued_on", "closed_on")
    }
    return extended(random, row, 2, {"status": lambda: random.choice(over), **steps})


def a_shop(random: Random, names: list[str], orders: int, exchanges: int, today: date) -> Shop:
    """Some of ``names`` in the customers tab; no stand-ins that tables would not make."""
    rows = [an_order(random, 7 * i % 1_000, random.choice(names)) for i in range(orders)]
    listed = [a_customer(random, name) for name in names if random.random() < 0.7]
    for row in listed:
        days = [reference.day_of(o) for o in rows if o["customer"] == row["customer"]]
        if "last" in row and (row["last"] > today or any(row["last"] <= day <= today for day in days)):
            del row["last"]  # later than today, or not later than the newest order row
    returns = [an_exchange(random, i, random.choice(names)) for i in range(exchanges)]
    return Shop(customers=tuple(listed), orders=tuple(rows), exchanges=tuple(returns))


def compare(shop: Shop, today: date) -> None:
    found = dates(engine.candidates(context(shop, today)).frame, CARE)
    assert found == reference.tasks(shop, today, today + timedelta(days=HORIZON))


@given(st.randoms(use_true_random=False), st.integers(0, 9), st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_small_shops(random: Random, orders: int, exchanges: int) -> None:
    today = some_day(random) + timedelta(days=random.choice([0, 0, 60, 150]))
    compare(a_shop(random, ["ana", "bo", "cy"], orders, exchanges, today), today)


@pytest.mark.parametrize("seed", range(12))
def test_big_shops(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    today = BEGIN + timedelta(days=random.randint(SPAN // 3, SPAN + 150))
    compare(a_shop(random, [f"C-{i:03d}" for i in range(400)], 1_000, 60, today), today)


@pytest.mark.parametrize("seed", range(6))
def test_changed_dates(seed: int) -> None:
    """People move, remove and add planned dates and frequencies between two runs; the calendar only rolls."""
    random = Random(seed)  # noqa: S311
    then = BEGIN + timedelta(days=random.randint(SPAN // 3, SPAN))
    today = then + timedelta(days=random.choice([1, 1, 3, 20]))
    before = a_shop(random, [f"C-{i:03d}" for i in range(300)], 600, 0, then)
    before = Shop(customers=before.customers, orders=tuple(o for o in before.orders if reference.day_of(o) <= then))
    orders = [_edited(random, o) if random.random() < 0.3 else o for o in before.orders]
    customers = [_edited(random, c) if random.random() < 0.3 else c for c in before.customers]
    after = Shop(customers=tuple(customers), orders=tuple(orders))
    first = engine.candidates(context(before, then))
    memory = Memory(first_run_on=then, planned=first.remembered.planned)
    second = engine.candidates(context(after, today, memory=memory))
    told = {tuple(key.split(":")): what for key, what in second.remembered.noticed.items()}
    found = {key[1]: (what.old, what.new) for key, what in told.items() if key[0] == "autoship_changed"}
    wanted = reference.changed(before, then, after, today)
    assert found == {name: tuple(day.isoformat() if day else "" for day in days) for name, days in wanted.items()}
    assert found


def _edited(random: Random, row: dict) -> dict:
    """A planned date or a frequency moved, removed or added."""
    row = dict(row)
    on = reference.day_of(row) if "on" in row else some_day(random)
    key = random.choice(["next", "frequency"])
    if key in row and random.random() < 0.4:
        del row[key]
    else:
        row[key] = on + timedelta(days=random.randint(10, 120)) if key == "next" else frequency(random)
    return row

"""An id, an e-mail or a name is corrected: what was known under the old word follows, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from sheets_sync.memory import Finished, Memory, Planned, RowMemory, split_key
from sheets_sync.model import End, Moved, OwnTab, RowRef, Tables
from sheets_sync.reconcile.keys import rekeyed, renamed_key
from sheets_sync.tables.corrected_ids import corrected_customers, corrected_subjects
from tests.tables.tabs import read, tab

D, TODAY = date(2025, 1, 15), date(2025, 1, 22)
MAIL = "ana@x.com"


def row(key: str, at: int, who: str = MAIL, title: str = "Pedidos", on: date | None = D) -> RowMemory:
    rule, subject, occurrence = split_key(key)
    return RowMemory(
        tab=OwnTab.TOUCHPOINTS, rule=rule, subject=subject, customer_id=who, occurrence=occurrence, number=1,
        source=RowRef(tab=title, row=at), visible_on=TODAY, due_on=TODAY, gone_on=None, born_on=TODAY, order_on=on,
    )  # fmt: skip


def known(*rows: RowMemory, **more: Any) -> Memory:
    return Memory(rows={f"{r.rule}:{r.subject}:{r.occurrence}": r for r in rows}, **more)


def cycle(order: str, on: date = D) -> Planned:
    return Planned(order=order, order_on=on, next_on=None, explicit=False, interval=None)


def orders(*lines: tuple[str, str, date]) -> Tables:
    ids, who, days = zip(*lines, strict=True)
    return read(tab("orders", {"order_id": ids, "customer": who, "ordered_on": days}))


def exchanges(*lines: tuple[str | None, str, date]) -> Tables:
    ids, who, days = zip(*lines, strict=True)
    return read(
        tab("exchanges", {"exchange_id": ids, "customer": who, "requested_on": days, "kind": ["Troca"] * len(ids)})
    )


def counted(tables: Tables) -> Mapping[str, int]:
    return {title: tables.counts[source].read for source, titles in tables.titles.items() for title in titles}


def ids(memory: Memory, tables: Tables) -> Moved:
    return corrected_subjects(tables, memory, counted(tables))


def people(memory: Memory, tables: Tables, shown: str = "") -> dict[str, str]:
    """``shown``: the customers' names in our tabs; in most tables here there is none, so the identity."""
    names = {key: shown or row.customer_id for key, row in memory.rows.items()}
    return corrected_customers(tables, memory, counted(tables), names)


# ── orders ──────────────────────────────────────────────────────────────────

OPEN = known(row("check_in:P-1:1", 2))


@pytest.mark.parametrize("rule", ["check_in", "cancelled_order_refund"])
def test_the_order_of_that_customer_and_day(rule: str) -> None:
    memory = known(row(f"{rule}:P-1:1", 2))
    assert ids(memory, orders(("P-1X", MAIL, D))).orders == {"P-1": "P-1X"}
    assert ids(memory, orders(("P-7", "bia@x.com", D), ("P-1X", MAIL, D))).orders == {"P-1": "P-1X"}


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        ("somebody else's", [("P-1X", "bia@x.com", D)]),
        ("of another day", [("P-1X", MAIL, TODAY)]),
        ("one of two", [("P-1X", MAIL, D), ("P-1Y", MAIL, D)]),
        ("there still", [("P-2", MAIL, D), ("P-1", MAIL, D)]),
    ],
)
def test_not_an_order_that_is(told: str, lines: Sequence[tuple[str, str, date]]) -> None:
    assert ids(OPEN, orders(*lines)).orders == {}, told


def test_wherever_its_row_is_now_if_it_anchored_the_cycle() -> None:
    """What ended leaves no place behind; the customer's order of that day tells."""
    memory = Memory(planned={MAIL: cycle("P-1")}, finished={"check_in:P-1:1": Finished(end=End.DONE, on=TODAY)})
    assert ids(memory, orders(("P-7", "bia@x.com", D), ("P-1X", MAIL, D))).orders == {"P-1": "P-1X"}
    assert ids(memory, orders(("P-1X", MAIL, TODAY))).orders == {}
    assert ids(memory, orders(("P-1X", MAIL, D), ("P-1Y", MAIL, D))).orders == {}, "one of two is a guess"


def test_a_deleted_row_hands_nothing_to_the_one_that_moved_up() -> None:
    shorter = replace(OPEN, source_rows={"Pedidos": 2}, planned={MAIL: cycle("P-1")})
    assert ids(shorter, orders(("P-2", MAIL, D))).orders == {}


@pytest.mark.parametrize(
    "known_as",
    [known(row("check_in:P-2:1", 9)), Memory(finished={"check_in:P-2:1": Finished(end=End.DONE, on=TODAY)})],
)
def test_nobody_takes_the_place_of_an_order_that_was_known(known_as: Memory) -> None:
    memory = replace(known_as, rows={**OPEN.rows, **known_as.rows})
    assert ids(memory, orders(("P-2", MAIL, D))).orders == {}


def test_an_order_that_may_be_in_a_row_that_cannot_be_read_is_not_gone() -> None:
    columns = {"order_id": ["P-1X", None], "customer": [MAIL, "bia@x.com"], "ordered_on": [D, D]}
    tables = read(tab("orders", columns, faults={(1, "order_id"): "#N/A"}))
    assert ids(OPEN, tables).orders == {}


def test_keys_and_the_cycle_follow() -> None:
    moved = Moved(orders={"P-1": "P-1X"})
    assert renamed_key("check_in:P-1:1", {}, moved) == "check_in:P-1X:1"
    assert renamed_key("cancelled_order_refund:P-1:1", {}, moved) == "cancelled_order_refund:P-1X:1"
    assert renamed_key("exchange_approve:P-1:1", {}, moved) == "exchange_approve:P-1:1"
    assert renamed_key("check_in:P-1:2025-01-15/1", {}, moved) == "check_in:P-1:2025-01-15/1", "a customer's name"
    assert rekeyed(Memory(planned={MAIL: cycle("P-1")}), {}, moved).planned[MAIL].order == "P-1X"
    assert rekeyed(Memory(planned={"ana": cycle("ana")}), {"ana": MAIL}).planned[MAIL].order == MAIL


# ── exchanges ───────────────────────────────────────────────────────────────


def test_the_exchange_of_that_customer_and_day() -> None:
    memory = known(row("exchange_approve:T9:1", 2, title="Trocas"))
    assert ids(memory, exchanges(("T-9", MAIL, D))).exchanges == {"T9": "T-9"}
    assert ids(memory, exchanges(("T-9", "bia@x.com", D))).exchanges == {}
    assert ids(memory, exchanges(("T-9", MAIL, TODAY))).exchanges == {}
    assert ids(memory, exchanges(("T-8", MAIL, D), ("T-9", MAIL, D))).exchanges == {}, "one of two is a guess"
    assert ids(replace(memory, source_rows={"Trocas": 2}), exchanges(("T-9", MAIL, D))).exchanges == {}


# ── customers ───────────────────────────────────────────────────────────────

REMINDER = known(row(f"autoship_reminder:{MAIL}:2025-02-15", 2))
NEW = "ana@x.com.br"


def test_the_row_of_that_day_is_somebody_new() -> None:
    assert people(REMINDER, orders(("P-1", NEW, D))) == {MAIL: NEW}
    assert people(REMINDER, orders(("P-1", NEW, TODAY))) == {}
    assert people(REMINDER, orders(("P-1", "bia@x.com", TODAY), ("P-2", NEW, D))) == {}
    assert people(replace(REMINDER, source_rows={"Pedidos": 2}), orders(("P-1", NEW, D))) == {}


def test_an_order_that_anchored_the_cycle_tells_wherever_it_is() -> None:
    memory = Memory(planned={MAIL: cycle("P-1")})
    assert people(memory, orders(("P-7", "bia@x.com", D), ("P-1", NEW, D))) == {MAIL: NEW}


def test_nobody_takes_the_place_of_a_customer_that_was_known() -> None:
    both = replace(REMINDER, planned={MAIL: cycle("P-1"), NEW: cycle("P-2")})
    assert people(both, orders(("P-1", NEW, D))) == {}
    assert people(replace(REMINDER, aliases={"ana": NEW}), orders(("P-1", NEW, D))) == {}


def test_a_customer_whom_two_rows_call_differently_now_is_neither() -> None:
    memory = known(*REMINDER.rows.values(), row(f"reconnect:{MAIL}:2025-01-15/1", 3))
    assert people(memory, orders(("P-1", NEW, D), ("P-2", "ana@x.co", D))) == {}


def test_two_customers_never_become_one() -> None:
    memory = known(*REMINDER.rows.values(), row("autoship_reminder:ana@x.co:2025-02-15", 3, "ana@x.co"))
    assert people(memory, orders(("P-1", NEW, D), ("P-2", NEW, D))) == {}


@pytest.mark.parametrize("at", [2, 3])
def test_the_same_name_tells_wherever_the_row_is_now(at: int) -> None:
    columns = {
        "name": ["Dora", "Eva"],
        "email": ["dora@x.com", "eva@x.com"],
        "ordered_on": [D, D],
        "order_id": ["P-8", "P-9"],
    }
    columns["name"][at - 2], columns["email"][at - 2] = "Ana", NEW
    assert people(REMINDER, read(tab("orders", columns)), shown="Ana") == {MAIL: NEW}


def test_another_name_in_the_very_row_and_on_the_very_order_is_somebody_else() -> None:
    columns = {"name": ["Dora Melo"], "email": ["dora@x.com"], "ordered_on": [D], "order_id": ["P-1"]}
    memory = replace(REMINDER, planned={MAIL: cycle("P-1")})
    assert people(memory, read(tab("orders", columns)), shown="Ana Souza") == {}
    columns["name"] = ["Anna Souza"]
    assert people(memory, read(tab("orders", columns)), shown="Ana Souza") == {MAIL: "dora@x.com"}


def test_a_customer_who_only_has_a_card_that_failed() -> None:
    memory = known(row(f"failed_card:{MAIL}:2025-01-20", 2, title="Clientes", on=None))
    columns = {"name": ["Ana"], "email": [NEW], "card_failed_on": [date(2025, 1, 20)]}
    assert people(memory, read(tab("customers", columns))) == {MAIL: NEW}
    columns["card_failed_on"] = [date(2025, 1, 21)]
    assert people(memory, read(tab("customers", columns))) == {}


def test_an_exchange_that_only_its_customer_and_day_name() -> None:
    memory = known(row(f"exchange_approve:{MAIL}/2025-01-15:1", 2, title="Trocas"))
    assert people(memory, exchanges((None, NEW, D))) == {MAIL: NEW}
    assert people(memory, exchanges((None, NEW, TODAY))) == {}

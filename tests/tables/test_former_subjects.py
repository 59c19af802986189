"""An exchange gets its number: what earlier runs knew of it follows, and nobody else's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from sheets_sync.memory import Finished, Memory, RowMemory, split_key
from sheets_sync.model import End, Moved, OwnTab, RowRef
from sheets_sync.reconcile.keys import renamed_key
from tests.tables.tabs import read, tab

ON = date(2025, 1, 15)


def row(key: str, at: int) -> RowMemory:
    rule, subject, occurrence = split_key(key)
    return RowMemory(
        tab=OwnTab.EXCHANGES, rule=rule, subject=subject, customer_id="ana", occurrence=occurrence, number=1,
        source=RowRef(tab="Trocas", row=at), visible_on=ON, due_on=ON, gone_on=None, born_on=ON,
    )  # fmt: skip


def moved(memory: Memory, **columns: Any) -> dict[str, str]:
    n = len(columns["exchange_id"])
    given = {"customer": ["Ana"] * n, "requested_on": [ON] * n, "kind": ["Troca"] * n, **columns}
    return dict(read(tab("exchanges", given), memory=memory).moved.exchanges)


OPEN = Memory(rows={"exchange_register:P-1:1": row("exchange_register:P-1:1", 2)})
ENDED = Memory(finished={"exchange_register:P-1:1": Finished(end=End.DONE, on=ON)})


@pytest.mark.parametrize("memory", [OPEN, ENDED])
def test_the_only_exchange_of_an_order(memory: Memory) -> None:
    assert moved(memory, exchange_id=["E-1"], order_id=["P-1"]) == {"P-1": "E-1"}


def test_wherever_its_row_is_now() -> None:
    assert moved(OPEN, exchange_id=[None, "E-1"], order_id=["P-9", "P-1"]) == {"P-1": "E-1"}


def test_nothing_moves_while_a_row_has_the_subject() -> None:
    assert moved(OPEN, exchange_id=[None], order_id=["P-1"]) == {}
    assert moved(OPEN, exchange_id=[None, None], order_id=["P-1", "P-1"]) == {}


def test_an_exchange_without_order() -> None:
    memory = Memory(rows={"exchange_approve:ana/2025-01-15:1": row("exchange_approve:ana/2025-01-15:1", 2)})
    assert moved(memory, exchange_id=["E-1"]) == {"ana/2025-01-15": "E-1"}


def test_several_of_one_order_where_they_stand() -> None:
    """The first gets its number, so the second becomes the first without one: both keep what is theirs."""
    keys = {"exchange_register:P-1:1": 2, "exchange_register:P-1/2:1": 3}
    memory = Memory(rows={key: row(key, at) for key, at in keys.items()})
    found = moved(memory, exchange_id=["E-1", None], order_id=["P-1", "P-1"], products=["Blusa", "Saia"])
    assert found == {"P-1": "E-1", "P-1/2": "P-1"}


DAYS = [ON, date(2025, 1, 20)]
TWO = Memory(
    rows={
        "exchange_approve:P-1:1": replace(row("exchange_approve:P-1:1", 2), order_on=DAYS[0]),
        "exchange_approve:P-1/2:1": replace(row("exchange_approve:P-1/2:1", 3), order_on=DAYS[1]),
    }
)


@pytest.mark.parametrize(
    ("told", "numbers", "days", "expected"),
    [
        ("nothing happened", [None, None], DAYS, {}),
        ("sorted", [None, None], DAYS[::-1], {}),
        ("an earlier one came", [None, None, None], [*DAYS, date(2025, 1, 2)], {"P-1": "P-1/2", "P-1/2": "P-1/3"}),
        ("the first was deleted", [None], DAYS[1:], {"P-1/2": "P-1", "P-1": "P-1/0"}),
        ("the second was deleted", [None], DAYS[:1], {}),
        (
            "the first is the later one now",
            [None, None],
            [date(2025, 1, 30), DAYS[1]],
            {"P-1": "P-1/2", "P-1/2": "P-1"},
        ),
        ("the first got its number as another one came", ["E-1", None, None], [*DAYS, ON], {"P-1": "E-1"}),
    ],
)
def test_several_of_one_order_are_told_by_their_days(
    told: str, numbers: list[str | None], days: list[date], expected: dict[str, str]
) -> None:
    found = moved(TWO, exchange_id=numbers, order_id=["P-1"] * len(days), requested_on=days)
    assert found == expected, told


def test_a_row_that_went_leaves_nothing_to_one_that_was_known() -> None:
    keys = {"exchange_register:P-1:1": 2, "exchange_approve:E-1:1": 3}
    memory = Memory(rows={key: row(key, at) for key, at in keys.items()})
    assert moved(memory, exchange_id=["E-1"], order_id=["P-1"]) == {}


def test_an_unreadable_row_is_not_gone() -> None:
    columns = {"exchange_id": ["E-1", None], "order_id": ["P-1", "P-1"], "checked_on": [None, "32/13/2025"]}
    assert moved(OPEN, **columns) == {}


def test_orders_keep_their_keys() -> None:
    numbered = Moved(exchanges={"P-1": "E-1"})
    assert renamed_key("exchange_approve:P-1:1", {}, numbered) == "exchange_approve:E-1:1"
    assert renamed_key("returned_product:P-1:1", {}, numbered) == "returned_product:E-1:1"
    assert renamed_key("cancelled_order_refund:P-1:1", {}, numbered) == "cancelled_order_refund:P-1:1"
    assert renamed_key("check_in:P-1:1", {}, numbered) == "check_in:P-1:1"

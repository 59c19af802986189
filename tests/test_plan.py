"""The gate: plans that may come from an accident are declined, with the cure, on small tabs as on large ones."""

from __future__ import annotations

from datetime import date

import pytest

from sheets_sync import plan
from sheets_sync.config import Settings
from sheets_sync.memory import Memory, dumps
from sheets_sync.problems import Refusal
from tests.reconcile.house import DAY, EXCHANGES, ORDERS, TODAY, House


def refused(**more: object) -> str | None:
    given: dict[str, object] = {"emptied": (), "missing": 0, "open_rows": 10, "last_run_on": TODAY, "today": TODAY}
    try:
        plan.raise_if_unsafe(**{**given, **more})  # type: ignore[arg-type]
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("missing", "open_rows", "expected"),
    [
        (1, 1, None), (5, 5, None), (6, 6, "source_rows_missing"), (6, 9, "source_rows_missing"), (5, 10, None),
        (6, 29, "source_rows_missing"), (6, 30, None), (7, 30, "source_rows_missing"), (200, 1000, None),
        (201, 1000, "source_rows_missing"),
    ],
)  # fmt: skip
def test_more_than_five_and_a_fifth(missing: int, open_rows: int, expected: str | None) -> None:
    assert refused(missing=missing, open_rows=open_rows) == expected


def test_an_emptied_source() -> None:
    assert refused(emptied=["Pedidos"]) == "source_emptied"


def test_an_earlier_day_is_for_plan_only() -> None:
    assert refused(today=TODAY - DAY) == "earlier_day"
    assert refused(today=TODAY - DAY, writing=False) is None


def test_force_and_the_setting_let_it_through() -> None:
    assert refused(emptied=["Pedidos"], missing=9, force=True) is None
    assert refused(emptied=["Pedidos"], missing=9, accepted_on=TODAY) is None
    assert refused(emptied=["Pedidos"], accepted_on=TODAY - DAY) == "source_emptied"
    assert refused(today=TODAY - DAY, accepted_on=TODAY - DAY) == "earlier_day"


# ── in the house ────────────────────────────────────────────────────────────


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P0", "1000", TODAY - 7 * DAY)
    for n in range(1, 9):
        house.shop.exchange(f"T{n}", f"20{n:02}", TODAY - n * DAY)
    house.sync()
    return house


def code_of(house: House) -> str:
    with pytest.raises(Refusal) as refused_with:
        house.sync()
    return refused_with.value.code


def test_a_source_tab_that_was_emptied(house: House) -> None:
    house.shop.exchanges.clear()
    before = house.backend.applied
    assert code_of(house) == "source_emptied"
    assert house.backend.applied == before
    house.sync(force=True)
    assert house.next_day().memory is not None


def test_a_source_tab_that_was_deleted(house: House) -> None:
    house.shop.gone_tabs.add(EXCHANGES)
    assert code_of(house) == "source_emptied"


def test_rows_without_a_source_row(house: House) -> None:
    for n in range(1, 7):
        del house.shop.exchanges[f"T{n}"]
    assert code_of(house) == "source_rows_missing"
    house.settings = Settings.default(accept_missing_rows_on=TODAY)
    house.sync()
    assert len([key for key in house.keys() if key.startswith("exchange")]) == 2


def test_five_may_go(house: House) -> None:
    for n in range(1, 6):
        del house.shop.exchanges[f"T{n}"]
    house.sync()


def test_rows_that_end_for_a_reason_never_count(house: House) -> None:
    for n in range(1, 9):  # a source row that says so
        house.shop.exchange(f"T{n}", f"20{n:02}", TODAY - n * DAY, expires_on=date(2027, 1, 1))
    house.sync()
    assert not [key for key in house.keys() if key.startswith("exchange")]


def test_a_source_tab_that_could_not_be_used_is_no_emptied_one(house: House) -> None:
    house.shop.left_out |= {EXCHANGES, ORDERS}
    house.sync()
    assert len(house.keys()) == 9


def test_an_earlier_day(house: House) -> None:
    house.today -= DAY
    assert code_of(house) == "earlier_day"


# ── assembling ──────────────────────────────────────────────────────────────


def test_a_memory_that_says_the_same_is_no_change() -> None:
    memory = Memory(language="pt-BR", answers={"a": "yes"})
    assert plan.assemble((), memory, dumps(memory), "pt-BR").empty
    assert plan.assemble((), memory, None, "pt-BR").memory == dumps(memory)
    assert plan.assemble((), memory, "not ours", "pt-BR").memory == dumps(memory)

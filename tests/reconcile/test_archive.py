"""A long history: its oldest rows move to a tab of their year, and count still where the memory is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from sheets_sync.model import OwnTab
from sheets_sync.reconcile import archive
from tests.reconcile.house import DAY, House

OLD, NEW = date(2026, 12, 28), date(2027, 1, 4)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    """Three rows dismissed in the old year, where there is room for four."""
    monkeypatch.setattr(archive, "MOST_ROWS", 4)
    monkeypatch.setattr(archive, "KEPT_ROWS", 2)
    house = House(today=OLD)
    for n in range(1, 9):
        house.shop.exchange(f"T{n}", f"20{n:02}", OLD)
    house.sync()
    for n in (1, 2, 3):
        dismiss(house, n)
    return house


def key(n: int) -> str:
    return f"exchange_approve:T{n}:1"


def dismiss(house: House, n: int) -> None:
    house.note(key(n), f"nota {n}")
    house.sync()
    house.delete_row(key(n))
    house.sync()


def in_tab(house: House, title: str) -> list[str]:
    sheet = house.backend.sheet(title)
    assert sheet is not None, [s.title for s in house.backend.sheets]
    texts = (str(cell.value) for row in sheet.rows.values() for cell in row.values())
    return sorted(text for text in texts if text.startswith("exchange_approve:"))


def titles(house: House) -> Iterator[str]:
    return (s.title for s in house.backend.sheets if s.title.startswith("Histórico"))


def test_as_long_as_there_is_room_nothing_moves(house: House) -> None:
    dismiss(house, 4)
    assert list(titles(house)) == ["Histórico"]


def test_a_year_that_is_over_moves_whole(house: House) -> None:
    house.today = NEW
    dismiss(house, 4)
    dismiss(house, 5)
    assert list(titles(house)) == ["Histórico", "Histórico 2026"]
    assert in_tab(house, "Histórico 2026") == [key(1), key(2), key(3)]
    assert in_tab(house, "Histórico") == [key(4), key(5)]
    assert "nota 2" in repr(house.backend.sheet("Histórico 2026"))


def test_what_people_hung_on_a_row_is_told_where_it_moves(house: House) -> None:
    sheet = house.sheet(OwnTab.HISTORY)
    row = next(row.row for row in house.history() if row.key == key(2))
    sheet.comments[row] = {0: "cliente antiga"}
    house.today = NEW
    dismiss(house, 4)
    dismiss(house, 5)
    assert "cliente antiga" in repr(house.backend.sheet("Histórico 2026"))


def test_a_year_that_is_too_long_alone_keeps_its_newest(house: House) -> None:
    dismiss(house, 4)
    dismiss(house, 5)
    assert in_tab(house, "Histórico 2026") == [key(1), key(2)]
    assert in_tab(house, "Histórico") == [key(3), key(4), key(5)]
    dismiss(house, 6)
    dismiss(house, 7)
    assert in_tab(house, "Histórico 2026") == [key(1), key(2)]
    assert in_tab(house, "Histórico 2026 2") == [key(3), key(4)]


def test_nothing_that_ended_long_ago_comes_back_where_the_memory_is_lost(house: House) -> None:
    house.today = NEW
    dismiss(house, 4)
    dismiss(house, 5)
    house.backend.memory = None
    house.sync()
    assert not {key(n) for n in range(1, 6)} & set(house.keys())
    house.today += DAY
    house.sync()
    assert not {key(n) for n in range(1, 6)} & set(house.keys())


def test_a_second_run_plans_nothing(house: House) -> None:
    house.today = NEW
    dismiss(house, 4)
    dismiss(house, 5)
    assert house.sync().empty


def test_rows_of_people_s_own_stay_in_the_history(house: House) -> None:
    house.own_row("combinado com a Ana", OwnTab.HISTORY)
    house.today = NEW
    dismiss(house, 4)
    dismiss(house, 5)
    assert "combinado com a Ana" in repr(house.sheet(OwnTab.HISTORY))

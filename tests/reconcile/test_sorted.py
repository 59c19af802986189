"""Sorting, and sorting by accident."""

from __future__ import annotations

import pytest

from sheets_sync.model import OwnTab
from tests.reconcile.house import DAY, TODAY, House

KEYS = [f"exchange_approve:T{n}:1" for n in range(1, 5)]
TAB = OwnTab.EXCHANGES


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 7 * DAY)
    for n in range(1, 5):
        house.shop.exchange(f"T{n}", f"20{n:02}", TODAY - n * DAY)
    house.sync()
    return house


def people(house: House) -> set[int]:
    return {house.position(c, TAB) for c in ("done", "postpone_to", "owner", "note")}


def rows(house: House) -> list[int]:
    return sorted(house.rows(TAB)[key].row for key in KEYS)


def test_a_sort_of_whole_rows_is_theirs(house: House) -> None:
    for key in KEYS:
        house.note(key, f"nota {key}")
    house.sync()
    house.reorder(TAB, rows(house)[::-1])
    order = list(house.rows(TAB))
    house.sync()
    assert list(house.rows(TAB)) == order
    assert all(house.row(key).people["note"] == f"nota {key}" for key in KEYS)
    assert house.questions() == []


def test_a_sort_of_peoples_cells_only_is_undone(house: House) -> None:
    for key in KEYS[:3]:
        house.note(key, f"nota {key}")
    house.tick(KEYS[1])
    house.sync()
    house.reorder(TAB, rows(house)[::-1], people(house))
    house.sync()
    assert {key: house.row(key).people for key in KEYS} == {
        KEYS[0]: {"note": f"nota {KEYS[0]}"},
        KEYS[1]: {"note": f"nota {KEYS[1]}", "done": "✓"},
        KEYS[2]: {"note": f"nota {KEYS[2]}"},
        KEYS[3]: {},
    }
    assert house.questions() == ["part_sorted|exchanges"]
    assert house.sync().empty


def test_two_rows_are_enough(house: House) -> None:
    house.note(KEYS[0], "a")
    house.note(KEYS[1], "b")
    house.sync()
    two = [house.row(KEYS[0]).row, house.row(KEYS[1]).row]
    house.reorder(TAB, sorted(two, reverse=True), people(house))
    house.sync()
    assert (house.row(KEYS[0]).people, house.row(KEYS[1]).people) == ({"note": "a"}, {"note": "b"})


def test_ticks_that_rose_above_the_blanks(house: House) -> None:
    by_row = {house.row(key).row: key for key in KEYS}
    low = [by_row[row] for row in rows(house)[2:]]
    for key in low:
        house.tick(key)
    house.sync()
    house.reorder(TAB, [*rows(house)[2:], *rows(house)[:2]], people(house))
    house.sync()
    assert {key for key in KEYS if house.row(key).people.get("done")} == set(low)


def test_a_word_moved_to_another_row_is_no_sort(house: House) -> None:
    house.note(KEYS[0], "a")
    house.sync()
    house.note(KEYS[0], None)
    house.note(KEYS[1], "a")
    house.sync()
    assert house.row(KEYS[1]).people == {"note": "a"}
    assert house.questions() == []


def test_one_column_alone(house: House) -> None:
    for n, key in enumerate(KEYS):
        house.note(key, f"{n}")
        house.write(key, "owner", f"Ana {n}")
    house.sync()
    house.reorder(TAB, rows(house)[::-1], {house.position("note", TAB)})
    house.sync()
    assert [house.row(key).people["note"] for key in KEYS] == ["0", "1", "2", "3"]


def test_owners_that_two_people_swapped_stay_swapped(house: House) -> None:
    for key, owner in ((KEYS[0], "Ana"), (KEYS[1], "Bia")):
        house.write(key, "owner", owner)
        house.note(key, f"de {owner}")
    house.sync()
    house.write(KEYS[0], "owner", "Bia")
    house.write(KEYS[1], "owner", "Ana")
    house.sync()
    assert house.row(KEYS[0]).people["owner"] == "Bia"
    assert house.questions() == []


def test_columns_of_their_own_go_back_too(house: House) -> None:
    at = house.add_column("Turno", TAB)
    for n, key in enumerate(KEYS):
        house.put(TAB, house.row(key).row, at, f"t{n}")
        house.note(key, f"n{n}")
    house.sync()
    house.reorder(TAB, rows(house)[::-1], {*people(house), at})
    house.sync()
    assert [house.row(key).own["Turno"] for key in KEYS] == ["t0", "t1", "t2", "t3"]
    assert [house.row(key).people["note"] for key in KEYS] == ["n0", "n1", "n2", "n3"]


def test_machine_cells_sorted_alone_go_back_to_their_keys(house: House) -> None:
    house.tick(KEYS[0])
    house.sync()  # the rules do not name this one any more
    machine = {
        c.position for c in house.found(TAB).columns if c.key not in {"key", "done", "postpone_to", "owner", "note"}
    }
    house.reorder(TAB, rows(house)[::-1], machine)
    house.sync()
    assert [house.row(key).machine["customer"] for key in KEYS] == [f"Cliente 20{n:02}" for n in range(1, 5)]
    assert house.questions() == ["part_sorted|exchanges"]
    house.next_day(2)
    assert [row.machine["customer"] for row in house.history()] == ["Cliente 2001"]


def test_the_question_goes_once_it_is_seen_and_comes_again(house: House) -> None:
    for n, key in enumerate(KEYS):
        house.note(key, f"{n}")
    house.sync()
    house.reorder(TAB, rows(house)[::-1], people(house))
    house.sync()
    house.write("part_sorted|exchanges", "answer", "Entendi", OwnTab.QUESTIONS)
    house.sync()
    assert house.questions() == []
    house.reorder(TAB, rows(house)[::-1], people(house))
    house.sync()
    assert house.questions() == ["part_sorted|exchanges"]
    house.next_day(8)
    assert house.questions() == []

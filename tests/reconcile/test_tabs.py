"""History, questions, settings, upcoming."""

from __future__ import annotations

import pytest

from sheets_sync.model import End, OwnTab, Where
from sheets_sync.problems import question
from sheets_sync.reconcile.settings_tab import values
from tests.reconcile.house import DAY, ORDERS, TODAY, House

CHECK_IN = "check_in:P1:1"


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 7 * DAY)
    house.sync()
    return house


def a_doubt(found: str = "Semanau", **more: object) -> object:
    return question(
        "frequency_unreadable", Where(tab=ORDERS, row=2, column="Frequência", cell="E2"),
        identity=f"frequency_unreadable|{ORDERS}|frequency|{found}", choices=("yes", "no"),
        params={"tab": ORDERS, "column": "Frequência", "found": found}, **more,  # type: ignore[arg-type]
    )  # fmt: skip


# ── history ─────────────────────────────────────────────────────────────────


def test_a_row_of_the_history_says_everything(house: House) -> None:
    at = house.add_column("Turno")
    house.put(OwnTab.TOUCHPOINTS, house.row(CHECK_IN).row, at, "manhã")
    house.write(CHECK_IN, "owner", "Ana")
    house.note(CHECK_IN, "adorou")
    house.write(CHECK_IN, "postpone_to", TODAY + DAY)
    house.tick(CHECK_IN, TODAY)
    house.sync()
    house.next_day(2)
    (row,) = house.history()
    words = house.words
    assert row.key == CHECK_IN
    assert row.machine == {
        "ended_on": TODAY + 2 * DAY, "end": words.end(End.DONE), "task": words.task("check_in"), "customer": "Cliente 1001",
        "due": TODAY + DAY, "done_on": TODAY, "amount": 123.45, "owner": "Ana", "note": "adorou",
        "own": f"{words.column('postpone_to')}: 03/03/2026; Turno: manhã", "why": f"check_in P1 {TODAY - DAY}",
    }  # fmt: skip


def test_it_only_grows(house: House) -> None:
    house.tick(CHECK_IN)
    house.sync()
    house.next_day(2)
    sheet = house.sheet(OwnTab.HISTORY)
    house.put(OwnTab.HISTORY, 5, 8, "a Ana mudou isto")
    house.own_row("Ana", OwnTab.HISTORY) if house.found(OwnTab.HISTORY).header_row else None
    before = {row: dict(cells) for row, cells in sheet.rows.items()}
    house.shop.order("P2", "1002", TODAY - 9 * DAY)
    house.sync()
    house.next_day(20)
    after = house.sheet(OwnTab.HISTORY).rows
    assert all(after[row] == cells for row, cells in before.items())
    assert len(after) > len(before)


def test_a_deleted_history_is_born_empty_and_nothing_comes_back(house: House) -> None:
    house.tick(CHECK_IN)
    house.sync()
    house.next_day(2)
    house.delete_tab(OwnTab.HISTORY)
    house.sync()
    assert house.history() == []
    assert CHECK_IN not in house.keys()


# ── questions ───────────────────────────────────────────────────────────────


def test_a_question_has_a_place_a_dropdown_and_what_it_holds(house: House) -> None:
    house.shop.problems = (a_doubt(count=3),)  # type: ignore[assignment]
    made = house.sync()
    (add,) = next(tab for tab in made.tabs if tab.own is OwnTab.QUESTIONS).adds
    assert add.choices == {"answer": (house.words.answer("yes"), house.words.answer("no"))}
    assert add.cells["where"].link == "#'Pedidos'!E2"
    assert add.cells["count"].value == 3
    assert add.cells["found"].value == "Semanau"
    assert house.sync().empty


def test_an_answer_is_remembered_and_the_note_kept(house: House) -> None:
    house.shop.problems = (a_doubt(),)  # type: ignore[assignment]
    house.sync()
    key = house.questions()[0]
    house.write(key, "answer", "sim", OwnTab.QUESTIONS)
    house.write(key, "note", "é semanal", OwnTab.QUESTIONS)
    house.shop.problems = ()  # the rooms before do not ask what is answered
    house.sync()
    assert house.observed is not None
    assert house.observed.answers == {key: "yes"}
    assert house.questions() == []
    (row,) = house.history()
    assert (row.machine["end"], row.machine["note"]) == (house.words.answer("yes"), "é semanal")
    house.next_day()
    assert house.observed.answers == {key: "yes"}


def test_an_answer_that_is_none_stays(house: House) -> None:
    house.shop.problems = (a_doubt(),)  # type: ignore[assignment]
    house.sync()
    key = house.questions()[0]
    house.write(key, "answer", "sei lá", OwnTab.QUESTIONS)
    house.sync()
    assert house.rows(OwnTab.QUESTIONS)[key].people == {"answer": "sei lá"}
    house.shop.problems = ()
    house.sync()
    assert "sei lá" in str(house.history()[0].machine["own"])


def test_a_very_long_value_is_answered_too(house: House) -> None:
    house.shop.problems = (a_doubt("y" * 3000),)  # type: ignore[assignment]
    house.sync()
    (key,) = house.questions()
    assert len(key) <= 500
    house.write(key, "answer", "Não", OwnTab.QUESTIONS)
    house.sync()
    assert house.observed is not None
    house.shop.problems = ()
    house.sync()
    assert house.observed.answers[f"frequency_unreadable|{ORDERS}|frequency|{'y' * 3000}"] == "no"


def test_a_deleted_question_comes_back_while_it_stands(house: House) -> None:
    house.shop.problems = (a_doubt(),)  # type: ignore[assignment]
    house.sync()
    key = house.questions()[0]
    house.delete_row(key, OwnTab.QUESTIONS)
    house.sync()
    assert house.questions() == [key]


# ── settings ────────────────────────────────────────────────────────────────


def test_the_value_stays_blank_unless_a_person_fills_it(house: House) -> None:
    rows = house.rows(OwnTab.SETTINGS)
    assert rows["upcoming_days"].machine["default"] == "30"
    assert all(not row.people for row in rows.values())
    assert values(house.found(OwnTab.SETTINGS)) == {}


def test_what_people_fill_in_counts_and_stays(house: House) -> None:
    house.write("upcoming_days", "value", 20, OwnTab.SETTINGS)
    house.next_day()
    assert {key: value for key, (value, _) in values(house.found(OwnTab.SETTINGS)).items()} == {"upcoming_days": 20}


def test_a_row_that_people_typed_counts(house: House) -> None:
    sheet = house.sheet(OwnTab.SETTINGS)
    row = sheet.last_row + 1
    house.put(OwnTab.SETTINGS, row, house.position("setting", OwnTab.SETTINGS), "message.check_in.es")
    house.put(OwnTab.SETTINGS, row, house.position("value", OwnTab.SETTINGS), "¡Hola {name}!")
    house.sync()
    ((value, where),) = values(house.found(OwnTab.SETTINGS)).values()
    assert (value, where.cell) == ("¡Hola {name}!", f"C{row}")
    house.delete_tab(OwnTab.SETTINGS)
    house.sync()
    assert house.rows(OwnTab.SETTINGS)["message.check_in.es"].people == {"value": "¡Hola {name}!"}
    assert house.sync().empty


def test_a_setting_whose_key_was_cleared_is_known_by_its_name(house: House) -> None:
    house.write("upcoming_days", "value", 20, OwnTab.SETTINGS)
    house.write("upcoming_days", "key", None, OwnTab.SETTINGS)
    assert list(values(house.found(OwnTab.SETTINGS))) == ["upcoming_days"]
    house.sync()
    assert house.rows(OwnTab.SETTINGS)["upcoming_days"].people == {"value": 20}
    assert house.sync().empty


def test_a_deleted_setting_comes_back_blank_in_its_place(house: House) -> None:
    order = list(house.rows(OwnTab.SETTINGS))
    house.write("upcoming_days", "value", 20, OwnTab.SETTINGS)
    house.sync()
    house.delete_row("upcoming_days", OwnTab.SETTINGS)
    house.sync()
    assert list(house.rows(OwnTab.SETTINGS)) == order
    assert house.rows(OwnTab.SETTINGS)["upcoming_days"].people == {}


# ── upcoming ────────────────────────────────────────────────────────────────


def upcoming(house: House) -> list[str]:
    return list(house.rows(OwnTab.UPCOMING))


def test_upcoming_is_sorted_and_ends_with_who_is_not_in_the_cycle(house: House) -> None:
    house.shop.order("P2", "1002", TODAY)
    house.sync()
    assert upcoming(house) == [
        f"autoship_reminder:1001:{TODAY + 23 * DAY}", "check_in:P2:1", f"autoship_reminder:1002:{TODAY + 30 * DAY}",
        "upcoming:not_in_cycle:1",
    ]  # fmt: skip
    last = house.rows(OwnTab.UPCOMING)["upcoming:not_in_cycle:1"]
    assert "2" in str(last.machine["why"])


def test_a_new_one_comes_at_its_date_and_the_others_stay(house: House) -> None:
    house.shop.order("P2", "1002", TODAY - 2 * DAY)
    house.shop.order("P3", "1003", TODAY + 10 * DAY)
    house.sync()
    before = upcoming(house)
    house.shop.order("P4", "1004", TODAY + DAY)
    house.sync()
    days = [row.machine["visible_on"] for row in house.rows(OwnTab.UPCOMING).values() if "visible_on" in row.machine]
    assert days == sorted(days)  # type: ignore[type-var]
    assert [key for key in upcoming(house) if key in before] == before


def test_what_becomes_visible_leaves_it(house: House) -> None:
    key = f"autoship_reminder:1001:{TODAY + 23 * DAY}"
    house.next_day(3)
    assert key not in upcoming(house)
    assert key in house.keys()
    assert house.ended() == []


def test_words_in_a_column_of_their_own_go_to_the_history(house: House) -> None:
    key = f"autoship_reminder:1001:{TODAY + 23 * DAY}"
    at = house.add_column("Obs", OwnTab.UPCOMING)
    house.put(OwnTab.UPCOMING, house.rows(OwnTab.UPCOMING)[key].row, at, "cedo")
    house.next_day(3)
    assert [row.machine["own"] for row in house.history()] == ["Obs: cedo"]

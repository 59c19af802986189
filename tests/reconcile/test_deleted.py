"""Rows, columns and tabs that people delete."""

from __future__ import annotations

import pytest

from sheets_sync.model import End, OwnTab
from tests.reconcile.house import DAY, TODAY, House

CHECK_IN, APPROVE = "check_in:P1:1", "exchange_approve:T1:1"


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 7 * DAY)
    for n in range(1, 9):
        house.shop.exchange(f"T{n}", f"20{n:02}", TODAY - n * DAY)
    house.sync()
    return house


def approvals(house: House) -> list[str]:
    return [f"exchange_approve:T{n}:1" for n in range(1, 9)]


# ── rows ────────────────────────────────────────────────────────────────────


def test_a_deleted_row_is_dismissed(house: House) -> None:
    house.note(APPROVE, "já resolvido")
    house.sync()
    house.delete_row(APPROVE)
    house.sync()
    assert house.ended() == [(APPROVE, End.REMOVED)]
    assert house.history()[0].machine["note"] == "já resolvido"
    house.next_day(3)
    assert APPROVE not in house.keys()


def test_as_many_as_five_are_still_a_decision(house: House) -> None:
    for key in approvals(house)[:5]:
        house.delete_row(key)
    house.sync()
    assert {end for _, end in house.ended()} == {End.REMOVED}
    assert house.questions() == []


def test_more_come_back_once_with_one_question(house: House) -> None:
    house.note(APPROVE, "ligar")
    house.sync()
    for key in approvals(house)[:6]:
        house.delete_row(key)
    house.sync()
    assert house.keys() >= set(approvals(house))
    assert house.row(APPROVE).people == {"note": "ligar"}
    assert house.questions() == [f"rows_vanished|{TODAY}"]
    assert house.rows(OwnTab.QUESTIONS)[house.questions()[0]].machine["count"] == 6
    assert house.ended() == []
    assert house.sync().empty


def test_yes_dismisses_them_at_the_next_run(house: House) -> None:
    for key in approvals(house)[:6]:
        house.delete_row(key)
    house.sync()
    house.note(APPROVE, "agora sim")
    house.write(house.questions()[0], "answer", "Sim", OwnTab.QUESTIONS)
    house.next_day()
    assert not house.keys() & set(approvals(house)[:6])
    assert sorted(house.ended())[:1] == [(APPROVE, End.REMOVED)]
    assert any(row.machine.get("note") == "agora sim" for row in house.history())
    assert house.questions() == []
    house.next_day()
    assert APPROVE not in house.keys()


def test_yes_counts_for_all_that_is_deleted_that_day(house: House) -> None:
    for key in approvals(house)[:6]:
        house.delete_row(key)
    house.sync()
    house.write(house.questions()[0], "answer", "Sim", OwnTab.QUESTIONS)
    for key in approvals(house):
        house.delete_row(key)
    house.sync()
    assert not house.keys() & set(approvals(house))
    assert house.sync().empty


def test_no_keeps_them_and_settles_the_question(house: House) -> None:
    for key in approvals(house)[:6]:
        house.delete_row(key)
    house.sync()
    house.write(house.questions()[0], "answer", "Não", OwnTab.QUESTIONS)
    house.sync()
    assert house.questions() == []
    assert house.keys() >= set(approvals(house))
    assert house.next_day().memory is not None
    assert house.questions() == []


def test_the_second_time_it_is_on_purpose(house: House) -> None:
    for _ in range(2):
        for key in approvals(house)[:6]:
            house.delete_row(key)
        house.sync()
    assert not house.keys() & set(approvals(house)[:6])
    assert {end for _, end in house.ended()} == {End.REMOVED}


def test_a_done_row_cleared_away_was_done(house: House) -> None:
    house.tick(APPROVE)
    house.sync()
    house.delete_row(APPROVE)
    house.sync()
    assert house.ended() == [(APPROVE, End.DONE)]


def test_a_row_with_a_cleared_key_is_known_by_its_cells(house: House) -> None:
    house.note(APPROVE, "importante")
    house.sync()
    house.write(APPROVE, "key", None)
    house.sync()
    assert house.row(APPROVE).people == {"note": "importante"}
    assert house.ended() == []
    assert house.sync().empty


# ── columns ─────────────────────────────────────────────────────────────────


def test_a_deleted_machine_column_stays_away_until_the_tab_is_reborn(house: House) -> None:
    house.delete_column("why", OwnTab.EXCHANGES)
    house.next_day()
    assert "why" not in {c.key for c in house.found(OwnTab.EXCHANGES).columns}
    assert house.questions() == []
    house.delete_tab(OwnTab.EXCHANGES)
    house.sync()
    assert "why" in {c.key for c in house.found(OwnTab.EXCHANGES).columns}


def test_the_first_column_too(house: House) -> None:
    house.note(APPROVE, "n")
    house.delete_column("status", OwnTab.EXCHANGES)
    house.next_day()
    assert "status" not in {c.key for c in house.found(OwnTab.EXCHANGES).columns}
    assert house.row(APPROVE).machine["customer"] == "Cliente 2001"
    assert house.sync().empty


def test_the_key_column_comes_back(house: House) -> None:
    house.note(APPROVE, "fica")
    house.tick("exchange_approve:T2:1")
    house.sync()
    house.delete_column("key", OwnTab.EXCHANGES)
    house.next_day()
    assert set(approvals(house)) <= house.keys()
    assert house.row(APPROVE).people == {"note": "fica"}
    assert house.row("exchange_approve:T2:1").people == {"done": "✓"}
    assert house.ended() == []
    assert house.sync().empty


def test_what_stood_in_a_deleted_peoples_column_is_not_lost(house: House) -> None:
    house.note(APPROVE, "antes")
    house.sync()
    house.delete_column("note", OwnTab.EXCHANGES)
    house.sync()
    house.tick(APPROVE)
    house.next_day()
    house.next_day(2)
    assert [row.machine["note"] for row in house.history()] == ["antes"]


def test_the_words_of_a_column_of_their_own(house: House) -> None:
    at = house.add_column("Turno", OwnTab.EXCHANGES)
    house.put(OwnTab.EXCHANGES, house.row(APPROVE).row, at, "manhã")
    house.sync()
    house.tick(APPROVE)
    house.sync()
    house.next_day(2)
    assert [row.machine["own"] for row in house.history()] == ["Turno: manhã"]


def test_a_renamed_column_of_their_own_is_told_once(house: House) -> None:
    at = house.add_column("Turno", OwnTab.EXCHANGES)
    house.put(OwnTab.EXCHANGES, house.row(APPROVE).row, at, "manhã")
    house.sync()
    house.put(OwnTab.EXCHANGES, 4, at, "Período")
    house.tick(APPROVE)
    house.sync()
    house.next_day(2)
    assert [row.machine["own"] for row in house.history()] == ["Período: manhã"]


# ── tabs ────────────────────────────────────────────────────────────────────


def test_a_deleted_tab_comes_back_with_what_people_last_wrote(house: House) -> None:
    at = house.add_column("Turno", OwnTab.EXCHANGES)
    house.put(OwnTab.EXCHANGES, house.row(APPROVE).row, at, "manhã")
    house.note(APPROVE, "nota")
    house.tick("exchange_approve:T2:1")
    house.sync()
    house.delete_tab(OwnTab.EXCHANGES)
    house.sync()
    assert house.row(APPROVE).people == {"note": "nota"}
    assert house.row(APPROVE).own == {"Turno": "manhã"}
    assert house.status("exchange_approve:T2:1") == house.words.status("done")
    assert house.questions() == []
    assert house.sync().empty


def test_upcoming_does_not(house: House) -> None:
    house.delete_tab(OwnTab.UPCOMING)
    house.sync()
    house.next_day(2)
    assert house.backend.own(OwnTab.UPCOMING) is None


def test_questions_and_settings_come_back_with_their_answers(house: House) -> None:
    house.tick(APPROVE, "talvez")
    house.sync()
    house.write(house.questions()[0], "note", "perguntar à Ana", OwnTab.QUESTIONS)
    house.write("upcoming_days", "value", 20, OwnTab.SETTINGS)
    house.sync()
    house.delete_tab(OwnTab.QUESTIONS)
    house.delete_tab(OwnTab.SETTINGS)
    house.sync()
    assert house.rows(OwnTab.QUESTIONS)[house.questions()[0]].people == {"note": "perguntar à Ana"}
    assert house.rows(OwnTab.SETTINGS)["upcoming_days"].people == {"value": 20}
    assert house.sync().empty


def test_a_tab_whose_title_is_taken_gets_another(house: House) -> None:
    house.delete_tab(OwnTab.EXCHANGES)
    house.backend.put("Trocas a fazer", [["a lista da Ana"]])
    house.sync()
    assert house.sheet(OwnTab.EXCHANGES).title == "Trocas a fazer 2"
    assert house.sync().empty

"""The memory when ``_sync`` is lost: what the tabs still tell of ticks, notes, ends, silences and answers."""

from __future__ import annotations

import pytest

from sheets_sync import locale
from sheets_sync.memory import Memory
from sheets_sync.model import End, FoundTab, OwnTab
from sheets_sync.reconcile.recovery import recall, recovered
from tests.reconcile.house import DAY, TODAY, House

CHECK_IN, REMINDER, APPROVE = "check_in:P1:1", "autoship_reminder:1001:2026-03-11", "exchange_approve:T1:1"


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 7 * DAY, next_on=TODAY + 9 * DAY)
    house.shop.exchange("T1", "1002", TODAY - DAY)
    house.sync()
    return house


def tabs(house: House) -> dict[OwnTab, FoundTab]:
    return {own: house.found(own) for own in OwnTab if own is not OwnTab.SYNC and house.backend.own(own)}


def told(house: House) -> Memory:
    return recovered(tabs(house), house.today)


def test_a_memory_that_is_there_is_taken_as_it_is(house: House) -> None:
    memory, problems = recall(house.backend.memory, tabs(house), TODAY)
    assert memory.last_run_on == TODAY
    assert problems == ()


@pytest.mark.parametrize(("text", "code"), [(None, "memory_lost"), ("", "memory_lost"), ("x", "memory_unreadable")])
def test_a_lost_one_is_told_from_the_tabs_with_a_notice(house: House, text: str | None, code: str) -> None:
    memory, problems = recall(text, tabs(house), TODAY)
    assert memory.rows.keys() == {CHECK_IN, REMINDER, APPROVE}
    assert [p.code for p in problems] == [code]


def test_without_tabs_of_ours_it_is_a_first_run() -> None:
    assert recall(None, {}, TODAY) == (Memory(), ())


def test_rows_keep_their_people_and_the_day_of_a_tick(house: House) -> None:
    house.tick(CHECK_IN, TODAY - 2 * DAY)
    house.tick(APPROVE, "✓")
    house.note(APPROVE, "ligar às 10")
    house.write(REMINDER, "postpone_to", TODAY + 3 * DAY)
    rows = told(house).rows
    assert rows[CHECK_IN].done_on == TODAY - 2 * DAY
    assert rows[APPROVE].done_on == TODAY, "nobody knows since when"
    assert rows[APPROVE].people["note"] == "ligar às 10"
    assert rows[REMINDER].postponed_to == TODAY + 3 * DAY
    assert rows[REMINDER].done_on is None


def test_a_date_ahead_typed_as_tick_counts_from_today(house: House) -> None:
    house.tick(CHECK_IN, TODAY + 5 * DAY)
    assert told(house).rows[CHECK_IN].done_on == TODAY


def test_a_row_knows_its_source_by_its_link(house: House) -> None:
    source = told(house).rows[CHECK_IN].source
    assert (source.tab, source.row) == ("Pedidos", 2)


def test_own_columns_come_along(house: House) -> None:
    position = house.add_column("Prioridade")
    house.put(OwnTab.TOUCHPOINTS, house.row(CHECK_IN).row, position, "alta")
    assert told(house).rows[CHECK_IN].own == {"Prioridade": "alta"}


def test_a_persons_row_is_nobodys_task(house: House) -> None:
    house.own_row("lembrar do fornecedor")
    house.copy_row(CHECK_IN)
    assert told(house).rows.keys() == {CHECK_IN, REMINDER, APPROVE}


def test_what_ended_stays_ended(house: House) -> None:
    house.tick(CHECK_IN, TODAY)
    house.next_day()
    house.delete_row(APPROVE)
    house.next_day()
    finished = told(house).finished
    assert {key: f.end for key, f in finished.items()} == {CHECK_IN: End.DONE, APPROVE: End.REMOVED}
    assert finished[CHECK_IN].on == TODAY, "its tick counts from the day it was made"
    house.backend.memory = None
    house.next_day()
    assert not {CHECK_IN, APPROVE} & house.keys()


def test_a_superseded_row_may_come_back(house: House) -> None:
    house.shop.order("P1", "1001", TODAY - 7 * DAY, next_on=TODAY + 29 * DAY)
    house.next_day()
    assert (REMINDER, End.SUPERSEDED) in house.ended()
    assert REMINDER not in told(house).finished


def test_words_of_a_silenced_row_wait_until_the_silence_ends(house: House) -> None:
    house.note(CHECK_IN, "prefere WhatsApp")
    house.sync()
    house.shop.silenced = {"1001"}
    house.next_day()
    house.backend.memory = None
    assert not told(house).rows[CHECK_IN].shown
    house.next_day()
    assert CHECK_IN not in house.keys()
    house.shop.silenced = set()
    house.next_day()
    assert house.row(CHECK_IN).people == {"note": "prefere WhatsApp"}


def test_answers_given_are_still_given(house: House) -> None:
    for n in range(2, 9):
        house.shop.exchange(f"T{n}", f"20{n:02}", TODAY)
    house.sync()
    for n in range(2, 9):
        house.delete_row(f"exchange_approve:T{n}:1")
    house.sync()
    question = house.questions()[0]
    house.write(question, "answer", "Não", OwnTab.QUESTIONS)
    house.sync()
    assert told(house).answers[question] == "no"


@pytest.mark.parametrize("language", locale.LANGUAGES)
def test_the_language_is_that_of_the_headings_even_under_other_titles(language: str) -> None:
    house = House()
    house.settings = type(house.settings).default(language)
    house.shop.order("P1", "1001", TODAY - 7 * DAY)
    house.sync()
    house.sheet().title = "Meu trabalho"
    assert told(house).language == language


def test_a_run_without_memory_changes_no_cell_of_people(house: House) -> None:
    house.tick(APPROVE)
    house.note(CHECK_IN, "voltar amanhã")
    house.sync()
    before = {key: dict(house.row(key).people) for key in house.keys()}
    house.backend.memory = None
    house.sync()
    assert {key: dict(house.row(key).people) for key in house.keys()} == before
    assert house.sync().empty

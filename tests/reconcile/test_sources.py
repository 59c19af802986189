"""What happens to rows when their source rows change: silences, unreadable cells, corrections, newer orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sheets_sync.model import End, OwnTab, Problem, Severity, Value, Where
from sheets_sync.problems import question
from tests.reconcile.house import DAY, EXCHANGES, ORDERS, TODAY, House

CHECK_IN, REMINDER, VOUCHER = "check_in:P1:1", "autoship_reminder:1001:2026-03-20", "voucher_expiring:T1:2026-03-05"


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 12 * DAY, next_on=date(2026, 3, 20))
    house.shop.exchange("T1", "1003", TODAY - 5 * DAY, expires_on=date(2026, 3, 5))
    house.sync()
    return house


def written(house: House, key: str) -> dict[str, Value]:
    """Somebody writes into each of a row's cells."""
    cells: dict[str, Value] = {"postpone_to": TODAY + 2 * DAY, "owner": "Ana", "note": f"nota de {key}"}
    for column, value in cells.items():
        house.write(key, column, value)
    house.sync()
    return cells


# ── silences ────────────────────────────────────────────────────────────────


def test_a_silence_takes_the_row_and_its_words_wait(house: House) -> None:
    cells = written(house, REMINDER)
    house.shop.silenced.add("1001")
    house.sync()
    assert house.keys() == {VOUCHER}
    assert house.sync().empty
    house.next_day(2)
    house.shop.silenced.clear()
    house.next_day()
    assert house.row(REMINDER).people == cells


def test_the_history_says_where_the_words_went(house: House) -> None:
    written(house, REMINDER)
    house.shop.silenced.add("1001")
    house.sync()
    assert house.ended() == [(REMINDER, End.SILENCED)]  # the check-in bore no words


def test_a_silenced_row_that_expires_goes_to_the_history(house: House) -> None:
    written(house, REMINDER)
    house.shop.silenced.add("1001")
    house.sync()
    house.today = date(2026, 3, 21)
    house.sync()
    assert (REMINDER, End.EXPIRED) in house.ended()
    house.shop.silenced.clear()
    house.sync()
    assert REMINDER not in house.keys()


def test_a_ticked_row_is_not_silenced(house: House) -> None:
    house.tick(CHECK_IN)
    house.shop.silenced.add("1001")
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("done")


# ── unreadable ──────────────────────────────────────────────────────────────


def test_a_row_that_cannot_be_read_holds_its_tasks(house: House) -> None:
    before = house.row(CHECK_IN)
    house.shop.orders["P1"] = replace(house.shop.orders["P1"], readable=False)
    house.shop.problems = (
        question("date_unreadable", Where(tab=ORDERS, row=2, cell="C2"), identity="date_unreadable|Pedidos|ordered_on|x",
                 params={"tab": ORDERS, "column": "Data", "found": "x"}),
    )  # fmt: skip
    house.sync()
    assert house.status(CHECK_IN) == house.words.status("held")
    assert house.row(CHECK_IN).machine["why"] == before.machine["why"]
    asked = house.rows(OwnTab.QUESTIONS)["date_unreadable|Pedidos|ordered_on|x"]
    assert asked.machine["effect"] == house.words.effect(2)
    house.next_day(200)
    assert {CHECK_IN, REMINDER} <= house.keys()
    assert house.sync().empty


def test_it_goes_on_when_it_can_be_read_again(house: House) -> None:
    written(house, CHECK_IN)
    house.shop.orders["P1"] = replace(house.shop.orders["P1"], readable=False)
    house.next_day()
    house.shop.orders["P1"] = replace(house.shop.orders["P1"], readable=True)
    house.next_day()
    assert house.status(CHECK_IN) == house.words.status("open_today")  # postponed to today
    house.next_day(8)
    assert (CHECK_IN, End.EXPIRED) in house.ended()


def test_a_source_tab_that_could_not_be_used_holds_all_of_its_tasks(house: House) -> None:
    house.shop.left_out.add(ORDERS)
    house.next_day(30)
    assert {CHECK_IN, REMINDER} <= house.keys()
    assert house.status(REMINDER) == house.words.status("held")


def test_a_held_row_of_a_deleted_tab_comes_back(house: House) -> None:
    cells = written(house, CHECK_IN)
    house.shop.left_out.add(ORDERS)
    house.sync()
    house.delete_tab(OwnTab.TOUCHPOINTS)
    house.sync()
    assert house.row(CHECK_IN).people == cells
    assert house.status(CHECK_IN) == house.words.status("held")
    assert house.sync().empty


def test_a_held_row_may_be_ticked_and_dismissed(house: House) -> None:
    house.shop.left_out.add(ORDERS)
    house.sync()
    house.tick(CHECK_IN)
    house.delete_row(REMINDER)
    house.sync()
    house.next_day(2)
    assert sorted(house.ended()) == sorted([(REMINDER, End.REMOVED), (CHECK_IN, End.DONE)])


# ── newer orders, calendars ─────────────────────────────────────────────────


def test_a_newer_order_takes_the_place(house: House) -> None:
    written(house, REMINDER)
    house.shop.order("P2", "1001", TODAY)
    house.sync()
    assert (REMINDER, End.SUPERSEDED) in house.ended()
    house.next_day(12)
    assert all("note" not in row.people for key, row in house.rows().items() if key.startswith("autoship"))


def test_a_task_that_is_not_due_yet_any_more_waits(house: House) -> None:
    cells = written(house, CHECK_IN)
    house.shop.order("P1", "1001", TODAY - 2 * DAY, next_on=date(2026, 3, 20))
    house.sync()
    assert CHECK_IN not in house.keys()
    house.next_day(4)
    assert house.row(CHECK_IN).people == cells


def test_expired_is_final(house: House) -> None:
    house.next_day(1)
    assert (CHECK_IN, End.EXPIRED) in house.ended()
    house.shop.order("P1", "1001", TODAY - 7 * DAY, next_on=date(2026, 3, 20))  # its window would be open again
    house.next_day(1)
    assert CHECK_IN not in house.keys()


def test_superseded_is_not(house: House) -> None:
    house.shop.order("P2", "1001", TODAY - DAY)
    house.sync()
    assert (CHECK_IN, End.SUPERSEDED) in house.ended()
    del house.shop.orders["P2"]
    house.sync()
    assert CHECK_IN in house.keys()


# ── corrections ─────────────────────────────────────────────────────────────


def test_when_n_moves_the_words_go_with_it_but_not_the_tick(house: House) -> None:
    cells = written(house, REMINDER)
    house.tick(REMINDER)
    house.shop.order("P1", "1001", TODAY - 12 * DAY, next_on=date(2026, 3, 18))
    house.sync()
    assert house.row("autoship_reminder:1001:2026-03-18").people == cells
    assert (REMINDER, End.DONE) in house.ended()
    assert REMINDER not in house.keys()


def test_an_expiry_that_moves_takes_everything_along(house: House) -> None:
    at = house.add_column("Turno", OwnTab.EXCHANGES)
    house.put(OwnTab.EXCHANGES, house.row(VOUCHER).row, at, "manhã")
    cells = written(house, VOUCHER)
    house.tick(VOUCHER)
    house.sync()
    house.shop.exchange("T1", "1003", TODAY - 5 * DAY, expires_on=date(2026, 3, 8))
    house.sync()
    moved = house.row("voucher_expiring:T1:2026-03-08")
    assert moved.people == {**cells, "done": "✓"}
    assert moved.own == {"Turno": "manhã"}
    assert house.status("voucher_expiring:T1:2026-03-08") == house.words.status("done")
    assert house.ended() == [(VOUCHER, End.SUPERSEDED)]
    house.next_day(2)
    assert ("voucher_expiring:T1:2026-03-08", End.DONE) in house.ended()


def test_an_order_date_corrected_a_little(house: House) -> None:
    house.shop.order("P1", "1001", TODAY - 12 * DAY)
    house.sync()
    old = f"autoship_reminder:1001:{TODAY + 18 * DAY}"
    cells = written(house, old)
    house.shop.order("P1", "1001", TODAY - 13 * DAY)
    house.sync()
    assert house.row(f"autoship_reminder:1001:{TODAY + 17 * DAY}").people == cells


def test_an_order_date_moved_by_half_an_interval_is_an_order(house: House) -> None:
    house.shop.order("P1", "1001", TODAY - 27 * DAY)
    house.sync()
    old = f"autoship_reminder:1001:{TODAY + 3 * DAY}"
    written(house, old)
    house.shop.order("P1", "1001", TODAY - 12 * DAY)
    house.sync()
    new = f"autoship_reminder:1001:{TODAY + 18 * DAY}"
    assert house.row(new).people == {}
    assert (old, End.SUPERSEDED) in house.ended()


def test_a_ticked_reminder_that_outlived_its_order_passes_nothing_on_to_the_next_one(house: House) -> None:
    house.shop.order("P1", "1001", TODAY - 12 * DAY)
    house.sync()
    old = f"autoship_reminder:1001:{TODAY + 18 * DAY}"
    cells = written(house, old)
    house.tick(old)
    house.sync()
    house.shop.order("P5", "1001", TODAY - 4 * DAY)  # its own reminder comes in six days
    house.sync()
    house.next_day(6)
    assert house.row(f"autoship_reminder:1001:{TODAY + 26 * DAY}").people == {}
    assert house.row(old).people == {**cells, "done": "✓"}


def test_a_key_that_ended_otherwise_passes_nothing_on(house: House) -> None:
    written(house, VOUCHER)
    house.delete_row(VOUCHER)
    house.shop.exchange("T1", "1003", TODAY - 5 * DAY, expires_on=date(2026, 3, 8))
    house.sync()
    assert house.row("voucher_expiring:T1:2026-03-08").people == {}


def test_a_customer_known_by_a_stronger_identity(house: House) -> None:
    cells = written(house, REMINDER)
    house.tick(REMINDER)
    house.sync()
    house.shop.aliases = {"1001": "C-77"}
    house.shop.order("P1", "C-77", TODAY - 12 * DAY, next_on=date(2026, 3, 20))
    house.sync()
    moved = "autoship_reminder:C-77:2026-03-20"
    assert house.row(moved).people == {**cells, "done": "✓"}
    assert REMINDER not in house.keys()
    assert CHECK_IN in house.keys()
    assert house.ended() == []
    assert house.sync().empty
    house.shop.aliases = {}
    assert house.next_day().memory is not None
    assert moved in house.keys()


# ── setting start_on ────────────────────────────────────────────────────────


def test_nothing_older_than_start_on_is_made() -> None:
    from sheets_sync.config import Settings

    house = House(settings=Settings.default(start_on=TODAY))
    house.shop.order("P1", "1001", TODAY - 12 * DAY)
    house.shop.order("P2", "1002", TODAY - 6 * DAY)
    house.sync()
    assert house.keys() == {"check_in:P2:1", f"autoship_reminder:1001:{TODAY + 18 * DAY}"}


def test_a_first_run_with_many_old_tasks_names_the_setting() -> None:
    house = House()
    for n in range(60):
        house.shop.exchange(f"T{n}", "1003", TODAY - 100 * DAY)
    house.shop.order("P1", "1001", TODAY)
    house.sync()
    assert house.last is not None
    assert [p.code for p in house.last.problems if p.severity is Severity.NOTICE] == ["many_old_tasks"]
    assert house.sync().empty
    house.next_day()
    assert isinstance(house.last.problems, tuple)
    assert not [p for p in house.last.problems if isinstance(p, Problem) and p.code == "many_old_tasks"]
    assert EXCHANGES  # the tab they are from

"""Faults planted in the product, one at a time: the machines must catch each, or they prove nothing.

A fault counts as caught if a few lives, the same every time, come upon it and say ``caught``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from msgspec.structs import replace

from sheets_sync import memory, plan, run
from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.memory import Memory, RowMemory
from sheets_sync.model import AddRow, Applied, Cell, FoundTab, Moved, Plan, RemoveRow, UpdateRow
from sheets_sync.reconcile import history, lines, observe, reconcile, recovery, remember, tabs, task_tab, told
from sheets_sync.reconcile.facts import Facts
from sheets_sync.reconcile.history import Ended
from sheets_sync.reconcile.keys import STILL
from sheets_sync.reconcile.observe import Observed
from sheets_sync.reconcile.people import People
from tests.corridor.desk import Desk
from tests.corridor.judge import Judge
from tests.corridor.source_tabs import ORDERS
from tests.lives import short_life
from tests.test_corridor_machine import CorridorMachine
from tests.test_house_machine import HouseMachine

Plant = pytest.MonkeyPatch
Machine = type[RuleBasedStateMachine]
FAULTS: list[Any] = []
SHORT = short_life(examples=40, steps=16)


def fault(machine: Machine, caught: str) -> Callable[[Callable[[Plant], None]], None]:
    """A fault that lives in ``machine`` come upon."""

    def add(plant: Callable[[Plant], None]) -> None:
        FAULTS.append(pytest.param(machine, plant, caught, id=plant.__name__))

    return add


# ── rows ────────────────────────────────────────────────────────────────────


@fault(HouseMachine, "foreign rows|must be shown|words lost|rows nobody asked for")
def a_removal_knows_a_stale_row(plant: Plant) -> None:
    def removal(key: str, row: Any, *_: Any) -> RemoveRow:
        return RemoveRow(key=key, row=row.row + 1, before=dict(row.machine))

    plant.setattr(tabs, "removal", removal)


@fault(HouseMachine, "people's cells of")
def an_update_blanks_a_note(plant: Plant) -> None:
    right = lines._update

    def update(*given: Any) -> UpdateRow | None:
        made = right(*given)
        return replace(made, people={"note": None}) if made is not None else None

    plant.setattr(lines, "_update", update)


@fault(HouseMachine, "must be shown")
def an_update_writes_another_key(plant: Plant) -> None:
    right = lines._update

    def update(*given: Any) -> UpdateRow | None:
        made = right(*given)
        return replace(made, cells={**made.cells, "key": Cell(value="check_in:P0:1")}) if made is not None else None

    plant.setattr(lines, "_update", update)


@fault(HouseMachine, "people's cells of")
def a_reborn_row_forgets_its_people(plant: Plant) -> None:
    right = lines.AddRow

    def born(**given: Any) -> AddRow:
        return right(**{**given, "people": {}})

    plant.setattr(lines, "AddRow", born)


@fault(HouseMachine, "foreign rows|words lost|must be shown|rows lost")
def rows_without_a_key_are_swept_away(plant: Plant) -> None:
    right = tabs._removes

    def removes(own: Any, gone: Any, observed: Observed) -> Iterator[RemoveRow]:
        yield from right(own, gone, observed)
        rows = observed.tabs[own].rows if own in observed.tabs else ()
        yield from (RemoveRow(key="", row=r.row, before={}) for r in rows if r.key is None and r.copy_of is None)

    plant.setattr(tabs, "_removes", removes)


@fault(HouseMachine, "people's cells of|words lost|foreign rows|:1$")
def the_lowest_of_two_copies_is_the_task(plant: Plant) -> None:
    right = observe.look

    def look(found: FoundTab, *given: Any) -> Any:
        copied = {r.copy_of for r in found.rows if r.copy_of}
        rows = tuple(
            replace(r, key=None, copy_of=r.key) if r.key in copied else replace(r, key=r.copy_of or r.key, copy_of=None)
            for r in found.rows
        )
        return right(replace(found, rows=rows), *given)

    plant.setattr(observe, "look", look)


@fault(HouseMachine, "people's cells of")
def a_sorted_part_is_taken_as_it_stands(plant: Plant) -> None:
    plant.setattr(task_tab, "part_sorted", lambda *_given: None)


@fault(HouseMachine, "comments on")
def a_comment_stays_where_a_half_sort_left_it(plant: Plant) -> None:
    plant.setattr(task_tab, "brought_back", lambda *_: {})


# ── ends ────────────────────────────────────────────────────────────────────


@fault(HouseMachine, "words lost")
def the_history_drops_the_note(plant: Plant) -> None:
    right = history.ended_rows

    def ended_rows(ended: Ended, *given: Any) -> tuple[AddRow, ...]:
        cells = {k: v for k, v in ended.people.cells.items() if k != "note"}
        return right(replace(ended, people=replace(ended.people, cells=cells)), *given)

    plant.setattr(history, "ended_rows", ended_rows)


@fault(HouseMachine, "words lost")
def the_history_drops_the_comments(plant: Plant) -> None:
    right = history.ended_rows

    def ended_rows(ended: Ended, *given: Any) -> tuple[AddRow, ...]:
        return right(replace(ended, people=replace(ended.people, remarks=())), *given)

    plant.setattr(history, "ended_rows", ended_rows)


@fault(HouseMachine, "rows nobody asked for|ended, and there again|a second run")
def what_ended_is_forgotten(plant: Plant) -> None:
    plant.setattr(remember, "_still_wanted", lambda *_given: {})


@fault(HouseMachine, "must be shown|rows nobody asked for|foreign rows")
def a_deleted_row_comes_back(plant: Plant) -> None:
    right = observe._vanished

    def vanished(*given: Any) -> tuple[frozenset[str], frozenset[str], dict[str, date]]:
        _, returning, days = right(*given)
        return frozenset(), returning, days

    plant.setattr(observe, "_vanished", vanished)


@fault(HouseMachine, "must be shown")
def rows_deleted_together_are_dismissed_at_once(plant: Plant) -> None:
    plant.setattr(observe, "MANY", 10**6)


@fault(HouseMachine, "must be shown|status of")
def a_postponement_is_ignored(plant: Plant) -> None:
    plant.setattr(told.Listening, "_postponed", lambda *_given: None)


@fault(HouseMachine, "people's cells of|words lost")
def what_waits_for_a_silence_to_end_is_forgotten(plant: Plant) -> None:
    def waits(row: RowMemory, _people: People) -> RowMemory:
        return replace(row, shown=False, people={}, own={}, machine="")

    plant.setattr(reconcile, "_waits", waits)


@fault(HouseMachine, "must be shown")
def rows_of_unreadable_sources_go(plant: Plant) -> None:
    plant.setattr(Facts, "holds", lambda *_given: False)


# ── the memory, the gate, the second run ────────────────────────────────────


@fault(HouseMachine, "rows nobody asked for|ended, and there again")
def a_rebuilt_memory_forgets_the_history(plant: Plant) -> None:
    plant.setattr(recovery, "_ended", lambda *_given: ({}, {}, {}))


@fault(HouseMachine, "people's cells of|words lost")
def a_lost_memory_is_an_empty_one(plant: Plant) -> None:
    plant.setattr(recovery, "recovered", lambda *_given: Memory())


@fault(HouseMachine, "a second run")
def the_memory_never_looks_the_same(plant: Plant) -> None:
    plant.setattr(plan.memory, "same", lambda *_given: False)


@fault(HouseMachine, "DID NOT RAISE")
def an_emptied_tab_is_nothing_to_worry_about(plant: Plant) -> None:
    right = reconcile._safety
    plant.setattr(reconcile, "_safety", lambda *given: replace(right(*given), emptied=()))


@fault(HouseMachine, "must be shown|people's cells|a second run")
def the_memory_is_saved_and_the_rows_are_not(plant: Plant) -> None:
    right = MemoryBackend.apply

    def apply(backend: MemoryBackend, made: Plan) -> Applied:
        return right(backend, replace(made, tabs=made.tabs[1:]) if len(made.tabs) > 2 else made)

    plant.setattr(MemoryBackend, "apply", apply)


# ── the corridor: slow, so its lives are told by hand ───────────────────────


@cache
def _begun() -> tuple[Desk, Judge]:
    life = CorridorMachine()
    life.begin(ago=[12, 8, 25], exchanges=3)
    return life.desk, life.judge


def begun() -> CorridorMachine:
    """A shop with exchanges of both kinds, a reminder that is visible, and a note at each task."""
    life = CorridorMachine()
    life.desk, life.judge = deepcopy(_begun())
    return life


def names_come(life: CorridorMachine) -> None:
    life.desk.source.customers[0].email = "ana@example.com"
    life.run()


def numbers_come(life: CorridorMachine) -> None:
    for at, exchange in enumerate(life.desk.source.exchanges.values()):
        exchange.number = f"T{at}"
    life.run()


def ids_are_corrected(life: CorridorMachine) -> None:
    life.desk.source.correct_order("P1", "P-900")
    life.run()


def a_phone_is_corrected(life: CorridorMachine) -> None:
    life.desk.source.customers[0].phone = "+5543999220001"
    life.run()


def rows_become_unreadable(life: CorridorMachine) -> None:
    life.desk.source.orders["P0"].readable = False
    life.run()


def a_tab_is_emptied(life: CorridorMachine) -> None:
    CorridorMachine.a_source_tab_loses_its_rows(life, ORDERS)


def the_memory_is_lost(life: CorridorMachine) -> None:
    CorridorMachine.lose_the_memory(life, None)


def days_go_by(life: CorridorMachine) -> None:
    CorridorMachine.days_pass(life, 1)


LIVED = (
    names_come, numbers_come, ids_are_corrected, a_phone_is_corrected, rows_become_unreadable, a_tab_is_emptied, the_memory_is_lost,
    days_go_by,
)  # fmt: skip
Life = Callable[[CorridorMachine], None]
CORRIDOR: list[Any] = []


def of_corridor(live: Life, caught: str) -> Callable[[Callable[[Plant], None]], None]:
    """A fault of the corridor, and the life that comes upon it."""

    def add(plant: Callable[[Plant], None]) -> None:
        CORRIDOR.append(pytest.param(live, plant, caught, id=plant.__name__))

    return add


@of_corridor(names_come, "became {}")
def a_better_name_of_a_customer_is_not_followed(plant: Plant) -> None:
    right = observe.with_aliases

    def with_aliases(seen: Observed, _aliases: Mapping[str, str], moved: Moved = STILL) -> Observed:
        return right(seen, {}, moved)

    plant.setattr(observe, "with_aliases", with_aliases)


@of_corridor(numbers_come, "became {}")
def the_number_of_an_exchange_is_not_followed(plant: Plant) -> None:
    right = observe.with_aliases
    plant.setattr(observe, "with_aliases", lambda seen, aliases, _moved=STILL: right(seen, aliases))


@of_corridor(ids_are_corrected, "became {}")
def a_corrected_id_is_not_followed(plant: Plant) -> None:
    plant.setattr(run, "corrected_subjects", lambda *_: STILL)


@of_corridor(a_phone_is_corrected, "became {}")
def a_corrected_identity_is_not_followed(plant: Plant) -> None:
    plant.setattr(run, "corrected_customers", lambda *_: {})


@of_corridor(rows_become_unreadable, "held row dropped")
def the_corridor_does_not_say_what_is_unread(plant: Plant) -> None:
    right = run._facts
    plant.setattr(run, "_facts", lambda *given: replace(right(*given), unread={}))


@of_corridor(a_tab_is_emptied, "not refused")
def the_corridor_counts_no_source_rows(plant: Plant) -> None:
    right = run._facts
    plant.setattr(run, "_facts", lambda *given: replace(right(*given), source_rows={}))


@of_corridor(the_memory_is_lost, "became {}")
def the_corridor_takes_a_lost_memory_for_none(plant: Plant) -> None:
    plant.setattr(run, "recall", lambda text, *_given: (memory.loads(text) if text else Memory(), ()))


@of_corridor(days_go_by, "a second run")
def the_corridor_forgets_what_the_memory_was(plant: Plant) -> None:
    right = plan.assemble
    plant.setattr(plan, "assemble", lambda tabs, new, _before, language: right(tabs, new, None, language))


# ── catching them ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(("machine", "plant", "caught"), FAULTS)
def test_a_planted_fault_is_caught(
    machine: Machine, plant: Callable[[Plant], None], caught: str, monkeypatch: Plant
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)) as found:
        run_state_machine_as_test(machine, settings=SHORT)
    assert re.search(caught, str(found.value)), str(found.value)


@pytest.mark.parametrize(("live", "plant", "caught"), CORRIDOR)
def test_a_fault_planted_in_the_corridor_is_caught(
    live: Life, plant: Callable[[Plant], None], caught: str, monkeypatch: Plant
) -> None:
    life = begun()
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=caught):
        live(life)


def test_the_corridor_without_a_fault_leads_these_lives() -> None:
    life = begun()
    for live in LIVED:
        live(life)

"""A person's cell written from outside the sheet, while people and workers are at work in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest

from sheets_sync.backends.google import hand as hands
from sheets_sync.backends.google import whose_row
from sheets_sync.backends.google.changes import Cells, Ink
from sheets_sync.backends.google.document import FIELDS, document
from sheets_sync.backends.google.generation import Generation
from sheets_sync.backends.google.hand import Hand
from sheets_sync.backends.google.ink import Pen
from sheets_sync.backends.google.own_only import own_document
from sheets_sync.model import OwnTab, TaskRow, Value
from sheets_sync.problems import Refusal
from sheets_sync.tables.schema import OWN
from tests.backends.google.team import Team
from tests.backends.google.test_people_between import EDITS
from tests.backends.google.test_people_between import team_of as a_team
from tests.sheets_server import Fault, Kind, SheetsServer

TOUCH = OwnTab.TOUCHPOINTS
WANTED = (OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES, OwnTab.SETTINGS)
DAY = date(2027, 3, 1)


_FIRST: list[Team] = []


def team_of(server: SheetsServer) -> Team:
    """A copy of one team's spreadsheet, which takes long to make."""
    if not _FIRST or _FIRST[0].desk.server is not server:
        _FIRST[:] = [_made(server)]
    first = _FIRST[0]
    return replace(
        first, desk=first.desk.again(), shop=deepcopy(first.shop), words=dict(first.words), ticked=set(first.ticked),
        deleted=set(first.deleted),
    )  # fmt: skip


def _made(server: SheetsServer) -> Team:
    """Every row has a word in its note, some have a tick or a date."""
    team = a_team(server)
    team.sync()
    for nth in range(len(team.keys())):
        team.write_word(TOUCH, nth)
    team.tick(TOUCH, 3)
    team.put(TOUCH, 4, "postpone_to", date(2027, 1, 5))
    return team


def put(team: Team, key: str, column: str, value: Value, seen: Value = None) -> None:
    client = team.desk.client()
    found = own_document(client, team.desk.id, WANTED)
    Hand(client, team.desk.id, found, TOUCH, Pen(language="pt-BR", ids={})).put(key, column, value, seen)


def row_of(team: Team, key: str) -> TaskRow | None:
    tab = team.found(TOUCH)
    assert tab is not None
    return next((row for row in tab.rows if row.key == key), None)


def cells_of_people(team: Team) -> dict[str | None, Any]:
    tab = team.found(TOUCH)
    assert tab is not None
    return {row.key: {**row.people, **row.own} for row in tab.rows if row.key}


def test_only_that_cell_is_written_and_no_generation_is_taken(server: SheetsServer) -> None:
    team = team_of(server)
    key = team.keys()[1]
    before = cells_of_people(team)
    generation = _generation(team)
    put(team, key, "done", True)
    put(team, key, "note", "=1+1", before[key]["note"])
    put(team, key, "postpone_to", DAY)
    after = cells_of_people(team)
    assert after.pop(key) == {**before.pop(key), "done": True, "note": "=1+1", "postpone_to": 46447}
    assert after == before
    assert _generation(team) == generation
    tab = team.found(TOUCH)
    assert tab is not None and all(cell.formula is None for cells in _cells(team) for cell in cells.values())


def _generation(team: Team) -> Generation:
    return document(team.desk.client().read(team.desk.id, FIELDS)).generation


def _cells(team: Team) -> list[Cells]:
    return own_document(team.desk.client(), team.desk.id, WANTED).image(TOUCH)


# ── between our reading and our writing ─────────────────────────────────────


BETWEEN = [kind for kind in EDITS if "where one" not in kind]  # those are about what a run plans


QUIET = [kind for kind in BETWEEN if "worker" not in kind]


@pytest.mark.parametrize(("kind", "column"), [(kind, ("done", "note")[n % 2]) for n, kind in enumerate(BETWEEN)])
def test_an_edit_in_between_leads_it_to_no_other_row(server: SheetsServer, kind: str, column: str) -> None:
    team = team_of(server)
    key = team.keys()[2]
    row = row_of(team, key)
    assert row is not None
    seen, value = row.people.get(column), True if column == "done" else "of the panel"
    ticked = {k for k, cells in cells_of_people(team).items() if cells.get("done")}
    edited: list[bool] = []

    def edit() -> None:
        EDITS[kind](team)
        edited.append(True)
        if column == "note":
            current = row_of(team, key)
            if current is not None and current.people.get("note") == seen:
                team.forget(seen)  # the panel's person writes over it, knowingly

    server.before_next_write(edit)
    try:
        put(team, key, column, value, seen)
        refused = None
    except Refusal as refusal:
        refused = refusal.code
    assert edited
    now = row_of(team, key)
    if now is None:
        assert refused == "row_gone"
    elif refused is None:
        assert now.people.get(column) == value
    else:
        assert (refused, now.people.get(column) != value or value in {seen}) == ("cell_changed", True)
    team.judge_words()
    by_hand = {"ticked"} & set(kind.split())
    if not by_hand:
        ticks = {k for k, cells in cells_of_people(team).items() if cells.get("done") is True}
        assert ticks <= ticked | ({key} if column == "done" else set()) | team.ticked


@pytest.mark.parametrize("times", [2, 4])
def test_rows_that_move_at_every_write_are_put_right_in_the_end(server: SheetsServer, times: int) -> None:
    team = team_of(server)
    key, before = team.keys()[2], cells_of_people(team)
    moves = [
        lambda n=n: team.sort(TOUCH, ("customer", "why", "task", "due")[n], descending=bool(n % 2))
        for n in range(times)
    ]

    def go_on() -> None:
        if moves:
            moves.pop(0)()
            server.before_next_write(go_on)

    server.before_next_write(go_on)
    put(team, key, "done", True)
    after = cells_of_people(team)
    assert after.pop(key) == {**before.pop(key), "done": True}
    assert after == before


def written_over(team: Team, before: Mapping[str, str | None]) -> None:
    """Who types a note takes the older one away, knowingly, also where a stray write stood in its place just then."""
    for key, cells in cells_of_people(team).items():
        own = str({name: value for name, value in cells.items() if name not in OWN[TOUCH].keys()})
        if (typed := str(cells.get("note"))) in team.words and typed not in before:
            for word in (word for word, of in before.items() if of == key and word not in own):
                team.words.pop(word, None)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_people_do_before_each_of_its_writes_nothing_of_theirs_is_lost_or_moved(
    server: SheetsServer, seed: int
) -> None:
    dice = Random(seed)  # noqa: S311  (which edits, no secret)
    team = team_of(server)
    column = dice.choice(["done", "note", "postpone_to"])
    key, first = dice.choice(team.keys()), set(team.words)
    seen = cells_of_people(team)[key].get(column)
    done = []

    def edit() -> None:
        current = cells_of_people(team).get(key, {}).get(column)
        if column == "note" and current == seen:
            team.forget(seen)  # the panel's person writes over it, knowingly
        done.append(dice.choice(QUIET))
        before = dict(team.words)
        EDITS[done[-1]](team)
        written_over(team, before)
        if len(done) < 4:
            server.before_next_write(edit)

    server.before_next_write(edit)
    values: dict[str, Value] = {"done": True, "note": "of the panel", "postpone_to": DAY}
    value = values[column]
    refused = None
    try:
        put(team, key, column, value, seen)
    except Refusal as refusal:
        refused = refusal.code
    finally:
        server.service.before_calls.clear()
    now = cells_of_people(team)
    assert refused in {None, "row_gone", "cell_changed", "cell_missing"}, done
    if key in now:
        wanted = 46447 if column == "postpone_to" else value
        assert (now[key].get(column) == wanted) == (refused is None), (refused, done)
    elsewhere = [cells.get("note") for k, cells in now.items() if k != key]
    assert "of the panel" not in elsewhere, done
    assert 46447 not in [cells.get("postpone_to") for k, cells in now.items() if k != key], done
    ticks = {k for k, cells in now.items() if cells.get("done") is True}
    assert ticks <= team.ticked | {key}, done
    for word in team.words.keys() - first:  # the key of the row in which it was typed may have been hit just then
        team.words[word] = next((k for k, cells in now.items() if word in str(cells)), team.words[word])
    team.judge_words()


def test_rows_that_never_stand_still_leave_nobody_s_cell_changed_for_good(server: SheetsServer) -> None:
    team = team_of(server)
    key = team.keys()[2]
    turn = [0]

    def stir() -> None:
        turn[0] += 1
        team.sort(TOUCH, ("customer", "why", "task", "due")[turn[0] % 4], descending=turn[0] % 3 == 0)
        server.before_next_write(stir)

    server.before_next_write(stir)
    try:
        put(team, key, "note", "of the panel", cells_of_people(team)[key]["note"])
    except Refusal as refusal:
        assert refusal.code == "rows_restless"
    server.service.before_calls.clear()
    words = [cells.get("note") for cells in cells_of_people(team).values()]
    assert words.count("of the panel") <= 1


def test_what_somebody_wrote_into_the_very_cell_stays(server: SheetsServer) -> None:
    team = team_of(server)
    key = team.keys()[2]
    seen = cells_of_people(team)[key]["note"]
    server.before_next_write(lambda: team.write_word(TOUCH, 2))
    with pytest.raises(Refusal, match="cell_changed"):
        put(team, key, "note", "of the panel", seen)
    team.judge_words()
    assert cells_of_people(team)[key]["note"] != "of the panel"


def test_the_same_tick_from_two_sides_is_one(server: SheetsServer) -> None:
    team = team_of(server)
    key = team.keys()[2]
    server.before_next_write(lambda: team.tick(TOUCH, 2))
    put(team, key, "done", True)
    assert cells_of_people(team)[key]["done"] is True


def test_a_formula_is_never_written_over(server: SheetsServer) -> None:
    team = team_of(server)
    keys, tab = team.keys(), team.found(TOUCH)
    assert tab is not None
    first, position = tab.rows[0].row, team.position(tab, "note")
    assert position is not None
    team.desk.person.types(tab.title, f"{chr(65 + position)}{first}", '="made of "&2')
    with pytest.raises(Refusal, match="cell_formula"):
        put(team, keys[0], "note", "of the panel", "made of 2")
    # and one that a stray write hits comes back as the formula it was
    team.put(TOUCH, 1, "note", None)
    server.before_next_write(lambda: team.desk.person.moves_rows(tab.title, first, 1, first + 2))
    put(team, keys[1], "note", "of the panel", None)
    formulas = [cells[position].formula for cells in _cells(team) if position in cells and cells[position].formula]
    assert formulas == ['"made of "&2']
    assert cells_of_people(team)[keys[1]]["note"] == "of the panel"


def test_rows_and_columns_that_are_gone_are_said(server: SheetsServer) -> None:
    team = team_of(server)
    key = team.keys()[2]
    with pytest.raises(Refusal, match="row_gone"):
        put(team, "check_in:nobody:1", "done", True)
    team.delete_column(TOUCH, "postpone_to")
    with pytest.raises(Refusal, match="cell_missing"):
        put(team, key, "postpone_to", DAY)
    team.delete_row(TOUCH, 2)
    with pytest.raises(Refusal, match="row_gone"):
        put(team, key, "done", True)
    team.desk.person.deletes_tab("_sync")
    with pytest.raises(Refusal, match="never_synced"):
        put(team, team.keys()[0], "done", True)


@pytest.mark.parametrize("kind", [Kind.CUT_AFTER, Kind.CUT_BEFORE, Kind.UNAVAILABLE, Kind.GARBAGE])
def test_an_answer_that_is_lost_leaves_one_tick(server: SheetsServer, kind: Kind) -> None:
    team = team_of(server)
    key, before = team.keys()[2], cells_of_people(team)
    server.fail(Fault(3, kind))  # after two readings
    put(team, key, "done", True)
    after = cells_of_people(team)
    assert after.pop(key) == {**before.pop(key), "done": True}
    assert after == before


def test_the_next_run_takes_the_tick_for_the_person_s(server: SheetsServer) -> None:
    team = team_of(server)
    key = team.keys()[2]
    put(team, key, "done", True)
    assert team.sync() == "applied"
    row = row_of(team, key)
    assert row is not None and row.machine["status"] == "Feito"
    team.judge()


# ── faults, planted to see the tests above catch them ───────────────────────


def believes_that_it_hit(patch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    find = whose_row.State.find

    def remembered(state: Any, spot: Any, *near: Any) -> Any:
        asked.append(spot)
        return find(state, spot, *near)

    patch.setattr(whose_row.State, "find", remembered)
    patch.setattr(whose_row.State, "spot", lambda *_: asked[-1])


def forgets_the_wanted_cell(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hands, "TRIES", 1)


def gives_nothing_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(whose_row.State, "cell", lambda *_: Ink())


@pytest.mark.parametrize("plant", [believes_that_it_hit, forgets_the_wanted_cell, gives_nothing_back])
def test_a_planted_fault_is_caught(server: SheetsServer, plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    caught = 0
    for kind in ("sorted", "inserted a row of their own on top"):
        for column in ("note",):
            with pytest.MonkeyPatch.context() as patch:
                plant(patch)
                try:
                    test_an_edit_in_between_leads_it_to_no_other_row(server, kind, column)
                except AssertionError:
                    caught += 1
                finally:
                    server.service.before_calls.clear()
    assert caught, plant.__name__

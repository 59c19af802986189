"""Edits right between a run's reading and its writing, one kind after another; and faults planted to see them caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from sheets_sync.backends.google import tab_changes
from sheets_sync.backends.google.changes import Ink
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.conflict import Meant
from sheets_sync.backends.google.generation import Generation
from sheets_sync.backends.google.refusals import AnswerLostError
from sheets_sync.model import OwnTab
from sheets_sync.problems import SheetsSyncError
from tests.backends.google.team import Team
from tests.sheets_server import Fault, Kind, SheetsServer

TOUCH, EXCHANGES = OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES
Edit = Callable[[Team], object]


def several(*edits: Callable[[], object]) -> None:
    """One after another."""
    for edit in edits:
        edit()


EDITS: dict[str, Edit] = {
    "typed a note": lambda team: team.write_word(TOUCH, 1),
    "typed into a row that leaves": lambda team: several(*(lambda n=n: team.write_word(TOUCH, n) for n in range(9))),
    "ticked": lambda team: team.tick(TOUCH, 2),
    "typed over a machine cell": lambda team: team.scribble(TOUCH, 1, "why"),
    "sorted": lambda team: team.sort(TOUCH, "customer", descending=True),
    "sorted and typed": lambda team: several(
        lambda: team.sort(TOUCH, "due"), lambda: team.write_word(TOUCH, 0), lambda: team.write_word(TOUCH, 3)
    ),
    "sorted and typed everywhere": lambda team: several(
        lambda: team.sort(TOUCH, "customer"), *(lambda n=n: team.write_word(TOUCH, n) for n in range(9))
    ),
    "inserted a row of their own on top": lambda team: team.own_row(TOUCH, 0, "customer"),
    "inserted a row of their own in between": lambda team: team.own_row(TOUCH, 3, "why"),
    "inserted a row of their own where one leaves": lambda team: own_row_where(team, "removes"),
    "inserted a row of their own where one is written": lambda team: own_row_where(team, "updates"),
    "deleted a row": lambda team: team.delete_row(TOUCH, 0),
    "deleted the last row": lambda team: team.delete_row(TOUCH, 5),
    "inserted a column on the left": lambda team: team.add_column(TOUCH, 0),
    "inserted a column before the key": lambda team: team.add_column(TOUCH, 10),
    "inserted a column among theirs": lambda team: team.add_column(TOUCH, 12),
    "deleted a machine column": lambda team: team.delete_column(TOUCH, "message"),
    "renamed a header": lambda team: team.rename_header(TOUCH, 3),
    "renamed the tab": lambda team: team.rename_tab(TOUCH),
    "renamed the history": lambda team: team.rename_tab(OwnTab.HISTORY),
    "sorted the exchanges, deleted a contact": lambda team: several(
        lambda: team.sort(EXCHANGES, "why"), lambda: team.delete_row(TOUCH, 1)
    ),
    "filtered": lambda team: team.filter(TOUCH, 1, "customer"),
    "filtered, then sorted": lambda team: several(
        lambda: team.filter(TOUCH, 1, "customer"), lambda: team.sort(TOUCH, "customer", descending=True)
    ),
    "sorted, then filtered": lambda team: several(
        lambda: team.sort(TOUCH, "due", descending=True), lambda: team.filter(TOUCH, 0, "due")
    ),
    "filtered, deleted a row": lambda team: several(
        lambda: team.filter(TOUCH, 3, "customer"), lambda: team.delete_row(TOUCH, 1)
    ),
    "took the filter away": lambda team: team.unfilter(TOUCH),
    "ran another worker": lambda team: team.sync(),
    "sorted after another worker": lambda team: several(team.sync, lambda: team.sort(TOUCH, "why")),
}


def own_row_where(team: Team, kind: str) -> None:
    """Right where the run is about to write or to take a row away, with a word in the very column."""
    planned = next(tab for tab in team.plan().tabs if tab.own is TOUCH)
    change = getattr(planned, kind)[-1]
    column = next(iter(change.cells)) if kind == "updates" else "note"
    tab = team.found(TOUCH)
    assert tab is not None
    position = team.position(tab, column)
    assert position is not None
    team.desk.person.inserts_rows(tab.title, change.row)
    word = team.word()
    team.words[word] = None
    team.desk.put(tab.title, change.row, position, word)


PREPARED: dict[str, Team] = {}


def team_of(server: SheetsServer) -> Team:
    """Tomorrow some rows leave, some come, and all age."""
    if server.url not in PREPARED:
        PREPARED[server.url] = prepared(server)
    return PREPARED[server.url].again()


def prepared(server: SheetsServer) -> Team:
    team = Team.at(server)
    for n in range(6):
        team.shop.order(f"P{n}", f"{1000 + n}", team.today - timedelta(days=6 + n))
    team.shop.exchange("T1", "1001", team.today)
    team.shop.exchange("T2", "1002", team.today - timedelta(days=1))
    team.sync()
    team.write_word(TOUCH, 0)
    team.write_word(TOUCH, 4)
    team.own_row(TOUCH, 2)
    team.sync()
    team.judge()
    team.today += timedelta(days=2)
    team.shop.order("P9", "1009", team.today - timedelta(days=8))
    return team


def among(team: Team, server: SheetsServer, *edits: Edit, runs: int = 0) -> None:
    """A run, each edit right before the next of its writes, and ``runs`` more; a further one plans nothing."""
    waiting = list(edits)

    def hook(call: Any) -> None:
        if call.write and waiting:
            edit = waiting.pop(0)
            server.service.before_calls.remove(hook)
            edit(team)
            server.service.before_calls.append(hook)

    server.service.before_calls.append(hook)
    try:
        team.sync()
    finally:
        server.service.before_calls.clear()
    team.judge_words()
    for _ in range(runs):
        team.sync()
    team.judge()


@pytest.mark.parametrize("edit", EDITS)
def test_what_people_do_between_reading_and_writing_is_kept(server: SheetsServer, edit: str) -> None:
    among(team_of(server), server, EDITS[edit])


@pytest.mark.parametrize(
    "again",
    [
        "typed a note",
        "sorted",
        "sorted and typed everywhere",
        "deleted a row",
        "renamed the tab",
        "renamed the history",
    ],
)
@pytest.mark.parametrize(
    "edit",
    ["sorted", "typed into a row that leaves", "inserted a row of their own on top", "inserted a column on the left"],
)
def test_and_what_they_do_while_that_is_put_right(server: SheetsServer, edit: str, again: str) -> None:
    among(team_of(server), server, EDITS[edit], EDITS[again])


def test_a_formula_of_theirs_over_our_cells_hides_no_moved_row(server: SheetsServer) -> None:
    team = team_of(server)
    tab = team.found(TOUCH)
    assert tab is not None
    right = max(c.position for c in tab.columns) + 1
    team.desk.person.requests(
        {"appendDimension": {"sheetId": team.desk.sheet_id(tab.title), "dimension": "COLUMNS", "length": 1}}
    )
    for row in tab.rows:
        team.desk.person.types(tab.title, f"{chr(65 + right)}{row.row}", f"=J{row.row}*2")
    among(team, server, EDITS["inserted a row of their own where one leaves"], runs=2)  # the memory keeps its value


# ── planted faults ──────────────────────────────────────────────────────────


def stale_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Meant, "missed", lambda *_: False)


def rewritten_keys(patch: pytest.MonkeyPatch) -> None:
    made = tab_changes.tab_changes

    def with_keys(plan: Any, found: Any, *more: Any) -> Any:
        done = made(plan, found, *more)
        for update in plan.updates:
            done.changes.put(update.row, done.positions["key"], Ink(value=update.key))
        return done

    patch.setattr("sheets_sync.backends.google.writer.tab_changes", with_keys)
    patch.setattr(Meant, "missed", lambda *_: False)


def unguarded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Generation, "guard", lambda _: [])


def repeated_writes(patch: pytest.MonkeyPatch) -> None:
    write = SheetsClient.write

    def stubborn(self: SheetsClient, *given: Any) -> Any:
        try:
            return write(self, *given)
        except AnswerLostError:
            return write(self, *given)

    patch.setattr(SheetsClient, "write", stubborn)
    patch.setattr(Generation, "guard", lambda _: [])


def scenarios(server: SheetsServer) -> Iterator[Callable[[], None]]:
    for name in ("sorted", "deleted a row", "inserted a row of their own where one leaves", "ran another worker"):
        yield lambda name=name: among(team_of(server), server, EDITS[name])  # type: ignore[misc]

    def lost_answer() -> None:
        team = team_of(server)
        server.fail(Fault(2, Kind.CUT_AFTER))
        team.sync()
        team.judge()

    yield lost_answer


@pytest.mark.parametrize("plant", [stale_rows, rewritten_keys, unguarded, repeated_writes])
def test_a_planted_fault_is_caught(server: SheetsServer, plant: Callable[[pytest.MonkeyPatch], None]) -> None:
    for scenario in scenarios(server):
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            try:
                with suppress(SheetsSyncError):
                    scenario()
            except (AssertionError, KeyError, ValueError, StopIteration):
                return
            finally:
                server.fail()
                server.service.before_calls.clear()
    pytest.fail(f"{plant.__name__} was not noticed")

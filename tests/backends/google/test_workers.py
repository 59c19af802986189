"""Two workers on one spreadsheet: one of them writes, the other one reads again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sheets_sync.backends.google.generation import Generation
from sheets_sync.model import OwnTab
from sheets_sync.problems import Refusal
from sheets_sync.run import AGAIN
from tests.backends.google.team import Team
from tests.sheets_server import SheetsServer
from tests.sheets_server.service import Call


@pytest.fixture
def team(server: SheetsServer) -> Team:
    team = Team.at(server)
    team.shop.order("P1", "1001", team.today - timedelta(days=8))
    team.shop.exchange("T1", "1001", team.today)
    return team


def check(team: Team) -> None:
    assert team.sync() == "applied"


def test_of_two_first_runs_one_makes_the_tabs_and_the_other_finds_them(team: Team, server: SheetsServer) -> None:
    server.before_next_write(lambda: check(team))
    assert team.sync() == "nothing"
    team.judge()


def test_the_slower_worker_plans_anew_on_what_the_faster_one_left(team: Team, server: SheetsServer) -> None:
    team.sync()
    team.today += timedelta(days=1)
    server.journal.clear()
    server.before_next_write(lambda: check(team))
    assert team.sync() == "nothing"
    assert sum(call.write for call in server.journal) == 2
    assert len(server.journal) == 5
    team.judge()


def test_who_is_always_too_late_says_so_after_three_more_tries_and_has_written_nothing(
    team: Team, server: SheetsServer
) -> None:
    team.sync()
    team.today += timedelta(days=1)
    mine = 0

    def faster(call: Call) -> None:
        nonlocal mine
        if call.write:
            mine += 1
            server.service.before_calls.clear()
            team.today += timedelta(days=mine)
            team.sync()
            team.today -= timedelta(days=mine)
            server.service.before_calls.append(faster)

    server.service.before_calls.append(faster)
    with pytest.raises(Refusal) as refused:
        team.sync()
    server.service.before_calls.clear()
    assert refused.value.code == "changed_under_us"
    assert mine == AGAIN == 4


def test_a_worker_that_read_many_writes_ago_is_still_too_late(team: Team) -> None:
    team.sync()
    slow = team.desk.backend()
    made = team.planned(slow.open)
    for _ in range(5):
        team.today += timedelta(days=1)
        team.sync()
    later = team.desk.backend()
    late = team.planned(later.open)
    team.write_word(OwnTab.TOUCHPOINTS, 0)
    assert made.empty
    assert late.empty
    with pytest.raises(Refusal):
        slow.apply(type(late)(tabs=late.tabs, memory="a memory of yesterday", language="pt-BR"))
    slow.close()
    later.close()
    team.sync()
    team.judge()


def test_the_last_ids_are_kept_and_the_oldest_go() -> None:
    generation = Generation()
    taken: list[int] = []
    for _ in range(100):
        taken.append(generation.next_id)
        generation = generation.after()
    assert taken == sorted(set(taken))
    assert set(taken[-40:]) <= set(generation.ids)
    assert len(generation.ids) <= 42
    assert Generation.of([{"metadataId": 7, "metadataKey": "sheets-sync"}]).ids == ()

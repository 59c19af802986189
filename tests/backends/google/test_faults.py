"""Each call of a first run, a changed run and a run with nothing to do, times everything that can go wrong with it.

Whatever happened, the next good run leaves what an undisturbed one leaves, no task stands twice, and nobody waits
longer than told.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from sheets_sync.backends.google.address import VARIABLE
from sheets_sync.backends.google.client import ANSWER, CONNECT, SheetsClient
from sheets_sync.backends.google.patience import MOST
from sheets_sync.model import OwnTab
from sheets_sync.problems import BackendError, Refusal
from tests.backends.google.team import Team
from tests.sheets_server import Fault, Kind, SheetsServer

RUNS = ("first", "changed", "nothing")
CALLS = {"first": 2, "changed": 2, "nothing": 1}
"""So many calls an undisturbed run makes."""


def prepared(kind: str, server: SheetsServer) -> Team:
    team = Team.at(server)
    team.shop.order("P1", "1001", team.today - timedelta(days=8))
    team.shop.order("P2", "1002", team.today - timedelta(days=6))
    team.shop.exchange("T1", "1001", team.today)
    if kind != "first":
        team.sync()
        team.write_word(OwnTab.TOUCHPOINTS, 1)
        team.sync()
    if kind == "changed":
        team.today += timedelta(days=2)
        team.shop.order("P3", "1003", team.today - timedelta(days=7))
        team.tick(OwnTab.TOUCHPOINTS, 0)
    return team


PREPARED: dict[str, Team] = {}


def team_before(kind: str, server: SheetsServer) -> Team:
    """A team right before a run: the same spreadsheet for every fault, down to the ids of its tabs."""
    if kind not in PREPARED:
        PREPARED[kind] = prepared(kind, server)
    return PREPARED[kind].again()


def state(team: Team) -> list[str]:
    """All there is, a line for each thing, but for the hidden tab (copies, the memory in other bytes)."""
    return team.desk.server.picture(team.desk.id, without=["_sync"])


UNDISTURBED: dict[str, list[str]] = {}


def undisturbed(kind: str, server: SheetsServer) -> list[str]:
    if kind not in UNDISTURBED:
        team = team_before(kind, server)
        server.journal.clear()
        team.sync()
        assert len(server.journal) == CALLS[kind]
        UNDISTURBED[kind] = state(team)
    return UNDISTURBED[kind]


TOLD = {
    Kind.FORBIDDEN: "google_no_access_person", Kind.API_OFF: "google_api_off", Kind.NOT_FOUND: "google_not_found",
}  # fmt: skip
SILENT = {Kind.TIMEOUT: 0.2, Kind.TIMEOUT_AFTER: 3.0}
"""Seconds after which to give up: the second kind is answered never, but applied, for which it must have the time."""


def give_up_on(nth: int, seconds: float, patch: pytest.MonkeyPatch) -> None:
    """Wait so long only for the answer of the nth call from now; for all others as long as ever."""
    calls = count(1)
    request = SheetsClient.request

    def hasty(self: SheetsClient, *given: Any, **named: Any) -> Any:
        self.set_timeout((CONNECT, seconds if next(calls) == nth else ANSWER))
        return request(self, *given, **named)

    patch.setattr(SheetsClient, "request", hasty)


@pytest.mark.parametrize("fault", list(Kind))
@pytest.mark.parametrize(("kind", "call"), [(kind, n) for kind in RUNS for n in range(1, CALLS[kind] + 1)])
def test_after_any_fault_the_next_good_run_leaves_what_an_undisturbed_one_does(
    server: SheetsServer, monkeypatch: pytest.MonkeyPatch, kind: str, call: int, fault: Kind
) -> None:
    wanted = undisturbed(kind, server)
    team = team_before(kind, server)
    if fault in SILENT:
        give_up_on(call, SILENT[fault], monkeypatch)
    server.fail(Fault(call, fault))
    said: object = None
    try:
        said = team.sync()
    except (BackendError, Refusal) as error:
        said = error.code
    server.fail()
    assert team.desk.waits.now <= MOST
    assert said == TOLD.get(fault, "nothing" if kind == "nothing" else "applied")
    team.sync()
    assert sorted(set(state(team)) ^ set(wanted)) == []
    team.judge()


def test_a_quota_that_stays_exhausted_is_told_and_waited_for_no_longer_than_said(server: SheetsServer) -> None:
    team = team_before("first", server)
    server.fail(*(Fault(n, Kind.TOO_MANY) for n in range(1, 40)))
    with pytest.raises(BackendError) as told:
        team.sync()
    assert (told.value.code, told.value.retryable) == ("google_quota", True)
    assert 0 < team.desk.waits.now <= MOST
    assert len(server.journal) < 10


def test_google_s_own_word_for_how_long_to_wait_is_kept(server: SheetsServer) -> None:
    team = team_before("first", server)
    server.fail(Fault(1, Kind.TOO_MANY_WAIT, retry_after=17))
    assert team.sync() == "applied"
    assert team.desk.waits.slept[0] == pytest.approx(17.5)


def test_who_is_told_to_wait_for_an_hour_does_not(server: SheetsServer) -> None:
    team = team_before("first", server)
    server.fail(Fault(1, Kind.TOO_MANY_WAIT, retry_after=3600))
    with pytest.raises(BackendError) as told:
        team.sync()
    assert told.value.code == "google_quota"
    assert team.desk.waits.slept == []


def test_waits_grow_and_are_never_in_step(server: SheetsServer) -> None:
    team = team_before("first", server)
    server.fail(*(Fault(n, Kind.UNAVAILABLE) for n in range(1, 4)))
    assert team.sync() == "applied"
    assert team.desk.waits.slept == [0.75, 1.5, 3.0]


def test_nobody_there_is_told(server: SheetsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    team = team_before("first", server)
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:9")
    with pytest.raises(BackendError) as told:
        team.sync()
    assert (told.value.code, told.value.retryable) == ("google_unreachable", True)


def test_a_write_whose_answer_is_lost_is_not_repeated_but_read_and_planned_anew(server: SheetsServer) -> None:
    team = team_before("changed", server)
    server.journal.clear()
    server.fail(Fault(2, Kind.CUT_AFTER))
    assert team.sync() == "applied"
    assert [call.write for call in server.journal] == [False, True, False]

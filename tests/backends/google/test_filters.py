"""A filter hides rows from people, not from us: whatever it hides, nothing is lost and nothing lands elsewhere.

Google's copying leaves out what a filter hides, so a batch copies a duplicate in which nothing is hidden. Should a copy
lack rows all the same, it is not believed, and the batch is taken back by what is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sheets_sync.backends.google.batch import Changed
from sheets_sync.backends.google.snapshot import Snapshots
from tests.backends.google.spreadsheets import Desk
from tests.backends.google.test_people_between import EDITS, EXCHANGES, TOUCH, among, team_of
from tests.backends.google.test_workers import check
from tests.sheets_server import SheetsServer


@pytest.mark.parametrize("edit", EDITS)
def test_what_people_do_while_a_filter_hides_rows_is_kept(server: SheetsServer, edit: str) -> None:
    team = team_of(server)
    team.filter(TOUCH, 3, "customer")
    team.filter(EXCHANGES, 0, "customer")
    among(team, server, EDITS[edit])


def filter_of(desk: Desk, title: str) -> Any:
    return desk.person.sheet(title).basic_filter


@pytest.mark.parametrize("while_running", [False, True])
def test_a_filter_stays_as_people_set_it(server: SheetsServer, while_running: bool) -> None:
    team = team_of(server)
    title = team.title(TOUCH)
    assert title is not None
    if while_running:
        server.before_next_write(lambda: team.filter(TOUCH, 1, "customer"))
    else:
        team.filter(TOUCH, 1, "customer")
    before = team.desk.person.tabs
    check(team)
    kept = filter_of(team.desk, title)
    assert list(kept["criteria"].values()) == [{"hiddenValues": kept["criteria"]["3"]["hiddenValues"]}]
    assert kept["criteria"]["3"]["hiddenValues"][0]
    assert team.desk.person.tabs == before


def test_a_filter_or_hidden_rows_on_any_tab_of_ours_need_no_further_request(server: SheetsServer) -> None:
    team = team_of(server)
    for own in (TOUCH, EXCHANGES):
        team.filter(own, 0, "customer")
    server.journal.clear()
    check(team)
    assert [call.write for call in server.journal] == [False, True]
    team.judge()


# ── where copying leaves out rows all the same ──────────────────────────────


def copies_as_people_do(patch: pytest.MonkeyPatch) -> None:
    """The filter is not cleared in the duplicate, so its copy lacks what the filter hides."""
    requests = Snapshots.requests

    def without(self: Snapshots) -> Iterator[Any]:
        return (request for request in requests(self) if "clearBasicFilter" not in request)

    patch.setattr(Snapshots, "requests", without)


ONLY_A_COPY_TELLS = (
    "typed into a row that leaves", "sorted and typed everywhere", "inserted a row of their own where", "inserted a column"
)  # fmt: skip
"""Words written in the very moment into a row that goes or is written."""


@pytest.mark.parametrize("edit", [name for name in EDITS if not name.startswith(ONLY_A_COPY_TELLS)])
def test_a_batch_whose_copy_cannot_be_believed_is_taken_back_by_what_is_known(
    server: SheetsServer, monkeypatch: pytest.MonkeyPatch, edit: str
) -> None:
    team = team_of(server)
    team.filter(TOUCH, 0, "customer")
    copies_as_people_do(monkeypatch)
    among_filtered(team, server, edit)


def among_filtered(team: Any, server: SheetsServer, edit: str) -> None:
    try:
        among(team, server, EDITS[edit])
    finally:
        server.service.before_calls.clear()


@pytest.mark.parametrize("blind", [False, True])
def test_copying_as_people_do_is_caught(server: SheetsServer, blind: bool) -> None:
    """The planted fault: hidden rows are not copied; and it is not noticed."""
    for edit in (
        "typed into a row that leaves",
        "filtered, then sorted",
        "inserted a row of their own where one leaves",
    ):
        team = team_of(server)
        team.filter(TOUCH, 3, "customer")
        with pytest.MonkeyPatch.context() as patch:
            copies_as_people_do(patch)
            if blind:
                patch.setattr(Changed, "explained", lambda *_: True)
            try:
                among_filtered(team, server, edit)
            except (AssertionError, KeyError, IndexError):
                return
    pytest.fail("nothing was lost")

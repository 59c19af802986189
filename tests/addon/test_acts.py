"""What a button does while others are at work, where it came too late, and where Google or the file says no."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cloud_function import allowed, cloud_tasks
from cloud_function.addon import panel, sync_now
from sheets_sync import locale
from tests.addon.conftest import URL, Shop
from tests.addon.google_side import Identity, Person, Post, chosen, customers, typed
from tests.addon.test_page_flow import parameters, rows_of
from tests.sheets_server import Fault, Kind, SheetsServer
from tests.tasks_server import TasksServer
from tests.tasks_server.server import QUEUE

TAB = "Contacts today"
WORDS = locale.load("en")


def key_row(sheets: SheetsServer, person: Person, key: str) -> int:
    keys = sheets.person(person.spreadsheet).values(TAB, "K1:K400")
    return next(number for number, cells in enumerate(keys, 1) if cells and cells[0] == key)


def contact(person: Person, nth: int) -> tuple[int, str]:
    """Which of the card's ticks is the nth of the contacts, and its key."""
    some = [(n, given["key"]) for n, given in enumerate(parameters(person, "tick")) if given["tab"] == "touchpoints"]
    return some[nth]


# ── others at work ──────────────────────────────────────────────────────────


def test_a_tick_while_somebody_sorts_goes_to_its_own_row(person: Person, sheets: SheetsServer) -> None:
    before = rows_of(sheets, person.spreadsheet, "en")
    nth, key = contact(person, 2)
    someone = sheets.person(person.spreadsheet)
    last = 4 + sum(row.get("task") is not None for row in before.values() if row)
    sheets.before_next_write(lambda: someone.sorts(TAB, f"A5:O{last}", "D", descending=True))
    person.presses("Done", nth)
    assert person.said == WORDS.text("panel_ticked", customer=before[key]["customer"])
    after = rows_of(sheets, person.spreadsheet, "en")
    assert {k: (r.get("done"), r.get("note")) for k, r in after.items()} == {
        k: (k == key or r.get("done"), r.get("note")) for k, r in before.items()
    }


def test_a_tick_by_mistake_is_taken_back(person: Person, sheets: SheetsServer) -> None:
    before = rows_of(sheets, person.spreadsheet, "en")
    for nth in (0, contact(person, 0)[0]):  # an exchange's tick counts as its step, so it matters there most
        listed = parameters(person, "tick")
        key = listed[nth]["key"]
        person.presses("Done", nth)
        assert key not in [given["key"] for given in parameters(person, "tick")]
        person.presses("Undo")
        assert person.said == WORDS.text("panel_reopened", customer=before[key]["customer"])
        assert [given["key"] for given in parameters(person, "tick")] == [given["key"] for given in listed]
        assert not rows_of(sheets, person.spreadsheet, "en")[key].get("done")


def test_a_row_that_is_gone_meanwhile_is_said_beside_the_list_as_it_is(person: Person, sheets: SheetsServer) -> None:
    nth, key = contact(person, 0)
    someone = sheets.person(person.spreadsheet)
    someone.deletes_rows(TAB, key_row(sheets, person, key))
    left, old = rows_of(sheets, person.spreadsheet, "en"), person.card
    for action in ("Done", "Details"):
        person.cards[-1] = old  # as it still is in another window
        person.presses(action, nth)
        assert person.said == WORDS.error("row_gone", {})
        assert key not in [given["key"] for given in parameters(person, "tick")]
    assert rows_of(sheets, person.spreadsheet, "en") == left


def test_a_row_deleted_right_before_the_write_is_said_and_no_other_is_ticked(
    person: Person, sheets: SheetsServer
) -> None:
    nth, key = contact(person, 0)
    before = rows_of(sheets, person.spreadsheet, "en")
    someone, row = sheets.person(person.spreadsheet), key_row(sheets, person, key)
    sheets.before_next_write(lambda: someone.deletes_rows(TAB, row))
    person.presses("Done", nth)
    assert person.said == WORDS.error("row_gone", {})
    del before[key]
    assert {k: r.get("done") or "" for k, r in rows_of(sheets, person.spreadsheet, "en").items()} == {
        k: r.get("done") or "" for k, r in before.items()
    }


def test_a_note_that_somebody_changed_since_the_card_was_shown_stays(person: Person, sheets: SheetsServer) -> None:
    nth, key = contact(person, 0)
    person.presses("Details", nth)
    sheets.person(person.spreadsheet).types(TAB, f"O{key_row(sheets, person, key)}", "spoke to her")
    person.presses("Save note", note=typed("of the panel"))
    assert person.said == WORDS.error("cell_changed", {})
    assert rows_of(sheets, person.spreadsheet, "en")[key]["note"] == "spoke to her"
    person.presses("Details", nth)
    assert "spoke to her" in person.texts
    person.presses("Save note", note=typed(""))
    assert not rows_of(sheets, person.spreadsheet, "en")[key].get("note")


@pytest.mark.parametrize("days", [None, -1, 0])
def test_a_day_that_is_not_ahead_is_asked_for(person: Person, sheets: SheetsServer, days: int | None) -> None:
    person.presses("Details", 0)
    today = datetime.now(UTC).date()
    given: dict[str, Any] = {} if days is None else {"postpone_to": chosen(today + timedelta(days=days))}
    person.presses("Postpone", **given)
    assert person.said == WORDS.error("day_not_ahead", {})
    assert [call for call in sheets.journal if call.write] == []


def test_what_people_wrote_is_counted_before_the_worker_has_seen_it(person: Person, sheets: SheetsServer) -> None:
    first, second, third = (contact(person, nth)[1] for nth in range(3))
    someone = sheets.person(person.spreadsheet)
    later = date.today() + timedelta(days=20)
    someone.ticks(TAB, f"L{key_row(sheets, person, first)}")
    someone.types(TAB, f"M{key_row(sheets, person, second)}", later.strftime("%d/%m/%Y"))
    someone.types(TAB, f"L{key_row(sheets, person, third)}", "maybe")
    person.presses("Look again")
    shown = [given["key"] for given in parameters(person, "task")]
    assert first not in shown and second not in shown and third in shown
    assert third not in [given["key"] for given in parameters(person, "tick")]  # a word stands where a tick is due


def test_tabs_that_were_renamed_are_found(person: Person, sheets: SheetsServer) -> None:
    someone = sheets.person(person.spreadsheet)
    someone.renames(TAB, "Maria's list")
    before = customers(person.card)
    person.presses("Look again")
    assert customers(person.card) == before
    person.presses("Done", 0)
    assert person.said == WORDS.text("panel_ticked", customer=before[0])


# ── no ──────────────────────────────────────────────────────────────────────


def test_without_the_scope_it_is_asked_for_and_nothing_is_read(caller: Person, sheets: SheetsServer) -> None:
    event = caller.event()
    event["authorizationEventObject"]["authorizedScopes"] = ["https://www.googleapis.com/auth/script.locale"]
    assert "requesting_google_scopes" in caller.send(event)
    event = caller.event()
    del event["authorizationEventObject"]["userOAuthToken"]
    assert "requesting_google_scopes" in caller.send(event)
    assert sheets.journal == []


@pytest.mark.parametrize(
    ("kind", "code"),
    [(Kind.FORBIDDEN, "google_no_access_person"), (Kind.TOO_MANY, "google_quota"), (Kind.UNAVAILABLE, "google_unreachable")],
)  # fmt: skip
def test_what_google_declines_is_one_sentence_soon(
    caller: Person, sheets: SheetsServer, monkeypatch: pytest.MonkeyPatch, kind: Kind, code: str
) -> None:
    sheets.fail(*(Fault(call, kind) for call in range(1, 20)))
    monkeypatch.setattr(panel, "MOST_PATIENCE", 1.0)
    begun = time.monotonic()
    caller.opens()
    assert caller.card["header"]["title"] == WORDS.text("panel_failed")
    assert WORDS.error(code, {}) in caller.texts
    assert time.monotonic() - begun < 5
    sheets.fail()
    caller.presses("Try again")
    assert len(customers(caller.card)) == 20


def test_who_may_only_look_hears_google_s_no(person: Person, sheets: SheetsServer) -> None:
    before = rows_of(sheets, person.spreadsheet, "en")
    sheets.fail(Fault(3, Kind.FORBIDDEN))  # the write, after two readings
    person.presses("Done")
    assert WORDS.error("google_no_access_person", {}) in person.texts
    assert rows_of(sheets, person.spreadsheet, "en") == before


def test_a_file_that_is_granted_no_longer_is_asked_for_again(caller: Person, sheets: SheetsServer) -> None:
    sheets.fail(Fault(1, Kind.NOT_FOUND))
    caller.opens()
    assert caller.card["header"]["title"] == WORDS.text("panel_consent_title")


def test_a_token_that_is_refused_says_to_open_the_panel_again(caller: Person, sheets: SheetsServer) -> None:
    sheets.service.accounts.accepts_any_token = False
    try:
        caller.opens()
    finally:
        sheets.service.accounts.accepts_any_token = True
    assert WORDS.error("panel_expired", {}) in caller.texts


def test_a_click_that_comes_without_its_file_goes_to_the_one_its_card_was_made_for(
    person: Person, sheets: SheetsServer
) -> None:
    key = parameters(person, "tick")[0]["key"]
    event = person.event(parameters(person, "tick")[0])
    del event["sheets"]
    person.send(event)
    assert rows_of(sheets, person.spreadsheet, "en")[key]["done"] is True
    event = person.event({"action": "home", "spreadsheet": person.spreadsheet})
    event["sheets"] = {"addonHasFileScopePermission": False}  # taken back meanwhile
    person.send(event)
    assert person.card["header"]["title"] == WORDS.text("panel_consent_title")


def test_a_person_whose_language_we_do_not_speak_gets_the_spreadsheet_s(
    identity: Identity, here: Post, synced: Shop
) -> None:
    for named in ("fr-FR", ""):
        one = Person(identity, here, URL, synced(), locale=named)
        one.opens()
        assert one.card["header"]["subtitle"] == WORDS.text("panel_updated_today")


# ── sync now ────────────────────────────────────────────────────────────────


def test_a_refused_run_is_its_sentence(person: Person, sheets: SheetsServer) -> None:
    someone = sheets.person(person.spreadsheet)
    someone.deletes_rows("Customers", 3, 60)
    someone.deletes_rows("Orders", 3, 60)
    before = sheets.picture(person.spreadsheet)
    person.presses("Sync now")
    assert person.card["header"]["title"] == WORDS.text("panel_failed")
    assert "tabs any more" in person.texts
    assert "--force" not in person.texts, "nobody can type that here"
    assert sheets.picture(person.spreadsheet) == before
    person.presses("Try again")
    assert len(customers(person.card)) == 20


@pytest.fixture
def tasks() -> Iterator[TasksServer]:
    with TasksServer() as server:
        yield server


def test_what_would_take_too_long_goes_to_the_queue_once_a_minute_where_it_is_allowed(
    person: Person, sheets: SheetsServer, tasks: TasksServer, monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    monkeypatch.setattr(sync_now, "MOST_CELLS", 100)
    for listed in ("", person.spreadsheet):  # not on the list; on the list, but there is no queue
        monkeypatch.setenv(allowed.VARIABLE, listed)
        person.opens()
        person.presses("Sync now")
        assert WORDS.error("too_large_for_panel", {}) in person.texts
    person.opens()
    account = tmp_path_factory.mktemp("account") / "account.json"
    sheets.write_credentials(account)
    sheets.service.accounts.accepts_any_token = True
    tasks.queue("sync", state="PAUSED")
    for name, value in {
        cloud_tasks.API_VARIABLE: tasks.url, "SHEETS_SYNC_QUEUES": QUEUE % "sync", "SHEETS_SYNC_INVOKER": "i@tests",
        "SHEETS_SYNC_URLS": "http://127.0.0.1:9/sync", "GOOGLE_APPLICATION_CREDENTIALS": str(account),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for _ in range(3):
        person.presses("Sync now")
        assert person.said == WORDS.text("panel_sync_begun", button="Look again")
    assert [call for call in sheets.journal if call.write] == []


def test_no_more_requests_than_the_panel_needs(person: Person, sheets: SheetsServer) -> None:
    def calls(act: Callable[[], object]) -> tuple[int, int]:
        sheets.journal.clear()
        act()
        writes = sum(call.write for call in sheets.journal)
        return len(sheets.journal) - writes, writes

    assert calls(person.opens) == (2, 0)
    assert calls(lambda: person.presses("Details", 0)) == (2, 0)
    assert calls(lambda: person.presses("Back")) == (2, 0)
    assert calls(lambda: person.presses("Done", 0)) == (4, 1)


def test_a_card_reads_nothing_of_people_s_rows(person: Person, sheets: SheetsServer) -> None:
    """The first rows of their tabs tell that they are not ours; the rest stays where it is."""
    someone = sheets.person(person.spreadsheet)
    rows = [["x" * 50] * 8 for _ in range(400)]
    someone.requests({"appendCells": {"sheetId": someone.sheet("Orders").id, "fields": "userEnteredValue", "rows": [
        {"values": [{"userEnteredValue": {"stringValue": cell}} for cell in row]} for row in rows
    ]}})  # fmt: skip
    sheets.journal.clear()
    person.opens()
    little = sum(call.answer_bytes for call in sheets.journal)
    person.presses("Look again")
    assert little < 400_000
    assert "x" * 50 not in person.texts

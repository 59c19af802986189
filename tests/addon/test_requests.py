"""Bodies that are not what Google sends are 400, with the field's name; what Google adds one day does no harm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.addon.conftest import URL
from tests.addon.google_side import Identity, Json, Person, Post, chosen, typed
from tests.cloud.town import door
from tests.sheets_server import SheetsServer

COMMON, TOKENS, FILE = "commonEventObject", "authorizationEventObject", "sheets"


def sent(here: Post, identity: Identity, body: bytes) -> tuple[int, Any]:
    return here(body, {"Authorization": f"Bearer {identity.token(URL)}", "Content-Type": "application/json"})


def pressed(person: Person, action: str, inputs: Json | None = None, **more: str) -> Json:
    return person.event({"action": action, "spreadsheet": person.spreadsheet, **more}, inputs)


def changed(event: Json, at: str, value: Any) -> Json:
    """A copy with one field as given; a dotted name leads inside."""
    first, _, rest = at.partition(".")
    return {**event, first: changed(event.get(first, {}), rest, value) if rest else value}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "body_not_json"),
        (b"{", "body_not_json"),
        (b"\xff\xfe", "body_not_json"),
        (b"[" * 100_000, "body_too_long"),
        (b"[" * 60_000, "body_not_json"),
        (b"[]", "body_not_an_object"),
        (b'"text"', "body_not_an_object"),
        (b'{"a": "' + b"x" * 65_536 + b'"}', "body_too_long"),
    ],
)
def test_a_body_that_is_none(
    caller: Person, here: Post, identity: Identity, sheets: SheetsServer, body: bytes, error: str
) -> None:
    status, answer = sent(here, identity, body)
    assert (status, answer["error"]) == (400, error)
    assert sheets.journal == []


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        (COMMON, [], COMMON),
        (COMMON, None, COMMON),
        (f"{COMMON}.hostApp", "GMAIL", f"{COMMON}.hostApp"),
        (f"{COMMON}.hostApp", None, f"{COMMON}.hostApp"),
        (f"{COMMON}.userLocale", 7, f"{COMMON}.userLocale"),
        (f"{COMMON}.parameters", [], f"{COMMON}.parameters"),
        (f"{COMMON}.parameters.action", "drop", f"{COMMON}.parameters.action"),
        (f"{COMMON}.parameters.action", ["tick"], f"{COMMON}.parameters"),
        (f"{COMMON}.formInputs", "x", f"{COMMON}.formInputs"),
        (FILE, "x", FILE),
        (f"{FILE}.id", 5, f"{FILE}.id"),
        (f"{FILE}.id", "../../../etc/passwd/of/the/machine", f"{FILE}.id"),
        (f"{FILE}.id", "x" * 400, f"{FILE}.id"),
        (f"{FILE}.addonHasFileScopePermission", "yes", f"{FILE}.addonHasFileScopePermission"),
        (TOKENS, "x", TOKENS),
        (f"{TOKENS}.userOAuthToken", {}, f"{TOKENS}.userOAuthToken"),
        (f"{TOKENS}.authorizedScopes", "all", f"{TOKENS}.authorizedScopes"),
        (f"{TOKENS}.authorizedScopes", [1], f"{TOKENS}.authorizedScopes"),
    ],
)
def test_a_field_that_is_not_what_it_should_be_is_named(
    caller: Person, here: Post, identity: Identity, sheets: SheetsServer, field: str, value: Any, named: str
) -> None:
    event = changed(pressed(caller, "home"), field, value)
    status, answer = sent(here, identity, json.dumps(event).encode())
    assert (status, answer.get("field")) == (400, named)
    assert sheets.journal == []


@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        ("note", {"note": "x"}),
        ("note", {"note": {"stringInputs": {"value": "x"}}}),
        ("note", {"note": {"stringInputs": {"value": [1]}}}),
        ("note", {"note": typed("x" * 40_000)}),
        ("postpone", {"postpone_to": {"dateInput": {}}}),
        ("postpone", {"postpone_to": {"dateInput": {"msSinceEpoch": "tomorrow"}}}),
        ("postpone", {"postpone_to": {"dateInput": {"msSinceEpoch": "9" * 30}}}),
        ("postpone", {"postpone_to": {"dateInput": 5}}),
    ],
)
def test_so_are_fields_of_the_card(
    caller: Person, here: Post, identity: Identity, sheets: SheetsServer, action: str, inputs: Json
) -> None:
    event = pressed(caller, action, inputs, tab="touchpoints", key="check_in:C-09:1", seen="x")
    status, answer = sent(here, identity, json.dumps(event).encode())
    assert (status, answer["error"], answer["field"].rpartition(".")[2]) == (400, "field_wrong", next(iter(inputs)))
    assert [call for call in sheets.journal if call.write] == []


def test_what_google_adds_does_no_harm(caller: Person, here: Post, identity: Identity) -> None:
    event = caller.event()
    for field in ("clientPlatform", f"{COMMON}.themeMode", f"{FILE}.matchedUrl", f"{TOKENS}.more", "chat"):
        event = changed(event, field, {"new": ["thing"]})
    assert sent(here, identity, json.dumps(event).encode())[0] == 200


def test_only_post_is_answered(caller: Person, here: Post, sheets: SheetsServer) -> None:
    for answer in (door("addon").get("/"), door("addon").put("/", data=b"{}")):
        assert answer.status_code == 405
    assert sheets.journal == []


def test_a_day_is_the_one_in_the_picker_wherever_the_person_is(person: Person) -> None:
    """Midnight in UTC, as a picker of days says it."""
    from cloud_function.addon.event import event_of
    from tests.conftest import DAY

    assert event_of(pressed(person, "postpone", {"postpone_to": chosen(DAY)})).day("postpone_to") == DAY
    assert event_of(pressed(person, "postpone")).day("postpone_to") is None
    assert event_of(pressed(person, "note", {"note": {"stringInputs": {}}})).text("note") == ""

"""A call that is not Google's own, for this add-on, reads nothing and learns nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from cloud_function.addon import tokens
from tests.addon.conftest import URL
from tests.addon.google_side import ACCOUNT, CLIENT, Identity, Json, Person, Post
from tests.sheets_server import SheetsServer

Make = Callable[[Identity], str | None]
LATER = 10 * 24 * 3600


def part(said: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _unsigned(identity: Identity) -> str:
    _, body, _ = identity.token(URL).split(".")
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{body}."


def _signed_with_the_public_key(identity: Identity) -> str:
    """As if the certificate, which everybody knows, were a shared secret."""
    certificate = next(iter(tokens._KEYS.certs("of today").values())).encode()
    _, body, _ = identity.token(URL).split(".")
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'of today'})}.{body}"
    signature = base64.urlsafe_b64encode(hmac.new(certificate, signed.encode(), hashlib.sha256).digest())
    return f"{signed}.{signature.decode().rstrip('=')}"


def _changed(identity: Identity) -> str:
    head, body, signature = identity.token(URL, email="somebody@example.com").split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return f"{head}.{part({**said, 'email': ACCOUNT})}.{signature}"


BAD: dict[str, Make] = {
    "none": lambda _: None,
    "empty": lambda _: "",
    "no token at all": lambda _: "Bearer",
    "another scheme": lambda i: "Basic " + i.token(URL),
    "no JWT": lambda _: "Bearer abc",
    "half a JWT": lambda i: "Bearer " + i.token(URL).rpartition(".")[0],
    "nonsense in three parts": lambda _: "Bearer a.b.c",
    "deeply nested": lambda _: "Bearer " + base64.urlsafe_b64encode(b"[" * 5000).decode() + ".e30.e30",
    "far too long": lambda i: "Bearer " + i.token(URL, more="x" * 20_000),
    "forged with another key": lambda i: "Bearer " + i.token(URL, signer=i.stranger),
    "unsigned": lambda i: "Bearer " + _unsigned(i),
    "signed with the public key": lambda i: "Bearer " + _signed_with_the_public_key(i),
    "changed after it was signed": lambda i: "Bearer " + _changed(i),
    "expired": lambda i: "Bearer " + i.token(URL, iat=int(time.time()) - 7200, exp=int(time.time()) - 60),
    "not yet begun": lambda i: "Bearer " + i.token(URL, iat=int(time.time()) + 600),
    "without an end": lambda i: "Bearer " + i.token(URL, exp=None),
    "for another function": lambda i: "Bearer " + i.token("https://panel.example/sync"),
    "for our address with a slash more": lambda i: "Bearer " + i.token(URL + "/"),
    "for nobody": lambda i: "Bearer " + i.token(""),
    "of another add-on": lambda i: "Bearer " + i.token(URL, email="service-2@gcp-sa-gsuiteaddons.iam.gserviceaccount.com"),
    "of a person": lambda i: "Bearer " + i.token(URL, email="somebody@example.com"),
    "of an address nobody checked": lambda i: "Bearer " + i.token(URL, email_verified=False),
    "without an address": lambda i: "Bearer " + i.token(URL, email=None),
    "of another issuer": lambda i: "Bearer " + i.token(URL, iss="https://accounts.example.com"),
    "a token of the person": lambda i: "Bearer " + i.token(CLIENT, email="somebody@example.com"),
}  # fmt: skip


def asked(person: Person, post: Post, authorization: str | None, event: Json | None = None) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization
    return post(json.dumps(event or person.event()).encode(), headers)


@pytest.mark.parametrize("kind", BAD)
def test_a_header_that_does_not_hold_is_401_and_nothing_is_read(
    caller: Person, here: Post, sheets: SheetsServer, identity: Identity, kind: str
) -> None:
    status, answer = asked(caller, here, BAD[kind](identity))
    assert status == 401
    assert set(answer) == {"error"} and answer["error"].startswith("token_")
    assert sheets.journal == []


def _without_signature(identity: Identity) -> str:
    return identity.token(URL).rpartition(".")[0] + ".SIGNATURE_REMOVED_BY_GOOGLE"


def _in_body(event: Json, **given: Any) -> Json:
    return {**event, "authorizationEventObject": {**event["authorizationEventObject"], **given}}


@pytest.mark.parametrize(
    "kind", [kind for kind in BAD if kind not in {"none", "another scheme", "a token of the person"}]
)
@pytest.mark.parametrize("removed", [False, True])
def test_neither_does_a_good_header_help_a_body_whose_token_does_not_hold(
    caller: Person, here: Post, sheets: SheetsServer, identity: Identity, kind: str, removed: bool
) -> None:
    made = BAD[kind](identity) or ""
    event = _in_body(caller.event(), systemIdToken=made.removeprefix("Bearer").strip())
    header = _without_signature(identity) if removed else identity.token(URL)
    assert asked(caller, here, f"Bearer {header}", event)[0] == 401
    assert sheets.journal == []


@pytest.mark.parametrize("user", ["nonsense", 7, "for us", "forged", "expired"])
def test_nor_one_whose_person_is_not_who_google_says(
    caller: Person, here: Post, sheets: SheetsServer, identity: Identity, user: Any
) -> None:
    kinds: dict[Any, Callable[[], Any]] = {
        "for us": lambda: identity.token(URL),
        "forged": lambda: identity.token(CLIENT, signer=identity.stranger),
        "expired": lambda: identity.token(CLIENT, exp=int(time.time()) - 60),
    }
    made = kinds.get(user, lambda: user)()
    event = _in_body(caller.event(), userIdToken=made)
    assert asked(caller, here, f"Bearer {identity.token(URL)}", event)[0] == 401
    assert sheets.journal == []


def test_where_cloud_run_has_taken_the_signature_the_body_s_token_counts(
    caller: Person, here: Post, sheets: SheetsServer, identity: Identity
) -> None:
    event = caller.event()
    whole = event["authorizationEventObject"]["systemIdToken"]
    cut = "Bearer " + whole.rpartition(".")[0] + ".SIGNATURE_REMOVED_BY_GOOGLE"
    assert asked(caller, here, cut, event)[0] == 200
    sheets.journal.clear()
    nothing = {k: v for k, v in event["authorizationEventObject"].items() if k != "systemIdToken"}
    for body in (
        {**event, "authorizationEventObject": nothing},  # none in the body
        _in_body(event, systemIdToken=identity.token(URL, iat=int(time.time()) - 1)),  # not the one of the header
        {k: v for k, v in event.items() if k != "authorizationEventObject"},
    ):
        assert asked(caller, here, cut, body)[0] == 401
    assert sheets.journal == []


def test_tokens_that_hold_are_let_in(caller: Person, here: Post, identity: Identity) -> None:
    bearer = f"Bearer {identity.token(URL)}"
    event = caller.event()
    assert asked(caller, here, bearer, event)[0] == 200
    assert asked(caller, here, bearer.replace("Bearer", "bearer"), event)[0] == 200
    user = identity.token(CLIENT, email="somebody@example.com", iss="accounts.google.com")
    assert asked(caller, here, bearer, _in_body(event, userIdToken=user))[0] == 200
    late = identity.token(URL, exp=int(time.time()) - 3)  # clocks differ a little
    assert asked(caller, here, f"Bearer {late}", event)[0] == 200


# ── Google's keys ───────────────────────────────────────────────────────────


def test_keys_are_fetched_once_whatever_keys_are_named(caller: Person, here: Post, identity: Identity) -> None:
    identity.fetched = 0
    tokens._KEYS._good_until = 0.0
    for _ in range(3):
        assert asked(caller, here, f"Bearer {identity.token(URL)}")[0] == 200
    assert identity.fetched == 1
    head, body, signature = identity.token(URL).split(".")
    for number in range(5):
        forged = f"{part({'alg': 'RS256', 'typ': 'JWT', 'kid': f'unknown {number}'})}.{body}.{signature}"
        assert asked(caller, here, f"Bearer {forged}")[0] == 401
    assert identity.fetched == 1, head


def test_a_key_that_google_made_meanwhile_is_found(identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tokens.CERTS_VARIABLE, identity.url)
    now = [1000.0]
    keys = tokens.Keys(lambda: now[0])
    assert set(keys.certs("of today")) == {"of today"}
    identity.fetched = 0
    now[0] += 30
    keys.certs("of tomorrow")
    assert identity.fetched == 0  # asked a moment ago
    now[0] += 40
    keys.certs("of tomorrow")
    assert identity.fetched == 1
    now[0] += 20_001  # what Cache-Control said
    keys.certs("of today")
    assert identity.fetched == 2


def test_without_google_s_keys_nobody_is_believed(
    caller: Person, here: Post, sheets: SheetsServer, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_KEYS", tokens.Keys())
    for address in ("http://127.0.0.1:9", f"{sheets.url}"):  # nobody there; somebody who has no keys
        monkeypatch.setenv(tokens.CERTS_VARIABLE, address)
        assert asked(caller, here, f"Bearer {identity.token(URL)}") == (503, {"error": "keys_unreachable"})
    assert [call for call in sheets.journal if "spreadsheets" in call.path] == []


@pytest.mark.parametrize("address", ["https://keys.example", "http://127.0.0.1@keys.example:80", "http://localhost:1"])
def test_keys_come_from_google_or_this_machine_and_from_nowhere_else(
    caller: Person, here: Post, sheets: SheetsServer, identity: Identity, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(tokens, "_KEYS", tokens.Keys())
    monkeypatch.setenv(tokens.CERTS_VARIABLE, address)
    assert asked(caller, here, f"Bearer {identity.token(URL)}")[0] == 500
    assert sheets.journal == []


@pytest.mark.parametrize("variable", [tokens.URL, tokens.ACCOUNT, tokens.CLIENT])
def test_an_add_on_that_is_not_set_up_lets_nobody_in(
    caller: Person, here: Post, sheets: SheetsServer, identity: Identity, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "")
    status, answer = asked(caller, here, f"Bearer {identity.token('')}")
    assert status == 500 and variable in json.dumps(answer)
    assert sheets.journal == []

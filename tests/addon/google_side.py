"""Google's side of the add-on: an identity server with a real key, and the panel of a person in a spreadsheet.

The panel sends what Google sends and holds every answer to what Google takes: cards to the bundled ``chat.v1``
document, the answer around them to the shapes that Google documents for HTTP add-ons.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

from cloud_function.addon.panel import SCOPE
from cloud_function.addon.widgets import MOST_WIDGETS
from tests.sheets_server.answer_check import check_answer

ACCOUNT = "service-1234567890@gcp-sa-gsuiteaddons.iam.gserviceaccount.com"
CLIENT = "1234567890-panel.apps.googleusercontent.com"
ISSUER = "https://accounts.google.com"
Json = dict[str, Any]
Post = Callable[[bytes, Mapping[str, str]], tuple[int, Any]]


class Identity:
    """Signs ID tokens, and serves the certificate of its key as Google does."""

    def __init__(self) -> None:
        self.fetched = 0
        self.signer, certificate = _key("of today")
        self.stranger, _ = _key("of today")  # the same name, another key
        answer = json.dumps({"of today": certificate}).encode()
        identity = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                identity.fetched += 1
                right = self.path == "/oauth2/v1/certs"
                self.send_response(200 if right else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Cache-Control", "public, max-age=20000, must-revalidate, no-transform")
                self.end_headers()
                self.wfile.write(answer if right else b"{}")

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def token(self, audience: str, *, signer: Any = None, **claims: Any) -> str:
        """A token that holds for an hour, but for what ``claims`` say."""
        now = int(time.time())
        said = {
            "iss": ISSUER, "aud": audience, "azp": "1", "sub": "1", "email": ACCOUNT, "email_verified": True,
            "iat": now - 5, "exp": now + 3600,
        }  # fmt: skip
        made: Any = jwt
        return bytes(made.encode(signer or self.signer, {**said, **claims})).decode()


def _key(key_id: str) -> tuple[Any, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    signers: Any = crypt.RSASigner
    return signers.from_string(pem, key_id), certificate.public_bytes(serialization.Encoding.PEM).decode()


def http_post(url: str) -> Post:
    """Over HTTP, as Google does."""

    def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        answer = requests.post(url, data=body, headers=dict(headers), timeout=60)
        return answer.status_code, answer.json()

    return post


@dataclass
class Person:
    """Somebody with the panel open. ``granted``: whether they let the add-on open the file."""

    identity: Identity
    post: Post
    url: str
    spreadsheet: str
    locale: str = "en"
    granted: bool = True
    title: str = "Shop"
    cards: list[Json] = field(default_factory=list)
    said: str | None = None

    # ── what Google sends ───────────────────────────────────────────────────

    def event(self, parameters: Mapping[str, str] | None = None, inputs: Mapping[str, Any] | None = None) -> Json:
        file: Json = {"addonHasFileScopePermission": self.granted}
        if self.granted:
            file |= {"id": self.spreadsheet, "title": self.title}
        common: Json = {
            "hostApp": "SHEETS", "platform": "WEB", "userLocale": self.locale,
            "timeZone": {"id": "Europe/Amsterdam", "offset": "3600000"},
        }  # fmt: skip
        if parameters is not None:
            common |= {"parameters": dict(parameters), "formInputs": dict(inputs or {})}
        scopes = [SCOPE, "https://www.googleapis.com/auth/script.locale"]
        tokens = {
            "userOAuthToken": "ya29.of-the-person", "systemIdToken": self.identity.token(self.url),
            "authorizedScopes": scopes,
        }  # fmt: skip
        return {"commonEventObject": common, "authorizationEventObject": tokens, "sheets": file}

    def send(self, event: Json) -> Json:
        bearer = event["authorizationEventObject"]["systemIdToken"]
        status, answer = self.post(
            json.dumps(event).encode(), {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        )
        assert status == 200, answer
        check(answer, opened="parameters" not in event["commonEventObject"])
        return self._takes(answer)

    def _takes(self, answer: Json) -> Json:
        """What the panel does with an answer."""
        action = answer.get("action") or answer.get("renderActions", {}).get("action", {})
        for step in action.get("navigations", ()):
            if "pushCard" in step:
                self.cards.append(step["pushCard"])
            else:
                self.cards[-1:] = [step["updateCard"]]
        self.said = action.get("notification", {}).get("text")
        return answer

    # ── what the person does ────────────────────────────────────────────────

    def opens(self) -> Json:
        """The panel is opened."""
        self.cards.clear()
        self.send(self.event())
        return self.card

    def grants(self) -> Json:
        """The question of Google's own dialogue is answered with yes."""
        self.granted = True
        self.send(self.event())
        return self.card

    def presses(self, text: str, nth: int = 0, **inputs: Any) -> Json:
        """A button of the card is pressed, with the fields of the card as they were filled in."""
        found = [b for b in buttons(self.card) if b["text"] == text and "action" in b["onClick"]]
        action = found[nth]["onClick"]["action"]
        assert action["function"] == self.url
        given = {p["key"]: p["value"] for p in action["parameters"]}
        return self.send(self.event(given, {**_untouched(self.card), **inputs}))

    @property
    def card(self) -> Json:
        return self.cards[-1]

    @property
    def texts(self) -> str:
        return json.dumps(self.card, ensure_ascii=False)


def typed(text: str) -> Json:
    """A text field's content."""
    return {"stringInputs": {"value": [text]}}


def chosen(day: date) -> Json:
    """A day in a picker."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return {"dateInput": {"msSinceEpoch": str(int(midnight.timestamp() * 1000))}}


def _untouched(card: Json) -> Json:
    return {
        w["textInput"]["name"]: typed(w["textInput"]["value"])
        for w in widgets(card)
        if w.get("textInput", {}).get("value")
    }


# ── cards ───────────────────────────────────────────────────────────────────


def widgets(card: Json) -> list[Json]:
    return [widget for section in card.get("sections", ()) for widget in section["widgets"]]


def buttons(card: Json) -> Iterator[Json]:
    for widget in widgets(card):
        yield from widget.get("buttonList", {}).get("buttons", ())
        if "button" in widget.get("decoratedText", {}):
            yield widget["decoratedText"]["button"]
    for name in ("primaryButton", "secondaryButton"):
        if name in card.get("fixedFooter", {}):
            yield card["fixedFooter"][name]


def links(card: Json) -> list[str]:
    return [button["onClick"]["openLink"]["url"] for button in buttons(card) if "openLink" in button["onClick"]]


def customers(card: Json) -> list[str]:
    return [w["decoratedText"]["text"] for w in widgets(card) if "decoratedText" in w]


def check(answer: Json, *, opened: bool) -> None:
    """An answer is one of the four that Google takes, its cards are cards, and no longer than Google shows."""
    if "requesting_google_scopes" in answer:
        assert answer == {"requesting_google_scopes": {"scopes": [SCOPE]}}
        return
    if "hostAppAction" in answer.get("renderActions", {}):
        wanted: Json = {"hostAppAction": {"editorAction": {"requestFileScopeForActiveDocument": {}}}}
        assert answer == {"renderActions": wanted}
        assert not opened
        return
    assert list(answer) == (["action"] if opened else ["renderActions"])
    action = answer["action"] if opened else answer["renderActions"]["action"]
    assert set(action) <= ({"navigations"} if opened else {"navigations", "notification"})
    if "notification" in action:
        assert set(action["notification"]) == {"text"} and action["notification"]["text"]
    for step in action["navigations"]:
        assert list(step) == ["pushCard" if opened else "updateCard"]
        check_card(next(iter(step.values())))


def check_card(card: Json) -> None:
    check_answer("chat.v1", "GoogleAppsCardV1Card", card)
    assert len(widgets(card)) <= MOST_WIDGETS
    assert card["header"]["title"]
    assert all(section["widgets"] for section in card["sections"])
    for button in buttons(card):
        assert button["text"] and len(button["onClick"]) == 1
    for url in links(card):
        assert url.startswith(("https://wa.me/", "https://docs.google.com/spreadsheets/", "mailto:", "tel:")), url
    for name in ("primaryButton", "secondaryButton"):
        assert "color" in card.get("fixedFooter", {}).get(name, {"color": 1})

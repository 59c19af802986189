"""One identity server, one Sheets server and one function process for all tests of the add-on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cloud_function.addon import tokens
from sheets_sync import run, sample, starter
from sheets_sync.backends.google import GoogleBackend, address
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.model import SourceTab
from tests.addon.google_side import ACCOUNT, CLIENT, Identity, Person, Post, http_post
from tests.backends.google.spreadsheets import some_login
from tests.cloud.town import Function, door, running
from tests.sheets_server import SheetsServer

URL = "https://panel.example/addon"
LOCALES = {"pt-BR": "pt_BR", "es": "es_ES", "nl": "nl_NL", "en": "en_GB"}


@pytest.fixture(scope="session")
def identity() -> Iterator[Identity]:
    made = Identity()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def _sheets() -> Iterator[SheetsServer]:
    with SheetsServer() as server:
        yield server


@pytest.fixture(scope="session")
def settings(identity: Identity, _sheets: SheetsServer) -> Mapping[str, str]:
    """The variables of the function."""
    return {
        tokens.URL: URL, tokens.ACCOUNT: ACCOUNT, tokens.CLIENT: CLIENT, tokens.CERTS_VARIABLE: identity.url,
        address.VARIABLE: _sheets.url,
    }  # fmt: skip


@pytest.fixture
def sheets(_sheets: SheetsServer) -> SheetsServer:
    _sheets.journal.clear()
    _sheets.service.before_calls.clear()
    _sheets.fail()
    _sheets.limit(None, None)
    return _sheets


@pytest.fixture(scope="session")
def function(settings: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    """The entry point as a process of its own."""
    with running("addon", settings, tmp_path_factory.mktemp("function")) as process:
        yield process


@pytest.fixture
def here(settings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Post:
    """The entry point in this process."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tokens, "_KEYS", tokens.Keys())
    client = door("addon")

    def post(body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        answer = client.post("/", data=body, headers=dict(headers))
        return answer.status_code, answer.get_json()

    return post


Shop = Callable[..., str]


@pytest.fixture(scope="session")
def _shops(_sheets: SheetsServer, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    made: dict[str, str] = {}

    def first(language: str) -> str:
        if language not in made:
            path: Path = tmp_path_factory.mktemp("shops") / "shop.xlsx"
            starter.compose(language, SourceTab, sample.rows(datetime.now(UTC).date())).save(path)
            made[language] = _sheets.seed(path, locale=LOCALES[language], time_zone="Etc/GMT")
        return made[language]

    return first


@pytest.fixture
def shop(_shops: Callable[[str], str], sheets: SheetsServer) -> Shop:
    """``shop("nl")``: the sample shop in Dutch, as it stands today; nothing was synced."""

    def make(language: str = "en") -> str:
        return sheets.copy(_shops(language))

    return make


@pytest.fixture(scope="session")
def _synced(_shops: Callable[[str], str], _sheets: SheetsServer) -> str:
    spreadsheet = _sheets.copy(_shops("en"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(address.VARIABLE, _sheets.url)
        backend = GoogleBackend(spreadsheet, lambda: SheetsClient(some_login()), undoable=False)
        run.sync(backend, run.Request(now=datetime.now(UTC), run_id="first", write=True))
        backend.close()
    return spreadsheet


@pytest.fixture
def synced(_synced: str, sheets: SheetsServer) -> Shop:
    """The sample shop in English, synced today."""
    return lambda: sheets.copy(_synced)


@pytest.fixture
def caller(identity: Identity, here: Post, _synced: str, sheets: SheetsServer) -> Person:
    """Somebody whose panel is not open yet, over a shop that nobody must change."""
    return Person(identity, here, URL, _synced)


@pytest.fixture
def person(identity: Identity, here: Post, synced: Shop, sheets: SheetsServer) -> Person:
    """Somebody with the panel open over a shop that was synced today."""
    made = Person(identity, here, URL, synced())
    made.opens()
    sheets.journal.clear()
    return made


@pytest.fixture
def at_the_function(identity: Identity, function: Function) -> Callable[..., Person]:
    """Somebody whose panel is served by the process."""

    def open_over(spreadsheet: str, locale: str, *, granted: bool) -> Person:
        return Person(identity, http_post(function.url), URL, spreadsheet, locale=locale, granted=granted)

    return open_over

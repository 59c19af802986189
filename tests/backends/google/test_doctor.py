"""``sheets-sync doctor`` on a spreadsheet: each thing that can be wrong is found at its check, with its cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sheets_sync import doctor, locale
from sheets_sync.backends.google import GoogleBackend, credentials
from sheets_sync.backends.google.address import VARIABLE
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.refusals import refusal
from tests.backends.contract import SHOP
from tests.backends.google.spreadsheets import Desk
from tests.sheets_server import Fault, Kind, SheetsServer

FINE = ["credentials", "api", "access", "locale", "quota", "tabs"]
LANGUAGES = ("pt-BR", "es", "nl", "en")


def examined(backend: GoogleBackend) -> list[doctor.Finding]:
    try:
        return list(doctor.of_spreadsheet(backend))
    finally:
        backend.close()


@pytest.fixture
def desk(server: SheetsServer) -> Desk:
    return Desk(server, SHOP)


def test_all_is_well(desk: Desk, server: SheetsServer) -> None:
    before = server.picture(desk.id)
    found = examined(desk.backend())
    assert [f.check for f in found] == FINE
    assert all(f.fine for f in found)
    assert server.picture(desk.id) == before
    assert found[3].params == {"locale": "pt_BR", "timezone": "America/Sao_Paulo"}
    assert "Pedidos" in str(found[5].params["tabs"])


def always(kind: Kind) -> Callable[[SheetsServer], None]:
    return lambda server: server.fail(*(Fault(n, kind) for n in range(1, 30)))


def writing(kind: Kind) -> Callable[[SheetsServer], None]:
    return lambda server: server.fail(Fault(2, kind))


@pytest.mark.parametrize(
    ("wrong", "check", "code", "cure"),
    [
        (always(Kind.API_OFF), "api", "google_api_off", "gcloud services enable sheets.googleapis.com"),
        (always(Kind.UNAVAILABLE), "api", "google_unreachable", ""),
        (always(Kind.FORBIDDEN), "access", "google_no_access_person", ""),
        (writing(Kind.FORBIDDEN), "access", "google_no_access_person", ""),
        (always(Kind.NOT_FOUND), "access", "google_not_found", ""),
        (always(Kind.TOO_MANY), "quota", "google_quota", ""),
    ],
)  # fmt: skip
def test_what_google_declines_is_found_at_its_check(
    desk: Desk, server: SheetsServer, wrong: Callable[[SheetsServer], None], check: str, code: str, cure: str
) -> None:
    wrong(server)
    *fine, last = examined(desk.backend())
    assert all(finding.fine for finding in fine)
    assert (last.check, last.error is not None and last.error.code) == (check, code)
    for language in LANGUAGES:
        assert cure in last.sentence(locale.load(language))


def test_a_locale_whose_dates_nobody_here_can_read_is_a_doubt_and_no_end(server: SheetsServer) -> None:
    found = examined(Desk(server, SHOP, locale="ja_JP").backend())
    assert [f.check for f in found] == FINE
    assert [f.check for f in found if f.doubt] == ["locale"]


def test_a_spreadsheet_without_a_tab_that_counts_says_how_to_make_one(server: SheetsServer) -> None:
    *fine, last = examined(Desk(server, {"Receitas": [["bolo"]]}).backend())
    assert all(finding.fine for finding in fine)
    assert (last.check, last.code) == ("tabs", "no_usable_tab")
    assert all("sheets-sync new" in last.sentence(locale.load(language)) for language in LANGUAGES)


# ── credentials ─────────────────────────────────────────────────────────────


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the standard variable leads, and nothing else on this computer."""
    path = tmp_path / "account.json"
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    return path


@pytest.mark.parametrize(
    ("content", "code", "cure"),
    [(None, "google_no_credentials", "gcloud auth application-default login"), ("{}", "google_bad_credentials", ""),
     ("no json", "google_bad_credentials", "")],
)  # fmt: skip
def test_without_credentials_that_hold_it_says_how_to_get_some(
    desk: Desk, account: Path, content: str | None, code: str, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is None:
        monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    else:
        account.write_text(content, "utf-8")
    (last,) = examined(GoogleBackend(desk.id))
    assert (last.check, last.code) == ("credentials", code)
    assert all(cure in last.sentence(locale.load(language)) for language in LANGUAGES)


def test_a_service_account_is_named_and_asks_for_spreadsheets_and_nothing_else(
    account: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SheetsServer() as server:
        monkeypatch.setenv(VARIABLE, server.url)
        desk = Desk(server, SHOP)
        server.write_credentials(account)
        found = examined(GoogleBackend(desk.id))
        assert (found[0].code, found[0].params["account"]) == ("doctor_credentials", server.service.accounts.email)
        assert set(server.service.accounts._tokens.values()) == {"https://www.googleapis.com/auth/spreadsheets"}
        server.file(desk.id).forbidden = True
        *_, last = examined(GoogleBackend(desk.id))
        assert (last.check, last.code) == ("access", "google_no_access")
        for language in LANGUAGES:
            assert server.service.accounts.email in last.sentence(locale.load(language))


def test_a_token_without_the_scope_and_an_excel_file_in_drive_have_errors_of_their_own() -> None:
    said = {"message": "Request had insufficient authentication scopes.", "status": "PERMISSION_DENIED"}
    assert refusal(403, said, account="").code == "google_no_scope"
    office = {"message": "This operation is not supported for this document", "status": "FAILED_PRECONDITION"}
    assert refusal(400, office, account="").code == "google_office_file"


def test_a_client_waits_for_no_answer_for_ever(desk: Desk) -> None:
    made = desk.client()
    assert isinstance(made, SheetsClient)
    connect, answer = made.timeout  # type: ignore[misc]
    assert 0 < connect <= 15
    assert 180 < answer < 300
    assert credentials.SCOPES == ("https://www.googleapis.com/auth/spreadsheets",)

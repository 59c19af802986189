"""The real clients against the server: google-auth's service-account flow, gspread, google-api-python-client."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import google.auth.transport.requests
import gspread
import openpyxl
import pytest
import requests
from google.auth.exceptions import RefreshError
from google.oauth2 import service_account
from google.oauth2.service_account import Credentials
from gspread.http_client import HTTPClient

from tests.sheets_server import SheetsServer

SHEETS = "https://www.googleapis.com/auth/spreadsheets"
DRIVE = "https://www.googleapis.com/auth/drive"


@pytest.fixture(autouse=True)
def _no_call_to_google(monkeypatch: pytest.MonkeyPatch) -> None:
    """google-auth asks iamcredentials.googleapis.com for an account's regions, in a thread of its own: not from a test."""
    monkeypatch.setattr(Credentials, "_maybe_start_regional_access_boundary_refresh", lambda *_: None, raising=False)


def credentials(server: SheetsServer, folder: Path, *scopes: str) -> Any:
    file = folder / "account.json"
    server.write_credentials(file)
    return service_account.Credentials.from_service_account_file(str(file), scopes=list(scopes))  # type: ignore[no-untyped-call]


def client(server: SheetsServer, folder: Path, *scopes: str) -> gspread.Client:
    class Local(HTTPClient):
        def request(self, method: Any, endpoint: str, *args: Any, **more: Any) -> Any:
            for host in ("https://sheets.googleapis.com", "https://www.googleapis.com"):
                endpoint = endpoint.replace(host, server.url)
            return super().request(method, endpoint, *args, **more)

    return gspread.Client(credentials(server, folder, *scopes), http_client=Local)


def test_google_auth_gets_a_token_and_reaches_the_api(server: SheetsServer, tmp_path: Path) -> None:
    given = credentials(server, tmp_path, SHEETS)
    session = google.auth.transport.requests.AuthorizedSession(given)  # type: ignore[no-untyped-call]
    url = f"{server.url}/v4/spreadsheets/{server.create('Shop')}"
    assert session.get(url).json()["properties"]["title"] == "Shop"
    assert given.token.startswith("ya29.")
    assert (tmp_path / "account.json").stat().st_mode & 0o077 == 0


def test_a_key_of_another_is_refused(server: SheetsServer, tmp_path: Path) -> None:
    with SheetsServer() as other:
        given = credentials(other, tmp_path, SHEETS)
    file = json.loads((tmp_path / "account.json").read_text())
    server.write_credentials(tmp_path / "mine.json")
    given = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        {**file, "token_uri": f"{server.url}/token"}, scopes=[SHEETS]
    )
    with pytest.raises(RefreshError, match="Invalid JWT Signature"):
        given.refresh(google.auth.transport.requests.Request())


def test_without_a_token_and_with_a_stale_one_nothing_is_answered(server: SheetsServer, tmp_path: Path) -> None:
    url = f"{server.url}/v4/spreadsheets/{server.create()}"
    assert requests.get(url, timeout=5).status_code == 401
    shop = client(server, tmp_path, SHEETS).open_by_key(server.create("Shop"))
    server.service.accounts.revoke_all()
    assert requests.get(url, headers={"Authorization": "Bearer ya29.stale"}, timeout=5).status_code == 401
    assert shop.title == "Shop"
    assert shop.sheet1.get("A1") == [[]]  # google-auth fetched another


def test_the_scope_of_spreadsheets_does_not_open_drive(server: SheetsServer, tmp_path: Path) -> None:
    shop = client(server, tmp_path, SHEETS)
    with pytest.raises(gspread.exceptions.APIError, match="insufficient authentication scopes"):
        shop.openall()


def test_gspread_works_with_records(server: SheetsServer, tmp_path: Path) -> None:
    shop = client(server, tmp_path, SHEETS).open_by_key(server.create("Shop"))
    tab = shop.add_worksheet("Orders", 10, 3)
    tab.update([["id", "total"], [1, 2.5], [2, "x"]], "A1")
    tab.append_row([3, "=1+1"], value_input_option="USER_ENTERED")  # type: ignore[arg-type]
    assert tab.get_all_records() == [{"id": 1, "total": 2.5}, {"id": 2, "total": "x"}, {"id": 3, "total": 2}]
    found = tab.find("x")
    assert found is not None and (found.row, found.col) == (3, 2)
    with pytest.raises(gspread.exceptions.APIError, match="already exists"):
        shop.add_worksheet("orders", 1, 1)


def test_files_are_created_listed_copied_exported_and_deleted(server: SheetsServer, tmp_path: Path) -> None:
    drive = client(server, tmp_path, SHEETS, DRIVE)
    shop = drive.create("Shop's")
    shop.sheet1.update([["a", "1,5"], ["b"]], "A1")
    copy = drive.copy(shop.id, title="Copy")
    assert {file["name"] for file in drive.list_spreadsheet_files()} == {"Shop's", "Copy"}
    assert drive.open("Copy").sheet1.get_all_values() == [["a", "1,5"], ["b", ""]]
    assert shop.export(gspread.utils.ExportFormat.CSV) == b'a,"1,5"\r\nb,'
    page = openpyxl.load_workbook(io.BytesIO(shop.export(gspread.utils.ExportFormat.EXCEL))).active
    assert page is not None and page["B1"].value == "1,5"
    drive.del_spreadsheet(copy.id)
    with pytest.raises(gspread.SpreadsheetNotFound):
        drive.open("Copy")


def test_googles_own_client_creates_and_reads(server: SheetsServer) -> None:
    from google.auth.credentials import AnonymousCredentials
    from googleapiclient.discovery import build
    from googleapiclient.http import HttpRequest

    class Authorized(HttpRequest):  # type: ignore[misc]
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            self.headers["Authorization"] = "Bearer any"

    sheets = build(
        "sheets", "v4", credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": server.url}, static_discovery=True, requestBuilder=Authorized,
    ).spreadsheets()  # fmt: skip
    given = {
        "properties": {"title": "Shop", "locale": "pt_BR", "timeZone": "America/Sao_Paulo"},
        "sheets": [
            {"properties": {"title": "Pedidos", "gridProperties": {"rowCount": 5}}},
            {"properties": {"sheetId": 9, "title": "Clientes"}},
        ],
    }
    made = sheets.create(body=given).execute()
    assert made["properties"]["locale"] == "pt_BR"
    assert [sheet["properties"]["title"] for sheet in made["sheets"]] == ["Pedidos", "Clientes"]
    body = {"values": [["1,5"]]}
    values = sheets.values()
    values.update(
        spreadsheetId=made["spreadsheetId"], range="Clientes!A1", valueInputOption="USER_ENTERED", body=body
    ).execute()
    read = values.get(
        spreadsheetId=made["spreadsheetId"], range="Clientes", valueRenderOption="UNFORMATTED_VALUE"
    ).execute()
    assert read["values"] == [[1.5]]
    copied = sheets.sheets().copyTo(
        spreadsheetId=made["spreadsheetId"], sheetId=9, body={"destinationSpreadsheetId": made["spreadsheetId"]}
    )
    assert copied.execute()["title"] == "Copy of Clientes"

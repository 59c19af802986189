"""Spreadsheets on the local server, made of plain values, and the backend that works in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from sheets_sync.backends.google import GoogleBackend
from sheets_sync.backends.google.address import VARIABLE
from sheets_sync.backends.google.cells import entered
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.patience import Patience
from sheets_sync.model import Value
from tests.sheets_server import SheetsServer

Rows = Sequence[Sequence[Value]]


def some_login() -> Any:
    """Credentials with a token and no more."""
    made: Any = Credentials
    return made(token="of tests")  # noqa: S106


class Waits:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def patience(self) -> Patience:
        return Patience(sleep=self.sleep, clock=lambda: self.now, dice=lambda: 0.5)


class Desk:
    """A spreadsheet that a team works in."""

    def __init__(self, server: SheetsServer, tabs: Mapping[str, Rows], *, locale: str = "pt_BR") -> None:
        self.server = server
        self.id = server.create("Loja", locale=locale, time_zone="America/Sao_Paulo")
        self.waits = Waits()
        self.person = server.person(self.id)
        first = self.person.tabs[0]
        for title, rows in tabs.items():
            self.person.adds_tab(title)
            self.fill(title, rows)
        self.person.deletes_tab(first)
        server.journal.clear()

    def again(self) -> Desk:
        """The same spreadsheet once more, as it is now, with a clock of its own."""
        other = copy(self)
        other.id = self.server.copy(self.id)
        other.person = self.server.person(other.id)
        other.waits = Waits()
        return other

    def sheet_id(self, title: str) -> int:
        return self.person.sheet(title).id

    def fill(self, title: str, rows: Rows, first: int = 1) -> None:
        """Values as they are, dates shown as dates."""
        cells = [{"values": [cell_data(value) for value in row]} for row in rows]
        start = {"sheetId": self.sheet_id(title), "rowIndex": first - 1, "columnIndex": 0}
        fields = "userEnteredValue,userEnteredFormat.numberFormat"
        self.person.requests({"updateCells": {"start": start, "rows": cells, "fields": fields}})

    def put(self, title: str, row: int, position: int, value: Value) -> None:
        start = {"sheetId": self.sheet_id(title), "rowIndex": row - 1, "columnIndex": position}
        fields = "userEnteredValue" + (",userEnteredFormat.numberFormat" if isinstance(value, date) else "")
        cells = [{"values": [cell_data(value)]}]
        self.person.requests({"updateCells": {"start": start, "rows": cells, "fields": fields}})

    def client(self) -> SheetsClient:
        return SheetsClient(some_login(), self.waits.patience())

    def backend(self) -> GoogleBackend:
        return GoogleBackend(self.id, self.client)


def cell_data(value: Value) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if value is not None:
        made["userEnteredValue"] = entered(value)
    if isinstance(value, date):
        kind = "DATE_TIME" if isinstance(value, datetime) else "DATE"
        made["userEnteredFormat"] = {"numberFormat": {"type": kind, "pattern": "dd/mm/yyyy"}}
    return made


@pytest.fixture(scope="session")
def _one_server() -> Any:
    with SheetsServer() as server:
        yield server


@pytest.fixture
def server(_one_server: SheetsServer, monkeypatch: pytest.MonkeyPatch) -> SheetsServer:
    monkeypatch.setenv(VARIABLE, _one_server.url)
    _one_server.journal.clear()
    _one_server.service.before_calls.clear()
    _one_server.fail()
    _one_server.limit(None, None)
    return _one_server

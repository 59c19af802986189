"""A server on this computer in Google's place: whoever is given the account's token, it is nobody else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.auth.transport.requests import AuthorizedSession

from sheets_sync.backends.google import GoogleBackend, address, client, credentials
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.run import Request, sync
from tests.backends.contract import DAY, SHOP
from tests.backends.google.spreadsheets import Desk
from tests.sheets_server import SheetsServer

FOREIGN = "192.0.2.7"
"""What every name leads to in these tests: an address that is nobody's."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The hosts that anybody in this process asks for, by name or number; only this computer answers."""
    hosts: list[str] = []
    usual = socket.getaddrinfo

    def listening(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        hosts.append(str(host))
        if address.stays_here(f"http://{host}"):
            return usual(host, port, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (FOREIGN, 9))]

    monkeypatch.setattr(socket, "getaddrinfo", listening)
    yield hosts
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon and "Boundary" in type(thread).__name__:
            thread.join(5)


def run_with_account(monkeypatch: pytest.MonkeyPatch, account: Path) -> None:
    with SheetsServer() as server:
        monkeypatch.setenv(address.VARIABLE, server.url)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
        desk = Desk(server, SHOP)
        server.write_credentials(account)
        backend = GoogleBackend(desk.id, lambda: SheetsClient(credentials.find(), desk.waits.patience()))
        sync(backend, Request(now=datetime.now(UTC), run_id="test", on=DAY, write=True))
        time.sleep(0.3)  # what google-auth does beside the run
        backend.close()


def test_no_host_but_this_computer_is_asked(asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run_with_account(monkeypatch, tmp_path / "account.json")
    assert asked
    assert {host for host in asked if not address.stays_here(f"http://{host}")} == set()


def test_google_auth_left_alone_would_ask_others(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The planted fault; and the day on which it no longer does, this guard may go."""
    monkeypatch.setattr(client, "local_session", AuthorizedSession)
    run_with_account(monkeypatch, tmp_path / "account.json")
    assert {host for host in asked if not address.stays_here(f"http://{host}")} == {"iamcredentials.googleapis.com"}


@pytest.mark.parametrize(
    ("url", "stays"),
    [("http://127.0.0.1:1/token", True), ("http://[::1]:1/a?b", True), ("https://iamcredentials.googleapis.com/v1", False),
     ("http://localhost/", False), ("http://127.0.0.1@evil.example/", False), ("nonsense", False), ("http://10.0.0.1/", False)],
)  # fmt: skip
def test_this_computer_is_named_by_number(url: str, stays: bool) -> None:
    assert address.stays_here(url) is stays

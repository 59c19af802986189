"""A town of shops: the Sheets server with their spreadsheets and the registry, Cloud Tasks, and the function's doors."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import flask.testing
import functions_framework
import requests

from cloud_function import allowed, cloud_tasks, registry
from sheets_sync import sample, starter
from sheets_sync.backends.google import address
from sheets_sync.model import SourceTab, Value
from tests.backends.google.spreadsheets import Desk
from tests.conftest import DAY
from tests.sheets_server import SheetsServer
from tests.tasks_server import TasksServer

SOURCE = Path(allowed.__file__).parent / "main.py"
INVOKER = "scheduler@tests.iam.gserviceaccount.com"
HEADERS = ("Spreadsheet", "Time zone", "Hours", "Enabled", "Note")
ON = DAY.isoformat()


@dataclass
class Town:
    """``shops``: ids of spreadsheets that are all alike."""

    sheets: SheetsServer
    tasks: TasksServer
    folder: Path
    account: Path
    first: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sheets: SheetsServer, tasks: TasksServer, folder: Path, day: date = DAY) -> Town:
        """``day``: what the sample rows are placed around."""
        path = folder / "shop.xlsx"
        starter.compose("en", SourceTab, sample.rows(day)).save(path)
        account = folder / "account.json"
        sheets.write_credentials(account)
        town = cls(sheets, tasks, folder, account, sheets.seed(path, locale="en_GB", time_zone="Europe/London"))
        town.environment = {
            address.VARIABLE: sheets.url, cloud_tasks.API_VARIABLE: tasks.url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(account), "SHEETS_SYNC_STATE": str(folder / "state"),
            "SHEETS_SYNC_INVOKER": INVOKER, allowed.VARIABLE: "", registry.VARIABLE: "",
            "NO_GCE_CHECK": "true",
        }  # fmt: skip
        return town

    def shop(self) -> str:
        """One more spreadsheet as the first one was at the beginning."""
        return self.sheets.copy(self.first)

    def registry(self, rows: Sequence[Sequence[Value]], headers: Sequence[Value] = HEADERS) -> str:
        """A registry spreadsheet with these rows below its headers."""
        return Desk(self.sheets, {"Shops": [headers, *rows]}, locale="en_GB").id

    def titles(self, spreadsheet: str) -> list[str]:
        return self.sheets.person(spreadsheet).tabs

    def picture(self, spreadsheet: str) -> list[str]:
        """All that lies on its tabs but the hidden one."""
        return self.sheets.picture(spreadsheet, without=["_sync"])


def door(target: str) -> flask.testing.FlaskClient:
    """An entry point in this process."""
    create: Any = functions_framework.create_app
    client: flask.testing.FlaskClient = create(target, str(SOURCE)).test_client()
    return client


@dataclass
class Function:
    """An entry point as a process of its own."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    def post(self, body: Any = None, **options: Any) -> requests.Response:
        return requests.post(self.url, json=body, timeout=600, **options)

    def lines(self) -> list[dict[str, Any]]:
        """What it logged."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def start(
    target: str, environment: Mapping[str, str], folder: Path, port: int | None = None, *, own_group: bool = False
) -> Function:
    """``functions-framework`` as the buildpack starts it, but from another folder; not waited for (``ready``)."""
    port = port or free_port()
    log = folder / f"{target}-{port}.log"
    with log.open("a") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "functions_framework", "--target", target, "--source", str(SOURCE),
             "--host", "127.0.0.1", "--port", str(port)],
            env={**os.environ, "THREADS": "8", **environment}, stdout=out, stderr=out, text=True, cwd=folder,
            start_new_session=own_group,
        )  # fmt: skip
    return Function(process, f"http://127.0.0.1:{port}/", log)


def ready(function: Function, seconds: float = 60.0) -> Function:
    """Once it answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert function.process.poll() is None, function.log.read_text()[-3000:]
        try:
            requests.get(f"{function.url}robots.txt", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return function
    raise AssertionError(function.log.read_text()[-3000:])


def stop(function: Function) -> None:
    function.process.terminate()
    try:
        function.process.wait(60)
    except subprocess.TimeoutExpired:
        function.process.kill()
        raise


@contextmanager
def running(target: str, environment: Mapping[str, str], folder: Path) -> Iterator[Function]:
    """A process until the block ends."""
    function = start(target, environment, folder)
    try:
        yield ready(function)
    finally:
        stop(function)

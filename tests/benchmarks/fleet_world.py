"""What the fleet meets: quotas by account and project, servers without sockets, and shops that are all alike."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import requests
from requests.adapters import BaseAdapter

from sheets_sync import run
from sheets_sync.backends.google import GoogleBackend
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.model import Outcome, Plan
from tests.backends.google.spreadsheets import Desk, some_login
from tests.benchmarks.timeline import Timeline
from tests.cloud.town import HEADERS
from tests.sheets_server import SheetsServer
from tests.sheets_server.quota import Quota

MORNING = datetime(2026, 11, 23, 10, 0, 3, tzinfo=UTC)
"""Just after seven in São Paulo."""
DAY = MORNING.date()
A_MINUTE, OF_A_PROJECT = 60, 300
LATENCY = 0.25
"""Seconds from asking the Sheets API to its answer."""


class Quotas(Quota):
    """An account's quota, and behind it the project's."""

    def __init__(self, project: Quota) -> None:
        super().__init__(project.now)
        self.project = project
        self.reads = self.writes = A_MINUTE

    def take(self, *, write: bool) -> None:
        super().take(write=write)
        self.project.take(write=write)


class Direct(BaseAdapter):
    """A request to a server in this process, without a socket; it takes its time on the timeline."""

    def __init__(self, answer: Any, timeline: Timeline | None = None) -> None:
        super().__init__()
        self._answer, self._timeline = answer, timeline

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        if self._timeline is not None:
            self._timeline.sleep(LATENCY)
        content = request.body.encode() if isinstance(request.body, str) else request.body or b""
        headers = {key.lower(): value for key, value in request.headers.items()}
        status, body, more = self._answer(request.method, request.path_url, headers, content)
        answer = requests.Response()
        answer.status_code, answer.raw, answer.request = status, io.BytesIO(body), request
        answer.headers.update(more)
        return answer

    def close(self) -> None:
        """Nothing is open."""


def small_shop(server: SheetsServer) -> str:
    """A shop with a handful of rows."""
    day = DAY - timedelta(days=6)
    orders = [["Pedido", "Cliente", "Telefone", "Data do pedido"]]
    rows: list[list[Any]] = [
        [f"P-{n}", f"Cliente {n}", f"+55 43 99999-000{n}", day - timedelta(days=n)] for n in range(4)
    ]
    return Desk(server, {"Pedidos": [*orders, *rows]}).id


def registry_of(server: SheetsServer, rows: Sequence[Sequence[Any]]) -> str:
    """A registry that may be longer than a new tab."""
    desk = Desk(server, {"Shops": [list(HEADERS)]})
    longer = {"sheetId": desk.sheet_id("Shops"), "dimension": "ROWS", "length": len(rows)}
    desk.person.requests({"appendDimension": longer})
    desk.fill("Shops", rows, 2)
    return desk.id


class Morning:
    """What all arrangements share: the shop as the evening left it, and the plan of the morning."""

    def __init__(self, server: SheetsServer) -> None:
        self.server = server
        self.shop = small_shop(server)
        self._sync(self.shop, DAY - timedelta(days=1))
        taken: list[Plan] = []
        apply = GoogleBackend.apply

        def listening(backend: GoogleBackend, plan: Plan) -> Any:
            taken.append(plan)
            return apply(backend, plan)

        trial = server.copy(self.shop)
        with mock.patch.object(GoogleBackend, "apply", listening):
            self.report = self._sync(trial, DAY)
        assert self.report.outcome is Outcome.APPLIED
        (self.plan,) = taken
        self.done = server.picture(trial, without=["_sync"])
        backend = self._backend(trial)
        self.memory = backend.open().memory

    def _backend(self, shop: str) -> GoogleBackend:
        return GoogleBackend(shop, lambda: SheetsClient(some_login()), undoable=False)

    def _sync(self, shop: str, day: Any) -> Any:
        return run.sync(self._backend(shop), run.Request(now=MORNING, run_id="", on=day, write=True))

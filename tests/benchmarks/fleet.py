"""Ten thousand workbooks in one morning: ``python -m tests.benchmarks.fleet --workbooks 10000 [--accounts 1,2,5]``.

On a virtual clock, but with the real code: ``dispatch`` reads the registry and enqueues, the queues of the local Cloud
Tasks hand out as ``deploy.sh`` sets them, ``sync`` is called through the functions framework, the client has its real
patience, the backend reads and writes, and the local Sheets server keeps Google's quota: 60 reads and 60 writes a minute
for each service account, 300 a minute for the project. All workbooks are alike, so the pure rooms are walked once and
their plan serves for all; a poisoned workbook goes the whole way.

Prints one JSON object an arrangement: minutes, how far that is from what the quota allows, 429s, what the poisoned cost.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import gc
import io
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from unittest import mock

import google.auth
import requests

from cloud_function import allowed, cloud_tasks, dispatch, one_workbook, registry, sheets
from sheets_sync import run
from sheets_sync.backends.google import GoogleBackend, address
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.patience import Patience
from sheets_sync.model import Outcome
from sheets_sync.problems import PlanAgain
from tests.backends.google.spreadsheets import some_login
from tests.benchmarks.fleet_world import A_MINUTE, MORNING, OF_A_PROJECT, Direct, Morning, Quotas, registry_of
from tests.benchmarks.timeline import Timeline
from tests.cloud.deployment import queue_message
from tests.cloud.town import INVOKER, door
from tests.sheets_server import SheetsServer
from tests.sheets_server.faults import quota_exceeded
from tests.sheets_server.quota import Quota
from tests.sheets_server.service import Call
from tests.sheets_server.service import Service as SheetsService
from tests.tasks_server.delivery import body_of, headers_of
from tests.tasks_server.queue import Attempt, Queue, Task
from tests.tasks_server.server import QUEUE
from tests.tasks_server.service import Service as TasksService

ROOMS = 0.7
"""Seconds that a run thinks."""
_HERE = threading.local()


class Fleet:
    """One arrangement: so many workbooks over so many accounts, and some that are poisoned."""

    def __init__(self, morning: Morning, workbooks: int, accounts: int, poisoned: int) -> None:
        self.morning, self.server = morning, morning.server
        self.shops = [self.server.copy(morning.shop) for _ in range(workbooks)]
        self.poison = dict(zip(self.shops[:: max(1, workbooks // max(poisoned, 1))], _poisons(poisoned), strict=False))
        self.timeline = Timeline(MORNING.timestamp(), self._moved)
        self.server.clock.set(MORNING)
        project = Quota(self.server.clock.now)
        project.reads = project.writes = OF_A_PROJECT
        self.accounts = [self._account(Quotas(project)) for _ in range(accounts)]
        self.tasks = TasksService(self.timeline.clock)
        self.queues = [self.tasks.add_queue(queue_message(QUEUE % f"sync-{n}")) for n in range(accounts)]
        self.applied: Counter[str] = Counter()
        self.finished: dict[str, float] = {}
        self.too_many: Counter[str] = Counter()
        self.open = False
        self._poisoning()

    def _moved(self, now: float) -> None:
        self.server.clock.set(datetime.fromtimestamp(now, UTC))

    def _account(self, quotas: Quotas) -> SheetsService:
        """The same files behind the quota of an account of its own."""
        service = copy.copy(self.server.service)
        service.quota = quotas
        return service

    def _poisoning(self) -> None:
        self.server.service.before_calls.clear()

        def for_ever(call: Call) -> None:
            if any(self.poison.get(shop) == "429 for ever" and shop in call.path for shop in self.poison):
                raise quota_exceeded("Read", A_MINUTE)

        self.server.before_each(for_ever)
        for shop, what in self.poison.items():
            if what == "no access":
                self.server.file(shop).forbidden = True
            if what == "broken tab":
                self.server.person(shop).types("Pedidos", "A1:D1", "")
                for cell in ("A1", "B1", "C1", "D1"):
                    self.server.person(shop).types("Pedidos", cell, "?")

    # ── what is put into the real code ──────────────────────────────────────

    def client(self) -> SheetsClient:
        """The client of the account whose function is running."""
        account = self.accounts[getattr(_HERE, "lane", 0)]

        def answer(
            verb: str, target: str, headers: dict[str, str], content: bytes
        ) -> tuple[int, bytes, Mapping[str, str]]:
            told = account.answer(verb, target, headers, content)
            if told.status == 429:
                self.too_many["poisoned" if any(shop in target for shop in self.poison) else "others"] += 1
            return told.status, told.content, told.headers

        patience = Patience(sleep=self.timeline.sleep, clock=self.timeline.clock, most=sheets.MOST)
        made = SheetsClient(some_login(), patience)
        made.session.mount(self.server.url, Direct(answer, self.timeline))
        return made

    def once(self, backend: GoogleBackend, request: run.Request, clock: run.Clock) -> tuple[Any, PlanAgain | None]:
        """``run._once`` with the plan that the rooms would make, since all workbooks are alike."""
        if backend.spreadsheet in self.poison:
            return _ONCE(backend, request, clock)
        workbook = backend.open()
        self.timeline.sleep(ROOMS)
        if workbook.memory == self.morning.memory:
            return _report(self.morning, Outcome.NOTHING), None
        try:
            backend.apply(self.morning.plan)
        except PlanAgain as again:
            return _report(self.morning, Outcome.APPLIED), again
        self.applied[backend.spreadsheet] += 1
        return _report(self.morning, Outcome.APPLIED), None

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """The real code, given this clock and these servers."""
        rows: list[list[Any]] = [[shop, "America/Sao_Paulo", 7, True] for shop in self.shops]
        listed = registry_of(self.server, rows)
        environment = {
            address.VARIABLE: self.server.url, registry.VARIABLE: listed, allowed.VARIABLE: "",
            cloud_tasks.API_VARIABLE: "http://127.0.0.1:1", "SHEETS_SYNC_INVOKER": INVOKER,
            "SHEETS_SYNC_QUEUES": ",".join(queue.name for queue in self.queues),
            "SHEETS_SYNC_URLS": ",".join(f"https://sync-{n}.example/" for n in range(len(self.queues))),
        }  # fmt: skip
        timeline, tasks = self.timeline, self.tasks

        class Still(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return datetime.fromtimestamp(timeline.now, tz)

        def session(_: Any) -> requests.Session:
            made = requests.Session()
            made.headers["Authorization"] = "Bearer of tests"

            def answer(
                verb: str, target: str, headers: dict[str, str], content: bytes
            ) -> tuple[int, bytes, Mapping[str, str]]:
                status, body = tasks.answer(verb, target, headers, content)
                return status, json.dumps(body).encode(), {}

            direct = Direct(answer)
            made.mount("http://127.0.0.1:1", direct)
            return made

        registered = allowed.Registered(timeline.clock)
        setattr(registered, "_lock", timeline.lock())  # noqa: B010  (mypy knows another lock)
        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch.dict(os.environ, environment))
            for owner, name, value in (
                (sheets, "client", self.client), (dispatch, "datetime", Still), (one_workbook, "datetime", Still),
                (run, "_once", self.once), (allowed, "_REGISTERED", registered),
                (cloud_tasks, "AuthorizedSession", session),
                (google.auth, "default", lambda scopes: (some_login(), "tests")),
            ):  # fmt: skip
                stack.enter_context(mock.patch.object(owner, name, value))
            yield

    # ── the morning ─────────────────────────────────────────────────────────

    def live(self) -> dict[str, Any]:
        """From the scheduler's call to the last task; what it was like."""
        begun = time.monotonic()
        told = io.StringIO()
        with self.in_place(), contextlib.redirect_stdout(told):
            self._dispatch, self._sync = door("dispatch"), door("sync")
            self.timeline.spawn(self._scheduler)
            self.timeline.run()
        return self._figures(told.getvalue(), time.monotonic() - begun)

    def _scheduler(self) -> None:
        """It calls at least once: here three times."""
        first = self._dispatch.post("/", data=b"{}").get_json()
        assert (first["enqueued"], first["failed"]) == (len(self.shops), 0), first
        for n in range(len(self.queues)):
            self.timeline.spawn(partial(self._hand_out, n))
        for pause in (27.0, 600.0):
            self.timeline.sleep(pause)
            again = self._dispatch.post("/", data=b"{}").get_json()
            assert (again["enqueued"], again["already"]) == (0, len(self.shops)), again

    def _hand_out(self, lane: int) -> None:
        queue = self.queues[lane]
        while queue.tasks:
            while (task := queue.next_task(self.timeline.now)) is not None:
                self.timeline.spawn(partial(self._attempt, lane, queue, task))
            wakes = queue.wakes_at(self.timeline.now)
            self.timeline.sleep(min(1.0, wakes - self.timeline.now) if wakes is not None else 0.25)

    def _attempt(self, lane: int, queue: Queue, task: Task) -> None:
        _HERE.lane, began = lane, self.timeline.now
        headers = headers_of(queue, task, began)
        answer = self._sync.post("/", data=body_of(task), headers=headers)
        now = self.timeline.now
        done = Attempt(
            task=task.name, number=task.dispatched, at=began, ended=now, status=answer.status_code, headers={}
        )  # fmt: skip
        queue.answered(task, done)
        if answer.status_code == 200:
            self.finished[json.loads(body_of(task))["workbook"]] = now

    def _figures(self, log: str, real: float) -> dict[str, Any]:
        lines = [json.loads(line) for line in log.splitlines()]
        outcomes = Counter(line["outcome"] for line in lines if line["door"] == "sync")
        calls: Counter[str] = Counter()
        for line in lines:
            calls.update({kind: line.get("calls", {}).get(kind, 0) for kind in ("reads", "writes")})
        good = [shop for shop in self.shops if shop not in self.poison]
        writes = len(good)
        last = max(self.finished[shop] for shop in good) - MORNING.timestamp()
        floor = writes / min(A_MINUTE * len(self.accounts), OF_A_PROJECT) * 60
        sample = good[:: max(1, len(good) // 3)]
        assert all(self.server.picture(shop, without=["_sync"]) == self.morning.done for shop in sample)
        return {
            "workbooks": len(self.shops), "accounts": len(self.accounts), "poisoned": len(self.poison),
            "synced": sum(shop in self.finished for shop in good), "applied_twice": sum(n > 1 for n in self.applied.values()),
            "minutes": round(last / 60, 1), "floor_minutes": round(floor / 60, 1), "over_floor": round(last / floor - 1, 3),
            "too_many_requests": dict(self.too_many), "outcomes": dict(outcomes), "calls": dict(calls),
            "most_at_once": self.timeline.most_at_once, "real_seconds": round(real, 1),
        }  # fmt: skip


_ONCE = run._once


def _poisons(count: int) -> Sequence[str]:
    return [("no access", "broken tab", "429 for ever")[n % 3] for n in range(count)]


def _report(morning: Morning, outcome: Outcome) -> Any:
    report = morning.report
    return type(report)(
        run_id="", workbook=report.workbook, on=report.on, language=report.language, outcome=outcome, rows=report.rows
    )  # fmt: skip


def arrange(server: SheetsServer, workbooks: int, accounts: int, poisoned: int) -> dict[str, Any]:
    """The figures of one arrangement."""
    with mock.patch.dict(os.environ, {address.VARIABLE: server.url}):
        return Fleet(Morning(server), workbooks, accounts, poisoned).live()


def main() -> int:
    """Print them; 1 where an arrangement breaks a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fleet", description=__doc__)
    parser.add_argument("--workbooks", type=int, default=10_000)
    parser.add_argument("--accounts", default="1,2,5")
    parser.add_argument("--poisoned", type=int, default=9)
    given = parser.parse_args()
    good = True
    gc.disable()  # ten thousand spreadsheets would be looked through again and again
    for accounts in map(int, given.accounts.split(",")):
        with SheetsServer() as server:
            told = arrange(server, given.workbooks, accounts, given.poisoned)
        print(json.dumps(told), flush=True)
        good &= keeps_its_promises(told)
    return 0 if good else 1


def keeps_its_promises(told: Mapping[str, Any]) -> bool:
    """All synced, none twice, within a tenth of the quota's floor, and no storm: some 429s while the queue's bucket is full
    at the start, hardly any after."""
    healthy = told["workbooks"] - told["poisoned"]
    return (
        told["synced"] == healthy and not told["applied_twice"] and told["over_floor"] <= 0.1
        and told["too_many_requests"].get("others", 0) <= 50 + sum(told["calls"].values()) / 50
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

"""``dispatch``: those due get a task each, once; what is wrong with one row or one call harms no other."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from cloud_function import cloud_tasks, dispatch, registry
from cloud_function.cloud_tasks import CloudTasks, Lane, Lanes
from sheets_sync.backends.google.patience import Patience
from sheets_sync.problems import BackendError, ConfigError
from tests.backends.google.spreadsheets import Waits
from tests.cloud.town import INVOKER, Town, door
from tests.tasks_server import Queue
from tests.tasks_server.server import QUEUE

NOW = datetime(2026, 11, 22, 10, 0, 4, tzinfo=UTC)
"""Seven in the morning in São Paulo, eleven in Amsterdam."""
URL = "https://sync.example.run.app/"


def workbook(number: int) -> str:
    return f"1{number:043d}"


@pytest.fixture
def queue(town: Town, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """The one lane; its queue is paused, so that what was enqueued can be looked at."""
    made = town.tasks.queue()
    made.paused = True
    monkeypatch.setenv("SHEETS_SYNC_QUEUES", QUEUE % "sync")
    monkeypatch.setenv("SHEETS_SYNC_URLS", URL)

    class Still(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return NOW

    monkeypatch.setattr(dispatch, "datetime", Still)
    return made


def call(town: Town, monkeypatch: pytest.MonkeyPatch, rows: list[list[Any]]) -> tuple[int, dict[str, Any]]:
    monkeypatch.setenv(registry.VARIABLE, town.registry(rows))
    return again()


def again() -> tuple[int, dict[str, Any]]:
    answer = door("dispatch").post("/", data=b"{}")
    return answer.status_code, answer.get_json()


def test_only_those_due_get_a_task_and_bad_rows_are_told(
    town: Town, queue: Queue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, body = call(
        town,
        monkeypatch,
        [
            [workbook(1), "America/Sao_Paulo", 7, True, "Maria's shop"],
            [workbook(2), "Europe/Amsterdam", 7, True],
            [workbook(3), "Europe/Amsterdam", "7 11", True],
            [workbook(4), "America/Sao_Paulo", 7, False],
            [workbook(5), "America/Nowhere", 7, True],
            ["Maria", "America/Sao_Paulo", 7, True],
        ],
    )
    assert status == 200
    counts = {key: body[key] for key in ("rows", "paused", "due", "enqueued", "already", "failed")}
    assert counts == {"rows": 6, "paused": 1, "due": 2, "enqueued": 2, "already": 0, "failed": 0}
    assert body["bad_rows"] == [{"row": 6, "code": "zone_unknown"}, {"row": 7, "code": "workbook_unknown"}]
    sent = {json.loads(base64.b64decode(t.message["httpRequest"]["body"]))["workbook"] for t in queue.tasks.values()}
    assert sent == {workbook(1), workbook(3)}
    for task in queue.tasks.values():
        request = task.message["httpRequest"]
        assert (request["url"], request["oidcToken"]) == (URL, {"serviceAccountEmail": INVOKER, "audience": URL})
        assert workbook(1) not in task.name
    logged = capsys.readouterr().out
    line = json.loads(logged)
    assert (line["severity"], line["bad_rows"]) == ("WARNING", ["6 zone_unknown", "7 workbook_unknown"])
    assert "Maria" not in logged


def test_a_repeated_dispatch_enqueues_nothing_twice(town: Town, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [[workbook(n), "America/Sao_Paulo", 7, True] for n in range(40)]
    assert call(town, monkeypatch, rows)[1]["enqueued"] == 40
    _, body = again()
    assert (body["enqueued"], body["already"]) == (0, 40)
    assert len(queue.tasks) == 40


def test_the_next_slot_is_another_task(town: Town, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = Lanes(lanes=(Lane(queue=QUEUE % "sync", url=URL),), invoker=INVOKER)
    tasks = CloudTasks(lanes)
    assert tasks.enqueue(workbook(1), NOW)
    assert not tasks.enqueue(workbook(1), NOW)
    assert tasks.enqueue(workbook(1), NOW.replace(hour=11))
    assert tasks.enqueue(workbook(2), NOW)


def test_what_could_not_be_enqueued_is_told_and_the_call_may_be_repeated(
    town: Town, queue: Queue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = [0]
    create = CloudTasks.enqueue

    def moody(self: CloudTasks, book: str, slot: datetime) -> bool:
        taken[0] += 1
        if book == workbook(3) and taken[0] <= 10:
            raise BackendError("google_unreachable")
        return create(self, book, slot)

    monkeypatch.setattr(CloudTasks, "enqueue", moody)
    rows = [[workbook(n), "America/Sao_Paulo", 7, True] for n in range(10)]
    status, body = call(town, monkeypatch, rows)
    assert (status, body["enqueued"], body["failed"]) == (503, 9, 1)
    assert [lost["row"] for lost in body["not_enqueued"]] == [5]
    assert json.loads(capsys.readouterr().out)["failures"] == {"google_unreachable": 1}
    status, body = again()
    assert (status, body["enqueued"], body["already"]) == (200, 1, 9)


def test_workbooks_stay_in_their_lane_and_lanes_are_about_as_long() -> None:
    lanes = Lanes(lanes=tuple(Lane(queue=str(n), url=str(n)) for n in range(5)), invoker=INVOKER)
    of = [lanes.of(workbook(n)).queue for n in range(10_000)]
    assert of == [lanes.of(workbook(n)).queue for n in range(10_000)]
    assert all(1_850 < of.count(str(n)) < 2_150 for n in range(5))


@pytest.mark.parametrize(
    ("queues", "urls", "invoker"),
    [
        ("", "", INVOKER),
        (QUEUE % "a", "", INVOKER),
        (f"{QUEUE % 'a'},{QUEUE % 'b'}", URL, INVOKER),
        (QUEUE % "a", URL, ""),
    ],
)
def test_lanes_half_described_are_an_error_of_the_deployment(
    town: Town, monkeypatch: pytest.MonkeyPatch, queues: str, urls: str, invoker: str
) -> None:
    for name, value in (("QUEUES", queues), ("URLS", urls), ("INVOKER", invoker)):
        monkeypatch.setenv(f"SHEETS_SYNC_{name}", value)
    with pytest.raises(ConfigError, match="no_queues"):
        Lanes.of_environment()


def test_no_registry_no_dispatch(town: Town) -> None:
    assert again() == (500, {"error": "no_registry"})


@pytest.mark.parametrize(
    "address", ["http://tasks.example.com", "https://127.0.0.1:1", "http://localhost:9", "http://10.0.0.1:9"]
)
def test_the_token_is_shown_to_google_or_to_this_machine_only(
    town: Town, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(cloud_tasks.API_VARIABLE, address)
    with pytest.raises(ConfigError, match="google_api_not_local"):
        CloudTasks(Lanes(lanes=(), invoker=""))


class Moody:
    """A session whose answers are chosen beforehand; None = the line is cut after the request was taken."""

    def __init__(self, *answers: int | None) -> None:
        self.answers = list(answers)
        self.sent: list[str] = []

    def post(self, url: str, *, json: dict[str, Any], timeout: Any) -> requests.Response:
        self.sent.append(json["task"]["name"])
        status = self.answers.pop(0)
        if status is None:
            raise requests.ConnectionError
        answer = requests.Response()
        answer.status_code = status
        return answer


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((200,), True), ((409,), False), ((503, 200), True), ((429, 500, 200), True), ((None, 409), False),
        ((403,), "tasks_declined"), ((404,), "tasks_declined"), ((503,) * 9, "google_unreachable"),
    ],
)  # fmt: skip
def test_what_is_safe_to_repeat_is_repeated(town: Town, answers: tuple[int | None, ...], said: bool | str) -> None:
    waits = Waits()
    tasks = CloudTasks(Lanes(lanes=(Lane(queue=QUEUE % "sync", url=URL),), invoker=INVOKER), waits.patience())
    moody = Moody(*answers)
    tasks._session = moody
    if isinstance(said, bool):
        assert tasks.enqueue(workbook(1), NOW) is said
        assert len(moody.sent) == len(answers)
    else:
        with pytest.raises(BackendError, match=said):
            tasks.enqueue(workbook(1), NOW)
    assert len(set(moody.sent)) == 1
    assert isinstance(tasks._patience, Patience)

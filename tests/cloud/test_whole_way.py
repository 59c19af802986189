"""The whole way, in processes of their own: the scheduler calls ``dispatch``, Cloud Tasks call ``sync``, tabs are coloured."""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from cloud_function import allowed, registry
from cloud_function.log_line import hashed
from sheets_sync import sample
from sheets_sync.model import SourceTab
from tests.cloud import load
from tests.cloud.town import INVOKER, ON, Function, Town, free_port, ready, start, stop
from tests.sheets_server import SheetsServer
from tests.tasks_server import Queue, TasksServer
from tests.tasks_server.server import QUEUE
from tests.tasks_server.tokens import verified

TODAY = datetime.now(UTC).date()
OURS = {"Contacts today", "Exchanges to do", "Questions", "History", "Settings", "_sync"}


@dataclass
class Street:
    """``shops``: ids, in the registry's order: three due now, one due in twelve hours, one that may not be opened.
    ``spare``: shops that are not in it, and on the list that a variable names."""

    town: Town
    sync: Function
    dispatch: Function
    event: Function
    queue: Queue
    shops: list[str]
    spare: list[str]


def this_hour() -> int:
    """The hour in UTC, and some seconds of it left."""
    while (now := datetime.now(UTC)).minute == 59 and now.second > 30:
        time.sleep(1)
    return now.hour


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    with SheetsServer() as sheets, TasksServer() as tasks:
        town = Town.of(sheets, tasks, folder, TODAY)
        shops = [town.shop() for _ in range(5)]
        town.sheets.file(shops[4]).forbidden = True
        hour, other = this_hour(), (this_hour() + 12) % 24
        rows: list[list[Any]] = [[shop, "UTC", hour, True] for shop in shops]
        rows[3][2] = other
        rows.insert(2, ["Maria's shop", "UTC", hour, True])
        retry = {"maxAttempts": 2, "minBackoff": "0.100s"}
        queue = tasks.queue("sync", rateLimits={"maxDispatchesPerSecond": 20.0}, retryConfig=retry)
        port = free_port()
        spare = [town.shop() for _ in range(20)]
        town.environment |= {
            registry.VARIABLE: town.registry(rows), "SHEETS_SYNC_QUEUES": QUEUE % "sync",
            allowed.VARIABLE: " ".join(spare), "SHEETS_SYNC_URLS": f"http://127.0.0.1:{port}/",
        }  # fmt: skip
        started = [start("sync", town.environment, folder, port)]
        started += [start(target, town.environment, folder) for target in ("dispatch", "sync_event")]
        try:
            sync, dispatch, event = map(ready, started)
            yield Street(town, sync, dispatch, event, queue, shops, spare)
        finally:
            for function in started:
                stop(function)


def personal(day: Any) -> set[str]:
    values = (value for source in SourceTab for row in sample.rows(day).get(source, ()) for value in row.values())
    return {value for value in values if isinstance(value, str) and len(value) > 5 and not value.islower()}


def test_from_the_scheduler_s_call_to_coloured_tabs(street: Street) -> None:
    town, shops = street.town, street.shops
    answer = street.dispatch.post({})
    told = answer.json()
    assert answer.status_code == 200
    assert {key: told[key] for key in ("rows", "due", "enqueued", "failed")} == {
        "rows": 6,
        "due": 4,
        "enqueued": 4,
        "failed": 0,
    }
    assert told["bad_rows"] == [{"row": 4, "code": "workbook_unknown"}]
    town.tasks.wait_until_empty()
    for shop in shops[:3]:
        assert set(town.titles(shop)) >= OURS
        assert any("conditional" in line for line in town.picture(shop))
    assert not set(town.titles(shops[3])) & OURS, "it is not due"
    assert Counter(attempt.status for attempt in street.queue.attempts) == {200: 3, 500: 2}, "the closed one, twice"
    for attempt in street.queue.attempts:
        claims = verified(attempt.headers["Authorization"].removeprefix("Bearer "), street.sync.url)
        assert claims["email"] == INVOKER
        assert attempt.headers["X-CloudTasks-TaskName"] == attempt.task.rsplit("/", 1)[-1]
    lines = street.sync.lines()
    assert [line["outcome"] for line in lines].count("applied") == 3
    assert {line["workbook"] for line in lines} == {hashed(shop) for shop in (*shops[:3], shops[4])}
    assert {line["code"] for line in lines if line["severity"] == "ERROR"} == {"google_no_access"}


def test_repeated_and_overlapping_calls_change_nothing_twice(street: Street) -> None:
    town, before = street.town, [street.town.picture(shop) for shop in street.shops[:4]]
    attempts = len(street.queue.attempts)
    again = load.at_once(street.dispatch, [{}] * 4)
    assert {(r.status_code, r.json()["enqueued"], r.json()["already"]) for r in again} == {(200, 0, 4)}
    overlapping = load.at_once(street.sync, [{"workbook": shop} for shop in street.shops[:2] for _ in range(2)])
    assert {(r.status_code, r.json()["outcome"]) for r in overlapping} == {(200, "nothing")}
    town.tasks.wait_until_empty()
    assert len(street.queue.attempts) == attempts
    assert [town.picture(shop) for shop in street.shops[:4]] == before


def event(body: bytes) -> dict[str, Any]:
    return {
        "message": {"data": base64.b64encode(body).decode(), "messageId": "1"},
        "subscription": "projects/p/subscriptions/s",
    }


CLOUD_EVENT = {
    "ce-id": "1", "ce-specversion": "1.0", "ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
    "ce-source": "//pubsub.googleapis.com/projects/p/topics/t",
}  # fmt: skip


@pytest.mark.parametrize("headers", [CLOUD_EVENT, {}], ids=["CloudEvent", "raw push"])
def test_a_message_asks_for_the_same(street: Street, headers: dict[str, str]) -> None:
    shop = street.spare.pop()
    body = json.dumps({"workbook": shop}).encode()
    assert street.event.post(event(body), headers=headers).status_code == 200
    assert set(street.town.titles(shop)) >= OURS
    assert street.event.lines()[-1]["outcome"] == "applied"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{}", "field_missing"), (b"\x00", "body_not_json"), (b"x" * 66_000, "body_too_long"),
        (json.dumps({"workbook": "9" * 44}).encode(), "not_allowed"),
    ],
    ids=["empty", "no JSON", "long", "unknown"],
)  # fmt: skip
def test_a_message_that_never_will_be_right_is_logged_and_does_not_come_again(
    street: Street, body: bytes, code: str
) -> None:
    assert street.event.post(event(body), headers=CLOUD_EVENT).status_code == 200
    assert street.event.lines()[-1]["code"] == code


def test_of_calls_at_once_for_one_workbook_one_applies(street: Street) -> None:
    """``python -m tests.cloud.load`` makes fifty."""
    shop, other = street.spare.pop(), street.spare.pop()
    load.on_one(street.sync, shop, 8)
    assert street.sync.post({"workbook": other, "on": ON}).json()["outcome"] == "applied"
    assert street.town.picture(shop) == street.town.picture(other)


def test_of_calls_at_once_for_many_workbooks_all_apply(street: Street) -> None:
    load.on_many(street.sync, street.town, [street.spare.pop() for _ in range(8)])


def test_no_log_of_all_this_names_anybody(street: Street) -> None:
    logged = "".join(f.log.read_text() for f in (street.sync, street.dispatch, street.event))
    words = personal(TODAY)
    assert len(words) > 40
    assert {word for word in (*words, *street.shops) if word in logged} == set()
    assert all(line.startswith("{") for line in logged.splitlines())

"""The local Cloud Tasks does what Google documents of its own, on a clock that tests set."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
import requests

from tests.tasks_server import Attempt, Queue, TasksServer
from tests.tasks_server.queue import NAMES_KEPT, AlreadyExists, Task
from tests.tasks_server.server import QUEUE
from tests.tasks_server.service import Service
from tests.tasks_server.tokens import verified

NAME = QUEUE % "sync"


def queue(rate: float = 1.0, burst: int = 2, at_once: int = 3, **retry: Any) -> Queue:
    limits = {"maxDispatchesPerSecond": rate, "maxBurstSize": burst, "maxConcurrentDispatches": at_once}
    return Service(lambda: 0.0).add_queue({"name": NAME, "rateLimits": limits, "retryConfig": retry})


def task(number: int) -> dict[str, Any]:
    return {"name": f"{NAME}/tasks/{number}", "httpRequest": {"url": "http://127.0.0.1:1/"}}


def end(held: Queue, one: Task, status: int, now: float) -> None:
    held.answered(one, Attempt(task=one.name, number=one.dispatched, at=now, ended=now, status=status, headers={}))


def test_a_name_stays_taken_while_its_task_is_there_and_for_a_day_after() -> None:
    held = queue()
    held.create(task(1), 0)
    with pytest.raises(AlreadyExists):
        held.create(task(1), 1)
    one = held.next_task(1)
    assert one is not None
    end(held, one, 200, 2)
    with pytest.raises(AlreadyExists):
        held.create(task(1), 2 + NAMES_KEPT - 1)
    held.create(task(1), 2 + NAMES_KEPT)


def test_no_more_go_out_than_the_bucket_holds_and_so_many_a_second_after() -> None:
    held = queue(rate=0.5, burst=2, at_once=100)
    for number in range(6):
        held.create(task(number), 0)
    out = dict.fromkeys(range(9), 0)
    for now in out:
        while held.next_task(now) is not None:
            out[now] += 1
    assert list(out.values()) == [2, 0, 1, 0, 1, 0, 1, 0, 1]


def test_asked_again_and_again_it_keeps_its_rate() -> None:
    held = queue(rate=0.92, burst=10, at_once=1000)
    for number in range(200):
        held.create(task(number), 0)
    now, out = 0.0, 0
    while now < 100:
        while held.next_task(now) is not None:
            out += 1
        wakes = held.wakes_at(now)
        assert wakes is not None
        now = min(wakes, now + 0.37)
    assert out in (101, 102)


def test_no_more_are_out_at_once_than_said() -> None:
    held = queue(rate=100, burst=10, at_once=3)
    for number in range(5):
        held.create(task(number), 0)
    out = [held.next_task(0) for _ in range(5)]
    assert [one is not None for one in out] == [True, True, True, False, False]
    assert out[0] is not None
    end(held, out[0], 200, 1)
    assert held.next_task(1) is not None


def test_retries_are_spaced_as_google_s_own_example_says() -> None:
    held = queue(rate=100, minBackoff="10s", maxBackoff="300s", maxDoublings=3, maxAttempts=9)
    held.create(task(1), 0)
    now, waits = 0.0, []
    while held.tasks:
        one = held.next_task(now)
        assert one is not None
        end(held, one, 500, now)
        if held.tasks:
            waits.append(one.due - now)
            now = one.due
    assert waits == [10, 20, 40, 80, 160, 240, 300, 300]


def test_a_worker_that_says_it_is_unavailable_slows_the_whole_queue() -> None:
    held = queue(rate=100, burst=100, at_once=100)
    for number in range(3):
        held.create(task(number), 0)
    one, two = held.next_task(0), held.next_task(0)
    assert one is not None
    assert two is not None
    end(held, one, 503, 0)
    end(held, two, 503, 0)
    assert held.next_task(1.9) is None
    assert held.next_task(2.0) is not None


def test_a_paused_queue_hands_nothing_out() -> None:
    held = queue()
    held.create(task(1), 0)
    held.paused = True
    assert held.next_task(1) is None
    held.paused = False
    assert held.next_task(1) is not None


def post(tasks: TasksServer, given: Any, path: str = f"/v2/{NAME}/tasks", **headers: str) -> requests.Response:
    return requests.post(tasks.url + path, json=given, headers={"Authorization": "Bearer any", **headers}, timeout=10)


def whole(**more: Any) -> dict[str, Any]:
    return {"task": {"name": f"{NAME}/tasks/a", "httpRequest": {"url": "http://127.0.0.1:9/"}, **more}}


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (whole(), 200),
        (whole(dispatchDeadline="5s"), 400),
        (whole(name=f"{NAME}/tasks/a b"), 400),
        (whole(name="a"), 400),
        (whole(httpRequest={}), 400),
        (whole(httpRequest={"url": "http://x", "body": "x" * 200_000}), 400),
        (whole(httpRequest={"url": "http://x", "method": "POST"}), 400),
        (whole(scheduleTime="2026-01-01T00:00:00Z"), 501),
        ({"tasks": []}, 400),
    ],
)
def test_what_is_no_task_is_declined(given: Any, status: int) -> None:
    with TasksServer() as tasks:
        tasks.queue().paused = True
        assert post(tasks, given).status_code == status
        if status == 200:
            again = post(tasks, given)
            assert (again.status_code, again.json()["error"]["status"]) == (409, "ALREADY_EXISTS")
            assert post(tasks, given, f"/v2/{QUEUE % 'other'}/tasks").status_code == 404
            assert post(tasks, given, f"/v2/{NAME}/tasks/a:run").status_code == 501
            assert post(tasks, given, Authorization="").status_code == 401


def test_a_token_is_for_one_audience_and_signed() -> None:
    from tests.tasks_server.tokens import oidc

    token = oidc("a@b", "https://here", time.time())
    assert verified(token, "https://here")["email"] == "a@b"
    with pytest.raises(ValueError, match="audience"):
        verified(token, "https://elsewhere")
    head, body, signature = token.split(".")
    forged = base64.urlsafe_b64encode(base64.urlsafe_b64decode(body + "==").replace(b"a@b", b"x@y")).rstrip(b"=")
    with pytest.raises(ValueError, match="signature"):
        verified(".".join((head, forged.decode(), signature)), "https://here")

"""The little of cloudtasks.v2 that is needed here; what it lacks is answered 501, and both ways are held to the
discovery document."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.sheets_server.answer_check import check_answer
from tests.sheets_server.discovery import Api, bundled
from tests.sheets_server.errors import ApiError
from tests.sheets_server.proto_json import read
from tests.tasks_server.queue import AlreadyExists, Queue, Task

_QUEUE = re.compile(r"projects/[\w.:-]+/locations/[\w-]+/queues/[A-Za-z0-9-]{1,100}")
_TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")
_MOST_BYTES = 100 * 1024
_OFFERED = {
    "cloudtasks.projects.locations.queues." + name for name in ("get", "pause", "resume", "tasks.create", "tasks.list")
}
_KNOWN_ELSEWHERE = "This local server does not implement "
USUAL: dict[str, dict[str, Any]] = {
    "rateLimits": {"maxDispatchesPerSecond": 500.0, "maxBurstSize": 10, "maxConcurrentDispatches": 1000},
    "retryConfig": {
        "maxAttempts": 100, "maxRetryDuration": "0s", "minBackoff": "0.100s", "maxBackoff": "3600s", "maxDoublings": 16,
    },
}  # fmt: skip


def _api() -> Api:
    whole = bundled("cloudtasks.v2")
    return Api(whole.name, tuple(m for m in whole.methods if m.id in _OFFERED), whole.schemas)


class Service:
    """Queues by name. ``changed`` is called when there may be something to dispatch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.queues: dict[str, Queue] = {}
        self.now = now
        self.lock = threading.RLock()
        self.changed: Callable[[], None] = lambda: None
        self.refused: list[str] = []
        self._api = _api()

    def add_queue(self, message: dict[str, Any]) -> Queue:
        """A queue as gcloud would make it; what it does not say is Google's default."""
        name = str(message["name"])
        assert _QUEUE.fullmatch(name), name
        whole = {
            "name": name,
            "rateLimits": {**USUAL["rateLimits"], **message.get("rateLimits", {})},
            "retryConfig": {**USUAL["retryConfig"], **message.get("retryConfig", {})},
        }
        check_answer("cloudtasks.v2", "Queue", whole)
        self.queues[name] = Queue(whole)
        return self.queues[name]

    def answer(self, verb: str, path: str, headers: dict[str, str], content: bytes) -> tuple[int, dict[str, Any]]:
        """The answer to one HTTP request."""
        try:
            if not headers.get("authorization", "").startswith("Bearer "):
                raise ApiError(401, "Request is missing required authentication credential.")
            found = self._api.find(verb, path)
            if found is None:
                self.refused.append(f"{verb} {path}")
                raise ApiError(501, f"{_KNOWN_ELSEWHERE}{verb} {path}.")
            method, given = found
            with self.lock:
                result = self._call(method.id.removeprefix("cloudtasks.projects.locations.queues."), given, content)
            assert method.answer is not None
            check_answer("cloudtasks.v2", method.answer, result)
        except AlreadyExists:
            said = "Requested entity already exists"
            return 409, {"error": {"code": 409, "message": said, "status": "ALREADY_EXISTS"}}
        except ApiError as error:
            return error.code, error.body()
        self.changed()
        return 200, result

    def _call(self, method: str, given: dict[str, str], content: bytes) -> dict[str, Any]:
        name = given.get("parent") or given["name"]
        queue = self.queues.get(name)
        if queue is None:
            raise ApiError(404, "Queue does not exist. If you just created the queue, wait at least a minute.")
        if method == "tasks.create":
            return self._view(self._create(queue, content))
        if method == "tasks.list":
            return {"tasks": [self._view(task) for task in queue.tasks.values()]}
        if method in ("pause", "resume"):
            queue.paused = method == "pause"
        return {**queue.message, "state": "PAUSED" if queue.paused else "RUNNING"}

    def _create(self, queue: Queue, content: bytes) -> Task:
        if len(content) > _MOST_BYTES:
            raise ApiError(400, "Task size too large.")
        try:
            given = json.loads(content)
        except ValueError:
            raise ApiError(400, "Invalid JSON payload received.") from None
        message = read(self._api, "CreateTaskRequest", given).get("task", {})
        request = message.get("httpRequest", {})
        if not str(request.get("url", "")).startswith(("http://", "https://")):
            raise ApiError(400, "HttpRequest.url is required.")
        if not set(message) <= {"name", "httpRequest", "dispatchDeadline"}:
            raise ApiError(501, f"{_KNOWN_ELSEWHERE}{sorted(message)}.")
        folder, _, task_id = str(message.get("name", "")).rpartition("/tasks/")
        if folder != queue.name or not _TASK_ID.fullmatch(task_id):
            raise ApiError(400, "Task name must be of the queue, formatted projects/…/queues/…/tasks/<TASK_ID>.")
        deadline = float(message.get("dispatchDeadline", "600s").removesuffix("s"))
        if not 15 <= deadline <= 1800:
            raise ApiError(400, "Task.dispatchDeadline must be between [15s, 30m].")
        return queue.create(message, self.now())

    @staticmethod
    def _view(task: Task) -> dict[str, Any]:
        """As BASIC shows it: without the body."""
        request = {k: v for k, v in task.message["httpRequest"].items() if k != "body"}
        moments = {"createTime": task.created, "scheduleTime": task.due}
        return {
            "name": task.name, "httpRequest": request, "dispatchCount": task.dispatched, "responseCount": task.answered,
            "view": "BASIC",
            **{key: datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z") for key, at in moments.items()},
        }  # fmt: skip

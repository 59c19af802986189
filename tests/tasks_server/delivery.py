"""One attempt of a task: the request that Cloud Tasks makes to the worker."""

from __future__ import annotations

import base64

from tests.tasks_server.queue import Queue, Task, seconds
from tests.tasks_server.tokens import oidc

USUAL_DEADLINE = "600s"


def headers_of(queue: Queue, task: Task, now: float) -> dict[str, str]:
    """What the worker is sent: its own headers, Cloud Tasks' and the token that was asked for."""
    request = task.message["httpRequest"]
    token = request.get("oidcToken")
    granted = {}
    if token:
        audience = token.get("audience") or request["url"]
        granted["Authorization"] = f"Bearer {oidc(token['serviceAccountEmail'], audience, now)}"
    return {
        **request.get("headers", {}),
        **granted,
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-QueueName": queue.name.rsplit("/", 1)[-1],
        "X-CloudTasks-TaskName": task.name.rsplit("/", 1)[-1],
        "X-CloudTasks-TaskRetryCount": str(task.dispatched - 1),
        "X-CloudTasks-TaskExecutionCount": str(task.answered),
        "X-CloudTasks-TaskETA": f"{task.due:.6f}",
    }


def body_of(task: Task) -> bytes:
    return base64.b64decode(task.message["httpRequest"].get("body", ""))


def deadline_of(task: Task) -> float:
    return seconds(task.message.get("dispatchDeadline", USUAL_DEADLINE))

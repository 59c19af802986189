"""Cloud Tasks: one named task for a workbook and a slot, which posts to ``sync``.

By its REST API and google-auth's session, which are here anyway: Google's own client would bring gRPC and protobuf to
every cold start, for this one call.
"""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import google.auth
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from requests import RequestException
from requests.adapters import HTTPAdapter

from sheets_sync.backends.google.address import server
from sheets_sync.backends.google.patience import Patience
from sheets_sync.backends.google.refusals import unreachable
from sheets_sync.problems import BackendError, ConfigError

GOOGLE = "https://cloudtasks.googleapis.com"
API_VARIABLE = "SHEETS_SYNC_TASKS_API"
"""Names a local server to be asked instead (for tests); loopback only, since it is shown the token."""
SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
DEADLINE = 540
"""Seconds that a run may take before the task counts as failed: as long as the function itself may."""
AT_ONCE = 16
_TIMEOUT = (10.0, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A queue and the ``sync`` that its tasks go to: one for each service account, since quotas are by account."""

    queue: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """All of them, and the account whose token the tasks show."""

    lanes: tuple[Lane, ...]
    invoker: str

    @classmethod
    def of_environment(cls) -> Lanes:
        """``SHEETS_SYNC_QUEUES``, ``SHEETS_SYNC_URLS`` (as many of the one as of the other), ``SHEETS_SYNC_INVOKER``.

        ConfigError ``no_queues``.
        """
        queues, urls = _words("SHEETS_SYNC_QUEUES"), _words("SHEETS_SYNC_URLS")
        invoker = os.environ.get("SHEETS_SYNC_INVOKER", "")
        if not queues or len(queues) != len(urls) or not invoker:
            raise ConfigError("no_queues")
        return cls(
            lanes=tuple(Lane(queue=q, url=u) for q, u in zip(queues, urls, strict=True)), invoker=invoker
        )  # fmt: skip

    def of(self, workbook: str) -> Lane:
        """The lane of a workbook: always the same as long as there are as many."""
        return self.lanes[int(sha256(workbook.encode()).hexdigest(), 16) % len(self.lanes)]


class CloudTasks:
    """The way to the queues. May be used by several threads."""

    def __init__(self, lanes: Lanes, patience: Patience | None = None) -> None:
        """ConfigError where a variable names another server than this machine's; BackendError without credentials."""
        self._lanes, self._patience = lanes, patience or Patience()
        self._api = server(GOOGLE, API_VARIABLE)
        try:
            credentials, _ = google.auth.default(scopes=SCOPES)
        except (GoogleAuthError, ValueError, OSError) as error:
            raise BackendError("google_no_credentials") from error
        made: Any = AuthorizedSession  # google-auth has no types for it
        self._session = made(credentials)
        self._session.mount("https://", HTTPAdapter(pool_maxsize=AT_ONCE))
        if self._api != GOOGLE:
            self._session.trust_env = False  # no proxy is shown what goes to this machine

    def enqueue(self, workbook: str, slot: datetime) -> bool:
        """A task for a workbook; False where that of this slot was there already. BackendError."""
        lane = self._lanes.of(workbook)
        task = {
            "name": f"{lane.queue}/tasks/{task_id(workbook, slot)}",
            "dispatchDeadline": f"{DEADLINE}s",
            "httpRequest": {
                "url": lane.url, "httpMethod": "POST", "headers": {"Content-Type": "application/json"},
                "body": base64.b64encode(json.dumps({"workbook": workbook}).encode()).decode(),
                "oidcToken": {"serviceAccountEmail": self._lanes.invoker, "audience": lane.url},
            },
        }  # fmt: skip
        return self._create(lane.queue, task)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _create(self, queue: str, task: dict[str, Any]) -> bool:
        """Repeated whatever happened to it: of a named task there is only one."""
        attempt, begun = 0, self._patience.clock()
        while True:
            attempt += 1
            told = None
            try:
                response = self._session.post(f"{self._api}/v2/{queue}/tasks", json={"task": task}, timeout=_TIMEOUT)
            except (RequestException, GoogleAuthError):
                pass
            else:
                if response.status_code in {200, 409}:
                    return bool(response.status_code == 200)
                if response.status_code < 500 and response.status_code not in {408, 429}:
                    raise BackendError("tasks_declined", status=response.status_code)
                told = response.headers.get("Retry-After")
            if not self._patience.wait(attempt, begun, told):
                raise unreachable()


def task_id(workbook: str, slot: datetime) -> str:
    """The name of a workbook's task for a slot: a hash, since names that resemble one another slow a queue down."""
    return sha256(f"{workbook} {slot.isoformat()}".encode()).hexdigest()


def _words(variable: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", os.environ.get(variable, "")) if word]

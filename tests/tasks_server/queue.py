"""A queue: names that are taken, a token bucket, and when what failed is tried again. It asks no clock itself."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any

NAMES_KEPT = 24 * 3600.0
"""Seconds for which the name of a task that is done stays taken."""


class AlreadyExists(Exception):
    """A task of that name is there, or was a short while ago."""


@dataclass(slots=True)
class Task:
    """``message``: as created, with its name; ``due``: when it may be attempted."""

    message: dict[str, Any]
    due: float
    created: float
    dispatched: int = 0
    answered: int = 0
    first_attempt: float | None = None

    @property
    def name(self) -> str:
        return str(self.message["name"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt that was answered: ``status`` 0 = nobody answered. ``headers``: those it was sent with."""

    task: str
    number: int
    at: float
    ended: float
    status: int
    headers: dict[str, str]


def seconds(duration: str) -> float:
    """``540s``."""
    return float(duration.removesuffix("s"))


@dataclass(slots=True)
class Queue:
    """``message``: as cloudtasks.v2 has a Queue. Times are seconds since 1970."""

    message: dict[str, Any]
    tasks: dict[str, Task] = field(default_factory=dict)
    taken: dict[str, float] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    paused: bool = False
    running: int = 0
    _waiting: list[tuple[float, int, str]] = field(default_factory=list)
    _count: int = 0
    _tokens: float | None = None
    _filled_at: float = 0.0
    _held_until: float = 0.0
    _hold: float = 0.0

    @property
    def name(self) -> str:
        return str(self.message["name"])

    def _limit(self, key: str) -> float:
        return float(self.message["rateLimits"][key])

    def _retry(self, key: str) -> Any:
        return self.message["retryConfig"][key]

    # ── tasks come ──────────────────────────────────────────────────────────

    def create(self, message: dict[str, Any], now: float) -> Task:
        """AlreadyExists where the name is taken."""
        name = str(message["name"])
        done = self.taken.get(name)
        if name in self.tasks or (done is not None and now - done < NAMES_KEPT):
            raise AlreadyExists
        self.tasks[name] = Task(message, due=now, created=now)
        self._wait(self.tasks[name])
        return self.tasks[name]

    def _wait(self, task: Task) -> None:
        self._count += 1
        heapq.heappush(self._waiting, (task.due, self._count, task.name))

    # ── tasks go ────────────────────────────────────────────────────────────

    def next_task(self, now: float) -> Task | None:
        """A task to attempt now, if there is one and the limits let it; it counts as dispatched."""
        wakes = self.wakes_at(now)
        if wakes is None or wakes > now:
            return None
        task = self.tasks[heapq.heappop(self._waiting)[2]]
        self._tokens = self._fill(now) - 1
        self.running += 1
        task.dispatched += 1
        if task.first_attempt is None:
            task.first_attempt = now
        return task

    def _fill(self, now: float) -> float:
        """The tokens that are there now: a full bucket at first."""
        burst, rate = self._limit("maxBurstSize"), self._limit("maxDispatchesPerSecond")
        grown = burst if self._tokens is None else self._tokens + (now - self._filled_at) * rate
        self._tokens, self._filled_at = min(burst, grown), now
        return self._tokens

    def opens_at(self, now: float) -> float:
        """When the limits let the next task out."""
        lacking = max(0.0, 1 - self._fill(now))
        return max(now + lacking / self._limit("maxDispatchesPerSecond") if lacking > 1e-9 else now, self._held_until)

    def wakes_at(self, now: float) -> float | None:
        """When to look again; None = not before something else happens."""
        if not self._waiting or self.paused or self.running >= self._limit("maxConcurrentDispatches"):
            return None
        return max(self._waiting[0][0], self.opens_at(now))

    def answered(self, task: Task, attempt: Attempt, retry_after: float | None = None) -> None:
        """An attempt ended: the task is done, comes again later, or was tried often enough."""
        self.attempts.append(attempt)
        self.running -= 1
        task.answered += attempt.status > 0
        now = attempt.ended
        self._hold_back(attempt.status, now)
        spent = now - (task.first_attempt or now)
        most = seconds(self._retry("maxRetryDuration"))
        tried = self._retry("maxAttempts") != -1 and task.dispatched >= self._retry("maxAttempts") and spent >= most
        if 200 <= attempt.status < 300 or tried:
            del self.tasks[task.name]
            self.taken[task.name] = now
            return
        task.due = now + max(self._interval(task.dispatched), retry_after or 0.0)
        self._wait(task)

    def _interval(self, failures: int) -> float:
        """Doubles ``maxDoublings`` times, then grows by the same step, up to the longest."""
        least, most = seconds(self._retry("minBackoff")), seconds(self._retry("maxBackoff"))
        doublings = int(self._retry("maxDoublings"))
        step = least * 2.0 ** min(failures - 1, doublings)
        return min(most, step + max(0, failures - 1 - doublings) * least * 2.0**doublings)

    def _hold_back(self, status: int, now: float) -> None:
        """A worker that says 429 or 503 slows the whole queue down; how much is not documented, this is our guess."""
        if status not in (429, 503):
            self._hold = 0.0
            return
        self._hold = min(64.0, self._hold * 2 or 1.0)
        self._held_until = now + self._hold

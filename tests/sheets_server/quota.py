"""Quota mode: so many reads and writes in a minute of the server's clock, then 429."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime

from tests.sheets_server.faults import quota_exceeded


class Quota:
    """Requests of the last minute, reads and writes apart; None allows any number."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.reads: int | None = None
        self.writes: int | None = None
        self.says_when = True
        self._taken: dict[bool, deque[float]] = {True: deque(), False: deque()}
        self._lock = threading.Lock()

    def take(self, *, write: bool) -> None:
        """Count a request; ApiError 429 where the minute is full."""
        limit = self.writes if write else self.reads
        if limit is None:
            return
        now = self.now().timestamp()
        with self._lock:
            taken = self._taken[write]
            while taken and taken[0] <= now - 60:
                taken.popleft()
            if len(taken) < limit:
                taken.append(now)
                return
            error = quota_exceeded("Write" if write else "Read", limit)
            if self.says_when and taken:
                error.headers["Retry-After"] = str(max(1, round(taken[0] + 60 - now)))
        raise error

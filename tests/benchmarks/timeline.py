"""Virtual time for real, blocking code: threads that take turns, and a clock that moves only while all of them sleep."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager


class Timeline:
    """``spawn`` what shall happen, then ``run``. Only one thread runs at a time, so nothing depends on the machine."""

    def __init__(self, now: float, moved: Callable[[float], None] = lambda _: None) -> None:
        """``now``: seconds since 1970; ``moved`` hears every new time."""
        self.now = now
        self.most_at_once = 0
        self._moved = moved
        self._waiting: list[tuple[float, int, threading.Event]] = []
        self._count = 0
        self._alive = 0
        self._turn = threading.Semaphore(0)
        self.failures: list[BaseException] = []

    def clock(self) -> float:
        return self.now

    def spawn(self, work: Callable[[], object]) -> None:
        """Begin something now, on a thread of its own."""
        begin = self._enrolled(self.now)
        self._alive += 1
        self.most_at_once = max(self.most_at_once, self._alive)

        def live() -> None:
            begin.wait()
            try:
                work()
            except BaseException as error:
                self.failures.append(error)
            self._alive -= 1
            self._turn.release()

        threading.Thread(target=live, daemon=True).start()

    def sleep(self, seconds: float) -> None:
        """What a thread of this timeline calls instead of ``time.sleep``."""
        mine = self._enrolled(self.now + max(0.0, seconds))
        self._turn.release()
        mine.wait()

    def lock(self) -> AbstractContextManager[None]:
        """A lock for which threads of this timeline wait on it."""
        return _Lock(self)

    def run(self) -> None:
        """Until nothing is left to happen; raises the first failure."""
        while self._waiting and not self.failures:
            moment, _, event = heapq.heappop(self._waiting)
            if moment > self.now:
                self.now = moment
                self._moved(moment)
            event.set()
            self._turn.acquire()
        if self.failures:
            raise self.failures[0]

    def _enrolled(self, moment: float) -> threading.Event:
        event = threading.Event()
        self._count += 1
        heapq.heappush(self._waiting, (moment, self._count, event))
        return event


class _Lock(AbstractContextManager[None]):
    def __init__(self, timeline: Timeline) -> None:
        self._timeline, self._held = timeline, False

    def __enter__(self) -> None:
        while self._held:
            self._timeline.sleep(0.01)
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = False

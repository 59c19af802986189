"""A computation begun in a thread of its own, which nobody waits for unless its result is asked for."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """Begins at once. The thread is a daemon: what is given up must not keep the process from ending."""

    def __init__(self, work: Callable[[], T]) -> None:
        """``work`` runs without holding up anybody who does not ask for its ``result``."""
        self._work = work
        self._result: T
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:
            self._error = error

    def wait(self, seconds: float) -> None:
        """Give it so much time to end."""
        self._thread.join(seconds)

    def result(self) -> T:
        """What came of it, or the exception it ended with."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result

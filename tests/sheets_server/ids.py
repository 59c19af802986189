"""Ids as Google makes them, the same ones at every start: tests can rely on them."""

from __future__ import annotations

import random
import string
import threading

_ALPHABET = string.ascii_letters + string.digits + "-_"


class Ids:
    """Numbers for tabs and what lies on them, 44 characters for files."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311
        self._lock = threading.Lock()

    def file(self) -> str:
        with self._lock:
            return "1" + "".join(self._random.choices(_ALPHABET, k=43))

    def number(self, taken: set[object] = frozenset()) -> int:  # type: ignore[assignment]
        with self._lock:
            while True:
                number = self._random.randrange(1, 2**31 - 1)
                if number not in taken and str(number) not in taken:
                    return number

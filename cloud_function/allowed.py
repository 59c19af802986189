"""Which workbooks may be touched: those a variable names, and those that the registry has enabled."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable

from cloud_function import registry, sheets
from cloud_function.door import Declined
from sheets_sync.backends.google.address import spreadsheet_id

VARIABLE = "SHEETS_SYNC_WORKBOOKS"
"""Ids or addresses of spreadsheets, with commas or spaces between them."""

KNOWN_FOR, UNKNOWN_FOR = 300.0, 30.0
"""Seconds: a reading of the registry is good enough to say yes for so long, and to say no."""


class Registered:
    """The workbooks of the registry as last read: to read it for every run would take as many requests as the runs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is read yet. ``clock``: seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._of: str | None = None
        self._workbooks: frozenset[str] = frozenset()
        self._read_at = 0.0

    def has(self, spreadsheet: str, workbook: str) -> bool:
        """Whether the registry lists it. BackendError where it cannot be read, Declined where it is none."""
        with self._lock:
            known = workbook in self._workbooks
            age = self._clock() - self._read_at
            if self._of != spreadsheet or age > (KNOWN_FOR if known else UNKNOWN_FOR):
                with sheets.opened() as client:
                    found = registry.read(client, spreadsheet)
                self._of, self._read_at = spreadsheet, self._clock()
                self._workbooks = frozenset(entry.workbook for entry in found.entries)
            return workbook in self._workbooks


_REGISTERED = Registered()


def check(workbook: str) -> None:
    """Declined (403), in the same words whether there is such a spreadsheet or not; nothing is asked of it before."""
    if workbook in _named():
        return
    listed = registry.named()
    if listed is None or not _REGISTERED.has(listed, workbook):
        raise Declined(403, "not_allowed")


def _named() -> set[str | None]:
    return {spreadsheet_id(word) for word in re.split(r"[\s,;]+", os.environ.get(VARIABLE, "")) if word}

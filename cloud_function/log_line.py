"""One JSON line a call, as Cloud Logging reads it. It names nobody: a workbook is a hash, the rest codes and counts."""

from __future__ import annotations

import json
import sys
import time
import traceback
import uuid
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

Fact = str | int | float | bool | None | Mapping[str, float] | list[str]
_FRAMES = 8


def hashed(workbook: str) -> str:
    """How a log names a workbook: always the same, and of no use to who does not know the workbook."""
    return sha256(workbook.encode()).hexdigest()[:16]


class LogLine:
    """What is told of one call. ``run_id`` is in the answer as well."""

    def __init__(self, door: str) -> None:
        """``door``: which entry point was called."""
        self.run_id = uuid.uuid4().hex[:12]
        self._begun = time.perf_counter()
        self._facts: dict[str, Fact] = {"door": door, "run_id": self.run_id}

    def of(self, workbook: str) -> None:
        """The workbook it is about."""
        self._facts["workbook"] = hashed(workbook)

    def say(self, **facts: Fact) -> None:
        """Codes, counts, seconds. Never a cell, a sentence or a parameter of one: they hold names and numbers."""
        self._facts |= facts

    def fault(self, error: BaseException) -> None:
        """Our bug: its type and the places in the code, without its message, which may quote a cell."""
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        kinds: list[str] = []
        cause: BaseException | None = error
        while cause is not None and len(kinds) < _FRAMES:
            kinds.append(type(cause).__name__)
            cause = cause.__cause__ or cause.__context__
        self.say(fault=kinds, places=places)

    def write(self, status: int) -> None:
        """Say it, once, at the end."""
        odd = status >= 400 or bool(self._facts.get("bad_rows"))
        severity = "ERROR" if status >= 500 else "WARNING" if odd else "INFO"
        seconds = round(time.perf_counter() - self._begun, 3)
        line = {"severity": severity, "message": "sheets_sync", "status": status, **self._facts, "seconds": seconds}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

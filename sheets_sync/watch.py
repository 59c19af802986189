"""``sheets-sync watch``: run again and again, for those without a cloud.

Each run is a process of its own, the command ``run`` as a person types it: what goes wrong in one is over with it, and
between two of them hardly any memory is held.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import sleep
from types import FrameType

from sheets_sync import config
from sheets_sync.backends.excel.guard import open_in
from sheets_sync.problems import ConfigError
from sheets_sync.schedule import DAILY, Schedule
from sheets_sync.zones import zone_of

GLANCE = 1.0
"""Seconds between two looks at the clock and the file."""
QUIET = timedelta(seconds=3)
"""A file that has not changed for so long is saved and whole (also where a sync client brings it)."""
GOES_ON = frozenset({0, 3, 10})
"""Exit codes of a first run after which watching makes sense: done, declined, questions."""

Tell = Callable[..., None]


def schedule(every: timedelta | None, at: Sequence[time], timezone: str | None) -> Schedule:
    """As asked for on the command line. Raises ConfigError ``every_or_at``, or ``setting_out_of_range`` for a zone."""
    if every is not None and at:
        raise ConfigError("every_or_at")
    zone = config.read_flags([f"timezone={timezone}"])["timezone"] if timezone else None
    return Schedule(every=every, at=at or DAILY, zone=zone_of(str(zone)) if zone else None)


@dataclass(frozen=True, slots=True)
class _Print:
    """What tells one state of a file from another; None of them where it is not there."""

    changed_ns: int | None = None
    size: int | None = None
    inode: int | None = None

    @classmethod
    def of(cls, path: Path) -> _Print:
        try:
            facts = path.stat()
        except OSError:
            return cls()
        return cls(facts.st_mtime_ns, facts.st_size, facts.st_ino)


class Watch:
    """One workbook under watch. ``file`` None: a spreadsheet, which only the clock moves."""

    def __init__(self, command: Sequence[str], file: Path | None, schedule: Schedule, tell: Tell) -> None:
        """``command``: the run's arguments; ``tell(key, **params)`` says a sentence of the locale files."""
        self._command, self._file, self._schedule, self._tell = command, file, schedule, tell
        self._ended = False
        self._ran_on = self._seen = _Print()
        self._seen_at = datetime.min.replace(tzinfo=UTC)
        self._waits = False

    def go(self) -> int:
        """Run now and then whenever it is due, until told to end; the exit code of a first run that cannot go on."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._end)
        due = datetime.now(UTC)
        first = True
        while not self._ended:
            now = datetime.now(UTC)
            if (now >= due or self._saved(now)) and self._closed():
                code = self._run()
                if first and code not in GOES_ON:
                    return code
                first, due = False, self._schedule.after(now)
                if not self._ended:
                    self._tell_next(due)
            sleep(0 if self._ended else GLANCE)
        return 0

    def _end(self, _: int, __: FrameType | None) -> None:
        """A run that is under way ends first."""
        self._ended = True

    def _saved(self, now: datetime) -> bool:
        """Whether people saved the file since our last run, and have left it alone for a moment."""
        if self._file is None:
            return False
        state = _Print.of(self._file)
        if state != self._seen:
            self._seen, self._seen_at = state, now
        return state not in {self._ran_on, _Print()} and now - self._seen_at >= QUIET

    def _tell_next(self, due: datetime) -> None:
        at = f"{due.astimezone(self._schedule.zone):%Y-%m-%d %H:%M}"
        if self._file is None:
            self._tell("watch_next", at=at)
        else:
            self._tell("watch_next_file", at=at, file=self._file.name)

    def _closed(self) -> bool:
        """Whether the file can be worked on; says once that it waits for people to close it."""
        held = self._file is not None and open_in(self._file) is not None
        if held and not self._waits:
            self._tell("watch_waits", file=self._file.name if self._file else "")
        self._waits = held
        return not held

    def _run(self) -> int:
        command = [sys.executable, "-m", "sheets_sync", "run", *self._command]
        # in a session of its own: Ctrl+C in the terminal then reaches us alone, and the run ends as it should
        code = subprocess.call(command, start_new_session=True)  # noqa: S603
        if self._file is not None:
            self._ran_on = self._seen = _Print.of(self._file)
        return code

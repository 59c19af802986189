"""The corridor: the only file that knows the order of the rooms. It decides nothing itself.

read → tables → rules → tasks → reconcile → plan → apply → report
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sheets_sync import config, locale, memory, observe, plan, reconcile, tasks
from sheets_sync.backends.base import Backend
from sheets_sync.config import Settings
from sheets_sync.memory import Memory
from sheets_sync.model import Outcome, Problem, Severity, Value, Workbook
from sheets_sync.problems import BackendError, Refusal
from sheets_sync.report import RunReport
from sheets_sync.rules import engine
from sheets_sync.rules.calendar import BusinessDays
from sheets_sync.rules.context import Context
from sheets_sync.tables import recognise
from sheets_sync.tables.parse import parse
from sheets_sync.tables.task_rows import interpret


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a door asks for. ``on`` None = today in the workbook's time zone at ``now`` (aware)."""

    now: datetime
    run_id: str
    on: date | None = None
    file: Mapping[str, Value] = field(default_factory=dict)
    flags: Mapping[str, Value] = field(default_factory=dict)
    write: bool = False
    force: bool = False
    strict: bool = False
    progress: Callable[[str], None] | None = None


class Clock:
    """Seconds per room."""

    def __init__(self, progress: Callable[[str], None] | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._begun = time.perf_counter()
        self._progress = progress or (lambda _: None)

    @contextmanager
    def room(self, name: str) -> Iterator[None]:
        """Time a room."""
        self._progress(name)
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    def read(self) -> dict[str, float]:
        """All rooms so far and the total."""
        self._progress("done")
        return {**self.seconds, "total": time.perf_counter() - self._begun}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was read, before any rule: the rooms up to ``tables``."""

    workbook: Workbook
    memory: Memory
    settings: Settings
    observed: observe.Observed
    tables: Tables
    today: date
    problems: tuple[Problem, ...]

    def context(self, *, horizon: date | None = None, since: date | None = None) -> Context:
        """What the rules are given; the horizon is that of the tab *upcoming* unless named."""
        days = timedelta(days=self.settings.number("upcoming_days"))
        return Context(
            today=self.today,
            tables=self.tables,
            settings=self.settings,
            memory=self.memory,
            ticks=self.observed.ticks,
            business_days=BusinessDays(self.settings.text("country"), self.today),
            horizon=horizon or self.today + days,
            since=since,
        )


def look(backend: Backend, request: Request, clock: Clock) -> Seen:
    """Read everything once. Raises BackendError("no_usable_tab") where no tab can be used."""
    with clock.room("read"):
        workbook = backend.open()
        remembered = memory.loads(workbook.memory) if workbook.memory else Memory()
        found = {own: interpret(grid) for own, grid in workbook.grids.items()}
        recognised = recognise.recognise(workbook.tabs, remembered.answers)
        settings, setting_problems = _settings(found, remembered.language or recognised.language, request)
        today = request.on or request.now.astimezone(_zone(workbook, settings)).date()
        if not recognised.layouts:
            raise BackendError("no_usable_tab", **_first(recognised.problems))
        raws = backend.load(recognised.layouts)
    with clock.room("tables"):
        observed = observe.observe(found, remembered, today, settings)
        tables = parse(raws, settings, remembered, today)
    problems = (*workbook.notices, *recognised.problems, *setting_problems, *observed.problems, *tables.problems)
    return Seen(
        workbook=workbook, memory=remembered, settings=settings, observed=observed, tables=tables, today=today,
        problems=problems,
    )  # fmt: skip

"""The corridor: the only file that knows the order of the rooms. It decides nothing itself.

read → tables → rules → tasks → reconcile → plan → apply → report
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from sheets_sync import config, memory, plan, tasks
from sheets_sync.backends.base import Backend
from sheets_sync.config import Settings
from sheets_sync.memory import Memory
from sheets_sync.model import FoundTab, Outcome, OwnTab, Problem, Severity, SourceTab, Tables, Value, Workbook
from sheets_sync.problems import BackendError, PlanAgain, Refusal
from sheets_sync.reconcile import observe, questions_tab, settings_tab
from sheets_sync.reconcile.facts import Facts, rests_on
from sheets_sync.reconcile.keys import customers_of
from sheets_sync.reconcile.reconcile import reconcile
from sheets_sync.reconcile.recovery import recall
from sheets_sync.report import RunReport
from sheets_sync.rules import engine
from sheets_sync.rules.calendar import BusinessDays
from sheets_sync.rules.context import Context
from sheets_sync.setting_specs import rules_table
from sheets_sync.tables import recognise
from sheets_sync.tables.carried import carried
from sheets_sync.tables.corrected_ids import corrected_customers, corrected_subjects
from sheets_sync.tables.parse import parse
from sheets_sync.tables.task_rows import interpret
from sheets_sync.zones import zone_or_doubt

AGAIN = 4
"""So many times a workbook is read and planned for, where others write into it at the same time."""


class Request(Struct, frozen=True, kw_only=True):
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
        """``progress`` hears the name of each room entered, and ``done``."""
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


class Seen(Struct, frozen=True, kw_only=True):
    """What was read, before any rule: the rooms up to ``tables``."""

    workbook: Workbook
    memory: Memory
    settings: Settings
    observed: observe.Observed
    tables: Tables
    source_rows: Mapping[str, int]
    today: date
    problems: tuple[Problem, ...]

    def context(self, *, horizon: date | None = None, since: date | None = None) -> Context:
        """What the rules are given; the horizon is that of the tab *upcoming* unless named."""
        days = timedelta(days=self.settings.number("upcoming_days"))
        return Context(
            today=self.today,
            tables=self.tables,
            settings=self.settings,
            memory=self.observed.memory,
            ticks=self.observed.ticks,
            dismissed=self.observed.dismissed,
            business_days=BusinessDays(self.settings.text("country"), self.today),
            horizon=horizon or self.today + days,
            since=since,
            postponed_since=self.observed.since,
        )


def settings_of(backend: Backend, request: Request) -> Settings:
    """The settings in force for a workbook, its settings tab among them."""
    return _opened(backend, request).settings


class _Opened(Struct, frozen=True, kw_only=True):
    """The workbook as peeked at, and what must be known before its source tabs are read."""

    workbook: Workbook
    memory: Memory
    found: Mapping[OwnTab, FoundTab]
    recognition: recognise.Recognition
    settings: Settings
    today: date
    problems: tuple[Problem, ...]


def _opened(backend: Backend, request: Request) -> _Opened:
    workbook = backend.open()
    found = {own: interpret(grid) for own, grid in workbook.grids.items()}
    tab, questions = config.read_tab(settings_tab.values(found.get(OwnTab.SETTINGS)))

    def settings(language: str) -> Settings:
        return config.resolve(
            language=language, place=workbook.locale or "", file=request.file, tab=tab, flags=request.flags
        )

    # a zone is the same in every language
    zone, doubts = zone_or_doubt(settings("en").text("timezone") or workbook.timezone)
    today = request.on or request.now.astimezone(zone or request.now.tzinfo).date()
    remembered, notices = recall(workbook.memory, found, today, [interpret(grid) for grid in workbook.archives])
    answers = {**remembered.answers, **questions_tab.answers(found.get(OwnTab.QUESTIONS))}
    recognition = recognise.recognise(workbook.tabs, answers)
    return _Opened(
        workbook=workbook, memory=remembered, found=found, recognition=recognition, today=today,
        settings=settings(remembered.language or recognition.language or "en"),
        problems=(*workbook.notices, *doubts, *notices, *recognition.problems, *questions),
    )  # fmt: skip


def _no_usable_tab(opened: _Opened) -> BackendError:
    lacking = next((p for p in opened.recognition.problems if p.code == recognise.HEADER_MISSING), None)
    error = BackendError("only_tab_lacks_header", **lacking.params) if lacking else BackendError("no_usable_tab")
    error.language = opened.memory.language or opened.recognition.language
    return error


def look(backend: Backend, request: Request, clock: Clock) -> Seen:
    """Read everything once. Raises BackendError where no tab can be used, with the header that one of them lacks."""
    with clock.room("read"):
        opened = _opened(backend, request)
        if not opened.recognition.layouts:
            raise _no_usable_tab(opened)
        raws = backend.load(opened.recognition.layouts)
    with clock.room("tables"):
        observed = observe.observe(opened.found, opened.memory, opened.today, opened.settings)
        ended = customers_of(observed.memory.finished)
        tables = parse(raws, opened.settings, observed.memory, opened.today, ended)
        source_rows = {raw.layout.title: int(raw.frame.notna().to_numpy().any(axis=1).sum()) for raw in raws}
        observed = observe.with_aliases(observed, tables.aliases, tables.moved)
        names = observe.names_shown(observed)
        observed = observe.with_aliases(observed, corrected_customers(tables, observed.memory, source_rows, names))
        observed = observe.with_aliases(observed, {}, corrected_subjects(tables, observed.memory, source_rows))
    return Seen(
        workbook=opened.workbook,
        memory=opened.memory,
        settings=opened.settings,
        observed=observed,
        tables=tables,
        source_rows=source_rows,
        today=opened.today,
        problems=(*opened.problems, *tables.problems),
    )


def _facts(seen: Seen, chosen: engine.Candidates) -> Facts:
    tables, rows = seen.tables, seen.observed.memory.rows
    asked: dict[SourceTab, set[str]] = {source: set() for source in SourceTab}
    for row in rows.values():
        for source in rests_on(row.rule, row.tab):
            asked[source].add(row.subject)
    for key in seen.observed.memory.finished:
        rule, subject, _ = memory.split_key(key)
        for source in rests_on(rule, OwnTab(str(rules_table()[rule]["family"]))):
            asked[source].add(subject)
    found = {source: carried(tables, source, subjects) for source, subjects in asked.items()}
    found[SourceTab.ORDERS] |= found[SourceTab.CUSTOMERS]

    def is_carried(rule: str, subject: str) -> bool:
        family = OwnTab(str(rules_table()[rule]["family"]))
        return any(subject in found[source] for source in rests_on(rule, family))

    return Facts(
        carried=is_carried,
        titles={title: source for source, titles in tables.titles.items() for title in titles},
        source_rows=seen.source_rows,
        workbook_titles=frozenset(tab.title for tab in seen.workbook.tabs),
        unread=tables.unread,
        present=tables.present,
        problems=(*seen.problems, *chosen.problems),
        aliases=tables.aliases,
        not_in_cycle=chosen.silenced,
        since=seen.observed.since,
        splits_history=seen.workbook.splits_history,
    )


def sync(backend: Backend, request: Request) -> RunReport:
    """One run: ``request.write`` False only says what it would do.

    Where the workbook changes while we are at it, it is read and planned for anew, a few times. Raises ConfigError,
    BackendError; a refusal is in the report (``outcome`` refused, a problem of severity error).
    """
    clock = Clock(request.progress)
    written: RunReport | None = None
    tries = 0
    while True:
        done, again = _once(backend, request, clock)
        if again is None:
            done = done if written is None else replace(done, outcome=Outcome.APPLIED, plan=written.plan)
            break
        written = written or (done if again.written else None)
        tries += not again.partly
        if tries < AGAIN:
            continue
        if written is not None:
            done = written
        elif isinstance(again.cause, BackendError):
            raise again.cause
        else:
            problem = Problem(code=again.code, severity=Severity.ERROR, params=again.params)
            done = replace(done, outcome=Outcome.REFUSED, problems=(*done.problems, problem))
        break
    return replace(done, traffic=backend.traffic())


def _once(backend: Backend, request: Request, clock: Clock) -> tuple[RunReport, PlanAgain | None]:
    """Read, plan, write; what to say of it if it was written, and whether it is to be done again."""
    seen = look(backend, request, clock)
    with clock.room("rules"):
        chosen = engine.candidates(seen.context())
    with clock.room("tasks"):
        desired = tasks.build(
            chosen.frame, seen.tables.customers, seen.settings,
            upcoming_after=seen.today, shown=seen.observed.memory.rows,
        )  # fmt: skip
    with clock.room("reconcile"):
        facts = _facts(seen, chosen)
        done = reconcile(desired, seen.observed, facts, chosen.remembered, seen.settings)
    with clock.room("plan"):
        planned = plan.assemble(done.tabs, done.memory, seen.workbook.memory, seen.settings.language)

    def report(outcome: Outcome, *problems: Problem) -> RunReport:
        return RunReport(
            run_id=request.run_id, workbook=seen.workbook.name, on=seen.today, language=seen.settings.language,
            outcome=outcome, rows=seen.tables.counts, tasks=done.tasks, plan=planned,
            problems=(*done.problems, *problems), silenced=chosen.silenced,
            planned_without_row=chosen.planned_without_row, seconds=clock.read(),
        )  # fmt: skip

    try:
        plan.raise_if_unsafe(
            emptied=done.safety.emptied, missing=done.safety.missing, open_rows=done.safety.open_rows,
            last_run_on=done.safety.last_run_on, today=seen.today, force=request.force, writing=request.write,
            accepted_on=seen.settings.day("accept_missing_rows_on"),
        )  # fmt: skip
        if not request.write:
            return report(Outcome.PLANNED), None
        if request.strict and any(p.severity is Severity.QUESTION for p in done.problems):
            return report(Outcome.NOTHING if planned.empty else Outcome.PLANNED), None
        with clock.room("apply"):
            applied = backend.apply(planned)
    except PlanAgain as again:
        return report(Outcome.APPLIED), again
    except Refusal as refusal:
        problem = Problem(code=refusal.code, severity=Severity.ERROR, params=refusal.params)
        return report(Outcome.REFUSED, problem), None
    return report(Outcome.APPLIED if applied.changed else Outcome.NOTHING, *applied.problems), None

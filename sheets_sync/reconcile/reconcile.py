"""The corridor of this room: each key's fate, then the rows of each tab, then what is remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from sheets_sync import locale
from sheets_sync.config import Settings
from sheets_sync.memory import Finished, Memory, RowMemory
from sheets_sync.model import FINAL_ENDS, End, Problem, TabPlan, Task, TaskView
from sheets_sync.reconcile.asked import asked
from sheets_sync.reconcile.corrections import OF_N, Cycles, carried_over
from sheets_sync.reconcile.facts import Facts, Remembered
from sheets_sync.reconcile.headings import old_tasks
from sheets_sync.reconcile.history import Ended, has_words
from sheets_sync.reconcile.lifecycle import SHOWN, Fate, Verdict, birth, fate, leaves
from sheets_sync.reconcile.lines import Line
from sheets_sync.reconcile.observe import Observed, reopened
from sheets_sync.reconcile.people import People
from sheets_sync.reconcile.rebuilt import rebuilt
from sheets_sync.reconcile.remember import remember
from sheets_sync.reconcile.status import view
from sheets_sync.reconcile.tabs import Room, tab_plans


class Safety(Struct, frozen=True, kw_only=True):
    """What ``plan.raise_if_unsafe`` looks at.

    ``emptied``: source tabs that held rows at the last run and hold none now, or are gone; ``missing``: open rows
    whose subject no source row carries any more, of ``open_rows``.
    """

    emptied: tuple[str, ...] = ()
    missing: int = 0
    open_rows: int = 0
    last_run_on: date | None = None


class Reconciled(Struct, frozen=True, kw_only=True):
    """What this room decided: changes per tab, the memory of the next run, all problems, the tasks as shown."""

    tabs: tuple[TabPlan, ...]
    memory: Memory
    problems: tuple[Problem, ...]
    tasks: tuple[TaskView, ...]
    safety: Safety


class _Fates(Struct, kw_only=True):
    """What becomes of every key, collected."""

    lines: list[Line] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    waiting: dict[str, RowMemory] = field(default_factory=dict)
    finals: dict[str, Finished] = field(default_factory=dict)


def reconcile(
    desired: Sequence[Task], observed: Observed, facts: Facts, remembered: Remembered, settings: Settings
) -> Reconciled:
    """Compare what the rules want with what is there, and decide what happens to every row.

    ``desired``: visible tasks and those of the next days, silenced ones included; ``observed.since`` says from which
    closed windows on they should still name a task (those are kept for postponed rows, never born). ``observed`` is
    under the identities now used (``observe.with_aliases``).
    """
    observed = reopened(observed, remembered.reopened)
    today, words = observed.today, locale.load(settings.language)
    wanted: dict[str, Task] = {}
    for task in desired:
        wanted.setdefault(task.key, task)
    verdicts = _verdicts(wanted, observed, facts, settings)
    born_with = _corrected(verdicts, wanted, observed, facts, remembered)
    fates = _carry_out(verdicts, born_with, wanted, observed, facts)
    shown = {line.key: line.view for line in fates.lines}
    first_run = observed.memory.first_run_on in {None, today}
    old = old_tasks(shown.values(), today) if first_run else 0
    problems = asked(fates.lines, fates.gone, observed, facts, words=words, old=old)
    room = Room(
        lines=tuple(fates.lines),
        ended=tuple(fates.ended),
        gone=frozenset(fates.gone),
        upcoming=_upcoming(wanted, verdicts, observed, settings),
        observed=observed,
        facts=facts,
        problems=problems,
        today=today,
        settings=settings,
        words=words,
        old=old,
    )
    planned = tab_plans(room)
    memory = remember(
        observed, facts, remembered, today, settings.language,
        rows={**planned.rows, **fates.waiting}, finals=fates.finals, wanted=wanted.keys(),
        words=planned.words, tabs=planned.tabs, problems=planned.problems,
    )  # fmt: skip
    return Reconciled(
        tabs=planned.tabs,
        memory=memory,
        problems=planned.problems,
        tasks=tuple(sorted(shown.values(), key=lambda v: (v.task.tab, v.task.priority, v.due_on, v.task.key))),
        safety=_safety(verdicts, observed, facts),
    )


# ── fates ───────────────────────────────────────────────────────────────────


def _verdicts(wanted: Mapping[str, Task], observed: Observed, facts: Facts, settings: Settings) -> dict[str, Verdict]:
    memory, today, start_on = observed.memory, observed.today, settings.day("start_on")
    verdicts: dict[str, Verdict] = {}
    for key, row in memory.rows.items():
        want = wanted.get(key)
        verdicts[key] = fate(
            row, observed.seen[key].people, want, today,
            held=want.held if want is not None else facts.holds(row), dismissed=key in observed.dismissed,
            since=facts.since,
        )  # fmt: skip
    for key, want in wanted.items():
        if key not in verdicts:
            verdicts[key] = birth(want, today, finished=key in memory.finished, start_on=start_on)
    return verdicts


def _corrected(
    verdicts: dict[str, Verdict], wanted: Mapping[str, Task], observed: Observed, facts: Facts, remembered: Remembered
) -> dict[str, People]:
    """New key → what it is born with, taken from the key it replaces (whose verdict becomes that it leaves)."""
    rows = observed.memory.rows
    leaving, ticked = {}, set()
    for key, row in rows.items():
        verdict, people = verdicts[key], observed.seen[key].people
        superseded = verdict.fate is Fate.LEAVES and verdict.end is End.SUPERSEDED
        stays_ticked = verdict == SHOWN and people.done and key not in wanted
        if row.shown and (superseded or stays_ticked) and facts.carried(row.rule, row.subject):
            leaving[key] = row
            if stays_ticked:
                ticked.add(key)
    coming = {key: wanted[key] for key, verdict in verdicts.items() if key not in rows and verdict.fate is Fate.SHOWN}
    pairs = carried_over(leaving, coming, Cycles(before=observed.memory.planned, now=remembered.planned))
    born: dict[str, People] = {}
    for new, old in pairs.items():
        people = observed.seen[old].people
        of_n = rows[old].rule in OF_N
        if old in ticked:
            verdicts[old] = leaves(End.DONE if of_n else End.SUPERSEDED)
        if of_n:
            cells = {k: v for k, v in people.cells.items() if k != "done"}
            people = replace(people, done=False, done_on=None, cells=cells)
        born[new] = replace(people, remarks=())  # the history has them, with the row that leaves
    return born


def _carry_out(
    verdicts: Mapping[str, Verdict],
    born: Mapping[str, People],
    wanted: Mapping[str, Task],
    observed: Observed,
    facts: Facts,
) -> _Fates:
    fates, today = _Fates(), observed.today
    for key, verdict in verdicts.items():
        row, want = observed.memory.rows.get(key), wanted.get(key)
        if row is None:
            if want is not None and verdict.fate is Fate.SHOWN:
                fates.lines.append(_born(want, born.get(key), facts, today))
            continue
        seen = observed.seen[key]
        fixed = want is None or verdict.held
        task = rebuilt(row, seen.row, key, today, held=verdict.held) if want is None or fixed else want
        if verdict.fate is Fate.SHOWN:
            people, shown = seen.people, view(task, seen.people, today, facts.late_on)
            if seen.row is None and people.remarks:
                back = Ended(task=task, people=people, end=End.SUPERSEDED, due_on=shown.due_on, returns=True)
                fates.ended.append(back)
                people = replace(people, remarks=())
            fates.lines.append(
                Line(
                    view=shown, people=people, fixed=fixed, row=seen.row,
                    rekey=seen.rekey, restore=seen.restore, restore_own=seen.restore_own, found_at=seen.found_at,
                    put_back=seen.machine, remembered=row if row.shown else None,
                )
            )  # fmt: skip
            continue
        ended = Ended(
            task=want or task, people=seen.people, end=verdict.end or End.SUPERSEDED,
            due_on=view(want or task, seen.people, today, facts.late_on).due_on,
        )  # fmt: skip
        fates.gone.add(key)
        if verdict.fate is Fate.WAITS:
            fates.waiting[key] = _waits(row, seen.people)
            if row.shown and has_words(seen.people, want.owner if want else ""):
                fates.ended.append(ended)
        else:
            fates.ended.append(ended)
            if verdict.end in FINAL_ENDS and verdict.end is not None:
                on = seen.people.done_on if verdict.end is End.DONE else None
                fates.finals[key] = Finished(end=verdict.end, on=on or today, gone_on=row.gone_on)
    return fates


def _born(want: Task, words: People | None, facts: Facts, today: date) -> Line:
    people = words or People(cells={"owner": want.owner} if want.owner else {})
    return Line(view=view(want, people, today, facts.late_on), people=people)


def _waits(row: RowMemory, people: People) -> RowMemory:
    """The row's memory without its row: nothing of it changes until it returns."""
    return replace(
        row, shown=False, people=dict(people.cells), own=dict(people.own), machine="", postponed_to=people.postpone_to,
        remarks=() if row.shown else people.remarks,  # of a row that leaves the history has them
    )  # fmt: skip


# ── the rest ────────────────────────────────────────────────────────────────


def _upcoming(
    wanted: Mapping[str, Task], verdicts: Mapping[str, Verdict], observed: Observed, settings: Settings
) -> tuple[Task, ...]:
    """What becomes visible in the next days and is not shown, silenced, ended or before ``start_on``."""
    today, start_on = observed.today, settings.day("start_on")
    last = today + timedelta(days=settings.number("upcoming_days"))
    return tuple(
        task
        for key, task in wanted.items()
        if today < task.visible_on <= last
        and verdicts[key].fate is not Fate.SHOWN
        and verdicts[key].end not in FINAL_ENDS
        and key not in observed.memory.finished
        and task.silenced is None
        and not task.held
        and (start_on is None or task.due_on >= start_on)
    )


def _safety(verdicts: Mapping[str, Verdict], observed: Observed, facts: Facts) -> Safety:
    memory = observed.memory
    superseded = (
        row
        for key, row in memory.rows.items()
        if row.shown and verdicts[key].fate is Fate.LEAVES and verdicts[key].end is End.SUPERSEDED
    )
    fresh = facts.titles.keys() - memory.source_rows.keys()
    emptied = tuple(
        title
        for title, rows in memory.source_rows.items()
        if rows and (
            facts.source_rows.get(title) == 0
            or (facts.workbook_titles and title not in facts.workbook_titles and not fresh)
        )
    )  # fmt: skip
    return Safety(
        emptied=emptied,
        missing=sum(not facts.carried(row.rule, row.subject) for row in superseded),
        open_rows=sum(row.shown for row in memory.rows.values()),
        last_run_on=memory.last_run_on,
    )

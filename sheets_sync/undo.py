"""Taking the last run back: our rows as they were before it, people's later words where they are.

Where the file's bytes are exactly those the run wrote, nobody has touched it since and the backup itself is put back.
Otherwise the difference between our tabs then and now is planned and applied like any other plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Protocol

from msgspec.structs import replace

from sheets_sync import locale, memory
from sheets_sync.backends.base import Backend
from sheets_sync.config import Settings
from sheets_sync.memory import Memory, Words
from sheets_sync.model import (
    AddRow,
    Cell,
    FoundTab,
    Grid,
    Outcome,
    OwnTab,
    Plan,
    RemoveRow,
    TabPlan,
    TaskRow,
    UpdateRow,
    Workbook,
)
from sheets_sync.problems import PlanAgain, Refusal
from sheets_sync.reconcile.history import QUESTION, UPCOMING, continued, left_rows, settled_rows
from sheets_sync.reconcile.people import DateOrder, date_order, told_first
from sheets_sync.reconcile.questions_tab import Settled
from sheets_sync.reconcile.recovery import recall
from sheets_sync.report import RunReport
from sheets_sync.tables.schema import TASK_TABS
from sheets_sync.tables.task_rows import interpret

_TRIES = 4
_IN_HISTORY: Mapping[OwnTab, Callable[[str], str]] = {
    **dict.fromkeys(TASK_TABS, str),
    OwnTab.QUESTIONS: f"{QUESTION}:{{}}:1".format,
    OwnTab.UPCOMING: f"{UPCOMING}:{{}}:1".format,
}
"""By which key the history knows a row of a tab."""


class Undoable(Backend, Protocol):
    """A backend that keeps what was there before its last run."""

    def restore(self) -> bool:
        """Put the backup itself back where nobody has touched the workbook since the run; False where somebody has."""

    def before(self) -> Workbook | None:
        """The workbook as it was before the last run; None where nothing is kept."""

    def forget(self) -> None:
        """Drop what was kept of the last run: it has been taken back."""


def undo(backend: Undoable, *, run_id: str, language: str, today: date) -> RunReport:
    """Take the last run back. Raises Refusal ``nothing_to_undo`` where no run is kept.

    ``language``: spoken where the workbook has none yet; ``today``: for what is read out of the tabs where people
    edited the memory.
    """
    now = backend.open()
    earlier = backend.before()
    if earlier is None:
        raise Refusal("nothing_to_undo")
    if backend.restore():
        backend.forget()
        spoken = _memory(now, _found(now.grids), today).language or language
        return _report(now, run_id, spoken, Outcome.APPLIED, plan=None)
    for _ in range(_TRIES):
        planned = plan(earlier, now, language, today)
        try:
            backend.apply(planned)
        except PlanAgain:  # people are at work in it
            now = backend.open()
            continue
        backend.forget()
        return _report(now, run_id, planned.language, Outcome.APPLIED, plan=planned)
    raise Refusal("changed_under_us")


def _report(workbook: Workbook, run_id: str, language: str, outcome: Outcome, plan: Plan | None) -> RunReport:
    return RunReport(run_id=run_id, workbook=workbook.name, on=None, language=language, outcome=outcome, plan=plan)


def lines(done: RunReport) -> Iterator[str]:
    """What undo tells people."""
    words = locale.load(done.language)
    yield words.text("undone_whole" if done.plan is None else "undone", workbook=done.workbook)


# ── the plan ────────────────────────────────────────────────────────────────


def plan(before: Workbook, now: Workbook, language: str, today: date) -> Plan:
    """What makes our rows of ``now`` those of ``before``; a tab that people deleted since stays deleted."""
    found, earlier = _found(now.grids), _found(before.grids)
    then, latest = _memory(before, earlier, today), _memory(now, found, today)
    spoken = then.language or latest.language or language
    settings = Settings(language=spoken)
    currency = settings.text("currency") or None
    order = date_order(settings.text("locale"), latest.answers, today)
    tabs = {own: _tab(tab, earlier.get(own), currency) for own, tab in found.items() if own is not OwnTab.SYNC}
    if OwnTab.HISTORY in tabs:
        tabs[OwnTab.HISTORY] = _telling(tabs[OwnTab.HISTORY], found, earlier, locale.load(spoken), today)
    kept = _with_later_words(then, latest, found, earlier, order)
    return Plan(tabs=tuple(tabs.values()), memory=memory.dumps(kept), language=spoken)


def _memory(workbook: Workbook, found: Mapping[OwnTab, FoundTab], today: date) -> Memory:
    return recall(workbook.memory, found, today)[0]


def _found(grids: Mapping[OwnTab, Grid]) -> dict[OwnTab, FoundTab]:
    tabs = {own: interpret(grid) for own, grid in grids.items()}
    return {own: tab for own, tab in tabs.items() if tab.columns}


def _keyed(tab: FoundTab | None) -> dict[str, TaskRow]:
    rows: dict[str, TaskRow] = {}
    for row in tab.rows if tab else ():
        if row.key:
            rows.setdefault(row.key, row)
    return rows


def _cells(row: TaskRow, currency: str | None) -> dict[str, Cell]:
    return {
        key: Cell(value=value, link=row.links.get(key), currency=currency if key == "amount" else None)
        for key, value in row.machine.items()
    }


def _telling(
    history: TabPlan,
    now: Mapping[OwnTab, FoundTab],
    before: Mapping[OwnTab, FoundTab],
    words: locale.Locale,
    today: date,
) -> TabPlan:
    """The history goes on telling what would be nowhere else: what hung on rows that come back without it or go, and
    what people wrote in rows of it and of *upcoming* that go."""
    told = {key for key, row in _keyed(now[OwnTab.HISTORY]).items() if row.own or row.remarks}
    for own, named in _IN_HISTORY.items():
        here = _keyed(now.get(own))
        told |= {named(k) for k, row in _keyed(before.get(own)).items() if row.remarks and k not in here}
    adds = list(history.adds)
    for row in _going(OwnTab.UPCOMING, now, before):
        adds += left_rows(row, today, words)
    for row in _going(OwnTab.QUESTIONS, now, before):
        adds += settled_rows(Settled(key=row.key or "", row=row, answer=""), today, words)
    removes = tuple(remove for remove in history.removes if told.isdisjoint({remove.key, *continued(remove.key)}))
    return replace(history, removes=removes, adds=tuple(adds))


def _going(own: OwnTab, now: Mapping[OwnTab, FoundTab], before: Mapping[OwnTab, FoundTab]) -> Iterator[TaskRow]:
    """Rows of a tab that were not there before the run."""
    then = _keyed(before.get(own))
    yield from (row for key, row in _keyed(now.get(own)).items() if key not in then)


def _tab(now: FoundTab, before: FoundTab | None, currency: str | None) -> TabPlan:
    here, there = _keyed(now), _keyed(before)
    adds = tuple(
        AddRow(key=key, cells=_cells(row, currency), people=row.people, own=row.own)
        for key, row in there.items()
        if key not in here
    )
    removes = tuple(
        RemoveRow(key=key, row=row.row, before=row.machine) for key, row in here.items() if key not in there
    )
    updates = []
    for key, row in here.items():
        if key in there:
            wanted = _cells(there[key], currency) | {k: Cell() for k in row.machine if k not in there[key].machine}
            cells = {k: c for k, c in wanted.items() if (c.value, c.link) != (row.machine.get(k), row.links.get(k))}
            if cells:
                updates.append(
                    UpdateRow(key=key, row=row.row, cells=cells, before={k: row.machine.get(k) for k in cells})
                )
    heading = before.heading if before is not None else ""
    return TabPlan(
        own=now.own, title=now.title, found=now, heading=heading if heading != now.heading else None,
        adds=adds, updates=tuple(updates), removes=removes,
    )  # fmt: skip


def _with_later_words(
    then: Memory,
    latest: Memory,
    now: Mapping[OwnTab, FoundTab],
    before: Mapping[OwnTab, FoundTab],
    order: DateOrder,
) -> Memory:
    """The earlier memory; what people wrote in rows that go with the undo waits in it for the rows to return."""
    waiting = {key: row for key, row in latest.rows.items() if not row.shown and (row.people or row.own or row.remarks)}
    rows = {**waiting, **then.rows}  # of an undo before this one, too
    words = {own: {**kept, **then.words.get(own, {})} for own, kept in {**then.words, **latest.words}.items()}
    for own, tab in now.items():
        there = _keyed(before.get(own))
        for key, row in _keyed(tab).items():
            if key in there or not (row.people or row.own or row.remarks):
                continue
            if own in TASK_TABS and key in latest.rows:
                done_on, postponed_to = told_first(row.people, order)
                rows[key] = replace(
                    latest.rows[key], people=row.people, own=row.own, remarks=row.remarks, shown=False,
                    done_on=done_on, postponed_to=postponed_to,
                )  # fmt: skip
            elif own in {OwnTab.QUESTIONS, OwnTab.SETTINGS}:
                words.setdefault(own, {})[key] = Words(people=row.people, own=row.own)
    return replace(then, rows=rows, words=words)

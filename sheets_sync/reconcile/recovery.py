"""The memory when ``_sync`` is lost: what the tabs themselves still tell. Nothing comes twice, no word is lost.

Rows come from the task tabs, keys that ended from the history's key column, words of silenced rows from their row
there. What only the memory knew (dates noticed, planned dates, types) begins anew, as at a first run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sheets_sync import locale, memory
from sheets_sync.memory import Finished, Memory, Noticed, RowMemory, split_key
from sheets_sync.model import FINAL_ENDS, End, FoundTab, OwnTab, Problem, RowRef, TaskRow
from sheets_sync.problems import notice
from sheets_sync.reconcile import questions_tab, settings_tab
from sheets_sync.reconcile.history import MORE, QUESTION, UPCOMING, end_words
from sheets_sync.reconcile.keys import customers_of
from sheets_sync.reconcile.people import DateOrder, day_in, read_day, said, told_first
from sheets_sync.reconcile.status import REMINDER
from sheets_sync.tables.own_frame import is_key
from sheets_sync.tables.schema import TASK_TABS

_LINK = re.compile(r"#?'?(?P<tab>.*?)'?!\$?[A-Z]+\$?(?P<row>\d+)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOTICED = frozenset({"pc_upgrade", "autoship_changed", "compensation_check", "cancelled_order_refund"})
"""Rules whose task rests on a day that only the memory knew; the day it was due is that day."""


def recall(
    text: str | None, found: Mapping[OwnTab, FoundTab], today: date, archives: Sequence[FoundTab] = ()
) -> tuple[Memory, tuple[Problem, ...]]:
    """The memory of ``_sync``, else what can be told from the tabs (``archives``: of older history); with a notice
    where it had to be."""
    if text:
        try:
            return memory.loads(text), ()
        except ValueError:  # somebody edited it
            return recovered(found, today, archives), (notice("memory_unreadable"),)
    if any(tab.columns for tab in found.values()):
        return recovered(found, today, archives), (notice("memory_lost"),)
    return Memory(), ()


def recovered(found: Mapping[OwnTab, FoundTab], today: date, archives: Sequence[FoundTab] = ()) -> Memory:
    """What the tabs tell. Customers may have got a better name since: each is known by the one in its keys."""
    latest = found.get(OwnTab.HISTORY)
    finished, silenced, answers = _ended((*archives, latest) if latest else archives, today)
    rows: dict[str, RowMemory] = dict(silenced)
    for own in TASK_TABS:
        for row in found[own].rows if own in found else ():
            if row.key is not None and is_key(own, row.key) and row.key not in finished:
                rows[row.key] = _row(own, row.key, row, today)
    days = [f.on for f in finished.values()]
    readers = {OwnTab.QUESTIONS: questions_tab.written, OwnTab.SETTINGS: settings_tab.written}
    return Memory(
        language=_language(found.values()),
        first_run_on=min((day for day in days if day < today), default=None),
        rows=rows,
        finished=finished,
        noticed={
            key: Noticed(on=row.due_on, new=row.occurrence if _ISO.fullmatch(row.occurrence) else "")
            for key, row in rows.items()
            if row.rule in _NOTICED
        },
        aliases={who: who for who in sorted(customers_of((*rows, *finished)))},
        answers=answers,
        own_tabs=frozenset(own for own, tab in found.items() if tab.columns),
        words={own: read(found[own]) for own, read in readers.items() if own in found},
    )


def _row(own: OwnTab, key: str, row: TaskRow, today: date) -> RowMemory:
    rule, subject, occurrence = split_key(key)
    order = DateOrder(day_first=None, today=today)
    n = read_day(occurrence, order) if rule == REMINDER else None  # the row may show a day it was postponed to
    due = n or day_in(row.machine.get("due")) or today
    done_on, postponed_to = told_first(row.people, order)
    return RowMemory(
        tab=own, rule=rule, subject=subject, customer_id="", occurrence=occurrence, number=_number(occurrence),
        source=_source(row), visible_on=due, due_on=due, gone_on=None, born_on=today, people=dict(row.people),
        own=dict(row.own), done_on=done_on, postponed_to=postponed_to, remarks=row.remarks,
    )  # fmt: skip


def _number(occurrence: str) -> int:
    tail = occurrence.rpartition("/")[2]
    return int(tail) if tail.isdecimal() else 1


def _source(row: TaskRow) -> RowRef:
    match = _LINK.fullmatch(row.links.get("source", ""))
    if match is None:
        return RowRef(tab="", row=0)
    return RowRef(tab=match["tab"].replace("''", "'"), row=int(match["row"]))


def _ended(
    histories: Sequence[FoundTab], today: date
) -> tuple[dict[str, Finished], dict[str, RowMemory], dict[str, str]]:
    """Keys that ended for good, rows that a silence took away (their last word), answers given."""
    finished: dict[str, Finished] = {}
    silenced: dict[str, RowMemory] = {}
    answers: dict[str, str] = {}
    ends, given = end_words(), locale.answer_index()
    for row in (row for history in histories for row in history.rows):
        key, said_end = row.key or row.copy_of, locale.fold(said(row.machine.get("end")))
        if key is None or not is_key(OwnTab.HISTORY, key):
            continue
        rule, subject, _ = split_key(key)
        if rule == QUESTION:
            if said_end in given:
                answers[subject] = given[said_end]
        elif rule not in {UPCOMING, MORE}:
            end = ends.get(said_end)
            silenced.pop(key, None)
            if end in FINAL_ENDS and end is not None:
                on = day_in(row.machine.get("done_on")) if end is End.DONE else None
                finished[key] = Finished(end=end, on=on or day_in(row.machine.get("ended_on")) or today)
            elif end is End.SILENCED:
                silenced[key] = _silenced(key, row, today)
    return finished, silenced, answers


def _silenced(key: str, row: TaskRow, today: date) -> RowMemory:
    rule, subject, occurrence = split_key(key)
    due = day_in(row.machine.get("due")) or today
    people = {k: v for k, v in row.machine.items() if k in {"owner", "note"}}
    return RowMemory(  # only contacts are ever silenced
        tab=OwnTab.TOUCHPOINTS, rule=rule, subject=subject, customer_id="", occurrence=occurrence,
        number=_number(occurrence), source=RowRef(tab="", row=0), visible_on=due, due_on=due, gone_on=None,
        born_on=today, shown=False, people=people,
    )  # fmt: skip


def _language(found: Iterable[FoundTab]) -> str | None:
    """The language of the tabs' headings (their titles may have been renamed)."""
    votes = [
        language
        for tab in found
        for language in locale.LANGUAGES
        if locale.load(language).title(tab.own) in {tab.title, tab.heading.partition(" · ")[0]}
    ]
    return max(votes, key=votes.count, default=None)

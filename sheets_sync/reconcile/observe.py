"""What people did in our tabs since the last run. Runs before the rules, which need the ticks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from sheets_sync.config import Settings
from sheets_sync.memory import Memory, RowMemory, Words
from sheets_sync.model import End, FoundTab, Moved, OwnTab
from sheets_sync.reconcile import events, questions_tab, settings_tab
from sheets_sync.reconcile.keys import STILL, present_keys, rekeyed, renamed_key
from sheets_sync.reconcile.people import People, date_order
from sheets_sync.reconcile.task_tab import Seen, look
from sheets_sync.reconcile.told import Day, Unclear
from sheets_sync.tables.schema import TASK_TABS

MANY, SHARE = 5, 0.2
"""More than max(5, 20 %) of the open rows at once is no decision about rows but an accident until people say so."""


class Observed(Struct, frozen=True, kw_only=True):
    """What people did. ``memory`` is the last run's, with the answers given since.

    ``seen``: every open or waiting key; ``ticks``: key → day, for the rules (open rows, and those that ended as done);
    ``dismissed``: keys whose rows people took away; ``returning``: rows that vanished with many others and come back
    once; ``vanished``, ``edited``: as the memory is to keep them; ``words``: what people wrote in rows of questions
    and settings; ``answers``: all of them; ``given``: those read in this run; ``unclear``: cells that say nothing we
    understand; ``since``: rows whose window closed
    after that day may still be there because people postponed them, so the rules should name them (None = there are
    none).
    """

    memory: Memory
    today: date
    tabs: Mapping[OwnTab, FoundTab]
    seen: Mapping[str, Seen]
    ticks: Mapping[str, date]
    dismissed: frozenset[str] = frozenset()
    returning: frozenset[str] = frozenset()
    vanished: Mapping[str, date] = field(default_factory=dict)
    edited: Mapping[str, date] = field(default_factory=dict)
    words: Mapping[OwnTab, Mapping[str, Words]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    unclear: Mapping[OwnTab, Sequence[Unclear]] = field(default_factory=dict)

    @property
    def since(self) -> date | None:
        """See the class."""
        closed = [
            row.gone_on - timedelta(days=1)
            for key, row in self.memory.rows.items()
            if row.gone_on is not None and row.gone_on <= self.today and self.seen[key].people.postpone_to is not None
        ]
        return min(closed, default=None)


def observe(found: Mapping[OwnTab, FoundTab], memory: Memory, today: date, settings: Settings) -> Observed:
    """Compare what is found with what the last run left."""
    tabs = {own: tab for own, tab in found.items() if tab.columns}
    given = questions_tab.answers(tabs.get(OwnTab.QUESTIONS))
    answers = {**memory.answers, **{i: a for i, a in given.items() if not events.is_event(i)}}
    order = date_order(settings.text("locale"), answers, today)
    day = Day(today=today, order=order, answers=answers, last_run_on=memory.last_run_on)
    seen: dict[str, Seen] = {}
    missing: set[str] = set()
    happened: set[str] = set()
    unclear: dict[OwnTab, tuple[Unclear, ...]] = {}
    for own in TASK_TABS:
        mine = {key: row for key, row in memory.rows.items() if row.tab is own and row.shown}
        if own not in tabs:
            continue
        told = look(tabs[own], mine, day)
        seen |= told.seen
        missing |= told.missing
        happened |= {events.edited_identity(own, column) for column in told.edited}
        if told.part_sorted:
            happened.add(events.sorted_identity(own))
        unclear[own] = told.unclear
    for key, row in memory.rows.items():
        seen.setdefault(key, Seen(people=as_remembered(row)))
    dismissed, returning, vanished = _vanished(missing, memory, answers, today)
    return Observed(
        memory=replace(memory, answers=answers),
        today=today,
        tabs=tabs,
        seen=seen,
        ticks=_ticks(seen, memory),
        dismissed=dismissed,
        returning=returning,
        vanished=vanished,
        edited=events.standing(memory.edited, happened, given, today),
        words=_other_words(tabs, memory),
        answers=answers,
        given=given,
        unclear=unclear,
    )


def with_aliases(observed: Observed, aliases: Mapping[str, str], moved: Moved = STILL) -> Observed:
    """The same under the identities of customers, and subjects of exchanges and orders, now used (older → present):
    keys change, what people wrote follows."""
    if not aliases and not moved:
        return observed

    of_rows = present_keys(observed.memory.rows, aliases, moved)
    seen = {
        of_rows[key]: replace(one, rekey=one.rekey or of_rows[key] != key)
        for key, one in observed.seen.items()
        if key in of_rows
    }

    def renamed(key: str) -> str:
        return of_rows.get(key) or renamed_key(key, aliases, moved)

    def keys(some: Iterable[str]) -> frozenset[str]:
        return frozenset(map(renamed, some))

    return replace(
        observed,
        memory=rekeyed(observed.memory, aliases, moved),
        seen=seen,
        ticks={renamed(key): day for key, day in observed.ticks.items()},
        dismissed=keys(observed.dismissed),
        returning=keys(observed.returning),
        vanished={renamed(key): day for key, day in observed.vanished.items()},
    )


def names_shown(observed: Observed) -> dict[str, str]:
    """Key → the customer's name, as our tabs have it."""
    names = ((key, seen.row.machine.get("customer")) for key, seen in observed.seen.items() if seen.row is not None)
    return {key: name for key, name in names if isinstance(name, str)}


def reopened(observed: Observed, keys: Iterable[str]) -> Observed:
    """The same with these keys no longer ended: people want them open again."""
    finished = {key: f for key, f in observed.memory.finished.items() if key not in set(keys)}
    return replace(observed, memory=replace(observed.memory, finished=finished))


def as_remembered(row: RowMemory) -> People:
    """What people said about a task when last seen."""
    return People(
        done=row.done_on is not None, done_on=row.done_on, postpone_to=row.postponed_to, cells=row.people, own=row.own,
        remarks=row.remarks,
    )  # fmt: skip


def _ticks(seen: Mapping[str, Seen], memory: Memory) -> dict[str, date]:
    ended = {key: f.on for key, f in memory.finished.items() if f.end is End.DONE}
    return ended | {key: s.people.done_on for key, s in seen.items() if s.people.done and s.people.done_on}


def _vanished(
    missing: Iterable[str], memory: Memory, answers: Mapping[str, str], today: date
) -> tuple[frozenset[str], frozenset[str], dict[str, date]]:
    """Dismissed, returning, and which keys came back with the day. Done rows may be cleared away at any time."""
    gone = frozenset(missing)
    undone = {key for key in gone if memory.rows[key].done_on is None}
    shown = sum(row.shown for row in memory.rows.values())
    on_purpose_today = answers.get(events.vanished_identity(today)) == events.YES  # said of others of this day
    together = len(undone) > max(MANY, SHARE * shown) and not on_purpose_today
    returning = frozenset(key for key in undone if key not in memory.vanished) if together else frozenset()
    on_purpose = {
        key for key, day in memory.vanished.items() if answers.get(events.vanished_identity(day)) == events.YES
    }
    dismissed = (gone - returning) | (on_purpose & memory.rows.keys())
    vanished = {key: day for key, day in memory.vanished.items() if key not in dismissed}
    return frozenset(dismissed), returning, vanished | dict.fromkeys(returning, today)


def _other_words(tabs: Mapping[OwnTab, FoundTab], memory: Memory) -> dict[OwnTab, Mapping[str, Words]]:
    """What people wrote in the rows of questions and settings; of a tab that is gone, or of a question's row, what they
    last wrote."""
    readers = {OwnTab.QUESTIONS: questions_tab.written, OwnTab.SETTINGS: settings_tab.written}
    words = {own: read(tabs[own]) if own in tabs else memory.words.get(own, {}) for own, read in readers.items()}
    there = {row.key for row in tabs[OwnTab.QUESTIONS].rows} if OwnTab.QUESTIONS in tabs else set()
    gone = {k: w for k, w in memory.words.get(OwnTab.QUESTIONS, {}).items() if k not in there}
    return {**words, OwnTab.QUESTIONS: {**gone, **words[OwnTab.QUESTIONS]}}

"""What becomes of one key on one day: it is born, stays, waits in the memory, or leaves, and how it ended.

Pure: everything a decision needs comes in. The order of the questions below is the order of their weight: what people
did, then their tick, then what cannot be read, then the calendar, then what the rules want.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from sheets_sync.memory import RowMemory
from sheets_sync.model import End, Task
from sheets_sync.reconcile.people import People
from sheets_sync.reconcile.status import DAY, REMINDER, gone_after, postponed_to


class Fate(StrEnum):
    """``shown``: it has (or gets) a row; ``waits``: its words are kept, its row is not; ``nothing``: not ours to do."""

    SHOWN = "shown"
    WAITS = "waits"
    LEAVES = "leaves"
    NOTHING = "nothing"


class Verdict(Struct, frozen=True, kw_only=True):
    """``end``: how it left (also of a row that waits); ``held``: shown although what it rests on cannot be read."""

    fate: Fate
    end: End | None = None
    held: bool = False


SHOWN = Verdict(fate=Fate.SHOWN)
HELD = Verdict(fate=Fate.SHOWN, held=True)
NOTHING = Verdict(fate=Fate.NOTHING)


def leaves(end: End) -> Verdict:
    """It leaves its tab for good, or until it is wanted again (superseded)."""
    return Verdict(fate=Fate.LEAVES, end=end)


def waits(end: End | None = None) -> Verdict:
    """Its row leaves, what people wrote waits."""
    return Verdict(fate=Fate.WAITS, end=end)


def birth(want: Task | None, today: date, *, finished: bool, start_on: date | None) -> Verdict:
    """Of a key that has no row: shown if it is wanted today, never ended for good and nothing speaks against it."""
    if want is None or finished or want.visible_on > today or want.silenced is not None or want.held:
        return NOTHING
    if want.gone_on is not None and want.gone_on <= today:
        return NOTHING
    if start_on is not None and want.due_on < start_on:
        return NOTHING
    return SHOWN


def fate(
    memory: RowMemory,
    people: People,
    want: Task | None,
    today: date,
    *,
    held: bool,
    dismissed: bool,
    since: date | None = None,
) -> Verdict:
    """Of a key that is open or waits.

    ``held``: what its task rests on cannot be read; ``dismissed``: people took its row away; ``since``: the rules
    name tasks also whose window closed after that day (None = only what is not gone today).
    """
    if not memory.shown:
        return _waiting(memory, people, want, today, held=held)
    if dismissed:
        return leaves(End.DONE if memory.done_on is not None else End.REMOVED)
    if people.done:
        return leaves(End.DONE) if today > faded_until(memory, people) else Verdict(fate=Fate.SHOWN, held=held)
    if held:
        return HELD
    return _unwanted(memory, people, today, since or today) if want is None else _wanted(memory, want, people, today)


def faded_until(memory: RowMemory, people: People) -> date:
    """The last day a ticked row stays: the day after its tick was seen; a reminder's N."""
    if memory.rule == REMINDER:
        return memory.due_on
    return (people.done_on or memory.done_on or memory.due_on) + DAY


def _wanted(memory: RowMemory, want: Task, people: People, today: date) -> Verdict:
    if _gone(want, people, today):  # a date that was corrected closes no window for good
        return leaves(End.EXPIRED if _gone(memory, people, today) else End.SUPERSEDED)
    if want.silenced is not None:
        return waits(End.SILENCED)
    return waits(End.SUPERSEDED) if want.visible_on > today else SHOWN


def _unwanted(memory: RowMemory, people: People, today: date, since: date) -> Verdict:
    """The rules want it no more: its window closed (postponing may have moved that), or something took its place."""
    if _gone(memory, people, today):
        return leaves(End.EXPIRED)
    closed_unnamed = memory.gone_on is not None and memory.gone_on <= since
    return SHOWN if closed_unnamed else leaves(End.SUPERSEDED)


def _waiting(memory: RowMemory, people: People, want: Task | None, today: date, *, held: bool) -> Verdict:
    if held:
        return waits()
    if want is None:
        expired = memory.gone_on is not None and memory.gone_on <= today
        return leaves(End.EXPIRED if expired else End.SUPERSEDED)
    if _gone(want, people, today):
        return leaves(End.EXPIRED)
    return waits() if want.silenced is not None or want.visible_on > today else SHOWN


def _gone(task: Task | RowMemory, people: People, today: date) -> bool:
    ahead = postponed_to(task.rule, task.due_on, people.postpone_to)
    gone = gone_after(task.rule, task.visible_on, task.gone_on, ahead)
    return gone is not None and gone <= today

"""The plan of each of our tabs, out of the fates of all keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain

from msgspec import Struct, field

from sheets_sync.config import Settings
from sheets_sync.locale import Locale
from sheets_sync.memory import RowMemory, Words
from sheets_sync.model import (
    LAYOUT_VERSION,
    AddRow,
    FoundTab,
    OwnTab,
    Problem,
    RemoveRow,
    SourceTab,
    TabPlan,
    Task,
    UpdateRow,
    Where,
)
from sheets_sync.problems import question
from sheets_sync.reconcile import archive, events, headings, history, questions_tab, settings_tab, upcoming
from sheets_sync.reconcile.facts import Facts
from sheets_sync.reconcile.history import Ended
from sheets_sync.reconcile.lines import Line, Rows, removal, rows_of
from sheets_sync.reconcile.observe import Observed
from sheets_sync.reconcile.rowcells import MOST_LINKS, links_for
from sheets_sync.tables.schema import TASK_TABS

_FAMILY: Mapping[OwnTab, frozenset[SourceTab]] = {
    OwnTab.TOUCHPOINTS: frozenset({SourceTab.CUSTOMERS, SourceTab.ORDERS}),
    OwnTab.EXCHANGES: frozenset({SourceTab.EXCHANGES}),
}
"""A task tab is born where a source of its family is, even if there is nothing to do yet."""


class Room(Struct, frozen=True, kw_only=True):
    """All that the tabs' plans are made of. ``gone``: keys whose rows leave; ``old``: old tasks of a first run."""

    lines: tuple[Line, ...]
    ended: tuple[Ended, ...]
    gone: frozenset[str]
    upcoming: tuple[Task, ...]
    observed: Observed
    facts: Facts
    problems: tuple[Problem, ...]
    today: date
    settings: Settings
    words: Locale
    old: int


class Planned(Struct, frozen=True, kw_only=True):
    """``rows``: the memory of the rows shown; ``words``: of what people wrote elsewhere; ``problems``: all of them."""

    tabs: tuple[TabPlan, ...]
    rows: Mapping[str, RowMemory]
    words: Mapping[OwnTab, Mapping[str, Words]]
    problems: tuple[Problem, ...]


class _Changes(Struct, kw_only=True):
    """What happens to the rows of one tab."""

    heading: str
    adds: tuple[AddRow, ...] = ()
    updates: tuple[UpdateRow, ...] = ()
    removes: tuple[RemoveRow, ...] = field(default=())


def tab_plans(room: Room) -> Planned:
    """Every tab of ours, in the order in which they are added to a workbook; tabs that stay as they are, too."""
    changes: dict[OwnTab, _Changes] = {}
    rows: dict[str, RowMemory] = {}
    cut: list[tuple[Line, str]] = []
    for own in TASK_TABS:
        if _is_there_to_be(own, room):
            changes[own], remembered = _task_tab(own, room, cut)
            rows |= remembered
    problems = (*room.problems, *_trimmed(cut, room))
    left: tuple[AddRow, ...] = ()
    if _is_there_to_be(OwnTab.UPCOMING, room):
        changes[OwnTab.UPCOMING], left = _upcoming_tab(room)
    asked = questions_tab.question_rows(
        problems, room.observed.tabs.get(OwnTab.QUESTIONS), room.observed.words.get(OwnTab.QUESTIONS, {}),
        room.observed.given, room.words,
    )  # fmt: skip
    changes[OwnTab.QUESTIONS] = _Changes(
        heading=headings.counted_heading(
            _title(OwnTab.QUESTIONS, room), room.today, "heading_questions", asked.count, room.words
        ),
        adds=asked.adds, updates=asked.updates, removes=asked.removes,
    )  # fmt: skip
    settled = (history.settled_rows(one, room.today, room.words) for one in asked.settled)
    ended = (history.ended_rows(one, room.today, room.words) for one in sorted(room.ended, key=lambda e: e.task.key))
    changes[OwnTab.HISTORY], years = _history(tuple(chain(*ended, left, *settled)), room)
    own_settings = settings_tab.setting_rows(
        room.observed.tabs.get(OwnTab.SETTINGS), room.observed.words.get(OwnTab.SETTINGS, {}), room.settings, room.words
    )
    changes[OwnTab.SETTINGS] = _Changes(
        heading=headings.still_heading(_title(OwnTab.SETTINGS, room), "heading_settings", room.words),
        adds=own_settings.adds, updates=own_settings.updates,
    )  # fmt: skip
    return Planned(
        tabs=(*(_plan(own, change, room) for own, change in changes.items()), *years),
        rows=rows,
        words={OwnTab.QUESTIONS: asked.words, OwnTab.SETTINGS: own_settings.words},
        problems=problems,
    )


def _is_there_to_be(own: OwnTab, room: Room) -> bool:
    if own in room.observed.tabs:
        return True
    if own is OwnTab.UPCOMING:  # people who deleted it do not want it
        return own not in room.observed.memory.own_tabs
    return (
        own in room.observed.memory.own_tabs
        or bool(_FAMILY[own] & room.facts.present)
        or any(line.view.task.tab is own for line in room.lines)
    )


def _title(own: OwnTab, room: Room) -> str:
    """The title of a tab as found; one that is born gets the locale's."""
    found = room.observed.tabs.get(own)
    return _free(room.words.title(own), room) if found is None else found.title


def _free(title: str, room: Room) -> str:
    """The title, with a number where another tab has it."""
    taken = {title.casefold() for title in room.facts.workbook_titles}
    n = 1
    while (title if n == 1 else f"{title} {n}").casefold() in taken:
        n += 1
    return title if n == 1 else f"{title} {n}"


def _plan(own: OwnTab, change: _Changes, room: Room) -> TabPlan:
    found = room.observed.tabs.get(own)
    restyle = found is not None and found.layout_version < LAYOUT_VERSION
    repair = found is not None and found.repair
    moved = bool(change.adds or change.updates or change.removes or restyle or repair)
    heading: str | None = change.heading
    if found is not None and (
        found.heading == heading or (not moved and headings.same_but_hidden(found.heading, change.heading, room.words))
    ):
        heading = None
    return TabPlan(
        own=own, title=_title(own, room), found=found, heading=heading, adds=change.adds, updates=change.updates,
        removes=tuple(sorted(change.removes, key=lambda r: r.row)),
        restyle=restyle, repair=repair,
    )  # fmt: skip


# ── task tabs ───────────────────────────────────────────────────────────────


def _task_tab(own: OwnTab, room: Room, cut: list[tuple[Line, str]]) -> tuple[_Changes, Mapping[str, RowMemory]]:
    found = room.observed.tabs.get(own)
    lines = [line for line in room.lines if line.view.task.tab is own]

    def hear(line: Line, column: str) -> None:
        cut.append((line, column))

    rows: Rows = rows_of(lines, found, room.today, room.words, links=links_for(len(lines)), cut=hear)
    hidden = sum(line.row is not None and line.row.hidden for line in lines)
    views = [line.view for line in lines]
    heading = headings.task_heading(
        _title(own, room), room.today, views, room.words, hidden=hidden,
        old=room.old if own is OwnTab.TOUCHPOINTS else 0,
    )  # fmt: skip
    return _Changes(
        heading=heading, adds=rows.adds, updates=rows.updates, removes=tuple(_removes(own, room.gone, room.observed))
    ), rows.memory


def _removes(own: OwnTab, gone: Iterable[str], observed: Observed) -> Iterator[RemoveRow]:
    for key in gone:
        seen = observed.seen[key]
        if seen.row is not None and observed.memory.rows[key].tab is own:
            yield removal(key, seen.row, seen.found_at)


def _trimmed(cut: Iterable[tuple[Line, str]], room: Room) -> Iterator[Problem]:
    """A question for each text that does not fit into a cell, until people have seen it."""
    for line, column in cut:
        identity = f"text_trimmed|{line.key[:120]}|{column}"
        source = line.view.task.source
        if identity not in room.observed.answers:
            yield question(
                "text_trimmed",
                Where(tab=source.tab or None, row=source.row or None),
                identity=identity,
                choices=(events.SEEN,),
                params={"column": room.words.column(column), "customer": line.view.task.customer[:80]},
            )


def _history(adds: tuple[AddRow, ...], room: Room) -> tuple[_Changes, list[TabPlan]]:
    """What ended goes to the end; beyond its length, the oldest to tabs of their years, which are born with them."""
    title = _title(OwnTab.HISTORY, room)
    found = room.observed.tabs.get(OwnTab.HISTORY)
    moving = archive.outgrown(found, len(adds), room.today) if room.facts.splits_history else {}
    change = _Changes(
        heading=headings.still_heading(title, "heading_history", room.words), adds=adds,
        removes=tuple(removal(row.key or "", row, {}) for rows in moving.values() for row in rows),
    )  # fmt: skip
    years = [
        TabPlan(
            own=OwnTab.HISTORY, title=(of_year := _free(f"{title} {year}", room)), found=None,
            heading=headings.still_heading(of_year, "heading_history", room.words),
            adds=tuple(add for row in rows for add in archive.moved_in(row, room.words)),
        )
        for year, rows in moving.items()
    ]  # fmt: skip
    return change, years


def _upcoming_tab(room: Room) -> tuple[_Changes, tuple[AddRow, ...]]:
    found: FoundTab | None = room.observed.tabs.get(OwnTab.UPCOMING)
    rows = upcoming.upcoming_rows(
        room.upcoming, room.facts.not_in_cycle, found, room.words, linked=len(room.upcoming) <= MOST_LINKS
    )
    heading = headings.counted_heading(
        _title(OwnTab.UPCOMING, room), room.today, "heading_upcoming", rows.count, room.words
    )
    left = chain.from_iterable(history.left_rows(row, room.today, room.words) for row in rows.left)
    change = _Changes(heading=heading, adds=rows.adds, updates=rows.updates, removes=rows.removes)
    return change, tuple(left)

"""What must be true after every run, judged from cells alone: words stay with their thing, what ended stays away.

The judge knows tasks by the thing they are about (``SourceTabs.named``), whatever their keys call it today, and what
should be there from a first run over the same source tabs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sheets_sync import locale
from sheets_sync.memory import split_key
from sheets_sync.model import FINAL_ENDS, End, Outcome, OwnTab, Status, TaskRow, Value
from sheets_sync.reconcile.history import end_words
from sheets_sync.report import RunReport
from sheets_sync.setting_specs import rules_table
from sheets_sync.tables.schema import TASK_TABS
from tests.corridor.desk import Desk
from tests.corridor.source_tabs import Named, Thing
from tests.reconcile.words import said_in, tokens

OF_MEMORY = frozenset({"autoship_changed", "pc_upgrade", "compensation_check", "reconnect", "cancelled_order_refund"})
"""Rules that a first run does not see, or sees otherwise."""
Content = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What people wrote at one task."""

    tab: OwnTab
    people: Mapping[str, Value]
    own: Mapping[str, Value]

    @property
    def ticked(self) -> bool:
        return self.people.get("done") is not None

    @property
    def tokens(self) -> set[str]:
        return said_in(self.people, self.own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabs:
    """Our tabs at one moment: the tasks' rows, everybody else's rows, all words, the history by thing."""

    rows: Mapping[Named, Words]
    foreign: Counter[Content]
    tokens: set[str]
    history: Mapping[Named, tuple[TaskRow, ...]]
    others: str


@dataclass(slots=True)
class Judge:
    """Its own memory between runs."""

    open: dict[Named, Words] = field(default_factory=dict)
    finals: set[Named] = field(default_factory=set)
    waiting: dict[Named, Words] = field(default_factory=dict)
    ticked: set[Thing] = field(default_factory=set)

    def look(self, desk: Desk, still: Iterable[Named], *, as_last_seen: Iterable[OwnTab] = ()) -> Tabs:
        """``still``: tasks that are open; ``as_last_seen``: tabs whose cells no longer say what is whose."""
        blind, still = set(as_last_seen), set(still)
        rows = {named: words for named, words in self.open.items() if words.tab in blind}
        foreign: Counter[Content] = Counter()
        for own in TASK_TABS:
            for row in desk.found(own).rows if desk.backend.own(own) is not None and own not in blind else ():
                named = _named(desk, row, own)
                if named is not None and named in still and named not in rows:
                    rows[named] = Words(tab=own, people=dict(row.people), own=dict(row.own))
                else:
                    foreign[_content(row)] += 1
        return Tabs(
            rows=rows, foreign=foreign, tokens=tokens(desk), history=_history(desk), others=desk.others()
        )  # fmt: skip

    def judge(self, desk: Desk, before: Tabs, report: RunReport, *, forgot: bool, blind: bool) -> None:
        """``forgot``: the memory was lost before this run; ``blind``: some tab's keys were."""
        shown = {desk.source.named(view.task.key): view for view in report.tasks}
        after = self.look(desk, shown)
        assert after.others == before.others, "tabs that are not ours changed"
        assert shown.keys() == after.rows.keys(), f"said to be shown and not there: {shown.keys() ^ after.rows.keys()}"
        self._words_stay(before, after, forgot=forgot)
        if not forgot:
            self._deleted_rows(before, after)
        if not (forgot or blind):
            assert after.foreign == before.foreign, (
                f"rows of people: lost {before.foreign - after.foreign}, made {after.foreign - before.foreign}"
            )
        assert before.tokens <= after.tokens, f"words lost: {before.tokens - after.tokens}"
        if forgot:  # the history knows what ended under the name it had then
            self.finals = {named for named in self.finals if named[1] not in desk.source.renamed}
        back = self.finals & after.rows.keys()
        assert not back, f"ended, and there again: {back}"
        for named, words in before.rows.items():
            if desk.source.unreadable(named) and not words.ticked:
                assert named in after.rows, f"held row dropped: {named}"
                assert shown[named].status is Status.HELD, f"not held: {named}"
        self._remember(before, after)
        self._wanted(desk, after)

    def _words_stay(self, before: Tabs, after: Tabs, *, forgot: bool) -> None:
        for named, was in before.rows.items():
            now = after.rows.get(named)
            if now is not None:
                assert now.people == was.people, f"{named}: {was.people} became {now.people}"
                assert {h: now.own.get(h) for h in was.own} == was.own, f"own cells of {named}"
            else:
                _is_in_history(named, was, before, after)
        for named, was in self.waiting.items():
            now = after.rows.get(named)
            if now is not None and not forgot:
                assert now.people == was.people, f"{named} came back: {was.people} became {now.people}"

    def _deleted_rows(self, before: Tabs, after: Tabs) -> None:
        deleted = {named: words for named, words in self.open.items() if named not in before.rows}
        undone = sum(not words.ticked for words in deleted.values())
        for named, was in deleted.items():
            now = after.rows.get(named)
            if now is None:
                _is_in_history(named, was, before, after)
            else:
                assert undone > 5 or self._no_tab(before, was.tab), f"deleted, and there again: {named}"
                assert now.people == was.people, f"{named} came back: {was.people} became {now.people}"

    def _no_tab(self, before: Tabs, own: OwnTab) -> bool:
        return not any(words.tab is own for words in before.rows.values())

    def _wanted(self, desk: Desk, after: Tabs) -> None:
        """Everything that a first run would show is there, unless it ended or a tick counts as its step."""
        for view in desk.first_run().tasks:
            named = desk.source.named(view.task.key)
            if named[0] not in OF_MEMORY and named not in self.finals and named[1] not in self.ticked:
                assert named in after.rows, f"wanted and not there: {named}"

    def _remember(self, before: Tabs, after: Tabs) -> None:
        self.open = dict(after.rows)
        ends = end_words()
        for named, rows in after.history.items():
            end = ends.get(locale.fold(str(rows[-1].machine.get("end"))))
            if end in FINAL_ENDS and named not in after.rows:
                self.finals.add(named)
            last = before.rows.get(named) or self.waiting.get(named)
            self.waiting.pop(named, None)
            if end is End.SILENCED and named not in after.rows and last is not None:
                self.waiting[named] = last
        self.ticked |= {named[1] for named, words in after.rows.items() if words.ticked}

    def is_second(self, desk: Desk) -> None:
        """A run over what the last one left does nothing."""
        before = desk.everything()
        report = desk.again()
        assert report.outcome is Outcome.NOTHING, f"a second run: {report.plan}"
        assert desk.everything() == before


def _is_in_history(named: Named, was: Words, before: Tabs, after: Tabs) -> None:
    new = after.history.get(named, ())[len(before.history.get(named, ())) :]
    assert new or not (was.people or was.own), f"left without a trace: {named}"
    said = said_in(*(row.machine for row in new))
    assert was.tokens <= said, f"words of {named} not in the history: {was.tokens - said}"


def _named(desk: Desk, row: TaskRow, own: OwnTab) -> Named | None:
    try:
        rule = split_key(row.key or "")[0]
    except ValueError:
        return None
    return desk.source.named(row.key or "") if rules_table().get(rule, {}).get("family") == own.value else None


def _content(row: TaskRow) -> Content:
    cells = {**row.machine, **row.people, **row.own}
    return tuple(sorted((name, str(value)) for name, value in cells.items()))


def _history(desk: Desk) -> dict[Named, tuple[TaskRow, ...]]:
    """The rows of the history by thing, oldest first; a key that is no task's is left out."""
    found: dict[Named, tuple[TaskRow, ...]] = {}
    for row in desk.history() if desk.backend.own(OwnTab.HISTORY) is not None else ():
        rule, *_ = split_key(row.key or row.copy_of or "")
        if rule in rules_table():
            named = desk.source.named(row.key or row.copy_of or "")
            found[named] = (*found.get(named, ()), row)
    return found

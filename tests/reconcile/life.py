"""A life in the house: what each machine needs to play people and the worker (``tests/test_house_machine.py``)."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from sheets_sync.model import OwnTab
from sheets_sync.problems import Refusal
from tests.reconcile.house import House
from tests.reconcile.oracle import TASK_TABS, Oracle
from tests.reconcile.relearn import relearn

CUSTOMERS = ("1001", "1002", "1003", "1004")
MACHINE_COLUMNS = ("status", "due", "task", "customer", "contact", "message", "why", "source", "amount", "age")


class Life(RuleBasedStateMachine):
    """The shop, its people and the worker."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.oracle = Oracle()
        self.words = 0
        self.numbers = 0
        self.history_deleted = False
        self.renamed = False
        self.yes: set[date] = set()

    def run(self, sorted_tabs: tuple[OwnTab, ...] = ()) -> None:
        before = self.oracle.look(self.house)
        expected = self.oracle.expect(self.house, before, sorted_tabs=sorted_tabs, yes=self.yes)
        self.yes = set()
        try:
            self.house.sync()
        except Refusal as refusal:
            assert refusal.code == "source_rows_missing", refusal.code
            assert self.missing_rows() > 5
            self.house.sync(force=True)
        self.oracle.judge(self.house, before, expected)
        again, _ = self.house.look()
        assert again.empty, (
            f"a second run plans {[(t.own, t.heading, t.adds, t.updates, t.removes) for t in again.tabs]}"
        )

    def run_without_memory(self) -> None:
        """``_sync`` is lost; nothing else happened since the last run."""
        before = self.oracle.look(self.house)
        try:
            self.house.sync()
        except Refusal as refusal:
            assert refusal.code == "source_rows_missing", refusal.code
            self.house.sync(force=True)
        relearn(self.oracle, self.house, before)
        assert self.house.look()[0].empty, "a second run plans something"

    def missing_rows(self) -> int:
        facts = self.house.shop.facts()
        return sum(not facts.carried(was.task.rule, was.task.subject) for was in self.oracle.open.values())

    def pick(self, data: st.DataObject, names: object) -> str:
        return data.draw(st.sampled_from(sorted(names)))  # type: ignore[call-overload, no-any-return]

    def a_key(self, data: st.DataObject) -> str:
        return self.pick(data, self.their_keys())

    def their_keys(self, own: OwnTab | None = None) -> list[str]:
        """Keys of rows that stand in the tabs (or in one of them)."""
        keys = self.house.keys() & {key for key, was in self.oracle.open.items() if was.shown}
        return sorted(key for key in keys if own is None or self.house.tab_of(key) is own)

    def a_word(self) -> str:
        self.words += 1
        return f"‹{self.words}›"

    def a_tab(self, data: st.DataObject) -> OwnTab:
        return data.draw(st.sampled_from([own for own in TASK_TABS if self.house.backend.own(own) is not None]))

    def fullest_tab(self) -> OwnTab:
        there = [own for own in TASK_TABS if self.house.backend.own(own) is not None]
        return max(there, key=lambda own: len(self.their_keys(own)))

    @property
    def has_rows(self) -> bool:
        return any(was.shown for was in self.oracle.open.values()) and bool(self.their_keys())

    @property
    def has_tabs(self) -> bool:
        return any(self.house.backend.own(own) is not None for own in TASK_TABS)

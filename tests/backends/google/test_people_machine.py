"""People work in the tabs at any moment, also between a worker's reading and its writing, and so does a second worker.

After every run nothing of people's is lost or stands at another task, no task stands twice, and a second run plans
nothing. ``PEOPLE_EXAMPLES`` and ``PEOPLE_STEPS`` make it longer, ``PEOPLE_SEED`` other lives.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from sheets_sync.model import OwnTab
from sheets_sync.problems import Refusal
from tests.backends.google.team import Team
from tests.sheets_server import SheetsServer

EXAMPLES = int(os.environ.get("PEOPLE_EXAMPLES", "60"))
STEPS = int(os.environ.get("PEOPLE_STEPS", "30"))
SEED = int(os.environ.get("PEOPLE_SEED", "0"))
PHASES = [Phase.generate] if os.environ.get("PEOPLE_UNSHRUNK") == "1" else list(Phase)
PARTS = 4
"""Tests with so many examples each: they run beside one another."""
CUSTOMERS = ("1001", "1002", "1003")
TABS = st.sampled_from([OwnTab.TOUCHPOINTS, OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES])
NTH = st.integers(0, 6)
MACHINE = st.sampled_from(["status", "due", "customer", "why", "age"])
EDITS = (
    "word", "word", "tick", "scribble", "own_row", "delete", "sort", "sort", "filter", "filter", "unfilter", "column",
    "header", "tab", "worker",
)  # fmt: skip


class PeopleMachine(RuleBasedStateMachine):
    """A spreadsheet, its people, its workers."""

    server: SheetsServer

    def __init__(self) -> None:
        super().__init__()
        self.server.service.before_calls.clear()
        self.team = Team.at(self.server)
        self.numbers = 0

    @initialize(orders=st.integers(1, 4), exchanges=st.integers(0, 2))
    def begin(self, orders: int, exchanges: int) -> None:
        for n in range(orders):
            self.new_order(CUSTOMERS[n % 3], 5 + 3 * n)
        for n in range(exchanges):
            self.new_exchange(CUSTOMERS[n % 3], n)
        self.team.sync()
        self.team.judge()

    # ── the shop ────────────────────────────────────────────────────────────

    @rule(customer=st.sampled_from(CUSTOMERS), ago=st.integers(0, 12))
    def new_order(self, customer: str, ago: int) -> None:
        self.numbers += 1
        self.team.shop.order(f"P{self.numbers}", customer, self.team.today - timedelta(days=ago))

    @rule(customer=st.sampled_from(CUSTOMERS), ago=st.integers(0, 4))
    def new_exchange(self, customer: str, ago: int) -> None:
        self.numbers += 1
        self.team.shop.exchange(f"T{self.numbers}", customer, self.team.today - timedelta(days=ago))

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        self.team.today += timedelta(days=days)

    # ── people ──────────────────────────────────────────────────────────────

    def edit(self, kind: str, own: OwnTab, nth: int, column: str) -> None:
        team = self.team
        done: dict[str, Callable[[], Any]] = {
            "word": lambda: team.write_word(own, nth, "note" if nth % 2 else "owner"),
            "tick": lambda: team.tick(own, nth),
            "scribble": lambda: team.scribble(own, nth, column),
            "own_row": lambda: team.own_row(own, nth, "customer" if nth % 2 else "note"),
            "delete": lambda: team.delete_row(own, nth),
            "sort": lambda: team.sort(own, column, descending=bool(nth % 2)),
            "filter": lambda: team.filter(own, nth, column),
            "unfilter": lambda: team.unfilter(own),
            "column": lambda: team.add_column(own, nth * 2),
            "header": lambda: team.rename_header(own, nth),
            "tab": lambda: team.rename_tab(own),
            "worker": self.other_worker,
        }
        done[kind]()

    def other_worker(self) -> None:
        with self.quiet():
            self.team.sync()

    @rule(kind=st.sampled_from([e for e in EDITS if e != "worker"]), own=TABS, nth=NTH, column=MACHINE)
    def edits(self, kind: str, own: OwnTab, nth: int, column: str) -> None:
        self.edit(kind, own, nth, column)

    # ── workers ─────────────────────────────────────────────────────────────

    @rule()
    def sync(self) -> None:
        self.team.sync()
        self.team.judge()

    @rule(
        edits=st.lists(st.tuples(st.sampled_from(EDITS), TABS, NTH, MACHINE), min_size=1, max_size=3),
        later=st.lists(st.tuples(st.sampled_from(EDITS[:-1]), TABS, NTH, MACHINE), max_size=2),
    )
    def sync_among_people(self, edits: list[Any], later: list[Any]) -> None:
        """``edits`` happen right before the run's first write, ``later`` before its second."""
        waiting = [edits, later]

        def hook(call: Any) -> None:
            if call.write and waiting:
                now = waiting.pop(0)
                with self.quiet():
                    for given in now:
                        self.edit(*given)

        self.server.service.before_calls.append(hook)
        try:
            self.team.sync()
        except Refusal as refusal:
            assert refusal.code == "changed_under_us"
            waiting.clear()
            self.team.sync()
        finally:
            self.server.service.before_calls.remove(hook)
        self.team.judge_words()
        self.team.sync()  # what people did in tabs that the run had no business in, it sees at the next one
        self.team.judge()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        hooks = list(self.server.service.before_calls)
        self.server.service.before_calls.clear()
        yield
        self.server.service.before_calls.extend(hooks)


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_among_people_and_workers(server: SheetsServer, part: int) -> None:
    PeopleMachine.server = server
    run_state_machine_as_test(
        seed(SEED * PARTS + part)(PeopleMachine),
        settings=settings(
            max_examples=math.ceil(EXAMPLES / PARTS), stateful_step_count=STEPS, deadline=None, print_blob=True, phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip

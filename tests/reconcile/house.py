"""A house to live in for a while: a small shop, its workbook in memory, people who work in it.

The rules here are few and plain; rooms, tabs and the memory are the real ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from msgspec.structs import replace

from sheets_sync import locale, plan
from sheets_sync.config import Settings
from sheets_sync.model import Plan
from sheets_sync.reconcile.observe import Observed, observe, with_aliases
from sheets_sync.reconcile.reconcile import Reconciled, reconcile
from sheets_sync.reconcile.recovery import recall
from sheets_sync.tables.task_rows import interpret
from tests.reconcile.hands import Hands
from tests.reconcile.shop import DAY, EXCHANGES, ORDERS, TODAY, Exchange, Order, Shop

__all__ = ["DAY", "EXCHANGES", "ORDERS", "TODAY", "Exchange", "House", "Order", "Shop"]


@dataclass(slots=True)
class House(Hands):
    """A shop and its workbook."""

    shop: Shop = field(default_factory=Shop)
    today: date = TODAY
    settings: Settings = field(default_factory=Settings.default)
    last: Reconciled | None = None
    observed: Observed | None = None

    def look(self) -> tuple[Plan, Reconciled]:
        """What a run would do."""
        workbook = self.backend.open()
        found = {own: interpret(grid) for own, grid in workbook.grids.items()}
        memory, problems = recall(workbook.memory, found, self.today, [interpret(grid) for grid in workbook.archives])
        observed = with_aliases(observe(found, memory, self.today, self.settings), self.shop.aliases)
        horizon = self.today + timedelta(days=self.settings.number("upcoming_days"))
        desired = list(self.shop.desired(self.today, observed.ticks, observed.since, horizon))
        facts = self.shop.facts(frozenset(tab.title for tab in workbook.tabs))
        facts = replace(facts, problems=(*facts.problems, *problems), since=observed.since)
        done = reconcile(desired, observed, facts, self.shop.remembered(), self.settings)
        self.last, self.observed = done, observed
        return plan.assemble(done.tabs, done.memory, workbook.memory, self.settings.language), done

    def sync(self, *, force: bool = False) -> Plan:
        """Run for today."""
        made, done = self.look()
        plan.raise_if_unsafe(
            emptied=done.safety.emptied, missing=done.safety.missing, open_rows=done.safety.open_rows,
            last_run_on=done.safety.last_run_on, today=self.today, force=force,
            accepted_on=self.settings.day("accept_missing_rows_on"),
        )  # fmt: skip
        self.backend.apply(made)
        return made

    @property
    def words(self) -> locale.Locale:
        return locale.load(self.settings.language)

    def next_day(self, days: int = 1) -> Plan:
        """Some days later, run."""
        self.today += days * DAY
        return self.sync()

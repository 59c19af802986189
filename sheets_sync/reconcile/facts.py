"""What the reconciliation must know of the source tabs, beside the tasks that the rules want."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

from msgspec import Struct, field

from sheets_sync.memory import Noticed, Planned, RowMemory
from sheets_sync.model import OwnTab, Problem, SourceTab, Unread
from sheets_sync.reconcile.status import LateOn, late_after
from sheets_sync.setting_specs import rules_table

_OF_ORDERS = frozenset({"cancelled_order_refund"})
_OF_EXCHANGES = frozenset({"returned_product"})
"""Rules whose rows stand in one family's tab and rest on the other's source."""


class Remembered(Protocol):
    """What the rules want remembered (``rules/context.py``)."""

    @property
    def planned(self) -> Mapping[str, Planned]:
        """Running cycle by customer."""

    @property
    def customer_types(self) -> Mapping[str, str]:
        """Type by customer."""

    @property
    def noticed(self) -> Mapping[str, Noticed]:
        """What was noticed, by key."""

    @property
    def needed(self) -> frozenset[str]:
        """Ended keys that must not be forgotten."""

    @property
    def reopened(self) -> frozenset[str]:
        """Ended keys that people want open again."""


class Facts(Struct, frozen=True, kw_only=True):
    """``carried(rule, subject)``: whether a source row still carries the subject (read, questioned or held).

    ``titles``: titles of the source tabs that were read → kind; ``source_rows``: by title, rows that hold anything;
    ``workbook_titles``: of every tab there is; ``problems``: all found so far, from every room; ``aliases``: older
    identity → present; ``not_in_cycle``: customers kept out, by reason; ``late_on``: lateness once a task was
    postponed (the business days are the rules'); ``since``: the rules were asked to name tasks also whose window
    closed after that day (None = only what is not gone today); ``splits_history``: a long history may be cut.
    """

    carried: Callable[[str, str], bool]
    titles: Mapping[str, SourceTab]
    source_rows: Mapping[str, int]
    workbook_titles: frozenset[str] = frozenset()
    unread: Mapping[SourceTab, Unread] = field(default_factory=dict)
    present: frozenset[SourceTab] = frozenset()
    problems: tuple[Problem, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    not_in_cycle: Mapping[str, int] = field(default_factory=dict)
    late_on: LateOn = late_after
    since: date | None = None
    splits_history: bool = True

    def holds(self, row: RowMemory) -> bool:
        """Whether the row's task must be held: what it rests on cannot be read now.

        That is so where a cell of its source row is unreadable, where some row's id is and the task's subject is found
        nowhere, and where its whole source tab is there but could not be used.
        """
        if row.source.tab in self.workbook_titles and row.source.tab not in self.titles:
            return True
        for source in rests_on(row.rule, row.tab):
            unread = self.unread.get(source)
            if unread is None:
                continue
            if row.subject in unread.subjects or row.customer_id in unread.customers:
                return True
            if not row.customer_id and unread.customers:  # nobody knows whose it is (``_sync`` was lost)
                return True
            if unread.lost_ids and not self.carried(row.rule, row.subject):
                return True
        return False

    def may_be_carried(self, rule: str, subject: str) -> bool:
        """Whether a source row carries the subject, or one whose id cannot be read may."""
        family = OwnTab(str(rules_table()[rule]["family"]))
        lost = (self.unread.get(source, Unread()).lost_ids for source in rests_on(rule, family))
        return self.carried(rule, subject) or any(lost)


def rests_on(rule: str, tab: OwnTab) -> tuple[SourceTab, ...]:
    """The kinds of source tab that a rule's tasks are about."""
    if rule in _OF_EXCHANGES or (tab is OwnTab.EXCHANGES and rule not in _OF_ORDERS):
        return (SourceTab.EXCHANGES,)
    return (SourceTab.ORDERS, SourceTab.CUSTOMERS)

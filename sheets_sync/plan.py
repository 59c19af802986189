"""The plan, whole: what will be written, and the gate that declines an unsafe one before anything is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sheets_sync import memory
from sheets_sync.memory import Memory
from sheets_sync.model import Plan, TabPlan
from sheets_sync.problems import Refusal

MANY, SHARE = 5, 0.2
"""More than max(5, 20 %) of the open rows without their source row is an accident until somebody says so."""


def assemble(tabs: Sequence[TabPlan], new: Memory, before: str | None, language: str) -> Plan:
    """The plan of tabs that change and of the memory, if what it says changes. ``before``: its packed text as found."""
    packed = memory.dumps(new)
    known = before is not None and memory.same(packed, before)
    return Plan(
        tabs=tuple(tab for tab in tabs if not tab.empty), memory=None if known else packed, language=language
    )  # fmt: skip


def raise_if_unsafe(
    *,
    emptied: Collection[str],
    missing: int,
    open_rows: int,
    last_run_on: date | None,
    today: date,
    accepted_on: date | None = None,
    force: bool = False,
    writing: bool = True,
) -> None:
    """Raise Refusal for a plan that may come from an accident; its code and params name the cure.

    ``emptied``: source tabs that held rows at the last run; ``missing`` of ``open_rows`` have no source row any more;
    ``accepted_on``: the setting accept_missing_rows_on, which lets that day's plan through; ``writing``: a run, which
    must not be of a day before the last one's. ``force`` lets everything through.
    """
    if force:
        return
    if writing and last_run_on is not None and today < last_run_on:
        raise Refusal("earlier_day", day=today, last=last_run_on)
    if accepted_on == today:
        return
    if emptied:
        raise Refusal("source_emptied", tab=sorted(emptied)[0], count=len(emptied), day=today)
    if missing > max(MANY, SHARE * open_rows):
        raise Refusal("source_rows_missing", count=missing, open=open_rows, day=today)

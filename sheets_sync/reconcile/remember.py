"""The memory of the next run. Nothing in it changes within a day unless the workbook did."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from msgspec.structs import replace

from sheets_sync.memory import Finished, Memory, Noticed, RowMemory, Words, split_key
from sheets_sync.model import OwnTab, Problem, TabPlan
from sheets_sync.reconcile.facts import Facts, Remembered
from sheets_sync.reconcile.observe import Observed
from sheets_sync.reconcile.questions_tab import full_identities

KEPT = timedelta(days=400)
"""So long a key that ended is kept after its window closed (or after it ended, once its source row is gone too):
a corrected date must not bring it back."""


def remember(
    observed: Observed,
    facts: Facts,
    remembered: Remembered,
    today: date,
    language: str,
    *,
    rows: Mapping[str, RowMemory],
    finals: Mapping[str, Finished],
    wanted: Collection[str],
    words: Mapping[OwnTab, Mapping[str, Words]],
    tabs: Iterable[TabPlan],
    problems: Iterable[Problem],
) -> Memory:
    """What is to be known at the next run. ``rows``: shown and waiting; ``finals``: keys that ended in this one."""
    before = observed.memory
    answers = {**before.answers, **full_identities(problems, before.answers)}
    unread = _unread_customers(facts)
    return replace(
        before,
        language=language,
        first_run_on=before.first_run_on or today,
        last_run_on=today,
        rows=rows,
        finished={**_still_wanted(before.finished, {*wanted, *remembered.needed}, facts, today), **finals},
        planned={**{who: p for who, p in before.planned.items() if who in unread}, **remembered.planned},
        customer_types={
            **{who: t for who, t in before.customer_types.items() if who in unread}, **remembered.customer_types
        },
        noticed={**_of_held(before.noticed, rows, facts), **remembered.noticed},
        aliases={**before.aliases, **facts.aliases},
        answers=answers,
        source_rows=dict(facts.source_rows),
        own_tabs=before.own_tabs | observed.tabs.keys() | {tab.own for tab in tabs},
        vanished={key: day for key, day in observed.vanished.items() if key in rows and rows[key].shown},
        edited=dict(observed.edited),
        words={own: kept for own, kept in words.items() if kept},
    )  # fmt: skip


def _of_held(noticed: Mapping[str, Noticed], rows: Mapping[str, RowMemory], facts: Facts) -> dict[str, Noticed]:
    """What was noticed about tasks that the rules cannot speak of today."""
    return {key: what for key, what in noticed.items() if key in rows and facts.holds(rows[key])}


def _unread_customers(facts: Facts) -> frozenset[str]:
    """Customers of whom the rules could not say anything today."""
    return frozenset(who for unread in facts.unread.values() for who in unread.customers)


def _still_wanted(
    finished: Mapping[str, Finished], wanted: Collection[str], facts: Facts, today: date
) -> dict[str, Finished]:
    """Keys that ended and that their rule could still want."""
    return {key: f for key, f in finished.items() if key in wanted or _could_return(key, f, facts, today)}


def _could_return(key: str, finished: Finished, facts: Facts, today: date) -> bool:
    if today <= (finished.gone_on or finished.on) + KEPT:
        return True
    rule, subject, _ = split_key(key)
    return finished.gone_on is None and facts.may_be_carried(rule, subject)

"""A key that changed because people corrected a date: what they wrote on the old row goes with it (domain.md §3)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sheets_sync.memory import Planned, RowMemory
from sheets_sync.model import Task

CORRECTED = frozenset({
    "autoship_reminder", "autoship_changed",  # N
    "reconnect", "check_in", "connect", "order_shipped",  # the last order (of a customer who stands for an order)
    "failed_card", "posting_code_expiring", "voucher_expiring",  # card_failed_on, an expiry
})  # fmt: skip
"""Rules whose occurrence holds a date that people may correct."""
OF_N = frozenset({"autoship_reminder", "autoship_changed"})
"""Where N moved, a tick is not about the new date."""
_OF_CYCLE = CORRECTED - {"failed_card", "posting_code_expiring", "voucher_expiring"}
_WITHOUT_FREQUENCY = 7
"""Days by which D may move and still be the same order, without a frequency."""


class Cycles(Struct, frozen=True, kw_only=True):
    """Each customer's running cycle, at the last run and now: whose order anchors it."""

    before: Mapping[str, Planned]
    now: Mapping[str, Planned]


def carried_over(leaving: Mapping[str, RowMemory], coming: Mapping[str, Task], cycles: Cycles) -> dict[str, str]:
    """New key → the old key whose words it is born with.

    ``leaving``: rows that nobody wants any more and that ended neither by calendar, silence nor people;
    ``coming``: tasks that are born in this run. A pair must be the only one of its rule, subject and number.
    """
    pairs: dict[tuple[str, str, int], tuple[list[str], list[str]]] = {}
    for key, row in leaving.items():
        pairs.setdefault((row.rule, row.subject, row.number), ([], []))[0].append(key)
    for key, task in coming.items():
        pairs.setdefault((task.rule, task.subject, task.number), ([], []))[1].append(key)
    return {
        new[0]: old[0]
        for (rule, _, _), (old, new) in pairs.items()
        if rule in CORRECTED and len(old) == len(new) == 1 and _same_source(leaving[old[0]], coming[new[0]], cycles)
    }


def _same_source(row: RowMemory, task: Task, cycles: Cycles) -> bool:
    """Whether both rest on one source row, and on one order where the task is about a cycle."""
    if row.source.tab != task.source.tab:
        return False
    if row.rule not in _OF_CYCLE:
        return True  # the subject names the row: an exchange, an order, a customer
    before, now = cycles.before.get(row.customer_id), cycles.now.get(row.customer_id)
    if _of_older_order(row, before, now):
        return False
    if row.order_on is None or task.order_on is None:
        return row.source.row == task.source.row
    moved = abs((task.order_on - row.order_on).days)
    interval = row.interval if row.interval is not None else task.interval
    if moved == 0:
        return True
    known = before is not None and now is not None
    near = moved * 2 < interval if interval is not None else moved < _WITHOUT_FREQUENCY
    return near and (known or row.source.row == task.source.row)


def _of_older_order(row: RowMemory, before: Planned | None, now: Planned | None) -> bool:
    """Whether a newer order came: now, or before the last run (a ticked reminder stays until its own N)."""
    if before is None:
        return False
    outlived = row.rule in OF_N and before.order_on != row.order_on
    return outlived or (now is not None and before.order != now.order)

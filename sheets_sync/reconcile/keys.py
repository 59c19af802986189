"""Keys that need care: those whose subject is now known by another identity, and rows whose key cell is gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from sheets_sync.memory import Memory, Planned, RowMemory, split_key
from sheets_sync.model import FoundTab, Moved, TaskRow
from sheets_sync.reconcile.rowcells import found_marks, machine_keys, mark_of
from sheets_sync.setting_specs import rules_table

STILL = Moved()
_CUSTOMER_RULES = frozenset({"autoship_reminder", "autoship_changed", "reconnect", "pc_upgrade"})
_ORDER_RULES = frozenset({"check_in", "connect", "order_shipped"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(/\d+)?")
_LIKENESS = 0.5
"""A row without its key is a task's if this share of its machine cells is as that task's were, and no other's is."""
_TELLING = ("customer", "why", "source", "message")
_TELLING_ENOUGH = 2
"""Of these cells, which rarely agree between two tasks, so many must agree (and not be blank)."""
_MOST_COMPARISONS = 250_000


# ── identities ──────────────────────────────────────────────────────────────


def renamed_key(key: str, aliases: Mapping[str, str], moved: Moved = STILL) -> str:
    """The key with its customer's present identity, or with the subject that its exchange or order has now; order and
    exchange ids are never taken for a customer's."""
    try:
        rule, subject, occurrence = split_key(key)
    except ValueError:
        return key
    about = rules_table().get(rule, {}).get("subject")
    if about == "exchange" and subject in moved.exchanges:
        return f"{rule}:{moved.exchanges[subject]}:{occurrence}"
    day, slash, number = occurrence.partition("/")
    if slash and rule in _ORDER_RULES and (order := moved.stand_ins.get(f"{subject}:{day}")):
        return f"{rule}:{order}:{number}"
    who = customer_of(rule, subject, occurrence)
    if not who and about in {"order", "order_or_customer"} and subject in moved.orders:
        return f"{rule}:{moved.orders[subject]}:{occurrence}"
    return f"{rule}:{present(who, aliases)}{subject[len(who) :]}:{occurrence}" if who else key


def customer_of(rule: str, subject: str, occurrence: str) -> str:
    """The customer that a key names; '' where it names an order or an exchange."""
    stand_in = (rule in _ORDER_RULES and "/" in occurrence) or (rule == "failed_card" and occurrence != "1")
    if rule in _CUSTOMER_RULES or stand_in:
        return subject
    customer, slash, asked = subject.partition("/")
    return customer if slash and _DAY.fullmatch(asked) else ""  # an exchange without ids: customer + day


def customers_of(keys: Iterable[str]) -> frozenset[str]:
    """The customers that keys name."""
    return frozenset(filter(None, (customer_of(*split_key(key)) for key in keys)))


def present(identity: str, aliases: Mapping[str, str]) -> str:
    """The identity now used; aliases may point to aliases."""
    seen = {identity}
    while identity in aliases and aliases[identity] not in seen:
        identity = aliases[identity]
        seen.add(identity)
    return identity


def present_keys(rows: Mapping[str, RowMemory], aliases: Mapping[str, str], moved: Moved = STILL) -> dict[str, str]:
    """Key of a row → its present key. Where two meet, one that is shown, or done, comes first; another one that is
    shown keeps the key it has: nothing wants that any more, so it leaves with what was written on it. One that only
    waited is left out.
    """
    new = {key: renamed_key(key, aliases, moved) for key in rows}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key in sorted(rows, key=lambda key: (not rows[key].shown, rows[key].done_on is None, new[key] != key)):
        if new[key] not in taken:
            found[key] = new[key]
            taken.add(new[key])
        elif rows[key].shown:
            found[key] = key
    return found


def rekeyed(memory: Memory, aliases: Mapping[str, str], moved: Moved = STILL) -> Memory:
    """The memory with every key and customer under the present identity."""
    if not aliases and not moved:
        return memory
    rows: dict[str, RowMemory] = {}
    keys = present_keys(memory.rows, aliases, moved)
    for key, row in memory.rows.items():
        if key not in keys:
            continue
        rows[keys[key]] = replace(row, customer_id=present(row.customer_id, aliases))
        if keys[key] != key:
            _, subject, occurrence = split_key(keys[key])
            rows[keys[key]] = replace(rows[keys[key]], subject=subject, occurrence=occurrence)

    def keyed(table: Mapping[str, object]) -> dict[str, object]:
        return {renamed_key(key, aliases, moved): value for key, value in table.items()}

    def known(who: str, plan: Planned) -> Planned:
        order = present(who, aliases) if plan.order == who else moved.orders.get(plan.order, plan.order)
        return plan if order == plan.order else replace(plan, order=order)

    def owned(table: Mapping[str, object]) -> dict[str, object]:
        renamed = {present(who, aliases): value for who, value in table.items() if who in aliases}
        return {**renamed, **{who: value for who, value in table.items() if who not in aliases}}

    return replace(
        memory, rows=rows, finished=keyed(memory.finished), noticed=keyed(memory.noticed),
        vanished=keyed(memory.vanished), planned=owned({who: known(who, p) for who, p in memory.planned.items()}),
        customer_types=owned(memory.customer_types),
        aliases={**{old: present(new, aliases) for old, new in memory.aliases.items()}, **aliases},
    )  # fmt: skip


# ── rows without their key ──────────────────────────────────────────────────


def found_again(found: FoundTab, rows: Iterable[TaskRow], missing: Mapping[str, RowMemory]) -> dict[str, TaskRow]:
    """Key → the row that is its, among ``rows`` whose key cell is blank or unknown. A doubt is nobody's row."""
    present_keys = {c.key for c in found.columns}
    columns = [key for key in machine_keys(found.own) if key in present_keys]
    looked_for = {key: memory for key, memory in missing.items() if memory.machine}
    unkeyed = [row for row in rows if row.copy_of is None and row.machine]
    if not columns or not looked_for or not unkeyed:
        return {}
    marks = {row.row: found_marks(found.own, row) for row in unkeyed}
    again = _exactly(found, columns, unkeyed, marks, looked_for)
    rest = {key: memory for key, memory in looked_for.items() if key not in again}
    taken = {row.row for row in again.values()}
    others = [row for row in unkeyed if row.row not in taken]
    if len(rest) * len(others) <= _MOST_COMPARISONS:
        again |= _nearly(found, columns, others, marks, rest)
    return again


def _exactly(
    found: FoundTab, columns: list[str], rows: list[TaskRow], marks: Mapping[int, str], missing: Mapping[str, RowMemory]
) -> dict[str, TaskRow]:
    by_marks: dict[str, list[str]] = {}
    for key, memory in missing.items():
        by_marks.setdefault("".join(mark_of(found.own, memory.machine, c) for c in columns), []).append(key)
    again: dict[str, TaskRow] = {}
    for row in rows:
        keys = by_marks.get("".join(mark_of(found.own, marks[row.row], c) for c in columns), [])
        free = [key for key in keys if key not in again]
        if len(keys) > 1:  # several tasks looked alike: only people's cells can tell them apart
            free = [key for key in free if dict(missing[key].people) == dict(row.people)]
        if len(free) == 1:
            again[free[0]] = row
    return again


def _nearly(
    found: FoundTab, columns: list[str], rows: list[TaskRow], marks: Mapping[int, str], missing: Mapping[str, RowMemory]
) -> dict[str, TaskRow]:
    def likeness(key: str, row: TaskRow) -> float:
        remembered, found_now = missing[key].machine, marks[row.row]
        same = {c for c in columns if mark_of(found.own, remembered, c) == mark_of(found.own, found_now, c)}
        telling = sum(c in same and c in row.machine for c in _TELLING)
        return len(same) / len(columns) if telling >= _TELLING_ENOUGH else 0.0

    again: dict[str, TaskRow] = {}
    for row in rows:
        ranked = sorted(((likeness(key, row), key) for key in missing if key not in again), reverse=True)
        if ranked and ranked[0][0] >= _LIKENESS and (len(ranked) == 1 or ranked[1][0] < ranked[0][0]):
            again[ranked[0][1]] = row
    return again

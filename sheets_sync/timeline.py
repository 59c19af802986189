"""One customer's past, open and planned tasks in date order, or why there are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct
from msgspec.structs import replace

from sheets_sync import locale, tasks
from sheets_sync.backends.base import Backend
from sheets_sync.memory import split_key
from sheets_sync.model import Contact, End, OwnTab, RowRef, Status, Tables, Task, TaskRow, TaskView
from sheets_sync.reconcile.history import end_words
from sheets_sync.reconcile.people import day_in
from sheets_sync.reconcile.status import view
from sheets_sync.report import task_json
from sheets_sync.rules import engine
from sheets_sync.rules.calendar import to_days
from sheets_sync.run import Clock, Request, Seen, look
from sheets_sync.setting_specs import rules_table
from sheets_sync.tables.identity import find_customers
from sheets_sync.tables.pieces import is_in
from sheets_sync.tables.tags import tags_in, tags_of

AHEAD = timedelta(days=400)
MAX_CANDIDATES = 5
PASSING = frozenset({"open_exchange", "recent_contact"})
"""Silences that end by themselves; the others keep a customer out of the cycle."""
DAY = timedelta(days=1)


class Timeline(Struct, frozen=True, kw_only=True):
    """What there is about one customer; ``reason`` says why where there is no task."""

    language: str
    customer_id: str | None
    customer: str | None
    products: tuple[str, ...]
    tags: tuple[str, ...]
    views: tuple[TaskView, ...]
    reason: str | None


def of_customer(backend: Backend, request: Request, wanted: str) -> Timeline:
    """The timeline of the customer whom ``wanted`` (id, e-mail, phone, CPF or name) names."""
    seen = look(backend, request, Clock(request.progress))
    words = locale.load(seen.settings.language)
    found = find_customers(seen.tables.customers, wanted, seen.settings)
    if len(found) != 1:
        names = ", ".join(found["customer"].head(MAX_CANDIDATES))
        several = words.text("timeline_several", names=names)
        return Timeline(
            language=seen.settings.language, customer_id=None, customer=None, products=(), tags=(), views=(),
            reason=several if len(found) else words.text("timeline_unknown", wanted=wanted),
        )  # fmt: skip
    person = found.iloc[0]
    identity = str(person["customer"])
    seen = replace(seen, tables=_only(seen.tables, identity))
    today = engine.candidates(seen.context())
    whole = engine.candidates(seen.context(horizon=seen.today + AHEAD, since=_first_day(seen) - DAY))
    every = tasks.build(whole.frame, seen.tables.customers, seen.settings)
    open_now = set(engine.keys(today.frame))
    superseded = _superseded(whole.frame, seen.today)
    views = [_view(task, seen, open_now, superseded) for task in every if _belongs(task, seen, superseded)]
    views = _with_last_words(views, seen) + list(_past(seen, identity, {v.task.key for v in views}))
    reason = None
    if not views:
        kept = next(iter(today.silenced), None)
        reason = words.silence(kept) if kept else words.text("timeline_nothing")
    return Timeline(
        language=seen.settings.language,
        customer_id=identity,
        customer=_text(person["name"]) or identity,
        products=tags_in(_text(person["products"])),
        tags=tags_of(seen.tables, identity),
        views=tuple(sorted(views, key=lambda v: (v.task.visible_on, v.task.priority, v.task.key))),
        reason=reason,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _only(tables: Tables, identity: str) -> Tables:
    """The tables of one customer; exchanges of their orders stay together."""
    orders = tables.orders[is_in(tables.orders["customer"], [identity])]
    mine = is_in(tables.exchanges["customer"], [identity]) | is_in(
        tables.exchanges["order_id"], orders["subject"].tolist()
    )
    return replace(
        tables,
        customers=tables.customers[is_in(tables.customers["customer"], [identity])].reset_index(drop=True),
        orders=orders.reset_index(drop=True),
        exchanges=tables.exchanges[mine].reset_index(drop=True),
    )


def _first_day(seen: Seen) -> date:
    """The first day anything of this customer could have asked for a task."""
    days = [*seen.tables.orders["ordered_on"].dropna(), *seen.tables.exchanges["requested_on"].dropna()]
    first: date = min([seen.today, *(d.date() for d in days)])
    return first


def _superseded(found: pd.DataFrame, today: date) -> set[str]:
    """Keys of the tasks that a newer order took away before their window had closed."""
    gone, ended = to_days(found["gone_on"]), to_days(found["superseded_on"])
    early = (ended <= np.datetime64(today, "D")) & (np.isnat(gone) | (ended < gone))
    return set(engine.keys(found[early]))


def _belongs(task: Task, seen: Seen, superseded: set[str]) -> bool:
    """Whether there was, is or will be such a task: none for who is kept out of the cycle, none that is hushed now."""
    memory = seen.observed.memory
    if task.silenced is None or task.key in memory.rows or task.key in memory.finished:
        return True
    over = task.key in superseded or (task.gone_on is not None and task.gone_on <= seen.today)
    return task.silenced in PASSING and (over or task.visible_on > seen.today)


def _view(task: Task, seen: Seen, open_now: set[str], superseded: set[str]) -> TaskView:
    """The task with its state: as the tab has it, as it ended, or as it is planned."""
    memory, people = seen.observed.memory, seen.observed.seen.get(task.key)
    if people is not None:
        return view(task, people.people, seen.today)
    ended = memory.finished.get(task.key)
    if ended is not None:
        state = Status(ended.end.value)
    elif task.key in superseded:
        state = Status.SUPERSEDED
    elif task.visible_on > seen.today:
        state = Status.PLANNED
    elif task.gone_on is not None and task.gone_on <= seen.today:
        state = Status.EXPIRED
    elif task.key in open_now:
        state = Status.HELD if task.held else Status.OPEN
    else:
        state = Status.SUPERSEDED
    return TaskView(
        task=task, status=state, due_on=task.due_on, gone_on=task.gone_on, done=state is Status.DONE, owner=task.owner
    )  # fmt: skip


def _with_last_words(views: Sequence[TaskView], seen: Seen) -> list[TaskView]:
    """The views, those of tasks that ended with what the history has of people's words."""
    history = seen.observed.tabs.get(OwnTab.HISTORY)
    last = {row.key: row.machine for row in history.rows if row.key} if history else {}
    return [
        v
        if v.task.key in seen.observed.seen or v.task.key not in last
        else replace(v, owner=_text(last[v.task.key].get("owner")), note=_text(last[v.task.key].get("note")))
        for v in views
    ]


def _past(seen: Seen, identity: str, known: set[str]) -> Iterator[TaskView]:
    """Tasks of this customer that only the history tab still has."""
    history = seen.observed.tabs.get(OwnTab.HISTORY)
    subjects = {identity, *seen.tables.orders["subject"], *seen.tables.exchanges["subject"]}
    ends = end_words()
    for row in history.rows if history else ():
        if not row.key or row.key in known:
            continue
        rule, subject, occurrence = split_key(row.key)
        end = ends.get(locale.fold(str(row.machine.get("end"))))
        if subject in subjects and rule in rules_table() and end is not None and end is not End.SILENCED:
            known.add(row.key)
            yield _ended(row, (rule, subject, occurrence), end, identity)


def _ended(row: TaskRow, key: tuple[str, str, str], end: End, identity: str) -> TaskView:
    rule, subject, occurrence = key
    ended_on = day_in(row.machine.get("ended_on"))
    due = day_in(row.machine.get("due")) or ended_on or date.min
    amount = row.machine.get("amount")
    task = Task(
        key=row.key or "", rule=rule, tab=OwnTab(str(rules_table()[rule]["family"])), subject=subject,
        occurrence=occurrence, number=1, customer_id=identity, customer=_text(row.machine.get("customer")),
        visible_on=due, due_on=due, daily_on=None, gone_on=ended_on, late_on=None, priority=0,
        amount=round(amount * 100) if isinstance(amount, int | float) else None, currency=None, since=due,
        why=_text(row.machine.get("why")), message="", contact=Contact(), source=RowRef(tab="", row=0), owner="",
    )  # fmt: skip
    return TaskView(
        task=task, status=Status(end.value), due_on=due, gone_on=task.gone_on, done=end is End.DONE,
        owner=_text(row.machine.get("owner")), note=_text(row.machine.get("note")),
    )  # fmt: skip


# ── telling ─────────────────────────────────────────────────────────────────


def to_json(found: Timeline) -> dict[str, Any]:
    """The JSON of ``timeline --json``."""
    return {
        "customer_id": found.customer_id,
        "customer": found.customer,
        "products": list(found.products),
        "tags": list(found.tags),
        "tasks": [task_json(v) for v in found.views],
        "reason": found.reason,
    }


def lines(found: Timeline) -> Iterator[str]:
    """The same for people."""
    words = locale.load(found.language)
    if found.customer is not None:
        yield " · ".join(filter(None, (found.customer, found.customer_id, ", ".join(found.tags))))
    for one in found.views:
        day = words.date(one.task.visible_on, year=True)
        yield f"  {day:>11}  {words.status(one.status):<18} {words.task(one.task.rule)}: {one.task.why}"
    if found.reason:
        yield found.reason

"""One customer's past, open and planned tasks in date order, or why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sheets_sync import locale, tasks
from sheets_sync.backends.base import Backend
from sheets_sync.config import Settings
from sheets_sync.lifecycle import view
from sheets_sync.memory import Memory
from sheets_sync.model import FoundTab, OwnTab, Problem, Status, Tables, Task, TaskView, Value
from sheets_sync.report import task_json
from sheets_sync.rules import engine
from sheets_sync.run import Clock, Request, Seen, look
from sheets_sync.tables.identity import find_customers

if TYPE_CHECKING:
    import pandas as pd

AHEAD = timedelta(days=400)
MAX_CANDIDATES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTask:
    """A task that only the history tab still knows."""

    key: str
    rule: str
    end: Status
    ended_on: date
    due_on: date | None
    customer: str
    why: str
    owner: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What there is about one customer; ``reason`` says why where there is no task."""

    language: str
    customer_id: str | None
    customer: str | None
    products: str
    tags: str
    views: tuple[TaskView, ...]
    reason: str | None


def of_customer(backend: Backend, request: Request, wanted: str) -> Timeline:
    """The timeline of the customer whom ``wanted`` (id, e-mail, phone, CPF or name) names."""
    seen = look(backend, request, Clock(request.progress))
    words = locale.load(seen.settings.language)
    found = find_customers(seen.tables.customers, wanted, seen.settings)
    if len(found) != 1:
        names = ", ".join(found["customer"].head(MAX_CANDIDATES))
        reason = words.text("timeline_several", names=names) if len(found) else words.text("timeline_unknown", wanted=wanted)
        return Timeline(
            language=seen.settings.language, customer_id=None, customer=None, products="", tags="", views=(), reason=reason
        )  # fmt: skip
    person = found.iloc[0]
    identity = str(person["customer"])
    tables = _only(seen.tables, identity)
    first = tables.orders["ordered_on"].min()
    since = min(seen.today, first.date()) if first == first else seen.today  # noqa: PLR0124  (NaT is not itself)
    context = replace(seen.context(horizon=seen.today + AHEAD, since=since - timedelta(days=1)), tables=tables)
    chosen = engine.candidates(context)
    wanted_tasks = tasks.build(chosen.frame, tables.customers, seen.settings)
    views = sorted((_view(t, seen) for t in wanted_tasks), key=lambda v: (v.task.visible_on, v.task.priority, v.task.key))
    reason = None
    if not views:
        kept = next(iter(chosen.silenced), None)
        reason = words.silence(kept) if kept else words.text("timeline_nothing")
    return Timeline(
        language=seen.settings.language, customer_id=identity, customer=_text(person["name"]) or identity,
        products=_text(person["products"]), tags=_text(person["tags"]), views=tuple(views), reason=reason,
    )  # fmt: skip

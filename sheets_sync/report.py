"""What a run tells: one JSON object (stable, documented in the README) or a few lines in the team's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from sheets_sync import locale
from sheets_sync.model import (
    AddRow,
    Outcome,
    OwnTab,
    Plan,
    Problem,
    RowCounts,
    Severity,
    SourceTab,
    Status,
    TaskView,
    Value,
)

CENTS = Decimal(100)


class RunReport(Struct, frozen=True, kw_only=True):
    """How a run went. ``seconds`` by room, ``total`` among them; ``plan`` None where no plan was made;
    ``traffic`` None for files."""

    run_id: str
    workbook: str
    on: date | None
    language: str
    outcome: Outcome
    rows: Mapping[SourceTab, RowCounts] = field(default_factory=dict)
    tasks: tuple[TaskView, ...] = ()
    plan: Plan | None = None
    problems: tuple[Problem, ...] = ()
    silenced: Mapping[str, int] = field(default_factory=dict)
    planned_without_row: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)
    out: str | None = None
    traffic: Mapping[str, float] | None = None

    @property
    def questions(self) -> tuple[Problem, ...]:
        """The problems that wait for an answer."""
        return tuple(p for p in self.problems if p.severity is Severity.QUESTION)


# ── JSON ────────────────────────────────────────────────────────────────────


def _iso(value: Value) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def amount_text(cents: int | None) -> str | None:
    """Cents as a decimal string (``"1234.50"``)."""
    return None if cents is None else f"{Decimal(cents) / CENTS:.2f}"


def task_json(view: TaskView) -> dict[str, Any]:
    """A task as the JSON has it."""
    task = view.task
    return {
        "key": task.key,
        "rule": task.rule,
        "tab": task.tab.value,
        "subject": task.subject,
        "customer_id": task.customer_id,
        "customer": task.customer,
        "status": view.status.value,
        "visible_on": _iso(task.visible_on),
        "due_on": _iso(view.due_on),
        "daily_on": _iso(task.daily_on),
        "gone_on": _iso(view.gone_on),
        "amount": amount_text(task.amount),
        "currency": task.currency,
        "why": task.why,
        "message": task.message,
        "contact": {"whatsapp": task.contact.whatsapp, "phone": task.contact.phone, "email": task.contact.email},
        "source": {"tab": task.source.tab, "row": task.source.row},
        "done": view.done,
        "postpone_to": _iso(view.postpone_to),
        "owner": view.owner,
        "note": view.note,
    }


def problem_json(problem: Problem, words: locale.Locale) -> dict[str, Any]:
    """A problem as the JSON has it; ``message`` is its sentence in the workbook's language."""
    where = problem.where
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "tab": where.tab,
        "row": where.row,
        "column": where.column,
        "cell": where.cell,
        "params": {k: _iso(v) for k, v in problem.params.items()},
        "message": sentence(problem, words),
    }


def sentence(problem: Problem, words: locale.Locale) -> str:
    """What a problem says, in the workbook's language."""
    if problem.severity is Severity.ERROR:
        return words.error(problem.code, problem.params)
    return words.problem(problem.code, {"count": problem.count, **problem.params})


def changes_json(plan: Plan | None) -> dict[str, dict[str, int]]:
    """How many rows of each of our tabs come, change and go."""
    if plan is None:
        return {}
    changes: dict[str, dict[str, int]] = {}
    for tab in plan.tabs:
        if tab.adds or tab.updates or tab.removes:
            counts = changes.setdefault(tab.own.value, {"add": 0, "update": 0, "remove": 0})
            counts["add"] += len(tab.adds)
            counts["update"] += len(tab.updates)
            counts["remove"] += len(tab.removes)
    return changes


def to_json(report: RunReport) -> dict[str, Any]:
    """The whole report; see the README for what each part promises."""
    words = locale.load(report.language)
    travelled = {} if report.traffic is None else {"traffic": dict(report.traffic)}
    return {
        "workbook": report.workbook,
        "on": _iso(report.on),
        "language": report.language,
        "outcome": report.outcome.value,
        "rows": {
            source.value: {"read": c.read, "used": c.used, "questioned": c.questioned, "blank": c.blank}
            for source, c in report.rows.items()
        },
        "tasks": [task_json(view) for view in report.tasks],
        "changes": changes_json(report.plan),
        "problems": [problem_json(p, words) for p in report.problems],
        "silenced": dict(report.silenced),
        "seconds": {room: round(s, 4) for room, s in report.seconds.items()},
        **travelled,
    }


# ── for people ──────────────────────────────────────────────────────────────


def summary(report: RunReport) -> Iterator[str]:
    """The lines a person reads after ``plan`` and ``run``, in the workbook's language."""
    words = locale.load(report.language)
    day = words.date(report.on, year=True) if report.on else ""
    yield words.text(
        "report_head",
        workbook=report.out or report.workbook,
        day=day,
        outcome=words.text(f"outcome_{report.outcome.value}"),
    )
    for source, counts in report.rows.items():
        yield words.text(
            "report_rows", tab=words.source_title(source), read=counts.read, used=counts.used,
            questioned=counts.questioned, blank=counts.blank,
        )  # fmt: skip
    for own in (OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES):
        views = [v for v in report.tasks if v.task.tab is own]
        counts_by_status = {s: sum(v.status is s for v in views) for s in Status}
        parts = ", ".join(f"{words.status(s.value).casefold()}: {n}" for s, n in counts_by_status.items() if n)
        if views:
            yield words.text("report_tasks", tab=words.title(own), count=len(views), parts=parts)
    for tab, numbers in changes_json(report.plan).items():
        yield words.text("report_changes", tab=words.title(OwnTab(tab)), **numbers)
    if report.silenced:
        parts = ", ".join(f"{words.silence(reason)}: {n}" for reason, n in report.silenced.items())
        yield words.text("report_silenced", parts=parts)
    if report.planned_without_row:
        yield words.text("report_planned", count=report.planned_without_row)
    if report.traffic is not None:
        travelled = report.traffic["bytes_sent"] + report.traffic["bytes_received"]
        yield words.text(
            "report_traffic", count=report.traffic["requests"], kilobytes=round(travelled / 1000),
            seconds=round(report.traffic["seconds_waited"], 1),
        )  # fmt: skip
    yield from problem_lines(report)


def problem_lines(report: RunReport) -> Iterator[str]:
    """Questions first, then notices, one line each."""
    words = locale.load(report.language)
    told = (p for p in report.problems if p.severity is not Severity.ERROR)
    for problem in sorted(told, key=lambda p: p.severity is not Severity.QUESTION):
        sign = "?" if problem.severity is Severity.QUESTION else "i"
        yield f" {sign} {place(problem)}{sentence(problem, words)}"


def place(problem: Problem) -> str:
    """Where a problem is, as people say it: ``Pedidos D17: ``; '' where it is nowhere."""
    where = problem.where
    at = " ".join(str(part) for part in (where.tab, where.cell or where.row) if part)
    return f"{at}: " if at else ""


def change_lines(plan: Plan, limit: int = 200) -> Iterator[str]:
    """What would change, row by row: ``+`` added, ``~`` was X → Y, ``-`` removed; at most ``limit`` lines."""
    words = locale.load(plan.language)
    lines = list(_change_lines(plan, words))
    yield from lines[:limit]
    if len(lines) > limit:
        yield words.text("report_more", count=len(lines) - limit)


def _change_lines(plan: Plan, words: locale.Locale) -> Iterator[str]:
    def shown(value: Value) -> str:
        return words.date(value) if isinstance(value, date) else "" if value is None else str(value).replace("\n", " ")

    for tab in plan.tabs:
        if tab.own in {OwnTab.SETTINGS, OwnTab.SYNC}:
            continue
        for add in tab.adds:
            yield f"+ {tab.title}: " + " · ".join(filter(None, (shown(c.value) for c in _head(add))))
        for update in tab.updates:
            changed = (
                _change(words.column(k), shown(update.before.get(k)), shown(c.value), c.link)
                for k, c in update.cells.items()
            )
            yield f"~ {tab.title} {update.row}: " + "; ".join(changed)
        for removed in tab.removes:
            parts = (shown(removed.before.get(k)) for k in ("status", "task", "customer", "question"))
            yield f"- {tab.title} {removed.row}: " + " · ".join(filter(None, parts))


def _change(column: str, before: str, after: str, link: str | None) -> str:
    """What says the same as before leads somewhere else."""
    return f"{column} → {link}" if before == after and link else f"{column}: {before} → {after}"


def _head(add: AddRow) -> list[Any]:
    wanted = ("status", "ended_on", "end", "due", "task", "customer", "why", "question")
    return [add.cells[k] for k in wanted if k in add.cells]

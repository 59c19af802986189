"""A task as a tab would show it, for tests that need any."""

from __future__ import annotations

from datetime import date

from sheets_sync.model import Contact, OwnTab, RowRef, Status, Task, TaskView

DAY = date(2026, 11, 20)


def any_view(**changes: object) -> TaskView:
    """An open check-in; ``changes`` replace fields of the task."""
    fields: dict[str, object] = {
        "key": "check_in:P-1:1", "rule": "check_in", "tab": OwnTab.TOUCHPOINTS, "subject": "P-1", "occurrence": "1",
        "number": 1, "customer_id": "C-1", "customer": "Ana", "visible_on": DAY, "due_on": DAY, "daily_on": None,
        "gone_on": date(2026, 11, 27), "late_on": None, "priority": 40, "amount": 1050, "currency": "BRL", "since": DAY,
        "why": "why", "message": "Oi", "contact": Contact(), "source": RowRef(tab="Pedidos", row=2), "owner": "",
    } | changes  # fmt: skip
    task = Task(**fields)  # type: ignore[arg-type]
    return TaskView(task=task, status=Status.OPEN, due_on=task.due_on, gone_on=task.gone_on)

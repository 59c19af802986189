"""A task that the rules do not name today, from what the memory and its row still say of it.

Held rows, ticked rows whose window closed and postponed ones are such: they stay as they are, their cells are not
computed anew.
"""

from __future__ import annotations

from datetime import date, timedelta

from sheets_sync.memory import RowMemory
from sheets_sync.model import Contact, Task, TaskRow
from sheets_sync.reconcile.people import said


def rebuilt(memory: RowMemory, row: TaskRow | None, key: str, today: date, *, held: bool) -> Task:
    """The task of ``memory``; texts and amount from its row, where it has one."""
    cells = row.machine if row else {}
    age = cells.get("age")
    since = today - timedelta(days=age) if isinstance(age, int) and 0 <= age < today.toordinal() else memory.visible_on
    return Task(
        key=key,
        rule=memory.rule,
        tab=memory.tab,
        subject=memory.subject,
        occurrence=memory.occurrence,
        number=memory.number,
        customer_id=memory.customer_id,
        customer=said(cells.get("customer")) or memory.customer_id,
        visible_on=memory.visible_on,
        due_on=memory.due_on,
        daily_on=None,
        gone_on=memory.gone_on,
        late_on=None,
        priority=0,
        amount=_cents(row),
        currency=None,
        since=since,
        why=said(cells.get("why")),
        message=said(cells.get("message")),
        contact=_contact(row),
        source=memory.source,
        owner="",
        order_on=memory.order_on,
        interval=memory.interval,
        held=held,
    )


def _cents(row: TaskRow | None) -> int | None:
    amount = row.machine.get("amount") if row else None
    return round(amount * 100) if isinstance(amount, int | float) and not isinstance(amount, bool) else None


def _contact(row: TaskRow | None) -> Contact:
    link = row.links.get("contact", "") if row else ""
    shown = said(row.machine.get("contact")) if row else ""
    return Contact(
        whatsapp=link if link.startswith("https:") else None,
        phone=shown if shown.startswith("+") else None,
        email=link if link.startswith("mailto:") else None,
    )

"""A task's state on the day, and its dates once people have postponed it. Pure arithmetic over calendar days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sheets_sync.model import Status, Task, TaskView
from sheets_sync.reconcile.people import People

REMINDER = "autoship_reminder"
EXPIRING = frozenset({"check_in", "connect", "autoship_changed", "pc_upgrade"})
"""Rules whose row says *expires tomorrow* on its last day (domain.md §3)."""
FIXED_LATENESS = frozenset({"posting_code_expiring", "voucher_expiring"})
"""Rules that are late from a date of their own (an expiry), which postponing does not move."""
DAY = timedelta(days=1)

LateOn = Callable[[Task, date], date | None]
"""The first late day of a task whose due day was moved to the date given."""


def postponed_to(rule: str, due_on: date, asked: date | None) -> date | None:
    """The day a postponed task comes back: never past N for a reminder."""
    return min(asked, due_on) if asked is not None and rule == REMINDER else asked


def gone_after(rule: str, visible_on: date, gone_on: date | None, asked: date | None) -> date | None:
    """The first day a task is no longer in the tab: after a postponement it gets its whole window once more."""
    if gone_on is None or asked is None or rule == REMINDER:
        return gone_on
    return max(gone_on, asked + (gone_on - visible_on))


def late_after(task: Task, due_on: date) -> date | None:
    """The first late day once the due day is ``due_on``, counting as many calendar days as before."""
    if task.late_on is None or task.rule in FIXED_LATENESS:
        return task.late_on
    return task.late_on + (due_on - task.due_on)


def status(task: Task, people: People, today: date, late_on: LateOn = late_after) -> Status:  # noqa: PLR0911
    """The first that holds of held · done · postponed · late · expires tomorrow · upcoming · open."""
    ahead = postponed_to(task.rule, task.due_on, people.postpone_to)
    gone = gone_after(task.rule, task.visible_on, task.gone_on, ahead)
    late = late_on(task, ahead) if ahead is not None and ahead != task.due_on else task.late_on
    if task.held:
        return Status.HELD
    if people.done:
        return Status.DONE
    if ahead is not None and ahead > today:
        return Status.POSTPONED
    if late is not None and today >= late:
        return Status.LATE
    if task.rule in EXPIRING and gone is not None and gone - DAY == today:
        return Status.EXPIRES_TOMORROW
    if task.daily_on is not None and today < task.daily_on and ahead is None:
        return Status.UPCOMING
    return Status.OPEN


def view(task: Task, people: People, today: date, late_on: LateOn = late_after) -> TaskView:
    """The task as its tab shows it on the day."""
    ahead = postponed_to(task.rule, task.due_on, people.postpone_to)
    return TaskView(
        task=task,
        status=status(task, people, today, late_on),
        due_on=ahead if ahead is not None else task.due_on,
        gone_on=gone_after(task.rule, task.visible_on, task.gone_on, ahead),
        done=people.done,
        postpone_to=people.postpone_to,
        owner=people.owner,
        note=people.note,
    )

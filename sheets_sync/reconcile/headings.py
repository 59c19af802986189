"""The title row of each tab: what it is, the day it is right for, the counts.

The same workbook on the same day gives the same heading, whatever the run did: counts are of the rows that stand there
afterwards, hidden rows those that people's filter hides and that stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from sheets_sync.locale import Locale
from sheets_sync.model import Status, TaskView

MANY_OLD = 50
OLD = timedelta(days=90)
"""A first run with more than 50 tasks over 90 days old names the setting ``start_on``."""
_BETWEEN = " · "
_ORDER = (
    Status.LATE, Status.EXPIRES_TOMORROW, Status.OPEN, Status.UPCOMING, Status.POSTPONED, Status.HELD, Status.DONE,
)  # fmt: skip


def task_heading(title: str, day: date, views: Iterable[TaskView], words: Locale, *, hidden: int, old: int) -> str:
    """Of a task tab. ``hidden``: rows that a filter hides; ``old``: old tasks of a first run (0 = do not mention)."""
    counts = Counter(view.status for view in views)
    parts = [f"{words.status(s).lower()}: {counts[s]}" for s in _ORDER if counts[s]]
    if not parts:
        parts = [words.text("heading_nothing")]
    if hidden:
        parts.append(words.text("heading_hidden", count=hidden))
    if old:
        parts.append(words.text("heading_old", count=old))
    return _joined(title, words.date(day, year=True), *parts)


def same_but_hidden(one: str, other: str, words: Locale) -> bool:
    """Whether two headings differ at most in how many rows a filter hides, which alone is no reason to write."""
    return _without_hidden(one, words) == _without_hidden(other, words)


def _without_hidden(heading: str, words: Locale) -> list[str]:
    def hides(part: str) -> bool:
        number = next((word for word in part.split() if word.isdecimal()), None)
        return number is not None and part == words.text("heading_hidden", count=int(number))

    return [part for part in heading.split(_BETWEEN) if not hides(part)]


def counted_heading(title: str, day: date, text: str, count: int, words: Locale) -> str:
    """Of the tabs that only count: *upcoming*, questions."""
    return _joined(title, words.date(day, year=True), words.text(text, count=count))


def still_heading(title: str, text: str, words: Locale) -> str:
    """Of the tabs that no day changes: history, settings."""
    return _joined(title, words.text(text))


def old_tasks(views: Iterable[TaskView], day: date) -> int:
    """How many tasks are over 90 days old, if they are more than 50; else 0."""
    old = sum(view.task.since < day - OLD for view in views)
    return old if old > MANY_OLD else 0


def _joined(*parts: str) -> str:
    return _BETWEEN.join(part for part in parts if part)

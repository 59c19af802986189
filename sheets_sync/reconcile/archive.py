"""A history that has grown long: its oldest rows move to tabs of their years ("History 2024"), never touched again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sheets_sync.locale import Locale
from sheets_sync.model import AddRow, Cell, FoundTab, TaskRow
from sheets_sync.reconcile import history
from sheets_sync.reconcile.people import said

MOST_ROWS = 20_000
"""Beyond so many rows the oldest move: domain.md §5."""
KEPT_ROWS = 10_000
"""So many stay where one year alone is too long."""


def outgrown(found: FoundTab | None, coming: int, today: date) -> Mapping[int, Sequence[TaskRow]]:
    """Year → the rows that move there, oldest first; nothing as long as all rows and those ``coming`` have room.

    Years that are over move whole. Rows of people's own and copies stay.
    """
    rows = [row for row in found.rows if row.key] if found else []
    if len(rows) + coming <= MOST_ROWS:
        return {}
    dated = sorted(zip(_years(rows, today), rows, strict=True), key=lambda pair: pair[0])
    over = sum(year < today.year for year, _ in dated)
    if len(dated) - over + coming > MOST_ROWS:
        over = max(over, len(dated) - KEPT_ROWS)
    moved: dict[int, list[TaskRow]] = {}
    for year, row in dated[:over]:
        moved.setdefault(year, []).append(row)
    return moved


def _years(rows: Sequence[TaskRow], today: date) -> Sequence[int]:
    """The year in which each row ended; of a row without its day, that of the row above."""
    years: list[int] = []
    for row in rows:
        ended = row.machine.get("ended_on")
        years.append(ended.year if isinstance(ended, date) else years[-1] if years else today.year)
    return years


def moved_in(row: TaskRow, words: Locale) -> tuple[AddRow, ...]:
    """The row as it stands, in the year's tab, and in words what hung on its cells; an amount without its currency,
    which the number alone does not say."""
    add = AddRow(key=row.key or "", cells={k: Cell(value=v) for k, v in row.machine.items()}, own=row.own)
    told = said(row.machine.get("own")), history.other_words({}, {}, row.remarks, words)
    return history.telling(add, "; ".join(filter(None, told)))

"""The tab *upcoming*: what becomes visible in the next days, by date; it ends with who is not in the cycle, and why.

Read only, and made anew from the rules: nothing of it is remembered. Once people delete it, it stays away.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from msgspec import Struct

from sheets_sync.locale import Locale
from sheets_sync.model import AddRow, Cell, FoundTab, RemoveRow, Task, TaskRow, UpdateRow
from sheets_sync.reconcile.rowcells import amount_cell, changed, fitted, key_in_cell, source_cell
from sheets_sync.tables.own_frame import is_key

NOT_IN_CYCLE = "upcoming:not_in_cycle:1"
"""Key of the last row."""


class UpcomingRows(Struct, frozen=True, kw_only=True):
    """What happens to the rows of the tab. ``left``: those that leave."""

    adds: tuple[AddRow, ...]
    updates: tuple[UpdateRow, ...]
    removes: tuple[RemoveRow, ...]
    left: tuple[TaskRow, ...]
    count: int


def upcoming_rows(
    tasks: Iterable[Task], not_in_cycle: Mapping[str, int], found: FoundTab | None, words: Locale, linked: bool = True
) -> UpcomingRows:
    """Rows for ``tasks`` (all of them upcoming). Rows already there keep their place; new ones go to their date's."""
    wanted = {key_in_cell(t.key): t for t in sorted(tasks, key=lambda t: (t.visible_on, t.priority, t.key))}
    cells = {key: fitted(_cells(task, words, linked)) for key, task in wanted.items()}
    cells[NOT_IN_CYCLE] = fitted(_last(not_in_cycle, words))
    rows = {row.key: row for row in found.rows if row.key is not None and row.key in cells} if found else {}
    there = {c.key for c in found.columns if c.key} if found else set()
    updates = []
    for key, row in rows.items():
        if different := changed(cells[key], row, there):
            before = {k: row.machine.get(k) for k in different}
            updates.append(UpdateRow(key=key, row=row.row, cells=different, before=before))
    ours = [row for row in found.rows if row.key is not None and is_key(found.own, row.key)] if found else []
    left = tuple(row for row in ours if row.key not in cells)
    return UpcomingRows(
        adds=tuple(_adds(wanted, cells, rows)),
        updates=tuple(updates),
        removes=tuple(RemoveRow(key=str(row.key), row=row.row, before=dict(row.machine)) for row in left),
        left=left,
        count=len(wanted),
    )


def _adds(
    wanted: Mapping[str, Task], cells: Mapping[str, Mapping[str, Cell]], rows: Mapping[str, TaskRow]
) -> Iterable[AddRow]:
    """New rows: each below the last row that is not later; the last row of all, if it is gone, at the very end."""
    in_order = sorted((row.row, key) for key, row in rows.items() if key in wanted)
    days: list[tuple[object, ...]] = []
    places: list[int] = []
    for place, key in in_order:
        rank = (wanted[key].visible_on, wanted[key].priority)
        if not days or rank >= days[-1]:  # people may have sorted the tab: only what still ascends is a hold
            days.append(rank)
            places.append(place)
    for key, task in wanted.items():
        if key not in rows:
            at = bisect_right(days, (task.visible_on, task.priority))
            yield AddRow(key=key, cells=cells[key], below=places[at - 1] if at else None)
    if NOT_IN_CYCLE not in rows:
        yield AddRow(key=NOT_IN_CYCLE, cells=cells[NOT_IN_CYCLE], below=-1)


def _cells(task: Task, words: Locale, linked: bool) -> dict[str, Cell]:
    return {
        "visible_on": Cell(value=task.visible_on),
        "due": Cell(value=task.due_on),
        "task": Cell(value=words.task(task.rule)),
        "customer": Cell(value=task.customer),
        "why": Cell(value=task.why),
        "source": source_cell(task, linked),
        "amount": amount_cell(task),
    }


def _last(not_in_cycle: Mapping[str, int], words: Locale) -> dict[str, Cell]:
    count = sum(not_in_cycle.values())
    reasons = ", ".join(f"{words.silence(reason)}: {n}" for reason, n in sorted(not_in_cycle.items()) if n)
    why = words.text("not_in_cycle", count=count, reasons=reasons) if count else words.text("all_in_cycle")
    return {"task": Cell(value=words.text("not_in_cycle_title")), "why": Cell(value=why)}

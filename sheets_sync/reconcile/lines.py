"""The rows of a task tab as they should be, and the changes that make them so."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from functools import partial

from msgspec import Struct, field

from sheets_sync.locale import Locale
from sheets_sync.memory import RowMemory
from sheets_sync.model import AddRow, Cell, FoundTab, OwnTab, RemoveRow, Status, TaskRow, TaskView, UpdateRow, Value
from sheets_sync.reconcile.people import People, writable
from sheets_sync.reconcile.rowcells import (
    MARK,
    Links,
    changed,
    fitted,
    found_marks,
    key_in_cell,
    machine_keys,
    mark,
    status_word,
    task_cells,
)

_RANK = {
    Status.LATE: 0, Status.EXPIRES_TOMORROW: 0, Status.OPEN: 1, Status.HELD: 2, Status.UPCOMING: 3, Status.POSTPONED: 4,
    Status.DONE: 5,
}  # fmt: skip


class Line(Struct, frozen=True, kw_only=True):
    """A row as it should be. ``fixed``: the rules do not name its task today, so only what people or the calendar
    change is written (``status``, ``due``). ``remembered`` None = it is born; ``row`` None = it has no row yet.
    ``restore``, ``restore_own``, ``found_at``: see ``Seen``; ``put_back``: its ``machine``.
    """

    view: TaskView
    people: People
    fixed: bool = False
    row: TaskRow | None = None
    rekey: bool = False
    restore: Mapping[str, Value] = field(default_factory=dict)
    restore_own: Mapping[str, Value] = field(default_factory=dict)
    found_at: Mapping[tuple[str, bool], int] = field(default_factory=dict)
    put_back: Mapping[str, Cell] = field(default_factory=dict)
    remembered: RowMemory | None = None

    @property
    def key(self) -> str:
        """The task's key."""
        return self.view.task.key


class Rows(Struct, frozen=True, kw_only=True):
    """The changes of one task tab, and the memory of its rows."""

    adds: tuple[AddRow, ...]
    updates: tuple[UpdateRow, ...]
    memory: Mapping[str, RowMemory]


def urgency(line: Line) -> tuple[int, int, int, str]:
    """Sort key of new rows, most urgent first: state, then the rule's priority, then the day.

    Contacts: the most recent lapse first (an old one has waited long and can wait on). Exchanges: the oldest first.
    """
    day = line.view.due_on.toordinal()
    if line.view.task.tab is OwnTab.TOUCHPOINTS:
        day = -day
    return _RANK.get(line.view.status, 1), line.view.task.priority, day, line.key


def rows_of(
    lines: Iterable[Line],
    found: FoundTab | None,
    today: date,
    words: Locale,
    *,
    links: Links,
    cut: Callable[[Line, str], None] = lambda _line, _column: None,
) -> Rows:
    """What to write so that the tab shows ``lines``. ``cut`` hears of each text that is too long for a cell."""
    present = {c.key for c in found.columns if c.key} if found else set()
    adds: list[AddRow] = []
    updates: list[UpdateRow] = []
    memory: dict[str, RowMemory] = {}
    for line in sorted(lines, key=urgency):
        cells = fitted(_cells(line, today, words, links), partial(cut, line))
        people, own = dict(line.people.cells), dict(line.people.own)
        if line.row is None:
            people = {k: w for k, v in people.items() if (w := writable(v)) is not None}
            own = {h: w for h, v in own.items() if (w := writable(v)) is not None}
            adds.append(AddRow(key=key_in_cell(line.key), cells=cells, people=people, own=own))
        else:
            update = _update(line, line.row, cells, present)
            if update is not None:
                updates.append(update)
        memory[line.key] = _remember(line, _marks(line, cells, present), people, own, today)
    return Rows(adds=tuple(adds), updates=tuple(sorted(updates, key=lambda u: u.row)), memory=memory)


def removal(key: str, row: TaskRow, found_at: Mapping[tuple[str, bool], int]) -> RemoveRow:
    """The row leaves its tab, and what people hung on its cells, where a half-sort left that at other rows."""
    return RemoveRow(key=key, row=row.row, before=dict(row.machine), found_at=found_at)


def _cells(line: Line, today: date, words: Locale, links: Links) -> dict[str, Cell]:
    if not line.fixed or line.row is None:
        return task_cells(line.view, today, words, links)
    cells = {**line.put_back, "status": Cell(value=status_word(line.view, today, words))}
    if line.view.postpone_to is not None:
        cells["due"] = Cell(value=line.view.due_on)
    return cells


def _update(line: Line, row: TaskRow, cells: Mapping[str, Cell], present: set[str]) -> UpdateRow | None:
    different = changed(cells, row, present)
    if line.rekey:
        different["key"] = Cell(value=key_in_cell(line.key))
    if not (different or line.restore or line.restore_own or line.found_at):
        return None
    before = {k: row.machine.get(k) for k in different}
    before |= {k: row.people.get(k) for k in line.restore} | {h: row.own.get(h) for h in line.restore_own}
    return UpdateRow(
        key=line.key, row=row.row, cells=different, before=before, people=dict(line.restore),
        own=dict(line.restore_own), found_at=dict(line.found_at),
    )  # fmt: skip


def _remember(line: Line, marks: str, people: Mapping[str, Value], own: Mapping[str, Value], today: date) -> RowMemory:
    task, before = line.view.task, line.remembered
    return RowMemory(
        tab=task.tab,
        rule=task.rule,
        subject=task.subject,
        customer_id=task.customer_id,
        occurrence=task.occurrence,
        number=task.number,
        source=task.source,
        visible_on=task.visible_on,
        due_on=task.due_on,
        gone_on=task.gone_on,
        born_on=before.born_on if before else today,
        done_on=line.people.done_on if line.people.done else None,
        people=people,
        own=own,
        machine=marks,
        order_on=task.order_on,
        interval=task.interval,
        postponed_to=line.people.postpone_to,
        remarks=tuple(sorted(line.people.remarks, key=lambda r: (r.column, r.link, r.text))),
    )


def _marks(line: Line, cells: Mapping[str, Cell], present: Container[str]) -> str:
    """The marks of the cells as they will stand: those written, else those remembered, else those found.

    Of a row that stays as it is for now, those found: what people changed in it is asked about once.
    """
    own = line.view.task.tab
    before = line.remembered.machine if line.remembered else ""
    found = found_marks(own, line.row) if line.row is not None and (line.fixed or not before) else ""

    def standing(at: int, key: str) -> str:
        marks = found if found and (key in present or not before) else before
        return marks[at * MARK : (at + 1) * MARK] or mark(None)

    return "".join([
        mark(cell.value, cell.link) if (cell := cells.get(key)) else standing(at, key)
        for at, key in enumerate(machine_keys(own))
    ])  # fmt: skip

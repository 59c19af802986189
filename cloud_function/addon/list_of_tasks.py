"""What our tabs say is to be done today: read as they stand, with no rule run, so that the panel opens at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sheets_sync import config, locale, memory
from sheets_sync.backends.google.cells import raw
from sheets_sync.backends.google.document import Document
from sheets_sync.model import FoundTab, Grid, OwnTab, Status, TaskRow, Value
from sheets_sync.reconcile import people, settings_tab
from sheets_sync.tables.schema import TASK_TABS
from sheets_sync.tables.task_rows import interpret
from sheets_sync.zones import zone_or_doubt

TABS = (*TASK_TABS, OwnTab.SETTINGS)
"""The tabs that are read."""

_TODAY = (Status.EXPIRES_TOMORROW, Status.LATE, Status.OPEN)
"""What is to be done today, the most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """A task as its row shows it. ``contact``: text and link of its cell; ``people``: their cells as they are.

    ``fixed``: columns of theirs that the panel must not write: there is none, it holds a formula, or a word where a
    tick is due.
    """

    own: OwnTab
    sheet: int
    row: int
    key: str
    status: Status
    due: date | None
    rule: str
    task: str
    customer: str
    why: str
    message: str
    contact: tuple[str, str | None]
    postpone_to: date | None
    people: Mapping[str, Value]
    fixed: frozenset[str]

    def seen(self, column: str) -> str:
        """What a button carries of the cell it was made for, to notice that somebody wrote there since."""
        return sha256(repr(raw(self.people.get(column)) or None).encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def note(self) -> str:
        """The note as written."""
        return people.said(self.people.get("note"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskList:
    """``today``: of the spreadsheet's own time zone; ``updated_on``: the day of the last run, None = never."""

    spreadsheet: str
    title: str
    language: str
    today: date
    updated_on: date | None
    lines: tuple[TaskLine, ...]

    @property
    def to_do(self) -> list[TaskLine]:
        """Today's, the most urgent first; then in the order of the tab, which new rows enter by urgency."""
        return sorted((line for line in self.lines if line.status in _TODAY), key=_urgency)

    def counts(self) -> Mapping[Status, int]:
        """How many there are of each status."""
        found = Counter(line.status for line in self.lines)
        return {status: found[status] for status in (*_TODAY, *Status) if found[status]}

    def line(self, own: str, key: str) -> TaskLine | None:
        """One task; None where its row is gone."""
        return next((line for line in self.lines if line.own == own and line.key == key), None)


def task_list(spreadsheet: str, found: Document, now: datetime) -> TaskList:
    """The tasks of a spreadsheet that ``own_only`` read. ``now`` is aware."""
    workbook = found.workbook
    tabs = {own: interpret(grid) for own, grid in workbook.grids.items() if own in TABS}
    filled, _ = config.read_tab(settings_tab.values(tabs.get(OwnTab.SETTINGS)))
    remembered = _remembered(workbook.memory)
    language = str(filled.get("language") or remembered.language or "en")
    settings = config.resolve(language=language, place=workbook.locale or "", file={}, tab=filled, flags={})
    zone, _ = zone_or_doubt(settings.text("timezone") or workbook.timezone)
    today = now.astimezone(zone or now.tzinfo).date()
    order = people.date_order(settings.text("locale"), remembered.answers, today)
    lines = [
        line
        for own in TASK_TABS
        if own in tabs
        for line in _lines(tabs[own], workbook.grids[own], found.own[own].id, order)
    ]
    return TaskList(
        spreadsheet=spreadsheet, title=workbook.name, language=settings.language, today=today,
        updated_on=remembered.last_run_on, lines=tuple(lines),
    )  # fmt: skip


def _remembered(text: str | None) -> memory.Memory:
    try:
        return memory.loads(text) if text else memory.Memory()
    except ValueError:  # a person edited the hidden tab; the next run puts it right
        return memory.Memory()


def _lines(tab: FoundTab, grid: Grid, sheet: int, order: people.DateOrder) -> Iterator[TaskLine]:
    at = {column.key: column.position for column in tab.columns if column.key}
    for row in tab.rows:
        if row.key is None:
            continue
        cells, contact = grid.rows[row.row], row.machine.get("contact")
        postponed = people.read_day(row.people.get("postpone_to"), order)
        due = people.day_in(row.machine.get("due"))
        fixed = {c for c in ("done", "postpone_to", "note") if c not in at or (at[c] in cells and cells[at[c]].formula)}
        if people.read_tick(row.people.get("done"), order) is None:
            fixed.add("done")
        yield TaskLine(
            own=tab.own, sheet=sheet, row=row.row, key=row.key, status=_status(row, postponed, order), due=due,
            rule=row.key.partition(":")[0], task=people.said(row.machine.get("task")),
            customer=people.said(row.machine.get("customer")), why=people.said(row.machine.get("why")),
            message=people.said(row.machine.get("message")),
            contact=(people.said(contact), row.links.get("contact")),
            postpone_to=postponed, people=row.people, fixed=frozenset(fixed),
        )  # fmt: skip


def _status(row: TaskRow, postponed: date | None, order: people.DateOrder) -> Status:
    """What the row is once people's cells are counted, as the next run will."""
    written = _written(people.said(row.machine.get("status")))
    if written is Status.HELD:
        return written
    if people.read_tick(row.people.get("done"), order):
        return Status.DONE
    if postponed is not None and postponed > order.today:
        return Status.POSTPONED
    return Status.OPEN if written in {Status.DONE, Status.POSTPONED} else written


def _written(text: str) -> Status:
    """The status that a cell's words name; what nobody can read is open, so that it is looked at."""
    known = locale.status_index()
    for part in (text, text.partition("·")[0]):
        key = known.get(locale.fold(part))
        if key is not None:
            return Status(key) if key in set(Status) else Status.OPEN
    return Status.OPEN


def _urgency(line: TaskLine) -> tuple[int, int, int]:
    return _TODAY.index(line.status), TASK_TABS.index(line.own), line.row

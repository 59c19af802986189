"""What people say about each task: their cells, and what in them says nothing we understand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct, field

from sheets_sync.memory import RowMemory
from sheets_sync.model import FoundTab, TaskRow, Value, Where
from sheets_sync.reconcile.people import DateOrder, People, read_day, read_tick, said
from sheets_sync.reconcile.rowcells import canonical

DONE_UNCLEAR = "done_unclear"
POSTPONE_UNCLEAR = "postpone_unclear"
_LONGEST = 80


class Unclear(Struct, frozen=True, kw_only=True):
    """A people's cell that says nothing we understand."""

    code: str
    column: str
    value: str
    where: Where

    def identity(self, tab: str) -> str:
        """What the answer about it is remembered under."""
        return identity(self.code, tab, self.column, self.value)


def identity(code: str, tab: str, column: str, value: str) -> str:
    """What the answer about a cell of ours is remembered under."""
    return f"{code}|{tab}|{column}|{value[:_LONGEST]}"


class Day(Struct, frozen=True, kw_only=True):
    """What reading people's cells takes: the day, how dates are typed, answers so far, the day of the last run."""

    today: date
    order: DateOrder
    answers: Mapping[str, str]
    last_run_on: date | None


class Listening(Struct, kw_only=True):
    """Reads people's cells of one tab, row by row, and collects what is unclear."""

    found: FoundTab
    day: Day
    unclear: list[Unclear] = field(default_factory=list)

    def people(
        self,
        memory: RowMemory,
        cells: Mapping[str, Value],
        own: Mapping[str, Value],
        row: int,
        copies: Iterable[TaskRow],
    ) -> People:
        """What people say about one task now. A tick in any copy of its row counts."""
        done, done_on = self._tick(memory, cells, row, copies)
        return People(
            done=done,
            done_on=done_on,
            postpone_to=self._postponed(memory, cells, row),
            cells={k: v for k, v in cells.items() if v is not None},
            own={h: v for h, v in own.items() if v is not None},
        )

    def _tick(
        self, memory: RowMemory, cells: Mapping[str, Value], row: int, copies: Iterable[TaskRow]
    ) -> tuple[bool, date | None]:
        """Whether it is done, and since when: the date typed (never one ahead), else the day a run first saw it."""
        tick = read_tick(cells.get("done"), self.day.order)
        if tick is None:
            tick = self._asked(DONE_UNCLEAR, "done", cells, row) == "yes"
        ticks = [tick, *(read_tick(copy.people.get("done"), self.day.order) for copy in copies)]
        typed = [t for t in ticks if isinstance(t, date) and t <= self.day.today]
        first_seen = memory.done_on or self.day.today
        return any(ticks), (min(typed, default=first_seen) if any(ticks) else None)

    def _postponed(self, memory: RowMemory, cells: Mapping[str, Value], row: int) -> date | None:
        """The day in force: one that was ahead when a run first saw it, or may have been since the last run."""
        cell, before = cells.get("postpone_to"), memory.people.get("postpone_to")
        same = canonical(cell) == canonical(before)
        if cell is not None and same and memory.postponed_to is not None:
            return memory.postponed_to
        asked = read_day(cell, self.day.order)
        if asked is None:
            if said(cell):
                self._asked(POSTPONE_UNCLEAR, "postpone_to", cells, row)
            return None
        last = self.day.last_run_on
        ahead = asked > self.day.today or (not same and last is not None and asked > last)
        return asked if ahead else None

    def _asked(self, code: str, column: str, cells: Mapping[str, Value], row: int) -> str | None:
        """The answer about an unclear cell; without one the cell is noted."""
        value = said(cells.get(column))
        answer = self.day.answers.get(identity(code, self.found.own.value, column, value))
        if answer is None:
            at = next((c for c in self.found.columns if c.key == column), None)
            where = Where(
                tab=self.found.title, row=row, column=at.header if at else None,
                cell=f"{column_letters(at.position)}{row}" if at else None,
            )  # fmt: skip
            self.unclear.append(Unclear(code=code, column=column, value=value, where=where))
        return answer


def column_letters(position: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

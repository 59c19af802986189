"""From a plan to what happens to a tab that exists: which cells are written, which rows come and go.

People's cells are never written but where the plan puts a half-sorted tab right; what people renamed, moved or added
stays. The rows of the frame (keys, title, header) are put right as on any backend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheets_sync.backends.google.changes import Changes, Ink, NewRow
from sheets_sync.locale import Locale
from sheets_sync.model import MARKER, AddRow, Cell, FoundTab, Grid, TabPlan, Value
from sheets_sync.tables.schema import OWN
from sheets_sync.tables.task_rows import key_cells


@dataclass(frozen=True, slots=True, kw_only=True)
class TabChanges:
    """``positions``: of our columns by key, a key column that comes back among them; ``own``: of people's."""

    changes: Changes
    positions: Mapping[str, int]
    own: Mapping[str, int]


def tab_changes(plan: TabPlan, found: FoundTab, grid: Grid, words: Locale) -> TabChanges:
    """What ``plan`` does to the tab that was found."""
    return _Making(plan=plan, found=found, grid=grid, words=words).made()


def new_row(add: AddRow, positions: Mapping[str, int], own: Mapping[str, int]) -> NewRow:
    """A row of ours to be born; columns that the tab has no longer are left out."""
    cells = {positions[k]: ink_of(c) for k, c in add.cells.items() if k in positions}
    if "key" in positions:
        cells[positions["key"]] = Ink(value=add.key)
    cells |= {positions[k]: Ink(value=v) for k, v in add.people.items() if k in positions}
    cells |= {own[h]: Ink(value=v) for h, v in add.own.items() if h in own}
    return NewRow(
        cells={p: ink for p, ink in cells.items() if not ink.blank},
        choices={positions[k]: words for k, words in add.choices.items() if k in positions and words},
    )


def ink_of(cell: Cell) -> Ink:
    """A planned cell's ink."""
    return Ink(value=cell.value, link=cell.link, currency=cell.currency)


@dataclass(slots=True, kw_only=True)
class _Making:
    plan: TabPlan
    found: FoundTab
    grid: Grid
    words: Locale
    changes: Changes = field(default_factory=Changes)

    def made(self) -> TabChanges:
        plan, found = self.plan, self.found
        positions: dict[str, int] = {}
        for column in found.columns:
            if column.key is not None:
                positions.setdefault(column.key, column.position)
        own = {c.header: c.position for c in found.columns if c.key is None}
        mending = plan.repair or plan.restyle
        self.changes.restyle = plan.restyle
        header = self._mend(positions) if mending else found.header_row or 0
        self._heading()
        for update in plan.updates:
            for key, cell in update.cells.items():
                if key in positions:
                    self.changes.put(update.row, positions[key], ink_of(cell))
            for key, value in update.people.items():
                if key in positions:
                    self.changes.put(update.row, positions[key], Ink(value=value))
            for name, value in update.own.items():
                if name in own:
                    self.changes.put(update.row, own[name], Ink(value=value))
        for add in plan.adds:
            row = new_row(add, positions, own)
            above = header if add.below is None else add.below
            self.changes.born.setdefault(self._last(header) if above == -1 else above, []).append(row)
        self.changes.cut |= {remove.row for remove in plan.removes}
        return TabChanges(changes=self.changes, positions=positions, own=own)

    def _last(self, header: int) -> int:
        """The last row that holds anything; a box that is not ticked is nothing."""
        rows = self.grid.rows.items()
        return max(
            (n for n, cells in rows if any(c.formula or c.value not in {None, False} for c in cells.values())),
            default=header,
        )

    def _values(self, row: int | None) -> dict[int, Value]:
        return {p: cell.value for p, cell in self.grid.rows.get(row or 0, {}).items() if cell.value is not None}

    def _mend(self, positions: dict[str, int]) -> int:
        """Keys, header and key column put right; the row below which new rows are born."""
        found, changes = self.found, self.changes
        if "key" not in positions:
            changes.new_column = max((p for cells in self.grid.rows.values() for p in cells), default=-1) + 1
            positions["key"] = changes.new_column
            if found.header_row is not None:
                changes.put(found.header_row, positions["key"], Ink(value=self.words.column("key")))
        names = key_cells(found, positions["key"])
        if found.key_row is None:
            cells = {p: Ink(value=text) for p, text in names.items()}
            changes.born.setdefault(0, []).append(NewRow(cells=cells, role="keys"))
        else:
            keys = {c.key for c in OWN[found.own].columns}
            for position, value in self._values(found.key_row).items():
                if position not in names and (value in keys or str(value).startswith(MARKER)):
                    changes.put(found.key_row, position, Ink())
            for position, text in names.items():
                changes.put(found.key_row, position, Ink(value=text))
        for row in found.rows:
            if row.key is not None:
                changes.put(row.row, positions["key"], Ink(value=row.key))
        return self._header(positions)

    def _header(self, positions: Mapping[str, int]) -> int:
        found, changes = self.found, self.changes
        if found.header_row is not None:
            present = self._values(found.header_row)
            for key, position in positions.items():
                if position not in present:
                    changes.put(found.header_row, position, Ink(value=self.words.column(key)))
            return found.header_row
        above = max(found.key_row or 0, found.title_row or 0)
        ours = [row.row for row in found.rows if row.key is not None]
        above = max(min(ours) - 1, above) if ours else above
        cells = {p: Ink(value=self.words.column(key)) for key, p in positions.items()}
        changes.born.setdefault(above, []).append(NewRow(cells=cells, role="header"))
        return above

    def _heading(self) -> None:
        found, heading = self.found, self.plan.heading
        if heading is None:
            return
        ink = Ink(value=heading)
        if found.title_row is None:
            title = NewRow(cells={found.heading_position: ink}, role="title")
            self.changes.born.setdefault(found.key_row or 0, []).append(title)
        else:
            self.changes.put(found.title_row, found.heading_position, ink)

"""What a plan writes into a tab as it was found: by old row and position, and the rows to be born."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from sheets_sync.backends.excel.rows.tables import Table
from sheets_sync.backends.excel.sheet_parts import Look
from sheets_sync.model import AddRow, Cell, FoundTab, Kind, Owner, TabPlan, Value
from sheets_sync.style import row_height, wraps
from sheets_sync.tables.schema import OWN, OwnColumnSpec


class Write(Struct, frozen=True):
    """What one cell shall hold. ``style`` is for a cell that has none, or one of ``stale``, or if ``restyle``.

    ``keep``: the value stays, only the style is set. ``link``: its target; ``links``: any other link goes.
    """

    value: Value = None
    style: int = 0
    stale: frozenset[int] = frozenset()
    restyle: bool = False
    keep: bool = False
    link: str | None = None
    links: bool = False

    def style_over(self, found: int) -> int:
        """The style id for a cell that has ``found`` (0 = none)."""
        return self.style if self.restyle or not found or found in self.stale else found


class NewRow(Struct, frozen=True, kw_only=True):
    """A row to be born. ``key``: of one of our rows; ``role``: ``row``, or a row of the frame: ``keys``, ``title``,
    ``header``, ``blank``. ``choices``: dropdown lists by position; ``height`` in points, None = Excel's affair."""

    cells: Mapping[int, Write]
    key: str | None = None
    role: str = "row"
    hidden: bool = False
    height: float | None = None
    choices: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


class Writing(Struct):
    """``cells``: old row → position → what to write; ``born``: old row → rows born after it, in order.

    ``heights``: old row → points, for rows of the frame that become something else.
    """

    plan: TabPlan
    found: FoundTab
    tables: list[Table]
    positions: dict[str, int]
    cells: dict[int, dict[int, Write]] = field(default_factory=dict)
    born: dict[int, list[NewRow]] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    heights: dict[int, float] = field(default_factory=dict)
    new_column: int | None = None

    def put(self, row: int, position: int, write: Write) -> None:
        """Write into an old row (the last word counts)."""
        self.cells.setdefault(row, {})[position] = write

    def bear(self, after: int, row: NewRow) -> None:
        """Let a row be born after an old one."""
        self.born.setdefault(after, []).append(row)

    @property
    def lacks_key(self) -> bool:
        """True where the key column has to come back."""
        return self.mending and "key" not in self.positions

    @property
    def mending(self) -> bool:
        """True where marker, keys and missing headers are to be written."""
        return self.plan.repair or self.plan.restyle

    @property
    def born_counts(self) -> dict[int, int]:
        """How many rows are born after each old row."""
        return {after: len(rows) for after, rows in self.born.items()}

    @property
    def columns(self) -> Iterator[tuple[OwnColumnSpec, int]]:
        """Our columns that the tab has, with their positions."""
        return ((c, self.positions[c.key]) for c in OWN[self.plan.own].columns if c.key in self.positions)


class Pen:
    """Turns a plan's cells into writes, with the styles of this workbook."""

    def __init__(self, writing: Writing, look: Look) -> None:
        """``writing`` is what it fills."""
        self._writing = writing
        self._look = look
        plan = writing.plan
        changes = [*(add.cells for add in plan.adds), *(update.cells for update in plan.updates)]
        self._currencies = {None, *(cell.currency for cells in changes for cell in cells.values())}
        self._styles: dict[tuple[str, Kind, str | None], int] = {}
        self._stale: dict[str, frozenset[int]] = {}
        self._own = {c.header: c.position for c in writing.found.columns if c.key is None}
        self._specs = {c.key: c for c in OWN[plan.own].columns}

    def style(self, spec: OwnColumnSpec, value: Value, currency: str | None) -> int:
        """The style id for a value in one of our columns."""
        asked = (spec.key, Kind.DATE if isinstance(value, date) else spec.kind, currency)
        if asked not in self._styles:
            self._styles[asked] = self._look.style(*asked)
        return self._styles[asked]

    def cell(self, spec: OwnColumnSpec, cell: Cell) -> Write:
        """A machine cell: no link but its own stays; a style of ours for another currency yields to this one's."""
        stale: frozenset[int] = frozenset()
        if spec.kind is Kind.MONEY and cell.currency is not None:
            if spec.key not in self._stale:
                ids = {self._look.style(spec.key, Kind.MONEY, c) for c in self._currencies}
                self._stale[spec.key] = frozenset(ids)
            stale = self._stale[spec.key]
        style = self.style(spec, cell.value, cell.currency)
        return Write(cell.value, style, stale, link=cell.link, links=True)

    def row(
        self, cells: Mapping[str, Cell], people: Mapping[str, Value], own: Mapping[str, Value]
    ) -> Iterator[tuple[int, Write]]:
        """The writes of one row; columns that the tab has no longer are left out."""
        for key, cell in cells.items():
            if key in self._writing.positions and key in self._specs:
                yield self._writing.positions[key], self.cell(self._specs[key], cell)
        for key, value in people.items():
            if key in self._writing.positions and key in self._specs:
                spec = self._specs[key]
                yield self._writing.positions[key], Write(value, self.style(spec, value, None))
        for header, value in own.items():
            if header in self._own:
                style = self._look.style("", Kind.DATE, None) if isinstance(value, date) else 0
                yield self._own[header], Write(value, style)

    def new_row(self, add: AddRow) -> NewRow:
        """A row of ours: every column of ours has a cell, styled where it is blank."""
        blank = {p: Write(None, self.style(spec, None, None)) for spec, p in self._writing.columns}
        written = dict(self.row(add.cells, add.people, add.own))
        key = self._writing.positions.get("key")
        if key is not None:
            written[key] = Write(add.key, self._look.style("key", Kind.TEXT, None))
        choices = {self._writing.positions[k]: c for k, c in add.choices.items() if k in self._writing.positions and c}
        texts = ((add.cells.get(spec.key, Cell()).value, spec) for spec, _ in self._writing.columns if wraps(spec.key))
        height = row_height((text, spec.width) for text, spec in texts if isinstance(text, str))
        return NewRow(
            cells={**blank, **written}, key=add.key, choices=choices, height=max(self._look.row_height or 0, height)
        )  # fmt: skip


def begun(plan: TabPlan, found: FoundTab, tables: list[Table]) -> Writing:
    """The empty sheet of writing for ``plan``: which column is which, which rows leave."""
    positions: dict[str, int] = {}
    for column in found.columns:
        if column.key is not None:
            positions.setdefault(column.key, column.position)
    return Writing(plan, found, tables, positions, gone=frozenset(r.row for r in plan.removes))


def write_rows(made: Writing, look: Look, *, header_row: int, end: int) -> None:
    """Fill in the plan's adds and updates. ``header_row`` / ``end``: old rows for "below the header", "at the end"."""
    pen = Pen(made, look)
    for update in made.plan.updates:
        for position, write in pen.row(update.cells, update.people, update.own):
            made.put(update.row, position, write)
    for add in made.plan.adds:
        after = header_row if add.below is None else end if add.below == -1 else add.below
        made.bear(after, pen.new_row(add))
    if made.plan.restyle:
        for row in (r.row for r in made.found.rows if r.key is not None and r.row not in made.gone):
            for spec, position in made.columns:
                ours = spec.owner is not Owner.PERSON
                written = made.cells.get(row, {}).get(position)
                if written is not None:
                    made.put(row, position, replace(written, restyle=ours))
                elif spec.kind is not Kind.MONEY:  # its currency is not known here
                    style = look.style(spec.key, spec.kind, None)
                    made.put(row, position, Write(style=style, restyle=ours, keep=True))

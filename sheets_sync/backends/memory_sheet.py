"""One tab in memory, and what a plan does to it, literally: the model that the contract suite measures others by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from sheets_sync.backends.brought import brought
from sheets_sync.locale import Locale
from sheets_sync.model import AddRow, Cell, FoundTab, GridCell, OwnColumn, TabPlan, Value
from sheets_sync.style import cell_text
from sheets_sync.tables.schema import OWN
from sheets_sync.tables.task_rows import key_cells

Cells = dict[int, GridCell]


class Sheet(Struct, kw_only=True):
    """``rows``: row → position → cell, blank cells absent; ``hidden_rows``: by a filter or by hand; ``comments``: row →
    position → text."""

    title: str
    rows: dict[int, Cells] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    comments: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden: bool = False

    @property
    def last_row(self) -> int:
        """The last row that holds anything; 0 for an empty tab."""
        return max((row for row, cells in self.rows.items() if cells), default=0)

    def values(self, row: int) -> dict[int, Value]:
        """A row's values by position."""
        return {position: cell.value for position, cell in self.rows.get(row, {}).items()}

    def rebuilt(self, born: Mapping[int, list[Cells]], gone: Iterable[int]) -> None:
        """Rows are born after old ones (0 = above all), others leave; a row that leaves still says where."""
        left = set(gone)
        order: list[tuple[Cells, int]] = [(cells, 0) for cells in born.get(0, [])]
        for row in range(1, max(self.last_row, *born, *self.hidden_rows, *self.comments, 0) + 1):
            if row not in left:
                order.append((self.rows.get(row, {}), row))
            order += [(cells, 0) for cells in born.get(row, [])]
        self.rows = {row: cells for row, (cells, _) in enumerate(order, start=1) if cells}
        self.hidden_rows = {row for row, (_, old) in enumerate(order, start=1) if old in self.hidden_rows}
        self.comments = {row: self.comments[old] for row, (_, old) in enumerate(order, start=1) if old in self.comments}


def born_sheet(plan: TabPlan, words: Locale) -> Sheet:
    """A tab that is born: keys, title, an empty row, header, rows."""
    columns = OWN[plan.own].columns
    headers = dict.fromkeys(header for add in plan.adds for header in add.own)
    positions = {c.key: i for i, c in enumerate(columns)}
    own = {header: len(columns) + i for i, header in enumerate(headers)}
    found = _frame_of(plan, positions, own)
    sheet = Sheet(title=plan.title)
    sheet.rows[1] = {p: GridCell(value=text) for p, text in key_cells(found).items()}
    sheet.rows[2] = {0: GridCell(value=plan.heading)}
    sheet.rows[4] = {p: GridCell(value=words.column(key)) for key, p in positions.items()}
    sheet.rows[4] |= {p: GridCell(value=header) for header, p in own.items()}
    for row, add in enumerate(plan.adds, start=5):
        sheet.rows[row] = _row(add, positions, own)
    return sheet


def _frame_of(plan: TabPlan, positions: Mapping[str, int], own: Mapping[str, int]) -> FoundTab:
    columns = (*(OwnColumn(key=k, header="", position=p) for k, p in positions.items()),
               *(OwnColumn(key=None, header=h, position=p) for h, p in own.items()))  # fmt: skip
    return FoundTab(
        own=plan.own, title=plan.title, key_row=1, header_row=4, title_row=2, heading="", columns=columns, rows=(),
        layout_version=1,
    )  # fmt: skip


def _row(add: AddRow, positions: Mapping[str, int], own: Mapping[str, int]) -> Cells:
    made: Cells = {}
    for name, cell in {**add.cells, "key": Cell(value=add.key)}.items():
        _put(made, positions.get(name), cell.value, cell.link)
    for name, value in add.people.items():
        _put(made, positions.get(name), value)
    for header, value in add.own.items():
        _put(made, own.get(header), value)
    return made


def _put(cells: Cells, position: int | None, value: Value, link: str | None = None) -> None:
    """Write a cell; a blank one is none. A column that is not there takes nothing."""
    if position is None:
        return
    if isinstance(value, str):
        value = cell_text(value)
    if (value is None or value == "") and not link:
        cells.pop(position, None)
    else:
        cells[position] = GridCell(value=value, link=link)


def rewrite(sheet: Sheet, plan: TabPlan, found: FoundTab, words: Locale) -> None:
    """Do what ``plan`` says to a tab that exists, and nothing else to it."""
    positions = {c.key: c.position for c in found.columns if c.key}
    own = {c.header: c.position for c in found.columns if c.key is None}
    born: dict[int, list[Cells]] = {}
    header = _mend(sheet, found, positions, born, words) if plan.repair or plan.restyle else found.header_row
    _heading(sheet, plan, found, born)
    _bring(sheet, plan)
    for update in plan.updates:
        cells = sheet.rows.setdefault(update.row, {})
        for name, cell in update.cells.items():
            _put(cells, positions.get(name), cell.value, cell.link)
        theirs = ((positions.get(n), v) for n, v in update.people.items())
        for at, value in (*theirs, *((own.get(h), v) for h, v in update.own.items())):
            if at is not None:
                _put(cells, at, value, cells.get(at, GridCell()).link)
    end = max(sheet.last_row, header or 0)
    for add in plan.adds:
        after = end if add.below == -1 else header or 0 if add.below is None else add.below
        born.setdefault(after, []).append(_row(add, positions, own))
    sheet.rebuilt(born, (remove.row for remove in plan.removes))


def _bring(sheet: Sheet, plan: TabPlan) -> None:
    """What people hung on cells goes where the cells go: comments and links."""
    moves = brought(plan, links=False)
    texts = {(row, at): sheet.comments.get(row, {}).pop(at, None) for row, at in moves}
    for (row, at), text in texts.items():
        if text is not None:
            sheet.comments.setdefault(moves[row, at], {})[at] = text
    moves = brought(plan, links=True)
    links = {(row, at): sheet.rows.get(row, {}).get(at, GridCell()).link for row, at in moves}
    for row, at in moves:
        _link(sheet, row, at, None)
    for (row, at), link in links.items():
        _link(sheet, moves[row, at], at, link)


def _link(sheet: Sheet, row: int, at: int, link: str | None) -> None:
    cells = sheet.rows.setdefault(row, {})
    _put(cells, at, cells.get(at, GridCell()).value, link)


def _mend(sheet: Sheet, found: FoundTab, positions: dict[str, int], born: dict[int, list[Cells]], words: Locale) -> int:
    """Keys, header and key column put right; the row below which new rows are born."""
    if "key" not in positions:
        positions["key"] = max((p for cells in sheet.rows.values() for p in cells), default=-1) + 1
        if found.header_row is not None:
            _put(sheet.rows.setdefault(found.header_row, {}), positions["key"], words.column("key"))
    names = key_cells(found, positions["key"])
    if found.key_row is None:
        born.setdefault(0, []).append({p: GridCell(value=text) for p, text in names.items()})
    else:
        row = sheet.rows.setdefault(found.key_row, {})
        keys = {c.key for c in OWN[found.own].columns}
        for position, value in sheet.values(found.key_row).items():
            if position not in names and (value in keys or str(value).startswith("sheets-sync:")):
                del row[position]
        row.update({p: GridCell(value=text) for p, text in names.items()})
    for task in found.rows:
        if task.key is not None:
            _put(sheet.rows.setdefault(task.row, {}), positions["key"], task.key)
    if found.header_row is not None:
        row = sheet.rows.setdefault(found.header_row, {})
        for key, position in positions.items():
            if position not in row:
                _put(row, position, words.column(key))
        return found.header_row
    above = max(found.key_row or 0, found.title_row or 0)
    ours = [task.row for task in found.rows if task.key is not None]
    above = max(min(ours) - 1, above) if ours else above
    born.setdefault(above, []).append({p: GridCell(value=words.column(key)) for key, p in positions.items()})
    return above


def _heading(sheet: Sheet, plan: TabPlan, found: FoundTab, born: dict[int, list[Cells]]) -> None:
    if plan.heading is None:
        return
    if found.title_row is None:
        born.setdefault(found.key_row or 0, []).append({found.heading_position: GridCell(value=plan.heading)})
    else:
        cells = sheet.rows.setdefault(found.title_row, {})
        cells[found.heading_position] = replace(cells.get(found.heading_position, GridCell()), value=plan.heading)

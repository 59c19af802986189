"""One of our tabs, rewritten: people's work carried along, our rows born, put right or taken out."""

from __future__ import annotations

from sheets_sync.backends.brought import brought
from sheets_sync.backends.excel.rows.cells import Values
from sheets_sync.backends.excel.rows.filters import filters
from sheets_sync.backends.excel.rows.formulas import Formulas
from sheets_sync.backends.excel.rows.frame import mend
from sheets_sync.backends.excel.rows.links import Links
from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.references import readdress
from sheets_sync.backends.excel.rows.sheet_xml import Row, SheetXml, attribute, set_attribute
from sheets_sync.backends.excel.rows.surroundings import placed, surroundings
from sheets_sync.backends.excel.rows.tables import tables
from sheets_sync.backends.excel.rows.tail import container
from sheets_sync.backends.excel.rows.writing import NewRow, Write, begun, write_rows
from sheets_sync.backends.excel.sheet_parts import Look, RewrittenParts, SheetParts
from sheets_sync.backends.excel.stream import LAST_ROW, cell, fitting, letters
from sheets_sync.model import FoundTab, Problem, TabPlan, Value, Where
from sheets_sync.problems import BackendError, notice
from sheets_sync.style import MOST_CHARACTERS, units


def rewrite(parts: SheetParts, plan: TabPlan, look: Look) -> RewrittenParts:
    """Do what ``plan`` says to a tab that exists, and nothing else to it.

    Raises BackendError ``damaged`` where the tab's XML is broken, ``tab_full`` where rows would fall off its end.
    """
    assert plan.found is not None, plan.title  # noqa: S101  (a tab to be born is the graft's)
    return _Tab(parts, plan, plan.found, look).rewritten()


class _Tab:
    """The work on one tab: decide what to write, edit old rows in place, number all, move what hangs on addresses."""

    def __init__(self, parts: SheetParts, plan: TabPlan, found: FoundTab, look: Look) -> None:
        self._parts = parts
        self._found = found
        self._look = look
        self._sheet = SheetXml(parts.xml)
        self._old = {row.number: row for row in self._sheet.rows}
        self._values = Values(self._sheet, parts.shared_strings)
        self._writing = begun(plan, found, tables(parts))
        self._links = Links(self._sheet, parts)
        self._formulas = Formulas(self._sheet, parts.title)
        roots = (self._sheet.root, *(table.root for table in self._writing.tables))
        self._filters = filters((e for root in roots for e in root.iter("{*}autoFilter")), date1904=parts.date1904)
        self._hidden: dict[int, bool] = {}
        self._problems: list[Problem] = []

    def rewritten(self) -> RewrittenParts:
        """All of it."""
        made, sheet = self._writing, self._sheet
        free = self._free_column() if made.lacks_key else 0
        header = mend(made, self._look, lambda row: self._values.of(self._old.get(row)), free=free)
        write_rows(made, self._look, header_row=header, end=self._end(header))
        for table in made.tables:
            if table.starves(made.born_counts, made.gone):
                made.bear(table.first - 1, NewRow(cells={}, role="blank"))
        moves = Moves(made.born_counts, made.gone)
        born = [pair for after, rows in made.born.items() for pair in enumerate(rows, moves.born_after(after))]
        place = placed(made, moves, born)
        unsettled = not moves.still or any(row.number in made.cells for row in self._formulas.rows)
        if unsettled:
            self._formulas.unshare()
        self._links.bring(brought(made.plan, links=True))
        for number, writes in made.cells.items():
            self._edit(number, writes)
        rows = self._numbered(moves, born, place.ours)
        last_row = max((number for number, _ in rows), default=1)
        around = surroundings(sheet, self._parts, made, place, self._look, last_row=last_row)
        self._links.move(moves)
        for number, row in born:
            for position, write in row.cells.items():
                if write.link:
                    self._links.link(number, position, write.link)
        rels = self._links.finish(around.dropped)
        if self._formulas.rows:  # their cached values may be of yesterday
            container(sheet.root, "sheetCalcPr").set("fullCalcOnLoad", "1")
        if self._links.left_out:
            where, count = Where(tab=self._parts.title), self._links.left_out
            self._problems.append(notice("links_left_out", where, count=count, params={"tab": where.tab}))
        return RewrittenParts(
            xml=sheet.joined([row for _, row in rows]),
            rels=rels,
            related=around.related,
            filter_range=around.filter_range,
            readdress=lambda formula: readdress(formula, moves, self._parts.title),
            formulas=unsettled and bool(self._formulas.rows),
            rows=place.keys,
            problems=tuple(self._problems),
        )

    def _free_column(self) -> int:
        """The first position right of every cell."""
        return max((c.position for row in self._sheet.rows for c in self._sheet.cells(row.body)), default=-1) + 1

    def _end(self, header_row: int) -> int:
        """The old row after which "at the very end" is: before the totals of a table that ends the tab."""
        p = b"<" + self._sheet.prefix.encode()
        tags = (p + b"v", p + b"is", p + b"f")
        used = (row.number for row in reversed(self._sheet.rows) if any(tag in row.body for tag in tags))
        end = max(header_row, next(used, 0), max((row.row for row in self._found.rows), default=0))
        made_of_ours = (t for t in self._writing.tables if t.heads(self._found.header_row))
        totals = [t.last for t in made_of_ours if t.totals and t.area.bottom == end]
        return max(totals[0], header_row) if totals else end

    def _edit(self, number: int, writes: dict[int, Write]) -> None:
        row = self._old.get(number)
        if row is None:
            row = self._old[number] = Row(number, b"", b"")
        judges = [f for f in self._filters if f.judges(number, writes)]
        before = self._values.of(row) if judges else {}
        cells = {c.position: c for c in self._sheet.cells_at(row, writes)}
        changes = {}
        for position, write in writes.items():
            old = cells.get(position)
            style = attribute(old.attributes, b"s") if old else b""
            if write.links:
                self._links.clear(number, position)
            if write.link:
                self._links.link(number, position, write.link)
            styled = write.style_over(int(style) if style.isdigit() else 0)
            if write.keep and old is not None:
                changes[position] = self._sheet.restyled(row, old, styled)
            else:
                changes[position] = self._cell(write.value, styled, row=number, position=position)
        self._sheet.edit(row, cells.values(), changes)
        if number in self._writing.heights:
            height = f"{self._writing.heights[number]:g}".encode()
            row.attributes = set_attribute(set_attribute(row.attributes, b"ht", height), b"customHeight", b"1")
        after = self._values.of(row) if judges else {}
        for judge in judges:
            said = judge.verdict(after)
            if said is not None and said != judge.verdict(before):
                self._hidden[number] = not said

    def _cell(self, value: Value, style: int, *, row: int, position: int) -> bytes:
        ref = f"{letters(position)}{row}"
        fit = fitting(value)
        if isinstance(value, str) and units(value) > MOST_CHARACTERS:
            where = Where(tab=self._parts.title, row=row, cell=ref)
            self._problems.append(notice("text_cut", where, params={"length": len(value)}))
        return cell(ref, fit, style, date1904=self._parts.date1904, prefix=self._sheet.prefix).encode()

    def _numbered(self, moves: Moves, born: list[tuple[int, NewRow]], ours: frozenset[int]) -> list[tuple[int, bytes]]:
        """Every row that stays or is born, in order, with its new number."""
        kept = [(moves.before(n) + 1, row) for n, row in self._old.items() if n not in self._writing.gone]
        if not moves.still:
            with_formulas = {id(row) for row in self._formulas.rows}
            moved = ((row, number, row.number in ours) for number, row in kept if id(row) in with_formulas)
            self._formulas.readdress(moved, moves)
        rows = [(number, self._sheet.numbered(row, number, self._hidden.get(row.number))) for number, row in kept]
        rows += [(number, self._born(number, row)) for number, row in born]
        rows.sort(key=lambda pair: pair[0])
        fallen = [row for number, row in rows if number > LAST_ROW]
        if any(b"<" + self._sheet.prefix.encode() + tag in row for row in fallen for tag in (b"v", b"is", b"f")):
            raise BackendError("tab_full", tab=self._parts.title)
        return rows[: len(rows) - len(fallen)]

    def _born(self, number: int, row: NewRow) -> bytes:
        cells = []
        for position, write in sorted(row.cells.items()):
            cells.append(self._cell(write.value, write.style, row=number, position=position))
        attributes = f' ht="{row.height:g}" customHeight="1"'.encode() if row.height else b""
        if row.hidden:
            attributes += b' hidden="1"'
        return self._sheet.numbered(Row(number, attributes, b"".join(cells)), number)

"""Our own tabs, read whole: which tabs they are, their cells with links and formulas, the memory in ``_sync``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from sheets_sync.backends import own_tabs
from sheets_sync.backends.excel.cell_values import Meanings, meanings, wanted_strings
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book, Sheet, relationships, rels_name
from sheets_sync.backends.excel.sheet_cells import SheetRows
from sheets_sync.backends.excel.stored_cells import XmlLink, XmlRow, cells_of
from sheets_sync.model import Grid, GridCell, OwnTab, TabPeek
from sheets_sync.problems import BackendError

MAX_OWN_TAB = 1 << 30
_MOST_LINKED = 200_000
"""Cells a tab's hyperlinks may cover together: a link on whole columns is not one of ours."""


class OwnSheets(Struct, frozen=True, kw_only=True):
    """What our tabs hold. ``sheets``: where each of them is, the memory's included; ``archives``: see ``Workbook``."""

    grids: Mapping[OwnTab, Grid]
    archives: tuple[Grid, ...]
    memory: str | None
    sheets: Mapping[OwnTab, Sheet]


def read_own(package: Package, book: Book, peeks: Sequence[tuple[Sheet, TabPeek]]) -> OwnSheets:
    """All of our tabs, cell by cell. BackendError ``damaged``, ``too_large``."""
    sheets = own_tabs.find_own(peeks)
    if not sheets:
        return OwnSheets(grids={}, archives=(), memory=None, sheets={})
    read = {own: _rows(package, sheet) for own, sheet in sheets.items()}
    old = own_tabs.find_archives(peeks, sheets)
    long_ago = [_rows(package, sheet) for sheet in old]
    wanted = wanted_strings(cell for rows, _ in (*read.values(), *long_ago) for row in rows for cell in row.cells)
    known = meanings(package, book, wanted)

    def grid(own: OwnTab, sheet: Sheet, rows: Sequence[XmlRow], links: Sequence[XmlLink]) -> Grid:
        return Grid(
            own=own, title=sheet.title, rows=_cells(rows, known, _targets(package, sheet, links)),
            hidden=frozenset(row.number for row in rows if row.hidden), comments=_comments(package, book, sheet),
        )  # fmt: skip

    return OwnSheets(
        grids={own: grid(own, sheets[own], *found) for own, found in read.items() if own is not OwnTab.SYNC},
        archives=tuple(grid(OwnTab.HISTORY, *found) for found in ((s, *r) for s, r in zip(old, long_ago, strict=True))),
        memory=_memory(read[OwnTab.SYNC][0], known) if OwnTab.SYNC in read else None,
        sheets=sheets,
    )


def _rows(package: Package, sheet: Sheet) -> tuple[list[XmlRow], list[XmlLink]]:
    member = package.find(sheet.part or "")
    if member is None:
        return [], []
    if member.size > MAX_OWN_TAB:
        raise BackendError("too_large")
    sheet_rows = SheetRows(package.stream(member))
    return list(sheet_rows), sheet_rows.links


def _targets(package: Package, sheet: Sheet, links: Sequence[XmlLink]) -> dict[int, dict[int, str]]:
    """Row → position → where its link leads: a URL, ``#'Tab'!A5``, or a URL with a place in it."""
    found: dict[int, dict[int, str]] = {}
    if not links:
        return found
    by_id = {r.id: r.target for r in relationships(package, sheet.part or "")}
    linked = 0
    for link in links:
        target = by_id.get(link.relation, "") + (f"#{link.location}" if link.location else "")
        rows, positions = cells_of(link.ref)
        if target and linked + len(rows) * len(positions) <= _MOST_LINKED:
            linked += len(rows) * len(positions)
            for row in rows:
                found.setdefault(row, {}).update(dict.fromkeys(positions, target))
    return found


def _comments(package: Package, book: Book, sheet: Sheet) -> dict[int, dict[int, str]]:
    """Row → position → text. A tab's relationships may be thousands of links: they are parsed only where comments are
    among them (beside a thread there always are some)."""
    member = package.find(rels_name(sheet.part or ""))
    if member is None or b"omments" not in package.read(member):
        return {}
    from sheets_sync.backends.excel.comments import comments_of  # noqa: PLC0415  (a tree of them is rarely needed)

    return comments_of(package, book, sheet.part or "")


def _cells(
    rows: Sequence[XmlRow], known: Meanings, targets: Mapping[int, Mapping[int, str]]
) -> dict[int, dict[int, GridCell]]:
    masters: dict[str, str] = {}
    found: dict[int, dict[int, GridCell]] = {}
    value_of, unlinked = known.value, dict[int, str]()
    for row in rows:
        links = targets.get(row.number, unlinked)
        cells: dict[int, GridCell] = {}
        for cell in row.cells:
            value, formula = value_of(cell), cell.formula
            if cell.shared is not None:  # followers repeat the text of the first: enough to know it for a formula
                formula = masters.setdefault(cell.shared, formula or "")
            if value is not None or formula is not None:
                cells[cell.position] = GridCell(value, formula, links.get(cell.position))
        if cells:
            found[row.number] = cells
    for number, links in targets.items():
        cells = found.setdefault(number, {})
        for position, target in links.items():
            if position not in cells:
                cells[position] = GridCell(link=target)
    return dict(sorted(found.items()))


def _memory(rows: Sequence[XmlRow], known: Meanings) -> str | None:
    """The text below the marker, its pieces joined; None where there is none."""
    pieces = [known.value(cell) for row in rows for cell in row.cells if cell.position == 0]
    return own_tabs.joined_memory(pieces)

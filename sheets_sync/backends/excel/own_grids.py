"""Our own tabs, read whole: which tabs they are, their cells with links and formulas, the memory in ``_sync``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheets_sync.backends import own_tabs
from sheets_sync.backends.excel.cell_values import Meanings, meanings, wanted_strings
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book, Sheet, relationships
from sheets_sync.backends.excel.sheet_cells import SheetRows
from sheets_sync.backends.excel.stored_cells import XmlLink, XmlRow, cells_of
from sheets_sync.model import Grid, GridCell, OwnTab, TabPeek
from sheets_sync.problems import BackendError

MAX_OWN_TAB = 1 << 30
_MOST_LINKED = 200_000
"""Cells a tab's hyperlinks may cover together: a link on whole columns is not one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSheets:
    """What our tabs hold. ``sheets``: where each of them is, the memory's included."""

    grids: Mapping[OwnTab, Grid]
    memory: str | None
    sheets: Mapping[OwnTab, Sheet]


def read_own(package: Package, book: Book, peeks: Sequence[tuple[Sheet, TabPeek]]) -> OwnSheets:
    """All of our tabs, cell by cell. BackendError ``damaged``, ``too_large``."""
    sheets = own_tabs.find_own(peeks)
    read = {own: _rows(package, sheet) for own, sheet in sheets.items()}
    if not read:
        return OwnSheets(grids={}, memory=None, sheets={})
    wanted = wanted_strings(cell for rows, _ in read.values() for row in rows for cell in row.cells)
    known = meanings(package, book, wanted)
    grids: dict[OwnTab, Grid] = {
        own: Grid(
            own=own, title=sheets[own].title, rows=_cells(rows, known, _targets(package, sheets[own], links)),
            hidden=frozenset(row.number for row in rows if row.hidden),
        )
        for own, (rows, links) in read.items()
        if own is not OwnTab.SYNC
    }  # fmt: skip
    memory = _memory(read[OwnTab.SYNC][0], known) if OwnTab.SYNC in read else None
    return OwnSheets(grids=grids, memory=memory, sheets=sheets)


def _rows(package: Package, sheet: Sheet) -> tuple[list[XmlRow], list[XmlLink]]:
    member = package.find(sheet.part or "")
    if member is None:
        return [], []
    if member.size > MAX_OWN_TAB:
        raise BackendError("too_large")
    sheet_rows = SheetRows(package.stream(member))
    return list(sheet_rows), sheet_rows.links


def _targets(package: Package, sheet: Sheet, links: Sequence[XmlLink]) -> dict[tuple[int, int], str]:
    """(row, position) → where its link leads: a URL, ``#'Tab'!A5``, or a URL with a place in it."""
    if not links:
        return {}
    by_id = {r.id: r.target for r in relationships(package, sheet.part or "")}
    found: dict[tuple[int, int], str] = {}
    for link in links:
        target = by_id.get(link.relation, "") + (f"#{link.location}" if link.location else "")
        rows, positions = cells_of(link.ref)
        if target and len(found) + len(rows) * len(positions) <= _MOST_LINKED:
            found.update({(row, position): target for row in rows for position in positions})
    return found


def _cells(
    rows: Sequence[XmlRow], known: Meanings, targets: Mapping[tuple[int, int], str]
) -> dict[int, dict[int, GridCell]]:
    masters: dict[str, str] = {}
    found: dict[int, dict[int, GridCell]] = {}
    for row in rows:
        cells: dict[int, GridCell] = {}
        for cell in row.cells:
            value, formula = known.value(cell), cell.formula
            if cell.shared is not None:  # followers repeat the text of the first: enough to know it for a formula
                formula = masters.setdefault(cell.shared, formula or "")
            if value is not None or formula is not None:
                cells[cell.position] = GridCell(
                    value=value, formula=formula, link=targets.get((row.number, cell.position))
                )
        if cells:
            found[row.number] = cells
    for (number, position), target in targets.items():
        cells = found.setdefault(number, {})
        if position not in cells:
            cells[position] = GridCell(link=target)
    return dict(sorted(found.items()))


def _memory(rows: Sequence[XmlRow], known: Meanings) -> str | None:
    """The text below the marker, its pieces joined; None where there is none."""
    pieces = [known.value(cell) for row in rows for cell in row.cells if cell.position == 0]
    return own_tabs.joined_memory(pieces)

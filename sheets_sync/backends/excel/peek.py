"""The first rows of every tab, without reading the tabs: enough to recognise them and to find our marker."""

from __future__ import annotations

from sheets_sync.backends.excel.cell_values import shared, wanted_strings
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book, Sheet
from sheets_sync.backends.excel.sheet_cells import SheetRows
from sheets_sync.backends.excel.stored_cells import XmlCell, XmlRow, unescaped
from sheets_sync.backends.own_tabs import PEEK_ROWS, marker_of
from sheets_sync.model import TabPeek

_MOST = 256 << 20
"""Twenty rows of 16,384 cells of 32,767 characters would be more; no such header exists."""


def peek(package: Package, book: Book) -> tuple[tuple[Sheet, TabPeek], ...]:
    """The worksheets that can hold cells, in order, with their first 20 rows as text.

    Numbers and dates are as stored, truth values ``TRUE`` / ``FALSE``, formulas their cached values. Chart, dialog
    and macro sheets are left out. BackendError ``damaged``, ``xml_entities``, ``zip_bomb``.
    """
    rows = [(sheet, _first_rows(package, sheet)) for sheet in book.sheets if sheet.kind == "worksheet" and sheet.part]
    wanted = wanted_strings(cell for _, found in rows for row in found for cell in row.cells)
    strings = shared(package, book, wanted)
    return tuple((sheet, _peek(sheet, found, strings)) for sheet, found in rows)


def _first_rows(package: Package, sheet: Sheet) -> list[XmlRow]:
    member = package.find(sheet.part or "")
    if member is None:
        return []
    limit = None if member.size <= _MOST else _MOST
    return list(SheetRows(package.stream(member, limit), last_row=PEEK_ROWS))


def _peek(sheet: Sheet, rows: list[XmlRow], strings: dict[int, str]) -> TabPeek:
    texts: dict[int, tuple[str | None, ...]] = {}
    for row in rows:
        found = {cell.position: _text(cell, strings) for cell in row.cells}
        last = max((position for position, text in found.items() if text is not None), default=-1)
        if last >= 0:
            texts[row.number] = tuple(found.get(position) for position in range(last + 1))
    return TabPeek(title=sheet.title, hidden=sheet.hidden, rows=texts, marker=marker_of(texts))


def _text(cell: XmlCell, strings: dict[int, str]) -> str | None:
    if cell.kind == "inlineStr":
        return cell.text or None
    if cell.raw is None or not cell.raw:
        return None
    if cell.kind == "s":
        return strings.get(int(cell.raw)) or None if cell.raw.strip().isdigit() else None
    if cell.kind == "b":
        return "TRUE" if cell.raw.strip() in ("1", "true") else "FALSE"
    return unescaped(cell.raw)

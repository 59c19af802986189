"""What people do to a workbook in Excel, done to the file: rows and columns move with their links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import openpyxl

from sheets_sync.model import Value

Cells = Mapping[int, tuple[Value, Any, Any]]
"""Position (0-based) → value, style, link."""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The workbook, saved at the end with every link at the cell it belongs to (openpyxl moves cells, not links)."""
    book: Any = openpyxl.load_workbook(path)
    yield book
    for sheet in book.worksheets:
        linked = [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None]
        for cell in linked:
            cell.hyperlink.ref = cell.coordinate
        sheet._hyperlinks = [cell.hyperlink for cell in linked]
    book.save(path)


def put(sheet: Any, row: int, position: int, value: Value) -> None:
    """Type into a cell; text stays text."""
    cell = sheet.cell(row, position + 1)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def fill(sheet: Any, rows: Sequence[Sequence[Value]]) -> None:
    """The tab's cells from A1 on, nothing else in it."""
    sheet.delete_rows(1, sheet.max_row)
    for number, row in enumerate(rows, start=1):
        for position, value in enumerate(row):
            if value is not None:
                put(sheet, number, position, value)


def sort(sheet: Any, rows: Sequence[int], order: Sequence[int], columns: range) -> None:
    """The cells of ``columns`` in ``rows[i]`` become those that stood in ``order[i]``."""
    before = {row: _cells(sheet, row, columns) for row in rows}
    for row, source in zip(rows, order, strict=True):
        _set(sheet, row, before[source])


def copy_below(sheet: Any, row: int) -> None:
    """Copy a whole row and insert it below."""
    cells = _cells(sheet, row, range(sheet.max_column))
    sheet.insert_rows(row + 1)
    _set(sheet, row + 1, cells)


def texts(path: Path) -> list[str]:
    """Every text in every tab."""
    book = openpyxl.load_workbook(path)
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def _cells(sheet: Any, row: int, columns: range) -> Cells:
    cells = ((position, sheet.cell(row, position + 1)) for position in columns)
    return {position: (cell.value, copy(cell._style), cell.hyperlink) for position, cell in cells}


def _set(sheet: Any, row: int, cells: Cells) -> None:
    for position, (value, style, link) in cells.items():
        cell = sheet.cell(row, position + 1)
        cell.value, cell._style, cell._hyperlink = value, copy(style), copy(link)

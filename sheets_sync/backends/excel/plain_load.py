"""A source tab read cell by cell from its XML: for the sheets that fastexcel declines or would read wrongly.

About ten times slower, never larger in memory than the recognised columns.
"""

from __future__ import annotations

from sheets_sync.backends.excel.cell_values import meanings, wanted_strings
from sheets_sync.backends.excel.package import Member, Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.backends.excel.sheet_cells import SheetRows
from sheets_sync.backends.excel.stored_cells import XmlCell
from sheets_sync.backends.value_columns import raw_tab
from sheets_sync.model import CellFault, RawTab, TabLayout, Value

NO_DATE = "#####"
"""What Excel shows for a number that is no date."""


def load(package: Package, book: Book, member: Member, layout: TabLayout) -> RawTab:
    """The tab without fingerprint. BackendError ``damaged``, ``xml_entities``, ``zip_bomb``."""
    keys = {column.position: column.key for column in layout.columns}
    cells: dict[str, list[tuple[int, XmlCell]]] = {column.key: [] for column in layout.columns}
    for row in SheetRows(package.stream(member)):
        if row.number > layout.header_row:
            for cell in row.cells:
                if cell.position in keys:
                    cells[keys[cell.position]].append((row.number, cell))
    known = meanings(package, book, wanted_strings(cell for found in cells.values() for _, cell in found))
    faults: list[CellFault] = []
    values: dict[str, dict[int, Value]] = {}
    for key, found in cells.items():
        column: dict[int, Value] = {}
        for number, cell in sorted(found, key=lambda entry: entry[0]):
            value = known.value(cell)
            if cell.kind == "e":
                faults.append(CellFault(row=number, key=key, code=str(value or "#N/A")))
            elif value is None and cell.formula is not None and cell.kind != "str":
                faults.append(CellFault(row=number, key=key, code="uncached"))
            elif cell.kind == "n" and cell.style in known.dates and isinstance(value, (int, float)):
                faults.append(CellFault(row=number, key=key, code=NO_DATE))
            elif value is not None and not (isinstance(value, str) and not value.strip()):
                column[number] = value
        values[key] = column
        found.clear()
    order = {key: place for place, key in enumerate(cells)}
    faults.sort(key=lambda fault: (fault.row, order[fault.key]))
    return raw_tab(layout, values, faults)

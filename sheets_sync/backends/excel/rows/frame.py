"""The rows above ours and the key column: put right where a person deleted or broke them.

Row 1 (hidden) holds the marker and the column keys, then the title row, a narrow empty one, and the headers. Headers
that people see are theirs to rename; only a missing one is written.
"""

from __future__ import annotations

from collections.abc import Callable

from sheets_sync.backends.excel.rows.writing import NewRow, Write, Writing
from sheets_sync.backends.excel.sheet_parts import Look
from sheets_sync.model import MARKER, Kind, Value
from sheets_sync.style import GAP_HEIGHT, HEAD_HEIGHT, TITLE_HEIGHT
from sheets_sync.tables.schema import OWN
from sheets_sync.tables.task_rows import key_cells

Read = Callable[[int], dict[int, Value]]
"""An old row's values by position; blank cells are absent."""


def mend(made: Writing, look: Look, read: Read, *, free: int) -> int:
    """Write heading, marker, keys and missing headers; the old row that new rows "below the header" come after.

    ``free``: the first position without any cell, for a key column that has to come back.
    """
    found = made.found
    if made.lacks_key:
        made.positions["key"] = made.new_column = free
        name = look.header("key")
        for table in made.tables:
            if table.heads(found.header_row) and table.area.right == free - 1:
                name = table.add_column(free, name)
        if found.header_row is not None:
            made.put(found.header_row, free, Write(name, look.header_style("key")))
    key_row = found.key_row
    if made.mending:
        names = key_cells(found, made.new_column)
        writes = {position: Write(text, look.key_style) for position, text in names.items()}
        if key_row is None:
            made.bear(0, NewRow(cells=writes, role="keys", hidden=True))
        else:
            _keys(made, read, key_row, writes)
        for row in found.rows:
            if row.key is not None and row.row not in made.gone:
                made.put(row.row, made.positions["key"], Write(row.key, look.style("key", Kind.TEXT, None)))
    title_row = _title(made, look, key_row or 0)
    return _header(made, look, read, after=max(key_row or 0, title_row or 0))


def _keys(made: Writing, read: Read, row: int, writes: dict[int, Write]) -> None:
    keys = {c.key for c in OWN[made.plan.own].columns}
    for position, value in read(row).items():
        if position not in writes and (value in keys or str(value).startswith(MARKER)):
            made.put(row, position, Write(None))
    for position, write in writes.items():
        made.put(row, position, write)


def _title(made: Writing, look: Look, key_row: int) -> int | None:
    """The heading into its cell, wherever a person moved that; a title row or the gap below it that is gone is born
    again. Without the gap, Excel's sorting and tables would take the title for the header."""
    found, row = made.found, made.found.title_row
    if made.plan.heading is None:
        return row
    write = Write(made.plan.heading, look.title_style)
    if row is None:
        made.bear(key_row, NewRow(cells={found.heading_position: write}, role="title", height=TITLE_HEIGHT))
    else:
        made.put(row, found.heading_position, write)
        if not found.heading:
            made.heights[row] = TITLE_HEIGHT
    if found.header_row == (row or key_row) + 1:
        made.bear(row or key_row, NewRow(cells={}, role="blank", height=GAP_HEIGHT))
    return row


def _header(made: Writing, look: Look, read: Read, *, after: int) -> int:
    """Headers that are missing; the old row that new rows come after."""
    found = made.found
    row = found.header_row
    if row is None:
        ours = [r.row for r in found.rows if r.key is not None]
        if ours:
            after = max(min(ours) - 1, after)
        elif not read(after + 1):
            after += 1
        cells = {p: Write(look.header(key), look.header_style(key)) for key, p in made.positions.items()}
        made.bear(after, NewRow(cells=cells, role="header", height=HEAD_HEIGHT))
        return after
    if made.mending:
        present = read(row)
        for key, position in made.positions.items():
            if position not in present and position not in made.cells.get(row, {}):
                made.put(row, position, Write(look.header(key), look.header_style(key)))
    return row

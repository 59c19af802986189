"""One of our own tabs as people left it: which column is which, which row is whose. Nothing here is an exception:
what is missing around the rows is said (``repair``), a row that repeats a key is a copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sheets_sync.model import (
    LAYOUT_VERSION,
    MARKER,
    OWN_COLUMN,
    FoundTab,
    Grid,
    GridCell,
    OwnColumn,
    Owner,
    Remark,
    TaskRow,
    Value,
)
from sheets_sync.tables import own_frame
from sheets_sync.tables.own_frame import plain
from sheets_sync.tables.schema import OWN


def interpret(grid: Grid) -> FoundTab:
    """What is what in one of our tabs. Rows keep the tab's order; blank rows are left out."""
    schema_keys = OWN[grid.own].keys()
    key_row = own_frame.find_key_row(grid, schema_keys)
    keys = own_frame.key_positions(grid, key_row, schema_keys) if key_row is not None else {}
    header_row = own_frame.find_header_row(grid, key_row, keys)
    columns, guessed = own_frame.find_columns(grid, key_row, header_row, keys)
    title_row, heading, heading_position = own_frame.find_heading(grid, key_row, header_row)
    by_key = {c.key: c.position for c in columns if c.key}
    version = own_frame.read_version(grid, key_row)
    rows = tuple(_rows(grid, columns, own_frame.first_data_row(grid, key_row, title_row, header_row, by_key)))
    whole = None not in (key_row, title_row, header_row, version) and "key" in by_key
    return FoundTab(
        own=grid.own,
        title=grid.title,
        key_row=key_row,
        header_row=header_row,
        title_row=title_row,
        heading=heading,
        heading_position=heading_position,
        columns=columns if by_key else (),
        rows=rows if by_key else (),
        layout_version=version or LAYOUT_VERSION,
        repair=bool(by_key) and (not whole or guessed),
        formulas=frozenset(p for row in rows for p, cell in grid.rows[row.row].items() if cell.formula),
        comments_stay=grid.comments_stay,
    )


def key_cells(found: FoundTab, key_at: int | None = None) -> dict[int, str]:
    """What the key row of ``found`` has to hold, by position: each known column's key, and the marker, which stands
    for the schema's first column; where people deleted that, it stands to the right of all columns.

    ``key_at``: where a key column that was deleted comes back.
    """
    known = {c.position: c.key for c in found.columns if c.key}
    if key_at is not None:
        known[key_at] = "key"
    first = OWN[found.own].columns[0].key
    beside = max([*known, *(c.position for c in found.columns)], default=-1) + 1
    marked = next((p for p, key in known.items() if key == first), beside)
    return {**known, marked: f"{MARKER}{found.own.value}:{LAYOUT_VERSION}"}


def _value(cell: GridCell) -> Value:
    value = plain(cell.value)
    return f"={cell.formula}" if value is None and cell.formula else value


def _rows(grid: Grid, columns: tuple[OwnColumn, ...], first_row: int) -> Iterator[TaskRow]:
    owners = {c.key: c.owner for c in OWN[grid.own].columns}
    by_position = {c.position: c for c in columns}
    theirs = frozenset(c.position for c in columns if c.key is None or owners[c.key] is Owner.PERSON)
    remarked = _rows_with_remarks(grid, theirs)
    seen: set[str] = set()
    for row in sorted(grid.rows):
        if row < first_row:
            continue
        machine: dict[str, Value] = {}
        people: dict[str, Value] = {}
        own: dict[str, Value] = {}
        links: dict[str, str] = {}
        key: str | None = None
        for position, cell in grid.rows[row].items():
            column, value = by_position.get(position), _value(cell)
            if column is None or (value is None and not cell.link):
                continue
            if column.key is None:
                own[column.header] = value
            elif column.key == "key":
                key = str(value).strip() if value is not None else None
            elif owners[column.key] is Owner.PERSON:
                people[column.key] = value
            else:
                machine[column.key] = value
                if cell.link:
                    links[column.key] = cell.link
        if key is None and not (machine or people or own):
            continue
        copied = key if key in seen else None
        if key is not None:
            seen.add(key)
        yield TaskRow(
            row=row, key=None if copied else key, machine=machine, people=people, own=own, links=links,
            hidden=row in grid.hidden, copy_of=copied,
            remarks=tuple(_remarks(grid, row, by_position, theirs)) if row in remarked else (),
        )  # fmt: skip


def _rows_with_remarks(grid: Grid, theirs: frozenset[int]) -> frozenset[int]:
    """Rows with a comment, or with a link in a column of people's: few of many, so the rest is passed over."""
    linked = (row for row, cells in grid.rows.items() if any(p in cells and cells[p].link for p in theirs))
    return frozenset((*grid.comments, *linked))


def _remarks(grid: Grid, row: int, columns: Mapping[int, OwnColumn], theirs: frozenset[int]) -> Iterator[Remark]:
    comments, cells = grid.comments.get(row, {}), grid.rows[row]
    for position in sorted({*comments, *cells}):
        column = columns.get(position)
        name = column.key if column and column.key else OWN_COLUMN + (column.header if column else f"#{position + 1}")
        if position in comments:
            yield Remark(column=name, text=comments[position])
        cell = cells.get(position)
        if cell is not None and cell.link and position in theirs:
            yield Remark(column=name, text=cell.link, link=True)

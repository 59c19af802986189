"""The frame around the rows of one of our tabs: key row, title, header, and which column is which.

The key row is found by its marker, which stands for the schema's first column; a column without its key there is known
by its header in any language, the key column also by its content. Never by position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time

from sheets_sync import locale
from sheets_sync.model import MARKER, Grid, GridCell, OwnColumn, Owner, OwnTab, Value
from sheets_sync.tables.schema import OWN, TASK_TABS

SEARCHED_ROWS = 20
"""How far down the key row and the header are looked for."""
ENOUGH_HEADERS = 3
"""A row with so many headers of ours is the header: a data row may hold one such word, hardly three."""
HEADER_BELOW_KEYS = 3

_KEY_SHAPE: Mapping[OwnTab, re.Pattern[str]] = {
    OwnTab.QUESTIONS: re.compile(r"[a-z][a-z_]*(\|.*)?", re.DOTALL),
    OwnTab.SETTINGS: re.compile(r"[a-z][a-z_]*(\.[A-Za-z_-]+)*"),
}
_TASK_KEY = re.compile(r"[a-z][a-z_]*:.+:.+", re.DOTALL)


def plain(value: Value) -> Value:
    """A cell's value in one form: blanks are None, whole floats are ints, a midnight is its date.

    The same cell read twice, or by another backend, is then one value.
    """
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    return value


def is_key(own: OwnTab, text: str) -> bool:
    """True where ``text`` has the shape of a key of that tab."""
    return _KEY_SHAPE.get(own, _TASK_KEY).fullmatch(text) is not None


# ── rows around the rows ────────────────────────────────────────────────────


def words(cell: GridCell | None) -> str:
    """A cell's text without space around it; '' for anything that is no text."""
    return cell.value.strip() if cell is not None and isinstance(cell.value, str) else ""


def _marker_position(grid: Grid, row: int) -> int | None:
    return next((p for p, cell in sorted(grid.rows.get(row, {}).items()) if words(cell).startswith(MARKER)), None)


def find_key_row(grid: Grid, schema_keys: tuple[str, ...]) -> int | None:
    """The row of the column keys; None where a person deleted it."""
    searched = [row for row in sorted(grid.rows) if row <= SEARCHED_ROWS]
    for row in searched:
        if _marker_position(grid, row) is not None:
            return row
    for row in searched:  # the first column is gone and the marker with it
        if len({words(cell) for cell in grid.rows[row].values()} & set(schema_keys)) >= ENOUGH_HEADERS:
            return row
    return None


def read_version(grid: Grid, key_row: int | None) -> int | None:
    """The layout version that the marker names; None without one."""
    position = _marker_position(grid, key_row) if key_row is not None else None
    if key_row is None or position is None:
        return None
    version = words(grid.rows[key_row][position]).rpartition(":")[2]
    return int(version) if version.isdecimal() else 0


def key_positions(grid: Grid, key_row: int, schema_keys: tuple[str, ...]) -> dict[int, str]:
    """Position → key as the key row says; of two columns with one key the left one has it, the other is a copy."""
    found: dict[int, str] = {}
    for position, cell in sorted(grid.rows[key_row].items()):
        key = words(cell)
        if key in schema_keys and key not in found.values():
            found[position] = key
    return found


def find_header_row(grid: Grid, key_row: int | None, keys: Mapping[int, str]) -> int | None:
    """The row that says in words what the columns are; ``keys``: what the key row says. None where it is gone."""
    below = key_row or 0
    near = [row for row in sorted(grid.rows) if below < row <= below + SEARCHED_ROWS]
    index, schema = locale.own_header_index(grid.own), set(OWN[grid.own].keys())

    def score(row: int) -> int:
        named = {p: index.get(locale.fold(words(cell))) for p, cell in grid.rows[row].items() if words(cell)}
        if keys:
            return sum(key is not None and keys.get(p) == key for p, key in named.items())
        return len({key for key in named.values() if key in schema})

    scores = {row: score(row) for row in near}
    best = max(near, key=lambda row: (scores[row], -row), default=None)
    if best is not None and scores[best] >= ENOUGH_HEADERS:
        return best
    usual = below + HEADER_BELOW_KEYS
    if key_row is None or usual not in grid.rows:
        return None
    # all headers renamed: the usual place, if it looks like a header
    cells = grid.rows[usual]
    key_position = next((p for p, key in keys.items() if key == "key"), None)
    looks = sum(bool(words(cells.get(p))) for p in keys) >= ENOUGH_HEADERS
    return usual if looks and (key_position is None or not _is_task_row(grid, usual, key_position)) else None


def _is_task_row(grid: Grid, row: int, key_position: int) -> bool:
    text = words(grid.rows[row].get(key_position))
    return bool(text) and is_key(grid.own, text) and locale.own_header_index(grid.own).get(locale.fold(text)) != "key"


def find_heading(grid: Grid, key_row: int | None, header_row: int | None) -> tuple[int | None, str, int]:
    """Title row, its heading and where that stands. The row may be there and its heading gone (then '').

    A heading stands below the marker or begins with a title of ours; any other text up there is a person's.
    """
    top = (key_row or 0) + 1
    end = header_row if header_row is not None else top + HEADER_BELOW_KEYS - 1
    marked = (_marker_position(grid, key_row) if key_row is not None else None) or 0
    titles = tuple(locale.load(language).title(grid.own) for language in locale.LANGUAGES)
    for row in range(top, end):
        for position, cell in sorted(grid.rows.get(row, {}).items()):
            if words(cell) and (position == marked or words(cell).startswith((*titles, grid.title))):
                return row, words(cell), position
    beside = header_row is not None and marked not in grid.rows.get(header_row, {})
    return (top if header_row is not None and header_row > top else None), "", 0 if beside else marked


def first_data_row(
    grid: Grid, key_row: int | None, title_row: int | None, header_row: int | None, by_key: Mapping[str, int]
) -> int:
    """The first row that may be a task's or a person's."""
    if header_row is not None:
        return header_row + 1
    above = max(key_row or 0, title_row or 0)
    position = by_key.get("key")
    with_keys = (r for r in sorted(grid.rows) if position is not None and _is_task_row(grid, r, position))
    return min(above + 1, next(with_keys, above + 1)) if above else next(with_keys, 1)


# ── columns ─────────────────────────────────────────────────────────────────


def find_columns(
    grid: Grid, key_row: int | None, header_row: int | None, keys: Mapping[int, str]
) -> tuple[tuple[OwnColumn, ...], bool]:
    """The columns, left to right, and whether one had to be told otherwise than by the key row.

    While the key row is by and large there, a header alone makes no column the worker's: it may be a person's own
    that is called like a machine column they once deleted, and what they wrote there must not be overwritten.
    """
    schema = OWN[grid.own]
    header = grid.rows.get(header_row, {}) if header_row is not None else {}
    known = dict(keys)
    marked = _marker_position(grid, key_row) if key_row is not None else None
    named = _by_header(grid, header, known)
    guessed = False
    for key, position in named.items():
        if position == marked:
            known[position] = key
        elif len(keys) * 2 < len(schema.columns) or schema.owner(key) is not Owner.MACHINE:
            known[position] = key
            guessed = True
    first = schema.columns[0].key
    taken = first in known.values()
    if marked is not None and marked not in known and not taken and _may_be(grid, marked, header_row, first):
        known[marked] = first
    if "key" not in known.values() and header_row is not None:
        content = _key_column(grid, header_row, known)
        if content is not None:
            known[content] = "key"
            guessed = True
    return tuple(_own_columns(grid, header, header_row, known)), guessed


def _by_header(grid: Grid, header: Mapping[int, GridCell], known: Mapping[int, str]) -> dict[str, int]:
    """Key → position of columns that only their header names. Where two columns have one header, ours is the one
    that stands in line with the other columns of the schema.
    """
    index, order = locale.own_header_index(grid.own), OWN[grid.own].keys()
    found: dict[str, list[int]] = {}
    for position, cell in sorted(header.items()):
        key = index.get(locale.fold(words(cell))) if words(cell) else None
        if key in order and key not in known.values() and position not in known:
            found.setdefault(key, []).append(position)
    places = [(p, key) for p, key in known.items()] + [(ps[0], key) for key, ps in found.items() if len(ps) == 1]
    shifts = [p - order.index(key) for p, key in places]
    usual = max(shifts, key=shifts.count, default=0)
    return {key: min(ps, key=lambda p, k=key: abs(p - order.index(k) - usual)) for key, ps in found.items()}  # type: ignore[misc]


def _may_be(grid: Grid, position: int, header_row: int | None, first: str) -> bool:
    """Whether the column below the marker is the schema's first: its header was renamed, or it is another by now, or
    there is none (the marker of a tab whose first column people deleted stands beside all columns).
    """
    cells = (grid.rows[row].get(position) for row in grid.rows if header_row is None or row > header_row)
    texts = [words(cell) for cell in cells if cell is not None]
    if header_row is not None and not texts and grid.rows[header_row].get(position) is None:
        return False
    if first != "status":
        return True
    statuses = locale.status_index()
    heads = (part for text in texts for part in (text, text.partition("·")[0]))
    return not texts or any(locale.fold(head) in statuses for head in heads)


def _key_column(grid: Grid, header_row: int, known: Mapping[int, str]) -> int | None:
    """The column whose cells are keys, found by its content."""
    if grid.own not in (*TASK_TABS, OwnTab.UPCOMING, OwnTab.HISTORY):
        return None
    hits: dict[int, int] = {}
    for row, cells in grid.rows.items():
        for position, cell in cells.items():
            if row > header_row and position not in known and _TASK_KEY.fullmatch(words(cell)):
                hits[position] = hits.get(position, 0) + 1
    return max(hits, key=lambda p: (hits[p], -p), default=None)


def _own_columns(
    grid: Grid, header: Mapping[int, GridCell], header_row: int | None, known: Mapping[int, str]
) -> Iterator[OwnColumn]:
    """Known columns and people's own; headers of people's own columns are made distinct. Without a header row the
    tasks' rows say what there is."""
    used = set(known) | set(header)
    key = next((p for p, name in known.items() if name == "key"), None)
    if header_row is not None:
        below = [row for row in grid.rows if row > header_row]
    else:
        below = [row for row in grid.rows if key is not None and _is_task_row(grid, row, key)]
    used.update(position for row in below for position in grid.rows[row])
    names: set[str] = set()
    for position in sorted(used):
        text = words(header.get(position)) or _shown(header.get(position))
        if position not in known:
            text = text or f"#{position + 1}"
            name, n = text, 1
            while name in names:
                n += 1
                name = f"{text} ({n})"
            names.add(name)
            text = name
        yield OwnColumn(key=known.get(position), header=text, position=position)


def _shown(cell: GridCell | None) -> str:
    return "" if cell is None or plain(cell.value) is None else str(plain(cell.value))

"""What a tab was before a batch, where the copy of it cannot be believed: from what there is now and what was known.

Only what the batch took away or wrote over has to come from what was known, by its key. A row that nobody can account
for comes back rather than being lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheets_sync.backends.google.changes import Cells, Changes, Image, Ink, replay
from sheets_sync.backends.google.conflict import raw_of
from sheets_sync.backends.google.following import columns_moved, content


def worked_out(after: Image, course: Sequence[Changes], known: Image, key: int | None) -> list[Cells]:
    """The rows before ``course``. ``known``: what they were last known to be; ``key``: the key column's position."""
    stages: list[Image] = [known]
    for changes in course:
        stages.append(replay(stages[-1], changes))
    rows = list(after)
    for changes, stage in zip(reversed(course), reversed(stages[:-1]), strict=True):
        rows = _before(rows, changes, stage, key)
    return rows


def _before(after: Image, changes: Changes, known: Image, key: int | None) -> list[Cells]:
    columns = columns_moved(known, after)
    was = [{columns[p]: ink for p, ink in cells.items() if p in columns} for cells in known]
    at_key = None if key is None else columns.get(key, key)
    by_key = {identity: cells for cells in was if (identity := _key(cells, at_key)) is not None}
    rows: list[Cells | int] = []  # a number: of a row that was taken away
    at = 0
    for number in range(max([*changes.puts, *changes.cut, *changes.born, 0]) + 1):
        if number in changes.cut:
            rows.append(number)
        elif number:
            cells = after[at] if at < len(after) else {}
            at += 1
            if number in changes.puts:
                here = was[number - 1] if number <= len(was) else {}
                earlier = by_key.get(_key(cells, at_key), here if _key(cells, at_key) is None else {})
                cells = _rewritten(cells, changes.puts[number], earlier)
            rows.append(cells)
        at += len(changes.born.get(number, ()))
    rows += after[at:]
    there = {_identity(cells, at_key) for cells in rows if not isinstance(cells, int)}
    gone = {n: cells for n, cells in enumerate(was, 1) if cells and _identity(cells, at_key) not in there}
    home = {number: gone.pop(number, None) for number in changes.cut}
    others = iter(gone.values())
    filled = [(home[row] or next(others, {})) if isinstance(row, int) else row for row in rows]
    return [*filled, *others]


def _rewritten(cells: Cells, puts: Mapping[int, Ink], earlier: Cells) -> Cells:
    """A row with what stood in the cells that were written."""
    return {p: ink for p, ink in {**cells, **{p: earlier.get(p, Ink()) for p in puts}}.items() if not ink.blank}


def _key(cells: Cells, at_key: int | None) -> object:
    return None if at_key is None else raw_of(cells, at_key)


def _identity(cells: Cells, at_key: int | None) -> object:
    """A row's key; of a row without one, all of it."""
    key = _key(cells, at_key)
    return content(cells) if key is None else key

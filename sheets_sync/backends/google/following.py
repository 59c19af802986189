"""Changes that follow the rows and columns they were meant for, which people moved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheets_sync.backends.google.changes import Cells, Changes, Image, Ink, replay
from sheets_sync.backends.google.conflict import alike, raw_of, shown

_HEAD_ROWS = 4
"""Keys, title, nothing, headers: what tells columns apart."""


@dataclass(slots=True, kw_only=True)
class Followed:
    """``course``: the same changes for rows that moved, were changed or came and went meanwhile; ``spared``: rows that
    it does not take away any more, since people wrote into them."""

    course: list[Changes] = field(default_factory=list)
    spared: list[Cells] = field(default_factory=list)


def followed(course: Sequence[Changes], before: Image, now: Image, key: int | None) -> Followed:
    """The course as it must go on ``now`` where it was meant for ``before``. ``key``: the key column in ``before``."""
    done = Followed()
    for changes in course:
        one = _followed(changes, before, now, key, done.spared)
        done.course.append(one)
        before, now = replay(before, changes), replay(now, one)
    return done


def _followed(changes: Changes, before: Image, now: Image, key: int | None, spared: list[Cells]) -> Changes:
    columns = columns_moved(before, now)
    where = _rows_moved(before, now, columns, key)

    def moved(cells: Cells) -> dict[int, Ink]:
        return {columns.get(position, position): ink for position, ink in cells.items()}

    new = Changes()
    for row, cells in changes.puts.items():
        if row in where:
            new.puts[where[row]] = moved(cells)
    for row in changes.cut & where.keys():
        there = now[where[row] - 1]
        if alike(moved(before[row - 1]) if row <= len(before) else {}, there):
            new.cut.add(where[row])
        else:
            spared.append(there)
    for after, born in changes.born.items():
        above = next((where[r] for r in range(after, 0, -1) if r in where), 0)
        new.born.setdefault(above, []).extend(replace(one, cells=moved(one.cells)) for one in born)
    return new


def columns_moved(before: Image, now: Image) -> dict[int, int]:
    """Old position → new one, by what stands in the first rows (keys, headers); else where they stood."""
    old, new = _heads(before), _heads(now)
    places: dict[tuple[object, ...], list[int]] = {}
    for position in sorted(new, reverse=True):
        places.setdefault(new[position], []).append(position)
    where = {position: free.pop() for position in sorted(old) if (free := places.get(old[position]))}
    taken = set(where.values())
    return where | {p: p for p in old if p not in where and p not in taken}


def _heads(image: Image) -> dict[int, tuple[object, ...]]:
    positions = {p for cells in image for p in cells}
    return {p: tuple(raw_of(cells, p) for cells in image[:_HEAD_ROWS]) for p in positions}


def _rows_moved(before: Image, now: Image, columns: Mapping[int, int], key: int | None) -> Mapping[int, int]:
    """Old row number → new one: by content, else by key (moved and written into), else where it stands."""
    compared = set(columns.values())
    places: dict[object, list[int]] = {}
    for number in range(len(now), 0, -1):
        places.setdefault(content({p: i for p, i in now[number - 1].items() if p in compared}), []).append(number)
    where: dict[int, int] = {}
    for number, cells in enumerate(before, 1):
        free = places.get(content({columns[p]: ink for p, ink in cells.items() if p in columns}))
        if free:
            where[number] = free.pop()
    if key is not None and key in columns:
        where |= _found_by_key(before, now, (key, columns[key]), where)
    taken = set(where.values())
    for number in range(1, len(before) + 1):
        if number not in where and number not in taken and number <= len(now):
            where[number] = number
    return where


def _found_by_key(before: Image, now: Image, key: tuple[int, int], where: Mapping[int, int]) -> dict[int, int]:
    """The rows not yet found whose key stands in one row only that is not found either. ``key``: then and now."""
    then, at = key
    taken = set(where.values())
    places: dict[object, list[int]] = {}
    for number, cells in enumerate(now, 1):
        if number not in taken:
            places.setdefault(raw_of(cells, at), []).append(number)
    found: dict[int, int] = {}
    for number, cells in enumerate(before, 1):
        if number not in where and (name := raw_of(cells, then)) is not None and len(places.get(name, ())) == 1:
            found[number] = places.pop(name)[0]
    return found


def content(cells: Cells) -> frozenset[tuple[int, object]]:
    """What a row shows, to look it up by."""
    return frozenset(shown(cells, set()).items())


def completed(met: Image, read: Image) -> list[Cells]:
    """The rows that a write met, with the links and formulas that a copy of values does not show: those that were
    read in cells of the same value, in the row of the same content, else of the same place."""
    known: dict[object, Cells] = {}
    for cells in read:
        known.setdefault(content(cells), cells)
    return [
        _with_more(cells, known.get(content(cells)) or (read[number] if number < len(read) else {}))
        for number, cells in enumerate(met)
    ]


def _with_more(cells: Cells, read: Cells) -> Cells:
    return {p: read[p] if p in read and raw_of(read, p) == raw_of(cells, p) else ink for p, ink in cells.items()}

"""Whether a write hit what it was meant for: what was read compared with what the write met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheets_sync.backends.google.cells import raw
from sheets_sync.backends.google.changes import Cells, Changes, Image, Ink, NewRow, replay
from sheets_sync.model import FoundTab, Owner
from sheets_sync.tables.schema import OWN

_HEAD_ROWS = 4


class Meant:
    """What a write of one tab rests on. ``read``: the rows as read."""

    def __init__(self, read: Image, found: FoundTab, changes: Changes) -> None:
        """``found``: what the tab was interpreted as."""
        self._read, self._changes = read, changes
        self._key = next((c.position for c in found.columns if c.key == "key"), None)
        self._frame = found.header_row or max(found.key_row or 0, found.title_row or 0)
        self._key_row = found.key_row
        machine = OWN[found.own].keys(Owner.MACHINE)
        self._machine = {c.position for c in found.columns if c.key in machine}

    def missed(self, met: Image) -> bool:
        """True where a row moved that the write went to, or people wrote something that it took away."""
        changes, row = self._changes, self._row
        if self._key_row and not alike(row(self._read, self._key_row), row(met, self._key_row)):
            return True  # columns moved, came or went
        if any(not self._same_key(met, number) for number in (*changes.puts, *changes.born, *changes.cut) if number):
            return True
        if any(not alike(row(self._read, number), row(met, number)) for number in changes.cut):
            return True
        return any(
            _raw(row(self._read, number), position) != _raw(row(met, number), position)
            for number, cells in changes.puts.items()
            for position in cells
            if position not in self._machine or number <= self._frame
        )

    def stirred(self, met: Image) -> bool:
        """True where anything at all was different from what was read."""
        return not same_image(self._read, met)

    def _same_key(self, met: Image, number: int) -> bool:
        """The row is the one that was read: its key is, or, without one, all of it."""
        before, now = self._row(self._read, number), self._row(met, number)
        key = _raw(before, self._key) if self._key is not None and number > self._frame else None
        return _raw(now, self._key or 0) == key if key is not None else alike(before, now)

    @staticmethod
    def _row(image: Image, number: int) -> Cells:
        return image[number - 1] if number <= len(image) else {}


def same_image(one: Image, other: Image) -> bool:
    """True where two tabs show the same, row by row."""
    return all(
        alike(one[n] if n < len(one) else {}, other[n] if n < len(other) else {})
        for n in range(max(len(one), len(other)))
    )


def alike(one: Cells, other: Cells) -> bool:
    """True where two rows show the same; formulas aside, which may show something else at any moment."""
    formulas = {p for p, ink in one.items() if ink.formula}
    return _shown(one, formulas) == _shown(other, formulas)


def _shown(cells: Cells, without: set[int]) -> dict[int, object]:
    return {p: held for p, ink in cells.items() if p not in without and (held := raw(ink.value)) is not None}


def _raw(cells: Cells, position: int) -> object:
    return raw(cells[position].value) if position in cells else None


# ── changes that follow their rows ──────────────────────────────────────────


def followed_all(course: Sequence[Changes], before: Image, now: Image) -> list[Changes]:
    """The same course for rows that moved, were changed or came and went meanwhile."""
    new: list[Changes] = []
    for changes in course:
        one = followed(changes, before, now)
        new.append(one)
        before, now = replay(before, changes), replay(now, one)
    return new


def followed(changes: Changes, before: Image, now: Image) -> Changes:
    """The same changes for rows and columns that moved meanwhile; those of rows that are gone are left out."""
    columns = _columns_moved(before, now)
    where = _rows_moved(before, now, columns)

    def moved(cells: Cells) -> dict[int, Ink]:
        return {columns.get(position, position): ink for position, ink in cells.items()}

    new = Changes()
    for row, cells in changes.puts.items():
        if row in where:
            new.puts[where[row]] = moved(cells)
    new.cut = {where[row] for row in changes.cut if row in where}
    for row, rows in changes.born.items():
        above = next((where[r] for r in range(row, 0, -1) if r in where), 0)
        new.born.setdefault(above, []).extend(
            NewRow(cells=moved(r.cells), role=r.role, choices=r.choices) for r in rows
        )
    new.appended = [NewRow(cells=moved(r.cells), role=r.role, choices=r.choices) for r in changes.appended]
    return new


def _columns_moved(before: Image, now: Image) -> dict[int, int]:
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
    return {p: tuple(_raw(cells, p) for cells in image[:_HEAD_ROWS]) for p in positions}


def _rows_moved(before: Image, now: Image, columns: Mapping[int, int]) -> Mapping[int, int]:
    """Old row number → new one, by content; a row whose content changed where it stands counts as that row."""
    compared = set(columns.values())
    places: dict[object, list[int]] = {}
    for number in range(len(now), 0, -1):
        places.setdefault(_content({p: i for p, i in now[number - 1].items() if p in compared}), []).append(number)
    where: dict[int, int] = {}
    for number, cells in enumerate(before, 1):
        free = places.get(_content({columns[p]: ink for p, ink in cells.items() if p in columns}))
        if free:
            where[number] = free.pop()
    taken = set(where.values())
    for number in range(1, len(before) + 1):
        if number not in where and number not in taken and number <= len(now):
            where[number] = number
    return where


def _content(cells: Cells) -> frozenset[tuple[int, object]]:
    return frozenset(_shown(cells, set()).items())


def completed(met: Image, read: Image) -> list[Cells]:
    """The rows that a write met, with the links and formulas that a copy of values does not show: those that were
    read in cells of the same value, in the row of the same content, else of the same place."""
    known: dict[object, Cells] = {}
    for cells in read:
        known.setdefault(_content(cells), cells)
    return [
        _with_more(cells, known.get(_content(cells)) or (read[number] if number < len(read) else {}))
        for number, cells in enumerate(met)
    ]


def _with_more(cells: Cells, read: Cells) -> Cells:
    return {p: read[p] if p in read and _raw(read, p) == _raw(cells, p) else ink for p, ink in cells.items()}

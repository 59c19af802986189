"""Whether a write hit what it was meant for: what was read compared with what the write met."""

from __future__ import annotations

from collections.abc import Set
from itertools import zip_longest

from sheets_sync.backends.google.cells import raw
from sheets_sync.backends.google.changes import Cells, Changes, Image
from sheets_sync.model import FoundTab, Owner
from sheets_sync.tables.schema import OWN

_BLANK: Cells = {}


class Meant:
    """What a write of one tab rests on. ``read``: the rows as read."""

    def __init__(self, read: Image, found: FoundTab, changes: Changes) -> None:
        """``found``: what the tab was interpreted as."""
        self._read, self._changes = read, changes
        self.key_position = next((c.position for c in found.columns if c.key == "key"), None)
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
            raw_of(row(self._read, number), position) != raw_of(row(met, number), position)
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
        at = self.key_position
        key = raw_of(before, at) if at is not None and number > self._frame else None
        return raw_of(now, at or 0) == key if key is not None else alike(before, now)

    @staticmethod
    def _row(image: Image, number: int) -> Cells:
        return image[number - 1] if number <= len(image) else {}


def same_image(one: Image, other: Image) -> bool:
    """True where two tabs show the same, row by row."""
    pairs = zip_longest(one, other, fillvalue=_BLANK)
    return all(alike(cells, others) for cells, others in pairs)


def same_columns(one: Image, other: Image, positions: Set[int]) -> bool:
    """True where these columns of two tabs show the same, row by row."""
    pairs = zip_longest(one, other, fillvalue=_BLANK)
    return all(raw_of(cells, p) == raw_of(others, p) for cells, others in pairs for p in positions)


def alike(one: Cells, other: Cells) -> bool:
    """True where two rows show the same; formulas aside, which may show something else at any moment."""
    formulas = {p for p, ink in one.items() if ink.formula}
    return shown(one, formulas) == shown(other, formulas)


def shown(cells: Cells, without: set[int]) -> dict[int, object]:
    """What a row shows, by position."""
    return {p: held for p, ink in cells.items() if p not in without and (held := raw(ink.value)) is not None}


def raw_of(cells: Cells, position: int) -> object:
    """What one cell shows; None where it is blank."""
    return raw(cells[position].value) if position in cells else None

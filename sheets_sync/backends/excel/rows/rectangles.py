"""Rectangles of cells and the lists of them that ``sqref`` attributes hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.stored_cells import LAST_COLUMN, LAST_ROW, position_of
from sheets_sync.backends.excel.stream import letters

_COLUMN = r"\$?([A-W]?[A-Z]{1,2}|X[A-E][A-Z]|XF[A-D])?"  # up to XFD
_RANGE = re.compile(rf"{_COLUMN}\$?([0-9]{{1,7}})?(?::{_COLUMN}\$?([0-9]{{1,7}})?)?", re.IGNORECASE)


class Rectangle(NamedTuple):
    """Cells from row ``top`` to ``bottom`` (1-based) and position ``left`` to ``right`` (0-based), all included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def single(self) -> bool:
        """True for one cell."""
        return self.top == self.bottom and self.left == self.right

    def text(self) -> str:
        """``A4:N30``, or ``A4`` for one cell; whole columns ``A:C``, whole rows ``4:9``."""
        if self.left == 0 and self.right == LAST_COLUMN - 1:
            return f"{self.top}:{self.bottom}"
        if self.top == 1 and self.bottom == LAST_ROW:
            return f"{letters(self.left)}:{letters(self.right)}"
        first = f"{letters(self.left)}{self.top}"
        return first if self.single else f"{first}:{letters(self.right)}{self.bottom}"

    def fixed(self) -> str:
        """``$A$4:$N$30``."""
        return f"${letters(self.left)}${self.top}:${letters(self.right)}${self.bottom}"

    def moved(self, moves: Moves, *, grow: bool = False) -> Rectangle | None:
        """Where the cells went; None where all their rows left. ``grow``: see ``Moves.span``."""
        span = moves.span(self.top, self.bottom, grow=grow)
        return span and self._replace(top=span[0], bottom=span[1])

    def meets(self, other: Rectangle) -> bool:
        """True where they share a cell."""
        return (
            self.top <= other.bottom and other.top <= self.bottom
            and self.left <= other.right and other.left <= self.right
        )  # fmt: skip

    def without(self, hole: Rectangle) -> list[Rectangle]:
        """The rest of it, in at most four pieces."""
        if not self.meets(hole):
            return [self]
        top, bottom = max(self.top, hole.top), min(self.bottom, hole.bottom)
        pieces = [
            self._replace(bottom=top - 1),
            self._replace(top=bottom + 1),
            Rectangle(top, self.left, bottom, hole.left - 1),
            Rectangle(top, hole.right + 1, bottom, self.right),
        ]
        return [p for p in pieces if p.top <= p.bottom and p.left <= p.right]


def rectangle(text: str) -> Rectangle | None:
    """The rectangle that an A1 range means, ``$`` allowed; None where it is none."""
    match = _RANGE.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        return None
    left, top = match[1], match[2]
    right, bottom = (match[3], match[4]) if ":" in text else (left, top)
    rows = (int(top or 1), int(bottom or LAST_ROW))
    columns = (position_of(left) if left else 0, position_of(right) if right else LAST_COLUMN - 1)
    return Rectangle(min(rows), min(columns), max(rows), max(columns))


def rectangles(sqref: str) -> list[Rectangle]:
    """The ranges of a ``sqref``, unreadable ones left out."""
    return [r for r in map(rectangle, sqref.split()) if r is not None]


def sqref(found: Iterable[Rectangle]) -> str:
    """As an attribute."""
    return " ".join(r.text() for r in found)


def joined(found: Iterable[Rectangle]) -> list[Rectangle]:
    """The same cells in fewer rectangles: those of equal columns that touch or overlap become one."""
    result: list[Rectangle] = []
    for r in sorted(set(found), key=lambda r: (r.left, r.right, r.top)):
        last = result[-1] if result else None
        if last and (last.left, last.right) == (r.left, r.right) and r.top <= last.bottom + 1:
            result[-1] = last._replace(bottom=max(last.bottom, r.bottom))
        else:
            result.append(r)
    return sorted(result)

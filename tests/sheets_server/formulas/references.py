"""Rewriting what formulas refer to: after rows or columns came, went or moved, and for a copy elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.sheets_server import a1
from tests.sheets_server.formulas.tokens import CannotRead, tokens

_CORNER = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)")


@dataclass(frozen=True, slots=True)
class Corner:
    """One end of a reference as written: which parts it has, and which are fixed with ``$``."""

    row: int | None
    column: int | None
    row_fixed: bool
    column_fixed: bool

    def text(self) -> str:
        column = "" if self.column is None else ("$" if self.column_fixed else "") + a1.column_name(self.column)
        row = "" if self.row is None else ("$" if self.row_fixed else "") + str(self.row + 1)
        return column + row


Rewrite = Callable[[str | None, Corner, Corner], tuple[Corner, Corner] | None]
"""Tab and both ends of a reference to its new ends; None where nothing of it is left."""


def rewritten(formula: str, rewrite: Rewrite, tab_rewrite: Callable[[str], str] | None = None) -> str:
    """``formula`` with every reference as ``rewrite`` says; a text that is no formula stays as it is."""
    try:
        pieces = tokens(formula)
    except CannotRead:
        return formula
    out, done = [], 0
    for piece in pieces:
        if piece.kind != "reference":
            continue
        tab, cells = a1.split(piece.text)
        first, colon, last = cells.partition(":")
        ends = rewrite(tab, _corner(first), _corner(last if colon else first))
        prefix = piece.text[: len(piece.text) - len(cells)]
        if tab is not None and tab_rewrite is not None:
            prefix = a1.title(tab_rewrite(tab)) + "!"
        out.append(formula[done : piece.start])
        if ends is None:
            out.append("#REF!")
        else:
            out.append(prefix + ends[0].text() + (":" + ends[1].text() if colon else ""))
        done = piece.start + len(piece.text)
    return "".join(out) + formula[done:]


def copied(formula: str, rows: int, columns: int) -> str:
    """The formula as a copy that lies ``rows`` down and ``columns`` right of it reads."""

    def move(_tab: str | None, first: Corner, last: Corner) -> tuple[Corner, Corner] | None:
        ends = (_moved(first, rows, columns), _moved(last, rows, columns))
        return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])

    return rewritten(formula, move)


def _moved(corner: Corner, rows: int, columns: int) -> Corner | None:
    row = corner.row if corner.row is None or corner.row_fixed else corner.row + rows
    column = corner.column if corner.column is None or corner.column_fixed else corner.column + columns
    if (row is not None and row < 0) or (column is not None and column < 0):
        return None
    return Corner(row, column, corner.row_fixed, corner.column_fixed)


def _corner(text: str) -> Corner:
    match = _CORNER.fullmatch(text)
    if match is None:
        raise CannotRead(text)
    column = a1.column_index(match[2]) if match[2] else None
    row = int(match[4]) - 1 if match[4] else None
    return Corner(row, column, bool(match[3]) or (column is None and bool(match[1])), bool(match[1]))

"""A1 references in formulas: re-addressed as a move of rows would, or translated as a copy would.

Only references into the tab itself are followed (no sheet name, or its own); names, functions, strings, structured
references and other sheets stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.stored_cells import LAST_COLUMN, LAST_ROW, position_of
from sheets_sync.backends.excel.stream import letters

LOST = "#REF!"
_LAST_LETTERS = letters(LAST_COLUMN - 1)

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_LINE = r"\$?[1-9][0-9]{0,6}"
_TOKEN = re.compile(
    rf"""
      "(?:[^"]|"")*"
    | (?P<sheet>(?:'(?:[^']|'')+'|(?:\[[^\]]+\])?[\w.?\\]+(?::[\w.?\\]+)?)!)?
      (?: (?P<a>{_CELL})(?::(?P<b>{_CELL}))? | (?P<from>{_LINE}):(?P<to>{_LINE}) ) (?![\w.(!\[])
    | '(?:[^']|'')*'!?
    | [^\W\d][\w.\\?]*(?:\[(?:[^\[\]]|\[[^\[\]]*\])*\])?!?
    | \[(?:[^\[\]]|\[[^\[\]]*\])*\]
    | \d[\w.]*
    """,
    re.VERBOSE,
)
_PARTS = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]+)")


class Corner(NamedTuple):
    """One end of a reference; ``column`` is "" in references to whole rows."""

    column_fixed: bool
    column: str
    row_fixed: bool
    row: int

    def text(self) -> str:
        """As written in a formula."""
        return f"{'$' * self.column_fixed}{self.column}{'$' * self.row_fixed}{self.row}"


Visit = Callable[[Corner, Corner | None], tuple[Corner, Corner | None] | None]
"""What a reference (its second corner None for a single cell) becomes; None = it is lost."""


def readdress(formula: str, moves: Moves, title: str, *, row: int = 0, ours: bool = False) -> str:
    """A formula of tab ``title`` after its rows moved, as Excel would re-address it.

    ``row``: where the formula now stands (0 = in no cell). Beyond Excel: a range over all of our rows goes on
    covering all of them, as far as it does not come to cover ``row``; in a formula that stands in one of our rows
    (``ours``) only if both its ends are fixed, so that running totals stay what they are.
    """

    def visit(a: Corner, b: Corner | None) -> tuple[Corner, Corner | None] | None:
        if b is None:
            new = moves.row(a.row)
            return None if new is None or new > LAST_ROW else (a._replace(row=new), None)
        top, bottom = sorted((a, b), key=lambda c: c.row)
        plain = moves.span(top.row, bottom.row)
        span = moves.span(top.row, bottom.row, grow=not ours or (a.row_fixed and b.row_fixed))
        if span and plain and span[0] <= row <= span[1]:
            span = plain[0] if row < plain[0] else span[0], plain[1] if row > plain[1] else span[1]
        if span is None:
            return None
        first, last = span if a.row <= b.row else (span[1], span[0])
        return a._replace(row=first), b._replace(row=last)

    return _walk(formula, title, visit)


def rebase(formula: str, moves: Moves, title: str, base: int, new_base: int) -> str:
    """A formula of a conditional format or validation after its range moved from row ``base`` to ``new_base``.

    Relative rows keep their distance to the cell they are for; fixed ones follow the row they name.
    """

    def corner(c: Corner, fixed: int | None) -> Corner:
        return c._replace(row=fixed if fixed is not None else (c.row - 1 + new_base - base) % LAST_ROW + 1)

    def visit(a: Corner, b: Corner | None) -> tuple[Corner, Corner | None] | None:
        if b is not None and a.row_fixed and b.row_fixed:
            span = moves.span(min(a.row, b.row), max(a.row, b.row), grow=True)
            return span and (a._replace(row=span[0]), b._replace(row=span[1]))
        if b is None and a.row_fixed and moves.row(a.row) is None:
            return None
        ends = [c and corner(c, moves.place(c.row) if c.row_fixed else None) for c in (a, b)]
        return ends[0] or a, ends[1]

    return _walk(formula, title, visit)


def translate(formula: str, down: int, right: int) -> str:
    """A formula as it reads ``down`` rows and ``right`` columns further, relative parts moved along."""

    def corner(c: Corner) -> Corner:
        row = c.row if c.row_fixed else (c.row - 1 + down) % LAST_ROW + 1
        column = c.column
        if column and not c.column_fixed:
            column = letters((position_of(column) + right) % LAST_COLUMN)
        return c._replace(row=row, column=column)

    return _walk(formula, None, lambda a, b: (corner(a), b and corner(b)))


def _walk(formula: str, title: str | None, visit: Visit) -> str:
    """Every reference into ``title`` (None: into whatever sheet) replaced by what ``visit`` says."""

    def replace(match: re.Match[str]) -> str:
        first, last = match["a"] or match["from"], match["b"] or match["to"]
        if first is None:
            return match[0]
        sheet = match["sheet"] or ""
        if sheet and title is not None and not _names(sheet, title):
            return match[0]
        a, b = _corner(first), _corner(last) if last else None
        if a is None or (last and b is None):
            return match[0]
        new = visit(a, b)
        if new is None:
            return sheet + LOST
        return sheet + new[0].text() + (f":{new[1].text()}" if new[1] else "")

    return _TOKEN.sub(replace, formula)


def _corner(text: str) -> Corner | None:
    """A corner as written; None where the column or row is beyond the sheet (then it is a name)."""
    match = _PARTS.fullmatch(text)
    if match is None or int(match[4]) > LAST_ROW:
        return None
    if not match[2]:  # a whole row: its one "$" stands before the number
        return Corner(False, "", bool(match[1] or match[3]), int(match[4]))
    beyond = len(match[2]) == 3 and match[2].upper() > _LAST_LETTERS
    return None if beyond else Corner(bool(match[1]), match[2], bool(match[3]), int(match[4]))


def _names(sheet: str, title: str) -> bool:
    """True where the prefix ``sheet`` (with its ``!``) is that tab's own name."""
    name = sheet[:-1]
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    return name.casefold() == title.casefold()

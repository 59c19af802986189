"""A1 notation: ``Sheet1!A1:B2``, ``'My tab'!A:C``, ``2:5``, and the ranges behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")
_CORNER = re.compile(r"\$?([A-Za-z]{0,3})\$?([0-9]*)")
_R1C1 = re.compile(r"R(\d+)C(\d+)")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of cells; an end of None is open. Half-open, from zero."""

    top: int
    left: int
    bottom: int | None
    right: int | None

    def within(self, rows: int, columns: int) -> Area:
        """The rectangle with open and overlong ends cut at the sheet's."""
        bottom = rows if self.bottom is None else min(self.bottom, rows)
        right = columns if self.right is None else min(self.right, columns)
        return Area(self.top, self.left, max(bottom, self.top), max(right, self.left))


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells with all four ends."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row < self.bottom and self.left <= column < self.right

    def meets(self, other: Area) -> bool:
        return (
            self.top < other.bottom and other.top < self.bottom and self.left < other.right and other.left < self.right
        )

    def contains(self, other: Area) -> bool:
        return (
            self.top <= other.top
            and other.bottom <= self.bottom
            and self.left <= other.left
            and other.right <= self.right
        )


def column_name(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_index(name: str) -> int:
    index = 0
    for letter in name.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def title(text: str) -> str:
    """A tab's title as Google writes it in a range: quoted unless it is a plain word that no cell is called."""
    if _PLAIN_TITLE.fullmatch(text) and not _LOOKS_LIKE_CELL.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def cell(row: int, column: int) -> str:
    return f"{column_name(column)}{row + 1}"


def corners(box: Box | Area) -> str:
    """``A1:B2``; one cell is ``A1``; an open end lacks its letter or its number."""
    first = cell(box.top, box.left)
    if box.bottom is None and box.right is None:
        return f"{first}:{column_name(box.left)}" if box.top else first
    last = ("" if box.right is None else column_name(box.right - 1)) + ("" if box.bottom is None else str(box.bottom))
    return first if last == first else f"{first}:{last}"


def full(sheet_title: str, box: Box | Area) -> str:
    return f"{title(sheet_title)}!{corners(box)}"


def split(text: str) -> tuple[str | None, str]:
    """A range's tab title and its cells, either of which may be missing (None, '')."""
    if text.startswith("'"):
        if match := re.match(r"'((?:[^']|'')*)'(?:!(.*))?$", text, re.DOTALL):
            return match[1].replace("''", "'"), match[2] or ""
        return None, text
    if "!" in text:
        name, _, cells = text.rpartition("!")
        return name, cells
    return None, text


def parse_corners(text: str) -> Box | None:
    """The box behind ``A1``, ``A1:B``, ``A:C``, ``2:5``, ``D4:A1``, ``R1C1:R2C2``; None where it is none."""
    if match := re.fullmatch(rf"{_R1C1.pattern}(?::{_R1C1.pattern})?", text):
        row, column = int(match[1]) - 1, int(match[2]) - 1
        end_row, end_column = int(match[3] or match[1]), int(match[4] or match[2])
        return Box(
            min(row, end_row - 1), min(column, end_column - 1), max(end_row, row + 1), max(end_column, column + 1)
        )
    first, colon, last = text.partition(":")
    start, end = _corner(first), _corner(last if colon else first)
    if start is None or end is None or (not colon and None in start):
        return None
    rows = [row for row in (start[0], end[0]) if row is not None]
    columns = [column for column in (start[1], end[1]) if column is not None]
    return Box(
        top=min(rows, default=0),
        left=min(columns, default=0),
        bottom=max(rows) + 1 if None not in (start[0], end[0]) else None,
        right=max(columns) + 1 if None not in (start[1], end[1]) else None,
    )


def _corner(text: str) -> tuple[int | None, int | None] | None:
    match = _CORNER.fullmatch(text)
    if not match or not (match[1] or match[2]) or match[2] == "0":
        return None
    return (int(match[2]) - 1 if match[2] else None, column_index(match[1]) if match[1] else None)


def box_of(grid_range: dict[str, Any]) -> Box:
    """The box of a GridRange."""
    return Box(
        grid_range.get("startRowIndex", 0),
        grid_range.get("startColumnIndex", 0),
        grid_range.get("endRowIndex"),
        grid_range.get("endColumnIndex"),
    )


def grid_range(sheet_id: int, box: Box | Area) -> dict[str, Any]:
    """The GridRange of a box: Google leaves out a sheetId of 0 and open ends."""
    out: dict[str, Any] = {"sheetId": sheet_id} if sheet_id else {}
    out["startRowIndex"] = box.top
    if box.bottom is not None:
        out["endRowIndex"] = box.bottom
    out["startColumnIndex"] = box.left
    if box.right is not None:
        out["endColumnIndex"] = box.right
    return out

"""Cells, rows and links as a sheet's XML stores them, and their addresses."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from sheets_sync.backends.excel.package import damaged

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")


class XmlCell(Struct, frozen=True):
    """A cell as stored. ``kind``: its ``t`` (``n`` where absent); ``raw``: text of ``<v>``, None where there is none.

    ``text``: an inline string. ``formula``: text of ``<f>`` (empty for the followers of a shared formula, whose group
    is ``shared``); None = no formula.
    """

    position: int
    kind: str
    style: int
    raw: str | None
    text: str | None
    formula: str | None
    shared: str | None

    @property
    def said(self) -> str:
        """What it says, as stored: an inline string, else the text of ``<v>``; empty for a cell with a look only."""
        if self.kind == "inlineStr":
            return self.text or ""
        return unescaped(self.raw or "") if self.kind == "str" else self.raw or ""

    @property
    def blank(self) -> bool:
        """True where the cell has a look only."""
        return not self.said and self.formula is None


class XmlRow(Struct, frozen=True):
    """A row that has at least one cell element, or is hidden."""

    number: int
    hidden: bool
    cells: list[XmlCell]


class XmlLink(Struct, frozen=True, kw_only=True):
    """A hyperlink of a sheet: the cells it lies on, the relationship that holds its target, a place inside."""

    ref: str
    relation: str
    location: str


def unescaped(text: str) -> str:
    """Text with Excel's ``_xHHHH_`` for characters that XML has no room for."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


@lru_cache(maxsize=20_000)
def position_of(letters: str) -> int:
    """``A`` → 0. BackendError ``damaged`` where it is no column of a sheet."""
    position = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z" or position > LAST_COLUMN:
            raise damaged()
        position = position * 26 + ord(letter) - 64
    if not 1 <= position <= LAST_COLUMN:
        raise damaged()
    return position - 1


def cells_of(ref: str) -> tuple[range, range]:
    """Rows and positions that ``B2`` or ``B2:C9`` covers; empty ranges where it is no such thing."""
    corners = [_ADDRESS.match(part) for part in ref.split(":")]
    if len(corners) > 2 or any(c is None for c in corners):
        return range(0), range(0)
    first, last = corners[0], corners[-1]
    assert first is not None  # noqa: S101  (for the type checker; both were looked at above)
    assert last is not None  # noqa: S101
    return (
        range(int(first[2]), min(int(last[2]), LAST_ROW) + 1),
        range(position_of(first[1]), position_of(last[1]) + 1),
    )

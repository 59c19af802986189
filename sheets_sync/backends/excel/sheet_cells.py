"""A sheet's XML as cells, streamed: every form that readers of ours must understand, in one place.

Slower than fastexcel (a million cells in about 2 s) and used where that does not serve: the first rows of every tab,
our own tabs, and source tabs that fastexcel declines. Namespaces may be prefixed or strict; ``r`` may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.parts import MAIN, MAIN_STRICT
from sheets_sync.backends.excel.xml_events import Element, elements, forget, local

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_NAMES = {f"{{{space}}}{name}": name for space in (MAIN, MAIN_STRICT) for name in ("c", "v", "f", "is")}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")


class XmlCell(NamedTuple):
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


class XmlRow(NamedTuple):
    """A row that has at least one cell element, or is hidden."""

    number: int
    hidden: bool
    cells: list[XmlCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlLink:
    """A hyperlink of a sheet: the cells it lies on, the relationship that holds its target, a place inside."""

    ref: str
    relation: str
    location: str


@dataclass(slots=True)
class SheetRows:
    """Iterate once over the rows; ``links`` are complete afterwards. ``last_row``: stop behind it.

    BackendError ``damaged``, ``xml_entities``.
    """

    pieces: Iterable[bytes]
    last_row: int = LAST_ROW
    links: list[XmlLink] = field(default_factory=list)

    def __iter__(self) -> Iterator[XmlRow]:
        """Rows in the order of the file."""
        number = 0
        for name, element in elements(self.pieces, ("row", "hyperlink")):
            if name == "row":
                number = _number(element.get("r"), number + 1)
                if number > self.last_row:
                    return
                hidden = element.get("hidden") in ("1", "true")
                cells = _cells(element)
                if cells or hidden:
                    yield XmlRow(number, hidden, cells)
            else:
                ids = (str(v) for k, v in element.items() if str(k).endswith("}id"))
                location = element.get("location", "")
                self.links.append(XmlLink(ref=element.get("ref", ""), relation=next(ids, ""), location=location))
            forget(element)


def _cells(row: Element) -> list[XmlCell]:
    found: list[XmlCell] = []
    column = -1
    for element in row:
        if _NAMES.get(element.tag) != "c":
            continue
        address = element.get("r")
        column = column + 1 if address is None else position_of(address.rstrip("0123456789"))
        raw = text = formula = shared = None
        for child in element:
            name = _NAMES.get(child.tag)
            if name == "v":
                raw = child.text or ""
            elif name == "f":
                formula = child.text or ""
                shared = child.get("si") if child.get("t") == "shared" else None
            elif name == "is":
                text = string_of(child)
        style = element.get("s", "")
        number = int(style) if style.isdigit() else 0
        found.append(XmlCell(column, element.get("t", "n"), number, raw, text, formula, shared))
    return found


def string_of(element: Element) -> str:
    """The text of a string item: all runs, without phonetic hints; ``_x000D_`` decoded."""
    parts: list[str] = []
    for child in element:
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts.extend(t.text or "" for t in child if local(t) == "t")
    return unescaped("".join(parts))


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


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdigit() or not 0 < int(text) <= LAST_ROW:
        raise damaged()
    return int(text)

"""A sheet's XML as cells, streamed: every form that readers of ours must understand, in one place.

Slower than fastexcel (a million cells in one to three seconds) and used where that does not serve: the first rows of
every tab, our own tabs, and source tabs that fastexcel declines. Namespaces may be prefixed or strict; ``r`` may be
missing. Rows in the usual form are read as bytes (``plain_rows``), all others parsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from sheets_sync.backends.excel import plain_rows
from sheets_sync.backends.excel.guard import check_prolog
from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.parts import MAIN, MAIN_STRICT
from sheets_sync.backends.excel.plain_rows import PlainSheet
from sheets_sync.backends.excel.stored_cells import LAST_ROW, XmlCell, XmlLink, XmlRow, position_of, unescaped
from sheets_sync.backends.excel.xml_events import Element, elements, forget, local

_NAMES = {f"{{{space}}}{name}": name for space in (MAIN, MAIN_STRICT) for name in ("c", "v", "f", "is")}
_HEAD = 1 << 16


class SheetRows(Struct):
    """Iterate once over the rows; ``links`` are complete afterwards. ``last_row``: stop behind it.

    BackendError ``damaged``, ``xml_entities``.
    """

    pieces: Iterable[bytes]
    last_row: int = LAST_ROW
    links: list[XmlLink] = field(default_factory=list)

    def __iter__(self) -> Iterator[XmlRow]:
        """Rows in the order of the file."""
        pieces = check_prolog(self.pieces)
        head = b""
        while len(head) < _HEAD and (piece := next(pieces, None)) is not None:
            head += piece
        plain = plain_rows.begin(head)
        if plain is not None:
            yield from self._plain(plain, pieces)
        else:
            yield from self._parsed(_again(head, pieces))

    def _plain(self, sheet: PlainSheet, pieces: Iterator[bytes]) -> Iterator[XmlRow]:
        number = 0
        tail: list[bytes] = []
        for tag, content, whole in plain_rows.rows(sheet, pieces, tail):
            given = plain_rows.attributes(tag)
            number = _number(given[b"r"].decode("ascii") if b"r" in given else None, number + 1)
            if number > self.last_row:
                return
            cells = plain_rows.cells(content) if content else []
            if cells is None:  # something unusual in it
                closed = sheet.root + whole + b"</worksheet>"
                cells = [cell for _, row in elements([closed], ("row",)) for cell in _cells(row)]
            hidden = given.get(b"hidden") in (b"1", b"true")
            if cells or hidden:
                yield XmlRow(number, hidden, cells)
        behind = tail[0] + plain_rows.joined(pieces)
        if b"hyperlink" in behind or not behind.rstrip().endswith(b"</worksheet>"):
            for _, element in elements([sheet.root + behind], ("hyperlink",)):
                self._link(element)

    def _parsed(self, pieces: Iterable[bytes]) -> Iterator[XmlRow]:
        number = 0
        for name, element in elements(pieces, ("row", "hyperlink")):
            if name == "row":
                number = _number(element.get("r"), number + 1)
                if number > self.last_row:
                    return
                hidden = element.get("hidden") in ("1", "true")
                cells = _cells(element)
                if cells or hidden:
                    yield XmlRow(number, hidden, cells)
            else:
                self._link(element)
            forget(element)

    def _link(self, element: Element) -> None:
        ids = (str(v) for k, v in element.items() if str(k).endswith("}id"))
        location = element.get("location", "")
        self.links.append(XmlLink(ref=element.get("ref", ""), relation=next(ids, ""), location=location))


def _again(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


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


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdigit() or not 0 < int(text) <= LAST_ROW:
        raise damaged()
    return int(text)

"""People's formulas in the rows of our tab: told apart where shared, re-addressed when rows move."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.rectangles import rectangle
from sheets_sync.backends.excel.rows.references import readdress, translate
from sheets_sync.backends.excel.rows.sheet_xml import Cell, Row, SheetXml, attribute, set_attribute
from sheets_sync.backends.excel.xml_text import escape


class Formulas:
    """The formulas of a tab, found in the raw rows."""

    def __init__(self, sheet: SheetXml, title: str) -> None:
        """``title``: the tab's, for references that name it."""
        self._sheet = sheet
        self._title = title
        p = re.escape(sheet.prefix.encode())
        tag = b"<" + p + rb"f((?:\s+[^\s=<>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*"
        self._formula = re.compile(tag + rb"(?:/>|>(.*?)</" + p + rb"f\s*>)", re.DOTALL)
        self.rows = [row for row in sheet.rows if sheet.formula_tag in row.body]

    def unshare(self) -> None:
        """Give every cell of a shared formula its own text: the cells that share may part ways."""
        masters: dict[bytes, tuple[str, int, int]] = {}
        shared = [row for row in self.rows if b"shared" in row.body]
        for row in shared:
            for cell, match in self._found(row):
                if attribute(match[1], b"t") == b"shared" and match[2]:
                    masters.setdefault(attribute(match[1], b"si"), (_text(match[2]), row.number, cell.position))
        for row in shared:
            pieces, at = [], 0
            for cell, match in self._found(row):
                master = masters.get(attribute(match[1], b"si"))
                if attribute(match[1], b"t") != b"shared" or master is None:
                    continue
                text, number, position = master
                own = _text(match[2]) if match[2] else translate(text, row.number - number, cell.position - position)
                rest = match[1]
                for name in (b"t", b"ref", b"si"):
                    rest = set_attribute(rest, name, None)
                pieces += [row.body[at : match.start()], self._element(rest, own)]
                at = match.end()
            row.body = b"".join([*pieces, row.body[at:]])

    def readdress(self, rows: Iterable[tuple[Row, int, bool]], moves: Moves) -> None:
        """Re-address the formulas of rows: (row, its new number, whether it is one of ours)."""
        for row, number, ours in rows:

            def replace(match: re.Match[bytes], number: int = number, ours: bool = ours) -> bytes:
                attributes = match[1]
                for name in (b"ref", b"r1", b"r2"):
                    area = rectangle(attribute(attributes, name).decode())
                    moved = area and area.moved(moves)
                    if moved:
                        attributes = set_attribute(attributes, name, moved.text().encode())
                text = _text(match[2] or b"")
                new = readdress(text, moves, self._title, row=number, ours=ours)
                return match[0] if (new, attributes) == (text, match[1]) else self._element(attributes, new)

            row.body = self._formula.sub(replace, row.body)

    def _found(self, row: Row) -> Iterable[tuple[Cell, re.Match[bytes]]]:
        for cell in self._sheet.cells(row.body):
            match = self._formula.search(row.body, cell.inner, cell.end)
            if match:
                yield cell, match

    def _element(self, attributes: bytes, text: str) -> bytes:
        p = self._sheet.prefix.encode()
        return b"<%sf%s>%s</%sf>" % (p, attributes, escape(text).encode(), p)


def _text(content: bytes) -> str:
    return unescape(content.decode())

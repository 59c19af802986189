"""Formats of another stylesheet taken over into a workbook's: appended where it has no equal."""

from __future__ import annotations

import re

from sheets_sync.backends.excel.markup import Document, Element
from sheets_sync.backends.excel.style_keys import Key
from sheets_sync.backends.excel.styles import Styles

_FONT_ORDER = ("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
               "family", "charset", "scheme")  # fmt: skip
_OPENING = re.compile(r"<(/?)(?=[A-Za-z])")


class Adoption:
    """``source``: a stylesheet without prefixes, as openpyxl writes it."""

    def __init__(self, target: Styles, source: bytes) -> None:
        """Index what ``source`` has."""
        self._target, self._document = target, Document(source)
        root = self._document.root
        lists = {"fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf", "numFmts": "numFmt"}
        self._items = {
            name: list(section.all(item)) if (section := root.child(name)) else [] for name, item in lists.items()
        }
        self._codes = {e.get("numFmtId"): e.get("formatCode") for e in self._items["numFmts"]}
        self._done: dict[int, int] = {}

    def code(self, index: int) -> str:
        """The number format of one of the source's cell formats; empty for built-in ones."""
        return self._codes.get(self._items["cellXfs"][index].get("numFmtId"), "")

    def cell(self, index: int) -> int:
        """The target's style id for one of the source's."""
        if index not in self._done:
            self._done[index] = self._cell(self._items["cellXfs"][index]) if index else 0
        return self._done[index]

    def _cell(self, xf: Element) -> int:
        number = xf.get("numFmtId", "0")
        chosen = {
            "numFmtId": self._target.number_format(self._codes[number]) if number in self._codes else int(number),
            "fontId": self._place("fonts", xf.get("fontId", "0")),
            "fillId": self._place("fills", xf.get("fillId", "0")),
            "borderId": self._place("borders", xf.get("borderId", "0")),
        }
        attributes = "".join(f' {name}="{value}"' for name, value in chosen.items())
        flags = "".join(f' {k}="{v}"' for k, v in xf.attributes.items() if k.startswith("apply"))
        style = ' xfId="0"' if self._target.styled else ""
        content = "".join(self._markup(child) for child in xf.children)
        key: Key = ("adopted", *chosen.values(), *(_meaning(child) for child in xf.children))

        def read(element: Element) -> Key | None:
            if element.get("xfId", "0") != "0" or element.get("quotePrefix", "0") != "0":
                return None
            numbers = tuple(int(element.get(name, "0") or 0) for name in chosen)
            return ("adopted", *numbers, *(_meaning(child) for child in element.children))

        return self._target.place("cellXfs", key, read, self._prefixed(f"<xf{attributes}{style}{flags}>{content}</xf>"))

    def _place(self, section: str, index: str) -> int:
        element = self._items[section][int(index)]
        return self._target.place(section, _meaning(element), _meaning, self._prefixed(self._markup(element)))

    def _markup(self, element: Element) -> str:
        if element.local != "font":
            return self._document.source(element).decode("utf-8")
        children = sorted(element.children, key=lambda c: _FONT_ORDER.index(c.local))  # openpyxl's order is another
        return f"<font>{''.join(self._document.source(c).decode('utf-8') for c in children)}</font>"

    def _prefixed(self, markup: str) -> str:
        return _OPENING.sub(rf"<\1{self._target.prefix}", markup)


def _meaning(element: Element) -> Key:
    """What an element says, whatever the order of its attributes and children."""
    attributes = tuple(sorted(element.attributes.items()))
    return (element.local, attributes, tuple(sorted((_meaning(c) for c in element.children), key=repr)))

"""Hyperlinks of a tab: looked up by cell, moved with their rows, their relationships indexed and reused.

An external target is a relationship of the sheet part, shared by all links to it; a place inside the workbook
(``#'Tab'!A5``) needs none. A tab takes so many links; past most of them, places inside are left as text. There may be
sixty thousand, so like rows they are raw bytes, not a tree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from lxml import etree
from msgspec import Struct

from sheets_sync.backends.excel.parts import OFFICE, OFFICE_STRICT, RELATIONSHIPS
from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.rectangles import Rectangle, rectangle
from sheets_sync.backends.excel.rows.sheet_xml import ATTRIBUTES, SheetXml, attribute, parse, serialised, set_attribute
from sheets_sync.backends.excel.sheet_parts import SheetParts
from sheets_sync.backends.excel.stored_cells import position_of
from sheets_sync.backends.excel.stream import LINKS_BEFORE_PLAIN, MOST_LINKS, letters, outside
from sheets_sync.backends.excel.xml_text import attribute as quoted

_KIND = "hyperlink"
_CELL = re.compile(rb"([A-Z]{1,3})([0-9]+)")
_ID = re.compile(rb"\s[^\s=:]+:id\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class _Link(Struct, frozen=True):
    """A link over several cells: which, and its raw attributes beside ``ref``."""

    area: Rectangle
    attributes: bytes


class Links:
    """The hyperlinks of a sheet part. Cells are (row, position); rows are old ones until ``move`` was called."""

    def __init__(self, sheet: SheetXml, parts: SheetParts) -> None:
        """``sheet``: whose ``links`` ``finish`` writes."""
        self._sheet = sheet
        self._office = OFFICE_STRICT if parts.strict else OFFICE
        spaces = sheet.root.nsmap
        self._prefix = next((p for p, space in spaces.items() if p and space == self._office), None)
        self._rels = parts.rels
        self._ids = {r.id for r in parts.relationships}
        self._stored = {r.id for r in parts.relationships if r.kind == _KIND}
        self._by_target = {r.target: r.id for r in parts.relationships if r.kind == _KIND and r.external}
        self._added: dict[str, str] = {}
        self._next = len(self._ids) + 1
        self._cells: dict[tuple[int, int], bytes] = {}
        self._wide: list[_Link] = []
        self.left_out = 0
        tag = re.compile(b"<" + re.escape(sheet.prefix.encode()) + _KIND.encode() + ATTRIBUTES)
        for found in tag.finditer(sheet.links):
            ref, rest = attribute(found[1], b"ref"), set_attribute(found[1], b"ref", None)
            cell = _CELL.fullmatch(ref)
            if cell is not None:
                self._cells[int(cell[2]), position_of(cell[1].decode())] = rest
                continue
            area = rectangle(ref.decode())
            if area is not None:
                self._keep(area, rest)

    def _keep(self, area: Rectangle, attributes: bytes) -> None:
        if area.single:
            self._cells[area.top, area.left] = attributes
        else:
            self._wide.append(_Link(area, attributes))

    def clear(self, row: int, position: int) -> None:
        """Take the link off a cell; one that spans more cells stays on the others."""
        self._cells.pop((row, position), None)
        cell = Rectangle(row, position, row, position)
        if any(link.area.meets(cell) for link in self._wide):
            wide, self._wide = self._wide, []
            for link in wide:
                for piece in link.area.without(cell):
                    self._keep(piece, link.attributes)

    def link(self, row: int, position: int, target: str) -> None:
        """Link a cell to ``target``, instead of what it was linked to; text where the tab is full of links."""
        self.clear(row, position)
        inside = target.startswith("#")
        address = target[1:] if inside else outside(target)
        if not address or len(self._cells) + len(self._wide) >= (LINKS_BEFORE_PLAIN if inside else MOST_LINKS):
            self.left_out += 1
            return
        name, value = ("location", address) if inside else (f"{self._prefix or 'r'}:id", self._relationship(address))
        self._cells[row, position] = f" {name}={quoted(value)}".encode()

    def _relationship(self, target: str) -> str:
        if target not in self._by_target:
            while (new := f"rId{self._next}") in self._ids:
                self._next += 1
            self._ids.add(new)
            self._added[new] = target
            self._by_target[target] = new
        return self._by_target[target]

    def bring(self, brought: Mapping[tuple[int, int], int]) -> None:
        """Give the links of cells to the cells of another row: (row, position) → that row."""
        taken = {(row, at): attributes for (row, at) in brought if (attributes := self._cells.pop((row, at), None))}
        self._cells |= {(brought[cell], cell[1]): attributes for cell, attributes in taken.items()}

    def move(self, moves: Moves) -> None:
        """Move every link with its row; those of rows that left go."""
        if moves.still:
            return
        cells, wide = self._cells, self._wide
        moved = ((moves.row(row), position, attributes) for (row, position), attributes in cells.items())
        self._cells, self._wide = {(row, p): attributes for row, p, attributes in moved if row is not None}, []
        for link in wide:
            area = link.area.moved(moves)
            if area is not None:
                self._keep(area, link.attributes)

    def finish(self, dropped: frozenset[str] = frozenset()) -> bytes | None:
        """Hand the links to the sheet; the new content of the ``.rels`` part, None where it stays as it is.

        ``dropped``: ids of other relationships that go.
        """
        p = self._sheet.prefix
        links = [(f"{letters(at)}{row}", attributes) for (row, at), attributes in sorted(self._cells.items())]
        links += [(link.area.text(), link.attributes) for link in self._wide]
        written = [f'<{p}{_KIND} ref="{ref}"'.encode() + attributes + b"/>" for ref, attributes in links]
        declared = f' xmlns:r="{self._office}"' if self._prefix is None else ""
        if written:
            written = [f"<{p}hyperlinks{declared}>".encode(), *written, f"</{p}hyperlinks>".encode()]
        self._sheet.links = b"".join(written)
        ids = (_ID.search(attributes) for _, attributes in links)
        used = {(found[1] or found[2]).decode() for found in ids if found}
        unused = {known for known in self._stored if known not in used} | dropped
        return self._relationships(unused) if self._added or unused else None

    def _relationships(self, unused: Collection[str]) -> bytes:
        root = parse(self._rels or f'<Relationships xmlns="{RELATIONSHIPS}"/>'.encode())
        for element in tuple(root):
            if element.get("Id") in unused:
                root.remove(element)
        for known, target in self._added.items():
            attributes = {"Id": known, "Type": f"{self._office}/{_KIND}", "Target": target, "TargetMode": "External"}
            etree.SubElement(root, f"{{{RELATIONSHIPS}}}Relationship", attributes)
        return serialised(root)

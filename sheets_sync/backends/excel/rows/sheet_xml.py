"""A sheet part taken apart: its rows as raw bytes, everything around them as a tree; and put together again.

Rows that only move are never parsed, their numbers are replaced in place. What stands around ``sheetData`` (views,
columns, ranges, extensions) is small and goes through lxml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from lxml import etree
from msgspec import Struct

from sheets_sync.backends.excel.markup import to_utf8
from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.rows.tail import made, placed
from sheets_sync.backends.excel.stored_cells import position_of
from sheets_sync.backends.excel.stream import letters
from sheets_sync.problems import BackendError

ATTRIBUTES = rb"((?:\s+[^\s=<>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>"
_SHEET_DATA = re.compile(rb"<([^\s<>/:!?]+:)?sheetData" + ATTRIBUTES)
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"']([0-9]+)[\"']")
_SPANS = re.compile(rb"\sspans\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def parse(data: bytes) -> etree._Element:
    """A part as a tree, comments left out; BackendError ``damaged`` where it is none, ``xml_entities``."""
    try:
        parser = etree.XMLParser(resolve_entities=False, huge_tree=True, remove_comments=True, remove_pis=True)
        root = etree.fromstring(to_utf8(data), parser)
    except etree.XMLSyntaxError as error:
        raise damaged() from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BackendError("xml_entities")  # written back without it, its names would mean nothing
    return root


def serialised(root: etree._Element) -> bytes:
    """A tree as a part, with the declaration that Excel writes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


class Row(Struct):
    """A row as stored: the raw attributes of its tag and the raw cells between its tags."""

    number: int
    attributes: bytes
    body: bytes


class Cell(NamedTuple):
    """A cell's place in its row's ``body``: tag from ``start`` to ``inner``, all of it up to ``end``."""

    position: int
    start: int
    inner: int
    end: int
    attributes: bytes


class SheetXml:
    """The parts of a sheet part. ``prefix``: what stands before element names, ``x:`` or nothing.

    ``root``: everything but the rows, ``sheetData`` empty. ``rows`` by ascending number; a row or cell without an
    ``r`` follows the one before it.
    """

    def __init__(self, data: bytes) -> None:
        """Take ``data`` apart; BackendError ``damaged`` where it is not a sheet."""
        data = to_utf8(data)
        if b"<!" in data or data.count(b"<?") > 1:  # comments, CDATA, instructions: not in the way of searches below
            data = serialised(parse(data))
        opening = _SHEET_DATA.search(data)
        if opening is None:
            raise damaged()
        self._prefix = opening[1] or b""
        self.prefix = self._prefix.decode()
        self._row = re.compile(b"<" + self._prefix + b"row" + ATTRIBUTES)
        tag = b"<" + self._prefix + rb"c(?=[\s/>])(?: r=\"([A-Z]+)[0-9]+\")?([^<>]*?)"
        self._cell = re.compile(tag + rb"(?:/>|>(.*?)</" + self._prefix + rb"c\s*>)", re.DOTALL)
        self._cell_number = re.compile(b"(<" + self._prefix + rb"c\s(?:[^<>]*?\s)?r\s*=\s*[\"'][A-Za-z]+)[0-9]+")
        self._cell_start = b"<" + self._prefix + b"c"
        self._columns: list[bytes] = []
        self.formula_tag = b"<" + self._prefix + b"f"
        end = opening.end()
        self.rows: list[Row] = []
        if not opening[3]:
            close = b"</" + self._prefix + b"sheetData"
            start, end = end, data.rfind(close)
            self.rows = list(self._rows(data, start, end))
            end = data.index(b">", end) + 1
        if any(a.number >= b.number for a, b in zip(self.rows, self.rows[1:], strict=False)):
            self.rows.sort(key=lambda row: row.number)
        tail, self.links = self._without_links(data[end:])
        self.root = parse(data[: opening.start()] + b"<" + self._prefix + b"sheetData/>" + tail)

    def _without_links(self, tail: bytes) -> tuple[bytes, bytes]:
        """What follows the rows, its hyperlinks taken out."""
        opening = re.search(b"<" + self._prefix + b"hyperlinks" + ATTRIBUTES, tail)
        if opening is None:
            return tail, b""
        close = b"</" + self._prefix + b"hyperlinks"
        end = opening.end() if opening[2] else tail.index(b">", tail.index(close, opening.end())) + 1
        return tail[: opening.start()] + tail[end:], tail[opening.start() : end]

    def _rows(self, data: bytes, at: int, end: int) -> Iterator[Row]:
        close = b"</" + self._prefix + b"row"
        number = 0
        while opening := self._row.search(data, at, end):
            if data[at : opening.start()].strip():
                raise damaged()
            body, at = b"", opening.end()
            if not opening[2]:
                stop = data.find(close, at, end)
                if stop < 0:
                    raise damaged()
                body, at = data[at:stop], data.index(b">", stop) + 1
            found = _ROW_NUMBER.search(opening[1])
            number = int(found[1]) if found else number + 1
            yield Row(number, opening[1], body)
        if data[at:end].strip():
            raise damaged()

    def cells(self, body: bytes) -> list[Cell]:
        """The cells of a row's body, in order."""
        found: list[Cell] = []
        position = -1
        for match in self._cell.finditer(body):
            cell = self._as_cell(match, body, position + 1)
            position = cell.position
            found.append(cell)
        return found

    def cells_at(self, row: Row, positions: Iterable[int]) -> list[Cell]:
        """The cells at these positions, in order; all cells where one of them is not there (or not as usual)."""
        found: list[Cell] = []
        start, end = self._cell_start + b' r="', b'%d"' % row.number
        for position in sorted(positions):
            at = row.body.find(start + letters(position).encode() + end)
            match = self._cell.match(row.body, at) if at >= 0 else None
            if match is None:
                return self.cells(row.body)
            found.append(self._as_cell(match, row.body, position))
        return found

    def _as_cell(self, match: re.Match[bytes], body: bytes, following: int) -> Cell:
        start, end = match.span()
        attributes = body[start + len(self._cell_start) : match.end(2)]
        column = match[1] or attribute(attributes, b"r").rstrip(b"0123456789")
        inner = match.start(3)
        position = position_of(column.decode()) if column else following
        return Cell(position, start, inner if inner > 0 else end, end, attributes)

    def numbered(self, row: Row, number: int, hidden: bool | None = None) -> bytes:
        """The row's XML at row ``number``. ``hidden``: None = as it is."""
        attributes = row.attributes
        if _ROW_NUMBER.search(attributes):
            attributes = _ROW_NUMBER.sub(b' r="%d"' % number, attributes, count=1)
        else:
            attributes = b' r="%d"' % number + attributes
        if hidden is not None:
            attributes = set_attribute(attributes, b"hidden", b"1" if hidden else None)
        body = row.body
        if number != row.number and body:
            body = self._renumbered(row, number)
        tag = b"<" + self._prefix + b"row" + attributes
        return tag + (b">" + body + b"</" + self._prefix + b"row>" if body else b"/>")

    def _renumbered(self, row: Row, number: int) -> bytes:
        """The row's cells with another number. Usually all begin ``<c r="A5"``, in columns met before."""
        body, at, done = row.body, 0, 0
        pieces: list[bytes] = []
        start, old, new = self._cell_start + b' r="', b'%d"' % row.number, b"%d" % number
        for column in self._columns:
            found = body.find(start + column + old, at)
            if found >= 0:
                end = found + len(start) + len(column)
                pieces += [body[at:end], new]
                at = end + len(old) - 1
                done += 1
        if done == body.count(self._cell_start):
            return b"".join([*pieces, body[at:]])
        known = {*self._columns, *(letters(cell.position).encode() for cell in self.cells(body))}
        self._columns = sorted(known, key=lambda column: (len(column), column))
        return self._cell_number.sub(rb"\g<1>%d" % number, body)

    def edit(self, row: Row, cells: Iterable[Cell], changes: Mapping[int, bytes]) -> None:
        """Put cells into a row, by position; ``cells`` are what ``cells_at`` says of those positions."""
        pieces: list[bytes] = []
        body, at = row.body, 0
        waiting = sorted(changes, reverse=True)
        for cell in cells:
            while waiting and waiting[-1] < cell.position:
                pieces += [body[at : cell.start], changes[waiting.pop()]]
                at = cell.start
            if waiting and waiting[-1] == cell.position:
                pieces += [body[at : cell.start], changes[waiting.pop()]]
                at = cell.end
            elif b"r=" not in cell.attributes:  # the next one counts from the one before it
                name = cell.start + len(self._cell_start)
                pieces += [body[at:name], b' r="%s%d"' % (letters(cell.position).encode(), row.number)]
                at = name
            end = cell.end
            pieces.append(body[at:end])
            at = end
        row.body = b"".join([*pieces, *(changes[p] for p in reversed(waiting)), body[at:]])
        row.attributes = _SPANS.sub(b"", row.attributes)

    def restyled(self, row: Row, cell: Cell, style: int) -> bytes:
        """A cell as it is, with another style."""
        attributes = set_attribute(cell.attributes, b"s", b"%d" % style)
        if not attribute(attributes, b"r"):
            attributes = set_attribute(attributes, b"r", b"%s%d" % (letters(cell.position).encode(), row.number))
        tag = b"<" + self._prefix + b"c" + attributes
        inside = row.body[cell.inner : cell.end]
        return tag + (b">" + inside if inside else b"/>")

    def joined(self, rows: list[bytes]) -> bytes:
        """The sheet part with these rows, ``root`` and ``links`` as they now are."""
        if self.links:
            placed(self.root, made(self.root, "hyperlinks"))
        whole = serialised(self.root)
        name = self._prefix + b"sheetData"
        head, found, tail = whole.partition(b"<" + name + b"/>")
        if not found:
            raise damaged()
        between, _, end = tail.partition(b"<" + self._prefix + b"hyperlinks/>") if self.links else (tail, b"", b"")
        return b"".join([head, b"<", name, b">", *rows, b"</", name, b">", between, self.links, end])


@cache
def _pattern(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\s" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def attribute(attributes: bytes, name: bytes) -> bytes:
    """A raw attribute's value; b"" where it is absent."""
    match = _pattern(name).search(attributes)
    return (match[1] or match[2] or b"") if match else b""


def set_attribute(attributes: bytes, name: bytes, value: bytes | None) -> bytes:
    """The raw attributes with that one set, or without it (None)."""
    rest = _pattern(name).sub(b"", attributes)
    return rest if value is None else rest + b' %s="%s"' % (name, value)

"""A sheet part read again, as stored: what the self-check compares. It shares no code with what writes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeAlias
from xml.parsers import expat

from sheets_sync.backends.excel import plain_rows
from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.sheet_cells import SheetRows
from sheets_sync.backends.excel.stored_cells import XmlCell

Cells: TypeAlias = Mapping[int, XmlCell]
"""A row's cells by position."""

_BY_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})[0-9]+"')


def rows(content: Iterable[bytes]) -> Iterator[tuple[int, Cells]]:
    """Row number and cells of each row that has some, in the order stored. BackendError ``damaged``."""
    for row in SheetRows(content):
        yield row.number, {cell.position: cell for cell in row.cells}


class StoredRows:
    """The rows of a sheet part, each parsed only when asked for: most are looked at as bytes."""

    def __init__(self, content: bytes) -> None:
        """Find the rows. BackendError ``damaged``."""
        self._bodies: dict[int, bytes] = {}
        self._parsed: dict[int, Cells] = {}
        self._root = b""
        plain = plain_rows.begin(content)
        if plain is None:
            self._parsed = dict(rows([content]))
            return
        self._root, number = plain.root, 0
        for tag, body, _ in plain_rows.rows(plain, iter(()), []):
            given = plain_rows.attributes(tag).get(b"r")
            number = int(given) if given else number + 1
            self._bodies[number] = body or b""

    @property
    def numbers(self) -> Iterable[int]:
        """The numbers of all rows."""
        return self._bodies.keys() or self._parsed.keys()

    def cells(self, numbers: Iterable[int]) -> dict[int, Cells]:
        """The cells of these rows; rows that have none, or are not there, are absent."""
        if not self._bodies:
            return {n: self._parsed[n] for n in numbers if n in self._parsed}
        asked = (b'<row r="%d">%s</row>' % (n, self._bodies[n]) for n in sorted(numbers) if self._bodies.get(n))
        return dict(rows([self._root, b"<sheetData>", *asked, b"</sheetData></worksheet>"]))

    def same(self, number: int, other: StoredRows, there: int, apart_from: Collection[bytes]) -> bool:
        """True where a row's cells are those of row ``there`` of another part to the byte, their addresses aside.

        ``apart_from``: columns (letters) that do not matter. False also where only parsing would tell.
        """
        one, two = self._bodies.get(number), other._bodies.get(there)
        if one is None or two is None or b"<!" in one or b"<!" in two:
            return False
        before, after = _BY_COLUMN.split(one), _BY_COLUMN.split(two)
        return before == after or (
            one.count(b"<c") == len(before) // 2  # else a cell in another form hides behind one of these
            and two.count(b"<c") == len(after) // 2
            and _but(before, apart_from) == _but(after, apart_from)
        )


def _but(parts: list[bytes], columns: Collection[bytes]) -> dict[bytes, bytes]:
    """Column → cell, of a row split by column, without some of them."""
    return {column: cell for column, cell in zip(parts[1::2], parts[2::2], strict=True) if column not in columns}


def shared_string(content: Iterable[bytes], index: int) -> str:
    """One of the workbook's shared strings; empty where there are not that many."""
    parser = expat.ParserCreate()
    texts: list[str] = []
    state = {"at": -1, "taking": 0, "phonetic": 0}

    def start(name: str, _: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        state["at"] += local == "si"
        state["phonetic"] += local == "rPh"
        state["taking"] += local == "t" and not state["phonetic"] and state["at"] == index

    def end(name: str) -> None:
        local = name.rpartition(":")[2]
        state["phonetic"] -= local == "rPh"
        if local == "t":
            state["taking"] = 0

    def data(text: str) -> None:
        if state["taking"]:
            texts.append(text)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, data
    try:
        for piece in content:
            parser.Parse(piece, False)
            if state["at"] > index:
                break
    except (expat.ExpatError, ValueError) as error:
        raise damaged() from error
    return "".join(texts)


def row_by_row(content: Iterable[bytes]) -> Iterator[bytes]:
    """The rows of a sheet that we wrote ourselves (no prefix, every row closed), unparsed and without their ends."""
    waiting = b""
    for piece in content:
        *whole, waiting = (waiting + piece).split(b"</row>")
        for raw in whole:
            yield raw if raw.startswith(b"<row ") else raw[raw.index(b"<row ") :]


def parsed(raw: Iterable[bytes]) -> Iterator[tuple[int, Cells]]:
    """Number and cells of rows from ``row_by_row``."""
    yield from rows(chain([b"<worksheet><sheetData>"], (row + b"</row>" for row in raw), [b"</sheetData></worksheet>"]))

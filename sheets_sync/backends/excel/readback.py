"""A sheet part read again, cell by cell as stored: what the self-check compares. It shares no code with what writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

from sheets_sync.backends.excel.package import damaged

_REF = re.compile(r"([A-Z]+)([0-9]+)$")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Stored:
    """A cell as stored: ``kind`` is its ``t`` (``n`` where none is said; inline strings are ``inlineStr``), ``text``
    its value's text, ``style`` its style id, ``formula`` whether it has one."""

    kind: str
    text: str
    style: str
    formula: bool

    @property
    def blank(self) -> bool:
        """True where the cell has a look only."""
        return not self.text and not self.formula


class _Reader:
    def __init__(self) -> None:
        self.rows: list[tuple[int, dict[int, Stored]]] = []
        self._row, self._cells = 0, {}  # type: int, dict[int, Stored]
        self._position, self._kind, self._style, self._formula = -1, "n", "", False
        self._text: list[str] = []
        self._taking = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._cells, self._position = {}, -1
        elif local == "c":
            found = _REF.match(attributes.get("r", ""))
            self._position = position(found[1]) if found else self._position + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._formula, self._text = False, []
        elif local == "f":
            self._formula = True
        elif local == "rPh":
            self._phonetic += 1
        elif local in ("v", "t") and not self._phonetic:
            self._taking = True

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in ("v", "t"):
            self._taking = False
        elif local == "rPh":
            self._phonetic -= 1
        elif local == "c":
            text = "".join(self._text)
            if self._kind in ("inlineStr", "str"):
                text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
            self._cells[self._position] = Stored(self._kind, text, self._style, self._formula)
        elif local == "row":
            self.rows.append((self._row, self._cells))

    def data(self, text: str) -> None:
        if self._taking:
            self._text.append(text)


def rows(content: Iterable[bytes]) -> Iterator[tuple[int, dict[int, Stored]]]:
    """Row number and cells by position, in the order stored. BackendError ``damaged`` where it is no XML."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    parser.buffer_text = True
    try:
        for piece in content:
            parser.Parse(piece, False)
            yield from reader.rows
            reader.rows.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise damaged() from error
    yield from reader.rows


def position(column: str) -> int:
    """A column's place from its letters (A → 0)."""
    place = 0
    for letter in column:
        place = place * 26 + ord(letter) - 64
    return place - 1


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
    """The ``<row>`` elements of a sheet that we wrote ourselves (no prefix, every row closed), unparsed."""
    waiting = b""
    for piece in content:
        waiting += piece
        *whole, waiting = waiting.split(b"</row>")
        for raw in whole:
            yield raw[raw.index(b"<row ") :] + b"</row>"

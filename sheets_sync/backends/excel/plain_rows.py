"""Rows of a sheet in the one form that practically all writers use, read as bytes: three times faster than parsed.

``<row r="5"><c r="A5" s="1" t="inlineStr"><is><t>text</t></is></c>…</row>``, UTF-8, no prefixes. A row with anything
else in it (rich text, comments, other orders) is handed back to be parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.stored_cells import XmlCell, position_of, unescaped
from sheets_sync.problems import BackendError

_ENDLESS = 256 << 20
_BEGIN = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(<worksheet(?:\s[^>]*)?>).*?<sheetData>", re.DOTALL)
_OTHER_ENCODING = re.compile(rb"^[^>]*encoding=[\"'](?!utf-?8)", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"\s([a-zA-Z0-9:]+)\s*=\s*(?:\"([^\"<&]*)\"|'([^'<&]*)')")
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})[1-9][0-9]*"((?: [a-z]+="[^"<&]*")*)(?:/>|>'
    rb'(?:(<f)((?: [a-z0-9]+="[^"<&]*")*)(?:/>|>([^<]*)</f>))?'
    rb'(?:(<v)(?:/>|(?: xml:space="preserve")?>([^<]*)</v>)|(<is>)<t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>)'
)
_REFERENCE = re.compile("&(?:#([0-9]+)|#x([0-9a-fA-F]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class PlainSheet(NamedTuple):
    """A sheet in the usual form up to its first row: the root's start tag, what follows ``<sheetData>``."""

    root: bytes
    begun: bytes


def begin(head: bytes) -> PlainSheet | None:
    """What ``head``, the first bytes of a sheet, begins; None where it is not in the usual form."""
    found = None if _OTHER_ENCODING.match(head) else _BEGIN.match(head)
    return PlainSheet(found[1], head[found.end() :]) if found else None


def rows(sheet: PlainSheet, pieces: Iterator[bytes], tail: list[bytes]) -> Iterator[tuple[bytes, bytes | None, bytes]]:
    """(start tag, content or None, the whole row) of each row; then ``tail`` holds what follows ``</sheetData>``.

    BackendError ``damaged`` where the rows have no end, ``zip_bomb`` where a row has none.
    """
    rest = sheet.begun
    while True:
        end = rest.find(b"</sheetData>")
        cut = end if end >= 0 else rest.rfind(b"<row")
        if cut > 0:
            yield from _rows(rest, cut)
            rest = rest[cut:]
        if end >= 0:
            tail.append(rest[len(b"</sheetData>") :])
            return
        if len(rest) > _ENDLESS:
            raise BackendError("zip_bomb")
        piece = next(pieces, None)
        if piece is None:
            raise damaged()
        rest += piece


def _rows(text: bytes, end: int) -> Iterator[tuple[bytes, bytes | None, bytes]]:
    at = text.find(b"<row", 0, end)
    while at >= 0:
        inside = text.find(b">", at, end) + 1
        if inside and text[inside - 2 : inside] == b"/>":
            behind = inside
            yield text[at:inside], None, text[at:inside]
        else:
            close = text.find(b"</row>", inside, end) if inside else -1
            if close < 0:
                raise damaged()
            behind = close + len(b"</row>")
            yield text[at:inside], text[inside:close], text[at:behind]
        at = text.find(b"<row", behind, end)


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a start tag."""
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def cells(content: bytes) -> list[XmlCell] | None:
    """The cells of a row; None where one of them is in another form."""
    if b"<!" in content or b"<row" in content:
        return None
    found: list[XmlCell] = []
    matches = _CELL.findall(content)
    for letters, more, f, about, formula, v, raw, inline, text in matches:
        if not (f or v or inline):
            found.append(_blank(letters, more))
            continue
        kind, style = _kind_and_style(more)
        shared = None
        if about:
            given = attributes(about)
            shared = given.get(b"si", b"").decode("ascii") if given.get(b"t") == b"shared" else None
        found.append(
            XmlCell(
                _position(letters), kind, style, _text(raw) if v else None, unescaped(_text(text)) if inline else None,
                _text(formula) if f else None, shared,
            )
        )  # fmt: skip
    return (
        found if len(found) == content.count(b"<c") else None
    )  # ``<color`` is of a rich text, ``<c\n`` of another form


@lru_cache(maxsize=20_000)
def _position(letters: bytes) -> int:
    return position_of(letters.decode("ascii"))


@lru_cache(maxsize=20_000)
def _blank(letters: bytes, more: bytes) -> XmlCell:
    """A cell with a look only: of a column and style there is but one."""
    kind, style = _kind_and_style(more)
    return XmlCell(_position(letters), kind, style, None, None, None, None)


@lru_cache(maxsize=20_000)
def _kind_and_style(more: bytes) -> tuple[str, int]:
    given = attributes(more)
    style = given.get(b"s", b"")
    return given.get(b"t", b"n").decode("ascii"), int(style) if style.isdigit() else 0


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise damaged() from error
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _referred(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    number = int(match[1]) if match[1] else int(match[2], 16)
    if number > 0x10FFFF:
        raise damaged()
    return chr(number)


def joined(pieces: Iterable[bytes]) -> bytes:
    """What is left of a sheet behind its rows. BackendError ``zip_bomb`` where that is more than any sheet has."""
    parts, size = [], 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > _ENDLESS:
            raise BackendError("zip_bomb")
    return b"".join(parts)

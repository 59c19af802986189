"""Shared strings, only those asked for: a workbook of a million orders has a million of them, our header ten.

In the usual form (UTF-8, no prefix) items are counted as bytes and only wanted ones parsed; any other form goes
through the XML parser.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from sheets_sync.backends.excel.guard import check_prolog
from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.sheet_cells import string_of
from sheets_sync.backends.excel.stored_cells import unescaped
from sheets_sync.backends.excel.xml_events import elements, forget, fragment

_ITEM = re.compile(rb"<si(?:\s[^>]*)?(?:/>|>(.*?)</si>)", re.DOTALL)
_PLAIN = re.compile(rb"^<t(?: xml:space=\"preserve\")?>([^<&\r]*)</t>$")
_USUAL = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*<sst[\s>]")
_DECLARED = re.compile(rb"^[^>]*encoding=[\"'](?!utf-?8)", re.IGNORECASE)


def pick(pieces: Iterable[bytes], wanted: Collection[int]) -> dict[int, str]:
    """Index → text of the wanted strings; what the part does not hold is missing. Reads no further than it must."""
    if not wanted:
        return {}
    stream = check_prolog(pieces)
    head = b""
    for piece in stream:  # as much as shows the root element
        head += piece
        if len(head) >= 4096:
            break
    usual = _USUAL.match(head) and not _DECLARED.match(head)
    return (_pick_bytes if usual else _pick_parsed)(_again(head, stream), frozenset(wanted))


def _again(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _pick_bytes(pieces: Iterator[bytes], wanted: frozenset[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    ordered = sorted(wanted)
    at, count, rest = 0, 0, b""
    for piece in pieces:
        text = rest + piece
        cut = max(text.rfind(b"</si>"), text.rfind(b"<si/>")) + 5
        if cut < 5:
            rest = text
            continue
        whole, rest = text[:cut], text[cut:]
        items = whole.count(b"</si>") + whole.count(b"<si/>")
        if ordered[at] < count + items:
            stored = _items(whole, items)
            while ordered[at] < count + items:
                found[ordered[at]] = _text(stored[ordered[at] - count].partition(b"<si>")[2])
                at += 1
                if at == len(ordered):
                    return found
        count += items
    return found


def _items(whole: bytes, count: int) -> list[bytes]:
    """The items, each ``<si>`` and what stands in it."""
    if whole.count(b"<si>") == count == whole.count(b"</si>"):  # nearly always: no attributes, none empty
        return whole.split(b"</si>")
    return [b"<si>" + (match[1] or b"") for match in _ITEM.finditer(whole)]


def _text(content: bytes) -> str:
    plain = _PLAIN.match(content)
    try:
        if plain:
            return unescaped(plain[1].decode("utf-8"))
    except UnicodeDecodeError as error:
        raise damaged() from error
    element = fragment(b"<si>" + content + b"</si>")
    return string_of(element) if element is not None else ""


def _pick_parsed(pieces: Iterator[bytes], wanted: frozenset[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    last = max(wanted)
    for index, (_, element) in enumerate(elements(pieces, ("si",))):
        if index in wanted:
            found[index] = string_of(element)
        forget(element)
        if index == last:
            break
    return found

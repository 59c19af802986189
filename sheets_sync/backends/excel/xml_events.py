"""XML parts as a stream of elements, held to one set of rules: no document type, no network, memory that stays flat.

lxml takes as long to import as a small workbook to read, and most are in a form that is read without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias, cast

from sheets_sync.backends.excel.guard import check_prolog
from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.parts import MAIN, MAIN_STRICT
from sheets_sync.problems import BackendError

if TYPE_CHECKING:
    from lxml import etree

Element: TypeAlias = "etree._Element"  # lxml has no public name for it
_SLICE = 1 << 16
_ENDLESS = 256 << 20
"""So much XML without the end of any element asked for is no row, no string item, no style sheet."""


def elements(pieces: Iterable[bytes], names: Iterable[str]) -> Iterator[tuple[str, Element]]:
    """(local name, element) of the spreadsheet elements called so, strict or transitional, each when it ends.

    ``forget`` them once read. BackendError ``damaged``, ``xml_entities``, ``zip_bomb`` (an element without end).
    """
    from lxml import etree  # noqa: PLC0415

    tags = {f"{{{space}}}{name}": name for space in (MAIN, MAIN_STRICT) for name in names}
    parser = etree.XMLPullParser(events=("end",), tag=list(tags), resolve_entities=False, no_network=True)
    fed = 0
    try:
        for piece in check_prolog(pieces):
            for at in range(0, len(piece), _SLICE):
                parser.feed(piece[at : at + _SLICE])
                fed += _SLICE
                for _, found in parser.read_events():
                    element = cast("Element", found)
                    fed = 0
                    yield tags[element.tag], element
                if fed > _ENDLESS:
                    raise BackendError("zip_bomb")
        parser.close()
    except etree.XMLSyntaxError as error:
        raise damaged() from error


def fragment(content: bytes) -> Element | None:
    """A piece of XML on its own, its prefixes perhaps undeclared; None where there is nothing in it."""
    from lxml import etree  # noqa: PLC0415

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        return cast("Element | None", etree.fromstring(content, parser))
    except etree.XMLSyntaxError as error:
        raise damaged() from error


def local(element: Element) -> str:
    """An element's name without its namespace; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def forget(element: Element) -> None:
    """Let go of an element and all before it, so that memory does not grow with the part."""
    parent = element.getparent()
    element.clear()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]

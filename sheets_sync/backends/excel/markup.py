"""An XML part as bytes with an index over them: elements know where they stand, edits are splices.

So a part that is edited keeps every byte that the edit is not about: prefixes, attribute order, comments, unknown
extensions. Only UTF-16 and other encodings are turned into UTF-8 first. What we add is ASCII with character
references, right under any declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import unescape
from xml.parsers import expat

from msgspec import Struct, field

from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.xml_text import attribute, escape
from sheets_sync.problems import BackendError

_TAG = re.compile(rb"<(?:[^>\"']++|\"[^\"]*\"|'[^']*')*>")
_DECLARATION = re.compile(r"^<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"^<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_TEXT = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<[^>]*>", re.DOTALL)


class Element(Struct, eq=False):
    """An element and its place. ``attributes``: by local name, or ``{uri}local`` where they have a namespace.

    ``start`` … ``inner``: the start tag; ``inner`` … ``inner_end``: the content; ``end``: behind the end tag.
    ``scope``: prefix → namespace as declared here (``""`` = default).
    """

    local: str
    uri: str
    prefix: str
    attributes: dict[str, str]
    scope: Mapping[str, str]
    start: int
    inner: int = 0
    inner_end: int = 0
    end: int = 0
    closed: bool = False
    children: list[Element] = field(default_factory=list)

    def child(self, local: str) -> Element | None:
        """The first child of that name in this element's namespace."""
        return next((c for c in self.children if c.local == local and c.uri == self.uri), None)

    def all(self, local: str) -> Iterator[Element]:
        """The children of that name in this element's namespace."""
        return (c for c in self.children if c.local == local and c.uri == self.uri)

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)

    def name(self, local: str) -> str:
        """``local`` written with this element's prefix."""
        return f"{self.prefix}:{local}" if self.prefix else local

    def prefix_of(self, uri: str) -> str | None:
        """A prefix (not the default) bound to ``uri`` here; None where there is none."""
        return next((p for p, bound in self.scope.items() if bound == uri and p), None)


def to_utf8(data: bytes) -> bytes:
    """The part as UTF-8 without byte order mark, its declaration put right."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    elif data.startswith(b"<\0?\0"):
        encoding = "utf-16-le"
    elif data.startswith(b"\0<\0?"):
        encoding = "utf-16-be"
    else:
        found = _ENCODING.match(data)
        encoding = found[1].decode("ascii").lower() if found else "utf-8"
        if encoding in ("utf-8", "utf8", "us-ascii", "ascii"):
            return data
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise damaged() from error
    return _DECLARATION.sub('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', text).encode("utf-8")


class Document:
    """A parsed part and the edits to be made. BackendError ``damaged`` / ``xml_entities`` where it cannot be parsed."""

    def __init__(self, data: bytes) -> None:
        """Parse a part as stored."""
        self.stored = data
        self.data = to_utf8(data)
        self.root = _parse(self.data)
        self._appended: dict[int, tuple[Element, list[bytes]]] = {}
        self._attributes: dict[int, tuple[Element, dict[str, str]]] = {}
        self._splices: list[tuple[int, int, bytes]] = []

    def source(self, element: Element) -> bytes:
        """The element's own bytes."""
        return self.data[element.start : element.end]

    def text(self, element: Element) -> str:
        """The element's text, without markup."""
        content = self.data[element.inner : element.inner_end]
        plain = _TEXT.sub(lambda m: escape((m[1] or b"").decode("utf-8")).encode("utf-8"), content)
        return unescape(plain.decode("utf-8"))

    def append(self, parent: Element, markup: str) -> None:
        """Add markup as the last content of ``parent``."""
        self._appended.setdefault(id(parent), (parent, []))[1].append(ascii_bytes(markup))

    def insert_before(self, element: Element, markup: str) -> None:
        """Add markup directly before ``element``."""
        self._splices.append((element.start, element.start, ascii_bytes(markup)))

    def insert_first(self, parent: Element, markup: str) -> None:
        """Add markup as the first content of ``parent``."""
        if parent.closed or not parent.children:
            self.append(parent, markup)
        else:
            self._splices.append((parent.inner, parent.inner, ascii_bytes(markup)))

    def replace(self, element: Element, markup: str) -> None:
        """Put markup in the element's place."""
        self._splices.append((element.start, element.end, ascii_bytes(markup)))

    def remove(self, element: Element) -> None:
        """Take the element out."""
        self._splices.append((element.start, element.end, b""))

    def set_text(self, element: Element, text: str) -> None:
        """Replace the element's whole content by text."""
        if element.closed:
            self.append(element, escape(text))
        else:
            self._splices.append((element.inner, element.inner_end, ascii_bytes(escape(text))))

    def set_attribute(self, element: Element, name: str, value: str) -> None:
        """Set an attribute without namespace, in place where it is there."""
        self._attributes.setdefault(id(element), (element, {}))[1][name] = value

    @property
    def edited(self) -> bool:
        """True where ``result`` differs from the part as stored."""
        return bool(self._appended or self._attributes or self._splices)

    def result(self) -> bytes:
        """The part with all edits made; the stored bytes where there are none."""
        if not self.edited:
            return self.stored
        splices = list(self._splices)
        tags = {key: element for key, (element, _) in self._attributes.items()}
        for key, (element, added) in self._appended.items():
            if element.closed:
                tags[key] = element
            else:
                splices.append((element.inner_end, element.inner_end, b"".join(added)))
        splices += [(element.start, element.inner, self._tag(element)) for element in tags.values()]
        out, at = [], 0
        for start, end, new in sorted(splices, key=lambda s: (s[0], s[1])):
            out += [self.data[at:start], new]
            at = end
        return b"".join([*out, self.data[at:]])

    def _tag(self, element: Element) -> bytes:
        """The start tag with its new attributes, opened where content was appended to an empty element."""
        tag = self.data[element.start : element.inner]
        for name, value in self._attributes.get(id(element), (element, {}))[1].items():
            text = ascii_bytes(f" {name}={attribute(value)}")
            pattern = re.compile(rb"\s" + name.encode("ascii") + rb"\s*=\s*(\"[^\"]*\"|'[^']*')")
            if pattern.search(tag):
                tag = pattern.sub(lambda _, text=text: text, tag, count=1)  # type: ignore[misc]
            else:
                tail = b"/>" if element.closed else b">"
                tag = tag[: -len(tail)].rstrip() + text + tail
        added = self._appended.get(id(element))
        if element.closed and added:
            close = f"</{element.name(element.local)}>".encode()
            tag = tag[:-2].rstrip() + b">" + b"".join(added[1]) + close
        return tag


def ascii_bytes(markup: str) -> bytes:
    """Markup with everything beyond ASCII as character references."""
    return markup.encode("ascii", "xmlcharrefreplace")


def _parse(data: bytes) -> Element:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.namespace_prefixes = True
    parser.ordered_attributes = True
    stack: list[Element] = []
    roots: list[Element] = []
    declared: dict[str, str] = {}

    def declare(prefix: str | None, uri: str | None) -> None:
        declared[prefix or ""] = uri or ""

    def start(name: str, attributes: list[str]) -> None:
        uri, local, prefix = _split(name)
        scope = stack[-1].scope if stack else {}
        if declared:
            scope = {**scope, **declared}
            declared.clear()
        names = dict(zip(map(_attribute_name, attributes[::2]), attributes[1::2], strict=True))
        at = parser.CurrentByteIndex
        tag = _TAG.match(data, at)
        if tag is None:
            raise damaged()
        element = Element(local, uri, prefix, names, scope, at, tag.end(), closed=tag[0].endswith(b"/>"))
        (stack[-1].children if stack else roots).append(element)
        stack.append(element)

    def end(_: str) -> None:
        element = stack.pop()
        if element.closed:
            element.inner_end = element.end = element.inner
        else:
            element.inner_end = parser.CurrentByteIndex
            element.end = data.index(b">", element.inner_end) + 1

    def doctype(*_: object) -> None:
        raise BackendError("xml_entities")

    parser.StartNamespaceDeclHandler = declare
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        raise damaged() from error
    return roots[0]


@lru_cache(maxsize=1_024)  # as many relationships as rows, and all of them with the same few names
def _split(name: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix of a name as expat reports it."""
    parts = name.split(" ")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


@lru_cache(maxsize=1_024)
def _attribute_name(name: str) -> str:
    space, local, _ = _split(name)
    return f"{{{space}}}{local}" if space else local

"""The values of cells in a row's raw XML, where a row must be looked at: headings, headers, filtered columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from html import unescape

from sheets_sync.backends.excel.rows.sheet_xml import Row, SheetXml, attribute
from sheets_sync.backends.excel.shared_strings import pick
from sheets_sync.backends.excel.stored_cells import unescaped
from sheets_sync.model import Value

_TEXT = re.compile(rb"<(?:[^\s<>/:]+:)?(t|rPh|v)(?:\s[^<>]*)?>(.*?)</(?:[^\s<>/:]+:)?\1\s*>", re.DOTALL)
_SHARED = re.compile(rb"\st\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:[^\s<>/:]+:)?v(?:\s[^<>]*)?>\s*([0-9]+)")


class Values:
    """Reads rows of a tab; of the workbook's shared strings only those that the tab has are ever looked up."""

    def __init__(self, sheet: SheetXml, shared_strings: Callable[[], bytes | None]) -> None:
        """``shared_strings``: the part's content, asked once, and only when a shared string is."""
        self._sheet = sheet
        self._load = shared_strings
        self._rows: Sequence[Row] = tuple(sheet.rows)

    @cached_property
    def _strings(self) -> Mapping[int, str]:
        wanted = {int(m[1]) for row in self._rows for m in _SHARED.finditer(row.body)}
        return pick([self._load() or b""], wanted)

    def of(self, row: Row | None) -> dict[int, Value]:
        """A row's values by position, blanks left out. A date is its number, an error its text."""
        if row is None:
            return {}
        read = {
            cell.position: self._read(attribute(cell.attributes, b"t"), row.body[cell.inner : cell.end])
            for cell in self._sheet.cells(row.body)
        }
        return {position: value for position, value in read.items() if value is not None}

    def _read(self, kind: bytes, content: bytes) -> Value:
        texts = [(m[1], unescape(m[2].decode())) for m in _TEXT.finditer(content)]
        if kind == b"inlineStr":
            return unescaped("".join(text for name, text in texts if name == b"t")) or None
        text = next((text for name, text in texts if name == b"v"), "")
        if kind == b"s":
            return self._strings.get(int(text)) or None if text.strip().isdigit() else None
        if kind == b"b":
            return text.strip() in ("1", "true") if text else None
        if kind in (b"str", b"e", b"d"):
            return unescaped(text) or None
        with suppress(ValueError):
            return float(text)
        return None

"""What a cell of a sheet's XML means: text, number, day or truth value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from msgspec import Struct

from sheets_sync.backends.excel.dates import date_styles, from_iso, from_serial
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.backends.excel.shared_strings import pick
from sheets_sync.backends.excel.stored_cells import XmlCell, unescaped
from sheets_sync.model import Value

_WHOLE = 10**15
"""Excel keeps 15 digits; a whole number below this is exact."""


class Meanings(Struct, frozen=True, kw_only=True):
    """What cells refer to: shared strings by index, style numbers that show dates, the date system."""

    strings: Mapping[int, str]
    dates: frozenset[int]
    date1904: bool

    def value(self, cell: XmlCell) -> Value:
        """The cell's value as a reader sees it; a formula's is the cached one, an error's its code (``#N/A``).

        None for blanks and formulas without a cached value.
        """
        raw = cell.text if cell.kind == "inlineStr" else cell.raw
        if not raw or cell.kind == "inlineStr":
            return raw or None
        if cell.kind == "s":
            return self.strings.get(int(raw)) or None if raw.strip().isdigit() else None
        if cell.kind == "b":
            return raw.strip().lower() in ("1", "true")
        if cell.kind in ("str", "e"):
            return unescaped(raw)
        return (from_iso(raw) or raw) if cell.kind == "d" else self._number(raw, cell.style)

    def _number(self, raw: str, style: int) -> Value:
        try:
            number = float(raw)
        except ValueError:
            return raw
        if not math.isfinite(number):
            return raw
        if style in self.dates:
            moment = from_serial(number, date1904=self.date1904)
            if moment is not None:
                return moment
        return int(number) if number.is_integer() and abs(number) < _WHOLE else number


def wanted_strings(cells: Iterable[XmlCell]) -> set[int]:
    """The shared strings that cells refer to."""
    return {int(c.raw) for c in cells if c.kind == "s" and c.raw and c.raw.strip().isdigit()}


def meanings(package: Package, book: Book, wanted: set[int]) -> Meanings:
    """What the workbook's cells refer to, with only the ``wanted`` shared strings."""
    return Meanings(strings=shared(package, book, wanted), dates=styles_of(package, book), date1904=book.date1904)


def shared(package: Package, book: Book, wanted: set[int]) -> dict[int, str]:
    """The wanted shared strings of a workbook."""
    part = book.related_part("sharedStrings")
    member = package.find(part) if part else None
    return pick(package.stream(member), wanted) if member else {}


def styles_of(package: Package, book: Book) -> frozenset[int]:
    """The style numbers of a workbook that show dates."""
    part = book.related_part("styles")
    member = package.find(part) if part else None
    return date_styles(package.stream(member)) if member else frozenset()

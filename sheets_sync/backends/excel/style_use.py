"""Which style ids a workbook's cells point at: some point past the last one there is, and must not meet ours."""

from __future__ import annotations

import re

from sheets_sync.backends.excel.markup import to_utf8
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book

# Each begins with a letter of its own and looks back from there: looking for spaces first takes five times as long.
_CELLS = re.compile(rb"s(?<=\ss)(?:tyle)?\s*=\s*[\"']([0-9]{1,6})[\"']")
_DIFFERENTIALS = re.compile(rb"xfId(?<=[dD]xfId)\s*=\s*[\"']([0-9]{1,6})[\"']")
_WHOLE = 4 << 20
_HEAD = 1 << 20


def pointed_at(package: Package, book: Book) -> tuple[int, int]:
    """One more than the highest cell format and differential format that tabs point at.

    Big tabs are looked at for their first megabyte only: a program that counts wrong does so from the first row,
    and reading all of a million orders would take longer than everything else.
    """
    cells = differentials = 0
    for sheet in book.sheets:
        member = package.find(sheet.part) if sheet.part else None
        if member is None or sheet.kind != "worksheet":
            continue
        limit = None if member.size <= _WHOLE else _HEAD
        content = b"".join(package.stream(member, limit))
        if content[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
            content = to_utf8(content)
        cells = max([cells, *(int(n) + 1 for n in set(_CELLS.findall(content)))])
        differentials = max([differentials, *(int(n) + 1 for n in set(_DIFFERENTIALS.findall(content)))])
    return cells, differentials

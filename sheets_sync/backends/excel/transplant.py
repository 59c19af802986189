"""Tabs of a workbook that we composed ourselves (openpyxl, a starter) planted into a person's, which keeps the rest.

Shared strings become inline strings, formats are taken over into the workbook's stylesheet, cell notes come along.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from sheets_sync.backends.excel import check, swap
from sheets_sync.backends.excel.adopt import Adoption
from sheets_sync.backends.excel.markup import Document
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import (
    MAIN,
    OFFICE,
    RELATIONSHIPS,
    Book,
    Sheet,
    relationships,
    rels_name,
    target_of,
)
from sheets_sync.backends.excel.readback import rows as stored_rows
from sheets_sync.backends.excel.repack import NewMember, pack, rewrite
from sheets_sync.backends.excel.splice import Splice
from sheets_sync.backends.excel.stream import text_markup
from sheets_sync.backends.excel.style_use import pointed_at
from sheets_sync.backends.excel.styles import Styles
from sheets_sync.backends.excel.titles import free_title
from sheets_sync.problems import BackendError

_KINDS = {
    "comments": "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
}
_DAYS_TO_1904 = 1_462
_CELL = re.compile(rb"<c\s([^>]*?)\s*(?:/>|>(.*?)</c>)", re.DOTALL)
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_STYLED = re.compile(rb'(<(?:row|col)\b[^>]*?\s(?:s|style)=)"([0-9]+)"')


def plant(path: Path, composed: Path) -> list[str]:
    """Add every tab of ``composed`` to the workbook at ``path``; the titles they got there.

    Raises what the graft raises: BackendError ``structure_locked``, ``read_only``, ``disk_full`` …
    """
    swap.check_writable(path)
    with Package(path) as package, Package(composed) as source:
        planting = _Planting(package, source)
        pieces = rewrite(package, planting.replaced, planting.added)

        def approve(beside: Path) -> None:
            check.approve(beside, package, planting.facts())
            package.close()

        swap.replace(path, pieces, approve=approve, seen=package.fingerprint[:2])
        return planting.titles


class _Planting:
    """The members to be written for one ``plant``."""

    def __init__(self, package: Package, source: Package) -> None:
        self.package, self.source = package, source
        self.book, self._from = Book(package), Book(source)
        if self.book.structure_locked:
            raise BackendError("structure_locked")
        self.splice = Splice(package, self.book)
        part = self.book.related_part("styles")
        self.styles = Styles(
            package.read(part) if part else None,
            strict=self.book.strict,
            in_use=lambda: pointed_at(package, self.book),
        )
        styles, strings = self._from.related_part("styles"), self._from.related_part("sharedStrings")
        assert styles is not None  # noqa: S101  (openpyxl writes one)
        self._formats = Adoption(self.styles, source.read(styles))
        self._strings = _strings(source.read(strings)) if strings else []
        self.replaced: dict[str, NewMember] = {}
        self.added: list[NewMember] = []
        self.titles: list[str] = []
        self._reading: list[check.Planted] = []
        for sheet in self._from.sheets:
            self._plant(sheet)
        if self.styles.grown:
            self._put(part or self.splice.add_styles(), self.styles.result())
        for name, content in self.splice.changed().items():
            self._put(name, content)

    def _put(self, name: str, content: bytes) -> None:
        member = self.package.find(name)
        if member:
            self.replaced[member.name] = pack(member.name, content)
        else:
            self.added.append(pack(name, content))

    def _plant(self, sheet: Sheet) -> None:
        assert sheet.part is not None  # noqa: S101  (ours is whole)
        title = free_title(sheet.title, [*(s.title for s in self.book.sheets), *self.titles])
        self.titles.append(title)
        part, index = self.splice.add_sheet(title, sheet.state)
        content = self._sheet(sheet.part)
        self.added.append(pack(part, content))
        self._reading.append(check.Planted(part=part, rows=lambda: _texts(content)))
        relations = self._relations(sheet.part, part)
        if relations:
            self.splice.declare_rels(rels_name(part))
            rels = f'<Relationships xmlns="{RELATIONSHIPS}">{relations}</Relationships>'
            self.added.append(pack(rels_name(part), rels.encode()))
        names = self._from.root.child("definedNames")
        for name in names.all("definedName") if names else ():
            if name.get("localSheetId") == str(sheet.index):
                place = self._from.document.text(name).rpartition("!")[2]
                self.splice.define(name.get("name"), index, title, place, hidden=name.get("hidden") == "1")

    def _relations(self, old: str, new: str) -> str:
        """The parts that hang on a sheet (cell notes) under names that are free, and how the sheet leads to them."""
        markup = ""
        for relation in relationships(self.source, old):
            kind = relation.kind
            if relation.part is None or kind not in _KINDS:
                continue
            stem, ending = posixpath.splitext(posixpath.basename(relation.part))
            folder = "drawings" if kind == "vmlDrawing" else "comments"
            part = self.splice.free_name(f"{folder}/{stem.rstrip('0123456789')}", ending)
            self.splice.declare(part, _KINDS[kind])
            self.added.append(pack(part, self._here(self.source.read(relation.part))))
            target = target_of(new, part)
            markup += f'<Relationship Id="{relation.id}" Type="{self.book.office}/{kind}" Target="{target}"/>'
        return markup

    def _here(self, content: bytes) -> bytes:
        """A part in this workbook's namespaces (strict or not)."""
        content = content.replace(MAIN.encode(), self.book.main.encode())
        return content.replace(OFFICE.encode(), self.book.office.encode())

    def _sheet(self, part: str) -> bytes:
        """A sheet part with this workbook's style ids and its texts inline."""
        content = _CELL.sub(self._cell, self.source.read(part))
        content = _STYLED.sub(lambda m: b'%s"%d"' % (m[1], self._formats.cell(int(m[2]))), content)
        return self._here(content.replace(b' tabSelected="1"', b""))

    def _cell(self, found: re.Match[bytes]) -> bytes:
        """A cell as openpyxl writes it: address, style, type, value."""
        said, inner = dict(_ATTRIBUTE.findall(found[1])), found[2] or b""
        style, kind = int(said.get(b"s", b"0")), said.get(b"t", b"n")
        value = _VALUE.match(inner)
        if kind == b"s" and value:
            text = text_markup(self._strings[int(value[1])]).encode()
            kind, inner = b"inlineStr", b'<is><t xml:space="preserve">%s</t></is>' % text
        elif value and self.book.date1904 and kind == b"n" and "y" in self._formats.code(style):
            inner = b"<v>%g</v>" % (float(value[1]) - _DAYS_TO_1904)
        typed = b' t="%s"' % kind if inner and kind != b"n" else b""
        return b'<c r="%s" s="%d"%s>%s</c>' % (said[b"r"], self._formats.cell(style), typed, inner)

    def facts(self) -> check.Facts:
        """What must be true of the file that was written."""
        return check.Facts(
            replaced=frozenset(self.replaced),
            added=tuple(new.name for new in self.added),
            removed=frozenset(),
            reading=tuple(self._reading),
        )


def _strings(content: bytes) -> list[str]:
    document = Document(content)
    return [
        "".join(document.text(t) for t in item.children if t.local == "t") for item in document.root.children
    ]  # openpyxl writes no runs where none were asked for


def _texts(content: bytes) -> Iterator[tuple[int, dict[int, str]]]:
    for number, cells in stored_rows([content]):
        yield number, {position: cell.said for position, cell in cells.items()}

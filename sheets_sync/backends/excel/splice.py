"""The few parts that name all others, edited by inserting bytes: content types, the workbook part, its relationships.

Inserted elements carry their parent's prefix; where ``r:`` is not declared it is declared on the element itself.
"""

from __future__ import annotations

import itertools
import posixpath

from sheets_sync.backends.excel.markup import Document, Element
from sheets_sync.backends.excel.package import Package, damaged, folded
from sheets_sync.backends.excel.parts import Book, rels_name, target_of
from sheets_sync.backends.excel.stream import quoted
from sheets_sync.backends.excel.xml_text import attribute, escape

FILTER_NAME = "_xlnm._FilterDatabase"
TITLES_NAME = "_xlnm.Print_Titles"
MOST_SHEET_ID = 65_534
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_BEFORE_NAMES = ("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets",
                 "functionGroups", "externalReferences")  # fmt: skip


class Splice:
    """Edits being collected; ``changed`` gives the parts they touch. New names and ids are always free ones."""

    def __init__(self, package: Package, book: Book) -> None:
        """Index what is there."""
        self.package, self.book = package, book
        self.types = book.types.document
        rels = package.find(rels_name(book.part))
        if rels is None:
            raise damaged()  # a workbook part without relationships has no tabs
        self.rels_part = rels.name
        self.rels = Document(package.read(rels))
        self._names = {folded(m.name) for m in package.members} | set(book.types.overrides)
        self._relation_ids = {r.id for r in book.relationships}
        self._sheet_ids = {s.sheet_id for s in book.sheets}
        self._sheet_count = len(book.sheets)
        self.document = book.document
        root = book.root
        sheets = root.child("sheets")
        if sheets is None:
            raise damaged()
        self._sheets = sheets
        self._new_names: list[str] = []
        self._chain: tuple[str, Document] | None = None
        self.removed: set[str] = set()
        # what the sheets that are there use, should the root's namespace and they not agree
        typed = next((r.type.rpartition("/")[0] for r in book.relationships if r.kind in ("worksheet", "styles")), "")
        self._type_base = typed or book.office
        spaced = next((k[1:-3] for s in sheets.children for k in s.attributes if k.endswith("}id")), "")
        self._id_space = spaced or book.office

    # ── new parts ───────────────────────────────────────────────────────────

    def free_name(self, stem: str, ending: str = ".xml") -> str:
        """A part name beside the workbook part: ``stem.xml``, or with the first free number, which sheets all have."""
        folder = posixpath.dirname(self.book.part.replace("\\", "/"))
        numbers = itertools.chain([] if stem.endswith("sheet") else [""], map(str, itertools.count(1)))
        name = next(n for i in numbers if folded(n := posixpath.join(folder, f"{stem}{i}{ending}")) not in self._names)
        self._names.add(folded(name))
        return name

    def declare(self, part: str, content_type: str) -> None:
        """Give a new part its content type."""
        name = self.types.root.name("Override")
        self.types.append(self.types.root, f'<{name} PartName="/{part}" ContentType="{content_type}"/>')

    def declare_rels(self, part: str) -> None:
        """Make sure a ``.rels`` part has a content type; a few packages name each one."""
        if self.book.types.of(part) != _RELS_TYPE:
            self.declare(part, _RELS_TYPE)

    def add_relation(self, kind: str, part: str) -> str:
        """A relationship of the workbook part; its id."""
        number = len(self._relation_ids) + 1
        while (relation := f"rId{number}") in self._relation_ids:
            number += 1
        self._relation_ids.add(relation)
        name, target = self.rels.root.name("Relationship"), attribute(target_of(self.book.part, part))
        markup = f'<{name} Id="{relation}" Type="{self._type_base}/{kind}" Target={target}/>'
        self.rels.append(self.rels.root, markup)
        return relation

    def add_styles(self) -> str:
        """A stylesheet for a workbook without one; its part name."""
        part = self.free_name("styles")
        self.declare(part, _STYLES_TYPE)
        self.add_relation("styles", part)
        return part

    def add_sheet(self, title: str, state: str) -> tuple[str, int]:
        """A tab at the end: its part name and its index."""
        part = self.free_name("worksheets/sheet")
        self.declare(part, _SHEET_TYPE)
        relation = self.add_relation("worksheet", part)
        number = next(n for n in range(1, MOST_SHEET_ID + 1) if n not in self._sheet_ids)
        self._sheet_ids.add(number)
        bound = self._sheets.prefix_of(self._id_space)
        declared = "" if bound else f' xmlns:r="{self._id_space}"'
        hidden = "" if state == "visible" else f' state="{state}"'
        markup = (
            f'<{self._sheets.name("sheet")}{declared} name={attribute(title)} sheetId="{number}"{hidden}'
            f' {bound or "r"}:id="{relation}"/>'
        )
        self.document.append(self._sheets, markup)
        self._sheet_count += 1
        return part, self._sheet_count - 1

    # ── defined names ───────────────────────────────────────────────────────

    def names_of(self, index: int) -> list[tuple[Element, str, str]]:
        """The defined names that belong to a tab: element, name, text."""
        listed = self.book.root.child("definedNames")
        mine = [e for e in listed.all("definedName") if e.get("localSheetId") == str(index)] if listed else []
        return [(e, e.get("name"), self.document.text(e)) for e in mine]

    def define(self, name: str, index: int, title: str, place: str, *, hidden: bool = False) -> None:
        """Say what ``name`` means in a tab: a range of that tab."""
        text = f"{quoted(title)}!{place}"
        for element, known, old in self.names_of(index):
            if known.lower() == name.lower():
                if old != text:
                    self.document.set_text(element, text)
                return
        flag = ' hidden="1"' if hidden else ""
        tag = self.book.root.name("definedName")
        self._new_names.append(f'<{tag} name="{name}" localSheetId="{index}"{flag}>{escape(text)}</{tag}>')

    def readdress(self, element: Element, text: str) -> None:
        """Give a defined name another meaning."""
        self.document.set_text(element, text)

    def _place_names(self) -> None:
        if not self._new_names:
            return
        root, markup = self.book.root, "".join(self._new_names)
        self._new_names.clear()
        listed = root.child("definedNames")
        if listed is not None:
            self.document.append(listed, markup)
            return
        tag = root.name("definedNames")
        behind = next((e for e in root.children if e.start > self._sheets.start and e.local not in _BEFORE_NAMES), None)
        whole = f"<{tag}>{markup}</{tag}>"
        if behind is None:
            self.document.append(root, whole)
        else:
            self.document.insert_before(behind, whole)

    # ── calculation chain ───────────────────────────────────────────────────

    def drop_from_calc_chain(self, sheet_ids: frozenset[int]) -> None:
        """Take the entries of these tabs out of the calculation chain, should it have any; Excel makes them anew.

        An entry without ``i`` is of the tab of the entry before. A chain without entries is no valid part: it goes.
        """
        part = self.book.related_part("calcChain")
        if part is None or not sheet_ids:
            return
        chain = Document(self.package.read(part))
        tab, kept = "", 0
        for entry in chain.root.all("c"):
            tab = entry.get("i") or tab
            if tab.isdigit() and int(tab) in sheet_ids:
                chain.remove(entry)
            else:
                kept += 1
        if kept:
            self._chain = (part, chain)
        elif chain.edited:
            self.removed.add(part)
            self.rels.remove(next(e for e in self.rels.root.children if e.get("Type").endswith("/calcChain")))
            override = self.book.types.overrides.get(folded(part))
            if override is not None:
                self.types.remove(override)

    def changed(self) -> dict[str, bytes]:
        """Stored name → new content of every part that was edited."""
        self._place_names()
        documents = [(self.book.types.name, self.types), (self.book.part, self.document), (self.rels_part, self.rels)]
        if self._chain:
            documents.append(self._chain)
        return {name: document.result() for name, document in documents if document.edited}

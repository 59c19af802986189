"""The parts of a workbook and how they hang together: relationships, content types, the workbook part, its sheets.

Everything is found by relationship, never by habit: targets may be absolute, percent-encoded, with backslashes or
in other case, the workbook need not lie in ``xl/``, namespaces may be prefixed, strict (ISO) or transitional.
"""

from __future__ import annotations

import posixpath
from functools import cached_property

from msgspec import Struct

from sheets_sync.backends.excel.markup import Document, Element
from sheets_sync.backends.excel.package import Package, folded
from sheets_sync.problems import BackendError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAIN_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

TYPES = "[Content_Types].xml"
_MAIN_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    "application/vnd.ms-excel.sheet.macroenabled.main+xml",
    "application/vnd.ms-excel.template.macroenabled.main+xml",
    "application/vnd.ms-excel.addin.macroenabled.main+xml",
)


class Relationship(Struct, frozen=True, kw_only=True):
    """``kind``: the type's last word (``worksheet``). ``part``: the stored name of the target; None where it is
    outside or missing."""

    id: str
    type: str
    kind: str
    target: str
    external: bool
    part: str | None


class Sheet(Struct, frozen=True, kw_only=True):
    """A tab as the workbook part lists it. ``index``: its place, what ``localSheetId`` counts.

    ``kind``: ``worksheet``, ``chartsheet``, ``dialogsheet``, ``xlMacrosheet`` …; ``state``: ``visible``, ``hidden``,
    ``veryHidden``; ``part``: stored name, None where the relationship leads nowhere.
    """

    title: str
    index: int
    sheet_id: int
    relation: str
    kind: str
    state: str
    part: str | None

    @property
    def hidden(self) -> bool:
        """True unless people see the tab."""
        return self.state != "visible"


def rels_name(part: str) -> str:
    """The name of the part that holds ``part``'s relationships (``""`` = the package's)."""
    folder, _, name = part.replace("\\", "/").rpartition("/")
    return f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"


def relationships(package: Package, part: str) -> tuple[Relationship, ...]:
    """Where ``part`` (``""`` = the package) leads; empty where it has no relationships."""
    member = package.find(rels_name(part))
    return related(package, part, package.read(member)) if member else ()


def related(package: Package, part: str, data: bytes) -> tuple[Relationship, ...]:
    """The relationships of ``part`` that ``data``, the content of its ``.rels``, declares."""
    found = []
    for element in Document(data).root.children:
        if element.local != "Relationship":
            continue
        target = element.get("Target")
        external = element.get("TargetMode").lower() == "external"
        found.append(
            Relationship(
                id=element.get("Id"), type=element.get("Type"), kind=element.get("Type").rpartition("/")[2],
                target=target, external=external, part=None if external else resolve(package, part, target),
            )
        )  # fmt: skip
    return tuple(found)


def resolve(package: Package, part: str, target: str) -> str | None:
    """The stored name of the part that ``target``, seen from ``part``, means; None where there is none."""
    path = target.replace("\\", "/").partition("#")[0]
    if not path.startswith("/"):
        path = posixpath.join("/", posixpath.dirname(part.replace("\\", "/").lstrip("/")), path)
    member = package.find(posixpath.normpath(path).lstrip("/"))
    return member.name if member else None


def target_of(base: str, part: str) -> str:
    """A relationship target that leads from ``base`` to ``part``."""
    return posixpath.relpath("/" + part.lstrip("/"), posixpath.join("/", posixpath.dirname(base.lstrip("/"))))


class ContentTypes:
    """``[Content_Types].xml`` of a package."""

    def __init__(self, package: Package) -> None:
        """Read it; BackendError ``not_a_workbook`` where the zip has none."""
        member = package.find(TYPES)
        if member is None:
            raise BackendError("not_a_workbook")
        self.name = member.name
        self.document = Document(package.read(member))
        children = self.document.root.children
        self.overrides = {folded(e.get("PartName")): e for e in children if e.local == "Override"}
        self._defaults = {e.get("Extension").lower(): e.get("ContentType") for e in children if e.local == "Default"}

    def of(self, part: str) -> str:
        """A part's content type; empty where none is declared."""
        override = self.overrides.get(folded(part))
        if override is not None:
            return override.get("ContentType")
        return self._defaults.get(part.rpartition(".")[2].lower(), "")


class Book:
    """The workbook part of a package and what it says about the whole.

    Raises BackendError ``not_a_workbook`` where there is no workbook part that is XML.
    """

    def __init__(self, package: Package) -> None:
        """Find and parse the workbook part."""
        self.package = package
        self.types = ContentTypes(package)
        part = next((r.part for r in relationships(package, "") if r.kind == "officeDocument" and r.part), None)
        if part is None or self.types.of(part).lower() not in _MAIN_TYPES:
            raise BackendError("not_a_workbook")
        self.part = part
        self.document = Document(package.read(part))
        self.root = self.document.root
        if self.root.uri not in (MAIN, MAIN_STRICT) or self.root.local != "workbook":
            raise BackendError("not_a_workbook")
        self.relationships = relationships(package, part)

    @property
    def strict(self) -> bool:
        """True for ISO strict files, whose namespaces and relationship types are others."""
        return self.root.uri == MAIN_STRICT

    @property
    def main(self) -> str:
        """The namespace of sheets, styles and the workbook."""
        return self.root.uri

    @property
    def office(self) -> str:
        """The namespace of ``r:id`` and the beginning of every relationship type."""
        return OFFICE_STRICT if self.strict else OFFICE

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """All tabs in order, chart and macro sheets too."""
        listed = self.root.child("sheets")
        by_id = {r.id: r for r in self.relationships}
        found = []
        for index, element in enumerate(listed.all("sheet") if listed else ()):
            relation = element.get(f"{{{self.office}}}id") or _any_id(element)
            target = by_id.get(relation)
            number = element.get("sheetId")
            found.append(
                Sheet(
                    title=element.get("name"), index=index, sheet_id=int(number) if number.isdigit() else 0,
                    relation=relation, kind=target.kind if target else "", state=element.get("state", "visible"),
                    part=target.part if target else None,
                )
            )  # fmt: skip
        return tuple(found)

    def related_part(self, kind: str) -> str | None:
        """The stored name of the part of that kind (``styles``, ``sharedStrings``, ``calcChain``)."""
        return next((r.part for r in self.relationships if r.kind == kind and r.part), None)

    @property
    def date1904(self) -> bool:
        """True where day 0 is 1904-01-01."""
        properties = self.root.child("workbookPr")
        return properties is not None and truth(properties.get("date1904"))

    @property
    def structure_locked(self) -> bool:
        """True where tabs may not be added."""
        protection = self.root.child("workbookProtection")
        return protection is not None and truth(protection.get("lockStructure"))

    @property
    def shared_with_history(self) -> bool:
        """True where the workbook is shared in the old way, with a revision log."""
        return any(r.kind == "revisionHeaders" and r.part for r in self.relationships)


def truth(value: str) -> bool:
    """An XML boolean."""
    return value.strip().lower() in ("1", "true", "on")


def _any_id(element: Element) -> str:
    """The relationship id under whatever namespace it was written."""
    return next((v for k, v in element.attributes.items() if k.endswith("}id")), "")

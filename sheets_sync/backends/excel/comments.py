"""Comments that people left on cells, as text: notes, and threads with who said what.

Excel keeps a thread twice: as a thread, and as a note for programs that know no threads.
"""

from __future__ import annotations

from lxml import etree

from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book, relationships
from sheets_sync.backends.excel.rows.sheet_xml import parse
from sheets_sync.backends.excel.stored_cells import cells_of


def comments_of(package: Package, book: Book, part: str) -> dict[int, dict[int, str]]:
    """Row → position → what is said about the cell, of the sheet ``part``. BackendError ``damaged``."""
    relations = relationships(package, part)
    notes = _said(package, [r.part for r in relations if r.kind == "comments"], "comment", {})
    threads = [r.part for r in relations if r.kind == "threadedComment"]
    if threads:
        notes |= _said(package, threads, "threadedComment", _people(package, book))
    found: dict[int, dict[int, str]] = {}
    for ref, lines in notes.items():
        rows, positions = cells_of(ref)
        if len(rows) == len(positions) == 1 and (text := "\n".join(lines).strip()):
            found.setdefault(rows[0], {})[positions[0]] = text
    return found


def _said(package: Package, parts: list[str | None], element: str, people: dict[str, str]) -> dict[str, list[str]]:
    """Address → what is said, one text a comment."""
    said: dict[str, list[str]] = {}
    for root in _trees(package, parts):
        for comment in root.iter(f"{{*}}{element}"):
            who = people.get(comment.get("personId", ""))
            text = "".join(_texts(comment))
            said.setdefault(comment.get("ref", ""), []).append(f"{who}: {text}" if who else text)
    return said


def _texts(comment: etree._Element) -> list[str]:
    """The pieces of a text; how a word is read aloud (``rPh``) is none."""
    pieces = (e for e in comment.iter("{*}t", "{*}text") if e.text and next(e.iterancestors("{*}rPh"), None) is None)
    return [e.text or "" for e in pieces]


def _people(package: Package, book: Book) -> dict[str, str]:
    parts = [r.part for r in book.relationships if r.kind == "person"]
    return {
        person.get("id", ""): person.get("displayName", "")
        for root in _trees(package, parts)
        for person in root.iter("{*}person")
    }


def _trees(package: Package, parts: list[str | None]) -> list[etree._Element]:
    members = (package.find(part) for part in parts if part)
    return [parse(package.read(member)) for member in members if member is not None]

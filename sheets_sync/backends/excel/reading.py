"""The one way in: a file opened, refused or peeked at; its source tabs loaded when asked.

What is read first is small (the first rows of each tab, our own tabs); fastexcel begins with the shared strings
meanwhile, and the file's checksum is taken, each in a thread of its own.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from sheets_sync.backends.excel import guard
from sheets_sync.backends.excel.guard import FileKind
from sheets_sync.backends.excel.later import Later
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book, Sheet
from sheets_sync.model import OwnTab, RawTab, TabLayout, TabPeek, Workbook
from sheets_sync.problems import Refusal

if TYPE_CHECKING:
    from sheets_sync.backends.excel.own_grids import OwnSheets


class Fingerprint(Struct, frozen=True, kw_only=True):
    """A file's bytes as read: equal fingerprints, equal files."""

    size: int
    mtime_ns: int
    sha256: str


class _Source(Protocol):
    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]: ...


class OpenFile:
    """An open workbook file. ``path``: the file itself, links followed. ``package``, ``book``: of an .xlsx only.

    ``own_sheets``: where each of our tabs is, the hidden ``_sync`` included. ``locked``: tabs may not be added.
    """

    def __init__(self, path: Path) -> None:
        """See ``open_file``."""
        self.path = guard.check_path(path)
        self.kind = guard.kind_of(self.path)
        self.package: Package | None = None
        self.book: Book | None = None
        self.own_sheets: Mapping[OwnTab, Sheet] = {}
        self._source: Later[_Source] | None = None
        with guard.reading(path):
            self._stamp = _stamp(self.path)
            self._sum = Later(lambda: _sha256(self.path))
            try:
                peeks, own = self._open()
            except BaseException:
                self.close()
                raise
        self.workbook = Workbook(
            name=path.name, tabs=peeks, grids=own.grids if own else {}, memory=own.memory if own else None,
            archives=own.archives if own else (),
        )  # fmt: skip

    @property
    def writable(self) -> bool:
        """True for an .xlsx (macros or not): tabs can be put into it. Others need a new file."""
        return self.kind is FileKind.XLSX

    @property
    def locked(self) -> bool:
        """True where the workbook's structure is protected: no tab can be added."""
        return self.book is not None and self.book.structure_locked

    @property
    def fingerprint(self) -> Fingerprint:
        """Of the bytes as read."""
        return Fingerprint(size=self._stamp[0], mtime_ns=self._stamp[1], sha256=self._sum.result())

    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]:
        """The recognised source tabs, in the order given.

        BackendError ``damaged``, ``xml_entities``, ``zip_bomb``; Refusal ``changed_under_us``.
        """
        if not layouts or self._source is None:
            return ()
        with guard.reading(self.path):
            tabs = self._source.result().load(layouts)
            if _stamp(self.path) != self._stamp:
                raise Refusal("changed_under_us", file=self.path.name)
        return tabs

    def ensure_unchanged(self) -> None:
        """Refusal ``changed_under_us`` where the file's bytes are no longer those that were read."""
        with guard.reading(self.path):
            if self.path.stat().st_size != self._stamp[0] or _sha256(self.path) != self._sum.result():
                raise Refusal("changed_under_us", file=self.path.name)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if self.package is not None:
            self.package.close()
        source, self._source = self._source, None
        if source is not None and os.name == "nt":
            source.wait(10)  # fastexcel holds the file open, and there an open file cannot be replaced

    def __enter__(self) -> OpenFile:
        """The open file itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _open(self) -> tuple[tuple[TabPeek, ...], OwnSheets | None]:
        if self.kind is FileKind.XLSX:
            return self._open_package()
        from sheets_sync.backends.excel.other_formats import OtherWorkbook, TextTable  # noqa: PLC0415  (seldom)

        other = TextTable(self.path) if self.kind is FileKind.CSV else OtherWorkbook(self.path)
        self._source = Later(lambda: other)
        return other.peeks(), None

    def _open_package(self) -> tuple[tuple[TabPeek, ...], OwnSheets]:
        from sheets_sync.backends.excel.own_grids import read_own  # noqa: PLC0415  (lxml: only for these)
        from sheets_sync.backends.excel.peek import peek  # noqa: PLC0415

        package = self.package = Package(self.path)
        book = self.book = Book(package)
        guard.check_book(book)
        large = guard.check_shared_parts(book)
        self._source = Later(lambda: _loader(self.path, package, book))
        guard.check_inflates(package, large)
        found = peek(package, book)
        own = read_own(package, book, found)
        self.own_sheets = own.sheets
        return tuple(entry for _, entry in found), own


def open_file(path: Path) -> OpenFile:
    """Open a workbook, peek at every tab and read our own tabs and the memory whole.

    BackendError with a code that says what to do: ``missing``, ``is_folder``, ``empty_file``, ``no_permission``,
    ``unreadable``, ``open_elsewhere``, ``not_a_workbook``, ``encrypted``, ``damaged``, ``too_large``, ``zip_bomb``,
    ``xml_entities``, ``unreadable_compression``, ``signed``, ``shared_history``.
    """
    return OpenFile(path)


def _loader(path: Path, package: Package, book: Book) -> _Source:
    from sheets_sync.backends.excel.load import Loader  # noqa: PLC0415  (pandas and fastexcel take their time)

    return Loader(path, package, book)


def _stamp(path: Path) -> tuple[int, int, int]:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""The files this server holds: spreadsheets by id, with what Drive knows of each. Published versions never change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from tests.sheets_server.errors import forbidden, not_found
from tests.sheets_server.ids import Ids
from tests.sheets_server.spreadsheet import Spreadsheet, new_spreadsheet

SPREADSHEET_TYPE = "application/vnd.google-apps.spreadsheet"


@dataclass
class File:
    """One spreadsheet file. ``book`` is its newest version; readers take it, writers replace it."""

    book: Spreadsheet
    created: datetime
    modified: datetime
    version: int = 1
    trashed: bool = False
    forbidden: bool = False
    writing: threading.RLock = field(default_factory=threading.RLock)

    @property
    def id(self) -> str:
        return self.book.id


class Files:
    """All files of the account."""

    def __init__(self, ids: Ids, now: Callable[[], datetime]) -> None:
        self.ids = ids
        self.now = now
        self._files: dict[str, File] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[File]:
        with self._lock:
            return iter(list(self._files.values()))

    def create(self, title: str, **given: str) -> File:
        return self.add(new_spreadsheet(self.ids.file(), title, **given))

    def add(self, book: Spreadsheet) -> File:
        now = self.now()
        file = File(book, now, now)
        with self._lock:
            self._files[book.id] = file
        return file

    def get(self, file_id: str) -> File:
        """A file by its id; ApiError 404 or 403 in Google's words."""
        with self._lock:
            file = self._files.get(file_id)
        if file is None:
            raise not_found()
        if file.forbidden:
            raise forbidden()
        return file

    def delete(self, file_id: str) -> None:
        self.get(file_id)
        with self._lock:
            del self._files[file_id]

    @contextmanager
    def change(self, file: File) -> Iterator[Spreadsheet]:
        """A fork to change; published when the block ends without an exception, so that a batch is atomic."""
        with file.writing:
            fork = file.book.fork()
            yield fork
            file.book = fork
            file.modified = self.now()
            file.version += 1

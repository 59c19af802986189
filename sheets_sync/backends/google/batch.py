"""One write: guard, copies of what it is about to change, the changes, the memory; and what its answer tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_sync.backends.google import born
from sheets_sync.backends.google.changes import Cells, Changes, Image, replay_all
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.conflict import Meant, same_columns
from sheets_sync.backends.google.document import FIELDS as DOCUMENT_FIELDS
from sheets_sync.backends.google.document import Document, document
from sheets_sync.backends.google.following import columns_moved
from sheets_sync.backends.google.looks import Request
from sheets_sync.backends.google.sheet import Sheet
from sheets_sync.backends.google.snapshot import FIELDS, Snapshots
from sheets_sync.backends.google.tab_requests import Place, tab_requests
from sheets_sync.backends.google.worked_out import worked_out
from sheets_sync.backends.own_tabs import memory_cells
from sheets_sync.model import OwnTab

Images = Mapping[int, list[Cells]]
Courses = Mapping[int, Sequence[Changes]]
"""Sheet id → the changes it goes through, one after another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A tab that is there, and what happens to it. ``read``: its rows as read; ``meant``: what that rests on."""

    sheet: Sheet
    place: Place
    changes: Changes
    read: list[Cells]
    meant: Meant

    def explained(self, before: Image, course: Sequence[Changes], after: Image) -> bool:
        """True where ``course`` makes of ``before`` what there is ``after`` it, in our columns; formulas of people's
        among them may show something else once cells are written."""
        ours = set(self.place.looks.positions.values())
        formulas = {p for image in (self.read, after) for cells in image for p, ink in cells.items() if ink.formula}
        return same_columns(replay_all(before, course), after, ours - formulas)

    def key_in(self, image: Image) -> int | None:
        """Where the key column stands in the tab as it is in ``image``."""
        position = self.meant.key_position
        return None if position is None else columns_moved(self.read, image).get(position)


class Batches:
    """The writes of one run into one spreadsheet; each knows the generation that the last one left."""

    def __init__(self, client: SheetsClient, spreadsheet: str, found: Document, sync_title: str) -> None:
        """``sync_title``: for the hidden tab, where it has to be born."""
        self._client, self._id = client, spreadsheet
        self._generation = found.generation
        sync = found.own.get(OwnTab.SYNC)
        self._taken = {sheet.id for sheet in found.sheets}
        self._sync = sync.id if sync else born.free_id(OwnTab.SYNC, self._taken)
        self._sync_title = sync.title if sync else sync_title
        self._sync_rows = sync.row_count if sync else born.SYNC_ROWS
        self._sync_columns = sync.column_count if sync else born.SYNC_COLUMNS
        self._sync_is_new = sync is None

    @property
    def last_write(self) -> int:
        """The id of the last write of ours, or of the one before it where there was none."""
        return self._generation.last_id

    def requests(
        self, changed: Sequence[Changed], courses: Courses, more: Sequence[Request], memory: str | None
    ) -> tuple[list[Request], Snapshots]:
        """All requests of a batch. ``more``: what goes by no row number."""
        touched = [c for c in changed if c.sheet.id in courses]
        snapshots = Snapshots(
            sync=self._sync, sync_title=self._sync_title, sync_rows=self._sync_rows, sync_columns=self._sync_columns,
            tabs=[(c.sheet.id, c.sheet.title, c.sheet.row_count, c.sheet.column_count) for c in touched],
            taken=self._taken,
        )  # fmt: skip
        requests = self._generation.guard()
        if self._sync_is_new:
            requests.append(born.memory_tab(self._sync, self._sync_title))
        requests += snapshots.requests()
        for c in touched:
            for changes in courses[c.sheet.id]:
                requests += tab_requests(changes, c.place)
        requests += more
        if memory is not None:
            requests += born.memory_requests(memory, self._sync, max(self._sync_rows, snapshots.rows))
        return requests, snapshots

    def send(
        self, changed: Sequence[Changed], courses: Courses, more: Sequence[Request], memory: str | None, assumed: Images
    ) -> Images:
        """Send a batch; what the tabs were when it came. ``assumed``: what they were last known to be.

        RequestDeclinedError, AnswerLostError, BackendError.
        """
        requests, snapshots = self.requests(changed, courses, more, memory)
        told = bool(snapshots.tabs)
        body: dict[str, Any] = {"requests": requests, "includeSpreadsheetInResponse": told}
        if told:
            body |= {"responseIncludeGridData": True, "responseRanges": snapshots.ranges}
        fields = f"spreadsheetId,updatedSpreadsheet({FIELDS})" if told else "spreadsheetId"
        answer = self._client.write(self._id, body, fields)
        self._generation = self._generation.after()
        self._sync_is_new = False
        self._sync_rows = max(self._sync_rows, snapshots.rows, len(memory_cells(memory or "")))
        self._sync_columns = max(self._sync_columns, snapshots.columns)
        before, after = snapshots.read(answer.get("updatedSpreadsheet", {}))
        doubted = {
            c.sheet.id: c.meant.key_position
            for c in changed
            if c.sheet.id in before and not c.explained(before[c.sheet.id], courses[c.sheet.id], after[c.sheet.id])
        }
        return before | {i: worked_out(after[i], courses[i], assumed[i], key) for i, key in doubted.items()}

    def unapplied(self) -> Document | None:
        """The spreadsheet as it is, where the last batch was not applied; None where it was."""
        now = document(self._client.read(self._id, DOCUMENT_FIELDS))
        self._sync_title = next((sheet.title for sheet in now.sheets if sheet.id == self._sync), self._sync_title)
        return now if now.generation.next_id == self._generation.next_id else None

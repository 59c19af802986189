"""One cell of a person's, written where the key of its row stands: what a side panel does for somebody.

People sort, insert and delete at any moment, also between our reading and our writing, and Google writes by row
numbers. So a write first copies the tab aside (``snapshot``), and its answer shows which rows it met: a row that was
hit in place of another gets back what stood there, until every cell is right. It is a person's hand, not a worker's:
no generation is taken, the worker treats it as it treats people, and ``undo`` still knows the last run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheets_sync.backends.google.cells import raw
from sheets_sync.backends.google.changes import Cells, Ink
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.document import Document
from sheets_sync.backends.google.ink import Pen
from sheets_sync.backends.google.own_only import own_document
from sheets_sync.backends.google.refusals import AnswerLostError, RequestDeclinedError
from sheets_sync.backends.google.snapshot import FIELDS, Snapshots
from sheets_sync.backends.google.whose_row import Rows, Spot, State
from sheets_sync.model import OwnTab, Value
from sheets_sync.problems import Refusal

TRIES, MOST = 6, 30
"""So often a cell is tried to be written, and so many writes are made at most, those that put things back included."""


@dataclass(frozen=True, slots=True)
class _Owed:
    """``ink``: what a cell is to hold; ``known``: what may stand in it until then, since we put it there by mistake, or
    the person knew it; ``near``: the row where it stood last, for rows that are alike."""

    ink: Ink
    known: frozenset[object]
    near: int = 0

    def may_hold(self, found: Ink) -> bool:
        """False where somebody wrote there meanwhile."""
        return raw(found.value) in self.known or raw(found.value) == raw(self.ink.value)


@dataclass(slots=True)
class Hand:
    """Writes into the ``own`` tab of a spreadsheet, as somebody who has it open. ``found``: as ``own_only`` read it."""

    client: SheetsClient
    spreadsheet: str
    found: Document
    own: OwnTab
    pen: Pen
    _room: dict[int, tuple[int, int]] = field(default_factory=dict)

    def put(self, key: str, column: str, value: Value, seen: Value) -> None:
        """Write a cell of the row that has this key. ``seen``: what the person knew to stand there.

        Refusal: ``row_gone``, ``cell_missing`` (no such row, column any more), ``cell_changed`` (somebody else wrote
        there: it stays), ``cell_formula``, ``rows_restless`` (they never stand still), ``never_synced``. BackendError
        ``google_…``.
        """
        target, wanted = (key, column), Ink(value=value)
        rows = Rows(self.own, self._title)
        now = read = rows.state(self._image())
        refusal = _at_first(read, target, {raw(seen), raw(value)})
        if refusal is not None:
            raise Refusal(refusal)
        owed: dict[Spot, _Owed] = {target: _Owed(wanted, frozenset({raw(seen)}))}
        tries = 0
        for _ in range(MOST):
            strays = {spot: one for spot, one in owed.items() if one.ink is not wanted}
            turn = strays or owed  # nothing new is written before all is right again
            tries += not strays
            if tries > TRIES:
                refusal = "rows_restless"
                break
            places = {spot: now.find(spot, one.near, one.known) for spot, one in turn.items()}
            puts = {place: spot for spot, place in places.items() if place is not None}
            gone = [spot for spot, place in places.items() if place is None]
            if not puts:  # what is owed to rows that people took away is owed no longer
                refusal = refusal or ("row_gone" if target in gone else None)
                owed = {spot: one for spot, one in owed.items() if spot not in gone}
                if not owed:
                    break
                continue
            told = self._send({place: owed[spot].ink for place, spot in puts.items()})
            if told is None:
                now = rows.state(self._image())
                continue
            met = rows.state(told[0])
            now = rows.after(met, told[1])
            rest = _still_owed(met, puts, owed, read)
            if target in owed and owed[target].ink is wanted and target in rest and rest[target].ink is not wanted:
                refusal = "cell_changed"
            owed = {spot: one for spot, one in owed.items() if spot not in puts.values()} | rest
            if not owed:
                break
        else:
            refusal = "rows_restless"
        if refusal is not None:
            raise Refusal(refusal)

    @property
    def _title(self) -> str:
        return self.found.own[self.own].title

    def _image(self) -> list[Cells]:
        """The tab as it now is; at first, as it was read."""
        if self._room:
            self.found = own_document(self.client, self.spreadsheet, {self.own})
        if OwnTab.SYNC not in self.found.own:
            raise Refusal("never_synced")
        if self.own not in self.found.own:
            raise Refusal("row_gone")
        for sheet in (self.found.own[self.own], self.found.own[OwnTab.SYNC]):
            self._room[sheet.id] = (sheet.row_count, sheet.column_count)
        return self.found.image(self.own)

    def _send(self, puts: Mapping[tuple[int, int], Ink]) -> tuple[list[Cells], Sequence[Cells]] | None:
        """The tab as the write met it and as it then is; None where it was not applied, or nobody knows."""
        tab, sync = self.found.own[self.own], self.found.own[OwnTab.SYNC]
        snapshots = Snapshots(
            sync=sync.id, sync_title=sync.title, sync_rows=self._room[sync.id][0], sync_columns=self._room[sync.id][1],
            tabs=[(tab.id, tab.title, *self._room[tab.id])], taken=set(self.found.ids.values()),
        )  # fmt: skip
        rows: dict[int, dict[int, Ink]] = {}
        for (row, position), ink in puts.items():
            rows.setdefault(row, {})[position] = ink
        body = {
            "requests": [*snapshots.requests(), *self.pen.puts(tab.id, rows)],
            "includeSpreadsheetInResponse": True,
            "responseIncludeGridData": True,
            "responseRanges": snapshots.ranges,
        }
        try:
            answer = self.client.write(self.spreadsheet, body, f"updatedSpreadsheet({FIELDS})")
        except (RequestDeclinedError, AnswerLostError):
            return None
        self._room[sync.id] = (snapshots.rows, snapshots.columns)
        before, after = snapshots.read(answer.get("updatedSpreadsheet", {}))
        return before[tab.id], after[tab.id]


def _still_owed(
    met: State, puts: Mapping[tuple[int, int], Spot], owed: Mapping[Spot, _Owed], read: State
) -> dict[Spot, _Owed]:
    """What is to be put right after a write that met ``met``: cells that it missed, those it hit in their place, and
    those in which it wrote over what somebody had just written."""
    rest: dict[Spot, _Owed] = {}
    for (row, position), spot in puts.items():
        hit, was = met.spot(row, position), met.cell(row, position)
        ink, one = raw(owed[spot].ink.value), owed.get(hit)
        if hit != spot:
            rest.setdefault(spot, owed[spot])
        elif owed[spot].may_hold(was):
            continue
        if one is not None and one.may_hold(was):
            rest[hit] = replace(one, known=one.known | {ink}, near=row)
        else:
            formula = read.at(hit) if read.at(hit).formula else None
            rest[hit] = _Owed(formula or was, frozenset({ink}), row)
    return rest


def _at_first(now: State, target: Spot, known: Collection[object]) -> str | None:
    """Why the cell is not to be written at all; None where it may be."""
    place = now.find(target, 0)
    if place is None:
        return "cell_missing" if target[0] in now.rows else "row_gone"
    cell = now.cell(*place)
    if cell.formula:
        return "cell_formula"
    return None if raw(cell.value) in known else "cell_changed"

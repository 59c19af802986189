"""One cell of a person's, written where the key of its row stands: what a side panel does for somebody.

People sort, insert and delete at any moment, also between our reading and our writing, and Google writes by row
numbers. So a write first copies the tab aside (``snapshot``), and its answer shows which rows it met: a row that was
hit in place of another gets back what stood there, until every cell is right. It is a person's hand, not a worker's:
no generation is taken, the worker treats it as it treats people, and ``undo`` still knows the last run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from sheets_sync.backends.google.cells import raw
from sheets_sync.backends.google.changes import Cells, Image, Ink
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.document import Document
from sheets_sync.backends.google.ink import Pen
from sheets_sync.backends.google.own_only import own_document
from sheets_sync.backends.google.refusals import AnswerLostError, RequestDeclinedError
from sheets_sync.backends.google.snapshot import FIELDS, Snapshots
from sheets_sync.model import Grid, GridCell, OwnTab, Value
from sheets_sync.problems import Refusal
from sheets_sync.tables.task_rows import interpret

TRIES, MORE = 6, 24
"""So often a cell is written before we give up, and so often what was hit by mistake is put back after that."""

Spot: TypeAlias = tuple[str | tuple[object, ...], str]
"""A cell by what does not move: the key of its row (without one, what else the row holds), and its column."""


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


class _Places:
    """Which spot stands where, in one state of a tab."""

    def __init__(self, own: OwnTab, title: str, image: Image) -> None:
        rows = {
            number: {p: GridCell(value=ink.value, formula=ink.formula) for p, ink in cells.items()}
            for number, cells in enumerate(image, 1)
            if cells
        }
        found = interpret(Grid(own=own, title=title, rows=rows))
        self._image = image
        self._columns = {c.position: c.key or f"#{c.header}" for c in found.columns}
        self._keys = {row.row: row.key for row in found.rows if row.key is not None}

    def holds(self, key: str) -> bool:
        return key in self._keys.values()

    def spot(self, row: int, position: int) -> Spot:
        """What stands there. A key cell that was hit no longer names its row: then the rest of the row does."""
        column = self._columns.get(position, f"@{position}")
        key = self._keys.get(row)
        return (key if key is not None and column != "key" else self._rest(row, column)), column

    def find(self, spot: Spot, near: int) -> tuple[int, int] | None:
        named, column = spot
        position = next((p for p, name in self._columns.items() if name == column), None)
        if position is None and column.startswith("@"):
            position = int(column[1:])
        if position is None:
            return None
        if isinstance(named, str):
            rows = [row for row, key in self._keys.items() if key == named]
        else:
            some = (row for row in range(1, len(self._image) + 1) if column == "key" or row not in self._keys)
            rows = [row for row in some if self._rest(row, column) == named]
        return (min(rows, key=lambda row: abs(row - near)), position) if rows else None

    def cell(self, row: int, position: int) -> Ink:
        return self._row(row).get(position, Ink())

    def at(self, spot: Spot) -> Ink:
        place = self.find(spot, 0)
        return self.cell(*place) if place is not None else Ink()

    def _row(self, row: int) -> Cells:
        return self._image[row - 1] if 0 < row <= len(self._image) else {}

    def _rest(self, row: int, column: str) -> tuple[object, ...]:
        named = ((self._columns.get(p, f"@{p}"), raw(ink.value)) for p, ink in self._row(row).items())
        return tuple(sorted((name, str(value)) for name, value in named if name != column and value is not None))


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
        image: Image = self._image()
        read = _Places(self.own, self._title, image)
        refusal = _at_first(read, target, {raw(seen), raw(value)})
        if refusal is not None:
            raise Refusal(refusal)
        owed: dict[Spot, _Owed] = {target: _Owed(wanted, frozenset({raw(seen)}))}
        for attempt in range(TRIES + MORE):
            if attempt == TRIES and target in owed and owed[target].ink is wanted:
                owed[target], refusal = replace(owed[target], ink=read.at(target)), "rows_restless"
            now = _Places(self.own, self._title, image)
            places = {spot: now.find(spot, one.near) for spot, one in owed.items()}
            puts = {place: spot for spot, place in places.items() if place is not None}
            if not puts:  # what is still owed is owed to rows that people took away
                refusal = refusal or ("row_gone" if target in owed else None)
                break
            told = self._send({place: owed[spot].ink for place, spot in puts.items()})
            if told is None:
                image = self._image()
                continue
            before, image = told
            rest = _still_owed(_Places(self.own, self._title, before), puts, owed, read)
            if target in owed and owed[target].ink is wanted and target in rest and rest[target].ink is not wanted:
                refusal = "cell_changed"
            owed = rest | {spot: owed[spot] for spot, place in places.items() if place is None}
            if not owed:
                break
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
    met: _Places, puts: Mapping[tuple[int, int], Spot], owed: Mapping[Spot, _Owed], read: _Places
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


def _at_first(now: _Places, target: Spot, known: Collection[object]) -> str | None:
    """Why the cell is not to be written at all; None where it may be."""
    place = now.find(target, 0)
    if place is None:
        return "cell_missing" if now.holds(str(target[0])) else "row_gone"
    cell = now.cell(*place)
    if cell.formula:
        return "cell_formula"
    return None if raw(cell.value) in known else "cell_changed"

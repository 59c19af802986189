"""Which row of a tab is whose, in every state of it that writes meet.

By its key, where the rest of the row agrees. Where it does not, or there is none (a stray write may have hit the key
cell itself), by what the row is most alike: people sort rows, insert columns and type meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from sheets_sync.backends.google.cells import raw
from sheets_sync.backends.google.changes import Cells, Image, Ink
from sheets_sync.model import Grid, GridCell, OwnTab
from sheets_sync.tables.own_frame import is_key
from sheets_sync.tables.task_rows import interpret

Spot: TypeAlias = tuple[str, str]
"""A cell by what does not move: whose row it is in (a key, or a name that ``Rows`` gave), and its column."""

_BLANK = "?"
_KEY_COUNTS = 3
_Content: TypeAlias = frozenset[tuple[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """``rows``: whose → row number; ``columns``: position → name."""

    image: Image
    rows: Mapping[str, int]
    columns: Mapping[int, str]

    def spot(self, row: int, position: int) -> Spot:
        """What stands there; a row that holds nothing else is a blank one."""
        alone = set(self.row(row)) <= {position}
        whose = _BLANK if alone else next((name for name, number in self.rows.items() if number == row), _BLANK)
        return whose, self.columns.get(position, f"@{position}")

    def find(self, spot: Spot, near: int, known: Collection[object] = ()) -> tuple[int, int] | None:
        """Where that stands now; None where it is gone. ``near``, ``known``: of a row that was blank, where it was and
        what stray writes may have left in it."""
        whose, column = spot
        position = next((p for p, name in self.columns.items() if name == column), None)
        if position is None and column.startswith("@"):
            position = int(column[1:])
        if position is None:
            return None
        row = self.rows.get(whose) if whose != _BLANK else self._blank(position, near, known)
        return None if row is None else (row, position)

    def cell(self, row: int, position: int) -> Ink:
        """What a cell holds."""
        return self.row(row).get(position, Ink())

    def at(self, spot: Spot) -> Ink:
        """What stands in a spot; nothing where it is gone."""
        place = self.find(spot, 0)
        return self.cell(*place) if place is not None else Ink()

    def row(self, row: int) -> Cells:
        """The cells of a row."""
        return self.image[row - 1] if 0 < row <= len(self.image) else {}

    def _blank(self, position: int, near: int, known: Collection[object]) -> int | None:
        some = [
            row
            for row, cells in enumerate(self.image, 1)
            if set(cells) == {position} and raw(cells[position].value) in known
        ]
        return min(some, key=lambda row: abs(row - near), default=None)


@dataclass(slots=True)
class Rows:
    """All rows of a tab that were seen so far, each with what it held when it was last known for sure."""

    own: OwnTab
    title: str
    _held: dict[str, _Content] = field(default_factory=dict)
    _named: int = 0

    def state(self, image: Image) -> State:
        """One state of the tab; rows that are new in it are known from then on."""
        rows = {
            number: {p: GridCell(value=ink.value, formula=ink.formula) for p, ink in cells.items()}
            for number, cells in enumerate(image, 1)
            if cells
        }
        found = interpret(Grid(own=self.own, title=self.title, rows=rows))
        columns = {c.position: c.key or f"#{c.header}" for c in found.columns}
        contents = {number: _content(image[number - 1], columns) for number in rows}
        keys = {row.row: row.key for row in found.rows if row.key is not None and is_key(self.own, row.key)}
        sure = {key: number for number, key in keys.items() if self._agrees(key, contents[number])}
        self._held |= {key: contents[number] for key, number in sure.items()}
        left = {number: held for number, held in contents.items() if number not in set(sure.values())}
        return State(image=image, rows=sure | self._most_alike(left, keys, sure), columns=columns)

    def after(self, met: State, image: Image) -> State:
        """The tab as a write left it that met ``met``: nothing stands elsewhere, but some of it may be stray."""
        written = replace(met, image=image)
        self._held |= {whose: _content(written.row(number), met.columns) for whose, number in met.rows.items()}
        return written

    def _agrees(self, key: str, content: _Content) -> bool:
        """Whether a row is the key's also by what else it holds; a key that is new is believed."""
        held = self._held.get(key)
        return held is None or 5 * len(held & content) >= 4 * max(len(held), len(content))

    def _most_alike(
        self, contents: Mapping[int, _Content], keys: Mapping[int, str], taken: Collection[str]
    ) -> dict[str, int]:
        """Whose the other rows are: the most alike first. The key counts as much as a few cells do: it may be one that
        a stray write left there."""
        pairs: list[tuple[int, int, str]] = []
        for number, content in contents.items():
            for name, held in self._held.items():
                alike = len(held & content) + (_KEY_COUNTS if keys.get(number) == name else 0)
                if name not in taken and 2 * alike >= max(len(held), len(content), 1):
                    pairs.append((alike, number, name))
        whose: dict[str, int] = {}
        for _, number, name in sorted(pairs, reverse=True):
            if name not in whose and number not in whose.values():
                whose[name] = number
        for number in sorted(contents.keys() - set(whose.values())):
            self._named += 1
            whose[f"{_BLANK}{self._named}"] = number
            self._held[f"{_BLANK}{self._named}"] = contents[number]
        return whose


def _content(cells: Cells, columns: Mapping[int, str]) -> _Content:
    named = ((columns.get(p, f"@{p}"), raw(ink.value)) for p, ink in cells.items())
    return frozenset((name, value) for name, value in named if name != "key" and value is not None)

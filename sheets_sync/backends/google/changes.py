"""What happens to a tab that exists, as plain values: what it does to rows, and what takes it back.

Rows are numbered as they stand before the changes. Cells are written first, then rows come and go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheets_sync.backends.google.cells import raw
from sheets_sync.model import GridCell, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """What a cell is to hold; ``formula`` without its equals sign. ``currency`` decides an amount's number format."""

    value: Value = None
    link: str | None = None
    formula: str | None = None
    currency: str | None = None

    @property
    def blank(self) -> bool:
        """True where nothing is left in the cell."""
        return raw(self.value) is None and not self.formula and not self.link


Cells = Mapping[int, Ink]
"""A row's cells by position; blank ones are absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row to be born. ``role``: ``row``, or a row of the frame: ``keys``, ``title``, ``blank``, ``header``.

    ``choices``: dropdown lists by position.
    """

    cells: Cells
    role: str = "row"
    choices: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Changes:
    """``puts``: row → position → ink; ``cut``: rows that leave; ``born``: row → rows born below it (0 = on top).

    ``new_column``: where the key column comes back; ``restyle``: formats, rules and filter are applied again;
    ``header``: where the header then stands, 0 = nowhere.
    """

    puts: dict[int, dict[int, Ink]] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)
    born: dict[int, list[NewRow]] = field(default_factory=dict)
    new_column: int | None = None
    restyle: bool = False

    @property
    def rows_move(self) -> bool:
        """True where rows come or go between others."""
        return bool(self.cut or self.born)

    def put(self, row: int, position: int, ink: Ink) -> None:
        """Write a cell (the last word counts)."""
        self.puts.setdefault(row, {})[position] = ink


Image = Sequence[Cells]
"""A tab's rows from row 1 on."""


def image_of(rows: Mapping[int, Mapping[int, GridCell]]) -> list[Cells]:
    """A grid's rows, blank ones in between included."""
    last = max(rows, default=0)
    return [
        {p: Ink(value=c.value, link=c.link, formula=c.formula) for p, c in rows.get(row, {}).items()}
        for row in range(1, last + 1)
    ]


def replay(image: Image, changes: Changes) -> list[Cells]:
    """The rows once the changes are made."""
    rows: list[Cells] = []
    last = max([len(image), *changes.puts, *changes.cut, *changes.born])
    for number in range(last + 1):
        if number and number not in changes.cut:
            before = image[number - 1] if number <= len(image) else {}
            rows.append(_written(before, changes.puts.get(number, {})))
        rows += [_written({}, row.cells) for row in changes.born.get(number, ())]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _written(before: Cells, puts: Cells) -> Cells:
    return {p: ink for p, ink in {**before, **puts}.items() if not ink.blank} if puts else before


def inverse(image: Image, changes: Changes) -> Changes:
    """What makes ``replay(image, changes)`` the ``image`` again."""
    back = Changes()
    at = 0  # of the row that was looked at last, as it stands after the changes
    last = max([len(image), *changes.puts, *changes.cut, *changes.born])
    for number in range(last + 1):
        before = image[number - 1] if 0 < number <= len(image) else {}
        if number in changes.cut:
            back.born.setdefault(at, []).append(NewRow(cells=dict(before)))
        elif number:
            at += 1
            for position in changes.puts.get(number, {}):
                back.put(at, position, before.get(position, Ink()))
        for _ in changes.born.get(number, ()):
            at += 1
            back.cut.add(at)
    return back


# ── one after another ───────────────────────────────────────────────────────


def replay_all(image: Image, course: Sequence[Changes]) -> list[Cells]:
    """The rows once several changes were made, one after another."""
    rows = list(image)
    for changes in course:
        rows = replay(rows, changes)
    return rows


def inverse_all(image: Image, course: Sequence[Changes]) -> list[Changes]:
    """What takes them all back, the last one first."""
    back: list[Changes] = []
    rows = list(image)
    for changes in course:
        back.insert(0, inverse(rows, changes))
        rows = replay(rows, changes)
    return back

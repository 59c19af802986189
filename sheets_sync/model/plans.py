"""Changes, and the plan they make up."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from sheets_sync.model.places import Problem
from sheets_sync.model.tables import FoundTab
from sheets_sync.model.words import OwnTab, Value


class Cell(Struct, frozen=True, gc=False):  # a million of them, and none holds another
    """A cell to be written. ``link``: ``https:`` / ``mailto:`` / ``tel:`` target, or ``#'Tab'!A5`` inside the book.

    ``currency`` makes a number money of that currency (ISO code) and decides its number format.
    """

    value: Value = None
    link: str | None = None
    currency: str | None = None


class AddRow(Struct, frozen=True, kw_only=True):
    """A row to be born below row ``below`` (None = directly below the header; -1 = at the very end).

    Several with one ``below`` keep their order. ``people``: people's cells it is born with, by column key;
    ``own``: by header; ``choices``: a dropdown list for cells of this row, by column key.
    """

    key: str
    cells: Mapping[str, Cell]
    below: int | None = None
    people: Mapping[str, Value] = field(default_factory=dict)
    own: Mapping[str, Value] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class UpdateRow(Struct, frozen=True, kw_only=True):
    """Cells of an existing row to be put right; ``before`` are the values they replace.

    ``people`` / ``own`` only where a partial sort is undone: cells that go back to the key they belong to;
    ``found_at``: (column as in ``Remark``, whether it is the link) → the row from which what people hung on the cell
    comes along.
    """

    key: str
    row: int
    cells: Mapping[str, Cell]
    before: Mapping[str, Value]
    people: Mapping[str, Value] = field(default_factory=dict)
    own: Mapping[str, Value] = field(default_factory=dict)
    found_at: Mapping[tuple[str, bool], int] = field(default_factory=dict)


class RemoveRow(Struct, frozen=True, kw_only=True):
    """A row that leaves its tab; ``before`` are its machine values, ``found_at`` as in ``UpdateRow``."""

    key: str
    row: int
    before: Mapping[str, Value]
    found_at: Mapping[tuple[str, bool], int] = field(default_factory=dict)


class TabPlan(Struct, frozen=True, kw_only=True):
    """Everything that happens to one of our tabs. ``found`` None = the tab is born.

    ``heading``: the text of the title row, None = unchanged. ``columns``: keys in order for a tab to be born.
    ``restyle``: formats, validations and the filter are to be applied again (our layout version rose).
    """

    own: OwnTab
    title: str
    found: FoundTab | None
    heading: str | None
    adds: tuple[AddRow, ...] = ()
    updates: tuple[UpdateRow, ...] = ()
    removes: tuple[RemoveRow, ...] = ()
    restyle: bool = False
    repair: bool = False

    @property
    def empty(self) -> bool:
        """True where the tab stays as it is."""
        changed = self.adds or self.updates or self.removes or self.restyle or self.repair
        return not changed and self.heading is None and self.found is not None


class Plan(Struct, frozen=True, kw_only=True):
    """What a run will do, whole. ``memory`` None = the memory stays as it is."""

    tabs: tuple[TabPlan, ...]
    memory: str | None
    language: str

    @property
    def empty(self) -> bool:
        """True where applying would change nothing."""
        return self.memory is None and all(tab.empty for tab in self.tabs)


class Applied(Struct, frozen=True, kw_only=True):
    """What a backend did; ``problems`` are things it had to trim or leave out."""

    changed: bool
    problems: tuple[Problem, ...] = ()

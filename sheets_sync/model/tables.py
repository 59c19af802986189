"""Source tabs after parsing, our own tabs after interpretation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from sheets_sync.model.places import Problem
from sheets_sync.model.reading import TabLayout
from sheets_sync.model.words import OwnTab, SourceTab, Value

if TYPE_CHECKING:
    import pandas as pd


class RowCounts(Struct, frozen=True, kw_only=True):
    """Every row counts once: ``read == used + questioned + blank``."""

    read: int = 0
    used: int = 0
    questioned: int = 0
    blank: int = 0


class Unread(Struct, frozen=True, kw_only=True):
    """What could not be read of one source: tasks about these are held.

    ``subjects``: order ids / exchange subjects whose row has an unreadable cell; ``customers``: identities whose
    cycle depends on such a row; ``lost_ids``: some row's id cell itself is unreadable, so every open task whose
    subject is not found in that source is held.
    """

    subjects: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    lost_ids: bool = False


class Moved(Struct, frozen=True, kw_only=True):
    """Former subject → present one. ``exchanges``, ``orders``: by id; ``stand_ins``: ``customer:day`` of an order that
    only the customer's row told about → the order whose row came since.
    """

    exchanges: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything moved."""
        return bool(self.exchanges or self.orders or self.stand_ins)


class Tables(Struct, frozen=True, kw_only=True):
    """Typed frames (columns: ``tables/frames.py``) and what could not be read.

    ``present``: the source kinds that the workbook has a usable tab for. ``aliases``: older identity → identity
    now used. ``moved``: exchanges whose id was filled in and orders whose own row came since. ``titles``: source →
    titles read. ``layouts``: by title, where each tab's columns are. ``used``: of shipped_on
    and delivered_on, those in which any order has a date.
    """

    customers: pd.DataFrame
    orders: pd.DataFrame
    exchanges: pd.DataFrame
    present: frozenset[SourceTab]
    columns: Mapping[SourceTab, frozenset[str]]
    titles: Mapping[SourceTab, tuple[str, ...]]
    counts: Mapping[SourceTab, RowCounts]
    unread: Mapping[SourceTab, Unread]
    aliases: Mapping[str, str]
    problems: tuple[Problem, ...]
    moved: Moved = field(default_factory=Moved)
    layouts: Mapping[str, TabLayout] = field(default_factory=dict)
    used: frozenset[str] = frozenset()


# ── our rows as found ───────────────────────────────────────────────────────


class OwnColumn(Struct, frozen=True, kw_only=True):
    """A column of one of our tabs as found: ``key`` None = a column of people's own (or unknown)."""

    key: str | None
    header: str
    position: int


OWN_COLUMN = "own:"
"""Before the header of a column of people's own, where it stands beside column keys."""


class Remark(Struct, frozen=True, kw_only=True):
    """What a person hung on a cell of a row of ours: a comment's text, or the target of a link they set (``link``).

    ``column``: its key; of people's own columns the header, after ``OWN_COLUMN``.
    """

    column: str
    text: str
    link: bool = False


class TaskRow(Struct, frozen=True, kw_only=True):
    """A row of one of our tabs as found. ``key`` None = a person's own row (or a copy of a task row).

    ``machine`` / ``people``: values by column key, blanks left out; ``links``: link targets by column key;
    ``own``: values of people's own columns by header. ``copy_of``: the key of a row above, which this one repeats.
    ``remarks``: left to right.
    """

    row: int
    key: str | None
    machine: Mapping[str, Value]
    people: Mapping[str, Value]
    own: Mapping[str, Value]
    links: Mapping[str, str]
    hidden: bool = False
    copy_of: str | None = None
    remarks: tuple[Remark, ...] = ()


class FoundTab(Struct, frozen=True, kw_only=True):
    """One of our tabs after interpretation: which column is which, which row is whose.

    ``key_row`` / ``header_row`` None = missing (a person deleted it): the plan writes it again.
    ``repair``: something of the frame around the rows (marker, keys, headers of hidden columns) must be rewritten.
    ``columns`` empty = the tab cannot be told for ours any more: it is left alone and born again beside.
    ``heading_position``: where in the title row the heading stands; ``formulas``: positions at which some row of it has
    a formula; ``comments_stay``: see ``Grid``.
    """

    own: OwnTab
    title: str
    key_row: int | None
    header_row: int | None
    title_row: int | None
    heading: str
    columns: tuple[OwnColumn, ...]
    rows: tuple[TaskRow, ...]
    layout_version: int
    repair: bool = False
    problems: tuple[Problem, ...] = ()
    heading_position: int = 0
    formulas: frozenset[int] = frozenset()
    comments_stay: bool = False

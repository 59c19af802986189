"""What a backend reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct, field

from sheets_sync.model.places import Problem
from sheets_sync.model.words import Kind, OwnTab, SourceTab, Value

if TYPE_CHECKING:
    import pandas as pd


class TabPeek(Struct, frozen=True, kw_only=True):
    """The first rows of a tab, as text, enough to recognise it: ``rows`` maps row number → cells from column A.

    Rows without any cell are absent. ``marker`` is our own marker if one of the first 20 rows holds it.
    """

    title: str
    hidden: bool
    rows: Mapping[int, tuple[str | None, ...]]
    marker: str | None = None


class SourceColumn(Struct, frozen=True, kw_only=True):
    """A recognised column: where it is, which key it means, how its header is written."""

    key: str
    kind: Kind
    header: str
    position: int


class TabLayout(Struct, frozen=True, kw_only=True):
    """What recognition found out about a source tab: which kind, where its header is, which columns count."""

    source: SourceTab
    title: str
    header_row: int
    columns: tuple[SourceColumn, ...]

    def column(self, key: str) -> SourceColumn | None:
        """The column of ``key``, or None where the tab has no such column."""
        return next((c for c in self.columns if c.key == key), None)


class CellFault(Struct, frozen=True, kw_only=True):
    """A cell of a source tab with no readable value: ``code`` is ``#N/A`` and the like, or ``uncached``."""

    row: int
    key: str
    code: str


class RawTab(Struct, frozen=True, kw_only=True):
    """A source tab as read.

    ``frame``: one column per ``layout.columns`` key (in that order), values as the file has them (text, float,
    datetime, bool columns; a column of mixed kinds is text), index = Excel row numbers (int64, ascending), one row
    for each row below the header up to the last used one, blank rows included.
    ``typed``: for text columns of *mixed* kinds only, True where the file holds a number, date or boolean that
    came as text (``1.234`` as a number is not ``1.234`` as a text); absent = all cells are of the column's kind.
    ``day_zero``: the day that a bare number counts from.
    """

    layout: TabLayout
    frame: pd.DataFrame
    typed: Mapping[str, pd.Series] = field(default_factory=dict)
    faults: tuple[CellFault, ...] = ()
    fingerprint: str = ""
    day_zero: date = date(1899, 12, 30)


class GridCell(Struct, frozen=True, gc=False):  # a million of them, and none holds another
    """One cell of our own tabs as found: ``value`` is the cached value of a formula."""

    value: Value = None
    formula: str | None = None
    link: str | None = None


class Grid(Struct, frozen=True, kw_only=True):
    """One of our own tabs as found, cell by cell: ``rows`` maps row → position → cell; blank cells are absent.

    ``hidden`` = rows hidden by a filter or by hand; ``comments``: row → position → what people said about the cell in
    a note or a thread; ``comments_stay``: the backend cannot move them from cell to cell.
    """

    own: OwnTab
    title: str
    rows: Mapping[int, Mapping[int, GridCell]]
    hidden: frozenset[int] = frozenset()
    comments: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    comments_stay: bool = False


class Workbook(Struct, frozen=True, kw_only=True):
    """What a backend knows after opening, before any source tab is loaded.

    ``archives``: tabs of older history ("History 2024"), read only where there is no memory. ``splits_history``: a
    long history may be cut into such tabs, since removing and adding thousands of rows is one write.
    """

    name: str
    tabs: tuple[TabPeek, ...]
    grids: Mapping[OwnTab, Grid] = field(default_factory=dict)
    archives: tuple[Grid, ...] = ()
    splits_history: bool = True
    memory: str | None = None
    locale: str | None = None
    timezone: str | None = None
    notices: tuple[Problem, ...] = ()

"""The nouns that pass between rooms: frozen, slotted, keyword-only. No room invents its own.

Glossary
    workbook   the file or spreadsheet a team works in
    tab        one sheet of it; *source* tabs belong to people, *own* tabs to the worker
    key        ``rule:subject:occurrence``, the identity of a task; never a position or a word
    row        a row number as Excel shows it (1-based)
    position   a column's place (0-based: A = 0)
    cents      money as an exact integer of hundredths
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

MARKER = "sheets-sync:"
"""Row 1, first cell of each of our tabs: ``sheets-sync:<tab>:<layout version>``."""
LAYOUT_VERSION = 1

Value: TypeAlias = str | int | float | bool | date | datetime | None
"""A cell's value as a backend hands it over; a date without a time of day is a ``date``."""


class SourceTab(StrEnum):
    """Tabs that people own and the worker only reads."""

    CUSTOMERS = "customers"
    ORDERS = "orders"
    EXCHANGES = "exchanges"


class OwnTab(StrEnum):
    """Tabs that the worker owns, in the order in which they are added to a workbook."""

    TOUCHPOINTS = "touchpoints"
    EXCHANGES = "exchanges"
    UPCOMING = "upcoming"
    QUESTIONS = "questions"
    HISTORY = "history"
    SETTINGS = "settings"
    SYNC = "sync"


class Owner(StrEnum):
    """Who may write a column of our tabs."""

    MACHINE = "machine"
    PERSON = "person"
    HIDDEN = "hidden"


class Kind(StrEnum):
    """What a column holds; decides how a cell is read and how it looks when written."""

    TEXT = "text"
    ID = "id"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    FREQUENCY = "frequency"
    PRODUCTS = "products"
    PHONE = "phone"
    EMAIL = "email"
    TAX_ID = "tax_id"
    LANGUAGE = "language"
    LINK = "link"
    TICK = "tick"


class Severity(StrEnum):
    """A question waits for a person's answer; a notice only tells; an error is why nothing was done."""

    QUESTION = "question"
    NOTICE = "notice"
    ERROR = "error"


class Status(StrEnum):
    """A task's state on the day; the first that holds, in this order (open = none of the others)."""

    HELD = "held"
    DONE = "done"
    POSTPONED = "postponed"
    LATE = "late"
    EXPIRES_TOMORROW = "expires_tomorrow"
    UPCOMING = "upcoming"
    OPEN = "open"
    # only in a timeline:
    PLANNED = "planned"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REMOVED = "removed"


class End(StrEnum):
    """How a task left its tab. ``superseded`` and ``silenced`` are not final: the key may come back."""

    DONE = "done"
    EXPIRED = "expired"
    REMOVED = "removed"
    SUPERSEDED = "superseded"
    SILENCED = "silenced"


FINAL_ENDS = frozenset({End.DONE, End.EXPIRED, End.REMOVED})


class Outcome(StrEnum):
    """How a run ended; ``planned`` is ``plan``'s, the rest are ``run``'s."""

    PLANNED = "planned"
    APPLIED = "applied"
    NOTHING = "nothing"
    REFUSED = "refused"
    FAILED = "failed"


# ── where things are ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRef:
    """A row that exists: the tab as titled and the row as Excel numbers it."""

    tab: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place to tell people about; any part may be missing. ``cell`` is A1 (``D17``)."""

    tab: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in their data, located. The sentence for ``code`` lives in the locale files.

    ``choices``: answer ids a person may choose from (dropdown words: locale ``[answers]``); empty = nothing to
    choose. ``identity`` makes a question stable over runs (tab, column and value, or kind of doubt); the first
    place is ``where``, the number of places ``count``, the tasks it holds ``held``.
    """

    code: str
    severity: Severity
    where: Where = Where()
    params: Mapping[str, Value] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    identity: str = ""
    count: int = 1
    held: int = 0


# ── reading ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class TabPeek:
    """The first rows of a tab, as text, enough to recognise it: ``rows`` maps row number → cells from column A.

    Rows without any cell are absent. ``marker`` is our own marker if one of the first 20 rows holds it.
    """

    title: str
    hidden: bool
    rows: Mapping[int, tuple[str | None, ...]]
    marker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceColumn:
    """A recognised column: where it is, which key it means, how its header is written."""

    key: str
    kind: Kind
    header: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TabLayout:
    """What recognition found out about a source tab: which kind, where its header is, which columns count."""

    source: SourceTab
    title: str
    header_row: int
    columns: tuple[SourceColumn, ...]

    def column(self, key: str) -> SourceColumn | None:
        """The column of ``key``, or None where the tab has no such column."""
        return next((c for c in self.columns if c.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """A cell of a source tab with no readable value: ``code`` is ``#N/A`` and the like, or ``uncached``."""

    row: int
    key: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTab:
    """A source tab as read.

    ``frame``: one column per ``layout.columns`` key (in that order), values as the file has them (text, float,
    datetime, bool columns; a column of mixed kinds is text), index = Excel row numbers (int64, ascending), one row
    for each row below the header up to the last used one, blank rows included.
    ``typed``: for text columns of *mixed* kinds only, True where the file holds a number, date or boolean that
    came as text (``1.234`` as a number is not ``1.234`` as a text); absent = all cells are of the column's kind.
    """

    layout: TabLayout
    frame: pd.DataFrame
    typed: Mapping[str, pd.Series] = field(default_factory=dict)
    faults: tuple[CellFault, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One cell of our own tabs as found: ``value`` is the cached value of a formula."""

    value: Value = None
    formula: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One of our own tabs as found, cell by cell: ``rows`` maps row → position → cell; blank cells are absent.

    ``hidden`` = rows hidden by a filter or by hand.
    """

    own: OwnTab
    title: str
    rows: Mapping[int, Mapping[int, GridCell]]
    hidden: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """What a backend knows after opening, before any source tab is loaded."""

    name: str
    tabs: tuple[TabPeek, ...]
    grids: Mapping[OwnTab, Grid] = field(default_factory=dict)
    memory: str | None = None
    locale: str | None = None
    timezone: str | None = None
    notices: tuple[Problem, ...] = ()


# ── tables ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """Every row counts once: ``read == used + questioned + blank``."""

    read: int = 0
    used: int = 0
    questioned: int = 0
    blank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What could not be read of one source: tasks about these are held.

    ``subjects``: order ids / exchange subjects whose row has an unreadable cell; ``customers``: identities whose
    cycle depends on such a row; ``lost_ids``: some row's id cell itself is unreadable, so every open task whose
    subject is not found in that source is held.
    """

    subjects: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    lost_ids: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Typed frames (columns: ``tables/frames.py``) and what could not be read.

    ``present``: the source kinds that the workbook has a usable tab for. ``aliases``: older identity → identity
    now used. ``titles``: source → titles read.
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


# ── our rows as found ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnColumn:
    """A column of one of our tabs as found: ``key`` None = a column of people's own (or unknown)."""

    key: str | None
    header: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A row of one of our tabs as found. ``key`` None = a person's own row (or a copy of a task row).

    ``machine`` / ``people``: values by column key, blanks left out; ``links``: link targets by column key;
    ``own``: values of people's own columns by header. ``copy_of``: the key of a row above, which this one repeats.
    """

    row: int
    key: str | None
    machine: Mapping[str, Value]
    people: Mapping[str, Value]
    own: Mapping[str, Value]
    links: Mapping[str, str]
    hidden: bool = False
    copy_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTab:
    """One of our tabs after interpretation: which column is which, which row is whose.

    ``key_row`` / ``header_row`` None = missing (a person deleted it): the plan writes it again.
    ``repair``: something of the frame around the rows (marker, keys, headers of hidden columns) must be rewritten.
    ``columns`` empty = the tab cannot be told for ours any more: it is left alone and born again beside.
    ``heading_position``: where in the title row the heading stands.
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


# ── tasks ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a customer: full link targets or plain values; None where unknown."""

    whatsapp: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do, as the rules want it today, before anything people wrote is considered.

    ``gone_on``: first day no longer in the tab (None = stays until done). ``late_on``: first day it is late
    (None = never). ``number``: the occurrence's number (1, 2, …) apart from any date in the key. ``order_on`` and
    ``interval``: D and I of the cycle (touchpoints), to tell a correction from a new order. ``held``: a source row
    it rests on cannot be read.
    """

    key: str
    rule: str
    tab: OwnTab
    subject: str
    occurrence: str
    number: int
    customer_id: str
    customer: str
    visible_on: date
    due_on: date
    daily_on: date | None
    gone_on: date | None
    late_on: date | None
    priority: int
    amount: int | None
    currency: str | None
    since: date
    why: str
    message: str
    contact: Contact
    source: RowRef
    owner: str
    order_on: date | None = None
    interval: int | None = None
    held: bool = False
    silenced: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task as the tab shows it: with its state and what people wrote. ``due_on`` / ``gone_on`` after postponing."""

    task: Task
    status: Status
    due_on: date
    gone_on: date | None
    done: bool = False
    postpone_to: date | None = None
    owner: str = ""
    note: str = ""


# ── changes and the plan ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell to be written. ``link``: ``https:`` / ``mailto:`` / ``tel:`` target, or ``#'Tab'!A5`` inside the book.

    ``currency`` makes a number money of that currency (ISO code) and decides its number format.
    """

    value: Value = None
    link: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRow:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRow:
    """Cells of an existing row to be put right; ``before`` are the values they replace.

    ``people`` / ``own`` only where a partial sort is undone: cells that go back to the key they belong to.
    """

    key: str
    row: int
    cells: Mapping[str, Cell]
    before: Mapping[str, Value]
    people: Mapping[str, Value] = field(default_factory=dict)
    own: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRow:
    """A row that leaves its tab; ``before`` are its machine values."""

    key: str
    row: int
    before: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class TabPlan:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run will do, whole. ``memory`` None = the memory stays as it is."""

    tabs: tuple[TabPlan, ...]
    memory: str | None
    language: str

    @property
    def empty(self) -> bool:
        """True where applying would change nothing."""
        return self.memory is None and all(tab.empty for tab in self.tabs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a backend did; ``problems`` are things it had to trim or leave out."""

    changed: bool
    problems: tuple[Problem, ...] = ()

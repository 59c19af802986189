"""Where something is, and what is doubtful there."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from sheets_sync.model.words import Severity, Value


class RowRef(Struct, frozen=True, kw_only=True):
    """A row that exists: the tab as titled and the row as Excel numbers it."""

    tab: str
    row: int


class Where(Struct, frozen=True, kw_only=True):
    """A place to tell people about; any part may be missing. ``cell`` is A1 (``D17``)."""

    tab: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None


class Problem(Struct, frozen=True, kw_only=True):
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

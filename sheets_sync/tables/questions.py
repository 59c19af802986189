"""Doubts about cells become problems: one question per tab, column and value, with its first cell and its count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from sheets_sync.model import Problem, Severity, SourceColumn, Tables, Value, Where
from sheets_sync.problems import notice, question
from sheets_sync.tables.pieces import Positions
from sheets_sync.tables.reading import identity

MANY = 30
"""So many values of one column are asked about one by one; the rest become one question about their kind."""
_SHOWN = 120

BLANK = "blank"
"""The answer "count it as a blank cell"."""
CELL_ERROR = "cell_error"
UNCACHED = "uncached"


class Doubt(Struct, frozen=True, kw_only=True):
    """Cells of one column that raise one doubt. ``at``: positions among the tab's kept rows, ascending.

    ``once``: identity of a doubt that is asked once, wherever it turns up. ``tells``: a notice, nothing to answer.
    """

    code: str
    found: str
    at: Positions
    choices: tuple[str, ...] = ()
    once: str = ""
    tells: bool = False


def column_letters(position: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(tab: str, row: int | None = None, column: SourceColumn | None = None) -> Where:
    """A place to tell people about."""
    cell = f"{column_letters(column.position)}{row}" if column and row else None
    return Where(tab=tab, row=row, column=column.header if column else None, cell=cell)


def place_of(tables: Tables, tab: str, row: int, key: str) -> Where:
    """The cell of a source row that the column ``key`` has, or the row where its tab has no such column."""
    layout = tables.layouts.get(tab)
    return place(tab, row, layout.column(key) if layout else None)


def shown(text: str) -> str:
    """A cell's value inside a sentence: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


class Questions(Struct):
    """Collects what one run finds doubtful; whoever asks has looked whether it is answered already."""

    problems: list[Problem] = field(default_factory=list)

    def ask(
        self, code: str, tab: str, rows: Positions, column: SourceColumn | None = None, *, found: str = "",
        choices: Iterable[str] = (), once: str = "", params: Mapping[str, Value] | None = None, told: bool = False,
        count: int | None = None,
    ) -> None:  # fmt: skip
        """A doubt about ``rows`` (Excel rows; so many of them count, unless ``count`` says). ``told``: a notice."""
        if not len(rows):
            return
        where = place(tab, int(rows.min()), column)
        given: dict[str, Value] = {"tab": tab, "column": column.header if column else "", "found": shown(found)}
        given |= params or {}
        if told:
            self.problems.append(notice(code, where, count=count or len(rows), params=given))
            return
        key = once or identity(code, tab, column.key if column else "", found)
        self.problems.append(
            question(code, where, identity=key, choices=choices, count=count or len(rows), params=given)
        )

    def tell(self, code: str, tab: str, rows: Positions, column: SourceColumn | None = None, **params: Value) -> None:
        """A notice about ``rows``."""
        self.ask(code, tab, rows, column, params=params, told=True)

    def done(self) -> tuple[Problem, ...]:
        """All of it, in the order found; what is asked once is one problem with all its places counted."""
        merged: dict[str, Problem] = {}
        for number, problem in enumerate(self.problems):
            key = problem.identity if problem.severity is Severity.QUESTION else str(number)
            first = merged.get(key)
            merged[key] = problem if first is None else replace(first, count=first.count + problem.count)
        return tuple(merged.values())


def gathered(doubts: Iterable[Doubt]) -> Iterator[Doubt]:
    """The doubts of one column, at most MANY values of a code one by one; the others as one, without choices."""
    counts: dict[str, int] = {}
    rest: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        counts[doubt.code] = counts.get(doubt.code, 0) + 1
        if counts[doubt.code] > MANY and not doubt.once and not doubt.tells:
            rest.setdefault(doubt.code, []).append(doubt)
        else:
            yield doubt
    for code, several in rest.items():
        at = np.sort(np.concatenate([d.at for d in several]))
        yield Doubt(code=code, found="…", at=at)

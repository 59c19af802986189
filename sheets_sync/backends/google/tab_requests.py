"""The changes of a tab as requests, in an order in which every row number is right when its turn comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_sync.backends.google.changes import Changes, NewRow
from sheets_sync.backends.google.ink import Pen
from sheets_sync.backends.google.looks import Looks, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the changes happen: the sheet, its grid's size, and how its cells are written and look.

    ``header_row``, ``conditions``, ``filtered``: where the header stands, the tab's conditional formats, and whether it
    has a filter, as read.
    """

    sheet: int
    row_count: int
    column_count: int
    pen: Pen
    looks: Looks
    header_row: int | None = None
    conditions: Sequence[Mapping[str, Any]] = ()
    filtered: bool = False


def tab_requests(changes: Changes, place: Place) -> Iterator[Request]:
    """The requests that make ``changes``."""
    if changes.new_column is not None:
        missing = changes.new_column + 1 - place.column_count
        if missing > 0:
            yield {"appendDimension": {"sheetId": place.sheet, "dimension": "COLUMNS", "length": missing}}
        yield place.looks.hide(changes.new_column)
    yield from place.pen.puts(place.sheet, changes.puts)
    yield from _rows(changes, place)
    if changes.restyle and place.header_row is not None:
        yield from _restyle(changes, place, place.header_row)


def _restyle(changes: Changes, place: Place, header_row: int) -> Iterator[Request]:
    """Our layout version rose: looks, rules and filter once more, in the place of those of the version before."""
    looks = place.looks
    watched = looks.watched(header_row)
    for index in reversed(range(len(place.conditions))):
        if _is_ours(place.conditions[index], watched):
            yield {"deleteConditionalFormatRule": {"sheetId": place.sheet, "index": index}}
    born_above = sum(len(rows) for after, rows in changes.born.items() if after < header_row)
    grown = sum(len(rows) for rows in changes.born.values()) - len(changes.cut)
    header = header_row + born_above
    yield from looks.role(header, "header")
    last = place.row_count + grown
    if last > header:
        yield from looks.rows(header + 1, last, theirs=False)
    yield from looks.conditions(header)
    if not place.filtered:
        yield looks.filter(header, place.column_count)


def _is_ours(rule: Mapping[str, Any], watched: frozenset[str]) -> bool:
    """A condition by formula that looks at a cell of our header row's columns, as ours do."""
    values = rule.get("booleanRule", {}).get("condition", {}).get("values", ())
    formulas = [str(value.get("userEnteredValue", "")) for value in values]
    return bool(formulas) and all(any(f"{cell}=" in f or f"{cell})" in f for cell in watched) for f in formulas)


def _rows(changes: Changes, place: Place) -> Iterator[Request]:
    """From the bottom up, so that the rows above keep their numbers."""
    stretch: list[int] = []
    for row in sorted({*changes.cut, *changes.born}, reverse=True):
        born = changes.born.get(row)
        if stretch and (born or row not in changes.cut or row != stretch[-1] - 1):
            yield _delete(place.sheet, stretch)
            stretch = []
        if born:
            yield from _insert(row, born, place)
        if row in changes.cut:
            stretch.append(row)
    if stretch:
        yield _delete(place.sheet, stretch)


def _delete(sheet: int, rows: Sequence[int]) -> Request:
    """``rows``: numbers without gaps, the last first."""
    span = {"sheetId": sheet, "dimension": "ROWS", "startIndex": rows[-1] - 1, "endIndex": rows[0]}
    return {"deleteDimension": {"range": span}}


def _insert(after: int, rows: Sequence[NewRow], place: Place) -> Iterator[Request]:
    span = {"sheetId": place.sheet, "dimension": "ROWS", "startIndex": after, "endIndex": after + len(rows)}
    at_the_end = after >= place.row_count
    yield {"insertDimension": {"range": span, "inheritFromBefore": at_the_end and after > 0}}
    yield from new_rows(after + 1, rows, place)


def new_rows(first: int, rows: Sequence[NewRow], place: Place, *, dressed: bool = False) -> Iterator[Request]:
    """The looks and cells of rows that are there and blank, from row ``first`` on. ``dressed``: they have the looks."""
    ours = [number for number, row in enumerate(rows, first) if row.role == "row"]
    if ours and not dressed:
        yield from place.looks.rows(ours[0], ours[-1])
    for number, row in enumerate(rows, first):
        if row.role != "row":
            yield from place.looks.role(number, row.role)
        for position, words in row.choices.items():
            yield place.looks.choices(number, position, words)
    cells = [row.cells for row in rows]
    if any(cells):
        yield place.pen.fill(place.sheet, first, cells)
        yield from place.pen.patterns(place.sheet, first, cells, place.looks.patterns())


def usual_currency(rows: Sequence[NewRow]) -> str | None:
    """The currency of most amounts."""
    found = Counter(ink.currency for row in rows for ink in row.cells.values() if ink.currency)
    return found.most_common(1)[0][0] if found else None

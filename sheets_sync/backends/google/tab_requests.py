"""The changes of a tab as requests, in an order in which every row number is right when its turn comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sheets_sync.backends.google.changes import Changes, NewRow
from sheets_sync.backends.google.ink import VALUE, Pen
from sheets_sync.backends.google.looks import Looks, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the changes happen: the sheet, its grid's size, and how its cells are written and look."""

    sheet: int
    row_count: int
    column_count: int
    pen: Pen
    looks: Looks


def tab_requests(changes: Changes, place: Place) -> Iterator[Request]:
    """The requests that make ``changes``."""
    if changes.new_column is not None:
        missing = changes.new_column + 1 - place.column_count
        if missing > 0:
            yield {"appendDimension": {"sheetId": place.sheet, "dimension": "COLUMNS", "length": missing}}
        yield place.looks.hide(changes.new_column)
    yield from place.pen.puts(place.sheet, changes.puts)
    yield from _rows(changes, place)
    if changes.appended:
        yield from _append(changes.appended, place)


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


def _append(rows: Sequence[NewRow], place: Place) -> Iterator[Request]:
    """Below whatever is there when the request is made; each cell brings its own look, since nobody knows the row."""
    forms = place.looks.cell_forms()
    lines = []
    for row in rows:
        cells = []
        for position in range(max([*row.cells, *forms], default=-1) + 1):
            made = place.pen.cell(row.cells[position]) if position in row.cells else {}
            own = made.get("userEnteredFormat", {})
            form = {**forms.get(position, {}), **{k: v for k, v in own.items() if k != "textFormat"}}
            if "textFormat" in own:
                form["textFormat"] = {**form.get("textFormat", {}), **own["textFormat"]}
            cells.append({**made, "userEnteredFormat": form} if form else made)
        lines.append({"values": cells})
    yield {"appendCells": {"sheetId": place.sheet, "rows": lines, "fields": f"{VALUE},userEnteredFormat"}}


def usual_currency(rows: Sequence[NewRow]) -> str | None:
    """The currency of most amounts."""
    found = Counter(ink.currency for row in rows for ink in row.cells.values() if ink.currency)
    return found.most_common(1)[0][0] if found else None

"""A tab of ours that is not there yet, whole: sheet, looks, rules, rows; and the hidden one that holds the memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheets_sync.backends.google.changes import Cells, Ink, NewRow
from sheets_sync.backends.google.formats import colour
from sheets_sync.backends.google.ink import VALUE, Pen, area
from sheets_sync.backends.google.looks import Looks, Request
from sheets_sync.backends.google.tab_changes import new_row
from sheets_sync.backends.google.tab_requests import Place, new_rows, usual_currency
from sheets_sync.backends.own_tabs import marker, memory_cells
from sheets_sync.locale import Locale
from sheets_sync.model import OwnTab, TabPlan
from sheets_sync.style import TAB_COLOUR
from sheets_sync.tables.schema import OWN

KEY_LINE, TITLE_LINE, GAP_LINE, HEAD_LINE = 1, 2, 3, 4
SPARE = 30
"""Blank rows below ours, for people's own; dressed like the rest."""
_ID_BASE = 1_730_460_000
"""Sheet ids are ours to choose: known ones make a creation that is repeated fail instead of doubling."""
SYNC_ROWS, SYNC_COLUMNS = 100, 2


def free_id(own: OwnTab, taken: set[int]) -> int:
    """The id of a tab to be born: always the same, unless a tab that we no longer know has it."""
    number = _ID_BASE + 100 * list(OwnTab).index(own)
    while number in taken:
        number += 1
    return number


class Birth:
    """A tab to be born. ``rows``: all of them; ``place``: where they are written."""

    def __init__(self, plan: TabPlan, sheet: int, words: Locale, ids: Mapping[str, int]) -> None:
        """``ids``: of all tabs by title, those born with this one included."""
        self.plan, self.words = plan, words
        columns = OWN[plan.own].columns
        self.positions = {c.key: i for i, c in enumerate(columns)}
        headers = dict.fromkeys(header for add in plan.adds for header in add.own)
        self.own = {header: len(columns) + i for i, header in enumerate(headers)}
        adds = sorted(plan.adds, key=lambda add: add.below == -1)
        self.rows = [new_row(add, self.positions, self.own) for add in adds]
        looks = Looks(
            sheet=sheet, own=plan.own, words=words, positions=self.positions, currency=usual_currency(self.rows)
        )
        self.place = Place(
            sheet=sheet, row_count=HEAD_LINE + len(self.rows) + SPARE, column_count=len(self.positions) + len(self.own),
            pen=Pen(language=words.language, ids=ids, linked=looks.linked), looks=looks,
        )  # fmt: skip

    def requests(self, rows: Sequence[NewRow]) -> Iterator[Request]:
        """The tab with its first ``rows``; the grid has room for all of them."""
        place, looks = self.place, self.place.looks
        own = tuple(self.own.values())
        grid = {"rowCount": place.row_count, "columnCount": place.column_count, "frozenRowCount": HEAD_LINE}
        yield _add_sheet(place.sheet, self.plan.title, self.plan.own, {**grid, "hideGridlines": True})
        for line, role in enumerate(("keys", "title", "blank", "header"), KEY_LINE):
            yield from looks.role(line, role, own)
        yield from looks.widths(own)
        yield from looks.rows(HEAD_LINE + 1, place.row_count)
        yield place.pen.fill(place.sheet, KEY_LINE, self._frame())
        if rows:
            yield from new_rows(HEAD_LINE + 1, rows, place, dressed=True)
        yield from looks.conditions(HEAD_LINE)
        yield looks.filter(HEAD_LINE, place.column_count)
        yield from looks.protections()

    def more(self, rows: Sequence[NewRow], before: int) -> Iterator[Request]:
        """Further rows, below ``before`` that are written: wherever those end by now."""
        place, lines = self.place, [row.cells for row in rows]
        first = HEAD_LINE + 1 + before
        yield place.pen.append(place.sheet, lines)
        yield from place.pen.patterns(place.sheet, first, lines, place.looks.patterns())
        for number, row in enumerate(rows, first):
            for position, words in row.choices.items():
                yield place.looks.choices(number, position, words)

    def _frame(self) -> list[Cells]:
        keys = {p: Ink(value=key) for key, p in self.positions.items()} | {0: Ink(value=marker(self.plan.own))}
        heads = {p: Ink(value=self.words.column(key)) for key, p in self.positions.items()}
        heads |= {p: Ink(value=header) for header, p in self.own.items()}
        return [keys, {0: Ink(value=self.plan.heading or self.plan.title)}, {}, heads]


def _add_sheet(sheet: int, title: str, own: OwnTab, grid: dict[str, Any], *, hidden: bool = False) -> Request:
    properties: dict[str, Any] = {
        "sheetId": sheet, "title": title, "gridProperties": grid, "tabColorStyle": colour(TAB_COLOUR[own]),
    }  # fmt: skip
    if hidden:
        properties["hidden"] = True
    return {"addSheet": {"properties": properties}}


# ── the memory ──────────────────────────────────────────────────────────────


def memory_tab(sheet: int, title: str) -> Request:
    """The hidden tab, still empty."""
    grid = {"rowCount": SYNC_ROWS, "columnCount": SYNC_COLUMNS}
    return _add_sheet(sheet, title, OwnTab.SYNC, grid, hidden=True)


def memory_requests(text: str, sheet: int, row_count: int) -> Iterator[Request]:
    """The memory into its column, in the place of what stands there; the grid of ``row_count`` rows grows with it."""
    cells = [Ink(value=cell) for cell in memory_cells(text)]
    if len(cells) > row_count:
        yield {"appendDimension": {"sheetId": sheet, "dimension": "ROWS", "length": len(cells) - row_count}}
    pen = Pen(language="en", ids={})
    yield {
        "updateCells": {
            "range": area(sheet, (0, max(row_count, len(cells))), (0, 1)),
            "rows": [{"values": [pen.cell(cell)]} for cell in cells],
            "fields": VALUE,
        }
    }

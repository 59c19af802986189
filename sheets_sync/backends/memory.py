"""A workbook in memory that keeps the contract: for tests, and as the model of every other backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd

from sheets_sync import locale
from sheets_sync.backends.memory_sheet import Sheet, born_sheet, rewrite
from sheets_sync.model import (
    MARKER,
    Applied,
    Grid,
    GridCell,
    OwnTab,
    Plan,
    RawTab,
    TabLayout,
    TabPeek,
    Value,
    Workbook,
)
from sheets_sync.problems import BackendError, Refusal
from sheets_sync.tables.own_frame import ENOUGH_HEADERS
from sheets_sync.tables.schema import OWN

PEEK_ROWS = 20


class MemoryBackend:
    """``sheets`` may be changed between runs, as people do; ``memory`` is what a file keeps in ``_sync``."""

    def __init__(self, tabs: Mapping[str, Sequence[Sequence[Value]]] | None = None, name: str = "memory.xlsx") -> None:
        """``tabs``: title → rows of cells from A1 on."""
        self.name = name
        self.sheets: list[Sheet] = []
        self.memory: str | None = None
        self.locale: str | None = None
        self.timezone: str | None = None
        self.applied = 0
        self._opened_as: str | None = None
        for title, rows in (tabs or {}).items():
            self.put(title, rows)

    def put(self, title: str, rows: Sequence[Sequence[Value]]) -> None:
        """Set a tab's cells, as a person would."""
        cells = {
            number: {p: GridCell(value=v) for p, v in enumerate(row) if v is not None}
            for number, row in enumerate(rows, start=1)
        }
        sheet = self.sheet(title)
        if sheet is None:
            self.sheets.append(Sheet(title=title, rows=cells))
        else:
            sheet.rows = cells

    def sheet(self, title: str) -> Sheet | None:
        """The tab of that title."""
        return next((s for s in self.sheets if s.title.casefold() == title.casefold()), None)

    def own(self, own: OwnTab) -> Sheet | None:
        """One of our tabs."""
        ranked = [(rank, i) for i, s in enumerate(self.sheets) if (rank := _likeness(s, own)) is not None]
        return self.sheets[min(ranked)[1]] if ranked else None

    # ── the contract ────────────────────────────────────────────────────────

    def open(self) -> Workbook:
        """See ``base``."""
        self._opened_as = repr((self.sheets, self.memory))
        ours = {own: sheet for own in OWN if (sheet := self.own(own)) is not None}
        old = [] if self.memory else [s for s in self.sheets if _is_history(s) and s is not ours.get(OwnTab.HISTORY)]
        return Workbook(
            name=self.name, tabs=tuple(_peek(s) for s in self.sheets), memory=self.memory,
            grids={own: _grid(own, sheet) for own, sheet in ours.items()},
            archives=tuple(_grid(OwnTab.HISTORY, sheet) for sheet in old),
            locale=self.locale, timezone=self.timezone,
        )  # fmt: skip

    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]:
        """See ``base``."""
        return tuple(self._raw(layout) for layout in layouts)

    def apply(self, plan: Plan) -> Applied:
        """See ``base``."""
        if plan.empty:
            return Applied(changed=False)
        if self._opened_as != repr((self.sheets, self.memory)):
            raise Refusal("changed_under_us")
        words = locale.load(plan.language)
        for tab in plan.tabs:
            if tab.found is None:
                if self.sheet(tab.title) is not None:
                    raise AssertionError(f"two tabs called {tab.title}")
                self.sheets.append(born_sheet(tab, words))
            else:
                sheet = self.sheet(tab.title)
                if sheet is None:
                    raise Refusal("changed_under_us")
                rewrite(sheet, tab, tab.found, words)
        if plan.memory is not None:
            self.memory = plan.memory
        self.applied += 1
        self._opened_as = None
        return Applied(changed=True)

    def close(self) -> None:
        """See ``base``."""
        self._opened_as = None

    def traffic(self) -> None:
        """See ``base``."""

    # ── source tabs ─────────────────────────────────────────────────────────

    def _raw(self, layout: TabLayout) -> RawTab:
        sheet = self.sheet(layout.title)
        if sheet is None:
            raise BackendError("damaged", tab=layout.title)
        index = pd.RangeIndex(layout.header_row + 1, max(sheet.last_row, layout.header_row) + 1)
        frame: dict[str, pd.Series] = {}
        typed: dict[str, pd.Series] = {}
        for column in layout.columns:
            cells = {row: sheet.rows.get(row, {}).get(column.position) for row in index}
            values = {row: cell.value for row, cell in cells.items() if cell is not None and cell.value is not None}
            frame[column.key], mixed = _column(values, index)
            if mixed is not None:
                typed[column.key] = mixed
        return RawTab(layout=layout, frame=pd.DataFrame(frame, index=index), typed=typed)


def _column(values: Mapping[int, Value], index: pd.RangeIndex) -> tuple[pd.Series, pd.Series | None]:
    """Values as a column; for a column of mixed kinds also where they are no text."""
    kinds = {_kind(value) for value in values.values()}
    dtype = {"number": "float64", "moment": "datetime64[ms]", "flag": "boolean"}.get(min(kinds, default=""), "str")
    if len(kinds) == 1:
        return pd.Series(list(values.values()), index=list(values), dtype=dtype).reindex(index), None
    if not kinds:
        return pd.Series(np.nan, index=index, dtype="str"), None
    column = pd.Series([_text(v) for v in values.values()], index=list(values), dtype="str").reindex(index)
    typed = pd.Series([_kind(v) != "text" for v in values.values()], index=list(values), dtype=bool)
    return column, typed.reindex(index, fill_value=False)


def _kind(value: Value) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "flag"
    return "moment" if isinstance(value, date) else "number"


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    return f"{value:g}" if isinstance(value, float) else str(value)


# ── our tabs ────────────────────────────────────────────────────────────────


def _peek(sheet: Sheet) -> TabPeek:
    rows: dict[int, tuple[str | None, ...]] = {}
    for row in sorted(r for r in sheet.rows if r <= PEEK_ROWS):
        texts = {p: _text(c.value) for p, c in sheet.rows[row].items() if c.value is not None}
        if texts:
            rows[row] = tuple(texts.get(p) for p in range(max(texts) + 1))
    return TabPeek(title=sheet.title, hidden=sheet.hidden, rows=rows, marker=_marker(sheet))


def _is_history(sheet: Sheet) -> bool:
    return (_marker(sheet) or "").startswith(f"{MARKER}{OwnTab.HISTORY}:")


def _likeness(sheet: Sheet, own: OwnTab) -> int | None:
    """How surely a tab is one of ours (smaller = surer): by its marker, or by its title and headers; None = no."""
    titled = locale.own_titles().get(locale.fold(sheet.title)) is own
    marker = _marker(sheet)
    if marker is not None:
        return (0 if titled else 1) if marker.split(":")[1] == own.value else None
    if not titled or own not in OWN:
        return None
    keys, index = set(OWN[own].keys()), locale.own_header_index(own)
    rows = [{text for text in cells if text} for cells in _peek(sheet).rows.values()]
    heads = ({index.get(locale.fold(text)) for text in row} | row for row in rows)
    return 2 if any(len(keys & head) >= ENOUGH_HEADERS for head in heads) else None


def _marker(sheet: Sheet) -> str | None:
    """Our marker, wherever in the first rows it is."""
    for row in range(1, PEEK_ROWS + 1):
        for cell in sheet.rows.get(row, {}).values():
            if isinstance(cell.value, str) and cell.value.startswith(MARKER):
                return cell.value
    return None


def _grid(own: OwnTab, sheet: Sheet) -> Grid:
    rows = {row: dict(cells) for row, cells in sheet.rows.items() if cells}
    return Grid(own=own, title=sheet.title, rows=rows, hidden=frozenset(sheet.hidden_rows))

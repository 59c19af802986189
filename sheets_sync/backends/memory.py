"""A workbook in memory that keeps the contract: for tests, and as the model of every other backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sheets_sync import locale
from sheets_sync.backends import own_tabs
from sheets_sync.backends.memory_sheet import Sheet, born_sheet, rewrite
from sheets_sync.backends.value_columns import raw_tab, text_of
from sheets_sync.model import (
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
from sheets_sync.tables.schema import OWN


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
        return own_tabs.find_own([(sheet, _peek(sheet)) for sheet in self.sheets]).get(own)

    # ── the contract ────────────────────────────────────────────────────────

    def open(self) -> Workbook:
        """See ``base``."""
        self._opened_as = repr((self.sheets, self.memory))
        peeks = [(sheet, _peek(sheet)) for sheet in self.sheets]
        ours = {own: sheet for own, sheet in own_tabs.find_own(peeks).items() if own in OWN}
        old = [] if self.memory else own_tabs.find_archives(peeks, ours)
        return Workbook(
            name=self.name, tabs=tuple(peek for _, peek in peeks), memory=self.memory,
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
        below = {row: cells for row, cells in sorted(sheet.rows.items()) if row > layout.header_row}
        columns = {
            column.key: {
                row: cell.value
                for row, cells in below.items()
                if (cell := cells.get(column.position)) is not None and cell.value is not None
            }
            for column in layout.columns
        }
        return raw_tab(layout, columns, last_row=sheet.last_row)


# ── our tabs ────────────────────────────────────────────────────────────────


def _peek(sheet: Sheet) -> TabPeek:
    rows: dict[int, tuple[str | None, ...]] = {}
    for row in sorted(r for r in sheet.rows if r <= own_tabs.PEEK_ROWS):
        texts = {p: text_of(c.value) for p, c in sheet.rows[row].items() if c.value is not None}
        if texts:
            rows[row] = tuple(texts.get(p) for p in range(max(texts) + 1))
    return TabPeek(title=sheet.title, hidden=sheet.hidden, rows=rows, marker=own_tabs.marker_of(rows))


def _grid(own: OwnTab, sheet: Sheet) -> Grid:
    rows = {row: dict(cells) for row, cells in sheet.rows.items() if cells}
    return Grid(
        own=own,
        title=sheet.title,
        rows=rows,
        hidden=frozenset(sheet.hidden_rows),
        comments={row: dict(texts) for row, texts in sheet.comments.items()},
    )

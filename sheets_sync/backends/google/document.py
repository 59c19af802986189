"""A spreadsheet as one request read it: all tabs at one moment, so that nothing in it contradicts the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sheets_sync.backends import own_tabs
from sheets_sync.backends.google import sheet as sheets
from sheets_sync.backends.google.cells import error_of, value_of
from sheets_sync.backends.google.changes import Cells, image_of
from sheets_sync.backends.google.generation import METADATA_FIELDS, Generation
from sheets_sync.backends.google.sheet import Sheet
from sheets_sync.model import CellFault, OwnTab, RawTab, TabLayout, Value, Workbook
from sheets_sync.problems import BackendError

FIELDS = f"properties(title,locale,timeZone),developerMetadata({METADATA_FIELDS}),sheets({sheets.FIELDS})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """``own``: where each of our tabs is, the hidden one included."""

    workbook: Workbook
    sheets: tuple[Sheet, ...]
    own: Mapping[OwnTab, Sheet]
    generation: Generation

    @property
    def ids(self) -> dict[str, int]:
        """Ids of all tabs by title."""
        return {sheet.title: sheet.id for sheet in self.sheets}

    def image(self, own: OwnTab) -> list[Cells]:
        """The rows of one of our tabs."""
        return image_of(self.workbook.grids[own].rows)

    def load(self, layout: TabLayout) -> RawTab:
        """A source tab's recognised columns."""
        sheet = next((s for s in self.sheets if s.title == layout.title), None)
        if sheet is None:
            raise BackendError("damaged", tab=layout.title)
        return raw_tab(sheet, layout)


def document(answer: Mapping[str, Any]) -> Document:
    """What the API answered to ``FIELDS``."""
    about = answer.get("properties", {})
    found = tuple(map(Sheet, answer.get("sheets", ())))
    tabs = [(sheet, sheet.peek()) for sheet in found if sheet.holds_cells]
    own = own_tabs.find_own(tabs)
    titles = {sheet.id: sheet.title for sheet in found}
    memory = own_tabs.joined_memory(own[OwnTab.SYNC].first_column()) if OwnTab.SYNC in own else None
    return Document(
        workbook=Workbook(
            name=str(about.get("title", "")),
            tabs=tuple(peek for _, peek in tabs),
            grids={tab: sheet.grid(tab, titles) for tab, sheet in own.items() if tab is not OwnTab.SYNC},
            splits_history=False,  # it takes several requests, and a cut between them must lose nothing
            archives=tuple(s.grid(OwnTab.HISTORY, titles) for s in own_tabs.find_archives(tabs, own)),
            memory=memory,
            locale=about.get("locale"),
            timezone=about.get("timeZone"),
        ),
        sheets=found,
        own=own,
        generation=Generation.of(answer.get("developerMetadata", ())),
    )


def raw_tab(sheet: Sheet, layout: TabLayout) -> RawTab:
    """The recognised columns of a source tab, below its header."""
    from sheets_sync.backends import value_columns  # noqa: PLC0415  (pandas: who asks for the doctor needs none)

    columns = [(column.position, column.key) for column in layout.columns]
    values: dict[str, dict[int, Value]] = {key: {} for _, key in columns}
    faults: list[CellFault] = []
    for number, left, cells in sheet.rows():
        if number <= layout.header_row:
            continue
        for position, key in columns:
            if not left <= position < left + len(cells):
                continue
            cell = cells[position - left]
            code = error_of(cell)
            if code is not None:
                faults.append(CellFault(row=number, key=key, code=code))
                continue
            value = value_of(cell)
            if value is not None and not (isinstance(value, str) and not value.strip()):
                values[key][number] = value
    return value_columns.raw_tab(layout, values, faults)

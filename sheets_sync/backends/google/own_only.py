"""Our tabs of a spreadsheet without the rows of people's: what a side panel shows, in two small requests.

The first names the tabs, the second asks for ours whole and for the first rows of all others, since ours may have been
renamed and are then known by their marker. Only where that happened a third one follows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sheets_sync.backends.google import sheet as sheets
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.document import Document, document
from sheets_sync.backends.google.sheet import Sheet
from sheets_sync.backends.own_tabs import PEEK_ROWS
from sheets_sync.fold import fold
from sheets_sync.locale_index import own_titles
from sheets_sync.model import OwnTab

_ABOUT = "properties(title,locale,timeZone)"
_NAMES = "sheets(properties(sheetId,title,sheetType))"


def own_document(client: SheetsClient, spreadsheet: str, wanted: Collection[OwnTab]) -> Document:
    """The spreadsheet with the cells of the ``wanted`` tabs and the memory; of all others the first rows.

    BackendError ``google_…``.
    """
    tabs = [sheet for sheet in map(Sheet, client.read(spreadsheet, _NAMES).get("sheets", ())) if sheet.holds_cells]
    titles = own_titles()
    whole = {sheet.id: own for sheet in tabs if (own := titles.get(fold(sheet.title))) in {*wanted, OwnTab.SYNC}}
    while True:
        areas = [_area(sheet.id, whole.get(sheet.id)) for sheet in tabs]
        found = document(client.read(spreadsheet, f"{_ABOUT},sheets({sheets.FIELDS})", areas))
        ours = {sheet.id: own for own, sheet in found.own.items() if own in {*wanted, OwnTab.SYNC}}
        if ours.items() <= whole.items():
            return found
        whole |= ours


def _area(sheet: int, own: OwnTab | None) -> Mapping[str, Any]:
    if own is None:
        return {"sheetId": sheet, "startRowIndex": 0, "endRowIndex": PEEK_ROWS}
    if own is OwnTab.SYNC:  # the memory; what stands right of it are copies of a write
        return {"sheetId": sheet, "startColumnIndex": 0, "endColumnIndex": 1}
    return {"sheetId": sheet}

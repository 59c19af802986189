"""What a usual script does on the same spreadsheet: gspread's own way of reading six tabs and writing four with formats.

The baseline of ``tests/benchmarks/google.py``: get_all_records for each tab, then a tab at a time is cleared, filled,
frozen, filtered and painted. It keeps no person's words, guards nothing and parses '00123' as 123.
"""

from __future__ import annotations

from typing import Any

import gspread
from gspread.http_client import HTTPClient
from gspread.utils import rowcol_to_a1

HEAD = {"textFormat": {"bold": True}, "backgroundColor": {"red": 0.18, "green": 0.28, "blue": 0.35}}
LATE = {"backgroundColor": {"red": 0.95, "green": 0.69, "blue": 0.66}}


def client(token: Any, url: str) -> gspread.Client:
    """gspread's client on another server."""

    class Local(HTTPClient):
        def request(self, method: str, endpoint: str, *args: Any, **more: Any) -> Any:
            endpoint = endpoint.replace("https://sheets.googleapis.com", url).replace("https://www.googleapis.com", url)
            return super().request(method, endpoint, *args, **more)

    return gspread.Client(token, http_client=Local)


def run(found: gspread.Client, spreadsheet: str, sources: list[str], tabs: dict[str, list[list[Any]]]) -> int:
    """Read the sources, write the tabs; the rows read."""
    book = found.open_by_key(spreadsheet)
    read = sum(len(book.worksheet(title).get_all_records()) for title in sources)
    for title, rows in tabs.items():
        try:
            sheet = book.worksheet(title)
            sheet.clear()
        except gspread.WorksheetNotFound:
            sheet = book.add_worksheet(title, rows=len(rows) + 20, cols=len(rows[0]))
        sheet.update(rows, "A1")
        last = rowcol_to_a1(len(rows), len(rows[0]))
        sheet.format(f"A1:{rowcol_to_a1(1, len(rows[0]))}", HEAD)
        sheet.freeze(rows=1)
        sheet.set_basic_filter(f"A1:{last}")
        late = [f"A{n}" for n, row in enumerate(rows, 1) if row[0] == "Late"]
        if late:
            sheet.batch_format([{"range": cell, "format": LATE} for cell in late])
    return read

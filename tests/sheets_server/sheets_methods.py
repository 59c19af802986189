"""The methods of the Sheets API: what exists, what answers, what counts as reading."""

from __future__ import annotations

from tests.sheets_server import spreadsheet_methods, values_methods
from tests.sheets_server.asked import METHODS, Asked
from tests.sheets_server.discovery import bundled

API = bundled("sheets.v4")
READS_BY_POST = {
    "sheets.spreadsheets.getByDataFilter",
    "sheets.spreadsheets.values.batchGetByDataFilter",
    "sheets.spreadsheets.developerMetadata.search",
}

__all__ = ["API", "METHODS", "READS_BY_POST", "Asked", "spreadsheet_methods", "values_methods"]

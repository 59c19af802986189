"""The theme of a new spreadsheet."""

from __future__ import annotations

from tests.sheets_server.proto_json import THEME_COLOURS, Json

STANDARD_THEME: Json = {
    "primaryFontFamily": "Arial",
    "themeColors": [{"colorType": kind, "color": {"rgbColor": colour}} for kind, colour in THEME_COLOURS.items()],
}

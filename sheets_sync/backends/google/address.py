"""Which spreadsheet a person means, and where its API is. Nothing of Google's is imported here: every command asks."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sheets_sync.problems import ConfigError

GOOGLE = "https://sheets.googleapis.com"
VARIABLE = "SHEETS_SYNC_GOOGLE_API"
"""Names a local server to be asked instead (for tests); loopback only, since it is shown the token."""

_URL = re.compile(
    r"https://docs\.google\.com/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]{20,100})(?:[/?#].*)?"
)
_ID = re.compile(r"[A-Za-z0-9_-]{30,100}")


def spreadsheet_id(workbook: str) -> str | None:
    """The id in a spreadsheet's address, or a bare id; None where ``workbook`` is a file's name."""
    named = _URL.fullmatch(workbook.strip())
    if named:
        return named[1]
    return workbook if _ID.fullmatch(workbook) and not Path(workbook).exists() else None


def api() -> str:
    """The Sheets API's address, without a slash at its end. ConfigError as ``server``."""
    return server(GOOGLE, VARIABLE)


def server(usual: str, variable: str) -> str:
    """A server of Google's, or the one that a variable names. ConfigError where that is not loopback."""
    named = os.environ.get(variable, "").rstrip("/")
    if not named:
        return usual
    if not is_loopback(named):
        raise ConfigError("google_api_not_local", variable=variable)
    return named


def is_loopback(address: str) -> bool:
    """True for ``http://127.0.0.1:PORT`` and ``http://[::1]:PORT``: a name could lead anywhere."""
    from urllib.parse import urlsplit  # noqa: PLC0415  (every command asks this module, few get here)

    try:
        parts = urlsplit(address)
        plain = parts.scheme == "http" and not parts.username and not parts.path and not parts.query
        return plain and parts.port is not None and stays_here(address)
    except ValueError:
        return False


def stays_here(url: str) -> bool:
    """True where a URL names this computer by its number."""
    import ipaddress  # noqa: PLC0415
    from urllib.parse import urlsplit  # noqa: PLC0415

    try:
        return ipaddress.ip_address(urlsplit(url).hostname or "").is_loopback
    except ValueError:
        return False

"""The way to the Sheets API from here: less patient than the command line, since whoever called will call again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sheets_sync.backends.google import credentials
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.patience import Patience

MOST = 100.0
"""Seconds of waiting for one request: a minute's quota comes back in that, and two requests of a run fit in a call."""


def client() -> SheetsClient:
    """A client of this function's own account. ConfigError, BackendError where there are no credentials."""
    return SheetsClient(credentials.find(), Patience(most=MOST))


@contextmanager
def opened() -> Iterator[SheetsClient]:
    """The same, for a reading or two."""
    found = client()
    try:
        yield found
    finally:
        found.session.close()

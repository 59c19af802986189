"""A local server that speaks the Sheets v4 API (and a little Drive v3) on loopback: a test tool, see its README.md."""

from __future__ import annotations

from tests.sheets_server.faults import Fault, Kind
from tests.sheets_server.people import Person
from tests.sheets_server.server import SheetsServer
from tests.sheets_server.service import Call

__all__ = ["Call", "Fault", "Kind", "Person", "SheetsServer"]

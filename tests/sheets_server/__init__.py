"""A local server that speaks the Sheets v4 API (and a little Drive v3) on loopback: a test tool, see its README.md."""

from __future__ import annotations

from .faults import Fault, Kind
from .people import Person
from .server import SheetsServer
from .service import Call

__all__ = ["Call", "Fault", "Kind", "Person", "SheetsServer"]

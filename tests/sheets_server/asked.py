"""One request to a method of the Sheets API, read and checked, and the registry of what answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.sheets_server import zones
from tests.sheets_server.field_mask import Mask
from tests.sheets_server.files import File, Files
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.registry import Batch
from tests.sheets_server.spreadsheet import Spreadsheet


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to a method, read and checked."""

    files: Files
    account: str
    clock: Callable[[], datetime]
    path: dict[str, str]
    query: Json
    body: Json
    mask: Mask | None
    url: str

    def file(self) -> File:
        return self.files.get(self.path["spreadsheetId"])

    def view(self, book: Spreadsheet) -> View:
        zone = zones.zone(book.time_zone)
        return View(book, lambda: self.clock().astimezone(zone).replace(tzinfo=None))

    def batch(self, book: Spreadsheet) -> Batch:
        return Batch(book, self.files.ids, self.view(book).evaluator.now, self.account)


Answering = Callable[[Asked], Json]
METHODS: dict[str, Answering] = {}
"""What answers, by the id of the method in the discovery document."""


def answers(method: str) -> Callable[[Answering], Answering]:
    def register(function: Answering) -> Answering:
        METHODS[f"sheets.spreadsheets.{method}"] = function
        return function

    return register


def listed(answer: Json, key: str, items: list[Any]) -> Json:
    return {**answer, key: items} if items else answer

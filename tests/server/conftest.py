from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sheets_server import Person, SheetsServer


class Client:
    """One spreadsheet through plain HTTP, as any client has it."""

    def __init__(self, server: SheetsServer, spreadsheet_id: str) -> None:
        self.server = server
        self.id = spreadsheet_id
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Bearer any"

    def call(self, verb: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        url = f"{self.server.url}/v4/spreadsheets/{self.id}{path}"
        return self.session.request(verb, url, params=query, json=body, timeout=20)

    def ok(self, verb: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.call(verb, path, body, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, verb: str, path: str, body: Any = None, code: int = 400, **query: Any) -> str:
        """The sentence of an answer that must be an error."""
        answer = self.call(verb, path, body, **query)
        assert answer.status_code == code, answer.text
        return str(answer.json()["error"]["message"])

    def batch(self, *given: dict[str, Any], **more: Any) -> Any:
        return self.ok("POST", ":batchUpdate", {"requests": list(given), **more})

    def batch_refused(self, *given: dict[str, Any], code: int = 400) -> str:
        return self.refused("POST", ":batchUpdate", {"requests": list(given)}, code)

    def write(self, cells: str, values: list[list[Any]], option: str = "USER_ENTERED") -> Any:
        return self.ok("PUT", f"/values/{cells}", {"values": values}, valueInputOption=option)

    def values(self, cells: str, **options: str) -> list[list[Any]]:
        found: list[list[Any]] = self.ok("GET", f"/values/{cells}", **options).get("values", [])
        return found

    def sheet(self, index: int = 0, fields: str = "sheets") -> Any:
        """A tab with all that lies on it, but its cells unless ``fields`` asks for them."""
        fields = (
            fields
            if fields != "sheets"
            else (
                "sheets(properties,merges,conditionalFormats,filterViews,protectedRanges,basicFilter,bandedRanges,"
                "rowGroups,columnGroups,tables,developerMetadata)"
            )
        )
        return self.ok("GET", "", fields=fields)["sheets"][index]

    def cells(self, cells: str, fields: str) -> list[Any]:
        """CellData of a range, row by row."""
        got = self.ok("GET", "", ranges=cells, fields=f"sheets.data.rowData.values({fields})")
        return [row.get("values", []) for row in got["sheets"][0]["data"][0].get("rowData", [])]


@pytest.fixture
def server() -> Iterator[SheetsServer]:
    with SheetsServer() as running:
        yield running


@pytest.fixture
def book(server: SheetsServer) -> Client:
    """An empty American spreadsheet with the one tab Sheet1, whose id is 0."""
    return Client(server, server.create())


@pytest.fixture
def person(server: SheetsServer, book: Client) -> Person:
    return server.person(book.id)

"""The contract, kept by the workbook in memory, by Excel files and by Google spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from sheets_sync.backends.base import Backend
from sheets_sync.backends.excel import ExcelBackend
from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.model import GridCell, Outcome, Value
from tests.backends.contract import DAY, Contract, Rows
from tests.backends.google.spreadsheets import Desk


class TestMemory(Contract):
    def start(self, tabs: Mapping[str, Rows]) -> None:
        self.book = MemoryBackend(tabs)

    def backend(self) -> Backend:
        return self.book

    def type_into(self, title: str, row: int, position: int, value: Value) -> None:
        sheet = self.book.sheet(title)
        assert sheet is not None
        sheet.rows = {**sheet.rows, row: {**sheet.rows.get(row, {}), position: GridCell(value=value)}}

    def delete_row(self, title: str, row: int) -> None:
        sheet = self.book.sheet(title)
        assert sheet is not None
        sheet.rows = {n - (n > row): cells for n, cells in sheet.rows.items() if n != row}

    def fingerprint(self) -> object:
        return repr((self.book.sheets, self.book.memory))


class TestExcel(Contract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "shop.xlsx"

    def start(self, tabs: Mapping[str, Rows]) -> None:
        self.path = Path(self.request.getfixturevalue("tmp_path")) / "shop.xlsx"
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in tabs.items():
            sheet = book.create_sheet(title)
            for number, row in enumerate(rows, start=1):
                for position, value in enumerate(row, start=1):
                    cell = sheet.cell(number, position, value)
                    if isinstance(value, str):
                        cell.data_type = "s"  # text, also where it looks like a formula
        book.save(self.path)

    def backend(self) -> Backend:
        return ExcelBackend(self.path)

    def type_into(self, title: str, row: int, position: int, value: Value) -> None:
        book = openpyxl.load_workbook(self.path)
        book[title].cell(row, position + 1).value = value
        book.save(self.path)

    def delete_row(self, title: str, row: int) -> None:
        book = openpyxl.load_workbook(self.path)
        book[title].delete_rows(row)
        book.save(self.path)

    def fingerprint(self) -> object:
        return self.path.read_bytes(), self.path.stat().st_mtime_ns


class TestGoogle(Contract):
    def start(self, tabs: Mapping[str, Rows]) -> None:
        self.desk = Desk(self.request.getfixturevalue("server"), tabs)

    def backend(self) -> Backend:
        return self.desk.backend()

    def type_into(self, title: str, row: int, position: int, value: Value) -> None:
        self.desk.put(title, row, position, value)

    def delete_row(self, title: str, row: int) -> None:
        self.desk.person.deletes_rows(title, row)

    def fingerprint(self) -> object:
        return self.desk.person.file.version

    def change_under_us(self) -> None:
        """People may type at any moment; only another worker's write makes ours too late."""
        assert self.run(DAY + timedelta(days=1)).outcome is Outcome.APPLIED

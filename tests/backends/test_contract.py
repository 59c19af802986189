"""The contract, kept by the workbook in memory, by Excel files and by Google spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from gspread.utils import rowcol_to_a1
from openpyxl.comments import Comment

from sheets_sync.backends.base import Backend
from sheets_sync.backends.excel import ExcelBackend
from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.model import GridCell, Outcome, OwnTab, Value
from sheets_sync.reconcile import archive
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

    def comment_on(self, title: str, row: int, position: int, text: str) -> None:
        sheet = self.book.sheet(title)
        assert sheet is not None
        sheet.comments = {**sheet.comments, row: {**sheet.comments.get(row, {}), position: text}}

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

    def comment_on(self, title: str, row: int, position: int, text: str) -> None:
        book = openpyxl.load_workbook(self.path)
        book[title].cell(row, position + 1).comment = Comment(text, "Maria")
        book.save(self.path)

    def fingerprint(self) -> object:
        return self.path.read_bytes(), self.path.stat().st_mtime_ns

    @pytest.mark.parametrize("columns", [["key"], ["key", "status"], ["status"]])
    def test_deleted_columns_are_put_right_in_one_run(self, columns: list[str]) -> None:
        self.run()
        tab, key = self.tab(OwnTab.TOUCHPOINTS), "check_in:P-1:1"
        self.write(OwnTab.TOUCHPOINTS, key, "note", "ligou")
        book = openpyxl.load_workbook(self.path)
        for position in sorted((c.position for c in tab.columns if c.key in columns), reverse=True):
            book[tab.title].delete_cols(position + 1)
        book.save(self.path)
        self.run()
        assert self.row(OwnTab.TOUCHPOINTS, key).people == {"note": "ligou"}
        assert not self.tab(OwnTab.TOUCHPOINTS).repair
        assert self.run().outcome is Outcome.NOTHING

    def test_an_exchange_that_gets_its_number_keeps_its_note_in_its_row(self) -> None:
        self.type_into("Trocas", 2, 0, None)
        self.run()
        self.write(OwnTab.EXCHANGES, "exchange_register:P-2:1", "note", "falta a nota")
        self.type_into("Trocas", 2, 0, "T-1")
        self.run()
        noted = [
            r
            for own in (OwnTab.EXCHANGES, OwnTab.HISTORY)
            for r in self.tab(own).rows
            if "falta a nota" in {*r.people.values(), *r.machine.values()}
        ]
        assert [r.key for r in noted] == ["exchange_register:T-1:1"]
        assert self.run().outcome is Outcome.NOTHING

    def test_a_history_that_grew_long_moves_its_oldest_rows_to_a_tab_of_their_year(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archive, "MOST_ROWS", 1)
        self.run()
        for key in ("check_in:P-1:1", "reconnect:00124:2026-06-23/1"):
            self.write(OwnTab.TOUCHPOINTS, key, "note", f"nota de {key}")
            self.run()
            self.delete_row(self.tab(OwnTab.TOUCHPOINTS).title, self.row(OwnTab.TOUCHPOINTS, key).row)
        self.run(date(2026, 11, 21))
        self.run(date(2027, 1, 5))
        assert not self.tab(OwnTab.HISTORY).rows
        book = openpyxl.load_workbook(self.path)
        old = [[cell.value for cell in row] for row in book["Histórico 2026"].iter_rows()]
        assert "nota de check_in:P-1:1" in str(old)
        assert self.run(date(2027, 1, 5)).outcome is Outcome.NOTHING
        del book["_sync"]
        book.save(self.path)
        again = self.run(date(2027, 1, 5))
        assert "memory_lost" in {p.code for p in again.problems}
        assert not [v for v in again.tasks if v.task.key == "reconnect:00124:2026-06-23/1"]


class TestGoogle(Contract):
    def start(self, tabs: Mapping[str, Rows]) -> None:
        self.desk = Desk(self.request.getfixturevalue("server"), tabs)

    def backend(self) -> Backend:
        return self.desk.backend()

    def type_into(self, title: str, row: int, position: int, value: Value) -> None:
        self.desk.put(title, row, position, value)

    def delete_row(self, title: str, row: int) -> None:
        self.desk.person.deletes_rows(title, row)

    def comment_on(self, title: str, row: int, position: int, text: str) -> None:
        self.desk.person.notes(title, rowcol_to_a1(row, position + 1), text)

    def fingerprint(self) -> object:
        return self.desk.person.file.version

    def change_under_us(self) -> None:
        """People may type at any moment; only another worker's write makes ours too late."""
        assert self.run(DAY + timedelta(days=1)).outcome is Outcome.APPLIED

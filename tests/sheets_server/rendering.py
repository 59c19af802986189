"""What people and clients see of a cell: computed, formatted, and in the render options of the values API."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.sheets_server.a1 import Area
from tests.sheets_server.cells import Cell, Effective, Failure, Formula
from tests.sheets_server.formulas.evaluate import Evaluator
from tests.sheets_server.locales import conventions
from tests.sheets_server.number_formats import is_date, pattern_of, shown
from tests.sheets_server.proto_json import Json, as_number
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import Spreadsheet

_GIVES_A_DATE = re.compile(r"=\s*(TODAY|DATE|NOW)\(", re.IGNORECASE)


class View:
    """One version of a spreadsheet as it looks at one moment."""

    def __init__(self, book: Spreadsheet, now: Callable[[], datetime]) -> None:
        self.book = book
        self.locale = book.locale
        self.evaluator = Evaluator(book, now)

    def effective(self, sheet: Sheet, row: int, column: int, cell: Cell) -> Effective:
        if isinstance(cell.entered, Formula):
            return self.evaluator.effective(sheet, row, column)
        return cell.entered

    def number_format(self, cell: Cell) -> Json | None:
        """The format a cell is shown in: its own, or the one its formula brings along."""
        if cell.number_format is not None or not isinstance(cell.entered, Formula):
            return cell.number_format
        if match := _GIVES_A_DATE.match(cell.entered.text):
            kind = "DATE_TIME" if match[1].upper() == "NOW" else "DATE"
            return {"type": kind, "pattern": pattern_of({"type": kind}, conventions(self.locale))}
        return None

    def formatted(self, cell: Cell, value: Effective) -> str:
        return shown(value, self.number_format(cell), self.locale)

    def value(self, sheet: Sheet, row: int, column: int, cell: Cell, render: str, dates: str) -> Any:
        """A cell as the values API gives it."""
        if render == "FORMULA" and isinstance(cell.entered, Formula):
            return cell.entered.text
        value = self.effective(sheet, row, column, cell)
        if render == "FORMATTED_VALUE" or isinstance(value, Failure):
            return self.formatted(cell, value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if dates == "FORMATTED_STRING" and render == "UNFORMATTED_VALUE" and is_date(self.number_format(cell)):
                return self.formatted(cell, value)
            return as_number(value)
        return value

    def rows(self, sheet: Sheet, area: Area, render: str, dates: str) -> list[list[Any]]:
        """The values of an area, without empty rows at the end nor empty cells at the end of a row."""
        out: list[list[Any]] = []
        for index in range(area.top, min(area.bottom, len(sheet.rows))):
            held = sheet.rows[index]
            row: list[Any] = []
            for column in sorted(held):
                cell = held[column]
                if area.left <= column < area.right and cell.entered is not None:
                    row.extend([""] * (column - area.left - len(row)))
                    row.append(self.value(sheet, index, column, cell, render, dates))
            out.append(row)
        while out and not out[-1]:
            out.pop()
        return out

    def columns(self, sheet: Sheet, area: Area, render: str, dates: str) -> list[list[Any]]:
        """As ``rows``, the other way round."""
        rows = self.rows(sheet, area, render, dates)
        out: list[list[Any]] = []
        for column in range(max((len(row) for row in rows), default=0)):
            values = [row[column] if column < len(row) else "" for row in rows]
            filled = [
                i
                for i, row in enumerate(rows)
                if column < len(row) and sheet.cell(area.top + i, area.left + column).entered is not None
            ]
            out.append(values[: filled[-1] + 1] if filled else [])
        return out

"""Whether a cell meets a BooleanCondition: conditional formats and filters ask it."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import TypeGuard

from tests.sheets_server import serial_dates
from tests.sheets_server.cells import Effective, Failure, Formula
from tests.sheets_server.errors import NotOffered
from tests.sheets_server.formulas.references import copied
from tests.sheets_server.formulas.values import compare
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.user_entered import typed

_NUMBERS = {
    "NUMBER_GREATER": ">",
    "NUMBER_GREATER_THAN_EQ": ">=",
    "NUMBER_LESS": "<",
    "NUMBER_LESS_THAN_EQ": "<=",
    "NUMBER_EQ": "=",
    "NUMBER_NOT_EQ": "<>",
}
_DATES = {
    "DATE_BEFORE": "<",
    "DATE_AFTER": ">",
    "DATE_ON_OR_BEFORE": "<=",
    "DATE_ON_OR_AFTER": ">=",
    "DATE_EQ": "=",
    "DATE_NOT_EQ": "<>",
}
_RELATIVE_DAYS = {"TODAY": 0, "TOMORROW": 1, "YESTERDAY": -1, "PAST_WEEK": -7, "PAST_MONTH": -30, "PAST_YEAR": -365}


class Conditions:
    """Answers for cells of one tab."""

    def __init__(self, view: View, sheet: Sheet) -> None:
        self.view = view
        self.sheet = sheet

    def met(self, condition: Json, row: int, column: int, home: tuple[int, int]) -> bool:
        """Whether a cell meets a condition whose formulas are written as for the cell ``home``."""
        kind = condition["type"]
        away = (row - home[0], column - home[1])
        if kind == "CUSTOM_FORMULA":
            return self._formula(condition["values"][0]["userEnteredValue"], row, column, away) is True
        cell = self.sheet.cell(row, column)
        value = self.view.effective(self.sheet, row, column, cell)
        if kind in ("BLANK", "NOT_BLANK"):
            return bool((value in (None, "")) == (kind == "BLANK"))
        wanted = [self._value(given, row, column, away) for given in condition.get("values", ())]
        if kind in _NUMBERS:
            return _is_number(value) and compare(_NUMBERS[kind], value, wanted[0])
        if kind in ("NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN", "DATE_BETWEEN", "DATE_NOT_BETWEEN"):
            if not _is_number(value):
                return False
            inside = compare(">=", value, wanted[0]) and compare("<=", value, wanted[1])
            return bool(inside == ("NOT" not in kind))
        if kind in _DATES:
            return _is_number(value) and compare(_DATES[kind], float(math.floor(value)), wanted[0])
        return self._text(kind, self.view.formatted(cell, value), value, wanted)

    def _text(self, kind: str, shown: str, value: Effective, wanted: list[Effective]) -> bool:
        text = shown.casefold()
        first = str(wanted[0] if wanted and wanted[0] is not None else "").casefold()
        if kind in ("TEXT_CONTAINS", "TEXT_NOT_CONTAINS"):
            return (first in text) == (kind == "TEXT_CONTAINS")
        if kind == "TEXT_STARTS_WITH":
            return text.startswith(first)
        if kind == "TEXT_ENDS_WITH":
            return text.endswith(first)
        if kind in ("TEXT_EQ", "TEXT_NOT_EQ", "ONE_OF_LIST"):
            among = any(compare("=", value, one) or str(one).casefold() == text for one in wanted)
            return among == (kind != "TEXT_NOT_EQ")
        if kind == "BOOLEAN":
            return isinstance(value, bool) if not wanted else value in wanted
        if kind == "TEXT_IS_EMAIL":
            return bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", shown))
        if kind == "TEXT_IS_URL":
            return bool(re.fullmatch(r"(https?://|www\.)\S+\.\S+", shown, re.IGNORECASE))
        if kind == "DATE_IS_VALID":
            return _is_number(value)
        raise NotOffered(f"conditions of type {kind}")

    def _value(self, given: Json, row: int, column: int, away: tuple[int, int]) -> Effective:
        if "relativeDate" in given:
            day = self.view.evaluator.now().date() + timedelta(days=_RELATIVE_DAYS[given["relativeDate"]])
            return serial_dates.of_date(day)
        text = str(given.get("userEnteredValue", ""))
        if text.startswith("="):
            return self._formula(text, row, column, away)
        entered = typed(text, self.view.locale).entered
        return None if isinstance(entered, Formula) else entered

    def _formula(self, text: str, row: int, column: int, away: tuple[int, int]) -> Effective:
        here = Formula(copied(text, *away))
        result = self.view.evaluator.result(here, self.sheet, row, column)
        return None if isinstance(result, Failure) else result


def _is_number(value: Effective) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

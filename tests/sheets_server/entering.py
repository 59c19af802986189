"""Putting a value into a cell, as the API and as people do it."""

from __future__ import annotations

import json
from typing import Any

from tests.sheets_server.cells import Cell, Formula
from tests.sheets_server.errors import ApiError, NotOffered, invalid
from tests.sheets_server.formulas.evaluate import refuse_unknown
from tests.sheets_server.proto_json import Json
from tests.sheets_server.spreadsheet import MOST_CHARACTERS
from tests.sheets_server.user_entered import typed


def entered(cell: Cell, value: Any, option: str, locale: str) -> Cell:
    """``cell`` after a value of the values API went into it; ``option`` is RAW or USER_ENTERED."""
    if isinstance(value, str) and option == "USER_ENTERED":
        return typed_into(cell, value, locale)
    if isinstance(value, str):
        check_length(value)
        return cell.holding(value or None)
    return cell.holding(value if isinstance(value, bool) else float(value))


def typed_into(cell: Cell, text: str, locale: str) -> Cell:
    """``cell`` after somebody typed ``text`` into it."""
    check_length(text)
    found = typed(text, locale, as_text=(cell.number_format or {}).get("type") == "TEXT")
    if isinstance(found.entered, Formula):
        check_formula(found.entered.text, locale)
    after = cell.holding(found.entered)
    if found.number_format is not None and cell.number_format is None:
        return after.shown_as(found.number_format)
    return after


def check_length(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise invalid(f"Your input contains more than the maximum of {MOST_CHARACTERS} characters in a single cell.")


def check_formula(text: str, locale: str) -> None:
    """Refuse a formula that this server could only pretend to compute."""
    if what := refuse_unknown(text, locale):
        raise NotOffered(what)


def check_values(values: list[list[Any]], prefix: str = "") -> None:
    """Values are texts, numbers, booleans or null; anything else is refused in Google's words."""
    for r, row in enumerate(values):
        for c, value in enumerate(row):
            if isinstance(value, (dict, list)):
                kind = "struct_value" if isinstance(value, dict) else "list_value"
                raise ApiError(400, f"Invalid {prefix}values[{r}][{c}]: {kind} {json.dumps(value)}")


def from_extended_value(value: Json | None, locale: str) -> Any:
    """What a cell holds after ``userEnteredValue``: a text is a text whatever it looks like."""
    if not value:
        return None
    if "formulaValue" in value:
        check_length(value["formulaValue"])
        text = str(value["formulaValue"])
        text = text if text.startswith("=") else "=" + text
        check_formula(text, locale)
        return Formula(text)
    if "stringValue" in value:
        check_length(value["stringValue"])
        return value["stringValue"] or None
    if "numberValue" in value:
        return float(value["numberValue"])
    return value.get("boolValue")

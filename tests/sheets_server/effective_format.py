"""effectiveFormat: the default, what was put on the cell, and what conditional formats add."""

from __future__ import annotations

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area
from tests.sheets_server.cells import Cell, Effective
from tests.sheets_server.conditions import Conditions
from tests.sheets_server.errors import NotOffered
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import DEFAULT_FORMAT


class EffectiveFormats:
    """The formats of one tab's cells, conditional rules worked out once for all of them."""

    def __init__(self, view: View, sheet: Sheet) -> None:
        self.view = view
        self.sheet = sheet
        self.conditions = Conditions(view, sheet)
        if any("gradientRule" in rule for rule in sheet.conditional_formats):
            raise NotOffered("effective formats on a tab with colour scales")
        self.rules = [
            (rule["booleanRule"], [sheet.area(a1.box_of(where)) for where in rule["ranges"]])
            for rule in sheet.conditional_formats
            if "booleanRule" in rule
        ]

    def of(self, row: int, column: int, cell: Cell, value: Effective) -> Json:
        form = _laid_over(DEFAULT_FORMAT, cell.format or {})
        if "horizontalAlignment" not in form and value is not None:
            form["horizontalAlignment"] = _alignment(value)
        if (number_format := self.view.number_format(cell)) is not None:
            form["numberFormat"] = number_format
        form.setdefault("hyperlinkDisplayType", "PLAIN_TEXT")
        return self._with_conditions(form, row, column)

    def _with_conditions(self, form: Json, row: int, column: int) -> Json:
        """The first rule that is met and has a say on a property decides it."""
        for rule, areas in reversed(self.rules):
            if any(area.holds(row, column) for area in areas) and self._met(rule, areas, row, column):
                form = _laid_over(form, rule["format"])
        return form

    def _met(self, rule: Json, areas: list[Area], row: int, column: int) -> bool:
        home = (min(area.top for area in areas), min(area.left for area in areas))
        return self.conditions.met(rule["condition"], row, column, home)


def _alignment(value: Effective) -> str:
    if isinstance(value, bool):
        return "CENTER"
    return "RIGHT" if isinstance(value, (int, float)) else "LEFT"


def _laid_over(under: Json, over: Json) -> Json:
    out = dict(under)
    for key, value in over.items():
        before = out.get(key)
        whole = key in ("numberFormat", "borders") or key.lower().endswith(("color", "colorstyle"))
        out[key] = _laid_over(before, value) if isinstance(before, dict) and not whole else value
    return out

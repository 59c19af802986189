"""GridData: the cells of a range as ``spreadsheets.get`` gives them, under a field mask."""

from __future__ import annotations

import re

from tests.sheets_server.a1 import Area
from tests.sheets_server.cells import Cell, Formula, extended_value
from tests.sheets_server.conditions import Conditions
from tests.sheets_server.effective_format import EffectiveFormats
from tests.sheets_server.field_mask import Mask, below, cut, wants
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.sheet import Sheet

_LINK = re.compile(r'=\s*HYPERLINK\(\s*"([^"]*)"', re.IGNORECASE)


def grid_data(view: View, sheet: Sheet, area: Area, mask: Mask | None) -> Json:
    """The GridData of an area, cut to the mask; empty cells behind the last one of a row, and empty rows at the end, are left out."""
    out: Json = {}
    if area.top and wants(mask, "startRow"):
        out["startRow"] = area.top
    if area.left and wants(mask, "startColumn"):
        out["startColumn"] = area.left
    if wants(mask, "rowData") and (rows := _rows(view, sheet, area, below(mask, "rowData", "values"))):
        out["rowData"] = rows
    if wants(mask, "rowMetadata"):
        hidden = hidden_by_filter(view, sheet)
        notes = _metadata_of(view, sheet, "ROWS")
        out["rowMetadata"] = [
            cut(
                _dimension(21, sheet.row_properties.get(i), notes.get(i), filtered=i in hidden),
                below(mask, "rowMetadata"),
            )
            for i in range(area.top, area.bottom)
        ]
    if wants(mask, "columnMetadata"):
        notes = _metadata_of(view, sheet, "COLUMNS")
        out["columnMetadata"] = [
            cut(_dimension(100, sheet.column_properties.get(i), notes.get(i)), below(mask, "columnMetadata"))
            for i in range(area.left, area.right)
        ]
    return out


def _dimension(size: int, given: Json | None, notes: list[Json] | None, *, filtered: bool = False) -> Json:
    out = {"pixelSize": size, **(given or {})}
    if filtered:
        out["hiddenByFilter"] = True
    if notes:
        out["developerMetadata"] = notes
    return out


def _metadata_of(view: View, sheet: Sheet, dimension: str) -> dict[int, list[Json]]:
    out: dict[int, list[Json]] = {}
    for metadata in view.book.metadata:
        where = metadata["location"].get("dimensionRange")
        if where and where["dimension"] == dimension and where.get("sheetId", 0) == sheet.id:
            out.setdefault(where["startIndex"], []).append(metadata)
    return out


def _rows(view: View, sheet: Sheet, area: Area, mask: Mask | None) -> list[Json]:
    writer = _CellWriter(view, sheet, mask)
    out: list[Json] = []
    for index in range(area.top, min(area.bottom, len(sheet.rows))):
        held = sheet.rows[index]
        values: list[Json] = []
        for column in sorted(held):
            if area.left <= column < area.right:
                while len(values) < column - area.left:
                    values.append({})
                values.append(writer.cell(index, column, held[column]))
        out.append({"values": values} if values else {})
    while out and not out[-1]:
        out.pop()
    return out


class _CellWriter:
    """CellData, only the fields a mask asks for."""

    def __init__(self, view: View, sheet: Sheet, mask: Mask | None) -> None:
        self.view = view
        self.sheet = sheet
        self.wanted = {key: wants(mask, key) for key in _FIELDS}
        self.formats = EffectiveFormats(view, sheet) if self.wanted["effectiveFormat"] else None
        inner = below(mask, "effectiveFormat")
        self.numbers_only = inner is not None and set(inner) == {"numberFormat"}
        self.deeper = {key: inner for key, inner in (mask or {}).items() if inner}

    def cell(self, row: int, column: int, cell: Cell) -> Json:
        wanted = self.wanted
        out: Json = {}
        if cell.entered is not None:
            if wanted["userEnteredValue"]:
                out["userEnteredValue"] = extended_value(cell.entered)
            value = self.view.effective(self.sheet, row, column, cell)
            if wanted["effectiveValue"]:
                out["effectiveValue"] = extended_value(value)
            if wanted["formattedValue"]:
                out["formattedValue"] = self.view.formatted(cell, value)
        else:
            value = None
        if cell.format is not None and wanted["userEnteredFormat"]:
            out["userEnteredFormat"] = cell.format
        if self.formats is not None and (cell.entered is not None or cell.format is not None):
            if not self.numbers_only:
                out["effectiveFormat"] = self.formats.of(row, column, cell, value)
            elif (shown := self.view.number_format(cell)) is not None:  # no condition has a say in it
                out["effectiveFormat"] = {"numberFormat": shown}
        if cell.note and wanted["note"]:
            out["note"] = cell.note
        if cell.validation is not None and wanted["dataValidation"]:
            out["dataValidation"] = cell.validation
        if cell.runs and wanted["textFormatRuns"]:
            out["textFormatRuns"] = cell.runs
        if wanted["hyperlink"] and (link := hyperlink(cell)):
            out["hyperlink"] = link
        for key, inner in self.deeper.items():
            if key in out:
                out[key] = cut(out[key], inner)
        return out


_FIELDS = (
    "userEnteredValue",
    "effectiveValue",
    "formattedValue",
    "userEnteredFormat",
    "effectiveFormat",
    "note",
    "dataValidation",
    "textFormatRuns",
    "hyperlink",
)


def hyperlink(cell: Cell) -> str | None:
    """The one link of a cell: of its formula, or of its whole text."""
    if isinstance(cell.entered, Formula):
        match = _LINK.match(cell.entered.text)
        return match[1] if match else None
    link = (cell.format or {}).get("textFormat", {}).get("link", {}).get("uri")
    return str(link) if link else None


def hidden_by_filter(view: View, sheet: Sheet) -> set[int]:
    """The rows that the tab's basic filter hides."""
    filtering = sheet.basic_filter
    if filtering is None or not filtering.get("filterSpecs"):
        return set()
    where = filtering["range"]
    conditions = Conditions(view, sheet)
    hidden = set()
    for row in range(where["startRowIndex"] + 1, where["endRowIndex"]):
        for spec in filtering["filterSpecs"]:
            column, criteria = spec.get("columnIndex", 0), spec.get("filterCriteria", {})
            cell = sheet.cell(row, column)
            shown = view.formatted(cell, view.effective(sheet, row, column, cell))
            met = "condition" not in criteria or conditions.met(criteria["condition"], row, column, (row, column))
            if shown in criteria.get("hiddenValues", ()) or not met:
                hidden.add(row)
    return hidden

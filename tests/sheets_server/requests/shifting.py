"""What follows when rows or columns come, go or move: every range, rule, name, note of metadata and formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.sheets_server import a1
from tests.sheets_server.cells import Cell, Formula
from tests.sheets_server.formulas.references import Corner, copied, rewritten
from tests.sheets_server.proto_json import Json
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import Spreadsheet


@dataclass(frozen=True, slots=True)
class Shift:
    """Rows or columns of one tab that were inserted at, deleted from, or moved to a place."""

    sheet_id: int
    dimension: str
    kind: str
    at: int
    count: int
    to: int = 0

    def index(self, i: int) -> int | None:
        """Where a row or column is now; None where it was deleted."""
        if self.kind == "insert":
            return i + self.count if i >= self.at else i
        if self.kind == "delete":
            if self.at <= i < self.at + self.count:
                return None
            return i - self.count if i >= self.at else i
        end = self.at + self.count
        if self.at <= i < end:
            return i - self.at + (self.to if self.to <= self.at else self.to - self.count)
        if self.to <= i < self.at:
            return i + self.count
        if end <= i < self.to:
            return i - self.count
        return i

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a stretch of rows or columns is now; None where nothing is left of it."""
        if self.kind == "insert":
            return (start + self.count if start >= self.at else start, end + self.count if end > self.at else end)
        if self.kind == "delete":
            first, last = self._after_delete(start), self._after_delete(end)
            return (first, last) if first < last else None
        if self.at <= start and end <= self.at + self.count:
            moved = self.index(start)
            assert moved is not None
            return moved, moved + end - start
        if start <= self.at and self.at + self.count <= end and start <= self.to <= end:
            return start, end
        gone = replace(self, kind="delete").span(start, end)
        target = self.to if self.to <= self.at else self.to - self.count
        return replace(self, kind="insert", at=target).span(*gone) if gone else None

    def _after_delete(self, edge: int) -> int:
        return edge if edge <= self.at else max(self.at, edge - self.count)

    def grid_range(self, grid_range: Json) -> Json | None:
        """A GridRange after the shift; None where nothing is left of it."""
        if grid_range.get("sheetId", 0) != self.sheet_id:
            return grid_range
        part = "Row" if self.dimension == "ROWS" else "Column"
        start, end = grid_range.get(f"start{part}Index"), grid_range.get(f"end{part}Index")
        if start is None and end is None:
            return grid_range
        moved = self.span(start or 0, end if end is not None else 2**31)
        if moved is None:
            return None
        out = dict(grid_range)
        if start is not None:
            out[f"start{part}Index"] = moved[0]
        if end is not None:
            out[f"end{part}Index"] = moved[1]
        return out


def shift_everything(book: Spreadsheet, shift: Shift) -> None:
    """Make all that refers to rows and columns of the tab follow; the cells themselves have moved already."""
    moved_range = shift.grid_range
    for sheet in book.sheets:
        sheet.merges = [r for merge in sheet.merges if (r := moved_range(merge)) and _is_more_than_a_cell(r)]
        for name in ("conditional_formats", "protected_ranges", "filter_views", "bandings", "tables"):
            things: list[Json] = getattr(sheet, name)
            setattr(sheet, name, [t for thing in things if (t := with_ranges(thing, moved_range)) is not None])
        if sheet.basic_filter is not None:
            sheet.basic_filter = with_ranges(sheet.basic_filter, moved_range)
    own = book.sheet(shift.sheet_id)
    _shift_columns_named_by_index(own, shift)
    _shift_dimension_properties(own, shift)
    book.named_ranges = [n for named in book.named_ranges if (n := with_ranges(named, moved_range)) is not None]
    book.metadata = [m for metadata in book.metadata if (m := _shifted_metadata(metadata, shift)) is not None]
    _shift_formulas(book, shift)


def with_ranges(thing: Json, move: Callable[[Json], Json | None]) -> Json | None:
    """A rule, filter or name with its ranges moved; None where its own range is gone."""
    out = dict(thing)
    if "range" in out:
        moved = move(out["range"])
        if moved is None:
            return None
        out["range"] = moved
    for key in ("ranges", "unprotectedRanges"):
        if key in out:
            out[key] = [r for r in map(move, out[key]) if r is not None]
            if not out[key]:
                if key == "ranges":
                    return None
                del out[key]
    return out


def _is_more_than_a_cell(merge: Json) -> bool:
    box = a1.box_of(merge)
    return (box.bottom or 0) - box.top > 1 or (box.right or 0) - box.left > 1


def _shift_columns_named_by_index(sheet: Sheet, shift: Shift) -> None:
    if shift.dimension != "COLUMNS":
        return
    if sheet.basic_filter is not None:
        sheet.basic_filter = _with_columns(sheet.basic_filter, shift)
    sheet.filter_views = [_with_columns(view, shift) for view in sheet.filter_views]


def _with_columns(filtering: Json, shift: Shift) -> Json:
    out = dict(filtering)
    if "criteria" in out:
        moved = {shift.index(int(column)): criteria for column, criteria in out["criteria"].items()}
        out["criteria"] = {str(column): criteria for column, criteria in moved.items() if column is not None}
    for key, index_key in (("filterSpecs", "columnIndex"), ("sortSpecs", "dimensionIndex")):
        if key in out:
            specs = [(shift.index(spec.get(index_key, 0)), spec) for spec in out[key]]
            out[key] = [{**spec, index_key: column} for column, spec in specs if column is not None]
    return {key: value for key, value in out.items() if value not in ({}, [])}


def _shift_dimension_properties(sheet: Sheet, shift: Shift) -> None:
    name = "row_properties" if shift.dimension == "ROWS" else "column_properties"
    held: dict[int, Json] = getattr(sheet, name)
    setattr(sheet, name, {to: value for i, value in held.items() if (to := shift.index(i)) is not None})
    groups_name = "row_groups" if shift.dimension == "ROWS" else "column_groups"
    groups = []
    for group in getattr(sheet, groups_name):
        moved = shift.span(group["range"]["startIndex"], group["range"]["endIndex"])
        if moved is not None:
            groups.append({**group, "range": {**group["range"], "startIndex": moved[0], "endIndex": moved[1]}})
    setattr(sheet, groups_name, groups)


def _shifted_metadata(metadata: Json, shift: Shift) -> Json | None:
    where = metadata["location"].get("dimensionRange")
    if where is None or where["dimension"] != shift.dimension or where.get("sheetId", 0) != shift.sheet_id:
        return metadata
    moved = shift.index(where["startIndex"])
    if moved is None:
        return None
    location = {**metadata["location"], "dimensionRange": {**where, "startIndex": moved, "endIndex": moved + 1}}
    return {**metadata, "location": location}


def _shift_formulas(book: Spreadsheet, shift: Shift) -> None:
    own_title = book.sheet(shift.sheet_id).title.casefold()

    for sheet in book.sheets:

        def move(tab: str | None, first: Corner, last: Corner, at_home: bool = sheet.id == shift.sheet_id) -> Any:
            if (tab.casefold() == own_title) if tab is not None else at_home:
                return _shifted_corners(first, last, shift)
            return first, last

        rewrite_formulas(sheet, lambda text, move=move: rewritten(text, move))  # type: ignore[misc]


def _shifted_corners(first: Corner, last: Corner, shift: Shift) -> tuple[Corner, Corner] | None:
    name = "row" if shift.dimension == "ROWS" else "column"
    start, end = getattr(first, name), getattr(last, name)
    if first == last:
        moved = None if start is None else shift.index(start)
        return (first, last) if start is None else (None if moved is None else (_at(first, name, moved),) * 2)
    if start is None:
        return first, last
    span = shift.span(start, 2**31 if end is None else end + 1)
    if span is None:
        return None
    return _at(first, name, span[0]), last if end is None else _at(last, name, span[1] - 1)


def _at(corner: Corner, name: str, index: int) -> Corner:
    return replace(corner, row=index) if name == "row" else replace(corner, column=index)


def rewrite_formulas(sheet: Sheet, rewrite: Callable[[str], str]) -> None:
    """Every formula of a tab, in cells and in rules, through ``rewrite``."""
    for index, row in enumerate(sheet.rows):
        changed = {
            column: after for column, cell in row.items() if (after := _rewritten_cell(cell, rewrite)) is not cell
        }
        if changed:
            sheet.put_row(index, {**row, **changed})
    sheet.conditional_formats = [_rewritten_rule(rule, rewrite) for rule in sheet.conditional_formats]


def _rewritten_cell(cell: Cell, rewrite: Callable[[str], str]) -> Cell:
    if isinstance(cell.entered, Formula) and (text := rewrite(cell.entered.text)) != cell.entered.text:
        cell = replace(cell, entered=Formula(text, cell.entered.known))
    if cell.validation is not None:
        condition = _rewritten_condition(cell.validation["condition"], rewrite)
        if condition is not cell.validation["condition"]:
            cell = replace(cell, validation={**cell.validation, "condition": condition})
    return cell


def _rewritten_rule(rule: Json, rewrite: Callable[[str], str]) -> Json:
    if "booleanRule" not in rule:
        return rule
    condition = _rewritten_condition(rule["booleanRule"]["condition"], rewrite)
    return {**rule, "booleanRule": {**rule["booleanRule"], "condition": condition}}


def _rewritten_condition(condition: Json, rewrite: Callable[[str], str]) -> Json:
    values = condition.get("values", ())
    if not any(str(value.get("userEnteredValue", "")).startswith("=") for value in values):
        return condition
    return {
        **condition,
        "values": [
            {**value, "userEnteredValue": rewrite(value["userEnteredValue"])} if "userEnteredValue" in value else value
            for value in values
        ],
    }


def follow_copy(cell: Cell, rows: int, columns: int) -> Cell:
    """A cell as it lies ``rows`` down and ``columns`` right of where it was copied."""
    if isinstance(cell.entered, Formula):
        return replace(cell, entered=Formula(copied(cell.entered.text, rows, columns), cell.entered.known))
    return cell

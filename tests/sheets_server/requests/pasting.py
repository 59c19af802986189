"""copyPaste and cutPaste."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.sheets_server import a1
from tests.sheets_server.a1 import Area
from tests.sheets_server.cells import BLANK, Cell
from tests.sheets_server.errors import NotOffered, RequestError
from tests.sheets_server.formulas.references import Corner, rewritten
from tests.sheets_server.grid_data import hidden_by_filter
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.requests.shifting import follow_copy, rewrite_formulas
from tests.sheets_server.sheet import Sheet


def pasted(before: Cell, source: Cell, kind: str) -> Cell:
    """``before`` after ``source`` was pasted onto it."""
    if kind == "PASTE_NORMAL":
        return source
    if kind in ("PASTE_VALUES", "PASTE_FORMULA"):
        return replace(before, entered=source.entered, runs=source.runs)
    if kind == "PASTE_FORMAT":
        return replace(before, format=source.format, validation=source.validation)
    if kind == "PASTE_DATA_VALIDATION":
        return replace(before, validation=source.validation)
    if kind == "PASTE_NO_BORDERS":
        form = {key: value for key, value in (source.format or {}).items() if key != "borders"}
        return replace(source, format=form or None)
    raise NotOffered(f"pasteType {kind}")


@handles("copyPaste")
def copy_paste(batch: Batch, request: Json) -> None:
    """Rows that a filter hides are neither copied nor pasted into, as where people copy and paste."""
    source_sheet, source = batch.book.area_of(request.get("source", {}))
    sheet, target = batch.book.area_of(request.get("destination", {}))
    kind = request.get("pasteType", "PASTE_NORMAL")
    view = View(batch.book, batch.now)
    block = _copied(view, source_sheet, source, values_only=kind == "PASTE_VALUES")
    if request.get("pasteOrientation") == "TRANSPOSE":
        block = [list(line) for line in zip(*block, strict=True)]
    if not block:
        return
    height, width = len(block), len(block[0])
    hidden = hidden_by_filter(view, sheet)
    rows = [row for row in range(target.top, sheet.row_count) if row not in hidden]
    down = max(1, sum(row < target.bottom for row in rows) // height) * height
    right = max(1, target.width // width) * width
    if down > len(rows) or target.left + right > sheet.column_count:
        raise RequestError("The destination range is too small for the source.")
    results: dict[tuple[int, int], Cell] = {}
    for offset, row in enumerate(rows[:down]):
        for column in range(target.left, target.left + right):
            place, cell = block[offset % height][(column - target.left) % width]
            if kind != "PASTE_VALUES":
                cell = follow_copy(cell, row - place[0], column - place[1])
            results[row, column] = pasted(sheet.cell(row, column), cell, kind)
    _put_all(sheet, results)


def _copied(view: View, sheet: Sheet, area: Area, *, values_only: bool) -> list[list[tuple[tuple[int, int], Cell]]]:
    """The cells of an area with where they stood, row by row, without the rows that a filter hides."""
    hidden = hidden_by_filter(view, sheet)
    out = []
    for row in range(area.top, area.bottom):
        if row in hidden:
            continue
        line = []
        for column in range(area.left, area.right):
            cell = sheet.cell(row, column)
            if values_only:
                value = view.effective(sheet, row, column, cell)
                cell = replace(cell, entered=value if isinstance(value, (bool, float, int, str)) else None)
            line.append(((row, column), cell))
        out.append(line)
    return out


def _put_all(sheet: Sheet, cells: dict[tuple[int, int], Cell]) -> None:
    by_row: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in cells.items():
        by_row.setdefault(row, {})[column] = cell
    for row, changed in by_row.items():
        sheet.put_row(row, {**sheet.row(row), **changed})


@handles("cutPaste")
def cut_paste(batch: Batch, request: Json) -> None:
    source_sheet, source = batch.book.area_of(request.get("source", {}))
    to = request.get("destination", {})
    sheet = batch.book.sheet(to.get("sheetId", 0))
    top, left = to.get("rowIndex", 0), to.get("columnIndex", 0)
    kind = request.get("pasteType", "PASTE_NORMAL")
    target = Area(top, left, top + source.height, left + source.width)
    if not sheet.bounds.contains(target):
        raise RequestError("The destination is beyond the grid.")
    taken = {(r, c): cell for r, c, cell in source_sheet.cells(source)}
    _put_all(source_sheet, dict.fromkeys(taken, BLANK))
    down, right = target.top - source.top, target.left - source.left
    results = {}
    for row in range(source.top, source.bottom):
        for column in range(source.left, source.right):
            place = (row + down, column + right)
            results[place] = pasted(sheet.cell(*place), taken.get((row, column), BLANK), kind)
    _put_all(sheet, results)
    moved = [merge for merge in source_sheet.merges if source.contains(source_sheet.area(a1.box_of(merge)))]
    source_sheet.merges = [merge for merge in source_sheet.merges if merge not in moved]
    for merge in moved:
        box = source_sheet.area(a1.box_of(merge))
        sheet.merges.append(
            a1.grid_range(sheet.id, Area(box.top + down, box.left + right, box.bottom + down, box.right + right))
        )
    if kind == "PASTE_NORMAL":
        _follow_the_cut(batch, source_sheet, source, sheet, down, right)


def _follow_the_cut(batch: Batch, source_sheet: Sheet, source: Area, target: Sheet, down: int, right: int) -> None:
    """References into what was cut follow it, on the same tab."""
    if source_sheet is not target:
        return
    for sheet in batch.book.sheets:

        def move(tab: str | None, first: Corner, last: Corner, at_home: bool = sheet is target) -> Any:
            meant = tab.casefold() == target.title.casefold() if tab is not None else at_home
            if not meant or None in (first.row, first.column, last.row, last.column):
                return first, last
            if not source.contains(
                Area(first.row or 0, first.column or 0, (last.row or 0) + 1, (last.column or 0) + 1)
            ):
                return first, last
            return tuple(replace(c, row=(c.row or 0) + down, column=(c.column or 0) + right) for c in (first, last))

        rewrite_formulas(sheet, lambda text, move=move: rewritten(text, move))  # type: ignore[misc]

"""findReplace, trimWhitespace and deleteDuplicates."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.sheets_server.a1 import Area
from tests.sheets_server.cells import Cell, Formula
from tests.sheets_server.entering import typed_into
from tests.sheets_server.errors import RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.inserting import dimension_range
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.sheet import Sheet


@handles("findReplace")
def find_replace(batch: Batch, request: Json) -> Json:
    replace_in = _replacer(request)
    view = View(batch.book, batch.now)
    counts = dict.fromkeys(
        ("valuesChanged", "formulasChanged", "rowsChanged", "sheetsChanged", "occurrencesChanged"), 0
    )
    for sheet, area in _where(batch, request):
        rows: set[int] = set()
        for row, column, cell in list(sheet.cells(area)):
            text = _searchable(view, sheet, row, column, cell, formulas=bool(request.get("includeFormulas")))
            if text is None:
                continue
            new, found = replace_in(text)
            if not found:
                continue
            sheet.put(row, column, typed_into(cell, new, batch.book.locale))
            counts["occurrencesChanged"] += found
            counts["formulasChanged" if isinstance(cell.entered, Formula) else "valuesChanged"] += 1
            rows.add(row)
        counts["rowsChanged"] += len(rows)
        counts["sheetsChanged"] += bool(rows)
    return {key: count for key, count in counts.items() if count}


def _where(batch: Batch, request: Json) -> list[tuple[Sheet, Area]]:
    if request.get("allSheets"):
        return [(sheet, sheet.bounds) for sheet in batch.book.sheets]
    if "range" in request:
        return [batch.book.area_of(request["range"])]
    sheet = batch.book.sheet(request.get("sheetId", 0))
    return [(sheet, sheet.bounds)]


def _replacer(request: Json) -> Callable[[str], tuple[str, int]]:
    find, replacement = request.get("find", ""), request.get("replacement", "")
    if not find:
        raise RequestError("The find string must not be empty.")
    flags = 0 if request.get("matchCase") else re.IGNORECASE
    if request.get("searchByRegex"):
        try:
            pattern = re.compile(find, flags)
        except re.error:
            raise RequestError(f"Invalid regular expression: {find}") from None
        template = re.sub(r"\$(\d)", r"\\g<\1>", replacement.replace("\\", "\\\\"))
    else:
        pattern, template = re.compile(re.escape(find), flags), replacement.replace("\\", "\\\\")

    def replaced(text: str) -> tuple[str, int]:
        if request.get("matchEntireCell"):
            match = pattern.fullmatch(text)
            return (match.expand(template), 1) if match else (text, 0)
        return pattern.subn(template, text)

    return replaced


def _searchable(view: View, sheet: Sheet, row: int, column: int, cell: Cell, *, formulas: bool) -> str | None:
    if isinstance(cell.entered, Formula):
        return cell.entered.text if formulas else None
    if cell.entered is None:
        return None
    return view.formatted(cell, view.effective(sheet, row, column, cell))


@handles("trimWhitespace")
def trim_whitespace(batch: Batch, request: Json) -> Json:
    sheet, area = batch.book.area_of(request.get("range", {}))
    changed = 0
    for row, column, cell in list(sheet.cells(area)):
        if isinstance(cell.entered, str) and (trimmed := " ".join(cell.entered.split())) != cell.entered:
            sheet.put(row, column, cell.holding(trimmed or None))
            changed += 1
    return {"cellsChangedCount": changed} if changed else {}


@handles("deleteDuplicates")
def delete_duplicates(batch: Batch, request: Json) -> Json:
    sheet, area = batch.book.area_of(request.get("range", {}))
    columns = [c for given in request.get("comparisonColumns", []) for c in range(*dimension_range(batch, given)[2:])]
    columns = columns or list(range(area.left, area.right))
    view = View(batch.book, batch.now)
    seen: set[tuple[str, ...]] = set()
    kept: list[dict[int, Cell]] = []
    last = min(area.bottom, len(sheet.rows))
    for row in range(area.top, last):
        cells = {c: cell for c, cell in sheet.row(row).items() if area.left <= c < area.right}
        key = tuple(
            view.formatted(cells[c], view.effective(sheet, row, c, cells[c])).casefold() if c in cells else ""
            for c in columns
        )
        if key not in seen or not cells:
            seen.add(key)
            kept.append(cells)
    removed = last - area.top - len(kept)
    for offset in range(last - area.top):
        row = area.top + offset
        outside = {c: cell for c, cell in sheet.row(row).items() if not area.left <= c < area.right}
        sheet.put_row(row, {**outside, **(kept[offset] if offset < len(kept) else {})})
    return {"duplicatesRemovedCount": removed} if removed else {}

"""All files of a server in one JSON file, so that it goes on where it was stopped."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.sheets_server.cells import Cell, Entered, Formula
from tests.sheets_server.files import File, Files
from tests.sheets_server.proto_json import Json
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import Spreadsheet

_LISTS = (
    "merges",
    "conditional_formats",
    "protected_ranges",
    "filter_views",
    "bandings",
    "tables",
    "row_groups",
    "column_groups",
)


def save(files: Files, path: Path) -> None:
    """Write every file; the old state stays until the new one is whole."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps([_file(file) for file in files], ensure_ascii=False), encoding="utf-8")
    beside.replace(path)


def load(files: Files, path: Path) -> None:
    for held in json.loads(path.read_text(encoding="utf-8")):
        file = files.add(_book(held["book"]))
        file.created = datetime.fromisoformat(held["created"])
        file.modified = datetime.fromisoformat(held["modified"])
        file.version = held["version"]
        file.trashed = held["trashed"]


def _file(file: File) -> Json:
    return {
        "created": file.created.isoformat(),
        "modified": file.modified.isoformat(),
        "version": file.version,
        "trashed": file.trashed,
        "book": {
            "id": file.book.id,
            "properties": file.book.properties,
            "namedRanges": file.book.named_ranges,
            "metadata": file.book.metadata,
            "sheets": [sheet_json(sheet) for sheet in file.book.sheets],
        },
    }


def sheet_json(sheet: Sheet) -> Json:
    """All of a tab as JSON."""
    return {
        "properties": sheet.properties,
        "rows": [{column: _cell(cell) for column, cell in row.items()} for row in sheet.rows],
        "row_properties": sheet.row_properties,
        "column_properties": sheet.column_properties,
        "basic_filter": sheet.basic_filter,
        **{name: getattr(sheet, name) for name in _LISTS},
    }


def _cell(cell: Cell) -> list[Any]:
    entered: Any = cell.entered
    if isinstance(entered, Formula):
        entered = {"formula": entered.text, "known": entered.known}
    out = [entered, cell.format, cell.note, cell.validation, cell.runs]
    while out and not out[-1] and out[-1] is not False and out[-1] != 0:
        out.pop()
    return out


def _book(held: Json) -> Spreadsheet:
    book = Spreadsheet(held["id"], held["properties"])
    book.named_ranges, book.metadata = held["namedRanges"], held["metadata"]
    for given in held["sheets"]:
        sheet = Sheet(given["properties"])
        sheet.rows = [{int(column): _cell_back(cell) for column, cell in row.items()} for row in given["rows"]]
        sheet.row_properties = {int(index): value for index, value in given["row_properties"].items()}
        sheet.column_properties = {int(index): value for index, value in given["column_properties"].items()}
        sheet.basic_filter = given["basic_filter"]
        for name in _LISTS:
            setattr(sheet, name, given[name])
        book.sheets.append(sheet)
    return book


def _cell_back(held: list[Any]) -> Cell:
    entered: Entered
    entered, form, note, validation, runs = held + [None] * (5 - len(held))
    if isinstance(entered, dict):
        entered = Formula(entered["formula"], entered["known"])
    return Cell(entered, form, note or "", validation, runs)

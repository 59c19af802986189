"""The registry: a spreadsheet with one row a workbook, which says when it is done. Headers in any of the languages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from cloud_function.door import Declined
from sheets_sync import locale
from sheets_sync.backends.google.address import spreadsheet_id
from sheets_sync.backends.google.cells import from_serial, value_of
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.model import Value
from sheets_sync.zones import zone_of

VARIABLE = "SHEETS_SYNC_REGISTRY"
"""Names the registry spreadsheet: its id or address."""

_CELL = "effectiveValue,effectiveFormat(numberFormat(type))"
FIELDS = f"properties(timeZone),sheets(properties(title),data(rowData(values({_CELL}))))"
_NEEDED = {"workbook", "hours", "enabled"}
_HEADER_WITHIN = 20
_MIDNIGHT = from_serial(0)
"""A time of day of 0:00, as it is read."""
_HOUR = re.compile(r"(\d{1,2})(?::00(?::00)?|h|h00)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row that can be used. ``workbook``: the spreadsheet's id."""

    row: int
    workbook: str
    zone: tzinfo
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot, and why."""

    row: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """``entries``: of the rows that are enabled; all others are only counted."""

    entries: tuple[Entry, ...]
    bad_rows: tuple[BadRow, ...] = ()
    paused: int = 0


class BadCellError(ValueError):
    """Why a row cannot be used."""


def named() -> str | None:
    """The id of the registry spreadsheet; None where there is none."""
    return spreadsheet_id(os.environ.get(VARIABLE, ""))


def read(client: SheetsClient, spreadsheet: str) -> Registry:
    """The registry as it is now. BackendError where it cannot be read, Declined where no tab of it has our headers."""
    return parse(client.read(spreadsheet, FIELDS))


def parse(answer: Mapping[str, Any]) -> Registry:
    """The rows of the first tab with our headers."""
    usual_zone = str(answer.get("properties", {}).get("timeZone") or "UTC")
    columns, below = _table(answer)
    entries: list[Entry] = []
    bad: list[BadRow] = []
    paused = 0
    seen: set[str] = set()
    for number, values in below:
        cells = {key: values[position] for position, key in columns.items() if position < len(values)}
        if cells.get("workbook") is None:
            continue
        try:
            if not _flag(cells.get("enabled")):
                paused += 1
                continue
            entry = _entry(number, cells, usual_zone)
            if entry.workbook in seen:
                raise BadCellError("workbook_twice")
        except BadCellError as error:
            bad.append(BadRow(row=number, code=str(error)))
            continue
        seen.add(entry.workbook)
        entries.append(entry)
    return Registry(entries=tuple(entries), bad_rows=tuple(bad), paused=paused)


def _table(answer: Mapping[str, Any]) -> tuple[dict[int, str], Iterator[tuple[int, list[Value]]]]:
    """Our columns by position, and the rows below their headers by number."""
    index = locale.registry_index()
    for sheet in answer.get("sheets", ()):
        rows = _rows(sheet)
        for number, values in rows:
            if number > _HEADER_WITHIN:
                break
            keys = {p: index.get(locale.fold(v)) for p, v in enumerate(values) if isinstance(v, str)}
            columns = {p: key for p, key in keys.items() if key}
            if set(columns.values()) >= _NEEDED:
                return columns, rows
    raise Declined(500, "registry_without_headers")


def _rows(sheet: Mapping[str, Any]) -> Iterator[tuple[int, list[Value]]]:
    for block in sheet.get("data", ()):
        for number, row in enumerate(block.get("rowData", ()), 1):
            yield number, [value_of(cell) for cell in row.get("values", ())]


def _entry(row: int, cells: Mapping[str, Value], usual_zone: str) -> Entry:
    workbook = spreadsheet_id(str(cells["workbook"]).strip())
    if workbook is None:
        raise BadCellError("workbook_unknown")
    return Entry(
        row=row, workbook=workbook, zone=_zone(cells.get("timezone") or usual_zone), hours=_hours(cells.get("hours"))
    )  # fmt: skip


def _zone(value: Value) -> tzinfo:
    try:
        return zone_of(str(value).strip())
    except ValueError as error:
        raise BadCellError("zone_unknown") from error


def _hours(value: Value) -> tuple[int, ...]:
    """``7``, ``7, 13``, ``07:00``, a time of day."""
    if isinstance(value, datetime):
        value = f"{value:%H:%M}"
    elif value == _MIDNIGHT:
        value = 0
    if isinstance(value, bool) or (isinstance(value, float) and value != int(value)) or value is None:
        raise BadCellError("hours_unreadable")
    words = re.split(r"[\s,;/]+", str(value).strip())
    found = [_HOUR.fullmatch(word) for word in words]
    hours = tuple(sorted({int(match[1]) for match in found if match}))
    if None in found or hours[-1] > 23:
        raise BadCellError("hours_unreadable")
    return hours


def _flag(value: Value) -> bool:
    """Blank is no: who adds a row says when it is ready."""
    if isinstance(value, bool) or value is None:
        return bool(value)
    word = locale.fold(str(value))
    if word in locale.yes_words():
        return True
    if word in locale.no_words():
        return False
    raise BadCellError("enabled_unreadable")

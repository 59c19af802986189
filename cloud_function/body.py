"""What a call asks for: one workbook, maybe a day, maybe only to look."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import flask

from cloud_function.door import Declined
from sheets_sync.backends.google.address import spreadsheet_id

LONGEST = 64 * 1024
_DAY = re.compile(r"20\d\d-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``on`` None = today, in the workbook's time zone."""

    workbook: str
    on: date | None = None
    dry_run: bool = False


def post_only(request: flask.Request) -> None:
    """Declined (405) for any other way to ask: a link that somebody follows runs nothing."""
    if request.method != "POST":
        raise Declined(405, "post_only")


def content_of(request: flask.Request) -> bytes:
    """A request's body, of which no more is read than we take. Declined where it is longer."""
    return within_bounds(request.stream.read(LONGEST + 1))


def within_bounds(content: bytes) -> bytes:
    """Declined where it is too long."""
    if len(content) > LONGEST:
        raise Declined(400, "body_too_long", "")
    return content


def read(content: bytes) -> Asked:
    """``{"workbook": id, "on"?: "2026-11-22", "dry_run"?: bool}``. Declined, with the field's name."""
    given = parsed(content)
    unknown = next((field for field in given if field not in Asked.__dataclass_fields__), None)
    if unknown is not None:
        raise Declined(400, "field_unknown", unknown[:100])
    return Asked(workbook=_workbook(given), on=_on(given.get("on")), dry_run=_dry_run(given.get("dry_run", False)))


def parsed(content: bytes) -> Mapping[str, Any]:
    """The JSON object that a body holds. Declined where it is none."""
    try:
        given = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Declined(400, "body_not_json", "") from error
    if not isinstance(given, dict):
        raise Declined(400, "body_not_an_object", "")
    return given


def _workbook(given: Mapping[str, Any]) -> str:
    if "workbook" not in given:
        raise Declined(400, "field_missing", "workbook")
    value = given["workbook"]
    spreadsheet = spreadsheet_id(value) if isinstance(value, str) else None
    if spreadsheet is None:
        raise Declined(400, "field_wrong", "workbook")
    return spreadsheet


def _on(value: object) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Declined(400, "field_wrong", "on")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise Declined(400, "field_wrong", "on") from error


def _dry_run(value: object) -> bool:
    if not isinstance(value, bool):
        raise Declined(400, "field_wrong", "dry_run")
    return value

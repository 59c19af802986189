"""``style`` in Google's words: formats of cells, number patterns, colours, widths."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sheets_sync.model import Kind, Owner, Value
from sheets_sync.style import RULE_LINE, Format, Paint, date_code, money_code
from sheets_sync.tables.schema import OwnColumnSpec

_PIXELS_A_CHARACTER, _PIXELS_BESIDE = 7, 12
_PIXELS_A_POINT = 4 / 3
_LOCALE_PREFIX = re.compile(r"\[\$-[0-9A-Fa-f]+\]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)-[0-9A-Fa-f]+\]")
_VERTICAL = {"center": "MIDDLE"}


def colour(rgb: str) -> dict[str, Any]:
    """An RGB hex colour."""
    parts = (int(rgb[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return {"rgbColor": dict(zip(("red", "green", "blue"), parts, strict=True))}


def cell_format(form: Format) -> dict[str, Any]:
    """A cell's own format, without its number pattern."""
    text: dict[str, Any] = {"bold": form.bold, "underline": form.underline}
    if form.size:
        text["fontSize"] = round(form.size)
    if form.colour:
        text["foregroundColorStyle"] = colour(form.colour)
    made: dict[str, Any] = {"textFormat": text, "wrapStrategy": "WRAP" if form.wrap else "CLIP"}
    if form.fill:
        made["backgroundColorStyle"] = colour(form.fill)
    if form.horizontal:
        made["horizontalAlignment"] = form.horizontal.upper()
    if form.vertical:
        made["verticalAlignment"] = _VERTICAL[form.vertical]
    if form.indent:
        made["padding"] = {"top": 2, "bottom": 2, "left": 8, "right": 8}
    if form.line:
        made["borders"] = {"bottom": {"style": "SOLID", "colorStyle": colour(RULE_LINE)}}
    return made


def number_format(kind: Kind, language: str, currency: str | None = None) -> dict[str, str] | None:
    """The pattern by which a column's numbers are shown; None = Google's affair."""
    if kind is Kind.DATE:
        return {"type": "DATE", "pattern": _LOCALE_PREFIX.sub("", date_code(language)).replace("\\ ", " ")}
    if kind is Kind.MONEY:
        pattern = _CURRENCY.sub(lambda sign: f'"{sign[1]}"', money_code(currency, language)).replace("\\ ", " ")
        return {"type": "NUMBER" if currency is None else "CURRENCY", "pattern": pattern}
    if kind is Kind.NUMBER:
        return {"type": "NUMBER", "pattern": "0"}
    return None


def moment_format(value: Value, language: str) -> dict[str, str]:
    """The pattern that shows a date as one, with its time of day where it has one."""
    day = number_format(Kind.DATE, language) or {}
    if isinstance(value, datetime):
        return {"type": "DATE_TIME", "pattern": f"{day['pattern']} hh:mm"}
    return day


def paint(over: Paint) -> dict[str, Any]:
    """What a condition lays over cells."""
    text: dict[str, Any] = {}
    if over.bold:
        text["bold"] = True
    if over.strike:
        text["strikethrough"] = True
    if over.colour:
        text["foregroundColorStyle"] = colour(over.colour)
    made: dict[str, Any] = {"textFormat": text} if text else {}
    if over.fill:
        made["backgroundColorStyle"] = colour(over.fill)
    return made


def pixels_wide(characters: int) -> int:
    """A column's width."""
    return characters * _PIXELS_A_CHARACTER + _PIXELS_BESIDE


def pixels_high(points: float) -> int:
    """A row's height."""
    return round(points * _PIXELS_A_POINT)


def validation(column: OwnColumnSpec) -> dict[str, Any] | None:
    """What helps people fill in a column of theirs: a checkbox, a date picker."""
    if column.owner is not Owner.PERSON:
        return None
    if column.kind is Kind.TICK:  # not strict: a date typed as tick says when
        return {"condition": {"type": "BOOLEAN"}, "strict": False, "showCustomUi": True}
    if column.kind is Kind.DATE:
        return {"condition": {"type": "DATE_IS_VALID"}, "strict": True, "showCustomUi": True}
    return None


def dropdown(choices: tuple[str, ...]) -> dict[str, Any]:
    """A list of words to choose from; anything else may be typed."""
    values = [{"userEnteredValue": word} for word in choices]
    return {"condition": {"type": "ONE_OF_LIST", "values": values}, "strict": False, "showCustomUi": True}

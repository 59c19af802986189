"""Conditional formats: rules with an index and nothing else to be known by."""

from __future__ import annotations

from tests.sheets_server import a1
from tests.sheets_server.entering import check_formula
from tests.sheets_server.errors import RequestError
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.registry import Batch, handles
from tests.sheets_server.requests.validation import check_condition
from tests.sheets_server.sheet import Sheet

_FORMATS = {"backgroundColor", "backgroundColorStyle", "textFormat"}
_TEXT_FORMATS = {"bold", "italic", "strikethrough", "underline", "foregroundColor", "foregroundColorStyle"}


def _checked(batch: Batch, rule: Json) -> tuple[Sheet, Json]:
    ranges = rule.get("ranges", [])
    if not ranges:
        raise RequestError("At least one range must be specified.")
    if len({given.get("sheetId", 0) for given in ranges}) > 1:
        raise RequestError("All ranges of a conditional format must be on the same sheet.")
    bounded = []
    for given in ranges:
        sheet, area = batch.book.area_of(given)
        bounded.append(a1.grid_range(sheet.id, area))
    if "booleanRule" in rule:
        condition = rule["booleanRule"].get("condition", {})
        check_condition(condition)
        for value in condition.get("values", ()):
            if str(value.get("userEnteredValue", "")).startswith("="):
                check_formula(value["userEnteredValue"], batch.book.locale)
        form = rule["booleanRule"].get("format", {})
        if not form or set(form) - _FORMATS or set(form.get("textFormat", {})) - _TEXT_FORMATS:
            raise RequestError(
                "ConditionalFormatRule.format must specify a format of bold, italic, strikethrough, "
                "foreground color or background color, and nothing else."
            )
    elif "gradientRule" not in rule:
        raise RequestError("A conditional format must have a booleanRule or a gradientRule.")
    return sheet, {**rule, "ranges": bounded}


def _at(sheet: Sheet, index: int) -> int:
    if not 0 <= index < len(sheet.conditional_formats):
        raise RequestError(f"No conditional format on sheet: {sheet.id} at index: {index}")
    return index


@handles("addConditionalFormatRule")
def add(batch: Batch, request: Json) -> None:
    sheet, rule = _checked(batch, request.get("rule", {}))
    index = request.get("index", 0)
    if index > len(sheet.conditional_formats):
        raise RequestError(f"No conditional format on sheet: {sheet.id} at index: {index - 1}")
    sheet.conditional_formats.insert(index, rule)


@handles("updateConditionalFormatRule")
def update(batch: Batch, request: Json) -> Json:
    index = request.get("index", 0)
    if "rule" in request:
        sheet, rule = _checked(batch, request["rule"])
        old = sheet.conditional_formats[_at(sheet, index)]
        sheet.conditional_formats[index] = rule
        return _reply(rule, index, old, None)
    sheet = batch.book.sheet(request.get("sheetId", 0))
    new_index = request.get("newIndex", 0)
    rule = sheet.conditional_formats.pop(_at(sheet, index))
    if new_index > len(sheet.conditional_formats):
        raise RequestError(f"No conditional format on sheet: {sheet.id} at index: {new_index}")
    sheet.conditional_formats.insert(new_index, rule)
    return _reply(rule, new_index, None, index)


def _reply(rule: Json, new_index: int, old_rule: Json | None, old_index: int | None) -> Json:
    reply: Json = {"newRule": rule}
    if new_index:
        reply["newIndex"] = new_index
    if old_rule is not None:
        reply["oldRule"] = old_rule
    if old_index:
        reply["oldIndex"] = old_index
    return reply


@handles("deleteConditionalFormatRule")
def delete(batch: Batch, request: Json) -> Json:
    sheet = batch.book.sheet(request.get("sheetId", 0))
    return {"rule": sheet.conditional_formats.pop(_at(sheet, request.get("index", 0)))}

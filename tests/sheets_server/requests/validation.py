"""Data validation, and the conditions that it shares with conditional formats and filters."""

from __future__ import annotations

from dataclasses import replace

from tests.sheets_server.errors import RequestError
from tests.sheets_server.grid_data import hidden_by_filter
from tests.sheets_server.proto_json import Json
from tests.sheets_server.rendering import View
from tests.sheets_server.requests.registry import Batch, handles

_ONE = [
    "NUMBER_GREATER",
    "NUMBER_GREATER_THAN_EQ",
    "NUMBER_LESS",
    "NUMBER_LESS_THAN_EQ",
    "TEXT_CONTAINS",
    "TEXT_NOT_CONTAINS",
    "TEXT_STARTS_WITH",
    "TEXT_ENDS_WITH",
    "DATE_BEFORE",
    "DATE_AFTER",
    "DATE_ON_OR_BEFORE",
    "DATE_ON_OR_AFTER",
    "CUSTOM_FORMULA",
    "ONE_OF_RANGE",
]
_VALUES_OF: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(_ONE, (1, 1)),
    **dict.fromkeys(("NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN", "DATE_BETWEEN", "DATE_NOT_BETWEEN"), (2, 2)),
    **dict.fromkeys(("BLANK", "NOT_BLANK", "TEXT_IS_EMAIL", "TEXT_IS_URL", "DATE_IS_VALID"), (0, 0)),
    **dict.fromkeys(
        ("NUMBER_EQ", "NUMBER_NOT_EQ", "TEXT_EQ", "TEXT_NOT_EQ", "DATE_EQ", "DATE_NOT_EQ", "ONE_OF_LIST"), (1, None)
    ),
    "BOOLEAN": (0, 2),
    "FILTER_EXPRESSION": (0, 1),
}
_WORDS = {0: "no ConditionValue", 1: "exactly one ConditionValue", 2: "exactly two ConditionValues"}


def check_condition(condition: Json) -> None:
    """As many values as the type of a condition takes."""
    kind = condition.get("type", "CONDITION_TYPE_UNSPECIFIED")
    if kind not in _VALUES_OF:
        raise RequestError("A condition must have a type.")
    least, most = _VALUES_OF[kind]
    count = len(condition.get("values", ()))
    if count < least or (most is not None and count > most):
        wanted = _WORDS[least] if least == most else f"between {least} and {most or 'any number of'} ConditionValues"
        raise RequestError(f"ConditionType '{kind}' requires {wanted}, but {count} values were supplied.")
    for value in condition.get("values", ()):
        if kind == "CUSTOM_FORMULA" and not str(value.get("userEnteredValue", "")).startswith("="):
            raise RequestError("ConditionValue.userEnteredValue must be a formula that begins with '='.")


def check_validation(rule: Json) -> None:
    if "condition" not in rule:
        raise RequestError("A data validation rule must have a condition.")
    check_condition(rule["condition"])


@handles("setDataValidation")
def set_data_validation(batch: Batch, request: Json) -> None:
    rule = request.get("rule")
    if rule is not None:
        check_validation(rule)
    sheet, area = batch.book.area_of(request.get("range", {}))
    hidden = set() if request.get("filteredRowsIncluded") else hidden_by_filter(View(batch.book, batch.now), sheet)
    for index in range(area.top, area.bottom):
        held = sheet.row(index)
        if (rule is None and not held) or index in hidden:
            continue
        columns = range(area.left, area.right)
        if rule is None:
            columns = [c for c in held if area.left <= c < area.right]  # type: ignore[assignment]
        changed = {column: replace(sheet.cell(index, column), validation=rule) for column in columns}
        sheet.put_row(index, {**held, **changed})

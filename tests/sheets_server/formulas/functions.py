"""The spreadsheet functions this server computes. One that is not here is refused when it is written."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from tests.sheets_server import serial_dates
from tests.sheets_server.cells import Effective, Failure
from tests.sheets_server.formulas import lookups, text_functions
from tests.sheets_server.formulas.values import Block, Fails, Value, all_of, number, numbers, single, truth

Function = Callable[[Any, list[Value]], Value]
FUNCTIONS: dict[str, Function] = {}
LAZY: dict[str, Callable[[Any, tuple[Any, ...]], Value]] = {}


def _offered(*names: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        for name in names:
            FUNCTIONS[name] = function
        return function

    return register


def _lazy(name: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        LAZY[name] = function
        return function

    return register


def _of_numbers(name: str, compute: Callable[[list[float]], float]) -> None:
    FUNCTIONS[name] = lambda at, given: compute(list(numbers(given, at.locale)))


def _average(found: list[float]) -> float:
    if not found:
        raise Fails(Failure("DIVIDE_BY_ZERO", "Evaluation of function AVERAGE caused a divide by zero error."))
    return math.fsum(found) / len(found)


_of_numbers("SUM", math.fsum)
_of_numbers("AVERAGE", _average)
_of_numbers("MIN", lambda found: min(found, default=0.0))
_of_numbers("MAX", lambda found: max(found, default=0.0))
_of_numbers("PRODUCT", math.prod)
_of_numbers("COUNT", len)
_of_numbers(
    "MEDIAN",
    lambda found: (
        sorted(found)[len(found) // 2]
        if len(found) % 2
        else _average(sorted(found)[len(found) // 2 - 1 : len(found) // 2 + 1])
    ),
)


def _of_one(name: str, compute: Callable[[float], float]) -> None:
    FUNCTIONS[name] = lambda at, given: compute(number(given[0], at.locale, name))


_of_one("ABS", abs)
_of_one("INT", math.floor)
_of_one("SQRT", math.sqrt)
_of_one("SIGN", lambda x: (x > 0) - (x < 0))


@_offered("COUNTA")
def _counta(_at: Any, given: list[Value]) -> Value:
    return float(sum(value is not None for value in all_of(given)))


@_offered("COUNTBLANK")
def _countblank(_at: Any, given: list[Value]) -> Value:
    return float(sum(value in (None, "") for value in all_of(given)))


def _rounding(name: str, mode: str) -> None:
    def function(at: Any, given: list[Value]) -> Value:
        places = int(number(given[1], at.locale)) if len(given) > 1 else 0
        return float(Decimal(repr(number(given[0], at.locale))).quantize(Decimal(1).scaleb(-places), mode))

    FUNCTIONS[name] = function


_rounding("ROUND", ROUND_HALF_UP)
_rounding("ROUNDUP", ROUND_UP)
_rounding("ROUNDDOWN", ROUND_DOWN)
_rounding("TRUNC", ROUND_DOWN)


def _to_multiple(name: str, mode: str) -> None:
    def function(at: Any, given: list[Value]) -> Value:
        step = Decimal(repr(number(given[1], at.locale))) if len(given) > 1 else Decimal(1)
        return float((Decimal(repr(number(given[0], at.locale))) / step).quantize(Decimal(1), mode) * step)

    FUNCTIONS[name] = function


_to_multiple("CEILING", ROUND_CEILING)
_to_multiple("FLOOR", ROUND_FLOOR)


@_offered("MOD")
def _mod(at: Any, given: list[Value]) -> Value:
    divisor = number(given[1], at.locale)
    if divisor == 0:
        raise Fails(Failure("DIVIDE_BY_ZERO", "Function MOD parameter 2 cannot be zero."))
    return number(given[0], at.locale) % divisor


@_offered("POWER")
def _power(at: Any, given: list[Value]) -> Value:
    return float(number(given[0], at.locale) ** number(given[1], at.locale))


@_lazy("IF")
def _if(at: Any, parts: tuple[Any, ...]) -> Value:
    if truth(at.value(parts[0]), at.locale):
        return at.value(parts[1])  # type: ignore[no-any-return]
    return at.value(parts[2]) if len(parts) > 2 else False


@_lazy("IFS")
def _ifs(at: Any, parts: tuple[Any, ...]) -> Value:
    for condition, result in zip(parts[::2], parts[1::2], strict=False):
        if truth(at.value(condition), at.locale):
            return at.value(result)  # type: ignore[no-any-return]
    raise Fails(Failure("N_A", "No match."))


def _instead(name: str, kinds: tuple[str, ...] | None) -> None:
    def function(at: Any, parts: tuple[Any, ...]) -> Value:
        try:
            return single(at.value(parts[0]))
        except Fails as failed:
            if kinds is not None and failed.failure.kind not in kinds:
                raise
            return at.value(parts[1]) if len(parts) > 1 else None

    LAZY[name] = function


_instead("IFERROR", None)
_instead("IFNA", ("N_A",))


def _asks_failure(name: str, asks: Callable[[Failure | None], bool]) -> None:
    def function(at: Any, parts: tuple[Any, ...]) -> Value:
        try:
            single(at.value(parts[0]))
        except Fails as failed:
            return asks(failed.failure)
        return asks(None)

    LAZY[name] = function


_asks_failure("ISERROR", lambda failure: failure is not None)
_asks_failure("ISNA", lambda failure: failure is not None and failure.kind == "N_A")
_asks_failure("ISERR", lambda failure: failure is not None and failure.kind != "N_A")


def _asks(name: str, asks: Callable[[Effective], bool]) -> None:
    FUNCTIONS[name] = lambda _at, given: asks(single(given[0]))


_asks("ISBLANK", lambda value: value is None)
_asks("ISNUMBER", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool))
_asks("ISTEXT", lambda value: isinstance(value, str))
_asks("ISLOGICAL", lambda value: isinstance(value, bool))


@_offered("AND")
def _and(at: Any, given: list[Value]) -> Value:
    return all(truth(value, at.locale) for value in all_of(given) if value is not None)


@_offered("OR")
def _or(at: Any, given: list[Value]) -> Value:
    return any(truth(value, at.locale) for value in all_of(given) if value is not None)


@_offered("NOT")
def _not(at: Any, given: list[Value]) -> Value:
    return not truth(given[0], at.locale)


@_offered("HYPERLINK")
def _hyperlink(_at: Any, given: list[Value]) -> Value:
    return single(given[-1])


@_offered("NA")
def _na(_at: Any, _given: list[Value]) -> Value:
    raise Fails(Failure("N_A", "The value is not available."))


@_offered("TODAY")
def _today(at: Any, _given: list[Value]) -> Value:
    return serial_dates.of_date(at.now().date())


@_offered("NOW")
def _now(at: Any, _given: list[Value]) -> Value:
    return serial_dates.of_moment(at.now())


@_offered("DATE")
def _date(at: Any, given: list[Value]) -> Value:
    year, month, day = (int(number(value, at.locale)) for value in given)
    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    return serial_dates.of_date(first + timedelta(days=day - 1))


def _of_moment(name: str, part: Callable[[Any], float]) -> None:
    FUNCTIONS[name] = lambda at, given: part(serial_dates.to_moment(number(given[0], at.locale)))


_of_moment("YEAR", lambda moment: float(moment.year))
_of_moment("MONTH", lambda moment: float(moment.month))
_of_moment("DAY", lambda moment: float(moment.day))
_of_moment("HOUR", lambda moment: float(moment.hour))
_of_moment("MINUTE", lambda moment: float(moment.minute))
_of_moment("WEEKDAY", lambda moment: float(moment.isoweekday() % 7 + 1))


@_lazy("ROW")
def _row(at: Any, parts: tuple[Any, ...]) -> Value:
    return float((parts[0].box.top if parts else at.row) + 1)


@_lazy("COLUMN")
def _column(at: Any, parts: tuple[Any, ...]) -> Value:
    return float((parts[0].box.left if parts else at.column) + 1)


@_offered("ROWS")
def _rows(_at: Any, given: list[Value]) -> Value:
    return float(len(given[0].values)) if isinstance(given[0], Block) else 1.0


FUNCTIONS.update({**lookups.FUNCTIONS, **text_functions.FUNCTIONS})

"""Functions that look for values in blocks of cells, and the criteria they take (``">5"``, ``"a*"``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.sheets_server.cells import Effective, Failure
from tests.sheets_server.formulas.values import Block, Fails, Value, compare, number, single, sort_key, truth
from tests.sheets_server.user_entered import typed

FUNCTIONS: dict[str, Callable[[Any, list[Value]], Value]] = {}


def criterion(given: Effective, locale: str) -> Callable[[Effective], bool]:
    """The question that a criterion asks of a value."""
    if not isinstance(given, str):
        return lambda value: compare("=", value, given)
    match = re.match(r"(<>|<=|>=|=|<|>)?(.*)", given, re.DOTALL)
    assert match is not None
    sign, wanted = match[1] or "=", typed(match[2], locale).entered
    if isinstance(wanted, str) and sign in ("=", "<>") and re.search(r"[*?]", wanted):
        pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
        found = re.compile(pattern, re.IGNORECASE | re.DOTALL)
        return lambda value: (isinstance(value, str) and bool(found.fullmatch(value))) == (sign == "=")
    target: Effective = wanted if isinstance(wanted, (bool, float, int, str)) else None

    def asks(value: Effective) -> bool:
        if sign in ("=", "<>"):
            return (value == target or (value in (None, "") and target is None) or _same_text(value, target)) == (
                sign == "="
            )
        return (
            type(value) is not bool
            and isinstance(value, str) == isinstance(target, str)
            and (value is not None and compare(sign, value, target))
        )

    return asks


def _same_text(value: Effective, target: Effective) -> bool:
    return isinstance(value, str) and isinstance(target, str) and value.casefold() == target.casefold()


def _cells(value: Value) -> list[Effective]:
    return list(value.flat()) if isinstance(value, Block) else [value]


def _matching(at: Any, pairs: list[Value]) -> list[bool]:
    out: list[bool] | None = None
    for block, wanted in zip(pairs[::2], pairs[1::2], strict=True):
        asks = criterion(single(wanted), at.locale)
        found = [asks(value) for value in _cells(block)]
        out = found if out is None else [a and b for a, b in zip(out, found, strict=False)]
    return out or []


def _countif(at: Any, given: list[Value]) -> Value:
    return float(sum(_matching(at, given)))


def _amounts(cells: list[Effective], chosen: list[bool]) -> list[float]:
    return [
        float(value)
        for value, taken in zip(cells, chosen, strict=False)
        if taken and isinstance(value, (int, float)) and not isinstance(value, bool)
    ]


def _sumif(at: Any, given: list[Value]) -> Value:
    return sum(_amounts(_cells(given[2] if len(given) > 2 else given[0]), _matching(at, given[:2])))


def _sumifs(at: Any, given: list[Value]) -> Value:
    return sum(_amounts(_cells(given[0]), _matching(at, given[1:])))


def _averageif(at: Any, given: list[Value]) -> Value:
    found = _amounts(_cells(given[2] if len(given) > 2 else given[0]), _matching(at, given[:2]))
    if not found:
        raise Fails(Failure("DIVIDE_BY_ZERO", "Evaluation of function AVERAGEIF caused a divide by zero error."))
    return sum(found) / len(found)


def _place(wanted: Effective, cells: list[Effective], *, nearest: bool) -> int:
    if nearest:
        best = -1
        for index, value in enumerate(cells):
            if value is not None and sort_key(value)[0] == sort_key(wanted)[0] and sort_key(value) <= sort_key(wanted):
                best = index
        if best >= 0:
            return best
    else:
        for index, value in enumerate(cells):
            if value is not None and compare("=", value, wanted):
                return index
    raise Fails(Failure("N_A", f"Did not find value '{wanted}' in lookup."))


def _vlookup(at: Any, given: list[Value]) -> Value:
    wanted, block = single(given[0]), given[1]
    if not isinstance(block, Block):
        raise Fails(Failure("N_A"))
    nearest = truth(given[3], at.locale) if len(given) > 3 else True
    row = _place(wanted, [line[0] for line in block.values], nearest=nearest)
    column = int(number(given[2], at.locale))
    if not 1 <= column <= len(block.values[row]):
        raise Fails(Failure("REF", "VLOOKUP evaluates to an out of bounds range."))
    return block.values[row][column - 1]


def _match(at: Any, given: list[Value]) -> Value:
    nearest = number(given[2], at.locale) != 0 if len(given) > 2 else True
    return float(_place(single(given[0]), _cells(given[1]), nearest=nearest) + 1)


def _index(at: Any, given: list[Value]) -> Value:
    block = given[0] if isinstance(given[0], Block) else Block([[given[0]]])
    row = int(number(given[1], at.locale)) if len(given) > 1 else 1
    column = int(number(given[2], at.locale)) if len(given) > 2 else 1
    if len(block.values) == 1 and len(given) == 2:
        row, column = 1, row
    if not (1 <= row <= len(block.values) and 1 <= column <= len(block.values[0])):
        raise Fails(Failure("REF", "INDEX evaluates to an out of bounds range."))
    return block.values[row - 1][column - 1]


FUNCTIONS.update(
    COUNTIF=_countif,
    COUNTIFS=_countif,
    SUMIF=_sumif,
    SUMIFS=_sumifs,
    AVERAGEIF=_averageif,
    VLOOKUP=_vlookup,
    MATCH=_match,
    INDEX=_index,
)

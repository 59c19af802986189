"""What formulas compute with: scalars, failures and blocks of cells, and how one becomes another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.sheets_server.cells import Effective, Failure
from tests.sheets_server.locales import conventions
from tests.sheets_server.number_formats import general
from tests.sheets_server.user_entered import typed


class Fails(Exception):
    """A computation that ends in an error value."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


class CannotCompute(Exception):
    """A function or form this server does not know: refused when written, never guessed."""


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of computed values, and where it lies."""

    values: list[list[Effective]]
    top: int = 0
    left: int = 0

    def flat(self) -> Iterator[Effective]:
        for row in self.values:
            yield from row


Value = Effective | Block


def single(value: Value) -> Effective:
    """One value; a failure inside raises."""
    if isinstance(value, Block):
        if not value.values or not value.values[0]:
            return None
        if len(value.values) > 1 or len(value.values[0]) > 1:
            raise Fails(Failure("VALUE", "An array value could not be found."))
        value = value.values[0][0]
    if isinstance(value, Failure):
        raise Fails(value)
    return value


def number(value: Value, locale: str, function: str = "ADD") -> float:
    one = single(value)
    if one is None:
        return 0.0
    if isinstance(one, (bool, int, float)):
        return float(one)
    assert isinstance(one, str)
    entered = typed(one, locale).entered
    if isinstance(entered, (int, float)) and not isinstance(entered, bool):
        return float(entered)
    said = f"Function {function} parameter 1 expects number values. But '{one}' is a text and cannot be coerced to a number."
    raise Fails(Failure("VALUE", said))


def text(value: Value, locale: str) -> str:
    one = single(value)
    if one is None:
        return ""
    if isinstance(one, bool):
        words = conventions(locale)
        return words.yes if one else words.no
    if isinstance(one, (int, float)):
        return general(one, conventions(locale))
    return str(one)


def truth(value: Value, locale: str) -> bool:
    one = single(value)
    if isinstance(one, str):
        words = conventions(locale)
        if one.upper() in ("TRUE", words.yes):
            return True
        if one.upper() in ("FALSE", words.no, ""):
            return False
        raise Fails(Failure("VALUE", f"'{one}' is a text and cannot be coerced to a boolean."))
    return bool(one)


def all_of(arguments: list[Value]) -> Iterator[Effective]:
    """Every value of every argument; failures raise."""
    for argument in arguments:
        for value in argument.flat() if isinstance(argument, Block) else [argument]:
            if isinstance(value, Failure):
                raise Fails(value)
            yield value


def numbers(arguments: list[Value], locale: str) -> Iterator[float]:
    """The numbers among arguments: texts and booleans count only where they were written in the formula itself."""
    for argument in arguments:
        if isinstance(argument, Block):
            for value in all_of([argument]):
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    yield float(value)
        elif argument is not None:
            yield number(argument, locale)


def sort_key(value: Effective) -> tuple[int, float | str]:
    """The order Google sorts in: numbers, texts without regard to case, booleans; blanks come last."""
    if value is None:
        return 4, 0
    if isinstance(value, Failure):
        return 3, value.text
    if isinstance(value, str):
        return 1, value.casefold()
    return (2 if isinstance(value, bool) else 0), float(value)


def compare(sign: str, left: Effective, right: Effective) -> bool:
    a, b = _beside(left, right), _beside(right, left)
    key_a, key_b = sort_key(a), sort_key(b)
    if sign in ("=", "<>"):
        return (key_a == key_b) == (sign == "=")
    if sign in ("<", "<="):
        return key_a < key_b or (sign == "<=" and key_a == key_b)
    return key_b < key_a or (sign == ">=" and key_a == key_b)


def _beside(value: Effective, other: Effective) -> Effective:
    """A blank is compared as the empty value of what it is compared with."""
    if value is not None:
        return value
    return "" if isinstance(other, str) else (False if isinstance(other, bool) else 0.0)

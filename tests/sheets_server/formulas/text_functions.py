"""Functions on texts, and between texts and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.sheets_server.cells import Failure
from tests.sheets_server.formulas.values import Fails, Value, all_of, number, single, text, truth
from tests.sheets_server.number_formats import by_pattern

Function = Callable[[Any, list[Value]], Value]
FUNCTIONS: dict[str, Function] = {}


def _offered(*names: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return register


def _of_text(name: str, compute: Callable[..., Any]) -> None:
    """First argument a text, the others whole numbers."""
    FUNCTIONS[name] = lambda at, given: compute(
        text(given[0], at.locale), *(int(number(value, at.locale)) for value in given[1:])
    )


_of_text("LEN", lambda words: float(len(words)))
_of_text("UPPER", str.upper)
_of_text("LOWER", str.lower)
_of_text("PROPER", lambda words: re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), words))
_of_text("TRIM", lambda words: " ".join(words.split()))
_of_text("LEFT", lambda words, count=1: words[:count])
_of_text("RIGHT", lambda words, count=1: words[-count:] if count else "")
_of_text("MID", lambda words, start, count: words[start - 1 : start - 1 + count])
_of_text("REPT", lambda words, count: words * count)


@_offered("CONCATENATE", "CONCAT")
def _concatenate(at: Any, given: list[Value]) -> Value:
    return "".join(text(value, at.locale) for value in all_of(given))


@_offered("JOIN")
def _join(at: Any, given: list[Value]) -> Value:
    return text(given[0], at.locale).join(text(value, at.locale) for value in all_of(given[1:]))


@_offered("TEXTJOIN")
def _textjoin(at: Any, given: list[Value]) -> Value:
    skips = truth(given[1], at.locale)
    words = [text(value, at.locale) for value in all_of(given[2:])]
    return text(given[0], at.locale).join(word for word in words if word or not skips)


@_offered("SUBSTITUTE")
def _substitute(at: Any, given: list[Value]) -> Value:
    words, old, new = (text(value, at.locale) for value in given[:3])
    return words.replace(old, new) if old else words


def _finding(name: str, fold: Callable[[str], str]) -> None:
    def function(at: Any, given: list[Value]) -> Value:
        needle, words = text(given[0], at.locale), text(given[1], at.locale)
        start = int(number(given[2], at.locale)) - 1 if len(given) > 2 else 0
        found = fold(words).find(fold(needle), start)
        if found < 0:
            raise Fails(Failure("VALUE", f"In {name} evaluation, cannot find '{needle}' within '{words}'."))
        return float(found + 1)

    FUNCTIONS[name] = function


_finding("FIND", str)
_finding("SEARCH", str.lower)


@_offered("REGEXMATCH")
def _regexmatch(at: Any, given: list[Value]) -> Value:
    return re.search(text(given[1], at.locale), text(given[0], at.locale)) is not None


@_offered("TEXT")
def _text_of(at: Any, given: list[Value]) -> Value:
    value = single(given[0])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return by_pattern(value, text(given[1], at.locale), at.locale)
    return text(value, at.locale)


@_offered("VALUE", "TO_PURE_NUMBER", "DATEVALUE")
def _value(at: Any, given: list[Value]) -> Value:
    return number(given[0], at.locale, "VALUE")

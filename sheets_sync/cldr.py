"""What Babel knows of a language: how amounts are written, which plural a number takes. It is slow, so it is asked once
for all amounts of one length."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from sheets_sync.model import Value

_CENTS = Decimal(100)
_PLAIN_SPACES = str.maketrans({"\xa0": " ", "\u202f": " "})


def money(language: str, cents: int, currency: str | None) -> str:
    """An amount with its currency as people of a language write it; a bare decimal without one."""
    digits = f"{abs(cents):03d}"
    shape = _shape(language, len(digits), cents < 0, currency)
    return shape % tuple(digits) if shape else _written(language, cents, currency)


@lru_cache(maxsize=1_024)
def _shape(language: str, count: int, negative: bool, currency: str | None) -> str:
    """How amounts of so many digits look, a ``%s`` for each digit; '' where digits fall away (no cents)."""
    ones = int("1" * count)
    shown = _written(language, -ones if negative else ones, currency)
    return shown.replace("%", "%%").replace("1", "%s") if shown.count("1") == count else ""


@lru_cache(maxsize=4_096)
def _written(language: str, cents: int, currency: str | None) -> str:
    from babel.numbers import format_currency, format_decimal  # noqa: PLC0415  (a slow import, often unneeded)

    amount, place = Decimal(cents) / _CENTS, language.replace("-", "_")
    if currency:
        shown = format_currency(amount, currency, locale=place)
    else:
        shown = format_decimal(amount, format="#,##0.00", locale=place)
    return str(shown).translate(_PLAIN_SPACES)


@lru_cache(maxsize=4_096)
def plural_category(language: str, count: Value) -> str:
    """The CLDR plural category of a number."""
    from babel import Locale as Cldr  # noqa: PLC0415  (a slow import, often unneeded)

    if not isinstance(count, int | float):
        raise TypeError(f"count is {count!r}")
    return str(Cldr.parse(language, sep="-").plural_form(count))

"""What a spreadsheet's locale decides: decimal comma, order of a date, currency, names of months, yes and no."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_symbol, get_territory_currencies


@dataclass(frozen=True, slots=True)
class Conventions:
    """The conventions of one locale."""

    decimal: str
    group: str
    date_order: str
    date_pattern: str
    time_pattern: str
    currency: str
    months: dict[str, int]
    month_names: tuple[str, ...]
    month_short_names: tuple[str, ...]
    day_names: tuple[str, ...]
    day_short_names: tuple[str, ...]
    yes: str
    no: str

    @property
    def argument_separators(self) -> str:
        """What may stand between arguments of a function: a comma only where it is not the decimal sign."""
        return ";" if self.decimal == "," else ",;"


_YES_AND_NO = {"pt": ("VERDADEIRO", "FALSO"), "es": ("VERDADERO", "FALSO"), "nl": ("WAAR", "ONWAAR")}


def exists(name: str) -> bool:
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return False
    return True


@functools.cache
def conventions(name: str) -> Conventions:
    locale = Locale.parse(name)
    symbols = locale.number_symbols.get("latn", locale.number_symbols)
    pattern = locale.date_formats["short"].pattern
    order = "".join(dict.fromkeys(letter for letter in pattern.lower() if letter in "dmy"))
    date_pattern = re.sub("y+", "yyyy", pattern.lower())
    twelve_hours = "a" in locale.time_formats["short"].pattern
    wide = locale.months["format"]["wide"]
    short = {i: word.rstrip(".") for i, word in locale.months["format"]["abbreviated"].items()}
    months = {word.casefold(): i for names in (wide, short) for i, word in names.items()}
    days = locale.days["format"]
    currency = get_territory_currencies(locale.territory)[0] if locale.territory else "USD"
    yes, no = _YES_AND_NO.get(locale.language, ("TRUE", "FALSE"))
    return Conventions(
        decimal=symbols["decimal"],
        group=symbols["group"].replace(" ", " ").replace(" ", " "),
        date_order=order,
        date_pattern=date_pattern,
        time_pattern="h:mm:ss am/pm" if twelve_hours else "H:mm:ss",
        currency=get_currency_symbol(currency, locale=locale),
        months=months,
        month_names=tuple(wide[i] for i in range(1, 13)),
        month_short_names=tuple(short[i] for i in range(1, 13)),
        day_names=tuple(days["wide"][i] for i in range(7)),
        day_short_names=tuple(days["abbreviated"][i].rstrip(".") for i in range(7)),
        yes=yes,
        no=no,
    )

"""Amounts are written as Babel writes them, whatever their length, sign and currency."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync import cldr
from sheets_sync.locale_files import LANGUAGES

CURRENCIES = ("BRL", "EUR", "USD", "GBP", "JPY", "CLP", "KWD", "CHF", "XXX", "B1T")


@given(st.sampled_from(LANGUAGES), st.integers(-(10**15), 10**15), st.sampled_from(CURRENCIES))
def test_an_amount_looks_as_babel_writes_it(language: str, cents: int, currency: str) -> None:
    said = format_currency(Decimal(cents) / 100, currency, locale=language.replace("-", "_"))
    assert cldr.money(language, cents, currency) == said.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("cents", "said"), [(0, "0,00"), (-5, "-0,05"), (123456, "1.234,56"), (-123456789, "-1.234.567,89")]
)
def test_an_amount_without_a_currency(cents: int, said: str) -> None:
    assert cldr.money("pt-BR", cents, None) == said

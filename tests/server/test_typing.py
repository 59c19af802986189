"""USER_ENTERED: what Google makes of what people type, by the spreadsheet's locale."""

from __future__ import annotations

import pytest

from tests.sheets_server.cells import Formula
from tests.sheets_server.number_formats import shown
from tests.sheets_server.user_entered import typed

US, BR, NL, ES = "en_US", "pt_BR", "nl_NL", "es_ES"


@pytest.mark.parametrize(
    ("text", "locale", "value", "seen"),
    [
        ("42", US, 42, "42"),
        ("0042", US, 42, "42"),
        ("-5", US, -5, "-5"),
        ("(5)", US, -5, "-5"),
        ("2,000,000.01", US, 2000000.01, "2,000,000.01"),
        ("2.000.000,01", BR, 2000000.01, "2.000.000,01"),
        ("42,01", BR, 42.01, "42,01"),
        ("42.01", US, 42.01, "42.01"),
        ("12%", US, 0.12, "12%"),
        ("12,5%", NL, 0.125, "12,50%"),
        ("$5.50", US, 5.5, "$5.50"),
        ("R$ 1.234,50", BR, 1234.5, "R$1.234,50"),
        ("€ 3", NL, 3, "€3"),
        ("1e3", US, 1000, "1.00E+03"),
        ("2020-01-01", US, 43831, "2020-01-01"),
        ("1/2/2020", US, 43832, "1/2/2020"),
        ("1/2/2020", BR, 43862, "01/02/2020"),
        ("1-2-2020", NL, 43862, "01-02-2020"),
        ("1/2/2020", ES, 43862, "1/2/2020"),
        ("31/12/20", BR, 44196, "31/12/2020"),
        ("Mar 5, 2021", US, 44260, "3/5/2021"),
        ("5 de março de 2021", BR, 44260, "05/03/2021"),
        ("10:30", US, 0.4375, "10:30"),
        ("10:30 PM", US, 0.9375, "10:30 PM"),
        ("1/2/2020 10:30:00", BR, 43862.4375, "01/02/2020 10:30:00"),
        ("true", US, True, "TRUE"),
        ("verdadeiro", BR, True, "VERDADEIRO"),
        ("TRUE", BR, True, "VERDADEIRO"),
        ("'007", US, "007", "007"),
    ],
)
def test_what_is_typed_becomes_a_value_that_shows_as_it_was_meant(
    text: str, locale: str, value: object, seen: str
) -> None:
    found = typed(text, locale)
    assert not isinstance(found.entered, Formula)
    assert found.entered == pytest.approx(value) if isinstance(value, float) else found.entered == value
    assert shown(found.entered, found.number_format, locale) == seen


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("2.000.000,01", US),
        ("2,000,000.01", BR),
        ("12,34,567", US),
        ("31/12/2020", US),
        ("30/02/2020", BR),
        ("25:00 PM", US),
        ("3_1_0", US),
        ("@maria", BR),
        ("Ana", BR),
        ("1.5.6", US),
        ("--", US),
        ("R$", BR),
    ],
)
def test_what_is_nothing_else_stays_a_text(text: str, locale: str) -> None:
    assert typed(text, locale).entered == text


def test_what_begins_like_a_formula_is_one() -> None:
    assert typed("=1+1", US).entered == Formula("=1+1")
    assert typed("+Ana", US).entered == Formula("=+Ana")
    assert typed("=", US).entered == "="


def test_a_cell_formatted_as_text_keeps_what_is_typed() -> None:
    assert typed("=1+1", US, as_text=True).entered == "=1+1"
    assert typed("0042", US, as_text=True).entered == "0042"


@pytest.mark.parametrize(
    ("value", "pattern", "seen"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (0, '0;-0;"none"', "none"),
        (0.5, "0.###", "0.5"),
        (7, "000", "007"),
        (0.256, "0.0%", "25.6%"),
        (1234.5, '"R$" #,##0.00', "R$ 1,234.50"),
        (5, "[$€-2] 0", "€ 5"),
        (44260, "dd/mm/yyyy", "05/03/2021"),
        (44260, "d mmmm yy", "5 March 21"),
        (44260, "dddd", "Friday"),
        (44260.75, "h:mm am/pm", "6:00 PM"),
        (44260.75, "yyyy-mm-dd hh:mm:ss", "2021-03-05 18:00:00"),
        (1.5, "[h]:mm", "36:00"),
        (0.5 / 86400, "ss.000", "00.500"),
        (12, '0" pcs"', "12 pcs"),
    ],
)
def test_number_patterns(value: float, pattern: str, seen: str) -> None:
    assert shown(value, {"type": "NUMBER", "pattern": pattern}, US) == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (1 / 3, "0.3333333333"),
        (10 / 3, "3.333333333"),
        (1 / 1024, "0.0009765625"),
        (0.1 + 0.2, "0.3"),
        (12345678901, "12345678901"),
        (1e15, "1E+15"),
        (1e-10, "1E-10"),
        (-2.0, "-2"),
    ],
)
def test_numbers_without_a_format(value: float, seen: str) -> None:
    assert shown(value, None, US) == seen

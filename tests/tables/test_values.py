"""What cells say, in every locale: the value table, round trips, and columns of numbers, dates and mixed kinds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from stdnum.br import cpf

from sheets_sync.locale import LANGUAGES, load
from sheets_sync.model import Kind, SourceColumn, SourceTab
from sheets_sync.tables import dates, money, phones, tax_ids
from sheets_sync.tables.cells import Parsed, parse_column
from sheets_sync.tables.pieces import Coded, take_apart, text_series
from sheets_sync.tables.reading import Reading, TabColumn, identity
from tests.tables.tabs import column

VALUES = tomllib.loads((Path(__file__).parent / "values.toml").read_text("utf-8"))
LOCALES = ("pt-BR", "es-ES", "es-MX", "nl-NL", "en-US", "en-GB", "")
COMMA = {"pt-BR", "es-ES", "nl-NL"}
TODAY = date(2025, 2, 1)


def reading(place: str = "pt-BR", **answers: str) -> Reading:
    first = None if not place else place != "en-US"
    return Reading(
        today=TODAY, day_first=first, comma=place in COMMA, region=place[-2:], currency="BRL", answers=answers
    )


def parsed(kind: Kind, values: list[Any], how: Reading | None = None, *, key: str = "", header: str = "x") -> Parsed:
    keys = {
        Kind.DATE: "paid_on",
        Kind.MONEY: "total",
        Kind.FREQUENCY: "frequency",
        Kind.ID: "order_id",
        Kind.PHONE: "phone",
        Kind.TAX_ID: "tax_id",
        Kind.EMAIL: "email",
        Kind.PRODUCTS: "products",
        Kind.CHOICE: "status",
        Kind.TEXT: "carrier",
        Kind.LANGUAGE: "language",
    }
    key = key or keys[kind]
    series, typed = column(values)
    source = SourceTab.CUSTOMERS if kind is Kind.FLAG or key in {"category", "customer_type"} else SourceTab.ORDERS
    at = SourceColumn(key=key, kind=kind, header=header, position=0)
    whole = TabColumn(source=source, tab="Pedidos", column=at, reading=how or reading())
    return parse_column(take_apart(series, typed), whole)


def series(result: Parsed, key: str) -> list[Any]:
    found = result.columns[key]
    values = found.series() if isinstance(found, Coded) else found
    return [None if v is pd.NA or v is pd.NaT or v != v else v for v in values.tolist()]


def cases(kind: str) -> list[Any]:
    return list(_cases(kind))


def _cases(kind: str) -> Iterator[Any]:
    for case in VALUES[kind]:
        places = {"all": LOCALES, "any": ("pt-BR",)}.get(str(case.get("in", "any")), case.get("in"))
        for place in places:
            for text in case["text"]:
                yield pytest.param(place, text, case, id=f"{place or 'none'}:{text}")


def fits(wanted: Any, found: str) -> bool:
    return found in wanted if isinstance(wanted, list) else found == wanted


@pytest.mark.parametrize(("place", "text", "case"), cases("date"))
def test_date_texts(place: str, text: str, case: dict[str, Any]) -> None:
    result = parsed(Kind.DATE, [text, "not a date"], reading(place))
    value = result.columns["paid_on"].iloc[0]
    doubts = [d for d in result.doubts if 0 in d.at]
    if "why" in case:
        assert value is pd.NaT
        assert [fits(case["why"], d.code) for d in doubts] == [True]
    else:
        assert not doubts
        assert fits(case["is"], "blank" if value is pd.NaT else value.date().isoformat())


@pytest.mark.parametrize(("place", "text", "case"), cases("money"))
def test_money_texts(place: str, text: str, case: dict[str, Any]) -> None:
    result = parsed(Kind.MONEY, [text, None], reading(place))
    value = series(result, "total")[0]
    assert [d.code for d in result.doubts] == ([case["why"]] if "why" in case else [])
    assert value == case.get("is")


@pytest.mark.parametrize(("place", "text", "case"), cases("frequency"))
def test_frequency_texts(place: str, text: str, case: dict[str, Any]) -> None:
    result = parsed(Kind.FREQUENCY, [text], reading(place))
    n, unit = series(result, "every_n")[0], series(result, "every_unit")[0]
    assert [d.code for d in result.doubts] == ([case["why"]] if "why" in case else [])
    assert (f"{n} {unit}" if n else "blank") == case.get("is", "blank")


# ── numbers, real dates, mixed columns ──────────────────────────────────────


def test_dates_of_a_mixed_column_keep_their_kind() -> None:
    values = [datetime(2025, 1, 15, 8, 30), "16/01/2025", 45674, None, True, False, "?"]
    result = parsed(Kind.DATE, values)
    assert [str(v) for v in result.columns["paid_on"]] == [
        "2025-01-15 08:30:00",
        "2025-01-16 00:00:00",
        "2025-01-17 00:00:00",
        "NaT",
        "NaT",
        "NaT",
        "NaT",
    ]
    assert {d.found: d.at.tolist() for d in result.doubts} == {"TRUE": [4], "?": [6]}


def test_what_a_formula_without_a_find_shows_is_blank() -> None:
    result = parsed(Kind.DATE, [datetime(1899, 12, 30), datetime(2025, 1, 1), datetime(1899, 12, 31)])
    assert not result.doubts
    assert result.columns["paid_on"].isna().tolist() == [True, False, True]
    assert not parsed(Kind.DATE, [0, 45674.5]).doubts


def test_the_order_of_day_and_month_is_asked_once_and_its_answer_counts() -> None:
    result = parsed(Kind.DATE, ["03/04/2025", "05/06/2025", "25/12/2024"], reading(""))
    assert [(d.code, d.once, d.choices, d.at.tolist()) for d in result.doubts] == [
        ("date_ambiguous", "date_order", ("day_first", "month_first"), [0, 1])
    ]


def test_money_of_number_cells_is_rounded_as_excel_shows_it() -> None:
    values = [0.1 + 0.2, 1.005, 2.675, -1.005, 1234.5, 0, 8_999_999_999.99, 1e15]
    result = parsed(Kind.MONEY, values)
    assert series(result, "total") == [30, 101, 268, -101, 123450, 0, 899999999999, None]
    assert [d.code for d in result.doubts] == ["money_unreadable"]


def test_a_number_in_a_mixed_column_is_not_read_by_the_locale() -> None:
    result = parsed(Kind.MONEY, [1.234, "1.234", "R$ 2,00", 3])
    assert series(result, "total") == [123, 123400, 200, 300]


@pytest.mark.parametrize(
    ("text", "header", "currency"),
    [
        ("R$ 5,00", "Total", "BRL"),
        ("5,00 €", "Total", "EUR"),
        ("5,00", "Total", "BRL"),
        ("5,00", "Valor (EUR)", "EUR"),
        ("US$ 5,00", "Valor (€)", "USD"),
        ("GBP 5,00", "Total", "GBP"),
    ],
)
def test_currency_by_sign_then_header_then_setting(text: str, header: str, currency: str) -> None:
    result = parsed(Kind.MONEY, [text, None], header=header)
    assert series(result, "total.currency") == [currency, None]


def test_ids_are_text_with_their_zeros() -> None:
    assert series(parsed(Kind.ID, ["00123", " 12 ", "x"]), "order_id") == ["00123", "12", "x"]
    assert series(parsed(Kind.ID, [12345678901, 7, None]), "order_id") == ["12345678901", "7", None]
    assert series(parsed(Kind.ID, [12345678901, "00123", 1.5, True, datetime(2025, 1, 2)]), "order_id") == [
        "12345678901",
        "00123",
        "1.5",
        "TRUE",
        "2025-01-02",
    ]
    assert series(parsed(Kind.ID, [123456789012345678, 2]), "order_id")[1] == "2"


def test_tax_ids_get_their_zeros_back_and_are_checked() -> None:
    result = parsed(
        Kind.TAX_ID, [191, "529.982.247-25", 52998224725, "111.111.111-11", "***.456.789-**", 11222333000181]
    )
    assert series(result, "tax_id") == [
        "00000000191",
        "52998224725",
        "52998224725",
        None,
        None,
        "11222333000181",
    ]
    assert [(d.code, d.found, d.tells, d.at.tolist()) for d in result.doubts] == [
        ("tax_id_invalid", "111.111.111-11", True, [3])
    ]


def test_foreign_tax_ids_are_left_alone() -> None:
    result = parsed(Kind.TAX_ID, ["12345678-z", "NL001234567B01", 12345678], reading("nl-NL"))
    assert series(result, "tax_id") == ["12345678Z", "NL001234567B01", "12345678"]
    assert not result.doubts


def test_a_wrong_cpf_is_used_all_the_same() -> None:
    result = parsed(Kind.TAX_ID, ["529.982.247-26"])
    assert series(result, "tax_id") == ["52998224726"]
    assert [d.code for d in result.doubts] == ["tax_id_invalid"]


def _with_check_digits(nine: str) -> str:
    for _ in range(2):
        total = sum(int(d) * (len(nine) + 1 - i) for i, d in enumerate(nine))
        nine += str(total * 10 % 11 % 10)
    return nine


@given(st.lists(st.integers(0, 10**11 - 1), min_size=1, max_size=30))
def test_quick_check_digits_agree_with_stdnum(numbers: list[int]) -> None:
    texts = [f"{n:011d}" for n in numbers]
    texts += [_with_check_digits(t[:9]) for t in texts]
    wanted = [cpf.is_valid(t) and len(set(t)) > 1 for t in texts]
    assert tax_ids.valid_brazilian(text_series(texts)).tolist() == wanted


PHONES = [
    ("BR", "(43) 99999-1234", "+5543999991234"),
    ("BR", "43 3322-1234", "+554333221234"),
    ("BR", "3322-1234", None),
    ("BR", "+55 (0) 43 99999-1234", "+5543999991234"),
    ("BR", "043 99999-1234", "+5543999991234"),
    ("BR", "5543999991234", "+5543999991234"),
    ("BR", "43 99999-1234 / 43 98888-1111", "+5543999991234"),
    ("NL", "06 12345678", "+31612345678"),
    ("NL", "06-12 34 56 78", "+31612345678"),
    ("NL", "+55 43 99999-1234", "+5543999991234"),
    ("ES", "612 345 678", "+34612345678"),
    ("", "612 345 678", None),
    ("", "+34612345678", "+34612345678"),
    ("US", "(202) 555-0123", "+12025550123"),
    ("GB", "07911 123456", "+447911123456"),
    ("BR", "ramal 12", None),
    ("BR", "\u202a+55 43 99999‑1234\u202c", "+5543999991234"),
]


@pytest.mark.parametrize(("region", "text", "wanted"), PHONES)
def test_phones(region: str, text: str, wanted: str | None) -> None:
    result = phones.read_phones(take_apart(pd.Series([text], dtype="str")), region)
    assert [v if isinstance(v, str) else None for v in result.column.series()] == [wanted]
    assert [(d.code, d.tells) for d in result.doubts] == ([] if wanted else [("phone_unreadable", True)])


def test_phones_of_number_cells() -> None:
    assert series(parsed(Kind.PHONE, [43999991234, 5543999991235.0]), "phone") == ["+5543999991234", "+5543999991235"]


@given(st.sampled_from(["BR", "NL", "ES", "US", "GB"]), st.integers(0, 10**8 - 1))
def test_the_quick_way_to_a_phone_is_the_librarys(region: str, digits: int) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    number = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=example.national_number)
    text = str(number.national_number)
    text = text[:-5] + f"{digits % 10**5:05d}"
    quick = phones.normal_phones(text_series([text]), region).iloc[0]
    slow = phones.phone_of(text, region)
    assert (quick if isinstance(quick, str) else None) == slow


def test_emails() -> None:
    texts = ["Ana@X.com", "Ana <ana@x.com.br>", "mailto:ana@x.com", "a@x.com; b@y.com", "ana(at)x.com", None]
    result = parsed(Kind.EMAIL, texts)
    assert series(result, "email") == ["ana@x.com", "ana@x.com.br", "ana@x.com", "a@x.com", None, None]
    assert [(d.code, d.at.tolist(), d.tells) for d in result.doubts] == [("email_unreadable", [4], True)]


def test_products_are_split_trimmed_and_kept_once_in_the_first_spelling() -> None:
    texts = ["Shake; Chá/ Sopa", "chá, CHA\nChá ", "Shake", " ,; ", None, "Á|b"]
    assert series(parsed(Kind.PRODUCTS, texts), "products") == ["Shake, Chá, Sopa", "chá", "Shake", None, None, "Á|b"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_flags(language: str) -> None:
    yes, no = load(language).answer("yes"), load(language).answer("no")
    result = parsed(Kind.FLAG, [yes, no, "x", "✓", True, 1, 0, None, "quem sabe"], key="active")
    assert series(result, "active") == [True, False, True, True, True, True, False, None, None]
    assert [(d.code, d.choices) for d in result.doubts] == [("flag_unreadable", ("yes", "no"))]
    answered = reading(**{identity("flag_unreadable", "Pedidos", "active", "quem sabe"): "no"})
    assert series(parsed(Kind.FLAG, ["quem sabe"], answered, key="active"), "active") == [False]


CHOICES = [
    ("status", "Cancelado", "cancelled"),
    ("status", "CANCELADA", "cancelled"),
    ("status", "Sem estoque", "out_of_stock"),
    ("status", "Geannuleerd", "cancelled"),
    ("payment_status", "Cartão recusado", "failed"),
    ("payment_method", "pix", "pix"),
    ("payment_method", "Cartão de crédito", "card"),
    ("category", "Lead", "prospect"),
    ("customer_type", "PC", "pc"),
    ("status", "Em Marte", "unknown"),
]


@pytest.mark.parametrize(("key", "text", "wanted"), CHOICES)
def test_choices(key: str, text: str, wanted: str) -> None:
    result = parsed(Kind.CHOICE, [text], key=key)
    assert series(result, key) == [wanted]
    assert [d.code for d in result.doubts] == (["choice_unknown"] if wanted == "unknown" else [])


def test_an_answer_explains_a_word() -> None:
    key = identity("choice_unknown", "Pedidos", "status", "Em Marte")
    result = parsed(Kind.CHOICE, ["Em Marte"], reading(**{key: "lost"}))
    assert (series(result, "status"), result.doubts) == (["lost"], ())
    category = identity("choice_unknown", "Pedidos", "category", "Amigo do dono")
    assert series(
        parsed(Kind.CHOICE, ["Amigo do dono"], reading(**{category: "not_customer"}), key="category"), "category"
    ) == ["other"]


def test_yes_under_a_header_that_is_a_value() -> None:
    assert (
        series(parsed(Kind.CHOICE, ["Sim", "Não"], key="payment_status", header="Pago"), "payment_status")[0] == "paid"
    )
    failed = parsed(Kind.CHOICE, ["Sim", "Não"], key="payment_status", header="Cartão recusado")
    assert series(failed, "payment_status") == ["failed", None]


def test_answers_to_a_frequency() -> None:
    key = identity("frequency_ambiguous", "Pedidos", "frequency", "bimensal")
    for answer, wanted in (("frequency_biweekly", (14, "days")), ("frequency_bimonthly", (2, "months"))):
        result = parsed(Kind.FREQUENCY, ["bimensal"], reading(**{key: answer}))
        assert not result.doubts
        assert (series(result, "every_n")[0], series(result, "every_unit")[0]) == wanted


# ── round trips ─────────────────────────────────────────────────────────────


@given(st.dates(date(1990, 1, 1), date(2034, 12, 31)), st.sampled_from([p for p in LOCALES if p]))
def test_dates_come_back(day: date, place: str) -> None:
    month_first = place == "en-US"
    texts = [
        day.strftime(s) for s in (("%m/%d/%Y", "%m-%d-%y") if month_first else ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y"))
    ]
    texts += [day.isoformat(), day.strftime("%Y%m%d"), str((day - date(1899, 12, 30)).days)]
    values = dates.read_dates(take_apart(pd.Series(texts, dtype="str")), reading(place)).values
    assert [dates.as_date(v) for v in values] == [day] * len(texts)


def test_bare_numbers_count_from_the_day_the_workbook_says() -> None:
    pieces = take_apart(pd.Series([44868.0]))
    assert dates.read_dates(pieces, reading()).values[0] == np.datetime64("2022-11-03")
    assert dates.read_dates(pieces, replace(reading(), day_zero=date(1904, 1, 1))).values[0] == np.datetime64(
        "2026-11-04"
    )


@given(st.dates(date(1990, 1, 1), date(2034, 12, 31)), st.sampled_from(LANGUAGES))
def test_dates_with_a_month_name_come_back(day: date, language: str) -> None:
    from sheets_sync.locale_files import read

    for name in read(language)["words"]["months"][day.month - 1]:
        values = dates.read_dates(
            take_apart(pd.Series([f"{day.day} {name} {day.year}"], dtype="str")), reading("")
        ).values
        assert dates.as_date(values[0]) == day


@given(st.integers(-(10**11), 10**11), st.sampled_from(LOCALES))
def test_money_comes_back(cents: int, place: str) -> None:
    amount = Decimal(cents) / 100
    text = f"{amount:,.2f}"
    if place in COMMA:
        text = text.translate(str.maketrans(",.", ".,"))
    texts = [text, f"R$ {text}", text.replace("." if place in COMMA else ",", "")]
    read = money.read_money(take_apart(pd.Series(texts, dtype="str")), reading(place))
    assert read.known.all()
    assert read.cents.tolist() == [cents] * 3


@given(st.floats(-1e9, 1e9).map(lambda v: round(v, 2)))
def test_number_cells_are_exact(value: float) -> None:
    read = money.read_money(take_apart(pd.Series([value])), reading())
    assert read.cents[0] == int(Decimal(repr(value)) * 100)


def test_the_range_of_dates_moves_with_the_day() -> None:
    far = datetime.combine(TODAY + timedelta(days=3_700), datetime.min.time())
    assert parsed(Kind.DATE, [far]).doubts[0].code == "date_out_of_range"
    assert np.isnat(parsed(Kind.DATE, [far]).columns["paid_on"].to_numpy()[0])


def test_cells_of_the_wrong_kind_are_doubts() -> None:
    when, ticked = datetime(2025, 1, 2), True
    assert [d.at.tolist() for d in parsed(Kind.MONEY, [when, "1,00", ticked]).doubts] == [[0], [2]]
    assert [d.at.tolist() for d in parsed(Kind.FREQUENCY, [when, "mensal", ticked, False]).doubts] == [[0], [2]]
    assert series(parsed(Kind.FREQUENCY, [30, 15, 7]), "every_n") == [30, 14, 7]


def test_dates_of_eight_digits_in_number_cells() -> None:
    result = parsed(Kind.DATE, [20250115, 20250230])
    assert [str(v)[:10] for v in result.columns["paid_on"]] == ["2025-01-15", "NaT"]
    assert [(d.code, d.found, d.at.tolist()) for d in result.doubts] == [("date_impossible", "20250230", [1])]

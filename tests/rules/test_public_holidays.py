"""Holidays of one country are those of the library's own door."""

import holidays
import pytest

from sheets_sync.rules.public_holidays import public_holidays

YEARS = range(2023, 2027)


@pytest.mark.parametrize("country", [*(code for code in holidays.list_supported_countries() if len(code) == 2)])
def test_a_country_has_the_holidays_that_the_library_gives_it(country: str) -> None:
    assert public_holidays(country, YEARS) == list(holidays.country_holidays(country, years=YEARS))


def test_an_unknown_country_has_none() -> None:
    assert public_holidays("XX", YEARS) == public_holidays("", YEARS) == []


def test_only_that_country_is_imported() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from sheets_sync.rules.public_holidays import public_holidays;"
        "assert public_holidays('BR', [2026]); assert 'holidays.countries.norway' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

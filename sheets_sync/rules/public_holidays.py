"""The public holidays of one country, out of the ``holidays`` library.

Its own door, ``country_holidays``, imports all of its 278 countries first, a tenth of a run; a country's module is
found by the library's register and imported alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def public_holidays(country: str, years: Iterable[int]) -> list[date]:
    """Of an ISO country code; none for a country that the library does not know."""
    import holidays  # noqa: PLC0415  (a slow import, needed only where business days are counted)
    from holidays.registry import COUNTRIES  # noqa: PLC0415

    for name, (entity, *codes) in COUNTRIES.items():
        if country in codes:
            path = Path(holidays.__file__).parent / "countries" / f"{name}.py"
            spec = spec_from_file_location(f"holidays.countries.{name}", path)
            if spec is None or spec.loader is None:
                break
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return list(getattr(module, entity)(years=years))
    return []

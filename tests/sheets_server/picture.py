"""All that lies on a spreadsheet, a line for each thing: two of them are alike exactly where these are equal."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from tests.sheets_server.spreadsheet import Spreadsheet
from tests.sheets_server.state_file import sheet_json

_CHOSEN_BY_CHANCE = {"protectedRangeId", "filterViewId", "bandedRangeId"}


def picture(book: Spreadsheet, *, without: Collection[str] = ()) -> list[str]:
    """Cells with formats, notes and rules, sizes, and what lies on ranges, of all tabs but ``without``.

    Ids that Google chooses say nothing and are left out, tabs' own ids are kept.
    """
    tabs = [sheet for sheet in book.sheets if sheet.title not in without]
    return [line for sheet in tabs for line in _lines(sheet_json(sheet), sheet.title)]


def _lines(held: Any, at: str) -> Iterator[str]:
    if isinstance(held, dict):
        for key in sorted(held, key=str):
            if key not in _CHOSEN_BY_CHANCE:
                yield from _lines(held[key], f"{at}.{key}")
    elif isinstance(held, list):
        for index, item in enumerate(held):
            yield from _lines(item, f"{at}[{index}]")
    else:
        yield f"{at} = {held!r}"

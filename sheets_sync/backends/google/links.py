"""Links of our cells: a place in the workbook is ``#'Tab'!A5`` to us, ``#gid=…&range=A5`` to Google.

Google makes no links of ``tel:`` addresses, so a phone number in the contact column is written without one, and read
as if it led where ours would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_INSIDE = re.compile(r"#'?(?P<title>.*?)'?!(?P<cell>\$?[A-Z]+\$?\d+)")
_GOOGLE_INSIDE = re.compile(
    r"(?:https://docs\.google\.com/spreadsheets/d/[^/]+/edit[^#]*)?#gid=(?P<id>\d+)&range=(?P<cell>[A-Z]+\d+)"
)
_TEL = "tel:"
_PHONE = re.compile(r"\+?[\d ()./-]{5,}")


def to_google(link: str | None, ids: Mapping[str, int]) -> str | None:
    """The address that Google takes; None where it takes none. ``ids``: of tabs by title."""
    if link is None or link.startswith(_TEL):
        return None
    inside = _INSIDE.fullmatch(link)
    if inside is None:
        return link
    sheet = ids.get(inside["title"].replace("''", "'"))
    return None if sheet is None else f"#gid={sheet}&range={inside['cell'].replace('$', '')}"


def from_google(uri: str | None, titles: Mapping[int, str]) -> str | None:
    """A link as we write it. ``titles``: of tabs by id; a place in a tab that is gone stays as Google says it."""
    inside = _GOOGLE_INSIDE.fullmatch(uri) if uri else None
    if inside is None or int(inside["id"]) not in titles:
        return uri
    title = titles[int(inside["id"])].replace("'", "''")
    return f"#'{title}'!{inside['cell']}"


def of_phone(text: object) -> str | None:
    """Where a contact cell leads that shows a phone number and has no link."""
    return f"{_TEL}{text}" if isinstance(text, str) and _PHONE.fullmatch(text) else None

"""Titles for new tabs: as wished, unless Excel would not take them or another tab has them already."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sheets_sync.style import MOST_TITLE, cut, units

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def free_title(wished: str, taken: Iterable[str]) -> str:
    """``wished`` cut to 31 characters and numbered where a tab of that title (in any case) is there."""
    used = {title.casefold() for title in taken}
    plain = cut(_FORBIDDEN.sub(" ", wished).strip("' "), MOST_TITLE).strip("' ") or "Tab"
    title, number = plain, 1
    while title.casefold() in used:
        number += 1
        tail = f" {number}"
        title = cut(plain, MOST_TITLE - units(tail)).rstrip() + tail
    return title

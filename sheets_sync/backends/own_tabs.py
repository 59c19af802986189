"""Which tabs of a workbook are ours, and what our hidden tab holds: alike for every backend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from sheets_sync.fold import fold
from sheets_sync.locale_index import own_header_index, own_titles
from sheets_sync.model import LAYOUT_VERSION, MARKER, OwnTab, TabPeek, Value
from sheets_sync.tables.own_frame import ENOUGH_HEADERS
from sheets_sync.tables.schema import OWN

PEEK_ROWS = 20
_MARKER = re.compile(rf"^{re.escape(MARKER)}[a-z_]+:[0-9]+$")
_PIECE = 32_000
"""Characters of the memory in one cell."""

Tab = TypeVar("Tab")


def marker(own: OwnTab) -> str:
    """What the first cell of each of our tabs says."""
    return f"{MARKER}{own.value}:{LAYOUT_VERSION}"


def marker_of(rows: Mapping[int, tuple[str | None, ...]]) -> str | None:
    """Our marker, wherever in the first rows it is."""
    texts = (text.strip() for cells in rows.values() for text in cells if text and MARKER in text)
    return next((text for text in texts if _MARKER.match(text)), None)


def find_own(peeks: Sequence[tuple[Tab, TabPeek]]) -> dict[OwnTab, Tab]:
    """Which tab is which of ours: by marker; of copies the one with our title, else the first.

    A tab without a marker is ours if it has our title and, in one of its first rows, at least three of our headers
    or column keys (people delete hidden rows); a stranger that happens to be called so is not.
    """
    titles = own_titles()
    found: dict[OwnTab, list[tuple[int, Tab]]] = {}
    for tab, peek in peeks:
        titled = titles.get(fold(peek.title))
        own = _marked(peek.marker) or (titled if titled and _looks_ours(titled, peek) else None)
        if own:
            rank = 2 * (peek.marker is None) + (titled is not own)
            found.setdefault(own, []).append((rank, tab))
    return {own: min(several, key=lambda entry: entry[0])[1] for own, several in found.items()}


def find_archives(peeks: Sequence[tuple[Tab, TabPeek]], own: Mapping[OwnTab, Tab]) -> list[Tab]:
    """Tabs of older history beside the one of ``own``, in the workbook's order; none where there is a memory."""
    if OwnTab.SYNC in own:
        return []
    latest = own.get(OwnTab.HISTORY)
    return [tab for tab, peek in peeks if _marked(peek.marker) is OwnTab.HISTORY and tab is not latest]


def _marked(text: str | None) -> OwnTab | None:
    name = text.split(":")[1] if text else ""
    return OwnTab(name) if name in {own.value for own in OwnTab} else None


def _looks_ours(own: OwnTab, peek: TabPeek) -> bool:
    if own is OwnTab.SYNC:
        return peek.hidden
    keys, headers = set(OWN[own].keys()), own_header_index(own)
    for cells in peek.rows.values():
        texts = [text for text in cells if text]
        if len(keys & set(texts)) >= ENOUGH_HEADERS:
            return True
        if len(keys & {headers.get(fold(text)) for text in texts}) >= ENOUGH_HEADERS:
            return True
    return False


# ── the memory ──────────────────────────────────────────────────────────────


def memory_cells(text: str) -> list[str]:
    """The first column of our hidden tab: the marker, then the memory in pieces that a cell can hold."""
    return [marker(OwnTab.SYNC), *(text[i : i + _PIECE] for i in range(0, len(text), _PIECE))]


def joined_memory(cells: Iterable[Value]) -> str | None:
    """The memory out of that column; None where there is none."""
    text = "".join(str(cell) for cell in cells if cell is not None and not str(cell).startswith(MARKER))
    return text or None

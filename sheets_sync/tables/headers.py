"""Which column of a tab means what: header cells against the vocabulary of all four languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from sheets_sync import locale
from sheets_sync.locale import HeaderMeaning
from sheets_sync.model import SourceColumn, SourceTab, TabPeek
from sheets_sync.tables.schema import SOURCES

SEARCHED_ROWS = 20
_BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]")


class Header(Struct, frozen=True, kw_only=True):
    """A header row read as one kind of tab. ``unknown``: header cells that mean nothing there."""

    source: SourceTab
    row: int
    columns: tuple[SourceColumn, ...]
    unknown: tuple[str, ...]
    languages: tuple[frozenset[str], ...]

    @property
    def keys(self) -> frozenset[str]:
        """The keys that have a column."""
        return frozenset(c.key for c in self.columns)

    def missing(self) -> tuple[tuple[str, ...], ...]:
        """The required groups of keys of which none has a column."""
        return tuple(group for group in SOURCES[self.source].required if not self.keys & set(group))

    def required(self) -> Mapping[str, str]:
        """Key → folded header of the required columns that are there."""
        keys = {key for group in SOURCES[self.source].required for key in group}
        return {c.key: locale.fold(c.header) for c in self.columns if c.key in keys}


def find_header(peek: TabPeek, source: SourceTab) -> Header | None:
    """The row among the first twenty that says most as a header of ``source``; None where none says anything."""
    best: Header | None = None
    for row in sorted(r for r in peek.rows if r <= SEARCHED_ROWS):
        header = _read(source, row, peek.rows[row])
        better = best is None or (-len(header.missing()), len(header.columns)) > (
            -len(best.missing()),
            len(best.columns),
        )
        if header.columns and better:
            best = header
    return best


class _Claim(Struct, frozen=True):
    """A header cell that wants to be the column of a key."""

    position: int
    text: str
    meanings: tuple[HeaderMeaning, ...]

    @property
    def key(self) -> str:
        return self.meanings[0].key

    @property
    def preferred(self) -> bool:
        return any(m.preferred for m in self.meanings)


def _read(source: SourceTab, row: int, cells: Sequence[str | None]) -> Header:
    claims: dict[str, _Claim] = {}
    unknown: list[str] = []
    losers: list[_Claim] = []
    for position, cell in enumerate(cells):
        text = " ".join((cell or "").split())
        if not text:
            continue
        meanings = meanings_of(text, source)
        if not meanings:
            unknown.append(text)
            continue
        claim = _Claim(position, text, meanings)
        other = claims.get(claim.key)
        if other is None or (claim.preferred and not other.preferred):
            claims[claim.key] = claim
        if other is not None:
            losers.append(other if claims[claim.key] is claim else claim)
    for loser in losers:  # its other meaning, if that has no column: pt Estado beside Status is the state
        other_meanings = tuple(m for m in _alternatives(loser.text, source) if m.key not in claims)
        if other_meanings:
            key = other_meanings[0].key
            claims[key] = _Claim(loser.position, loser.text, tuple(m for m in other_meanings if m.key == key))
    found = sorted(claims.values(), key=lambda c: c.position)
    schema = SOURCES[source]
    return Header(
        source=source,
        row=row,
        columns=tuple(
            SourceColumn(key=c.key, kind=schema.column(c.key).kind, header=c.text, position=c.position) for c in found
        ),
        unknown=tuple(unknown),
        languages=tuple(frozenset(m.language for m in c.meanings) for c in found),
    )


@lru_cache(maxsize=8_192)
def meanings_of(text: str, source: SourceTab) -> tuple[HeaderMeaning, ...]:
    """What a header means in one kind of tab: as written, without what stands in brackets, or (``Pedido / Order``)
    as the one thing that all of its parts mean. All meanings have the same key."""
    for wording in _wordings(text):
        found = tuple(m for m in locale.header_index().get(locale.fold(wording), ()) if m.source is source)
        if found:
            return found
    parts = [p for p in re.split(r"\s*[/|]\s*", text) if p]
    if len(parts) > 1:
        each = [meanings_of(part, source) for part in parts]
        if all(each) and len({m[0].key for m in each}) == 1:
            return tuple(m for part in each for m in part)
    return ()


def _wordings(text: str) -> Iterator[str]:
    yield text
    bare = _BRACKETS.sub(" ", text).strip()
    if bare and bare != text:
        yield bare


def _alternatives(text: str, source: SourceTab) -> tuple[HeaderMeaning, ...]:
    return tuple(m for m in locale.header_alternatives().get(locale.fold(text), ()) if m.source is source)


_ALIKE = {"latest_or_next_on": "ordered_on", "last_order_on": "ordered_on", "name": "customer", "paid": "total"}
"""Keys that one header may mean in two kinds of tab without being vague."""


@lru_cache
def generic_headers() -> frozenset[str]:
    """Folded headers that mean other things in other tabs (Data, Código, Tipo): they do not tell which tab it is."""
    index = locale.header_index()
    return frozenset(word for word, meanings in index.items() if len({_ALIKE.get(m.key, m.key) for m in meanings}) > 1)

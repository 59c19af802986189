"""The words by which input is recognised, over all four languages at once: folded text → what it means.

A team may mix languages, so one index serves all of them. Where one header means two things in one kind of tab, the
preferred label (the first of a list) beats an alias; what lost is in ``header_alternatives``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from msgspec import Struct

from sheets_sync.fold import SIGN, fold
from sheets_sync.locale_files import LANGUAGES, read_words
from sheets_sync.model import OwnTab, SourceTab

T = TypeVar("T")
_JOINING = frozenset(fold(w) for w in ("de", "do", "da", "dos", "das", "del", "la", "los", "las", "van", "het", "of"))


class Index(Mapping[str, T]):
    """Folded words → meaning; ask with ``fold(text)``.

    A look-up that fails tries again without joining words and spaces (``Data pedido``, ``Data do pedido`` and
    ``DataPedido`` are one header), then without a number sign (``Pedido nº`` is ``Pedido``, but ``Nº cliente`` is not
    ``Cliente`` where it has a meaning of its own). ``doubtful``: what would then mean two things, and is not found.
    """

    def __init__(self, meanings: Mapping[str, T], agree: Callable[[list[T]], T | None] | None = None) -> None:
        """``meanings`` by folded word; ``agree``: one meaning for several words of one looser form, None = in doubt."""
        self._exact = dict(meanings)
        found: dict[str, list[T]] = {}
        for word, meaning in meanings.items():
            found.setdefault(_loose(word), []).append(meaning)
        self._loose: dict[str, T] = {}
        for word, several in found.items():
            one = several[0] if len(several) == 1 else (agree or _equal)(several)
            if one is not None:
                self._loose[word] = one
        self.doubtful = frozenset(found.keys() - self._loose.keys())

    def __getitem__(self, word: str) -> T:
        """The meaning; KeyError for a word that has none."""
        if word in self._exact:
            return self._exact[word]
        loose = _loose(word)
        if loose not in self._loose and len(loose) > 1:
            loose = loose.removeprefix(SIGN)
        return self._loose[loose]

    def __iter__(self) -> Iterator[str]:
        """The words as they are written, without the looser forms."""
        return iter(self._exact)

    def __len__(self) -> int:
        """How many words."""
        return len(self._exact)


def _loose(folded: str) -> str:
    words = folded.split()
    sign = SIGN if SIGN in words else ""
    return sign + "".join(w for w in words if w not in _JOINING and w != SIGN) or folded


def _equal(several: list[T]) -> T | None:
    return several[0] if all(m == several[0] for m in several) else None


def every(*path: str) -> Iterator[tuple[str, Any]]:
    """(language, what its file holds under ``path``) for each language."""
    for language in LANGUAGES:
        entry: Any = read_words(language)
        for key in path:
            entry = entry[key]
        yield language, entry


def _several(entry: Any) -> list[str]:
    return entry if isinstance(entry, list) else [entry]


def labels(*path: str) -> Iterator[tuple[str, str]]:
    """(folded label, key) of a table of labels, over all languages."""
    for _, table in every(*path):
        for key, entry in table.items():
            for label in _several(entry):
                yield fold(label), key


def index_of(pairs: Iterable[tuple[str, T]]) -> Index[T]:
    """An index in which the first meaning of a word stays (tests see to it that there is no second)."""
    found: dict[str, T] = {}
    for word, meaning in pairs:
        found.setdefault(word, meaning)
    return Index(found)


# ── headers and titles ──────────────────────────────────────────────────────


class HeaderMeaning(Struct, frozen=True, kw_only=True):
    """What a header means in one kind of tab, according to one language.

    ``yes`` / ``no``: in a CHOICE column headed like this, what a plain yes or no stands for ('' = nothing): under
    *Pago* a yes is ``paid``, under *Cartão recusado* it is ``failed``.
    """

    source: SourceTab
    key: str
    language: str
    preferred: bool
    yes: str = ""
    no: str = ""


@lru_cache
def _headers() -> dict[tuple[str, SourceTab], list[HeaderMeaning]]:
    found: dict[tuple[str, SourceTab], list[HeaderMeaning]] = {}
    flags = dict.fromkeys(_list("paid_headers"), ("paid", "pending"))
    flags |= dict.fromkeys(_list("failed_headers"), ("failed", ""))
    for language, sources in every("headers"):
        for name, columns in sources.items():
            source = SourceTab(name)
            for key, spellings in columns.items():
                for place, spelling in enumerate(spellings):
                    word = fold(spelling)
                    here = found.setdefault((word, source), [])
                    if any(m.key == key and m.language == language for m in here):
                        continue  # another spelling that folds alike
                    yes, no = flags.get(word, ("", "")) if key == "payment_status" else ("", "")
                    here.append(
                        HeaderMeaning(source=source, key=key, language=language, preferred=place == 0, yes=yes, no=no)
                    )
    return found


@lru_cache
def header_index() -> Index[tuple[HeaderMeaning, ...]]:
    """Folded header → its meanings: one key for each kind of tab, in every language that writes it so."""
    found: dict[str, list[HeaderMeaning]] = {}
    for (word, _), meanings in _headers().items():
        winners = [m for m in meanings if m.preferred] or meanings
        found.setdefault(word, []).extend(m for m in meanings if m.key == winners[0].key)
    return Index({word: tuple(meanings) for word, meanings in found.items()}, _one_key_a_tab)


def _one_key_a_tab(several: list[tuple[HeaderMeaning, ...]]) -> tuple[HeaderMeaning, ...] | None:
    meanings = list(dict.fromkeys(m for one in several for m in one))
    keys = {(m.source, m.key) for m in meanings}
    sure = {source for source in SourceTab if sum(s is source for s, _ in keys) == 1}
    return tuple(m for m in meanings if m.source in sure) or None


@lru_cache
def header_alternatives() -> Index[tuple[HeaderMeaning, ...]]:
    """Folded header → meanings that lost to a preferred one; of use where another column has the winner's key.

    Pt *Estado* beside *Status* is the state, though es *Estado* is the status.
    """
    found: dict[str, list[HeaderMeaning]] = {}
    for (word, source), meanings in _headers().items():
        key = next(m.key for m in header_index()[word] if m.source is source)
        found.setdefault(word, []).extend(m for m in meanings if m.key != key)
    return Index({word: tuple(meanings) for word, meanings in found.items() if meanings}, _one_key_a_tab)


@lru_cache
def own_header_index(own: OwnTab | None = None) -> Index[str]:  # noqa: ARG001  (one vocabulary serves every tab of ours)
    """Folded header of a column of ours → its key; a caller leaves out keys that the tab does not have."""
    return index_of(labels("columns"))


@lru_cache
def tab_titles() -> Index[SourceTab]:
    """Folded title of a source tab → its kind."""
    return index_of((word, SourceTab(key)) for word, key in labels("source_titles"))


@lru_cache
def own_titles() -> Index[OwnTab]:
    """Folded title of one of our tabs → which."""
    return index_of((word, OwnTab(key)) for word, key in labels("titles"))


# ── words in cells ──────────────────────────────────────────────────────────


@lru_cache
def value_index(column: str) -> Index[str]:
    """Folded word → canonical value of a CHOICE column; statuses: ``order_status``, ``exchange_status``."""
    return index_of(labels("values", column))


@lru_cache
def status_index() -> Index[str]:
    """Folded status word of our tabs → Status value or ``open_today``."""
    return index_of(labels("statuses"))


@lru_cache
def registry_index() -> Index[str]:
    """Folded header of a registry of workbooks → its column's key."""
    return index_of(labels("registry"))


@lru_cache
def answer_index() -> Index[str]:
    """Folded words of a dropdown → answer id."""
    return index_of(labels("answers"))


@lru_cache
def language_index() -> Index[str]:
    """Folded name of a language (Português, pt, Spanish …) → its code."""
    return index_of(labels("language_names"))


@lru_cache
def _list(name: str) -> frozenset[str]:
    return frozenset(fold(word) for _, words in every("words", name) for word in words)


def copy_prefixes() -> frozenset[str]:
    """How the title of a tab's copy begins, folded (``copia de``)."""
    return _list("copy_prefixes")


def total_words() -> frozenset[str]:
    """What a total row says, folded, whole cell."""
    return _list("total")


def yes_words() -> frozenset[str]:
    """Words and signs for yes, folded (``fold("✓")`` is ``✓``)."""
    return _list("yes")


def no_words() -> frozenset[str]:
    """Words and signs for no, folded."""
    return _list("no")


def defect_words() -> frozenset[str]:
    """Single words that name a defect in a reason, folded."""
    return _list("defect")


@lru_cache
def months() -> Mapping[str, int]:
    """Folded month name or its short form → 1 … 12."""
    return {
        fold(name): number
        for _, year in every("words", "months")
        for number, names in enumerate(year, start=1)
        for name in names
    }

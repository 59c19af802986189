"""Which tabs are source tabs, of which kind, where their header is. domain.md §1.

By title, or failing that by headers. A title of ours or our marker makes a tab ours; copies are skipped with a notice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from sheets_sync import locale
from sheets_sync.model import Problem, SourceTab, TabLayout, TabPeek, Where
from sheets_sync.problems import notice, question
from sheets_sync.tables.headers import Header, find_header, generic_headers
from sheets_sync.tables.reading import identity

HEADER_MISSING = "header_missing"
COPY_SKIPPED = "tab_copy_skipped"
UNLIKE_OTHERS = "tab_unlike_others"
NOT_A_SOURCE = "not_a_source"
"""The answer "this tab is none of these"."""

_NUMBERED = re.compile(r"\s*\(\d{1,2}\)\s*$")
_SHARE = 0.6  # of the header cells must mean something where no title says what the tab is
_MANY = 5  # that many known headers make up for a bare "Data"
_FOUND_SHOWN = 6
_CYCLE = frozenset({"frequency", "last_order_on", "next_order_on", "latest_or_next_on", "category", "customer_type",
                    "opted_out", "card_failed_on", "last_contact_on"})  # fmt: skip
_PERSONAL = frozenset({"phone", "email", "tax_id", "city", "customer_id"})


class Recognition(Struct, frozen=True, kw_only=True):
    """``language``: of most recognised headers and titles; None where there are none."""

    layouts: tuple[TabLayout, ...]
    problems: tuple[Problem, ...]
    language: str | None


class _Found(Struct, frozen=True):
    """A tab taken for a source tab; ``titled``: its title said so."""

    peek: TabPeek
    header: Header
    titled: bool


def recognise(peeks: Sequence[TabPeek], answers: Mapping[str, str]) -> Recognition:
    """The source tabs of a workbook, in its order. ``answers``: remembered answers by question identity."""
    found: list[_Found] = []
    problems: list[Problem] = []
    for peek in peeks:
        if is_own(peek):
            continue
        taken, doubts = _one(peek, answers)
        problems += doubts
        if taken is not None:
            found.append(taken)
    kept = [f for f in found if _agrees(f, found)]
    problems += [
        notice(UNLIKE_OTHERS, Where(tab=f.peek.title, row=f.header.row), params={"tab": f.peek.title})
        for f in found
        if f not in kept
    ]
    return Recognition(layouts=tuple(map(_layout, kept)), problems=tuple(problems), language=_language(kept))


def is_own(peek: TabPeek) -> bool:
    """Whether the tab is one of ours."""
    return peek.marker is not None or locale.fold(peek.title) in locale.own_titles()


def is_copy(title: str) -> bool:
    """``Cópia de Pedidos``, ``Pedidos (2)``; not ``Pedidos (2024)``."""
    folded = locale.fold(title)
    return bool(_NUMBERED.search(title)) or any(folded.startswith(prefix + " ") for prefix in locale.copy_prefixes())


def _original(title: str) -> str:
    """The title a copy was made from."""
    folded = locale.fold(_NUMBERED.sub("", title))
    for prefix in sorted(locale.copy_prefixes(), key=len, reverse=True):
        folded = folded.removeprefix(prefix + " ")
    return folded


def _titled(folded: str) -> tuple[SourceTab | None, bool]:
    """The kind that a folded title names, and whether it says nothing else (``Pedidos jan`` says more)."""
    titles = locale.tab_titles()
    exact = titles.get(folded)
    if exact is not None:
        return exact, True
    words = folded.split()
    for count in range(len(words) - 1, 0, -1):
        kind = titles.get(" ".join(words[:count]))
        if kind is not None:
            return kind, False
    return None, False


def _one(peek: TabPeek, answers: Mapping[str, str]) -> tuple[_Found | None, list[Problem]]:
    copy = is_copy(peek.title)
    kind, exact = _titled(_original(peek.title) if copy else locale.fold(peek.title))
    header = find_header(peek, kind) if kind is not None else None
    if header is None or (header.missing() and not exact):
        by_headers = _by_headers(peek)
        if by_headers is not None:
            header, exact = by_headers, False
    if copy:
        known = kind is not None or (header is not None and not header.missing())
        return None, [notice(COPY_SKIPPED, Where(tab=peek.title), params={"tab": peek.title})] if known else []
    if header is not None and not header.missing():
        return _Found(peek, header, titled=kind is header.source), []
    if kind is None or not (exact or _nearly(header)):
        return None, []
    return None, _missing(peek, kind, header, answers)


def _nearly(header: Header | None) -> bool:
    """A tab whose title begins like a source tab's, and whose headers are those of one but for a required one."""
    if header is None or len(header.missing()) != 1:
        return False
    return len(header.columns) >= (3 if header.source is SourceTab.CUSTOMERS else 2)  # a customer needs but a name


def _by_headers(peek: TabPeek) -> Header | None:
    """The kind whose headers the tab has, if it can hardly be anything else."""
    headers = (find_header(peek, source) for source in SourceTab)
    sure = [h for h in headers if h is not None and not h.missing() and _telling(h)]
    return max(sure, key=lambda h: len(h.columns), default=None)


def _telling(header: Header) -> bool:
    """Whether headers alone say enough. Reviews have ids, customers and dates too; a phone list has names."""
    known = len(header.columns)
    if known / (known + len(header.unknown)) < _SHARE:
        return False
    own_words = {c.key for c in header.columns if locale.fold(c.header) not in generic_headers()}
    match header.source:
        case SourceTab.ORDERS:
            return "ordered_on" in own_words or ("order_id" in own_words and known >= _MANY)
        case SourceTab.EXCHANGES:
            return bool(own_words & {"requested_on", "exchange_id", "kind"}) or (
                known >= _MANY and "reason" in header.keys
            )
        case SourceTab.CUSTOMERS:
            return bool(own_words & _CYCLE) or len(header.keys & _PERSONAL) >= 2


def _missing(peek: TabPeek, kind: SourceTab, header: Header | None, answers: Mapping[str, str]) -> list[Problem]:
    language = _main_language(Counter(lang for langs in header.languages for lang in langs) if header else Counter())
    groups = header.missing() if header else _all_groups(kind)
    unknown = header.unknown if header else _first_texts(peek)
    problems = []
    for group in groups:
        key = identity(HEADER_MISSING, peek.title, group[0])
        if answers.get(key) == NOT_A_SOURCE:
            return []
        problems.append(
            question(
                HEADER_MISSING,
                Where(tab=peek.title, row=header.row if header else None),
                identity=key,
                choices=(NOT_A_SOURCE,),
                params={
                    "tab": peek.title,
                    "column": locale.load(language).header(kind, group[0]),
                    "found": ", ".join(unknown[:_FOUND_SHOWN]) or "–",
                },
            )
        )
    return problems


def _all_groups(kind: SourceTab) -> tuple[tuple[str, ...], ...]:
    return Header(source=kind, row=0, columns=(), unknown=(), languages=()).missing()


def _first_texts(peek: TabPeek) -> tuple[str, ...]:
    first = next((peek.rows[row] for row in sorted(peek.rows)), ())
    return tuple(" ".join(cell.split()) for cell in first if cell)


def _agrees(found: _Found, others: Sequence[_Found]) -> bool:
    """A tab known by its headers only is read with titled ones of its kind only if its required headers are theirs."""
    if found.titled:
        return True
    titled = [o for o in others if o.titled and o.header.source is found.header.source]
    return not titled or any(o.header.required() == found.header.required() for o in titled)


def _layout(found: _Found) -> TabLayout:
    header = found.header
    return TabLayout(source=header.source, title=found.peek.title, header_row=header.row, columns=header.columns)


def _language(found: Sequence[_Found]) -> str | None:
    votes: Counter[str] = Counter()
    for tab in found:
        for languages in tab.header.languages:
            for language in languages:
                votes[language] += 12 // len(languages)  # a word of one language says more than one of all four
    return _main_language(votes) if votes else None


def _main_language(votes: Counter[str]) -> str:
    return max(locale.LANGUAGES, key=lambda language: votes[language])

"""Every word people see, in four languages. Sentences live in ``locales/*.toml``; this turns keys into them.

A key that is missing, or a placeholder without a value, is a fault (KeyError). The words by which input is recognised
are in ``locale_index``; both are reached from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sheets_sync import cldr, template
from sheets_sync.fold import fold, fold_name
from sheets_sync.locale_files import LANGUAGES, read
from sheets_sync.locale_frequencies import (
    Ambiguous,
    EveryWords,
    FrequencyMeaning,
    every_words,
    frequency_answers,
    frequency_index,
)
from sheets_sync.locale_index import (
    HeaderMeaning,
    Index,
    answer_index,
    copy_prefixes,
    defect_words,
    header_alternatives,
    header_index,
    language_index,
    months,
    no_words,
    own_header_index,
    own_titles,
    registry_index,
    status_index,
    tab_titles,
    total_words,
    value_index,
    yes_words,
)
from sheets_sync.model import End, OwnTab, SourceTab, Status, Value
from sheets_sync.template import Columns

__all__ = [
    "LANGUAGES",
    "Ambiguous",
    "EveryWords",
    "FrequencyMeaning",
    "HeaderMeaning",
    "Index",
    "Locale",
    "answer_index",
    "copy_prefixes",
    "defect_words",
    "every_words",
    "fill_own",
    "fold",
    "fold_name",
    "frequency_answers",
    "frequency_index",
    "header_alternatives",
    "header_index",
    "language_index",
    "load",
    "message_placeholders",
    "months",
    "no_words",
    "own_header_index",
    "own_titles",
    "read",
    "registry_index",
    "status_index",
    "tab_titles",
    "total_words",
    "value_index",
    "yes_words",
]

_ALWAYS_GIVEN = frozenset({"name", "customer", "tracking_link", "amount"})
"""Placeholders that every message may use; those without a value leave nothing behind in a person's own text."""


@lru_cache
def load(language: str) -> Locale:
    """The words of a language. Raises KeyError for one that we do not speak."""
    return Locale(language)


class Locale:
    """One language's words. Methods take keys and plain values and return text ready to show."""

    def __init__(self, language: str) -> None:
        """Of one of LANGUAGES; KeyError for any other."""
        self.language = language
        self._table = read(language)

    # ── names of things ─────────────────────────────────────────────────────

    def title(self, own: OwnTab) -> str:
        """The title of one of our tabs."""
        return str(self._table["titles"][own.value])

    def source_title(self, source: SourceTab) -> str:
        """The title a new source tab gets."""
        return self._first("source_titles", source.value)

    def column(self, key: str) -> str:
        """The header of a column of ours."""
        return self._first("columns", key)

    def header(self, source: SourceTab, key: str) -> str:
        """The header by which a source column is best known."""
        return self._first("headers", source.value, key)

    def value(self, column: str, canonical: str) -> str:
        """The word for a canonical value of a CHOICE column (``exchange_status`` / ``order_status`` for the two)."""
        return self._first("values", column, canonical)

    def status(self, key: Status | str) -> str:
        """The word for a status; ``open_today`` = open and due today."""
        return self._first("statuses", str(key))

    def end(self, end: End) -> str:
        """The word for how a task ended."""
        return self._first("ends", end.value)

    def task(self, rule: str) -> str:
        """The name of a rule's task."""
        return self._first("tasks", rule)

    def answer(self, answer: str) -> str:
        """The words of an answer in a dropdown."""
        return self._first("answers", answer)

    def silence(self, reason: str) -> str:
        """Why a customer or a task is left in peace, in a few words."""
        return str(self._table["silences"][reason])

    # ── sentences ───────────────────────────────────────────────────────────

    def whys(self, rule: str, variant: str, columns: Columns, rows: Sequence[int]) -> list[str]:
        """Why the tasks of some rows are due, with their arithmetic; their values are at these rows of ``columns``."""
        return self._fill_rows(self._table["why"][rule][variant or "plain"], columns, rows)

    def messages(self, rule: str, variant: str, columns: Columns, rows: Sequence[int]) -> list[str]:
        """The ready texts for the customers of some rows; an unknown variant is the plain one."""
        texts = self._table["message"][rule]
        return self._fill_rows(texts.get(variant) or texts["plain"], columns, rows)

    def problem(self, code: str, params: Mapping[str, Value]) -> str:
        """The sentence of a Problem; plurals go by ``count``."""
        return self._fill(self._table["problems"][code], params)

    def effect(self, held: int) -> str:
        """What a question keeps from happening."""
        effects = self._table["effects"]
        return self._fill(effects["held"], {"count": held}) if held else str(effects["none"])

    def error(self, code: str, params: Mapping[str, Value]) -> str:
        """The sentence of an exception of ours."""
        return self._fill(self._table["errors"][code], params)

    def text(self, key: str, /, **params: Value) -> str:
        """Any other sentence (``[text]``)."""
        return self._fill(self._table["text"][key], params)

    def setting(self, key: str) -> str:
        """What a setting does. ``<rule>.enabled`` and ``message.<rule>[.<language>]`` share a sentence."""
        texts = self._table["settings"]
        if key in texts:
            return str(texts[key])
        rule, generic = _rule_setting(key)
        names = ", ".join(f"{{{name}}}" for name in sorted(message_placeholders(rule))) if generic == "message" else ""
        return self._fill(texts[generic], {"task": self.task(rule), "placeholders": names})

    def setting_name(self, key: str) -> str:
        """A short name of a setting for people (``Check-in: dias na lista``)."""
        names = self._table["setting_names"]
        if key in names:
            return str(names[key])
        rule, generic = _rule_setting(key)
        if generic == "message":
            language = key.split(".")[2:]
            return f"{self.task(rule)}: {names['message']}" + (f" ({language[0]})" if language else "")
        return f"{self.task(rule)}: {names[key.partition('.')[2]]}"

    # ── values ──────────────────────────────────────────────────────────────

    def date(self, day: date, year: bool = False) -> str:
        """A date as people write it: 15/01, with ``year`` 15/01/2025."""
        if self.language == "en":
            month = self._table["words"]["months"][day.month - 1][0][:3]
            return f"{day.day} {month} {day.year}" if year else f"{day.day} {month}"
        sign = "-" if self.language == "nl" else "/"
        short = f"{day.day:02d}{sign}{day.month:02d}"
        return f"{short}{sign}{day.year:04d}" if year else short

    def money(self, cents: int, currency: str | None) -> str:
        """An amount with its currency as people write it; a bare decimal without one."""
        return cldr.money(self.language, cents, currency)

    def number(self, value: float) -> str:
        """A number as people write it, without grouping."""
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return text if self.language == "en" else text.replace(".", ",")

    # ── inside ──────────────────────────────────────────────────────────────

    def _first(self, *path: str) -> str:
        entry: Any = self._table
        for key in path:
            entry = entry[key]
        return str(entry[0] if isinstance(entry, list) else entry)

    def _fill(self, entry: Any, params: Mapping[str, Value]) -> str:
        return template.render(self._plural(entry, params), params, self.shown(params))

    def _fill_rows(self, text: str, columns: Columns, rows: Sequence[int]) -> list[str]:
        currencies = columns.get("currency")

        def show(value: Value, spec: str, row: int) -> str:
            if isinstance(value, str):
                return template.safe(value)
            currency = currencies[row] if currencies and spec == "money" else None
            return _shown(self.language, value, spec, str(currency) if currency else None)

        return template.render_rows(text, columns, rows, show)

    def _plural(self, entry: Any, params: Mapping[str, Value]) -> str:
        if isinstance(entry, str):
            return entry
        return str(entry.get(cldr.plural_category(self.language, params["count"]), entry["other"]))

    def shown(self, params: Mapping[str, Value]) -> Callable[[Value, str], str]:
        """How a value of ``params`` looks inside a sentence, given what its place asks for.

        '' plainly, ``year`` a date with its year, ``money`` cents of ``params["currency"]``, ``setting`` the name of
        the setting with that key, else a unit of [units].
        """
        language, currency = self.language, params.get("currency")

        def show(value: Value, spec: str) -> str:
            if isinstance(value, str):
                return template.safe(self.setting_name(value) if spec == "setting" else value)
            return _shown(language, value, spec, str(currency) if currency and spec == "money" else None)

        return show

    def _value(self, value: Value, spec: str, currency: str | None) -> str:
        if isinstance(value, date):
            return self.date(value, year=spec == "year")
        if isinstance(value, bool):
            return self.answer("yes" if value else "no")
        if not isinstance(value, int | float):
            return ""
        if spec == "money":
            return self.money(int(value), currency)
        if spec:
            return self._plural(self._table["units"][spec], {"count": value}).replace("{n}", self.number(value))
        return self.number(value)


@lru_cache(maxsize=8_192, typed=True)  # the same few days and counts in thousands of sentences
def _shown(language: str, value: Value, spec: str, currency: str | None) -> str:
    return load(language)._value(value, spec, currency)


def _rule_setting(key: str) -> tuple[str, str]:
    """Rule and generic name (``enabled``, ``message``) of a setting without a sentence of its own."""
    head, _, tail = key.partition(".")
    return (tail.partition(".")[0], "message") if head == "message" else (head, tail)


def _templates(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for inner in entry.values():
            yield from _templates(inner)


@lru_cache
def message_placeholders(rule: str) -> frozenset[str]:
    """What a person's own message of a rule may name."""
    texts = _templates(read(LANGUAGES[0])["message"][rule])
    return _ALWAYS_GIVEN | {place.name for text in texts for place, _ in template.places(text)}


def fill_own(text: str, params: Mapping[str, Value], words: Locale) -> str:
    """A message that a person wrote, filled in; a placeholder without a value leaves nothing behind.

    Raises ValueError where its braces do not match (config checks that first).
    """
    return template.render_leniently(text, params, words.shown(params))

"""What settings there are: general ones, and a number, flag, choice or message of each rule (``rules/rules.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

from msgspec import Struct
from msgspec.structs import replace

from sheets_sync import locale
from sheets_sync.model import Value

MESSAGE = "message."
ENABLED = ".enabled"


class SettingKind(StrEnum):
    """What a setting holds."""

    INTEGER = "integer"
    SHARE = "share"
    FLAG = "flag"
    CHOICE = "choice"
    TEXT = "text"
    WORDS = "words"
    DATE = "date"


class Spec(Struct, frozen=True, kw_only=True):
    """A setting: ``low`` and ``high`` bound numbers (inclusive), ``reference`` says where its default is stated."""

    key: str
    kind: SettingKind
    default: Value
    low: float | None = None
    high: float | None = None
    unit: str = ""
    reference: str = ""
    choices: tuple[str, ...] = ()


LOCALES = ("pt-BR", "pt-PT", "es-ES", "es-MX", "nl-NL", "nl-BE", "en-US", "en-GB")


def _general() -> tuple[Spec, ...]:
    def spec(key: str, kind: SettingKind, default: Value, **bounds: float) -> Spec:
        return Spec(key=key, kind=kind, default=default, low=bounds.get("low"), high=bounds.get("high"))

    return (
        Spec(key="language", kind=SettingKind.CHOICE, default="", choices=locale.LANGUAGES),
        spec("timezone", SettingKind.TEXT, ""),
        Spec(key="locale", kind=SettingKind.CHOICE, default="", choices=LOCALES),
        spec("currency", SettingKind.TEXT, ""),
        spec("country", SettingKind.TEXT, ""),
        spec("start_on", SettingKind.DATE, None),
        spec("accept_missing_rows_on", SettingKind.DATE, None),
        spec("biweekly_days", SettingKind.INTEGER, 14, low=13, high=16),
        spec("upcoming_days", SettingKind.INTEGER, 30, low=1, high=120),
        spec("manual_update_cities", SettingKind.WORDS, "Londrina"),
        spec("ticks_without_date_days", SettingKind.INTEGER, 2, low=1, high=60),
        spec("silence_exchange", SettingKind.FLAG, True),
        spec("silence_exchange_days", SettingKind.INTEGER, 60, low=1, high=365),
        spec("silence_contact_days", SettingKind.INTEGER, 3, low=0, high=60),
        spec("tracking_link", SettingKind.TEXT, ""),
    )


@cache
def rules_table() -> Mapping[str, Mapping[str, object]]:
    """``rules/rules.toml`` as read: rule id → its row."""
    return tomllib.loads((resources.files("sheets_sync") / "rules" / "rules.toml").read_text("utf-8"))


def _rule_specs(rule: str, row: Mapping[str, object]) -> list[Spec]:
    specs = [Spec(key=rule + ENABLED, kind=SettingKind.FLAG, default=True)]
    numbers = row.get("numbers", {})
    flags = row.get("flags", {})
    choices = row.get("choices", {})
    assert isinstance(numbers, dict)  # noqa: S101  (our own file)
    assert isinstance(flags, dict)  # noqa: S101
    assert isinstance(choices, dict)  # noqa: S101
    for name, (default, low, high, unit, reference) in numbers.items():
        kind = SettingKind.SHARE if isinstance(default, float) else SettingKind.INTEGER
        specs.append(
            Spec(key=f"{rule}.{name}", kind=kind, default=default, low=low, high=high, unit=unit, reference=reference)
        )
    specs += [Spec(key=f"{rule}.{name}", kind=SettingKind.FLAG, default=value) for name, value in flags.items()]
    specs += [Spec(key=f"{rule}.{name}", kind=SettingKind.CHOICE, default=values[0], choices=tuple(values))
              for name, values in choices.items()]  # fmt: skip
    if row.get("message"):
        specs.append(Spec(key=MESSAGE + rule, kind=SettingKind.TEXT, default=""))
    return specs


@cache
def specs() -> Mapping[str, Spec]:
    """Every setting by key, in the order in which people see them."""
    every = [*_general(), *(s for rule, row in rules_table().items() for s in _rule_specs(rule, row))]
    return {s.key: s for s in every}


def spec_of(key: str) -> Spec | None:
    """The setting of ``key``; ``message.<rule>.<language>`` is one too. None where there is no such setting."""
    found = specs().get(key)
    if found is None and key.startswith(MESSAGE):
        base, _, language = key.rpartition(".")
        if base in specs() and language in locale.LANGUAGES:
            return replace(specs()[base], key=key)
    return found

"""Settings: every number and choice a team may change, and where each value comes from.

One order of precedence, weakest first: default < settings.toml < the workbook's settings tab < flags. A value out of
its range in the settings tab is a question and the weaker value stays; in a file or a flag it is a ConfigError, since
whoever typed it is at the keyboard.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field

from sheets_sync.model import Problem, Value, Where
from sheets_sync.problems import ConfigError, question
from sheets_sync.setting_specs import ENABLED, LOCALES, MESSAGE, spec_of
from sheets_sync.setting_values import allowed, read_value

_BY_LANGUAGE = {
    # language: (locale, currency, country of the holidays); none for en: dd/mm text is asked once
    "pt-BR": ("pt-BR", "BRL", "BR"),
    "es": ("es-ES", "EUR", "ES"),
    "nl": ("nl-NL", "EUR", "NL"),
    "en": ("", "", ""),
}


_CURRENCY = {"BR": "BRL", "PT": "EUR", "ES": "EUR", "MX": "MXN", "NL": "EUR", "BE": "EUR"}
"""Of the countries whose locales we know; where a workbook names another, its amounts stay bare numbers."""

_DAY_FIRST_ENGLISH = frozenset({"en-AU", "en-IE", "en-IN", "en-NZ"})


class Origin(StrEnum):
    """Where a value comes from, weakest first."""

    DEFAULT = "default"
    FILE = "file"
    TAB = "tab"
    FLAG = "flag"


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of one run, typed. Getters raise KeyError for a key that is no setting (our fault)."""

    language: str = "pt-BR"
    place: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @classmethod
    def default(cls, language: str = "pt-BR", **overrides: Value) -> Settings:
        """The defaults, with overrides by key (for tests and the demo); keys hold dots: ``**{"check_in.days": 9}``."""
        return cls(language=language, values=overrides, origins=dict.fromkeys(overrides, Origin.FLAG))

    def get(self, key: str) -> Value:
        """The value in force."""
        value = self.values.get(key)
        if value is not None and value != "":
            return value
        return self.default_of(key)

    def default_of(self, key: str) -> Value:
        """The default, which for locale, currency, country and language follows the workbook's language."""
        spec = spec_of(key)
        if spec is None:
            raise KeyError(key)
        place, currency, country = _BY_LANGUAGE[self.language]
        if key == "locale":
            return known_place(self.place) or place
        # a spreadsheet of another language is often English only because nobody chose: that says nothing of the place
        by_chance = self.place.startswith("en") and self.language != "en"
        named = str(self.values.get("locale") or ("" if by_chance else self.place)).replace("_", "-")
        spoken, _, territory = named.partition("-")
        if key == "country":
            return territory or country
        if key == "currency":
            return _CURRENCY.get(territory, "" if territory and spoken != "en" else currency)
        return self.language if key == "language" else spec.default

    def origin(self, key: str) -> Origin:
        """Where the value in force comes from."""
        return self.origins.get(key, Origin.DEFAULT)

    def number(self, key: str) -> int:
        """A whole number (days, months)."""
        return int(self.get(key))  # type: ignore[arg-type]  # the spec's kind says so

    def share(self, key: str) -> float:
        """A share between 0 and 1."""
        return float(self.get(key))  # type: ignore[arg-type]  # the spec's kind says so

    def flag(self, key: str) -> bool:
        """A yes or no."""
        return bool(self.get(key))

    def choice(self, key: str) -> str:
        """One of the spec's choices ('' where blank)."""
        return str(self.get(key) or "")

    text = choice

    def day(self, key: str) -> date | None:
        """A date, None where blank."""
        value = self.get(key)
        return value if isinstance(value, date) else None

    def words(self, key: str) -> tuple[str, ...]:
        """A list typed with commas or semicolons."""
        parts = str(self.get(key) or "").replace(";", ",").replace("\n", ",").split(",")
        return tuple(p.strip() for p in parts if p.strip())

    def enabled(self, rule: str) -> bool:
        """Whether a rule is on."""
        return self.flag(rule + ENABLED)

    def message(self, rule: str, language: str) -> str | None:
        """A team's own text for a rule's message; None = ours. The key without language is the workbook's."""
        own = self.values.get(f"{MESSAGE}{rule}.{language}")
        if not own and language == self.language:
            own = self.values.get(MESSAGE + rule)
        return str(own) if own else None


# ── layers ──────────────────────────────────────────────────────────────────


def read_file(path: Path) -> dict[str, Value]:
    """``settings.toml``: tables are dotted keys. Raises ConfigError naming file and key."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError("settings_unreadable", file=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("settings_not_toml", file=str(path), detail=str(error)) from error
    return _read_strict(_flatten(table), str(path))


def read_flags(pairs: Sequence[str]) -> dict[str, Value]:
    """``--set rule.key=value`` flags. Raises ConfigError naming the flag."""
    flat: dict[str, object] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError("flag_without_value", flag=pair)
        flat[key.strip()] = value.strip()
    return _read_strict(flat, "--set")


def _flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = ", ".join(map(str, value)) if isinstance(value, list) else value
    return flat


def _read_strict(flat: Mapping[str, object], place: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key, value in flat.items():
        spec = spec_of(key)
        if spec is None:
            raise ConfigError("setting_unknown", file=place, key=key)
        try:
            values[key] = read_value(spec, value)  # type: ignore[arg-type]  # TOML's scalars are Values
        except ValueError as error:
            raise ConfigError(
                "setting_out_of_range", file=place, key=key, value=str(value), allowed=allowed(spec)
            ) from error
    return values


def read_tab(cells: Mapping[str, tuple[Value, Where]]) -> tuple[dict[str, Value], tuple[Problem, ...]]:
    """The settings tab's filled-in values by key, and a question for each that cannot be used."""
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for key, (value, where) in cells.items():
        spec = spec_of(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if spec is None:
            problems.append(question("setting_unknown", where, identity=f"setting_unknown|{key}", params={"key": key}))
            continue
        try:
            values[key] = read_value(spec, value)
        except ValueError:
            problems.append(
                question(
                    "setting_out_of_range", where, identity=f"setting_out_of_range|{key}|{value}",
                    params={"key": key, "value": str(value), "allowed": allowed(spec)},
                )
            )  # fmt: skip
    return values, tuple(problems)


def resolve(
    *, language: str, file: Mapping[str, Value], tab: Mapping[str, Value], flags: Mapping[str, Value], place: str = ""
) -> Settings:
    """The layers on top of each other. ``language``: the workbook's, unless a layer names one; ``place``: the locale
    that the workbook itself says it has (``pt_BR``), '' = it says none."""
    values: dict[str, Value] = {}
    origins: dict[str, Origin] = {}
    for origin, layer in ((Origin.FILE, file), (Origin.TAB, tab), (Origin.FLAG, flags)):
        values.update(layer)
        origins.update(dict.fromkeys(layer, origin))
    spoken = str(values.get("language") or language)
    return Settings(language=spoken, place=place, values=values, origins=origins)


def known_place(named: str) -> str:
    """The one of our locales that reads dates and amounts as a workbook's does; '' = none of them."""
    plain = named.replace("_", "-")
    if plain in LOCALES:
        return plain
    language = plain.partition("-")[0]
    if language == "en":
        return "en-US" if plain == "en" else "en-GB" if plain in _DAY_FIRST_ENGLISH else ""
    return next((place for place in LOCALES if place.startswith(f"{language}-")), "")

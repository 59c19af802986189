"""Settings: every number and choice a team may change, and where each value comes from.

One order of precedence, weakest first: default < settings.toml < the workbook's settings tab < flags. A value out of
its range in the settings tab is a question and the weaker value stays; in a file or a flag it is a ConfigError, since
whoever typed it is at the keyboard.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from string import Formatter

from sheets_sync import locale
from sheets_sync.model import Problem, Value, Where
from sheets_sync.problems import ConfigError, question

MESSAGE = "message."
ENABLED = ".enabled"
MAX_TEXT = 2_000


class Origin(StrEnum):
    """Where a value comes from, weakest first."""

    DEFAULT = "default"
    FILE = "file"
    TAB = "tab"
    FLAG = "flag"


class SettingKind(StrEnum):
    """What a setting holds."""

    INTEGER = "integer"
    SHARE = "share"
    FLAG = "flag"
    CHOICE = "choice"
    TEXT = "text"
    WORDS = "words"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
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
_BY_LANGUAGE = {
    # language: (locale, currency, country of the holidays); none for en: dd/mm text is asked once
    "pt-BR": ("pt-BR", "BRL", "BR"),
    "es": ("es-ES", "EUR", "ES"),
    "nl": ("nl-NL", "EUR", "NL"),
    "en": ("", "", ""),
}


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
        specs.append(Spec(key=f"{rule}.{name}", kind=kind, default=default, low=low, high=high, unit=unit, reference=reference))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one run, typed. Getters raise KeyError for a key that is no setting (our fault)."""

    language: str = "pt-BR"
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
        if key == "country":
            chosen = self.values.get("locale")
            return str(chosen)[-2:] if chosen else country
        return {"locale": place, "currency": currency, "language": self.language}.get(key, spec.default)

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
        """A team's own text for a rule's message in ``language``; None = ours. The bare key is the workbook's language."""
        own = self.values.get(f"{MESSAGE}{rule}.{language}")
        if not own and language == self.language:
            own = self.values.get(MESSAGE + rule)
        return str(own) if own else None


# ── reading values ──────────────────────────────────────────────────────────


class _BadValue(ValueError):
    """Not a value of this setting."""


def _number(spec: Spec, value: Value) -> int | float:
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError as error:
        raise _BadValue from error
    if spec.kind is SettingKind.INTEGER:
        if number != int(number):
            raise _BadValue
        number = int(number)
    if (spec.low is not None and number < spec.low) or (spec.high is not None and number > spec.high):
        raise _BadValue
    return number


def _flag(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    word = locale.fold(str(value))
    if word in locale.yes_words():
        return True
    if word in locale.no_words():
        return False
    raise _BadValue


def _day(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007  (a calendar date)
        except ValueError:
            continue
    raise _BadValue


def _choice(spec: Spec, value: Value) -> str:
    wanted = locale.fold(str(value).replace("_", "-"))
    for choice in spec.choices:
        if locale.fold(choice.replace("_", "-")) == wanted:
            return choice
    if spec.key == "language":
        named = locale.language_index().get(locale.fold(str(value)))
        if named:
            return named
    raise _BadValue


def _text(spec: Spec, value: Value) -> str:
    text = str(value).strip()
    if len(text) > MAX_TEXT:
        raise _BadValue
    if spec.key == "timezone" and not _is_timezone(text):
        raise _BadValue
    if spec.key == "currency" and not (len(text) == 3 and text.isascii() and text.isalpha()):  # ISO 4217
        raise _BadValue
    if spec.key == "country" and not (len(text) == 2 and text.isascii() and text.isalpha()):  # ISO 3166
        raise _BadValue
    if spec.key == "tracking_link" and not (text.startswith("https://") and "{code}" in text):
        raise _BadValue
    if spec.key.startswith(MESSAGE):
        rule = spec.key.split(".")[1]
        if not set(placeholders(text)) <= set(locale.message_placeholders(rule)):
            raise _BadValue
    return text.upper() if spec.key in {"currency", "country"} else text


def placeholders(template: str) -> list[str]:
    """Names in braces. Raises ValueError where the braces do not match or hold more than a name."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    if not all(name.isidentifier() for name in names):
        raise _BadValue
    return names


def _is_timezone(name: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  (only where a zone is named)

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def read_value(spec: Spec, value: Value) -> Value:
    """``value`` as the setting's kind. Raises ValueError where it is none, or out of range."""
    match spec.kind:
        case SettingKind.INTEGER | SettingKind.SHARE:
            return _number(spec, value)
        case SettingKind.FLAG:
            return _flag(value)
        case SettingKind.DATE:
            return _day(value)
        case SettingKind.CHOICE:
            return _choice(spec, value)
        case _:
            return _text(spec, value)


def allowed(spec: Spec) -> str:
    """The allowed range or choices, for a sentence."""
    if spec.choices:
        return ", ".join(spec.choices)
    if spec.low is not None:
        return f"{spec.low:g} … {spec.high:g}"
    return {SettingKind.DATE: "2026-12-31", SettingKind.FLAG: "✓ / –"}.get(spec.kind, spec.kind.value)


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
            raise ConfigError("setting_out_of_range", file=place, key=key, value=str(value), allowed=allowed(spec)) from error
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
    *, language: str, file: Mapping[str, Value], tab: Mapping[str, Value], flags: Mapping[str, Value]
) -> Settings:
    """The layers on top of each other. ``language``: the workbook's, unless a layer names one."""
    values: dict[str, Value] = {}
    origins: dict[str, Origin] = {}
    for origin, layer in ((Origin.FILE, file), (Origin.TAB, tab), (Origin.FLAG, flags)):
        values.update(layer)
        origins.update(dict.fromkeys(layer, origin))
    return Settings(language=str(values.get("language") or language), values=values, origins=origins)

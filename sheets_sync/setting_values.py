"""A setting's value as people type it, read and kept within its range."""

from __future__ import annotations

from datetime import date, datetime
from string import Formatter

from sheets_sync import locale
from sheets_sync.model import Value
from sheets_sync.setting_specs import MESSAGE, SettingKind, Spec
from sheets_sync.zones import is_zone

MAX_TEXT = 2_000
_EXAMPLES = {
    "timezone": "America/Sao_Paulo, Europe/Amsterdam …",
    "currency": "BRL, EUR …",
    "country": "BR, ES, NL …",
    "tracking_link": "https://…{code}",
}


class BadValueError(ValueError):
    """Not a value of this setting."""


def _number(spec: Spec, value: Value) -> int | float:
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError as error:
        raise BadValueError from error
    if spec.kind is SettingKind.INTEGER:
        if number != int(number):
            raise BadValueError
        number = int(number)
    if (spec.low is not None and number < spec.low) or (spec.high is not None and number > spec.high):
        raise BadValueError
    return number


def _flag(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    word = locale.fold(str(value))
    if word in locale.yes_words():
        return True
    if word in locale.no_words():
        return False
    raise BadValueError


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
    raise BadValueError


def _choice(spec: Spec, value: Value) -> str:
    wanted = locale.fold(str(value).replace("_", "-"))
    for choice in spec.choices:
        if locale.fold(choice.replace("_", "-")) == wanted:
            return choice
    if spec.key == "language":
        named = locale.language_index().get(locale.fold(str(value)))
        if named:
            return named
    raise BadValueError


def _text(spec: Spec, value: Value) -> str:
    text = str(value).strip()
    if len(text) > MAX_TEXT:
        raise BadValueError
    if spec.key == "timezone" and not is_zone(text):
        raise BadValueError
    if spec.key == "currency" and not (len(text) == 3 and text.isascii() and text.isalpha()):  # ISO 4217
        raise BadValueError
    if spec.key == "country" and not _has_holidays(text.upper()):
        raise BadValueError
    if spec.key == "tracking_link" and not (text.startswith("https://") and "{code}" in text):
        raise BadValueError
    if spec.key.startswith(MESSAGE):
        rule = spec.key.split(".")[1]
        if not set(placeholders(text)) <= set(locale.message_placeholders(rule)):
            raise BadValueError
    return text.upper() if spec.key in {"currency", "country"} else text


def _has_holidays(country: str) -> bool:
    """Whether it is a country's code (ISO 3166) whose public holidays are known."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415  (only where somebody names a country)

    return len(country) == 2 and any(country in codes for _, *codes in COUNTRIES.values())


def placeholders(template: str) -> list[str]:
    """Names in braces. Raises ValueError where the braces do not match or hold more than a name."""
    names = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    if not all(name.isidentifier() for name in names):
        raise BadValueError
    return names


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
    if spec.key.startswith(MESSAGE):
        return " ".join(f"{{{name}}}" for name in sorted(locale.message_placeholders(spec.key.split(".")[1])))
    if spec.kind is SettingKind.TEXT:
        return _EXAMPLES.get(spec.key, f"≤ {MAX_TEXT}")
    return {SettingKind.DATE: "2026-12-31", SettingKind.FLAG: "✓ / –"}.get(spec.kind, spec.kind.value)

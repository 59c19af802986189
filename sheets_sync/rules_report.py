"""What ``sheets-sync rules`` shows: every rule with its numbers, their ranges and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sheets_sync import locale
from sheets_sync.config import Settings
from sheets_sync.model import Value
from sheets_sync.setting_specs import MESSAGE, Spec, rules_table, specs
from sheets_sync.setting_values import allowed


def _rule_of(key: str) -> str | None:
    rule = key.removeprefix(MESSAGE).split(".")[0]
    return rule if rule in rules_table() else None


def _number_json(spec: Spec, settings: Settings) -> dict[str, Any]:
    return {
        "value": _plain(settings.get(spec.key)),
        "default": _plain(settings.default_of(spec.key)),
        "origin": settings.origin(spec.key).value,
        "low": spec.low,
        "high": spec.high,
        "unit": spec.unit,
        "choices": list(spec.choices),
        "reference": spec.reference,
    }


def _plain(value: Value) -> Any:
    return value if value is None or isinstance(value, str | int | float) else value.isoformat()


def to_json(settings: Settings) -> dict[str, Any]:
    """``{"rules": {id: {"family", "subject", "numbers": {key: …}}}, "general": {key: …}}``."""
    rules: dict[str, Any] = {
        rule: {"family": row["family"], "subject": row["subject"], "numbers": {}} for rule, row in rules_table().items()
    }
    general: dict[str, Any] = {}
    for key, spec in specs().items():
        rule = _rule_of(key)
        if rule is None:
            general[key] = _number_json(spec, settings)
        else:
            name = "message" if key.startswith(MESSAGE) else key.removeprefix(rule + ".")
            rules[rule]["numbers"][name] = _number_json(spec, settings)
    return {"rules": rules, "general": general}


def lines(settings: Settings, language: str) -> Iterator[str]:
    """The same for people, in ``language``."""
    words = locale.load(language)
    told: str | None = ""
    for key, spec in specs().items():
        rule = _rule_of(key)
        if rule != told:
            told = rule
            yield f"{words.task(rule)} ({rule})" if rule else words.text("rules_general")
        value = settings.get(key)
        origin = words.text(f"origin_{settings.origin(key).value}")
        bounds = f"  [{allowed(spec)}]" if spec.low is not None or spec.choices else ""
        unit = f" {spec.unit}" if spec.unit else ""
        reference = f"  ({spec.reference})" if spec.reference else ""
        yield f"  {key} = {'' if value is None else value}{unit}{bounds}  {origin}{reference}"

"""The rules' numbers and names, read from ``rules.toml`` once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from sheets_sync.model import OwnTab
from sheets_sync.setting_specs import rules_table


class Number(Struct, frozen=True, kw_only=True):
    """A number of a rule that a person may set within ``lowest`` … ``highest``; ``source`` says who stated it."""

    default: float
    lowest: float
    highest: float
    unit: str
    source: str


class Rule(Struct, frozen=True, kw_only=True):
    """One rule. ``subject``: order, customer, exchange or order_or_customer; ``message``: has a text for the customer.

    The setting of a number, flag or choice is ``<id>.<key>``; the first of a choice's words is its default.
    """

    id: str
    family: str
    subject: str
    tab: OwnTab
    priority: int
    message: bool
    numbers: Mapping[str, Number]
    flags: Mapping[str, bool]
    choices: Mapping[str, tuple[str, ...]]


def _rule(name: str, row: Mapping[str, Any]) -> Rule:
    numbers = {
        key: Number(default=default, lowest=lowest, highest=highest, unit=unit, source=source)
        for key, (default, lowest, highest, unit, source) in row.get("numbers", {}).items()
    }
    return Rule(
        id=name,
        family=row["family"],
        subject=row["subject"],
        tab=OwnTab(row["family"]),
        priority=row["priority"],
        message=row["message"],
        numbers=numbers,
        flags=dict(row.get("flags", {})),
        choices={key: tuple(words) for key, words in row.get("choices", {}).items()},
    )


RULES: Mapping[str, Rule] = MappingProxyType({name: _rule(name, row) for name, row in rules_table().items()})
"""Rule id → rule, in the order of ``rules.toml``."""

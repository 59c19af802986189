"""A cell: what was entered into it and what was put on it. Cells are never changed, always replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.sheets_server.proto_json import Json, as_number


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as entered, ``=`` included. ``known`` is the result a seeded workbook stored for one we cannot compute."""

    text: str
    known: Any = None


@dataclass(frozen=True, slots=True)
class Failure:
    """What a formula gives where it cannot give a value: ``#REF!`` and its like."""

    kind: str
    message: str = ""

    @property
    def text(self) -> str:
        return {
            "ERROR": "#ERROR!",
            "NULL_VALUE": "#NULL!",
            "DIVIDE_BY_ZERO": "#DIV/0!",
            "VALUE": "#VALUE!",
            "REF": "#REF!",
            "NAME": "#NAME?",
            "NUM": "#NUM!",
            "N_A": "#N/A",
        }[self.kind]


Scalar = float | bool | str
Entered = Scalar | Formula | None
Effective = Scalar | Failure | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``format``, ``validation`` and ``runs`` are the API's own JSON, never changed in place."""

    entered: Entered = None
    format: Json | None = None
    note: str = ""
    validation: Json | None = None
    runs: list[Json] | None = None

    @property
    def is_blank(self) -> bool:
        return self == BLANK

    @property
    def number_format(self) -> Json | None:
        return self.format.get("numberFormat") if self.format else None

    def holding(self, entered: Entered) -> Cell:
        """This cell with something else entered; rich text does not outlive the text it was on."""
        return replace(self, entered=entered, runs=None)

    def shown_as(self, number_format: Json) -> Cell:
        return replace(self, format={**(self.format or {}), "numberFormat": number_format})


BLANK = Cell()
Row = dict[int, Cell]
"""Cells by column; blank ones are absent. Never changed in place once it lies in a sheet."""


def extended_value(value: Effective | Formula) -> Json:
    """A value as the API's ExtendedValue."""
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, (int, float)):
        return {"numberValue": as_number(value)}
    if isinstance(value, Formula):
        return {"formulaValue": value.text}
    if isinstance(value, Failure):
        return {"errorValue": {"type": value.kind, **({"message": value.message} if value.message else {})}}
    return {}

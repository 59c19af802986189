"""How a tab of ours looks, as requests: given when it is born, when our layout version rises, and to each new row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sheets_sync.backends.colour_rules import colour_rules, letters
from sheets_sync.backends.google.formats import (
    cell_format,
    dropdown,
    number_format,
    paint,
    pixels_high,
    pixels_wide,
    validation,
)
from sheets_sync.backends.google.ink import area
from sheets_sync.locale import Locale
from sheets_sync.model import Kind, Owner, OwnTab
from sheets_sync.style import GAP_HEIGHT, HEAD_HEIGHT, HEAD_PERSON, KEY_ROW, TITLE, TITLE_HEIGHT, Format, body, head
from sheets_sync.tables.schema import OWN, OwnColumnSpec

Request = dict[str, Any]
_OWN_WIDTH = 20
_HEIGHTS = {"title": TITLE_HEIGHT, "blank": GAP_HEIGHT, "header": HEAD_HEIGHT}
_FORMAT = (
    "userEnteredFormat(textFormat(bold,underline,fontSize,foregroundColorStyle),wrapStrategy,backgroundColorStyle,"
    "horizontalAlignment,verticalAlignment,padding,borders,numberFormat)"
)
"""All that a format of ours says; links are no part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """One tab's looks. ``positions``: of our columns by key; ``currency``: of most of its amounts."""

    sheet: int
    own: OwnTab
    words: Locale
    positions: Mapping[str, int]
    currency: str | None = None

    @property
    def columns(self) -> list[tuple[OwnColumnSpec, int]]:
        """Our columns that the tab has."""
        return [(c, self.positions[c.key]) for c in OWN[self.own].columns if c.key in self.positions]

    @property
    def linked(self) -> frozenset[int]:
        """Positions of columns whose cells lead somewhere."""
        return frozenset(p for c, p in self.columns if c.kind is Kind.LINK)

    def patterns(self) -> dict[int, dict[str, str] | None]:
        """How each column's numbers are shown."""
        language = self.words.language
        return {p: number_format(c.kind, language, self.currency) for c, p in self.columns}

    # ── rows ────────────────────────────────────────────────────────────────

    def cell_forms(self) -> dict[int, dict[str, Any]]:
        """The format of each of our columns' cells."""
        language, shown = self.words.language, self.patterns()
        forms: dict[int, dict[str, Any]] = {}
        for c, position in self.columns:
            linked = c.kind is Kind.LINK
            form = cell_format(body(key=c.key, kind=c.kind, owner=c.owner, language=language, linked=linked))
            pattern = shown[position]
            forms[position] = {**form, "numberFormat": pattern} if pattern else form
        return forms

    def rows(self, first: int, last: int, *, theirs: bool = True) -> Iterator[Request]:
        """Format and validation of all our columns in rows ``first`` … ``last``; without ``theirs`` people's columns
        keep the format they have."""
        forms = self.cell_forms()
        for column, position in self.columns:
            place = area(self.sheet, (first - 1, last), (position, position + 1))
            if theirs or column.owner is not Owner.PERSON:
                yield _formatted(place, forms[position])
            rule = validation(column)
            if rule:
                yield {"setDataValidation": {"range": place, "rule": rule, "filteredRowsIncluded": True}}

    def choices(self, row: int, position: int, words: tuple[str, ...]) -> Request:
        """A dropdown in one cell."""
        place = area(self.sheet, (row - 1, row), (position, position + 1))
        return {"setDataValidation": {"range": place, "rule": dropdown(words), "filteredRowsIncluded": True}}

    def role(self, row: int, role: str, own: tuple[int, ...] = ()) -> Iterator[Request]:
        """The look of a row of the frame. ``own``: positions of people's own columns, for a header."""
        if role == "header":
            for column, position in self.columns:
                yield self._cell(row, position, head(column.owner))
            for position in own:
                yield self._cell(row, position, HEAD_PERSON)
        elif role in ("keys", "title"):
            place = area(self.sheet, (row - 1, row))
            yield _formatted(place, cell_format(KEY_ROW if role == "keys" else TITLE))
        if role == "keys":
            yield self._dimension("ROWS", row - 1, {"hiddenByUser": True})
        else:
            yield self._dimension("ROWS", row - 1, {"pixelSize": pixels_high(_HEIGHTS[role])})

    def header_cell(self, row: int, position: int) -> Request:
        """The look of one header."""
        owner = next((c.owner for c, p in self.columns if p == position), Owner.PERSON)
        return self._cell(row, position, head(owner))

    def _cell(self, row: int, position: int, form: Format) -> Request:
        return _formatted(area(self.sheet, (row - 1, row), (position, position + 1)), cell_format(form))

    # ── the whole tab ───────────────────────────────────────────────────────

    def widths(self, own: tuple[int, ...] = ()) -> Iterator[Request]:
        """Widths, and the key column hidden."""
        for column, position in self.columns:
            yield self._dimension("COLUMNS", position, {"pixelSize": pixels_wide(column.width)})
            if column.owner is Owner.HIDDEN:
                yield self.hide(position)
        for position in own:
            yield self._dimension("COLUMNS", position, {"pixelSize": pixels_wide(_OWN_WIDTH)})

    def hide(self, position: int) -> Request:
        """A column out of people's sight."""
        return self._dimension("COLUMNS", position, {"hiddenByUser": True})

    def conditions(self, header_row: int) -> Iterator[Request]:
        """Colours by the row's own words. Google reads formulas in the spreadsheet's locale, and semicolons in all."""
        for index, rule in enumerate(colour_rules(self.own, self.words, self.positions, header_row)):
            formula = "=" + _semicolons(rule.formula)
            condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
            yield {
                "addConditionalFormatRule": {
                    "index": index,
                    "rule": {
                        "ranges": [area(self.sheet, (header_row - 1, None), (rule.first, rule.last + 1))],
                        "booleanRule": {"condition": condition, "format": paint(rule.paint)},
                    },
                }
            }

    def watched(self, header_row: int) -> frozenset[str]:
        """The cells (``$A4``) that our conditions look at."""
        rules = colour_rules(self.own, self.words, self.positions, header_row)
        return frozenset(f"${letters(p)}{header_row}" for p in self.positions.values()) if rules else frozenset()

    def filter(self, header_row: int, columns: int) -> Request:
        """A filter over every column, people's own included, so that sorting by its arrows moves whole rows."""
        return {"setBasicFilter": {"filter": {"range": area(self.sheet, (header_row - 1, None), (0, columns))}}}

    def protections(self) -> Iterator[Request]:
        """A warning for whoever types into the worker's columns; nobody is kept out."""
        run: list[int] = []
        ours = sorted(p for c, p in self.columns if c.owner is not Owner.PERSON)
        for position in [*ours, -1]:
            if run and position != run[-1] + 1:
                yield {
                    "addProtectedRange": {
                        "protectedRange": {
                            "range": area(self.sheet, (0, None), (run[0], run[-1] + 1)),
                            "warningOnly": True,
                            "description": self.words.text("google_protected"),
                        }
                    }
                }
                run = []
            run.append(position)

    def _dimension(self, dimension: str, index: int, properties: dict[str, Any]) -> Request:
        return {
            "updateDimensionProperties": {
                "range": {"sheetId": self.sheet, "dimension": dimension, "startIndex": index, "endIndex": index + 1},
                "properties": properties,
                "fields": ",".join(properties),
            }
        }


def _formatted(place: dict[str, int], form: dict[str, Any]) -> Request:
    return {"repeatCell": {"range": place, "cell": {"userEnteredFormat": form}, "fields": _FORMAT}}


def _semicolons(formula: str) -> str:
    """Commas between arguments as semicolons; those inside quotes stay."""
    parts = formula.split('"')
    return '"'.join(part if i % 2 else part.replace(",", ";") for i, part in enumerate(parts))

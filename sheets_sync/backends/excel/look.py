"""How our tabs look in one workbook: ``style`` turned into this workbook's style ids, conditions and validations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sheets_sync import locale
from sheets_sync.backends.colour_rules import TICK_MARK, colour_rules
from sheets_sync.backends.excel.sheet_parts import Colour, Look, Validation
from sheets_sync.backends.excel.stream import LAST_ROW, letters, serial
from sheets_sync.backends.excel.styles import Styles
from sheets_sync.model import Kind, Owner, OwnTab
from sheets_sync.style import HEAD_PERSON, KEY_ROW, LIST_HEIGHT, TITLE, body, head
from sheets_sync.tables.schema import OWN, OwnColumnSpec

_EARLIEST = date(2000, 1, 1)
_MOST_FORMULA = 255
"""Excel takes no longer text inside a formula or a dropdown's list."""


def look(own: OwnTab, language: str, styles: Styles, *, date1904: bool) -> Look:
    """The look of one of our tabs; ids are appended to ``styles`` as they are asked for."""
    columns = {c.key: c for c in OWN[own].columns}
    words = locale.load(language)

    def style(key: str, kind: Kind, currency: str | None) -> int:
        column = columns.get(key)
        owner = column.owner if column else Owner.PERSON
        linked = kind is Kind.LINK
        return styles.cell(body(key=key, kind=kind, owner=owner, language=language, currency=currency, linked=linked))

    def header_style(key: str) -> int:
        column = columns.get(key)
        return styles.cell(head(column.owner) if column else HEAD_PERSON)

    return Look(
        style=style,
        header=words.column,
        header_style=header_style,
        validation=lambda key: validation(columns.get(key), date1904=date1904),
        colours=lambda positions, header_row, _: colours(own, words, styles, positions, header_row),
        title_style=styles.cell(TITLE),
        key_style=styles.cell(KEY_ROW),
        row_height=LIST_HEIGHT.get(own),
    )


# ── validations ─────────────────────────────────────────────────────────────


def validation(column: OwnColumnSpec | None, *, date1904: bool) -> Validation | None:
    """What a column of people's helps to fill in: a tick from a list, a real date."""
    if column is None or column.owner is not Owner.PERSON:
        return None
    if column.kind is Kind.TICK:
        return Validation(kind="list", formula1=f'"{TICK_MARK}"')
    if column.kind is Kind.DATE:
        first = serial(_EARLIEST, date1904=date1904)
        return Validation(kind="date", operator="greaterThanOrEqual", formula1=str(first), strict=True)
    return None


def dropdown(choices: tuple[str, ...]) -> Validation:
    """A dropdown of words. Excel parts them at commas, so a comma inside becomes one that only looks like it."""
    chosen, length = [], 0
    for choice in choices:
        word = choice.replace(",", "\u201a").replace('"', '""')
        length += len(word) + 1
        if length > _MOST_FORMULA:
            break  # people may still type what finds no room
        chosen.append(word)
    return Validation(kind="list", formula1=f'"{",".join(chosen)}"')


# ── colours ─────────────────────────────────────────────────────────────────


def colours(
    own: OwnTab, words: locale.Locale, styles: Styles, positions: Mapping[str, int], header_row: int
) -> tuple[Colour, ...]:
    """The tab's conditions, from the header row down to the sheet's end."""
    return tuple(
        Colour(
            area=f"{letters(rule.first)}{header_row}:{letters(rule.last)}{LAST_ROW}", formula=rule.formula,
            dxf=styles.differential(rule.paint),
        )
        for rule in colour_rules(own, words, positions, header_row)
    )  # fmt: skip

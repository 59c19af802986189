"""Which rows and cells of our tabs are painted, and when: conditions on the row's own words, never on today's date.

Formulas are as Excel writes them (English names, commas); rows count from the header, so that rows inserted right
below it fall inside.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sheets_sync import locale
from sheets_sync.model import OwnTab, Status
from sheets_sync.style import DONE_ROW, LATE_DUE, STATUS_PAINT, Paint
from sheets_sync.tables.schema import TASK_TABS

TICK_MARK = "✓"
_TRIANGLE = "▲ "
_MOST_FORMULA = 255
"""Excel takes no longer text inside a formula."""


class ColourRule(Struct, frozen=True, kw_only=True):
    """From the header row down, columns ``first`` to ``last`` (positions) are painted where ``formula`` is true."""

    first: int
    last: int
    formula: str
    paint: Paint


def colour_rules(
    own: OwnTab, words: locale.Locale, positions: Mapping[str, int], header_row: int
) -> tuple[ColourRule, ...]:
    """The conditions of one of our tabs. ``positions``: of its columns by key."""
    left, right = min(positions.values()), max(positions.values())
    found: list[ColourRule] = []

    def at(key: str) -> str:
        return f"${letters(positions[key])}{header_row}"

    def below(key: str) -> str:
        """Not the header itself, whose word may be a yes-word ("Feito")."""
        letter = letters(positions[key])
        return f"ROW(${letter}{header_row})>ROW(${letter}${header_row})"

    def add(first: int, last: int, formula: str, paint: Paint) -> None:
        found.append(ColourRule(first=first, last=last, formula=formula, paint=paint))

    if own in TASK_TABS and "done" in positions:
        add(left, right, f"AND({below('done')},{ticked(at('done'))})", DONE_ROW)
    if own is OwnTab.QUESTIONS and "answer" in positions:
        add(left, right, f'AND({below("answer")},{at("answer")}<>"")', DONE_ROW)
    if own in TASK_TABS and "status" in positions:
        column = positions["status"]
        for status, paint in STATUS_PAINT.items():
            add(column, column, says(at("status"), words.status(status)), paint)
        if "due" in positions:
            due = positions["due"]
            add(due, due, says(at("status"), words.status(Status.LATE)), LATE_DUE)
    return tuple(found)


def letters(position: int) -> str:
    """The column letters of a position (0 → A)."""
    head, last = divmod(position, 26)
    return (letters(head - 1) if head else "") + chr(65 + last)


def says(cell: str, word: str) -> str:
    """The formula that is true where a status cell says ``word``, with or without the triangle before it."""
    plain = word.removeprefix(_TRIANGLE).replace('"', '""')
    return f'OR({cell}="{plain}",{cell}="{_TRIANGLE}{plain}")'


def ticked(cell: str) -> str:
    """The formula that is true where a done cell says yes: TRUE, a date, or a yes-word of any language."""
    listed, most = "|", _MOST_FORMULA - 1
    for word in (TICK_MARK, "✔", *sorted(locale.yes_words(), key=lambda w: (len(w), w))):
        if len(listed) + len(word) < most:
            listed += f"{word}|"
    plain = f'SUBSTITUTE(LOWER({cell}),"í","i")'
    return f'OR({cell}=TRUE,AND(ISNUMBER({cell}),{cell}>0),ISNUMBER(FIND("|"&{plain}&"|","{listed}")))'

"""How our tabs look, in words any backend can use: colours, fonts, number formats, what a cell can hold.

Colours come with a word, never alone, and differ in lightness as well as hue, so that a black-and-white print and
a colour-blind eye tell them apart: dark text on pale ground, and the urgent ones bold. RGB only: theme colours
would change with the workbook.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from sheets_sync.model import Kind, Owner, OwnTab, Status

# ── colours ─────────────────────────────────────────────────────────────────

INK = "22313A"
FAINT = "6E777C"
LINK = "0B5394"
PAPER = "FFFFFF"
MACHINE_HEAD = "2F4858"
PERSON_HEAD = "8A5A00"
PERSON_FILL = "FFFBEF"
RULE_LINE = "D5DBDF"


class Paint(Struct, frozen=True, kw_only=True):
    """What a condition lays over a cell: RGB hex colours; None = as it is."""

    fill: str | None = None
    colour: str | None = None
    bold: bool = False
    strike: bool = False


STATUS_PAINT: Mapping[str, Paint] = {
    Status.UPCOMING: Paint(fill="D3EBCF", colour="1E5B24"),
    "open_today": Paint(fill="FFE58A", colour="5A4300", bold=True),
    Status.LATE: Paint(fill="F3B0A8", colour="7A0B0B", bold=True),
    Status.EXPIRES_TOMORROW: Paint(fill="F3B0A8", colour="7A0B0B", bold=True),
    Status.POSTPONED: Paint(fill="DDD3EE", colour="47307A"),
    Status.HELD: Paint(fill="FBCB94", colour="6B3500"),
    Status.DONE: Paint(fill="E4E6E7", colour=FAINT),
}
"""By status, for the status cell; ``open_today`` = open and due that day; open has none."""

DONE_ROW = Paint(fill="EFF0F1", colour=FAINT)
"""For the whole row as soon as its done cell is filled."""
LATE_DUE = Paint(colour="9C1010", bold=True)
"""For the due date of a late row."""

TAB_COLOUR: Mapping[OwnTab, str] = {
    OwnTab.TOUCHPOINTS: "2E7D32",
    OwnTab.EXCHANGES: "C45A00",
    OwnTab.UPCOMING: "9CCC65",
    OwnTab.QUESTIONS: "F2B600",
    OwnTab.HISTORY: "90A4AE",
    OwnTab.SETTINGS: "455A64",
    OwnTab.SYNC: "455A64",
}

# ── formats of cells ────────────────────────────────────────────────────────


class Format(Struct, frozen=True, kw_only=True):
    """A cell's own format. ``size`` None = the workbook's; ``code`` = number format, ``""`` = General."""

    size: float | None = None
    bold: bool = False
    underline: bool = False
    colour: str | None = INK
    fill: str | None = None
    line: str | None = None
    horizontal: str | None = None
    vertical: str | None = "center"
    wrap: bool = False
    indent: int = 0
    code: str = ""


BODY_SIZE = 10.0
TITLE = Format(size=15, bold=True, colour=MACHINE_HEAD, horizontal="left", indent=1)
KEY_ROW = Format(size=8, colour=FAINT)
PLAIN = Format()

_DATES = {"pt-BR": "dd/mm/yyyy", "es": "dd/mm/yyyy", "nl": "dd-mm-yyyy", "en": "[$-409]d\\ mmm\\ yyyy"}
_MONEY = {
    "BRL": "[$R$-416]\\ #,##0.00",
    "USD": "[$$-409]#,##0.00",
    "GBP": "[$£-809]#,##0.00",
    ("EUR", "nl"): "[$€-413]\\ #,##0.00",
    ("EUR", "en"): "[$€-1809]#,##0.00",
    "EUR": "#,##0.00\\ [$€-C0A]",
}
_RIGHT = (Kind.MONEY, Kind.NUMBER)
_FLOWING = frozenset(
    ("status", "task", "customer", "why", "question", "effect", "what", "note", "own", "found", "default", "value",
     "answer", "end", "setting", "owner")
)  # fmt: skip
"""Texts that flow over several lines. The message does not: too long to show whole, its beginning is enough to know
it, and it is copied or sent from the cell."""


def date_code(language: str) -> str:
    """The number format of a date."""
    return _DATES[language]


def money_code(currency: str | None, language: str) -> str:
    """The number format of an amount in ``currency`` (ISO code; None = no symbol)."""
    if not currency:
        return "#,##0.00"
    known = _MONEY.get((currency, language)) or _MONEY.get(currency)
    return known or f"[${currency}]\\ #,##0.00"


def head(owner: Owner) -> Format:
    """The header's format: people's columns stand out from the worker's."""
    fill = PERSON_HEAD if owner is Owner.PERSON else MACHINE_HEAD
    return Format(size=BODY_SIZE, bold=True, colour=PAPER, fill=fill, indent=1, horizontal="left", wrap=True)


HEAD_PERSON = head(Owner.PERSON)


@lru_cache(maxsize=1024)
def body(
    *, key: str, kind: Kind, owner: Owner, language: str, currency: str | None = None, linked: bool = False
) -> Format:
    """The format of a cell below the header. ``currency``: of this cell; ``linked``: it leads somewhere."""
    code, horizontal = "", None
    if kind is Kind.DATE:
        code, horizontal = date_code(language), "center"
    elif kind is Kind.MONEY:
        code, horizontal = money_code(currency, language), "right"
    elif kind is Kind.TICK:
        horizontal = "center"
    elif kind is Kind.NUMBER:
        code, horizontal = "0", "center"
    elif kind is Kind.TEXT or kind is Kind.LINK:
        horizontal = "left"
    return Format(
        size=BODY_SIZE,
        bold=key in ("customer", "setting"),
        underline=linked,
        colour=LINK if linked else INK,
        fill=PERSON_FILL if owner is Owner.PERSON else None,
        line=RULE_LINE,
        horizontal=horizontal,
        indent=int(horizontal in ("left", "right")),
        wrap=wraps(key),
        code=code,
    )


def wraps(key: str) -> bool:
    """True for columns whose text flows over several lines."""
    return key in _FLOWING


# ── rows ────────────────────────────────────────────────────────────────────

TITLE_HEIGHT, GAP_HEIGHT, HEAD_HEIGHT = 30.0, 6.0, 24.0
LINE_HEIGHT, ROW_PADDING = 13.0, 7.0
LIST_HEIGHT: Mapping[OwnTab, float] = dict.fromkeys(
    (OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES, OwnTab.UPCOMING, OwnTab.HISTORY), 2 * LINE_HEIGHT + ROW_PADDING
)
"""The least height of a row, so that a list looks even; a row whose texts need more lines gets them."""
_MOST_LINES = 8
_NARROWER = 1.25  # a width counts digits of the workbook's font; ours is smaller, letters vary


def row_height(texts: Iterable[tuple[str, int]]) -> float:
    """Points for a row with these wrapped texts, each with its column's width in characters."""
    lines = 1
    for text, width in texts:
        room = width * _NARROWER
        if "\n" in text:
            lines = max(lines, sum(math.ceil(max(len(part), 1) / room) for part in text.split("\n")))
        elif len(text) > room * lines:
            lines = math.ceil(len(text) / room)
    return LINE_HEIGHT * min(lines, _MOST_LINES) + ROW_PADDING


# ── what a cell can hold ────────────────────────────────────────────────────

MOST_CHARACTERS = 32_767
MOST_TITLE = 31
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def cell_text(text: str) -> str:
    """``text`` as a cell can hold it: no control characters or lone surrogates, line ends ``\\n``, Excel's length.

    Excel counts in UTF-16 units, so a character beyond the basic plane counts twice. Idempotent.
    """
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = _SURROGATE.sub("\ufffd", _UNWRITABLE.sub("", text))
    if len(text) * 2 <= MOST_CHARACTERS or units(text) <= MOST_CHARACTERS:
        return text
    return cut(text, MOST_CHARACTERS)


def units(text: str) -> int:
    """Length as Excel counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """The beginning of ``text``, at most ``most`` UTF-16 units, never half a character."""
    return text.encode("utf-16-le", "surrogatepass")[: most * 2].decode("utf-16-le", "ignore")

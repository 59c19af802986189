"""Rows as sheet XML, one after another: inline strings, numbers, dates in the workbook's own epoch, links.

Inline strings leave the workbook's shared strings alone and need no second pass, so a hundred thousand rows stream
through in a second or two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from urllib.parse import quote

from msgspec import Struct, field

from sheets_sync.backends.excel.xml_text import escape
from sheets_sync.model import Value
from sheets_sync.style import cell_text

LAST_ROW = 1_048_576
LINKS_BEFORE_PLAIN = 60_000
MOST_LINKS = 65_530
_LONGEST_TARGET = 2_079
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_EPOCH = {False: date(1899, 12, 30).toordinal(), True: date(1904, 1, 1).toordinal()}
_SECONDS_A_DAY = 86_400
_FIRST_SERIAL = 61
"""1900-03-01: before it Excel's calendar has a leap day that never was."""
_ADDRESS = re.compile(r"[A-Za-z0-9:/?#@!$&()*+,;=%._~-]*")
_URI_SAFE = ":/?#[]@!$&'()*+,;=%-._~"


@cache
def letters(position: int) -> str:
    """The column letters of a position (0 → A)."""
    head, last = divmod(position, 26)
    return (letters(head - 1) if head else "") + chr(65 + last)


def serial(day: date, *, date1904: bool) -> float | int | None:
    """A date as Excel counts it; None where its calendar does not reach."""
    number = day.toordinal() - _EPOCH[date1904]
    if number < (0 if date1904 else _FIRST_SERIAL):
        return None
    if isinstance(day, datetime):
        seconds = day.hour * 3600 + day.minute * 60 + day.second + day.microsecond / 1e6
        return number + seconds / _SECONDS_A_DAY if seconds else number
    return number


def text_markup(text: str) -> str:
    """``<t>`` content: escaped for XML and for Excel, which reads ``_x0041_`` as a character."""
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return escape(text) if "&" in text or "<" in text or ">" in text else text


_LONG = 16_000


def is_plain(text: str) -> bool:
    """True where a text can be written as it is: nothing to escape, to clean or to cut."""
    return (
        text.isprintable()
        and 0 < len(text) < _LONG
        and "&" not in text
        and "<" not in text
        and ">" not in text
        and "_x" not in text
        and text[0] != " " != text[-1]
    )


def cell(ref: str, value: Value, style: int, *, date1904: bool = False, prefix: str = "") -> str:
    """A ``<c>`` element; a value of None is a cell with a look only. Text must have passed ``cell_text``."""
    p, head = prefix, f'<{prefix}c r="{ref}" s="{style}"'
    if isinstance(value, str):
        if not value:
            return f"{head}/>"
        space = ' xml:space="preserve"' if value[0].isspace() or value[-1].isspace() else ""
        return f'{head} t="inlineStr"><{p}is><{p}t{space}>{text_markup(value)}</{p}t></{p}is></{p}c>'
    if isinstance(value, bool):
        return f'{head} t="b"><{p}v>{int(value)}</{p}v></{p}c>'
    if isinstance(value, date):
        number = serial(value, date1904=date1904)
        if number is None:  # older than Excel's calendar: shown as the text it is
            return cell(ref, value.isoformat(), style, prefix=prefix)
        value = number
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return f"{head}/>"
    plain = float.__repr__(value) if isinstance(value, float) else int.__repr__(value)  # numpy's say who they are
    return f"{head}><{p}v>{plain}</{p}v></{p}c>"


class Row(Struct, frozen=True, kw_only=True):
    """A row to be streamed: position → (value, style id), left to right. ``height`` in points, None = the default."""

    number: int
    cells: Mapping[int, tuple[Value, int]]
    height: float | None = None
    hidden: bool = False


def row_markup(row: Row, *, date1904: bool) -> str:
    """A ``<row>`` element of our own new sheets (default namespace)."""
    number = row.number
    size = f' ht="{row.height:g}" customHeight="1"' if row.height else ""
    hidden = ' hidden="1"' if row.hidden else ""
    parts = [f'<row r="{number}"{size}{hidden}>']
    for position, (value, style) in row.cells.items():
        if value is None:
            parts.append(f'<c r="{letters(position)}{number}" s="{style}"/>')
        else:
            parts.append(cell(f"{letters(position)}{number}", value, style, date1904=date1904))
    parts.append("</row>")
    return "".join(parts)


def fitting(value: Value) -> Value:
    """A value as a cell can hold it; text may come back shorter or cleaned."""
    return cell_text(value) if isinstance(value, str) else value


# ── links ───────────────────────────────────────────────────────────────────


class Links(Struct):
    """The links of a sheet: targets outside through relationships, one for each target; inside by location.

    ``titles``: tab titles that had to change on the way into the workbook, old → new.
    """

    hyperlink_type: str
    titles: Mapping[str, str] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _links: list[tuple[str, str | None, str | None]] = field(default_factory=list)

    def __len__(self) -> int:
        """How many cells lead somewhere."""
        return len(self._links)

    def add(self, ref: str, target: str) -> None:
        """Make a cell lead to ``target``: ``#'Tab'!A5`` or an address; left out where Excel would not take it."""
        if len(self._links) >= MOST_LINKS:
            return
        if target.startswith("#"):
            self._links.append((ref, None, relocated(target[1:], self.titles)))
            return
        address = outside(target)
        if address:
            relation = self._ids.setdefault(address, f"rId{len(self._ids) + 1}")
            self._links.append((ref, relation, None))

    def markup(self) -> Iterator[str]:
        """The ``<hyperlinks>`` element; nothing where there are no links."""
        if not self._links:
            return
        yield "<hyperlinks>"
        for ref, relation, location in self._links:
            if relation:
                yield f'<hyperlink ref="{ref}" r:id="{relation}"/>'
            else:
                yield f'<hyperlink ref="{ref}" location="{escape(location or "").replace(chr(34), "&quot;")}"/>'
        yield "</hyperlinks>"

    def relationships(self) -> Iterator[str]:
        """One ``<Relationship>`` for each outside target."""
        for target, relation in self._ids.items():
            place = f'Target="{escape(target)}" TargetMode="External"'
            yield f'<Relationship Id="{relation}" Type="{self.hyperlink_type}" {place}/>'


def outside(target: str) -> str | None:
    """An address as a relationship's target holds it; None where it is longer than Excel takes."""
    address = target if _ADDRESS.fullmatch(target) else quote(target, safe=_URI_SAFE)
    return address if len(address) <= _LONGEST_TARGET else None


def quoted(title: str) -> str:
    """A tab's title as formulas and locations write it."""
    return "'" + title.replace("'", "''") + "'"


def relocated(location: str, titles: Mapping[str, str]) -> str:
    """A location with its tab's title replaced where that tab had to take another one."""
    for old, new in titles.items():
        start = quoted(old) + "!"
        if location.startswith(start):
            return quoted(new) + "!" + location[len(start) :]
    return location

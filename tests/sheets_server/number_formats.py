"""How a value is shown: number format patterns, and what Google does where a cell has none."""

from __future__ import annotations

import functools
import re
from decimal import ROUND_HALF_UP, Decimal

from tests.sheets_server import serial_dates
from tests.sheets_server.cells import Effective, Failure
from tests.sheets_server.locales import Conventions, conventions
from tests.sheets_server.proto_json import Json

DATE_TYPES = ("DATE", "TIME", "DATE_TIME")
_PART = re.compile(
    r'"([^"]*)"|\\(.)|_(.)|\*(.)|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[(h+|m+|s+)\]|\[[^\]]*\]|(am/pm|a/p)|([yY]+|[mM]+|[dD]+|[hH]+|[sS]+)'
    r"|([#0?,]*[#0?][#0?,]*(?:\.[#0?]*)?(?:[eE][+-]?0+)?|\.[#0?]+)|(.)",
    re.DOTALL | re.IGNORECASE,
)


def shown(value: Effective, number_format: Json | None, locale: str) -> str:
    """The text that people see in a cell."""
    words = conventions(locale)
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.yes if value else words.no
    if isinstance(value, Failure):
        return value.text
    if isinstance(value, str):
        return _text(value, number_format)
    pattern = pattern_of(number_format, words)
    return general(value, words) if pattern is None else by_pattern(value, pattern, locale)


def is_date(number_format: Json | None) -> bool:
    return bool(number_format) and (number_format or {}).get("type") in DATE_TYPES


def pattern_of(number_format: Json | None, words: Conventions) -> str | None:
    """The pattern of a format, given or understood from its type; None shows a number plainly."""
    if not number_format:
        return None
    if number_format.get("pattern"):
        pattern = str(number_format["pattern"])
        return None if pattern.lower() == "general" else pattern
    return {
        "DATE": words.date_pattern,
        "TIME": words.time_pattern,
        "DATE_TIME": f"{words.date_pattern} {words.time_pattern}",
        "NUMBER": "#,##0.00",
        "PERCENT": "0.00%",
        "CURRENCY": f'"{words.currency}"#,##0.00',
        "SCIENTIFIC": "0.00E+00",
    }.get(number_format.get("type", ""))


def general(value: float, words: Conventions) -> str:
    """A number without a format: ten digits or the whole of an integer, then scientific."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    if 1e-9 <= abs(value) < 1e10:
        digits = max(0, 9 - Decimal(value).adjusted()) if abs(value) >= 1 else 10
        fixed = f"{value:.{digits}f}" if abs(value) >= 1 else _ten_significant(value)
        return fixed.rstrip("0").rstrip(".").replace(".", words.decimal)
    mantissa, _, exponent = f"{value:.5E}".partition("E")
    mantissa = mantissa.rstrip("0").rstrip(".").replace(".", words.decimal)
    return f"{mantissa}E{exponent[0]}{exponent[1:].lstrip('0').rjust(2, '0')}"


def _ten_significant(value: float) -> str:
    return format(Decimal(f"{value:.10g}"), "f")


def _text(value: str, number_format: Json | None) -> str:
    pattern = (number_format or {}).get("pattern") or ""
    sections = _sections(pattern)
    if len(sections) == 4:
        return sections[3].replace("@", value).replace('"', "")
    return value


@functools.lru_cache(maxsize=50_000)
def by_pattern(value: float, pattern: str, locale: str) -> str:
    """A number or a date through a pattern."""
    words = conventions(locale)
    sections = _sections(pattern)
    section = sections[0]
    if value < 0 and len(sections) > 1:
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    if section.strip() == "@" or not section:
        return general(value, words)
    return _dated(value, section, words) if _is_dated(section) else _numbered(value, section, words)


@functools.cache
def _sections(pattern: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|[^;"\\])+|(?<=;)(?=;|$)', pattern) or [""]


@functools.cache
def _is_dated(section: str) -> bool:
    bare = re.sub(r'"[^"]*"|\\.|\[\$[^\]]*\]|\[(?!h+\]|m+\]|s+\])[^\]]*\]', "", section, flags=re.IGNORECASE)
    return bool(re.search("[ymdhs]", bare, re.IGNORECASE))


def _numbered(value: float, section: str, words: Conventions) -> str:
    out: list[str] = []
    percent = "%" in re.sub(r'"[^"]*"|\\.', "", section)
    number = Decimal(repr(float(value))) * (100 if percent else 1)
    negative, done = number < 0, False
    for match in _PART.finditer(section):
        quoted, escaped, space, _, currency, _, _, letters, digits, other = match.groups()
        if digits and not done:
            out.append(_digits(abs(number), digits, words))
            done = True
        elif quoted is not None or escaped or currency:
            out.append(quoted or escaped or currency or "")
        elif space:
            out.append(" ")
        elif letters or (other and other != "*"):
            out.append(letters or other)
    text = "".join(out)
    return "-" + text if negative and re.search("[1-9]", text) else text


def _digits(number: Decimal, run: str, words: Conventions) -> str:
    if match := re.fullmatch(r"(.*?)[eE]([+-]?)(0+)", run):
        decimals = len(match[1].partition(".")[2])
        mantissa, _, exponent = f"{number:.{decimals}E}".partition("E")
        sign = "-" if exponent.startswith("-") else ("+" if match[2] == "+" else "")
        return f"{mantissa.replace('.', words.decimal)}E{sign}{exponent.lstrip('+-').rjust(len(match[3]), '0')}"
    whole, _, fraction = run.partition(".")
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    units, _, decimals_text = format(rounded, "f").partition(".")
    least = whole.replace(",", "").count("0")
    units = units.lstrip("0").rjust(least, "0")
    if "," in whole:
        units = re.sub(r"(?<=\d)(?=(\d{3})+$)", words.group, units)
    while decimals_text and fraction[len(decimals_text) - 1] == "#" and decimals_text.endswith("0"):
        decimals_text = decimals_text[:-1]
    return units + (words.decimal + decimals_text if decimals_text else "")


def _dated(value: float, section: str, words: Conventions) -> str:
    moment = serial_dates.to_moment(value)
    twelve = bool(re.search("am/pm|a/p", section, re.IGNORECASE))
    out: list[str] = []
    after_hours = False
    matches = list(_PART.finditer(section))
    for at, match in enumerate(matches):
        quoted, escaped, _, _, currency, elapsed, half, letters, digits, other = match.groups()
        if letters and letters[0] in "mM":
            following = next((m[8] for m in matches[at + 1 :] if m[8]), "")
            minutes = len(letters) < 3 and (after_hours or following[:1] in ("s", "S"))
            out.append(f"{moment.minute:0{len(letters)}d}" if minutes else _month(moment.month, len(letters), words))
            after_hours = False
        elif letters:
            kind = letters[0].lower()
            after_hours = kind == "h"
            if kind == "y":
                out.append(f"{moment.year:04d}" if len(letters) > 2 else f"{moment.year % 100:02d}")
            elif kind == "d":
                names = words.day_short_names if len(letters) == 3 else words.day_names
                out.append(f"{moment.day:0{len(letters)}d}" if len(letters) < 3 else names[moment.weekday()])
            elif kind == "h":
                hour = (moment.hour - 1) % 12 + 1 if twelve else moment.hour
                out.append(f"{hour:0{min(len(letters), 2)}d}")
            else:
                out.append(f"{moment.second:0{min(len(letters), 2)}d}")
        elif elapsed:
            seconds = round(value * 86400)
            total = {"h": seconds // 3600, "m": seconds // 60, "s": seconds}[elapsed[0].lower()]
            out.append(f"{total:0{len(elapsed)}d}")
            after_hours = elapsed[0].lower() == "h"
        elif half:
            mark = "PM" if moment.hour >= 12 else "AM"
            out.append(mark if len(half) > 3 else mark[0])
        elif digits and digits.startswith("."):
            out.append(words.decimal + f"{moment.microsecond // 1000:03d}"[: len(digits) - 1])
        else:
            out.append(quoted or escaped or currency or digits or other or "")
    return "".join(out)


def _month(month: int, letters: int, words: Conventions) -> str:
    if letters < 3:
        return f"{month:0{letters}d}"
    return (words.month_short_names if letters == 3 else words.month_names)[month - 1]

"""USER_ENTERED: what a cell holds after somebody types a text into it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from tests.sheets_server import serial_dates
from tests.sheets_server.cells import Entered, Formula
from tests.sheets_server.locales import Conventions, conventions
from tests.sheets_server.proto_json import Json


@dataclass(frozen=True, slots=True)
class Typed:
    """What a text became, and the number format that its looks ask for."""

    entered: Entered
    number_format: Json | None = None


def typed(text: str, locale: str, *, as_text: bool = False) -> Typed:
    """What Google makes of ``text``; ``as_text`` where the cell's format is plain text."""
    if text.startswith("'"):
        return Typed(text[1:])
    if text == "" or as_text:
        return Typed(text or None)
    if text.startswith("=") and len(text) > 1:
        return Typed(Formula(text))
    words = conventions(locale)
    plain = text.strip()
    if plain.upper() in ("TRUE", words.yes):
        return Typed(True)
    if plain.upper() in ("FALSE", words.no):
        return Typed(False)
    for attempt in (_number, _date_and_time):
        if (found := attempt(plain, words)) is not None:
            return found
    if text.startswith("+") and len(text) > 1:
        return Typed(Formula("=" + text))
    return Typed(text)


def _number(text: str, words: Conventions) -> Typed | None:
    body, sign, currency, percent = text, 1, False, False
    if body.startswith("(") and body.endswith(")"):
        body, sign = body[1:-1], -1
    body, sign = _without_sign(body, sign)
    if body.startswith(words.currency):
        body, currency = body[len(words.currency) :].strip(), True
        body, sign = _without_sign(body, sign)
    elif body.endswith(words.currency):
        body, currency = body[: -len(words.currency)].strip(), True
    if body.endswith("%"):
        body, percent = body[:-1].rstrip(), True
    decimal, group = re.escape(words.decimal), re.escape(words.group)
    match = re.fullmatch(rf"(\d{{1,3}}(?:{group}\d{{3}})+|\d*)(?:({decimal})(\d*))?(?:[eE]([+-]?\d+))?", body)
    if not match or not (match[1] or match[3]):
        return None
    grouped = words.group in match[1]
    value = float(f"{match[1].replace(words.group, '') or 0}.{match[3] or 0}e{match[4] or 0}") * sign
    decimals = "." + "0" * 2 if match[3] else ""
    if percent:
        return Typed(value / 100, {"type": "PERCENT", "pattern": f"0{decimals}%"})
    if currency:
        return Typed(value, {"type": "CURRENCY", "pattern": f'"{words.currency}"#,##0{decimals}'})
    if match[4]:
        return Typed(value, {"type": "SCIENTIFIC", "pattern": "0.00E+00"})
    return Typed(value, {"type": "NUMBER", "pattern": f"#,##0{decimals}"} if grouped else None)


def _without_sign(body: str, sign: int) -> tuple[str, int]:
    if body[:1] in ("-", "+"):
        return body[1:].strip(), -sign if body[0] == "-" else sign
    return body, sign


_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:\s*([AaPp])\.?[Mm]\.?)?")
_SEPARATED = re.compile(r"(\d{1,4})([-/.])(\d{1,2})(?:\2(\d{1,4}))?")


def _date_and_time(text: str, words: Conventions) -> Typed | None:
    if (time := _time(text)) is not None:
        seconds, half = ":ss" * (text.count(":") > 1), " am/pm" * (text[-1:] in "mM")
        return Typed(time, {"type": "TIME", "pattern": f"{'h' if half else 'H'}:mm{seconds}{half}"})
    if (day := _date(text, words)) is not None:
        return Typed(day[0], {"type": "DATE", "pattern": day[1]})
    head, _, tail = text.replace("T", " ", 1).rpartition(" ") if ":" in text else ("", "", "")
    if tail[:1].upper() in ("A", "P") and " " in head:
        head, _, clock = head.rpartition(" ")
        tail = f"{clock} {tail}"
    if head and (time := _time(tail)) is not None and (day := _date(head, words)) is not None:
        return Typed(day[0] + time, {"type": "DATE_TIME", "pattern": f"{day[1]} {words.time_pattern}"})
    return None


def _time(text: str) -> float | None:
    match = _TIME.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds = int(match[1]), int(match[2]), float((match[3] or "0") + (match[4] or ""))
    if match[5]:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if match[5].lower() == "p" else 0)
    if minutes > 59 or seconds >= 60:
        return None
    return (hours * 3600 + minutes * 60 + seconds) / 86400


def _date(text: str, words: Conventions) -> tuple[float, str] | None:
    """The serial of a date and the pattern that shows it as it was typed."""
    if match := _SEPARATED.fullmatch(text):
        first, sign, second, third = match[1], match[2], match[3], match[4]
        if len(first) == 4:
            if third is None or sign == ".":
                return None
            return _day(int(first), int(second), int(third), f"yyyy{sign}mm{sign}dd")
        if third is None or len(third) == 3 or len(first) == 3:
            return None
        if sign == "." and "." not in words.date_pattern:
            return None
        parts = dict(
            zip(words.date_order if words.date_order[-1] == "y" else "dmy", (first, second, third), strict=True)
        )
        return _day(_year(parts["y"]), int(parts["m"]), int(parts["d"]), words.date_pattern)
    letters = re.fullmatch(r"(?:(\d{1,2})\.?\s+(?:de\s+)?)?([^\W\d]+)\.?\s+(?:(\d{1,2}),?\s+)?(?:de\s+)?(\d{4})", text)
    if letters and (month := words.months.get(letters[2].casefold())) and (letters[1] or letters[3]):
        return _day(int(letters[4]), month, int(letters[1] or letters[3]), words.date_pattern)
    return None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 50 else 1900)


def _day(year: int, month: int, day: int, pattern: str) -> tuple[float, str] | None:
    try:
        return serial_dates.of_date(date(year, month, day)), pattern
    except ValueError:
        return None

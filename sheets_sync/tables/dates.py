"""Cells of DATE columns: real dates, serial numbers, and text in four languages. Nothing is guessed.

Text dates follow the workbook's locale; without one, a date that is valid both ways is asked about (once). Dates
before 1990 or more than ten years ahead are asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from sheets_sync import locale
from sheets_sync.tables.pieces import (
    Coded,
    Flags,
    Floats,
    Moments,
    Pieces,
    Text,
    arrow,
    coded,
    is_in,
    moments_as_text,
    places_of,
)
from sheets_sync.tables.questions import Doubt
from sheets_sync.tables.reading import DATE_ORDER, Reading

AMBIGUOUS = "date_ambiguous"
IMPOSSIBLE = "date_impossible"
UNREADABLE = "date_unreadable"
OUT_OF_RANGE = "date_out_of_range"

_FIRST = np.datetime64("1990-01-01", "s")
_NONE = np.datetime64("NaT", "s")
_ZERO_DAYS = np.array(["1899-12-30", "1899-12-31", "1904-01-01"], dtype="datetime64[D]")
"""What a formula that finds nothing shows in a date column: day zero, in either date system."""
_ZERO_TEXTS = ("0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00-00-0000", "0")

_TIME = (
    r"(?:[ T,]+(?:(?:às|as|a las|om|at) )?(?P<h>\d{1,2})[:h](?P<mi>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?:Z|h|hs|uur|[+-]\d{2}:?\d{2}))?)?"
)
_YEAR_FIRST = r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME + "$"
_YEAR_LAST = r"^(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4}|\d{2})" + _TIME + "$"
_COMPACT = r"^(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)$"
_NAMED = re.compile(
    r"^(?:[^\W\d]+\.?,? )?(?:(?P<d1>\d{1,2})(?:º|ª|°|st|nd|rd|th|er|e)?[ ./-]+(?:de |of )?(?P<m1>[^\W\d]+)\.?,?"
    r"|(?P<m2>[^\W\d]+)\.?[ ./-]+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?)[ ./-]+(?:de |del |of )?(?P<y>\d{4}|\d{2})$"
)


class Dates(Struct, frozen=True, kw_only=True):
    """``values``: datetime64[s] with the time of day, NaT where blank or doubtful."""

    values: Moments
    doubts: tuple[Doubt, ...]


def read_dates(pieces: Pieces, reading: Reading) -> Dates:
    """The column's dates and what is doubtful about it."""
    values = np.full(pieces.length, _NONE)
    values[pieces.moment_at] = np.where(
        np.isin(pieces.moments.astype("datetime64[D]"), _ZERO_DAYS), _NONE, pieces.moments
    )
    doubts: list[Doubt] = []
    if len(pieces.number_at):
        numbers = pieces.numbers.astype(np.float64)
        values[pieces.number_at] = _of_serials(numbers, reading)
        wrong = np.flatnonzero(np.isnat(values[pieces.number_at]) & (numbers != 0))  # 20250230
        doubts += [Doubt(code=IMPOSSIBLE, found=f"{numbers[i]:.0f}", at=pieces.number_at[[i]]) for i in wrong]
    if len(pieces.text_at):
        words = coded(pieces.texts)
        found, why = _of_words(words.words, reading)
        values[pieces.text_at] = found[words.codes]
        doubts += _word_doubts(pieces, words, why)
    if pieces.flags.any():  # an unticked box is a blank cell; a ticked one says yes, but not when
        doubts.append(Doubt(code=UNREADABLE, found="TRUE", at=pieces.flag_at[pieces.flags]))
    doubts += _range_doubts(values, reading)
    return Dates(values=values, doubts=tuple(doubts))


def _range_doubts(values: Moments, reading: Reading) -> Iterator[Doubt]:
    latest = np.datetime64(reading.latest, "s") + np.timedelta64(86_399, "s")
    outside = (values < _FIRST) | (values > latest)
    if not outside.any():
        return
    at = np.flatnonzero(outside)
    days = values[at].astype("datetime64[D]")
    values[at] = _NONE
    distinct, codes = np.unique(days, return_inverse=True)
    for i, where in places_of(codes, np.ones(len(distinct), dtype=bool)):
        yield Doubt(code=OUT_OF_RANGE, found=str(distinct[i]), at=at[where])


def _of_serials(numbers: Floats, reading: Reading) -> Moments:
    """Excel's day numbers; 0 is a formula that found nothing, 20250115 a date of eight digits."""
    compact = (numbers >= 19_000_101) & (numbers <= 21_001_231) & (numbers == np.floor(numbers))
    sane = np.clip(np.where(compact, 0, numbers), -600_000, 2_900_000)
    days = np.floor(sane)
    seconds = np.rint((sane - days) * 86_400)
    out: Moments = np.datetime64(reading.day_zero, "s") + (days * 86_400 + seconds).astype("timedelta64[s]")
    if compact.any():
        whole = numbers[compact].astype(np.int64)
        out[compact] = _compose(whole // 10_000, whole // 100 % 100, whole % 100)[0]
    out[numbers == 0] = _NONE
    return out


# ── text ────────────────────────────────────────────────────────────────────


def _groups(texts: Text, pattern: str, names: tuple[str, ...]) -> tuple[Flags, dict[str, npt.NDArray[np.int64]], Any]:
    """Where ``pattern`` fits, its numbers by name (0 where a group is empty), and the raw match."""
    match = pc.extract_regex(arrow(texts), pattern=pattern)
    fits = pc.is_valid(match).to_numpy(zero_copy_only=False)
    numbers = {}
    for name in names:
        part = pc.struct_field(match, name)
        whole = pc.cast(pc.if_else(pc.equal(part, ""), None, part), pa.int64())
        numbers[name] = pc.fill_null(whole, 0).to_numpy(zero_copy_only=False)
    return fits, numbers, match


def _compose(y: npt.NDArray[np.int64], m: npt.NDArray[np.int64], d: npt.NDArray[np.int64]) -> tuple[Moments, Flags]:
    """Dates of years, months and days; NaT (and False) where there is no such day. Two-digit years are 1969–2068."""
    year = np.where(y < 69, y + 2000, np.where(y < 100, y + 1900, y))
    months = ((year - 1970) * 12 + np.clip(m, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (d - 1)
    real = (m >= 1) & (m <= 12) & (d >= 1) & (days.astype("datetime64[M]") == months) & (year < 9_999)
    out = days.astype("datetime64[s]")
    out[~real] = _NONE
    return out, real


def _clock(numbers: dict[str, npt.NDArray[np.int64]], match: Any) -> npt.NDArray[np.timedelta64]:
    half = pc.fill_null(pc.utf8_lower(pc.struct_field(match, "half")), "").to_numpy(zero_copy_only=False)
    hour = np.where(half == "", numbers["h"], numbers["h"] % 12 + 12 * (half == "p"))
    seconds = hour * 3_600 + numbers["mi"] * 60 + numbers["s"]
    return np.where(seconds < 86_400, seconds, 0).astype("timedelta64[s]")


def _of_words(texts: Text, reading: Reading) -> tuple[Moments, npt.NDArray[np.object_]]:
    """For each distinct text its date, and why there is none ('' = no doubt)."""
    found = np.full(len(texts), _NONE)
    why = np.full(len(texts), UNREADABLE, dtype=object)
    time_of = ("h", "mi", "s")

    fits, part, match = _groups(texts, _YEAR_FIRST, ("y", "m", "d", *time_of))
    if fits.any():
        days, real = _compose(part["y"], part["m"], part["d"])
        found[fits] = (days + _clock(part, match))[fits]
        why[fits] = np.where(real, "", IMPOSSIBLE)[fits]
    if not fits.all():
        fits, part, match = _groups(texts, _YEAR_LAST, ("a", "b", "y", *time_of))
        if fits.any():
            days, reason = _in_order(part["a"], part["b"], part["y"], reading.day_first)
            found[fits] = (days + _clock(part, match))[fits]
            why[fits] = reason[fits]
        fits, part, _ = _groups(texts, _COMPACT, ("y", "m", "d"))
        if fits.any():
            days, real = _compose(part["y"], part["m"], part["d"])
            found[fits], why[fits] = days[fits], np.where(real, "", IMPOSSIBLE)[fits]
    why[is_in(texts, _ZERO_TEXTS)] = ""
    for i in np.flatnonzero(why == UNREADABLE):
        found[i], why[i] = _one_word(str(texts.iloc[i]), reading)
    return found, why


def _in_order(
    a: npt.NDArray[np.int64], b: npt.NDArray[np.int64], y: npt.NDArray[np.int64], day_first: bool | None
) -> tuple[Moments, npt.NDArray[np.object_]]:
    """Dates written with two numbers and a year. In a known locale only its own order counts."""
    dmy, dmy_real = _compose(y, b, a)
    mdy, mdy_real = _compose(y, a, b)
    if day_first is not None:
        days, real = (dmy, dmy_real) if day_first else (mdy, mdy_real)
        return days, np.where(real, "", IMPOSSIBLE).astype(object)
    both = dmy_real & mdy_real & (a != b)
    days = np.where(dmy_real, dmy, mdy)
    days[both] = _NONE
    return days, np.where(both, AMBIGUOUS, np.where(dmy_real | mdy_real, "", IMPOSSIBLE)).astype(object)


def _one_word(text: str, reading: Reading) -> tuple[np.datetime64, str]:
    """A text that no number pattern fits: a month by its name, a serial number typed as text, or no."""
    if locale.fold(text) in locale.no_words():  # a step not taken has no date
        return _NONE, ""
    named = _NAMED.match(" ".join(text.split()))
    if named:
        month = locale.months().get(locale.fold(named["m1"] or named["m2"]))
        if month:
            year, day = int(named["y"]), int(named["d1"] or named["d2"])
            days, real = _compose(np.array([year]), np.array([month]), np.array([day]))
            return days[0], "" if real[0] else IMPOSSIBLE
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):  # 45123: nothing but a day's number
        return _of_serials(np.array([float(text.replace(",", "."))]), reading)[0], ""
    return _NONE, UNREADABLE


def _word_doubts(pieces: Pieces, words: Coded, why: npt.NDArray[np.object_]) -> Iterator[Doubt]:
    ambiguous = why == AMBIGUOUS
    if ambiguous.any():
        at = pieces.text_at[ambiguous[words.codes]]
        first = str(words.words[ambiguous].iloc[0])
        yield Doubt(code=AMBIGUOUS, found=first, at=at, choices=("day_first", "month_first"), once=DATE_ORDER)
    texts = words.words.tolist()
    for i, at in places_of(words.codes, (why != "") & ~ambiguous):
        yield Doubt(code=str(why[i]), found=texts[i], at=pieces.text_at[at])


def midnight(moments: Moments) -> Moments:
    """The days of moments, still in seconds."""
    return moments.astype("datetime64[D]").astype("datetime64[s]")


def as_date(moment: np.datetime64) -> date:
    """One moment as a plain date."""
    day: date = moment.astype("datetime64[D]").item()
    return day


__all__ = [
    "AMBIGUOUS",
    "IMPOSSIBLE",
    "OUT_OF_RANGE",
    "UNREADABLE",
    "Dates",
    "as_date",
    "midnight",
    "moments_as_text",
    "read_dates",
]

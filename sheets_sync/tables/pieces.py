"""A source column taken apart into pieces of one kind each, and text as codes of distinct words.

A backend hands over columns of one kind, or of text where kinds are mixed (``RawTab``). Parsers never see that: they
get numbers, moments, flags and texts, each with the positions they stand at, and work on whole arrays or on distinct
words only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct, field

from sheets_sync.fold import fold_name

Positions: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Moments: TypeAlias = npt.NDArray[np.datetime64]
Floats: TypeAlias = npt.NDArray[np.float64]
Text: TypeAlias = "pd.Series[Any]"

NOWHERE: Positions = np.empty(0, dtype=np.int64)
_EDGES = (
    "".join(map(chr, (*range(9, 14), *range(0x2000, 0x2010), *range(0x2028, 0x2030), *range(0x2066, 0x206A))))
    + " \x85\xa0\u1680\u205f\u2060\u3000\ufeff"
)
"""White space and the invisible marks that come along when a phone or a name is pasted."""
_BLANKS = ("", "-", "–", "—", "--", "---", "n/a", "N/A", "n/d", "N/D", "s/d", "S/D")
"""Cells that people fill where there is nothing to fill in. ``#N/A`` is no such cell: it is a fault."""
_MOMENT = r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?)?$"


def text_series(values: Any) -> Text:
    """A pandas ``str`` column with a plain index."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        return pd.Series(pd.array(values.cast(pa.large_string()), dtype="str"))
    return pd.Series(values, dtype="str")


def arrow(texts: Text) -> Any:
    """The Arrow array of a ``str`` column."""
    return pa.array(texts.array, type=pa.large_string())


def is_in(texts: Text, known: Text | Sequence[str]) -> Flags:
    """Where a text is one of ``known``; a blank never is."""
    among = known if isinstance(known, pd.Series) else text_series(list(known))
    found: Flags = pc.is_in(arrow(texts), value_set=arrow(among.dropna())).to_numpy(zero_copy_only=False)
    return found


def clean(column: Text) -> Text:
    """A text column without white space around its cells; cells that say nothing are NaN."""
    trimmed = column.astype("str").str.strip(_EDGES)
    short = pc.less_equal(pc.binary_length(arrow(trimmed)), max(len(b.encode()) for b in _BLANKS))
    if not pc.any(short).as_py():
        return trimmed
    return trimmed.where(~is_in(trimmed, _BLANKS))


class Pieces(Struct, frozen=True, kw_only=True):
    """The filled cells of a column by kind: positions (ascending) and values of the same length.

    ``numbers`` are int64 or float64, ``moments`` datetime64[s], ``texts`` a cleaned ``str`` column.
    """

    length: int
    number_at: Positions = field(default_factory=NOWHERE.copy)
    numbers: npt.NDArray[Any] = field(default_factory=lambda: np.empty(0))
    moment_at: Positions = field(default_factory=NOWHERE.copy)
    moments: Moments = field(default_factory=lambda: np.empty(0, dtype="datetime64[s]"))
    flag_at: Positions = field(default_factory=NOWHERE.copy)
    flags: Flags = field(default_factory=lambda: np.empty(0, dtype=bool))
    text_at: Positions = field(default_factory=NOWHERE.copy)
    texts: Text = field(default_factory=lambda: text_series([]))

    @property
    def filled(self) -> Flags:
        """Where there is any value."""
        out = np.zeros(self.length, dtype=bool)
        for at in (self.number_at, self.moment_at, self.flag_at, self.text_at):
            out[at] = True
        return out

    def only(self, kept: Flags) -> Pieces:
        """The pieces of the kept rows, renumbered."""
        if kept.all():
            return self
        new = np.cumsum(kept) - 1
        n, m, f, t = (kept[at] for at in (self.number_at, self.moment_at, self.flag_at, self.text_at))
        return Pieces(
            length=int(kept.sum()),
            number_at=new[self.number_at[n]], numbers=self.numbers[n],
            moment_at=new[self.moment_at[m]], moments=self.moments[m],
            flag_at=new[self.flag_at[f]], flags=self.flags[f],
            text_at=new[self.text_at[t]], texts=self.texts[t].reset_index(drop=True),
        )  # fmt: skip


def take_apart(column: pd.Series[Any], typed: pd.Series[Any] | None = None) -> Pieces:
    """A column of a RawTab as pieces. ``typed``: True where a cell of a mixed column was no text in the file."""
    n = len(column)
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype):
        at = np.flatnonzero(column.notna().to_numpy())
        return Pieces(length=n, flag_at=at, flags=column.to_numpy(dtype=object)[at].astype(bool))
    if pd.api.types.is_datetime64_any_dtype(dtype):
        moments = column.to_numpy(dtype="datetime64[s]")
        at = np.flatnonzero(~np.isnat(moments))
        return Pieces(length=n, moment_at=at, moments=moments if len(at) == n else moments[at])
    if pd.api.types.is_numeric_dtype(dtype):
        return _numbers(column, n)
    texts = clean(column)
    at = np.flatnonzero(texts.notna().to_numpy())
    if typed is not None:
        return _mixed(texts, at, typed.to_numpy(dtype=bool, na_value=False), n)
    kept = texts if len(at) == n else texts.iloc[at]
    return Pieces(length=n, text_at=at, texts=kept.reset_index(drop=True))


def _numbers(column: pd.Series[Any], n: int) -> Pieces:
    if pd.api.types.is_integer_dtype(column.dtype) and not column.hasnans:
        return Pieces(length=n, number_at=np.arange(n), numbers=column.to_numpy(dtype=np.int64))
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    at = np.flatnonzero(np.isfinite(numbers))
    return Pieces(length=n, number_at=at, numbers=numbers if len(at) == n else numbers[at])


def _mixed(texts: Text, at: Positions, typed: Flags, n: int) -> Pieces:
    """Cells of several kinds that came as text: what was no text goes back to its own kind."""
    plain = at[~typed[at]]
    at = at[typed[at]]
    rest = texts.iloc[at].reset_index(drop=True)
    lower = rest.str.lower()
    is_flag = lower.isin(["true", "false"]).to_numpy(dtype=bool)
    is_moment = rest.str.fullmatch(_MOMENT).to_numpy(dtype=bool)
    numbers = pd.to_numeric(rest.where(~(is_flag | is_moment)), errors="coerce").to_numpy(dtype=np.float64)
    is_number = np.isfinite(numbers)
    moments = pd.to_datetime(rest[is_moment], format="ISO8601", errors="coerce").to_numpy(dtype="datetime64[s]")
    said = np.union1d(plain, at[~(is_flag | is_moment | is_number)])
    return Pieces(
        length=n,
        number_at=at[is_number], numbers=numbers[is_number],
        moment_at=at[is_moment], moments=moments,
        flag_at=at[is_flag], flags=(lower == "true").to_numpy(dtype=bool)[is_flag],
        text_at=said, texts=texts.iloc[said].reset_index(drop=True),
    )  # fmt: skip


def numbers_as_text(numbers: npt.NDArray[Any]) -> Text:
    """Numbers as people type them: ``12345678901``, not ``12345678901.0``."""
    if numbers.dtype.kind == "i":
        return text_series(pa.array(numbers).cast(pa.large_string()))
    whole = (numbers == np.rint(numbers)) & (np.abs(numbers) < 2.0**62)
    if whole.all():
        return text_series(pa.array(numbers.astype(np.int64)).cast(pa.large_string()))
    return text_series([str(int(v)) if w else repr(float(v)) for v, w in zip(numbers, whole, strict=True)])


def moments_as_text(moments: Moments) -> Text:
    """Dates as ISO text, with the time only where there is one."""
    midnight = moments == moments.astype("datetime64[D]")
    return text_series([str(m)[: 10 if d else 19].replace("T", " ") for m, d in zip(moments, midnight, strict=True)])


# ── distinct words ──────────────────────────────────────────────────────────


class Coded(Struct, frozen=True, kw_only=True):
    """A text column as distinct words: row i holds ``words[codes[i]]``, nothing where the code is -1."""

    codes: Positions
    words: Text

    def series(self) -> Text:
        """The column itself."""
        return pd.Series(self.words.array.take(self.codes, allow_fill=True))

    def only(self, kept: Positions | Flags) -> Coded:
        """The column of some rows; the words stay."""
        return Coded(codes=self.codes[kept], words=self.words)


def coded(texts: Text, at: Positions | None = None, length: int | None = None) -> Coded:
    """Distinct words of a column; with ``at``, ``texts`` stand at those positions of a column of ``length``."""
    small, words = pd.factorize(texts)
    codes = small.astype(np.int64)
    if at is not None and length is not None and len(at) != length:
        wide = np.full(length, -1, dtype=np.int64)
        wide[at] = codes
        codes = wide
    return Coded(codes=codes, words=pd.Series(words, dtype="str"))


def join_coded(parts: Sequence[Coded]) -> Coded:
    """Columns below one another as one, with each word once."""
    speaking = [p for p in parts if len(p.words)]
    if len(speaking) <= 1:  # the words stay as they are
        words = speaking[0].words if speaking else text_series([])
        return Coded(codes=np.concatenate([p.codes for p in parts]) if parts else NOWHERE, words=words)
    small, distinct = pd.factorize(pd.concat([p.words for p in parts], ignore_index=True).array)
    codes, start = [], 0
    for part in parts:
        here = np.append(small[start : start + len(part.words)], -1)
        codes.append(here[part.codes])
        start += len(part.words)
    return Coded(codes=np.concatenate(codes).astype(np.int64), words=pd.Series(distinct, dtype="str"))


def places_of(codes: Positions, wanted: Flags) -> Iterator[tuple[int, Positions]]:
    """Each code that is ``wanted`` (one entry a code) and where it stands, in the order of first appearance."""
    at = np.flatnonzero(np.append(wanted, False)[codes])
    at = at[np.argsort(codes[at], kind="stable")]
    for part in np.split(at, np.flatnonzero(np.diff(codes[at])) + 1):
        if len(part):
            yield int(codes[part[0]]), part


def mapped(column: Coded, words: Text) -> Coded:
    """The same rows with other words (NaN = nothing); equal ones become one."""
    again = coded(words)
    codes = np.append(again.codes, -1)[column.codes]
    return Coded(codes=codes, words=again.words)


_SIMPLE_NAME = r"^[a-z0-9]+(?: [a-z0-9]+)*$"


def folded_names(texts: Text) -> Text:
    """``fold_name`` of a whole column of distinct names; only unusual ones are folded one by one."""
    bare = pc.utf8_lower(pc.utf8_normalize(arrow(texts), form="NFKD"))
    folded = text_series(pc.replace_substring_regex(bare, pattern=r"\pM+", replacement=""))
    unusual = np.flatnonzero(~folded.str.match(_SIMPLE_NAME).to_numpy(dtype=bool, na_value=True))
    if len(unusual):
        folded.iloc[unusual] = [fold_name(t) for t in texts.iloc[unusual]]
    return folded

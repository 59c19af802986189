"""A sheet's XML looked over as bytes, several times faster than it can be parsed.

Three things the fast reader cannot say: whether the sheet is of a size it may be given (it allocates the rectangle
from the first to the last cell, however far apart), which formulas have no cached value, and which cells of a mixed
column were text in the file. The bytes are searched in the one form that practically all writers use
(``<c r="A1" …>``); a sheet in any other form is ``usual = False`` and read by ``sheet_cells`` instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from sheets_sync.backends.excel.guard import check_prolog
from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.excel.stored_cells import LAST_COLUMN, LAST_ROW
from sheets_sync.problems import BackendError

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_ENDLESS = 64 << 20
"""So much XML without the beginning of a tag is no text of a cell."""
_SOME = 1 << 16
_PADDING = b" " * 32
_USUAL_ROOT = re.compile(rb"<worksheet[\s>]")
_LONGEST_ROW = 7
_POWERS = 10 ** np.arange(_LONGEST_ROW - 1, -1, -1)
_ENDS_A_NAME = np.isin(np.arange(256), list(b" >/\t\r\n"))


class SheetFacts(Struct, frozen=True, kw_only=True):
    """``rows``, ``columns``: no cell, blank or not, lies beyond them. ``formulas``: there may be formulas."""

    usual: bool
    rows: int
    columns: int
    formulas: bool


_UNUSUAL = SheetFacts(usual=False, rows=0, columns=0, formulas=True)


def scan(pieces: Iterable[bytes]) -> SheetFacts:
    """Look over a whole sheet. BackendError ``damaged``, ``xml_entities``, ``zip_bomb``."""
    rows = columns = 1
    formulas, first = False, True
    for text, end in _whole_tags(check_prolog(pieces)):
        if first and not _USUAL_ROOT.search(text, 0, 16_384):
            return _UNUSUAL
        first = False
        formulas = formulas or len(_tags(text, end, b"f")) > 0
        cells = _tags(text, end, b"c")
        if len(cells) == 0:
            continue
        furthest = _furthest(np.frombuffer(text, np.uint8), cells)
        if furthest is None:
            return _UNUSUAL
        rows, columns = max(rows, furthest[0]), max(columns, furthest[1])
    return SheetFacts(usual=True, rows=rows, columns=columns, formulas=formulas)


def _whole_tags(pieces: Iterable[bytes], mark: bytes = b"<") -> Iterator[tuple[bytes, int]]:
    """The same bytes as (text, end): up to ``end``, where a tag (or ``mark``) begins; some bytes more may be read."""
    rest = b""
    for piece in pieces:
        text = b"".join((rest, piece, _PADDING))
        length = len(text) - len(_PADDING)
        cut = text.rfind(mark, 0, length) if length >= _SOME else 0
        if cut > 0:
            yield text, cut
        elif length > _ENDLESS:
            raise BackendError("zip_bomb")
        rest = text[cut:length]
    yield rest + _PADDING, len(rest)


def _tags(text: bytes, end: int, name: bytes) -> Places:
    """Where ``<name`` begins as a whole name, in no order: pairs of bytes compared at even and at odd places."""
    pair = int.from_bytes(b"<" + name, "little")
    even = np.flatnonzero(np.frombuffer(text, "<u2", count=(end + 1) // 2) == pair) * 2
    odd = np.flatnonzero(np.frombuffer(text, "<u2", count=end // 2, offset=1) == pair) * 2 + 1
    places = np.concatenate((even, odd))
    return places[_ENDS_A_NAME[np.frombuffer(text, np.uint8)[places + 2]]]


def _furthest(bytes_: Bytes, cells: Places) -> tuple[int, int] | None:
    """A row and a column that no address is beyond; None where a cell is written in another form.

    The column is exact; the row only from a million on, since below it no sheet of usual width is too large.
    """
    if not all((bytes_[cells + offset] == expected).all() for offset, expected in ((2, 32), (3, 114), (5, 34))):
        return None
    column = (bytes_[cells + 6] - np.uint8(64)).astype(np.int32)  # A = 1; a digit wraps to above 200
    if column.min() < 1 or column.max() > 26:
        return None
    at = cells + 7
    for _ in range(2):
        letter = bytes_[at] - np.uint8(64)
        more = (letter >= 1) & (letter <= 26)
        if not more.any():
            break
        column[more] = column[more] * 26 + letter[more]
        at[more] += 1
    if not (bytes_[at] - np.uint8(49) < 9).all():  # 1 to 9: a row has no leading zero, a column no fourth letter
        return None
    row = 10 ** (_LONGEST_ROW - 1)
    far = at[bytes_[at + _LONGEST_ROW - 1] - np.uint8(48) < 10]  # or a digit of an attribute behind a shorter row
    digits = bytes_[far[:, None] + np.arange(_LONGEST_ROW + 1)] - np.uint8(48)
    digits = digits[(digits[:, :-1] < 10).all(axis=1)]
    if len(digits):
        row = LAST_ROW + 1 if (digits[:, -1] < 10).any() else int((digits[:, :-1] @ _POWERS).max())
    if row > LAST_ROW or column.max() > LAST_COLUMN:
        raise damaged()
    return row, int(column.max())


def last_row(pieces: Iterable[bytes]) -> int:
    """The furthest row exactly, for sheets so wide that it matters. For usual sheets."""
    row = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
    texts = _whole_tags(pieces, b"<c ")
    return max((max(map(int, row.findall(text, 0, end)), default=0) for text, end in texts), default=0)


def uncached(pieces: Iterable[bytes], letters: Iterable[str]) -> list[tuple[int, str]]:
    """(row, column letters) of formulas without a cached value, in the columns named. For usual sheets."""
    cell = re.compile(
        rb'<c r="(' + _either(letters) + rb')([0-9]+)"([^>]*)>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*'
        rb"(?:(<v(?:\s[^>]*)?(?:/>|></v>))\s*)?</c>"
    )
    found: list[tuple[int, str]] = []
    for text, end in _whole_tags(pieces, b"<c "):
        for column, row, attributes, empty in cell.findall(text, 0, end):
            if not (empty and b't="str"' in attributes):  # a formula that gave an empty text has been calculated
                found.append((int(row), column.decode("ascii")))
    return found


def not_text(pieces: Iterable[bytes], letters: Iterable[str]) -> Mapping[str, Places]:
    """Column letters → rows whose cell is no text in the file: a number, date or truth value (or blank)."""
    names = tuple(letters)
    cell = re.compile(rb'<c r="(' + _either(names) + rb')([0-9]+)"(?![^>]*\st="(?:s|str|inlineStr)")')
    found: dict[str, list[bytes]] = {name: [] for name in names}
    for text, end in _whole_tags(pieces, b"<c "):
        for column, row in cell.findall(text, 0, end):
            found[column.decode("ascii")].append(row)
    return {name: np.array(rows, dtype="S7").astype(np.int64) for name, rows in found.items()}


def _either(letters: Iterable[str]) -> bytes:
    return b"|".join(name.encode("ascii") for name in letters)

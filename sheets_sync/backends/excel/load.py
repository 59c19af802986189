"""Source tabs through fastexcel (calamine → Arrow → pandas): one reading of the workbook for all of them.

Only recognised columns become frames; Arrow's memory is let go column by column. What fastexcel cannot say (formulas
without a cached value, text or number in a mixed column) is looked up in the sheet's XML, and a sheet it declines
(cells a billion apart, unknown error codes, odd XML, a lost 1904 flag) is read by ``plain_load``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import fastexcel
import pandas as pd
from msgspec.structs import replace

from sheets_sync.backends.excel import plain_load, sheet_scan
from sheets_sync.backends.excel.columns import arrow_column, last_used, looks_mixed
from sheets_sync.backends.excel.guard import LOOK_FIRST
from sheets_sync.backends.excel.later import Later
from sheets_sync.backends.excel.package import Member, Package, damaged
from sheets_sync.backends.excel.parts import Book
from sheets_sync.backends.excel.sheet_scan import SheetFacts
from sheets_sync.backends.excel.stream import letters
from sheets_sync.model import CellFault, Kind, RawTab, SourceColumn, TabLayout

if TYPE_CHECKING:
    import pyarrow as pa

Fast: TypeAlias = "tuple[pd.DataFrame, list[CellFault]] | None"

MAX_RECTANGLE = 64_000_000
"""Cells that fastexcel may be asked for: it takes 32 bytes for each, blank or not."""
MIXED_KINDS = frozenset({Kind.DATE, Kind.MONEY, Kind.NUMBER, Kind.FLAG, Kind.FREQUENCY, Kind.TAX_ID})
"""Kinds for which a number and a text that looks like one may differ; an id reads the same either way."""
_DAY_ZERO_1904 = date(1904, 1, 1)
_ERROR = re.compile(r"Error\((\w+)\)")
_ERROR_CODES = {"NA": "#N/A", "Div0": "#DIV/0!", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
                "Value": "#VALUE!", "GettingData": "#GETTING_DATA"}  # fmt: skip
_WORKBOOK_PR = re.compile(rb"<(?:[^\s<>/:]+:)?workbookPr[\s/>]")
_NO_DTYPE = re.compile(r"could not determine dtype for column (.*?)\s*$", re.DOTALL)


class Loader:
    """Reads source tabs of one workbook. Make it early: fastexcel begins to parse the shared strings, in a thread."""

    def __init__(self, path: Path, package: Package, book: Book) -> None:
        """``path``: the file behind ``package``."""
        self._path, self._package, self._book = path, package, book
        self._reader: Later[Any] | None = None
        self._begin()

    def _begin(self) -> Later[Any]:
        self._reader = self._reader or Later(lambda: _reader_or_none(self._path))
        return self._reader

    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]:
        """The tabs in the order given. BackendError ``damaged``, ``xml_entities``, ``zip_bomb``."""
        tabs = tuple(self._tab(layout) for layout in layouts)
        self._reader = None  # it holds every shared string, and nobody reads a workbook twice
        return tuple(replace(tab, day_zero=_DAY_ZERO_1904) for tab in tabs) if self._book.date1904 else tabs

    def _tab(self, layout: TabLayout) -> RawTab:
        sheet = next(s for s in self._book.sheets if s.title == layout.title)
        member = self._package.find(sheet.part or "")
        if member is None:
            raise damaged()
        fast = Later(lambda: self._fast(layout)) if member.size > LOOK_FIRST else None
        facts = sheet_scan.scan(self._package.stream(member))
        found: Fast = None
        if facts.usual and self._fits(member, facts) and not self._epoch_in_doubt():
            found = fast.result() if fast else self._fast(layout)
        if found is None:
            plain = plain_load.load(self._package, self._book, member, layout)
            return replace(plain, fingerprint=self._fingerprint(member))
        return self._complete(layout, member, facts, *found)

    def _fits(self, member: Member, facts: SheetFacts) -> bool:
        """True where the rectangle up to the furthest cell is one that fastexcel may be asked for."""
        if facts.rows * facts.columns <= MAX_RECTANGLE:
            return True
        return sheet_scan.last_row(self._package.stream(member)) * facts.columns <= MAX_RECTANGLE

    def _epoch_in_doubt(self) -> bool:
        """calamine takes the date system from the last element called ``workbookPr``, whatever its namespace."""
        return self._book.date1904 and len(_WORKBOOK_PR.findall(self._book.document.data)) > 1

    def _fast(self, layout: TabLayout) -> Fast:
        """The tab as fastexcel reads it; None where it declines."""
        reader = self._begin().result()
        return read_fast(reader, layout) if reader else None

    def _complete(
        self, layout: TabLayout, member: Member, facts: SheetFacts, frame: pd.DataFrame, faults: list[CellFault]
    ) -> RawTab:
        """Add what the XML knows: uncached formulas and the true types of mixed columns."""
        first = layout.header_row + 1
        if facts.formulas:
            keys = {letters(column.position): column.key for column in layout.columns}
            found = sheet_scan.uncached(self._package.stream(member), keys)
            faults += [CellFault(row=row, key=keys[name], code="uncached") for row, name in found if row >= first]
        mixed = [column for column in layout.columns if column.kind in MIXED_KINDS and looks_mixed(frame[column.key])]
        return finished(layout, frame, faults, self._typed(member, mixed, frame), self._fingerprint(member))

    def _typed(self, member: Member, mixed: Sequence[SourceColumn], frame: pd.DataFrame) -> dict[str, pd.Series[bool]]:
        if not mixed:
            return {}
        rows = sheet_scan.not_text(self._package.stream(member), [letters(column.position) for column in mixed])
        masks: dict[str, pd.Series[bool]] = {}
        for column in mixed:
            values = frame[column.key]
            mask = values.index.isin(rows[letters(column.position)]) & values.notna().to_numpy()
            if mask.any():
                masks[column.key] = pd.Series(mask, index=values.index)
        return masks

    def _fingerprint(self, member: Member) -> str:
        """Of the tab as read: checksums of its part and of the strings it refers to."""
        part = self._book.related_part("sharedStrings")
        strings = self._package.find(part) if part else None
        return f"{member.crc:08x}{strings.crc if strings else 0:08x}"


class ReaderError(Exception):
    """fastexcel cannot read this; the text is what it said."""


@contextmanager
def calamine() -> Iterator[None]:
    """Make what fastexcel raises over a bad file, panics of its Rust code included, ``ReaderError``."""
    try:
        yield
    except fastexcel.FastExcelError as error:
        raise ReaderError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # pyo3 does not export it
            raise
        raise ReaderError(str(error)) from error


def open_reader(path: Path) -> Any:
    """fastexcel's reader of a workbook, by content rather than by the name's ending. ReaderError."""
    logging.getLogger("fastexcel").setLevel(logging.ERROR)  # an empty column is nothing to warn of
    with suppress(ReaderError), calamine():
        return fastexcel.read_excel(path)
    with calamine():
        return fastexcel.read_excel(path.read_bytes())


def _reader_or_none(path: Path) -> Any:
    with suppress(ReaderError):
        return open_reader(path)
    return None


def read_fast(reader: Any, layout: TabLayout) -> Fast:
    """The rows below the header, recognised columns only, and cells in error; None where fastexcel declines.

    A column that mixes kinds fastexcel cannot combine, or holds an error code it does not expect, is read as text.
    """
    dtypes: dict[str, str] = {}
    while True:
        try:
            with calamine():
                return _read(reader, layout, dtypes)
        except ReaderError as error:
            named = _NO_DTYPE.search(str(error))
            if named is None or named[1] in dtypes:
                return None
            dtypes[named[1]] = "string"


def _read(reader: Any, layout: TabLayout, dtypes: dict[str, str]) -> tuple[pd.DataFrame, list[CellFault]]:
    keys = {column.position: column.key for column in layout.columns}
    sheet = reader.load_sheet(
        layout.title, header_row=layout.header_row - 1, schema_sample_rows=None, whitespace_as_null=True,
        dtypes=dtypes or None, use_columns=lambda column: column.absolute_index in keys,
    )  # fmt: skip
    batch, errors = sheet.to_arrow_with_errors()
    columns = {column.index: keys[column.absolute_index] for column in sheet.selected_columns}
    faults = _faults(errors.errors if errors else (), columns, layout.header_row + 1)
    arrays, rows = dict(zip(columns.values(), batch.columns, strict=True)), batch.num_rows
    del sheet, batch  # so that each array goes as soon as it is a column
    return _frame(arrays, rows, layout), faults


def _faults(errors: Sequence[Any], keys: dict[int, str], first_row: int) -> list[CellFault]:
    found = []
    for error in errors:
        row, index = error.offset_position
        if index in keys:
            code = _ERROR.search(error.detail)
            text = _ERROR_CODES.get(code[1], plain_load.NO_DATE) if code else plain_load.NO_DATE
            found.append(CellFault(row=first_row + row, key=keys[index], code=text))
    return found


def _frame(arrays: dict[str, pa.Array], rows: int, layout: TabLayout) -> pd.DataFrame:
    """One column per recognised key, in the layout's order; one that the sheet lacks is blank. Empties ``arrays``."""
    index = pd.RangeIndex(layout.header_row + 1, layout.header_row + 1 + rows)
    columns = {column.key: arrow_column(arrays.pop(column.key, None), index) for column in layout.columns}
    return pd.DataFrame(columns, index=index, copy=False)


def finished(
    layout: TabLayout, frame: pd.DataFrame, faults: list[CellFault], typed: dict[str, pd.Series[bool]], fingerprint: str
) -> RawTab:
    """The tab up to its last used row (a fault is a use), faults in the order of rows and columns."""
    order = {column.key: place for place, column in enumerate(layout.columns)}
    used = max([layout.header_row, last_used(frame), *(fault.row for fault in faults)])
    last = layout.header_row + len(frame)
    if used < last:
        frame = frame.loc[:used]
        typed = {key: mask.loc[:used] for key, mask in typed.items()}
    elif used > last:  # formulas without a value are nothing to fastexcel
        index = pd.RangeIndex(layout.header_row + 1, used + 1)
        frame = frame.reindex(index)
        typed = {key: mask.reindex(index, fill_value=False) for key, mask in typed.items()}
    faults.sort(key=lambda fault: (fault.row, order[fault.key]))
    return RawTab(layout=layout, frame=frame, typed=typed, faults=tuple(faults), fingerprint=fingerprint)

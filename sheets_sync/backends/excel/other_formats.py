"""Old and foreign workbooks (.xls, .xlsb, .ods) and text tables (.csv): read only, results go to a new .xlsx.

The first go through fastexcel like an .xlsx; what an .xlsx's XML would say (formulas without a cached value) stays
unknown. A .csv is one tab named after the file, all text; its delimiter and encoding are found out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sheets_sync.backends.excel.columns import looks_mixed
from sheets_sync.backends.excel.load import MIXED_KINDS, ReaderError, calamine, finished, open_reader, read_fast
from sheets_sync.backends.excel.package import damaged
from sheets_sync.backends.own_tabs import PEEK_ROWS, marker_of
from sheets_sync.model import Kind, RawTab, TabLayout, TabPeek
from sheets_sync.problems import BackendError

_DELIMITERS = ";,\t|"
_SAMPLE_ROWS = 50
_SEPARATOR_LINE = re.compile(r"^\s*\"?sep=(.)\"?\s*$", re.IGNORECASE)
_ISO_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+)?$"


class OtherWorkbook:
    """An .xls, .xlsb or .ods. BackendError ``encrypted``, ``damaged``."""

    def __init__(self, path: Path) -> None:
        """Open it."""
        try:
            self._reader = open_reader(path)
        except ReaderError as error:
            raise (BackendError("encrypted") if "password" in str(error).lower() else damaged()) from error

    def peeks(self) -> tuple[TabPeek, ...]:
        """The first 20 rows of every tab that has cells."""
        found = (self._peek(title) for title in self._reader.sheet_names)
        return tuple(peek for peek in found if peek is not None)

    def _peek(self, title: str) -> TabPeek | None:
        try:
            with calamine():
                sheet = self._reader.load_sheet(title, header_row=None, skip_rows=0, n_rows=PEEK_ROWS, dtypes="string")
                batch = sheet.to_arrow()
        except ReaderError:
            return None  # a chart
        left = min((column.absolute_index for column in sheet.selected_columns), default=0)
        rows: dict[int, tuple[str | None, ...]] = {}
        for number, cells in enumerate(zip(*(column.to_pylist() for column in batch.columns), strict=True), 1):
            texts = [None] * left + [cell or None for cell in cells]
            while texts and texts[-1] is None:
                texts.pop()
            if texts:
                rows[number] = tuple(texts)
        return TabPeek(title=title, hidden=sheet.visible != "visible", rows=rows, marker=marker_of(rows))

    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]:
        """The tabs in the order given."""
        return tuple(self._tab(layout) for layout in layouts)

    def _tab(self, layout: TabLayout) -> RawTab:
        found = read_fast(self._reader, layout)
        if found is None:
            raise damaged()
        frame, faults = found
        try:
            with calamine():
                typed = self._typed(layout, frame)
        except ReaderError as error:
            raise damaged() from error
        return finished(layout, frame, faults, typed, "")

    def _typed(self, layout: TabLayout, frame: pd.DataFrame) -> dict[str, pd.Series[bool]]:
        """For mixed columns, where the file holds no text: fastexcel, asked for truth values, names the texts."""
        mixed = {c.position: c for c in layout.columns if c.kind in MIXED_KINDS and looks_mixed(frame[c.key])}
        if not mixed:
            return {}
        _, errors = self._reader.load_sheet(
            layout.title, header_row=layout.header_row - 1, dtypes="boolean",
            use_columns=lambda column: column.absolute_index in mixed,
        ).to_arrow_with_errors()  # fmt: skip
        masks = {c.key: frame[c.key].notna() for c in mixed.values()}
        left = self._left(layout)
        for error in errors.errors if errors else ():
            row, index = error.offset_position
            column = mixed.get(index + left)
            if column is not None and "String(" in error.detail and row < len(frame):
                masks[column.key].iat[row] = False
        for column in mixed.values():
            if column.kind is Kind.DATE:  # .ods keeps moments as ISO text
                masks[column.key] |= frame[column.key].str.match(_ISO_MOMENT, na=False)
        return {key: mask for key, mask in masks.items() if mask.any()}

    def _left(self, layout: TabLayout) -> int:
        """The position of the sheet's first used column, from which fastexcel counts errors."""
        sheet = self._reader.load_sheet(layout.title, header_row=layout.header_row - 1, n_rows=1, dtypes="string")
        return min((column.absolute_index - column.index for column in sheet.available_columns()), default=0)


class TextTable:
    """A .csv. BackendError ``damaged`` where it is no table of text."""

    def __init__(self, path: Path) -> None:
        """Read the whole file; rows are records, as Excel numbers them."""
        self._title = path.stem
        try:
            text = _decoded(path.read_bytes())
            self._rows = list(_records(text))
        except (UnicodeDecodeError, csv.Error) as error:
            raise damaged() from error

    def peeks(self) -> tuple[TabPeek, ...]:
        """The one tab."""
        first = enumerate(self._rows[:PEEK_ROWS], 1)
        rows = {number: tuple(cell or None for cell in cells) for number, cells in first if any(cells)}
        return (TabPeek(title=self._title, hidden=False, rows=rows, marker=marker_of(rows)),)

    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]:
        """The one tab, as often as asked."""
        return tuple(self._tab(layout) for layout in layouts)

    def _tab(self, layout: TabLayout) -> RawTab:
        rows = self._rows[layout.header_row :]
        index = pd.RangeIndex(layout.header_row + 1, layout.header_row + 1 + len(rows))
        columns: dict[str, Any] = {}
        for column in layout.columns:
            at = column.position
            texts = [row[at] if at < len(row) and row[at].strip() else None for row in rows]
            columns[column.key] = pd.Series(texts, index=index, dtype="str")
        return finished(layout, pd.DataFrame(columns, index=index), [], {}, "")


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _records(text: str) -> Iterator[list[str]]:
    lines = list(io.StringIO(text, newline=""))  # splitlines() would end one at a line break typed within a cell too
    named = _SEPARATOR_LINE.match(lines[0]) if lines else None
    if named:
        lines = lines[1:]  # Excel neither shows nor counts it
    yield from csv.reader(lines, delimiter=named[1] if named else _delimiter(lines))


def _delimiter(lines: Sequence[str]) -> str:
    """The one that most often gives most rows the same number of cells, more than one."""
    sample = lines[:_SAMPLE_ROWS]

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if len(row) > 1]
        usual = max(set(widths), key=widths.count, default=0)
        return widths.count(usual), usual

    return max(_DELIMITERS, key=agreement)

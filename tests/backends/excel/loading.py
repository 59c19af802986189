"""Files read in tests: a layout by positions, the front door or cell by cell, the code of a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sheets_sync.backends.excel import plain_load
from sheets_sync.backends.excel.reading import open_file
from sheets_sync.model import Kind, RawTab, SourceColumn, SourceTab, TabLayout
from sheets_sync.problems import BackendError
from tests.backends.excel.raw_workbook import parts, sheet, text, write

_LETTERS = "ABCDEFGHIJKL"
ROWS = '<row r="1">' + text("A1", "Pedido") + text("B1", "Total") + '</row><row r="2"><c r="A2"><v>7</v></c></row>'


def layout(title: str, positions: Sequence[int], row: int, kind: Kind = Kind.MONEY) -> TabLayout:
    columns = tuple(SourceColumn(key=f"k{p}", kind=kind, header=f"h{p}", position=p) for p in positions)
    return TabLayout(source=SourceTab.ORDERS, title=title, header_row=row, columns=columns)


def read(path: Path, *layouts: TabLayout) -> tuple[RawTab, ...]:
    with open_file(path) as opened:
        return opened.load(layouts)


def read_plain(path: Path, wanted: TabLayout) -> RawTab:
    with open_file(path) as opened:
        assert opened.package
        assert opened.book
        part = next(s.part for s in opened.book.sheets if s.title == wanted.title)
        member = opened.package.find(part or "")
        assert member
        return plain_load.load(opened.package, opened.book, member, wanted)


def small(path: Path, rows: str, **more: Any) -> Path:
    return write(path / "a.xlsx", parts({"Pedidos": sheet(rows)}, **more))


def head(*titles: str) -> str:
    return '<row r="1">' + "".join(text(f"{_LETTERS[i]}1", t) for i, t in enumerate(titles)) + "</row>"


def refused(path: Path) -> str:
    """The code with which a file is refused."""
    with pytest.raises(BackendError) as caught, open_file(path):
        pass
    assert caught.value.exit_code == 4
    return caught.value.code

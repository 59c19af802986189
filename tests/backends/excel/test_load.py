"""Source tabs as loaded: exact rows, values by type, faults; openpyxl is the oracle, both readers are held to it."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from sheets_sync.backends.excel import load
from sheets_sync.backends.excel.reading import open_file
from sheets_sync.model import RawTab
from tests.backends.excel.loading import layout, read, read_plain
from tests.benchmarks.workbook_maker import CUSTOMER_HEADERS, ORDER_HEADERS, make

ERRORS = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!")

TEXTS = st.one_of(
    st.sampled_from(("P-1", "00123", "1.234,56", "R$ 10", "46330", "99.5", "true", "2026-11-01", "  a b ", "é☂🎉",
                     "שלום", "a\nb", "&<>\"'", "x" * 300)),
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=8),
).filter(lambda value: bool(value.strip()) and not value.startswith("=") and "_x" not in value)  # fmt: skip
NUMBERS = st.one_of(st.integers(-(10**12), 10**12), st.floats(-1e9, 1e9).map(lambda f: round(f, 4)), st.just(0.1 + 0.2))
DAYS = st.dates(date(1904, 1, 2), date(2080, 1, 1))
MOMENTS = st.datetimes(datetime(1904, 1, 2), datetime(2080, 1, 1)).map(lambda m: m.replace(microsecond=0))
KINDS = {
    "text": TEXTS, "number": NUMBERS, "day": DAYS, "moment": MOMENTS, "flag": st.booleans(),
    "mixed": st.one_of(TEXTS, NUMBERS, DAYS, st.booleans()),
    "faulty": st.one_of(NUMBERS, st.sampled_from(ERRORS).map(lambda e: ("e", e))),
    "faulty text": st.one_of(TEXTS, st.sampled_from(ERRORS).map(lambda e: ("e", e))),
}  # fmt: skip


@st.composite
def grids(draw: st.DrawFn) -> tuple[int, int, dict[tuple[int, int], Any], bool]:
    """(header row, first position, cells by row and position, 1904 system): gaps, title blocks, odd corners."""
    header, left = draw(st.integers(1, 12)), draw(st.integers(0, 3))
    cells: dict[tuple[int, int], Any] = {}
    if header > 2 and draw(st.booleans()):
        cells[draw(st.integers(1, header - 1)), draw(st.integers(0, 4))] = "Controle de pedidos"
    for position in range(left, left + draw(st.integers(1, 4))):
        cells[header, position] = f"h{position}"
        values = KINDS[draw(st.sampled_from(sorted(KINDS)))]
        for row in draw(st.lists(st.integers(header + 1, header + 14), max_size=8, unique=True)):
            cells[row, position] = draw(values)
    return header, left, cells, draw(st.booleans())


def save(path: Path, cells: dict[tuple[int, int], Any], old: bool) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904 if old else CALENDAR_WINDOWS_1900
    tab = book.active
    assert tab
    tab.title = "Pedidos"
    for (row, position), value in cells.items():
        cell = tab.cell(row, position + 1)
        cell.value, kind = (value[1], "e") if isinstance(value, tuple) else (value, None)
        if kind or isinstance(value, str):
            cell.data_type = kind or "s"
    book.save(path)


def expected(cell: Any) -> Any:
    if cell.value is None or cell.data_type == "e" or (isinstance(cell.value, str) and not cell.value.strip()):
        return None
    return cell.value


def agrees(found: Any, wanted: Any, typed: bool) -> bool:
    """``found`` in the frame is what the oracle read; a mixed column is text, with ``typed`` for what was none."""
    if wanted is None or found is None or (not isinstance(found, str) and pd.isna(found)):
        return wanted is None and (found is None or pd.isna(found))
    if isinstance(wanted, str):
        return found == wanted and not typed
    if isinstance(found, str):
        if not typed:
            return False
        if isinstance(wanted, bool):
            return found == str(wanted).lower()
        if isinstance(wanted, datetime):
            return abs(pd.Timestamp(found) - pd.Timestamp(wanted)) <= timedelta(milliseconds=1)
        return math.isclose(float(found), wanted, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(wanted, datetime):
        return bool(abs(found - pd.Timestamp(wanted)) <= timedelta(milliseconds=1))
    return math.isclose(float(found), float(wanted), rel_tol=1e-12)


def hold(tab: RawTab, path: Path, header: int) -> None:
    oracle = openpyxl.load_workbook(path, data_only=True)["Pedidos"]
    faults = {(fault.row, fault.key): fault.code for fault in tab.faults}
    assert tab.frame.index.to_list() == list(range(header + 1, header + 1 + len(tab.frame)))
    assert max((r for r, *_ in faults), default=0) <= header + len(tab.frame)
    for row in range(header + 1, max(oracle.max_row, header + len(tab.frame)) + 1):
        for column in tab.layout.columns:
            cell = oracle.cell(row, column.position + 1)
            found = tab.frame[column.key].get(row)
            typed = tab.typed.get(column.key)
            assert agrees(found, expected(cell), bool(typed is not None and typed.get(row, False))), (
                row,
                column.key,
                found,
                cell.value,
            )
            assert faults.get((row, column.key)) == (cell.value if cell.data_type == "e" else None)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(grids())
def test_rows_and_values(tmp_path: Path, grid: tuple[int, int, dict[tuple[int, int], Any], bool]) -> None:
    header, _, cells, old = grid
    path = tmp_path / "a.xlsx"
    save(path, cells, old)
    positions = [position for row, position in cells if row == header]
    wanted = layout("Pedidos", positions, header)
    hold(read(path, wanted)[0], path, header)
    hold(read_plain(path, wanted), path, header)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(grids())
def test_large_sheets_are_looked_over_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grid: Any) -> None:
    monkeypatch.setattr(load, "LOOK_FIRST", 0)
    header, _, cells, old = grid
    path = tmp_path / "a.xlsx"
    save(path, cells, old)
    wanted = layout("Pedidos", [position for row, position in cells if row == header], header)
    hold(read(path, wanted)[0], path, header)


def test_the_benchmark_workbook(tmp_path: Path) -> None:
    path = make(tmp_path / "big.xlsx", orders=2_000, customers=200, seed=3)
    assert make(tmp_path / "again.xlsx", orders=2_000, customers=200, seed=3).read_bytes() == path.read_bytes()
    with open_file(path) as opened:
        orders, customers = opened.workbook.tabs
        assert orders.rows[1] == ORDER_HEADERS
        assert customers.rows[1] == CUSTOMER_HEADERS
        wanted = layout("Pedidos", range(10), 1)
        (tab,) = opened.load([wanted])
    hold(tab, path, 1)
    assert tab.frame["k2"].is_monotonic_increasing
    assert tab.frame["k0"].is_unique

"""A workbook with one of our tabs, for tests about rewriting it: born, worked in by people, re-saved, rewritten."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from sheets_sync.backends.excel import graft
from sheets_sync.backends.excel.own_grids import read_own
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.backends.excel.peek import peek
from sheets_sync.locale import load
from sheets_sync.model import AddRow, Cell, FoundTab, OwnTab, Plan, RemoveRow, TabPlan, TaskRow, UpdateRow, Value
from sheets_sync.tables.task_rows import interpret

OWN = OwnTab.TOUCHPOINTS
LANGUAGE = "en"
TITLE = load(LANGUAGE).title(OWN)
HEADER = 4


def cells(key: str, *, status: str = "open", amount: float | None = 10.0) -> dict[str, Cell]:
    """The machine cells of a task."""
    return {
        "status": Cell(value=status),
        "due": Cell(value=date(2025, 8, 20)),
        "task": Cell(value="Check-in"),
        "customer": Cell(value=f"Customer of {key}"),
        "contact": Cell(value="+55 11 9", link=f"https://wa.me/5511?text={key}"),
        "message": Cell(value="Hello\nthere"),
        "why": Cell(value=f"why {key}"),
        "source": Cell(value="Orders 5", link="#'Orders'!A5"),
        "amount": Cell(value=amount, currency="BRL" if amount is not None else None),
        "age": Cell(value=3),
    }


def add(name: str, *, below: int | None = None, people: Mapping[str, Value] | None = None) -> AddRow:
    """A row to be born."""
    return AddRow(key=key(name), cells=cells(name), below=below, people=people or {})


def key(name: str) -> str:
    """A task's key."""
    return f"check_in:{name}:1"


def born(path: Path, names: Iterable[str], *, own: OwnTab = OWN) -> Path:
    """A workbook with a tab of orders and our tab holding these tasks."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Orders"
    sheet["A1"] = "Order"
    book.save(path)
    title = load(LANGUAGE).title(own)
    tab = TabPlan(own=own, title=title, found=None, heading="Contacts", adds=tuple(add(n) for n in names))
    graft.apply(path, Plan(tabs=(tab,), memory=None, language=LANGUAGE))
    return path


def found(path: Path, own: OwnTab = OWN) -> FoundTab:
    """Our tab as reading finds it."""
    with Package(path) as package:
        book = Book(package)
        return interpret(read_own(package, book, peek(package, book)).grids[own])


def row_of(tab: FoundTab, name: str) -> TaskRow:
    """The row of a task."""
    return next(row for row in tab.rows if row.key == key(name))


def rewrite(
    path: Path,
    *,
    adds: Sequence[AddRow] = (),
    updates: Mapping[str, Mapping[str, Cell]] | None = None,
    removes: Sequence[str] = (),
    heading: str | None = None,
    own: OwnTab = OWN,
    **more: bool,
) -> None:
    """Apply a plan for our tab, as it now is, through the whole graft (its self-check included)."""
    tab = found(path, own)
    changed = []
    for name, new in (updates or {}).items():
        row = row_of(tab, name)
        changed.append(UpdateRow(key=key(name), row=row.row, cells=new, before=row.machine))
    gone = [RemoveRow(key=key(n), row=row_of(tab, n).row, before={}) for n in removes]
    plan = TabPlan(
        own=own, title=tab.title, found=tab, heading=heading, adds=tuple(adds), updates=tuple(changed),
        removes=tuple(gone), repair=more.get("repair", tab.repair), restyle=more.get("restyle", False),
    )  # fmt: skip
    graft.apply(path, Plan(tabs=(plan,), memory=None, language=LANGUAGE))


def sheet(path: Path, title: str = TITLE) -> Worksheet:
    """Our tab as openpyxl sees it."""
    result = openpyxl.load_workbook(path)[title]
    assert isinstance(result, Worksheet)
    return result


def edit(path: Path) -> openpyxl.Workbook:
    """The workbook open in openpyxl, to be changed by a person and saved."""
    return openpyxl.load_workbook(path)


def number_of(worksheet: Worksheet, name: str) -> int:
    """The row of a task, by its key."""
    column = column_of(worksheet, "key")
    return next(r for r in range(1, worksheet.max_row + 1) if worksheet.cell(r, column).value == key(name))


def column_of(worksheet: Worksheet, wanted: str) -> int:
    """The column (1-based) of one of our keys; of a header where it is none."""
    for row in (1, HEADER):
        for column in range(1, worksheet.max_column + 1):
            value = worksheet.cell(row, column).value
            if value == wanted or (wanted == "status" and str(value).startswith("sheets-sync:")):
                return column
    raise AssertionError(wanted)


def recalculated(path: Path, folder: Path) -> Path:
    """The workbook opened and saved by LibreOffice, its formulas computed."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    folder.mkdir(exist_ok=True)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    into = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder)]
    command = ["soffice", profile, "--headless", *into, path]
    done = subprocess.run(command, capture_output=True, timeout=180, check=False)
    result = folder / path.name
    assert result.exists(), done.stderr
    return result

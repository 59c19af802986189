"""People's own formulas in our tabs: a sort moves them as Excel does, and no run ever puts another thing in their place."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from sheets_sync import cli
from tests.conftest import DAY
from tests.files import people

TITLE = "Contacts today"
FIRST, CALCULATED = 5, 16


def run(path: Path, days: int = 0) -> dict[str, Any]:
    day = DAY + timedelta(days=days)
    done = CliRunner().invoke(cli.main, ["run", str(path), "--on", day.isoformat(), "--json"])
    assert done.exit_code == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def sheet_of(path: Path) -> Any:
    return openpyxl.load_workbook(path)[TITLE]


@pytest.mark.parametrize("formula", ["=J{row}*2", "=ROW()-4"])
def test_a_sort_of_whole_rows_leaves_formulas_as_they_are(shop: Callable[..., Path], formula: str) -> None:
    path = shop()
    run(path)
    with people.opened(path) as book:
        sheet = book[TITLE]
        people.put(sheet, 4, CALCULATED - 1, "Mine")
        for row in range(FIRST, sheet.max_row + 1):
            sheet.cell(row, CALCULATED).value = formula.format(row=row)
            people.put(sheet, row, 14, f"note {row}")
    run(path)
    with people.opened(path) as book:  # Excel re-addresses a formula as its row moves: the column looks the same after
        sheet = book[TITLE]
        rows = list(range(FIRST, sheet.max_row + 1))
        people.sort(sheet, rows, rows[::-1], range(CALCULATED - 1))
    said = run(path, 1)
    assert [p["code"] for p in said["problems"]] == []
    sheet = sheet_of(path)
    theirs = [row for row in range(FIRST, sheet.max_row + 1) if sheet.cell(row, 15).value]
    assert len(theirs) > 10
    assert [sheet.cell(row, CALCULATED).value for row in theirs] == [formula.format(row=row) for row in theirs]


def test_a_formula_whose_row_moved_is_no_reason_to_write_again(shop: Callable[..., Path]) -> None:
    path = shop()
    run(path)
    with people.opened(path) as book:
        people.put(book[TITLE], 4, CALCULATED - 1, "Mine")
        book[TITLE].cell(10, CALCULATED).value = "=SUM(J5:J12)"
    run(path, 1)
    formulas = [cell.value for (cell,) in sheet_of(path).iter_rows(min_col=CALCULATED, max_col=CALCULATED)]
    assert "=SUM(J5:J12)" not in formulas  # it was given other addresses
    assert run(path, 1)["outcome"] == "nothing"

"""Two things that people do between two runs, in one real file: the next run copes, and every note is at its task."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from sheets_sync import cli, sample, starter
from sheets_sync.model import SourceTab
from tests.conftest import DAY
from tests.files import people

TITLE = "Contacts today"
FIRST, KEY, NOTE = 5, 11, 15

Act = Callable[[Any], object]


def key_column_deleted(sheet: Any) -> None:
    sheet.delete_cols(KEY)


def sorted_by_arrows(sheet: Any) -> None:
    rows = list(range(FIRST, sheet.max_row + 1))
    people.sort(sheet, rows, rows[::-1], range(sheet.max_column))


def key_row_deleted(sheet: Any) -> None:
    sheet.delete_rows(1)


def tab_renamed(sheet: Any) -> None:
    sheet.title = "My day"


def memory_deleted(sheet: Any) -> None:
    sheet.parent.remove(sheet.parent["_sync"])


ACTS: tuple[Act, ...] = (sorted_by_arrows, key_column_deleted, memory_deleted, tab_renamed, key_row_deleted)


def run(path: Path, days: int) -> dict[str, Any]:
    day = DAY + timedelta(days=days)
    done = CliRunner().invoke(cli.main, ["run", str(path), "--on", day.isoformat(), "--json", "--verbose"])
    assert done.exit_code == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


PAIRS = [pair for pair in combinations(ACTS, 2) if pair != (key_column_deleted, memory_deleted)]
"""Without keys anywhere nobody can tell which row was which: those rows are then people's own."""


@pytest.fixture(scope="module")
def with_notes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A file of the day before, with a note at every contact, and the notes by key."""
    path = tmp_path_factory.mktemp("notes") / "shop.xlsx"
    starter.compose("en", SourceTab, sample.rows(DAY)).save(path)
    notes = {task["key"]: f"note of {task['key']}" for task in run(path, 0)["tasks"] if task["tab"] == "touchpoints"}
    with people.opened(path) as book:
        for row in range(FIRST, book[TITLE].max_row + 1):
            people.put(book[TITLE], row, NOTE - 1, notes[book[TITLE].cell(row, KEY).value])
    run(path, 0)
    return path, notes


@pytest.mark.parametrize("acts", PAIRS, ids=lambda acts: "+".join(a.__name__ for a in acts))
def test_notes_stay_at_their_tasks(
    with_notes: tuple[Path, dict[str, str]], tmp_path: Path, acts: tuple[Act, Act]
) -> None:
    before, notes = with_notes
    path = Path(shutil.copy(before, tmp_path))
    with people.opened(path) as book:
        sheet = book[TITLE]
        for act in acts:
            act(sheet)
    found = {task["key"]: task["note"] for task in run(path, 1)["tasks"]}
    assert {key: note for key, note in notes.items() if key in found} == {k: found[k] for k in notes if k in found}
    everything = people.texts(path)
    assert [note for note in notes.values() if not any(note in text for text in everything)] == []
    assert run(path, 1)["outcome"] == "nothing"
    openpyxl.load_workbook(path)

"""Our tabs as they were before each of the last runs, kept on this computer for ``undo``: readable by their owner only.

A spreadsheet has no file to copy; what ``undo`` needs is what a run reads anyway, our tabs and the memory.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sheets_sync.backends.state_folder import state_folder
from sheets_sync.model import Grid, GridCell, OwnTab, Value, Workbook

KEPT = 10


class Kept:
    """The earlier states of one spreadsheet, each named after the write that ended it.

    Other machines write too: a state counts only where the last write of the spreadsheet is the one that ended it.
    """

    def __init__(self, spreadsheet: str) -> None:
        """Nothing is touched yet."""
        name = hashlib.sha256(spreadsheet.encode()).hexdigest()[:24]
        self._folder = state_folder() / "spreadsheets" / name

    def keep(self, workbook: Workbook, read_at: int) -> None:
        """Keep what is there before a write; ``read_at``: the write before. Where nothing can be kept, nothing is."""
        with suppress(OSError):  # in the cloud there may be no disk: the run counts for more than its undoing
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(gzip.compress(json.dumps({"read_at": read_at, **_out(workbook)}).encode("utf-8"), 5))

    def ended(self, write: int) -> None:
        """The state kept last was ended by that write; let the eleventh go."""
        with suppress(OSError):
            self._pending.replace(self._file(write))
            for old in self._files()[:-KEPT]:
                old.unlink(missing_ok=True)

    def before(self, write: int) -> Workbook | None:
        """The state that a write ended; None where it was not kept here, or cannot be read."""
        table = self._read(write)
        return _in(table) if table else None

    def forget(self, write: int, undone_by: int) -> None:
        """``write`` was taken back by the write ``undone_by``: what it ended is there again, and so is the state that
        the write before it ended."""
        table = self._read(write)
        self._file(write).unlink(missing_ok=True)
        self._file(undone_by).unlink(missing_ok=True)
        earlier = self._file(int(table["read_at"])) if table else None
        if earlier is not None and earlier.exists():
            earlier.replace(self._file(undone_by))

    @property
    def _pending(self) -> Path:
        return self._folder / "pending"

    def _file(self, write: int) -> Path:
        return self._folder / f"{write}.json.gz"

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.json.gz"), key=lambda file: file.stat().st_mtime_ns)

    def _read(self, write: int) -> dict[str, Any] | None:
        try:
            table: dict[str, Any] = json.loads(gzip.decompress(self._file(write).read_bytes()))
            _in(table)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, EOFError):  # none, or somebody edited it
            return None
        return table


def _out(workbook: Workbook) -> dict[str, Any]:
    return {
        "name": workbook.name,
        "memory": workbook.memory,
        "grids": {
            own.value: {
                "title": grid.title,
                "rows": [
                    [row, [[p, _value_out(c.value), c.formula, c.link] for p, c in cells.items()]]
                    for row, cells in grid.rows.items()
                ],
            }
            for own, grid in workbook.grids.items()
        },
    }


def _in(table: dict[str, Any]) -> Workbook:
    grids = {}
    for name, grid in table["grids"].items():
        own = OwnTab(name)
        rows = {
            row: {p: GridCell(value=_value_in(value), formula=formula, link=link) for p, value, formula, link in cells}
            for row, cells in grid["rows"]
        }
        grids[own] = Grid(own=own, title=grid["title"], rows=rows)
    return Workbook(name=table["name"], tabs=(), grids=grids, memory=table["memory"])


def _value_out(value: Value) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _value_in(value: Any) -> Value:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]) if "t" in value else date.fromisoformat(value["d"])
    held: Value = value
    return held

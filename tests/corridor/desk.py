"""The workbook on people's desk: source tabs, our tabs, one of their own; and the worker that runs over it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sheets_sync import run
from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.report import RunReport
from tests.corridor.source_tabs import CUSTOMERS, EXCHANGES, ORDERS, THEIRS, TODAY, SourceTabs
from tests.reconcile.hands import Hands

OTHERS = (CUSTOMERS, ORDERS, EXCHANGES, THEIRS)


@dataclass(slots=True)
class Desk(Hands):
    """A workbook and its day."""

    source: SourceTabs = field(default_factory=SourceTabs)
    today: date = TODAY
    _first: tuple[str, RunReport] | None = None

    def run(self, *, force: bool = False, on: date | None = None) -> RunReport:
        """A run for today over the source tabs as people left them."""
        self.source.write(self.backend)
        return self.again(force=force, on=on)

    def again(self, *, force: bool = False, on: date | None = None) -> RunReport:
        """A run over the workbook as it is."""
        return run.sync(self.backend, _request(on or self.today, force=force, write=True))

    def first_run(self) -> RunReport:
        """What a first run over the same source tabs would do: no tab of ours, no memory."""
        now = f"{self.today} {self.others()}"
        if self._first is None or self._first[0] != now:
            self._first = now, self._run_first()
        return self._first[1]

    def _run_first(self) -> RunReport:
        blank = MemoryBackend()
        blank.sheets = [copy.deepcopy(sheet) for sheet in self.backend.sheets if sheet.title in OTHERS]
        return run.sync(blank, _request(self.today, force=False, write=False))

    def others(self) -> str:
        """Every tab that is not ours, cell by cell."""
        return repr([sheet for sheet in self.backend.sheets if sheet.title in OTHERS])

    def everything(self) -> str:
        """The whole workbook, cell by cell."""
        return repr((self.backend.sheets, self.backend.memory))


def _request(on: date, *, force: bool, write: bool) -> run.Request:
    return run.Request(now=datetime(2026, 3, 2, 12, tzinfo=UTC), run_id="desk", on=on, write=write, force=force)

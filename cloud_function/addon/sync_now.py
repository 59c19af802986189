"""The button that runs the worker: at once with the person's own token, or in the queue where that takes too long.

At once is what somebody who pressed a button expects, and needs neither a list of workbooks nor a share with the
service account: the person let us open this file, and the run can do no more than they can. Google waits about half a
minute for an answer. A spreadsheet that may take longer goes to the queue; there the service account does it, so there
the list of workbooks counts.
"""

from __future__ import annotations

from datetime import datetime

from cloud_function import allowed
from cloud_function.cloud_tasks import CloudTasks, Lanes
from cloud_function.door import Declined
from cloud_function.log_line import LogLine
from sheets_sync.backends.google import GoogleBackend
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.document import Document
from sheets_sync.locale import Locale
from sheets_sync.model import Outcome, Severity
from sheets_sync.problems import ConfigError, Refusal
from sheets_sync.tables.schema import TASK_TABS

MOST_CELLS = 400_000
"""Cells of all tabs, blank ones of the grid among them, that are read, worked through and written in well under half a
minute."""


def sync(
    spreadsheet: str, found: Document, *, client: SheetsClient, line: LogLine, words: Locale, now: datetime
) -> str:
    """Bring it up to date, or begin to; a sentence that says which. Refusal, BackendError."""
    if sum(sheet.row_count * sheet.column_count for sheet in found.sheets) > MOST_CELLS:
        return _begun(spreadsheet, line, words, now)
    return _run(spreadsheet, client, line, words, now)


def _begun(spreadsheet: str, line: LogLine, words: Locale, now: datetime) -> str:
    try:
        allowed.check(spreadsheet)
        tasks = CloudTasks(Lanes.of_environment())
    except (Declined, ConfigError) as error:
        raise Refusal("too_large_for_panel") from error
    try:  # one task a minute, however often the button is pressed
        tasks.enqueue(spreadsheet, now.replace(second=0, microsecond=0))
    finally:
        tasks.close()
    line.say(sync="begun")
    return words.text("panel_sync_begun", button=words.text("panel_refresh"))


def _run(spreadsheet: str, client: SheetsClient, line: LogLine, words: Locale, now: datetime) -> str:
    from sheets_sync import report, run  # noqa: PLC0415  (pandas: a card needs none)

    backend = GoogleBackend(spreadsheet, lambda: client, undoable=False)
    done = run.sync(backend, run.Request(now=now, run_id=line.run_id, write=True))
    line.say(sync=done.outcome.value, tasks=len(done.tasks), questions=len(done.questions))
    if done.outcome is Outcome.REFUSED:
        refusal = next(problem for problem in done.problems if problem.severity is Severity.ERROR)
        raise Refusal(refusal.code, **refusal.params)
    if done.outcome is Outcome.NOTHING:
        return words.text("panel_synced_nothing")
    changes = report.changes_json(done.plan)
    counts = {
        kind: sum(changes[own.value][kind] for own in TASK_TABS if own.value in changes)
        for kind in ("add", "update", "remove")
    }
    return words.text("panel_synced", **counts)

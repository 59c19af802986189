"""One workbook brought up to today, for whoever may ask for it."""

from __future__ import annotations

from datetime import UTC, datetime

import flask

from cloud_function import allowed, body, sheets
from cloud_function.body import Asked
from cloud_function.door import CAME_BETWEEN, Answer
from cloud_function.log_line import LogLine
from sheets_sync import report
from sheets_sync.backends.google import GoogleBackend
from sheets_sync.model import Outcome, Severity


def answer(request: flask.Request, line: LogLine) -> Answer:
    """What the request asks for. Declined, ConfigError, BackendError."""
    body.post_only(request)
    return bring_up_to_date(body.read(body.content_of(request)), line)


def bring_up_to_date(asked: Asked, line: LogLine) -> Answer:
    """A run; its JSON. Declined where the workbook is not on the list."""
    line.of(asked.workbook)
    allowed.check(asked.workbook)
    from sheets_sync import run  # noqa: PLC0415  (half a second, which a dispatch and a card need not wait for)

    wanted = run.Request(now=datetime.now(UTC), run_id=line.run_id, on=asked.on, write=not asked.dry_run)
    backend = GoogleBackend(asked.workbook, sheets.client, undoable=False)
    try:
        done = run.sync(backend, wanted)
    finally:
        line.say(calls=dict(backend.traffic() or {}))
        backend.close()
    _tell(done, line)
    refused = done.outcome is Outcome.REFUSED
    came_between = refused and any(problem.code == CAME_BETWEEN for problem in done.problems)
    body = {"run_id": line.run_id, **report.to_json(done)}
    return Answer(status=409 if refused else 200, body=body, again=came_between)


def _tell(done: report.RunReport, line: LogLine) -> None:
    changes = report.changes_json(done.plan).values()
    line.say(
        outcome=done.outcome.value,
        code=next((problem.code for problem in done.problems if problem.severity is Severity.ERROR), None),
        rows=sum(counts.read for counts in done.rows.values()),
        tasks=len(done.tasks),
        questions=len(done.questions),
        changes={kind: sum(counts[kind] for counts in changes) for kind in ("add", "update", "remove")},
    )

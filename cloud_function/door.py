"""How every call ends: an answer with a status by outcome, and one line in the log, whatever happened in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import flask

from cloud_function.log_line import LogLine
from sheets_sync import report
from sheets_sync.model import Outcome, Problem, Severity, Value
from sheets_sync.problems import BackendError, Refusal, SheetsSyncError

CAME_BETWEEN = "changed_under_us"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``again``: what is wrong now may well be right later, if the same is asked once more."""

    status: int
    body: Mapping[str, Any]
    again: bool = False


class Declined(Exception):  # noqa: N818  (nothing went wrong: we do not do it)
    """A call that we do not take. Codes only: it is machines that call."""

    def __init__(self, status: int, error: str, field: str | None = None) -> None:
        """``field``: of the body, where one is to blame."""
        super().__init__(error)
        self.answer = Answer(status=status, body={"error": error} | ({} if field is None else {"field": field}))


def answer_to(door: str, work: Callable[[LogLine], Answer]) -> Answer:
    """Do the work and log it; nothing is raised."""
    line = LogLine(door)
    try:
        answer = work(line)
    except Declined as declined:
        answer = declined.answer
        line.say(outcome="declined", code=str(declined))
    except SheetsSyncError as error:
        answer = _stopped(error, line)
    except Exception as error:
        answer = _fault(error, line)
    line.write(answer.status)
    return answer


def answered(door: str, work: Callable[[LogLine], Answer]) -> flask.Response:
    """The same, as HTTP has it."""
    answer = answer_to(door, work)
    return flask.Response(json.dumps(answer.body), status=answer.status, mimetype="application/json")


def status_of(error: SheetsSyncError) -> int:
    """A plan declined, a workbook that will not do now, or one that will not do at all."""
    if isinstance(error, Refusal):
        return 409
    return 503 if isinstance(error, BackendError) and error.retryable else 500


def failed(run_id: str, code: str, params: Mapping[str, Value], outcome: Outcome = Outcome.FAILED) -> dict[str, Any]:
    """The JSON of a run that came to nothing, shaped as that of any other."""
    problem = Problem(code=code, severity=Severity.ERROR, params=params)
    done = report.RunReport(
        run_id=run_id, workbook="", on=None, language="en", outcome=outcome, problems=(problem,)
    )  # fmt: skip
    return {"run_id": run_id, **report.to_json(done)}


def _stopped(error: SheetsSyncError, line: LogLine) -> Answer:
    status = status_of(error)
    outcome = Outcome.REFUSED if status == 409 else Outcome.FAILED
    line.say(outcome=outcome.value, code=error.code)
    body = failed(line.run_id, error.code, error.params, outcome)
    return Answer(status=status, body=body, again=status == 503 or error.code == CAME_BETWEEN)


def _fault(error: Exception, line: LogLine) -> Answer:
    line.say(outcome=Outcome.FAILED.value, code="our_fault")
    line.fault(error)
    body = failed(line.run_id, "our_fault", {"run_id": line.run_id, "kind": type(error).__name__})
    return Answer(status=500, body=body)

"""How every command begins and ends: what is said where, errors in one sentence, exit codes, a bar for long runs."""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, NoReturn

import click

from sheets_sync import locale, report
from sheets_sync.model import Outcome, Problem, Severity
from sheets_sync.problems import BackendError, Refusal, SheetsSyncError

if TYPE_CHECKING:
    from rich.progress import Progress

EXIT_FAULT = 70
HERE = {"option": "--force", "command": "sheets-sync new"}
"""What a sentence may name on the command line only: nobody can type it into a panel beside a spreadsheet."""


def say(line: str = "") -> None:
    """One line of the result; what a pipe of another encoding (Windows) cannot take becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(line.encode(encoding, "replace").decode(encoding))


def tell(line: str) -> None:
    """One line beside the result (stderr)."""
    click.echo(line, err=True)


def machine_language() -> str:
    """The language this machine is set to, for sentences said before a workbook could be read."""
    named = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "").replace(
        "_", "-"
    )
    return next((lang for lang in locale.LANGUAGES if named.casefold().startswith(lang[:2])), "en")


class Door:
    """What every command needs to end well: how to speak and where to put errors."""

    def __init__(self, *, as_json: bool, verbose: bool, language: str | None, workbook: str, out: bool = False) -> None:
        """``language`` None = the machine's. ``out``: the result could still go elsewhere."""
        self.here = HERE | ({"out": "--out"} if out else {})
        self.as_json = as_json
        self.verbose = verbose
        self.named, self.language = language, language or machine_language()
        self.workbook = workbook
        self.run_id = uuid.uuid4().hex[:12]

    def stop(self, error: SheetsSyncError) -> NoReturn:
        """Say in one sentence why nothing was done and leave with the error's exit code."""
        language = self.named or error.language or self.language
        words = locale.load(language)
        sentence = words.error(error.code, {**self.here, **error.params})
        if self.as_json:
            outcome = Outcome.REFUSED if isinstance(error, Refusal) else Outcome.FAILED
            failed = report.RunReport(
                run_id=self.run_id, workbook=self.workbook, on=None, language=language, outcome=outcome,
                problems=(Problem(code=error.code, severity=Severity.ERROR, params=error.params),),
            )  # fmt: skip
            say_json(report.to_json(failed))
        else:
            tell(sentence)
        raise SystemExit(error.exit_code)

    def leave(self, done: report.RunReport) -> None:
        """Leave with the exit code of a plan that was declined, its sentence on stderr."""
        if done.outcome is Outcome.REFUSED:
            refusal = next(p for p in done.problems if p.severity is Severity.ERROR)
            tell(locale.load(done.language).error(refusal.code, {**self.here, **refusal.params}))
            raise SystemExit(Refusal.exit_code)

    def fault(self, error: Exception) -> NoReturn:
        """Our bug: a run id, no traceback unless asked for."""
        if self.verbose:
            traceback.print_exception(error)
        tell(locale.load(self.language).error("our_fault", {"run_id": self.run_id, "kind": type(error).__name__}))
        raise SystemExit(EXIT_FAULT)


def say_json(value: object) -> None:
    """The result as one JSON object, on one line: indenting takes json its slow, pure-Python way."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a pipe of another encoding, or half a character that somebody pasted into a cell
        text = json.dumps(value)
    say(text)


@contextmanager
def opened(
    *, as_json: bool = False, verbose: bool = False, language: str | None = None, workbook: str = "", out: bool = False
) -> Iterator[Door]:
    """A command's way in and out: our sentences for what people can mend, a run id for what only we can."""
    door = Door(as_json=as_json, verbose=verbose, language=language, workbook=workbook, out=out)
    gc.unfreeze()
    gc.disable()  # a command is short and makes hardly any cycles: looking for them took a tenth of it
    atexit.register(gc.freeze)  # nor are they looked for once more at the very end
    try:
        yield door
    except SheetsSyncError as error:
        door.stop(error)
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise  # click ends these; a reader that has seen enough (``| head``) is nobody's fault
    except PermissionError as error:  # of a place, rather than of the workbook: backends tell of that themselves
        door.stop(BackendError("not_allowed", file=str(error.filename or workbook)))
    except Exception as error:
        door.fault(error)
    finally:
        gc.freeze()  # else enabling it alone would look through all that the command made
        gc.enable()


class Bar:
    """A bar on stderr for a run that takes its time: it appears after PATIENCE seconds, and is gone at the end."""

    PATIENCE = 2.0
    ROOMS = 7

    def __init__(self) -> None:
        """Begin to wait."""
        self._room, self._done = "", -1
        self._bar: Progress | None = None
        self._timer = Timer(self.PATIENCE, self._show)
        self._timer.daemon = True
        self._timer.start()

    def __call__(self, room: str) -> None:
        """A room was entered; ``done`` ends it all."""
        self._room, self._done = room, self._done + 1
        if room == "done":
            self._timer.cancel()
            if self._bar is not None:
                self._bar.stop()
        elif self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done, description=room)

    def _show(self) -> None:
        from rich.console import Console  # noqa: PLC0415  (only for runs that take long)
        from rich.progress import Progress  # noqa: PLC0415

        bar = Progress(console=Console(stderr=True), transient=True)
        bar.add_task(self._room, total=self.ROOMS, completed=self._done)
        bar.start()
        self._bar = bar

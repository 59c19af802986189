"""The command ``sheets-sync``: the door on the command line.

The clock, the machine's time zone and language, and printing happen here and nowhere else. stdout carries the result
only; progress and log lines go to stderr.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sheets_sync import config, locale, report
from sheets_sync.model import Outcome, Problem, Severity
from sheets_sync.problems import BackendError, ConfigError, Refusal, SheetsSyncError

if TYPE_CHECKING:
    from rich.progress import Progress

    from sheets_sync.run import Request

EXIT_QUESTIONS = 10
EXIT_FAULT = 70


def say(line: str = "") -> None:
    """One line of the result."""
    click.echo(line)


def tell(line: str) -> None:
    """One line beside the result (stderr)."""
    click.echo(line, err=True)


def machine_language() -> str:
    """The language this machine is set to, for sentences said before a workbook could be read."""
    named = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "").replace(
        "_", "-"
    )
    return next((lang for lang in locale.LANGUAGES if named.casefold().startswith(lang[:2])), "en")


class _Door:
    """What every command needs to end well: how to speak and where to put errors."""

    def __init__(self, *, as_json: bool, verbose: bool, language: str | None, workbook: str) -> None:
        self.as_json = as_json
        self.verbose = verbose
        self.language = language or machine_language()
        self.workbook = workbook
        self.run_id = uuid.uuid4().hex[:12]

    def stop(self, error: SheetsSyncError) -> NoReturn:
        """Say in one sentence why nothing was done and leave with the error's exit code."""
        words = locale.load(self.language)
        sentence = words.error(error.code, error.params)
        if self.as_json:
            outcome = Outcome.REFUSED if isinstance(error, Refusal) else Outcome.FAILED
            failed = report.RunReport(
                run_id=self.run_id, workbook=self.workbook, on=None, language=self.language, outcome=outcome,
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
            tell(locale.load(done.language).error(refusal.code, refusal.params))
            raise SystemExit(Refusal.exit_code)

    def fault(self, error: Exception) -> NoReturn:
        """Our bug: a run id, no traceback unless asked for."""
        if self.verbose:
            traceback.print_exception(error)
        tell(locale.load(self.language).error("our_fault", {"run_id": self.run_id, "kind": type(error).__name__}))
        raise SystemExit(EXIT_FAULT)


def say_json(value: object) -> None:
    """The result as one JSON object."""
    say(json.dumps(value, ensure_ascii=False))  # on one line: indenting takes json its slow, pure-Python way


@contextmanager
def _door(
    *, as_json: bool = False, verbose: bool = False, language: str | None = None, workbook: str = ""
) -> Iterator[_Door]:
    door = _Door(as_json=as_json, verbose=verbose, language=language, workbook=workbook)
    try:
        yield door
    except SheetsSyncError as error:
        door.stop(error)
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:
        door.fault(error)


# ── options ─────────────────────────────────────────────────────────────────


def _date(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("a date looks like 2026-11-22") from error


_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object (see the README).")
_VERBOSE = click.option("--verbose", is_flag=True, help="Show the traceback of a fault.")
_ON = click.option("--on", callback=_date, metavar="DATE", help="The day to work for (2026-11-22); default: today.")
_LANGUAGE = click.option("--language", type=click.Choice(locale.LANGUAGES), help="Default: the workbook's.")


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        _VERBOSE,
        _JSON,
        click.option(
            "--set", "assignments", multiple=True, metavar="RULE.KEY=VALUE", help="Try a setting; repeatable."
        ),
        click.option(
            "--settings", "settings_file", type=click.Path(path_type=Path), metavar="FILE", help="A settings.toml."
        ),
        _LANGUAGE,
        click.option("--timezone", metavar="ZONE", help="Such as America/Sao_Paulo; default: the machine's."),
        _ON,
        click.argument("workbook"),
    ):
        command = option(command)
    return command


def _request(**options: Any) -> Request:
    from sheets_sync.run import Request  # noqa: PLC0415  (pandas behind it: only where a workbook is read)

    flags = config.read_flags(options["assignments"])
    for name in ("language", "timezone"):
        if options[name]:
            flags |= config.read_flags([f"{name}={options[name]}"])
    file = config.read_file(options["settings_file"]) if options["settings_file"] else {}
    return Request(
        on=options["on"], now=datetime.now().astimezone(), file=file, flags=flags, run_id=options["run_id"],
        force=options.get("force", False), strict=options.get("strict", False), write=options.get("write", False),
        progress=_Bar() if sys.stderr.isatty() else None,
    )  # fmt: skip


class _Bar:
    """A bar on stderr for a run that takes its time: it appears after PATIENCE seconds, and is gone at the end."""

    PATIENCE = 2.0
    ROOMS = 7

    def __init__(self) -> None:
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


# ── commands ────────────────────────────────────────────────────────────────


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sheets-sync")
def main() -> None:
    """Whom to contact today, and which refunds, vouchers and exchanges wait: task tabs in your own workbook.

    Example: sheets-sync demo
    """


@main.command()
@_run_options
def plan(workbook: str, as_json: bool, verbose: bool, language: str | None, **options: Any) -> None:
    """Show what `run` would do; write nothing.

    Example: sheets-sync plan shop.xlsx --on 2026-11-22 --set check_in.days=8
    """
    with _door(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as door:
        done = _sync(workbook, None, _request(as_json=as_json, language=language, run_id=door.run_id, **options))
        if as_json:
            say_json(report.to_json(done))
        else:
            for line in report.summary(done):
                say(line)
            for line in report.change_lines(done.plan) if done.plan else ():
                say(line)
    door.leave(done)


@main.command()
@_run_options
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write here and leave WORKBOOK as it is.")
@click.option("--force", is_flag=True, help="Go on although many rows vanished from the source.")
@click.option("--strict", is_flag=True, help="With questions open: write nothing, exit 10.")
def run(workbook: str, as_json: bool, verbose: bool, language: str | None, out: Path | None, **options: Any) -> None:
    """Bring the task tabs of WORKBOOK up to today.

    Example: sheets-sync run shop.xlsx
    """
    with _door(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as door:
        request = _request(as_json=as_json, language=language, run_id=door.run_id, write=True, **options)
        done = _sync(workbook, out, request)
        if as_json:
            say_json(report.to_json(done))
        else:
            for line in report.summary(done):
                say(line)
    door.leave(done)
    if options["strict"] and done.questions:
        raise SystemExit(EXIT_QUESTIONS)


@main.command()
@_run_options
def check(workbook: str, as_json: bool, verbose: bool, language: str | None, **options: Any) -> None:
    """List the questions about WORKBOOK only; exit 10 where there are any.

    Example: sheets-sync check shop.xlsx
    """
    with _door(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as door:
        done = _sync(workbook, None, _request(as_json=as_json, language=language, run_id=door.run_id, **options))
        if as_json:
            whole = report.to_json(done)
            say_json(
                {key: whole[key] for key in ("workbook", "on", "language", "outcome", "rows", "problems", "seconds")}
            )
        else:
            for line in report.problem_lines(done):
                say(line)
            if not done.problems:
                say(locale.load(done.language).text("report_no_questions"))
    if done.questions:
        raise SystemExit(EXIT_QUESTIONS)


@main.command()
@_run_options
@click.argument("customer")
def timeline(workbook: str, customer: str, as_json: bool, verbose: bool, language: str | None, **options: Any) -> None:
    """One customer's past, open and planned tasks; CUSTOMER is an id, e-mail, phone, CPF or name.

    Example: sheets-sync timeline shop.xlsx "Maria Souza"
    """
    with _door(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as door:
        from sheets_sync import timeline as timelines  # noqa: PLC0415  (pandas behind it)

        request = _request(as_json=as_json, language=language, run_id=door.run_id, **options)
        with _backend(workbook, None) as backend:
            found = timelines.of_customer(backend, request, customer)
        if as_json:
            say_json(timelines.to_json(found))
        else:
            for line in timelines.lines(found):
                say(line)


@main.command()
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), metavar="FILE", help="A settings.toml.")
@click.option("--set", "assignments", multiple=True, metavar="RULE.KEY=VALUE", help="Try a setting; repeatable.")
@_LANGUAGE
@_JSON
@_VERBOSE
@click.argument("workbook", required=False)
def rules(
    workbook: str | None,
    settings_file: Path | None,
    assignments: tuple[str, ...],
    language: str | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """Every rule with its numbers and where each comes from (with WORKBOOK: its settings tab too).

    Example: sheets-sync rules --set check_in.days=8
    """
    with _door(as_json=as_json, verbose=verbose, language=language) as door:
        from sheets_sync import rules_report  # noqa: PLC0415

        file = config.read_file(settings_file) if settings_file else {}
        flags = config.read_flags(assignments)
        if workbook:
            from sheets_sync.run import settings_of  # noqa: PLC0415  (pandas behind it)

            with _backend(workbook, None) as backend:
                settings = settings_of(backend, file=file, flags=flags)
        else:
            settings = config.resolve(language=door.language, file=file, tab={}, flags=flags)
        if as_json:
            say_json(rules_report.to_json(settings))
        else:
            for line in rules_report.lines(settings, language or settings.language):
                say(line)


@main.command()
@_LANGUAGE
@_JSON
@_VERBOSE
@click.argument("workbook")
def undo(workbook: str, language: str | None, as_json: bool, verbose: bool) -> None:
    """Put the worker's rows back as they were before its last run; what people wrote since stays.

    Example: sheets-sync undo shop.xlsx
    """
    with _door(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as door:
        from sheets_sync import undo as undoing  # noqa: PLC0415

        with _backend(workbook, None) as backend:
            done = undoing.undo(backend, run_id=door.run_id, language=door.language)
        if as_json:
            say_json(report.to_json(done))
        else:
            for line in undoing.lines(done):
                say(line)


@main.command()
@_LANGUAGE
@_VERBOSE
@click.option("--sample", is_flag=True, help="With a few fictional rows.")
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path, language: str | None, sample: bool, verbose: bool) -> None:
    """Write a starter workbook; where FILE exists, add the input tabs it lacks.

    Example: sheets-sync new shop.xlsx --language pt-BR --sample
    """
    with _door(verbose=verbose, language=language, workbook=str(file)) as door:
        from sheets_sync import starter  # noqa: PLC0415  (openpyxl: only here)

        chosen = language or door.language
        added = starter.new(file, chosen, sample_rows=sample, today=datetime.now().astimezone().date())
        words = locale.load(chosen)
        say(words.text("new_added" if added else "new_nothing", file=str(file), tabs=", ".join(added)))


@main.command()
@_LANGUAGE
@_VERBOSE
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
def demo(folder: Path | None, language: str | None, verbose: bool) -> None:
    """Write a lively sample workbook, run it as of yesterday and again for today. Offline.

    Example: sheets-sync demo
    """
    with _door(verbose=verbose, language=language) as door:
        from sheets_sync import demo as demonstration  # noqa: PLC0415

        today = datetime.now().astimezone().date()
        for line in demonstration.show(folder or Path("sheets-sync-demo"), language or door.language, today):
            say(line)


# ── the way in ──────────────────────────────────────────────────────────────


@contextmanager
def _backend(workbook: str, out: Path | None) -> Iterator[Any]:
    from sheets_sync.backends.excel import ExcelBackend  # noqa: PLC0415  (its libraries only where a file is opened)

    backend = ExcelBackend(Path(workbook), out=out)
    try:
        yield backend
    finally:
        backend.close()


def _sync(workbook: str, out: Path | None, request: Request) -> report.RunReport:
    from sheets_sync.run import sync  # noqa: PLC0415  (pandas behind it)

    with _backend(workbook, out) as backend:
        return sync(backend, request)


__all__ = ["BackendError", "ConfigError", "main"]

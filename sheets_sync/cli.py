"""The command ``sheets-sync``: the door on the command line.

The clock, the machine's time zone and language, and printing happen here and nowhere else. stdout carries the result
only; progress and log lines go to stderr.
"""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from sheets_sync import config, door, locale, report
from sheets_sync.backends.chosen import chosen
from sheets_sync.backends.google.address import spreadsheet_id
from sheets_sync.model import Outcome
from sheets_sync.options import JSON, LANGUAGE, OUT, STRICT, VERBOSE, request, run_again, run_options, watch_options

if TYPE_CHECKING:
    from sheets_sync.run import Request

EXIT_QUESTIONS = 10


def _request(**options: Any) -> Request:
    return request(**options, now=datetime.now().astimezone(), progress=door.Bar() if sys.stderr.isatty() else None)


# ── commands ────────────────────────────────────────────────────────────────


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sheets-sync")
def main() -> None:
    """Whom to contact today, and which refunds, vouchers and exchanges wait: task tabs in your own workbook.

    Example: sheets-sync demo
    """


@main.command()
@run_options
def plan(workbook: str, as_json: bool, verbose: bool, language: str | None, **options: Any) -> None:
    """Show what `run` would do; write nothing.

    Example: sheets-sync plan shop.xlsx --on 2026-11-22 --set check_in.days=8
    """
    with door.opened(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as way:
        done = _sync(workbook, None, _request(as_json=as_json, language=language, run_id=way.run_id, **options))
        if as_json:
            door.say_json(report.to_json(done))
        else:
            for line in (*report.summary(done), *(report.change_lines(done.plan) if done.plan else ())):
                door.say(line)
    way.leave(done)


@main.command()
@run_options
@OUT
@click.option("--force", is_flag=True, help="Go on although many rows vanished from the source.")
@STRICT
def run(workbook: str, as_json: bool, verbose: bool, language: str | None, out: Path | None, **options: Any) -> None:
    """Bring the task tabs of WORKBOOK up to today.

    Example: sheets-sync run shop.xlsx
    """
    with door.opened(as_json=as_json, verbose=verbose, language=language, workbook=workbook, out=out is None) as way:
        request = _request(as_json=as_json, language=language, run_id=way.run_id, write=True, **options)
        done = _sync(workbook, out, request)
        if as_json:
            door.say_json(report.to_json(done))
        else:
            if out is not None and done.outcome is Outcome.APPLIED:
                done = replace(done, out=str(out))
            for line in report.summary(done):
                door.say(line)
    way.leave(done)
    if options["strict"] and done.questions:
        raise SystemExit(EXIT_QUESTIONS)


@main.command()
@watch_options
def watch(workbook: str, every: timedelta | None, at: tuple[time, ...], **options: Any) -> None:
    """Run now and then again, every morning or every so often; a file also soon after it was saved and closed.

    Example: sheets-sync watch shop.xlsx --at 07:00
    """
    with door.opened(
        as_json=options["as_json"], verbose=options["verbose"], language=options["language"], workbook=workbook
    ) as way:
        from sheets_sync import watch as watching  # noqa: PLC0415

        words = locale.load(way.language)
        code = watching.Watch(
            run_again(workbook, **options),
            file=None if spreadsheet_id(workbook) else Path(workbook),
            schedule=watching.schedule(every, at, options["timezone"]),
            tell=lambda key, **params: door.tell(words.text(key, **params)),
        ).go()
    raise SystemExit(code)


@main.command()
@run_options
def check(workbook: str, as_json: bool, verbose: bool, language: str | None, **options: Any) -> None:
    """List the questions about WORKBOOK only; exit 10 where there are any.

    Example: sheets-sync check shop.xlsx
    """
    with door.opened(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as way:
        done = _sync(workbook, None, _request(as_json=as_json, language=language, run_id=way.run_id, **options))
        if as_json:
            whole = report.to_json(done)
            door.say_json(
                {key: whole[key] for key in ("workbook", "on", "language", "outcome", "rows", "problems", "seconds")}
            )
        else:
            for line in report.problem_lines(done):
                door.say(line)
            if not done.problems:
                door.say(locale.load(done.language).text("report_no_questions"))
    way.leave(done)
    if done.questions:
        raise SystemExit(EXIT_QUESTIONS)


@main.command()
@run_options
@click.argument("customer")
def timeline(workbook: str, customer: str, as_json: bool, verbose: bool, language: str | None, **options: Any) -> None:
    """One customer's past, open and planned tasks; CUSTOMER is an id, e-mail, phone, CPF or name.

    Example: sheets-sync timeline shop.xlsx "Maria Souza"
    """
    with door.opened(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as way:
        from sheets_sync import timeline as timelines  # noqa: PLC0415  (pandas behind it)

        request = _request(as_json=as_json, language=language, run_id=way.run_id, **options)
        with chosen(workbook) as backend:
            found = timelines.of_customer(backend, request, customer)
        if as_json:
            door.say_json(timelines.to_json(found))
        else:
            for line in timelines.lines(found):
                door.say(line)


@main.command()
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), metavar="FILE", help="A settings.toml.")
@click.option("--set", "assignments", multiple=True, metavar="RULE.KEY=VALUE", help="Try a setting; repeatable.")
@LANGUAGE
@JSON
@VERBOSE
@click.argument("workbook", required=False)
def rules(  # noqa: PLR0917  (click passes by name)
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
    with door.opened(as_json=as_json, verbose=verbose, language=language) as way:
        from sheets_sync import rules_report  # noqa: PLC0415

        file = config.read_file(settings_file) if settings_file else {}
        flags = config.read_flags(assignments)
        if workbook:
            from sheets_sync.run import Request, settings_of  # noqa: PLC0415  (pandas behind it)

            with chosen(workbook) as backend:
                request = Request(now=datetime.now().astimezone(), run_id=way.run_id, file=file, flags=flags)
                settings = settings_of(backend, request)
        else:
            settings = config.resolve(language=way.language, file=file, tab={}, flags=flags)
        if as_json:
            door.say_json(rules_report.to_json(settings))
        else:
            for line in rules_report.lines(settings, language or settings.language):
                door.say(line)


@main.command()
@LANGUAGE
@JSON
@VERBOSE
@click.argument("workbook")
def undo(workbook: str, language: str | None, as_json: bool, verbose: bool) -> None:
    """Put the worker's rows back as they were before its last run; what people wrote since stays.

    Example: sheets-sync undo shop.xlsx
    """
    with door.opened(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as way:
        from sheets_sync import undo as undoing  # noqa: PLC0415

        with chosen(workbook) as backend:
            today = datetime.now().astimezone().date()
            done = undoing.undo(backend, run_id=way.run_id, language=way.language, today=today)
        if as_json:
            door.say_json(report.to_json(done))
        else:
            for line in undoing.lines(done):
                door.say(line)


@main.command()
@LANGUAGE
@JSON
@VERBOSE
@click.argument("workbook")
def doctor(workbook: str, language: str | None, as_json: bool, verbose: bool) -> None:
    """Check what stands between this computer and WORKBOOK, and say for each what to do.

    Example: sheets-sync doctor shop.xlsx
    """
    with door.opened(as_json=as_json, verbose=verbose, language=language, workbook=workbook) as way:
        from sheets_sync import doctor as examination  # noqa: PLC0415  (pandas behind it)

        ask = examination.of_spreadsheet if spreadsheet_id(workbook) else examination.of_file
        with chosen(workbook) as backend:
            found = list(ask(backend))
        words = locale.load(way.language)
        if as_json:
            door.say_json(examination.to_json(found, words))
        else:
            for line in examination.lines(found, words):
                door.say(line)
    failed = next((finding.error for finding in found if finding.error is not None), None)
    if failed is not None:
        raise SystemExit(failed.exit_code)


@main.command()
@LANGUAGE
@VERBOSE
@click.option("--sample", is_flag=True, help="With a few fictional rows.")
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path, language: str | None, sample: bool, verbose: bool) -> None:
    """Write a starter workbook; where FILE exists, add the input tabs it lacks.

    Example: sheets-sync new shop.xlsx --language pt-BR --sample
    """
    with door.opened(verbose=verbose, language=language, workbook=str(file)) as way:
        from sheets_sync import starter  # noqa: PLC0415  (openpyxl: only here)

        chosen = language or way.language
        added = starter.new(file, chosen, sample_rows=sample, today=datetime.now().astimezone().date())
        words = locale.load(chosen)
        door.say(words.text("new_added" if added else "new_nothing", file=str(file), tabs=", ".join(added)))


@main.command()
@LANGUAGE
@VERBOSE
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
def demo(folder: Path | None, language: str | None, verbose: bool) -> None:
    """Write a lively sample workbook, run it as of yesterday and again for today. Offline.

    Example: sheets-sync demo
    """
    with door.opened(verbose=verbose, language=language) as way:
        from sheets_sync import demo as demonstration  # noqa: PLC0415

        today = datetime.now().astimezone().date()
        for line in demonstration.show(folder or Path("sheets-sync-demo"), language or way.language, today):
            door.say(line)


# ── a run ──────────────────────────────────────────────────────────────


def _sync(workbook: str, out: Path | None, request: Request) -> report.RunReport:
    from sheets_sync.run import sync  # noqa: PLC0415  (pandas behind it)

    with chosen(workbook, out) as backend:
        return sync(backend, request)

"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from sheets_sync import locale


def _date(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("a date looks like 2026-11-22") from error


JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object (see the README).")
VERBOSE = click.option("--verbose", is_flag=True, help="Show the traceback of a fault.")
ON = click.option("--on", callback=_date, metavar="DATE", help="The day to work for (2026-11-22); default: today.")
LANGUAGE = click.option("--language", type=click.Choice(locale.LANGUAGES), help="Default: the workbook's.")


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Those of every command that works a workbook out."""
    for option in (
        VERBOSE,
        JSON,
        click.option(
            "--set", "assignments", multiple=True, metavar="RULE.KEY=VALUE", help="Try a setting; repeatable."
        ),
        click.option(
            "--settings", "settings_file", type=click.Path(path_type=Path), metavar="FILE", help="A settings.toml."
        ),
        LANGUAGE,
        click.option("--timezone", metavar="ZONE", help="Such as America/Sao_Paulo; default: the machine's."),
        ON,
        click.argument("workbook"),
    ):
        command = option(command)
    return command

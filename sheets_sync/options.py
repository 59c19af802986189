"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheets_sync import config, locale
from sheets_sync.schedule import read_hour, read_interval

if TYPE_CHECKING:
    from sheets_sync.run import Request


class _Read(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic in newer versions of click only
    """An option that is read by ``read``, which raises ValueError; ``looks``: what it should look like."""

    name = "text"

    def __init__(self, read: Callable[[str], Any], looks: str) -> None:
        self._read, self._looks = read, looks

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._read(value)
        except ValueError:
            self.fail(self._looks, param, ctx)


def read_day(text: str) -> date:
    """A day that a shop may work for: a year of our times, so that there are days before and after it."""
    day = date.fromisoformat(text)
    if not 1950 <= day.year <= 2200:
        raise ValueError(text)
    return day


_DAY = _Read(read_day, "a date looks like 2026-11-22, from 1950 to 2200")
_INTERVAL = _Read(read_interval, "a number and m, h or d, such as 15m; a minute at least")
_HOUR = _Read(read_hour, "an hour looks like 07:00")

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object (see the README).")
VERBOSE = click.option("--verbose", is_flag=True, help="Show the traceback of a fault.")
ON = click.option("--on", type=_DAY, metavar="DATE", help="The day to work for (2026-11-22); default: today.")
LANGUAGE = click.option("--language", type=click.Choice(locale.LANGUAGES), help="Default: the workbook's.")


OUT = click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write here and leave WORKBOOK as it is."
)
STRICT = click.option("--strict", is_flag=True, help="With questions open: write nothing, exit 10.")
EVERY = click.option(
    "--every", type=_INTERVAL, metavar="15m", help="Run again after so long: 15m, 2h, 1d; instead of --at."
)
AT = click.option(
    "--at",
    type=_HOUR,
    multiple=True,
    metavar="07:00",
    help="Run each day at this hour; repeatable. Default: 07:00.",
)


def settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
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
        click.argument("workbook"),
    ):
        command = option(command)
    return command


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, for a day that may be named."""
    return settings_options(ON(command))


def watch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, for every day to come, and when."""
    return settings_options(OUT(STRICT(EVERY(AT(command)))))


def request(*, now: datetime, progress: Callable[[str], None] | None, **options: Any) -> Request:
    """What a run is asked for by these options. Raises ConfigError for a setting that is none, or out of range."""
    from sheets_sync.run import Request  # noqa: PLC0415  (pandas behind it: only where a workbook is read)

    flags = config.read_flags(options["assignments"])
    for name in ("language", "timezone"):
        if options[name]:
            flags |= config.read_flags([f"{name}={options[name]}"])
    return Request(
        on=options["on"], now=now, flags=flags, run_id=options["run_id"], progress=progress,
        file=config.read_file(options["settings_file"]) if options["settings_file"] else {},
        force=options.get("force", False), strict=options.get("strict", False), write=options.get("write", False),
    )  # fmt: skip


def run_again(workbook: str, **options: Any) -> list[str]:
    """The arguments of the command ``run`` that say the same as these options."""
    named = {"settings_file": "--settings", "language": "--language", "timezone": "--timezone", "out": "--out"}
    flags = {"as_json": "--json", "verbose": "--verbose", "strict": "--strict"}
    return [
        *(part for key, flag in named.items() if options[key] is not None for part in (flag, str(options[key]))),
        *(part for assignment in options["assignments"] for part in ("--set", assignment)),
        *(flag for key, flag in flags.items() if options[key]),
        "--", workbook,
    ]  # fmt: skip

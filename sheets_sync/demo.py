"""``sheets-sync demo``: a lively sample workbook, run as of yesterday, edited as people would, run for today."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sheets_sync import locale, report, sample, starter
from sheets_sync.backends.excel import ExcelBackend, swap
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.backends.excel.repack import pack, rewrite
from sheets_sync.backends.excel.stream import letters, serial
from sheets_sync.model import OwnTab, SourceTab
from sheets_sync.problems import ConfigError
from sheets_sync.run import Request, sync

if TYPE_CHECKING:
    from sheets_sync.report import RunReport

_SHOWN = (OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES, OwnTab.UPCOMING, OwnTab.HISTORY, OwnTab.SETTINGS)


def show(folder: Path, language: str, today: date) -> Iterator[str]:
    """Write the workbook into ``folder`` under a free name and run it; the lines say what was done, where to look."""
    words = locale.load(language)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ConfigError("folder_is_file", folder=str(folder)) from error
    names = itertools.chain(["demo.xlsx"], (f"demo-{n}.xlsx" for n in itertools.count(2)))
    file = next(folder / name for name in names if not (folder / name).exists())
    yesterday = today - timedelta(days=1)
    book = starter.compose(language, SourceTab, sample.rows(today))
    book.save(file)
    yield words.text("demo_made", file=str(file))
    yield from report.summary(_run(file, language, yesterday))
    yield ""
    _edit(file, language, today)
    yield words.text("demo_moved")
    yield from report.summary(_run(file, language, today))
    yield ""
    yield words.text("demo_look", file=str(file), tabs=", ".join(words.title(own) for own in _SHOWN))


def _run(file: Path, language: str, on: date) -> RunReport:
    backend = ExcelBackend(file)
    try:
        request = Request(now=datetime.now(UTC), run_id="demo", on=on, flags={"language": language}, write=True)
        return sync(backend, request)
    finally:
        backend.close()


def _edit(file: Path, language: str, today: date) -> None:
    """What people did since yesterday: one next order moved by nine days, one customer upgraded."""
    words = locale.load(language)
    customers = sample.customers(today)
    row_of = {row["customer_id"]: at for at, row in enumerate(customers, start=2)}
    column_of = {c.key: letters(at) for at, c in enumerate(starter.columns(SourceTab.CUSTOMERS))}
    moved = next(row for row in customers if row["customer_id"] == sample.MOVED_ORDER)["next_order_on"] + timedelta(
        days=9
    )
    day, upgraded = serial(moved, date1904=False), words.value("customer_type", "pc")
    edits = {
        f"{column_of['next_order_on']}{row_of[sample.MOVED_ORDER]}": f"<v>{day}</v>",
        f"{column_of['customer_type']}{row_of[sample.UPGRADED]}": f"<is><t>{upgraded}</t></is>",
    }
    write_cells(file, words.source_title(SourceTab.CUSTOMERS), edits)


def write_cells(file: Path, title: str, edits: Mapping[str, str]) -> None:
    """Replace the content of cells that are there, as a person typing into them would; formats stay."""
    with Package(file) as package:
        sheet = next(s for s in Book(package).sheets if s.title == title)
        assert sheet.part is not None  # noqa: S101  (our own workbook)
        xml = package.read(sheet.part).decode("utf-8")
        for cell, content in edits.items():
            kind = ' t="inlineStr"' if content.startswith("<is>") else ""
            pattern = rf'<c r="{cell}"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)'
            xml, changed = re.subn(pattern, rf'<c r="{cell}"\1{kind}>{content}</c>', xml, count=1)
            assert changed, cell  # noqa: S101
        new = pack(sheet.part, xml.encode("utf-8"))
        pieces = list(rewrite(package, {sheet.part: new}, []))
    swap.replace(file, pieces, approve=lambda _: None)

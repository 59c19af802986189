"""Starter workbooks: input tabs with headers, dropdowns, number formats and a how-to note on each header."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from sheets_sync import locale, sample
from sheets_sync.backends.excel import reading, swap, transplant
from sheets_sync.model import Kind, SourceTab
from sheets_sync.problems import BackendError, ConfigError
from sheets_sync.tables.recognise import recognise
from sheets_sync.tables.schema import SOURCES, Column

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

READY_ROWS = 1_000
"""How far down dropdowns and number formats reach."""

_WIDTHS = {"name": 26, "customer": 24, "email": 28, "products": 28, "notes": 34, "reason": 28, "phone": 19}
_DATE_FORMATS = {"pt-BR": "dd/mm/yyyy", "es": "dd/mm/yyyy", "nl": "dd-mm-yyyy", "en": "yyyy-mm-dd"}
_MONEY_FORMATS = {"pt-BR": '"R$" #,##0.00', "es": '#,##0.00 "€"', "nl": '"€" #,##0.00', "en": "#,##0.00"}
_FREQUENCIES = ("weekly", "biweekly", "monthly", "bimonthly", "quarterly", "six_monthly", "yearly")
_MAX_LIST = 255
"""Excel's limit for the text of a dropdown list."""


def columns(source: SourceTab) -> tuple[Column, ...]:
    """The columns a starter tab has: those with a how-to note, in the notes' order."""
    return tuple(SOURCES[source].column(key) for key in locale.read("en")["notes"][source.value])


def _word(column: Column, source: SourceTab, value: Any, words: locale.Locale) -> Any:
    if value is None or value == "":
        return None
    if column.kind is Kind.CHOICE:
        return words.value(_value_key(column, source), value)
    if column.kind is Kind.FLAG:
        return words.answer("yes" if value else "no")
    if column.kind is Kind.FREQUENCY:
        return _frequency(value, words)
    if column.kind is Kind.LANGUAGE:
        return _language(value)
    return value


def _frequency(name: str, words: locale.Locale) -> str:
    return str(locale.read(words.language)["frequencies"][name][0])


def _language(language: str) -> str:
    return str(locale.read(language)["language"]["name"])


def _value_key(column: Column, source: SourceTab) -> str:
    return (
        {SourceTab.ORDERS: "order_status", SourceTab.EXCHANGES: "exchange_status"}.get(source, column.key)
        if column.key == "status"
        else column.key
    )


def _choices(column: Column, source: SourceTab, words: locale.Locale) -> tuple[str, ...]:
    if column.kind is Kind.CHOICE:
        return tuple(words.value(_value_key(column, source), c) for c in column.choices)
    if column.kind is Kind.FLAG:
        return (words.answer("yes"), words.answer("no"))
    if column.kind is Kind.FREQUENCY:
        return tuple(_frequency(f, words) for f in _FREQUENCIES)
    if column.kind is Kind.LANGUAGE:
        return tuple(_language(language) for language in locale.LANGUAGES)
    return ()


def _write(sheet: Worksheet, source: SourceTab, language: str, rows: Iterable[Mapping[str, Any]]) -> None:
    words = locale.load(language)
    notes: Mapping[str, str] = locale.read(language)["notes"][source.value]
    line = Side(style="thin", color="9AA5B1")
    for place, column in enumerate(columns(source), start=1):
        letter = get_column_letter(place)
        head = sheet.cell(1, place, words.header(source, column.key))
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor="2F5D62")
        head.alignment = Alignment(vertical="center", wrap_text=True)
        head.border = Border(bottom=line)
        head.comment = Comment(notes[column.key], "sheets-sync", width=280, height=90)
        width = max(len(str(head.value)) + 5, 12)
        sheet.column_dimensions[letter].width = max(width, _WIDTHS.get(column.key, 0))
        number_format = {Kind.DATE: _DATE_FORMATS[language], Kind.MONEY: _MONEY_FORMATS[language]}.get(column.kind)
        text = column.kind in {Kind.ID, Kind.PHONE, Kind.TAX_ID}
        if number_format or text:
            for row in range(2, READY_ROWS + 2):
                sheet.cell(row, place).number_format = number_format or "@"
        _validate(sheet, f"{letter}2:{letter}{READY_ROWS + 1}", column, _choices(column, source, words))
    for at, values in enumerate(rows, start=2):
        for place, column in enumerate(columns(source), start=1):
            value = _word(column, source, values.get(column.key), words)
            if value is not None:
                sheet.cell(at, place).value = value
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[1].height = 32
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns(source)))}1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _validate(sheet: Worksheet, cells: str, column: Column, choices: Sequence[str]) -> None:
    """A dropdown, or a check that a date is one; both warn only, since people know best."""
    listed = '"' + ",".join(choices) + '"'
    if choices and len(listed) <= _MAX_LIST:
        rule = DataValidation(type="list", formula1=listed, allow_blank=True, errorStyle="warning")
    elif column.kind is Kind.DATE:
        rule = DataValidation(
            type="date", operator="greaterThan", formula1="32874", allow_blank=True, errorStyle="warning"
        )
    else:
        return
    rule.add(cells)
    sheet.add_data_validation(rule)


def compose(
    language: str, sources: Iterable[SourceTab], rows: Mapping[SourceTab, Sequence[Mapping[str, Any]]]
) -> Workbook:
    """A workbook of the given input tabs in ``language``, with ``rows`` (canonical values) filled in."""
    words = locale.load(language)
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "sheets-sync"
    for source in sources:
        _write(book.create_sheet(words.source_title(source)), source, language, rows.get(source, ()))
    return book


def new(file: Path, language: str, *, sample_rows: bool, today: date) -> list[str]:
    """Write a starter workbook, or add the input tabs that ``file`` lacks. Returns the titles of the tabs made.

    Raises BackendError where ``file`` exists and cannot be worked on, ConfigError where a new one is named otherwise
    than a workbook.
    """
    rows = sample.rows(today) if sample_rows else {}
    if not file.exists():
        if file.suffix.lower() != ".xlsx":
            raise ConfigError("new_not_xlsx", file=file.name)
        if not file.parent.is_dir():
            raise BackendError("missing", file=str(file.parent))
        book, content = compose(language, SourceTab, rows), BytesIO()
        book.save(content)
        swap.replace(file, [content.getvalue()], approve=lambda _: None)
        return book.sheetnames
    lacking = [source for source in SourceTab if source not in _present(file)]
    if not lacking:
        return []
    with TemporaryDirectory() as folder, swap.Lock(file):
        composed = Path(folder) / "composed.xlsx"
        compose(language, lacking, rows).save(composed)
        return transplant.plant(file, composed)


def _present(file: Path) -> set[SourceTab]:
    """The kinds of input tab a workbook has, usable or only titled so."""
    with reading.open_file(file) as opened:
        if not opened.writable:
            raise BackendError("not_xlsx", file=file.name)
        tabs = opened.workbook.tabs
    found = {layout.source for layout in recognise(tabs, {}).layouts}
    titled = (locale.tab_titles().get(locale.fold(tab.title)) for tab in tabs)
    return found | {source for source in titled if source is not None}

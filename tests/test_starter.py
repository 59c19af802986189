"""Starter workbooks: what a shop fills in is what the worker reads, in four languages; nothing of theirs changes."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from sheets_sync import locale, starter
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.reading import open_file
from sheets_sync.model import SourceTab
from sheets_sync.tables.recognise import recognise
from tests.conftest import DAY

TEMPLATES = Path(__file__).parents[1] / "templates"


@pytest.mark.parametrize("language", locale.LANGUAGES)
def test_every_starter_column_is_recognised_as_itself(tmp_path: Path, language: str) -> None:
    path = tmp_path / "new.xlsx"
    starter.new(path, language, sample_rows=False, today=DAY)
    with open_file(path) as opened:
        found = recognise(opened.workbook.tabs, {})
    assert found.language == language
    assert found.problems == ()
    for layout in found.layouts:
        assert [c.key for c in layout.columns] == [c.key for c in starter.columns(layout.source)]


@pytest.mark.parametrize("language", locale.LANGUAGES)
def test_each_header_has_a_how_to_note_and_choices_are_dropdowns(tmp_path: Path, language: str) -> None:
    path = tmp_path / "new.xlsx"
    titles = starter.new(path, language, sample_rows=True, today=DAY)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == titles == [locale.load(language).source_title(s) for s in SourceTab]
    for sheet in book.worksheets:
        assert all(cell.comment is not None and cell.comment.text for cell in sheet[1])
        assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)


def test_an_existing_workbook_gets_the_tabs_it_lacks_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    book = openpyxl.Workbook()
    mine = book.active
    mine.title = "Pedidos"
    mine.append(["Nº do pedido", "Cliente", "Data do pedido"])
    mine.append(["P-1", "Ana", date(2026, 11, 1)])
    book.save(path)
    with Package(path) as package:
        before = {m.name: package.read(m) for m in package.members}
    assert starter.new(path, "pt-BR", sample_rows=False, today=DAY) == ["Clientes", "Trocas"]
    assert openpyxl.load_workbook(path).sheetnames == ["Pedidos", "Clientes", "Trocas"]
    with Package(path) as package:
        edited = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
        assert {n for n, content in before.items() if package.read(n) != content} <= edited
    after = path.read_bytes()
    assert starter.new(path, "pt-BR", sample_rows=False, today=DAY) == []
    assert path.read_bytes() == after


def _content(path: Path) -> dict[str, bytes]:
    with Package(path) as package:
        return {m.name: package.read(m) for m in package.members if m.name != "docProps/core.xml"}


@pytest.mark.parametrize("language", locale.LANGUAGES)
def test_the_shipped_templates_are_the_generated_ones(tmp_path: Path, language: str) -> None:
    shipped = TEMPLATES / f"shop.{language}.xlsx"
    if os.environ.get("UPDATE_TEMPLATES"):
        shipped.unlink(missing_ok=True)
        starter.new(shipped, language, sample_rows=False, today=DAY)
    fresh = tmp_path / "fresh.xlsx"
    starter.new(fresh, language, sample_rows=False, today=DAY)
    assert _content(shipped) == _content(fresh)
    assert not re.search(rb"/(?:work|root|home)/", shipped.read_bytes())

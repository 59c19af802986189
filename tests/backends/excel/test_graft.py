"""Our tabs go in, nothing else changes, and what was written is what was planned."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import fastexcel
import openpyxl
import pytest
from msgspec.structs import replace

from sheets_sync.backends.excel import blank, born, check, graft, rows, stream
from sheets_sync.backends.excel.look import dropdown
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.model import AddRow, Cell, OwnTab, Plan, TabPlan
from sheets_sync.problems import BackendError, Refusal
from sheets_sync.tables.schema import OWN
from tests.backends.excel import wild
from tests.corpus.parts import differences
from tests.sample_plans import AWKWARD, first, second


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return wild.lively(tmp_path / "loja.xlsx")


def titles(path: Path) -> list[str]:
    with Package(path) as package:
        return [sheet.title for sheet in Book(package).sheets]


def next_day(path: Path, plan: Plan) -> Plan:
    there = titles(path)[-len(plan.tabs) - 1 :]
    return second(plan, dict(zip([tab.title for tab in plan.tabs], there, strict=False)))


# ── nothing else changes ────────────────────────────────────────────────────


@pytest.mark.parametrize("form", wild.FORMS)
@pytest.mark.parametrize("language", ["pt-BR", "nl"])
def test_every_other_part_stays_the_same(tmp_path: Path, form: str, language: str) -> None:
    path = wild.form(form, tmp_path / "a.xlsx")
    before = shutil.copyfile(path, tmp_path / "before.xlsx")
    plan = first(language)
    old = titles(path)
    graft.apply(path, plan)
    assert differences(before, path) == []
    assert titles(path)[: len(old)] == old
    graft.apply(path, next_day(path, plan))
    assert differences(before, path) == []
    if form == "parts elsewhere":
        return  # calamine looks in xl/ only
    book = fastexcel.read_excel(path)
    for tab in plan.tabs:
        sheet = book.load_sheet(tab.title, header_row=None, n_rows=4, use_columns=[0]).to_arrow().column(0)
        assert str(sheet[0]) == f"sheets-sync:{tab.own}:1"
        assert str(sheet[1]).endswith("+1")


def test_a_second_run_adds_no_style_and_no_name(path: Path) -> None:
    plan = first("pt-BR")
    graft.apply(path, plan)
    with Package(path) as package:
        before = {name: package.read(name) for name in ("xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml")}
        names = len(re.findall(b"<definedName ", before["xl/workbook.xml"]))
    graft.apply(path, next_day(path, plan))
    with Package(path) as package:
        assert package.read("xl/styles.xml") == before["xl/styles.xml"]
        assert package.read("[Content_Types].xml") == before["[Content_Types].xml"]
        assert len(re.findall(b"<definedName ", package.read("xl/workbook.xml"))) == names


def test_an_empty_plan_touches_nothing(path: Path) -> None:
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
    assert not graft.apply(path, Plan(tabs=(), memory=None, language="pt-BR")).changed
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_the_result_can_go_elsewhere(path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    out = tmp_path / "result.xlsx"
    graft.apply(path, first("es"), out=out)
    assert path.read_bytes() == before
    assert differences(path, out) == []


def test_a_workbook_of_our_tabs_alone(tmp_path: Path) -> None:
    empty, out = tmp_path / "empty.xlsx", tmp_path / "out.xlsx"
    blank.create(empty)
    plan = first("en")
    graft.apply(empty, plan, out=out)
    assert openpyxl.load_workbook(out).sheetnames == [*(tab.title for tab in plan.tabs), "_sync"]


# ── what was planned is there ───────────────────────────────────────────────


def test_awkward_texts_come_back_as_texts(path: Path) -> None:
    plan = first("pt-BR")
    problems = graft.apply(path, plan).problems
    sheet = openpyxl.load_workbook(path)["Contatos de hoje"]
    found = {sheet.cell(row, 11).value: sheet.cell(row, 4) for row in range(5, sheet.max_row + 1)}
    cells = [found[f"awkward:touchpoints:{i}"] for i in range(len(AWKWARD))]
    assert all(cell.data_type in ("s", "inlineStr") for cell in cells)
    values = [cell.value for cell in cells]
    assert values[0] == AWKWARD[0]
    assert values[4] == "Ana\u0000Lú\u000bcia\u001f <b>&amp;</b> \"quoted\" 'single'".translate(
        {0: None, 11: None, 31: None}
    )
    assert values[5] == "lone \ufffd surrogate \ufffd here"
    assert values[9] == AWKWARD[9]
    assert values[12] == "0012345678901"
    assert len(values[-1]) == 32_767
    assert {p.code for p in problems} == {"text_cut"}


def test_kinds_of_values(path: Path) -> None:
    graft.apply(path, first("pt-BR", awkward=False))
    sheet = openpyxl.load_workbook(path)["Contatos de hoje"]
    assert sheet["B5"].value.date() == date(2025, 8, 11)
    assert sheet["B5"].number_format == "dd/mm/yyyy"
    assert sheet["I5"].value == 123.45
    assert "R$" in sheet["I5"].number_format
    assert sheet["L13"].value is True
    assert sheet["E6"].hyperlink.target.startswith("https://wa.me/")
    assert sheet["H5"].hyperlink.location == "'Pedidos'!A12"
    assert sheet["H5"].hyperlink.target is None


def test_dates_are_written_in_the_workbooks_own_epoch(tmp_path: Path) -> None:
    path = wild.form("1904", tmp_path / "a.xlsx")
    graft.apply(path, first("pt-BR", awkward=False))
    book = openpyxl.load_workbook(path)
    assert book.epoch.year == 1904
    assert book["Contatos de hoje"]["B5"].value.date() == date(2025, 8, 11)


def test_the_frame_of_a_tab(path: Path) -> None:
    graft.apply(path, first("pt-BR", awkward=False))
    book = openpyxl.load_workbook(path)
    sheet = book["Contatos de hoje"]
    assert sheet["A1"].value == "sheets-sync:touchpoints:1"
    assert [sheet.cell(1, i).value for i in range(2, 16)] == list(OWN[OwnTab.TOUCHPOINTS].keys()[1:])
    assert sheet.row_dimensions[1].hidden
    assert sheet.column_dimensions["K"].hidden
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == "A4:O14"
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.tabColor is not None
    ranges = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert ranges["L5:L1048576"].formula1 == '"✓"'
    assert ranges["M5:M1048576"].type == "date"
    assert {str(r.sqref) for r in sheet.conditional_formatting} == {"A4:O1048576", "A4:A1048576", "B4:B1048576"}
    answers = book["Dúvidas"].data_validations.dataValidation
    assert [str(rule.sqref) for rule in answers] == ["G5:G7"]
    assert book["_sync"].sheet_state == "veryHidden"


def test_the_memory_is_whole(path: Path) -> None:
    plan = first("pt-BR")
    graft.apply(path, plan)
    for wanted in (plan.memory, "short"):
        graft.apply(path, Plan(tabs=(), memory=wanted, language="pt-BR"))
        sheet = openpyxl.load_workbook(path)["_sync"]
        assert sheet["A1"].value == "sheets-sync:sync:1"
        assert "".join(row[0] for row in sheet.iter_rows(min_row=2, values_only=True)) == wanted
    assert len(titles(path)) == 3 + 7


def test_columns_of_peoples_own_come_back_with_a_tab(path: Path) -> None:
    graft.apply(path, first("pt-BR"))
    sheet = openpyxl.load_workbook(path)["Contatos de hoje"]
    assert [sheet.cell(4, 16).value, sheet.cell(4, 17).value] == ["Minha coluna", "Outra <&>"]
    assert sheet.cell(1, 16).value is None


# ── clashes and limits ──────────────────────────────────────────────────────


def test_a_title_that_is_taken_gets_a_number_and_links_follow(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book.create_sheet("CONTATOS DE HOJE")
    book.create_sheet("_SYNC")
    book.save(path)
    plan = first("pt-BR")
    link = Cell(value="x", link="#'Contatos de hoje'!A5")
    tabs = (*plan.tabs[:1], replace(plan.tabs[1], adds=(AddRow(key="k", cells={"source": link}),)))
    graft.apply(path, replace(plan, tabs=tabs))
    there = openpyxl.load_workbook(path)
    assert there.sheetnames[-3:] == ["Contatos de hoje 2", "Trocas a fazer", "_sync 2"]
    assert there["Trocas a fazer"]["H5"].hyperlink.location == "'Contatos de hoje 2'!A5"
    assert there["_SYNC"]["A1"].value is None


@pytest.mark.parametrize(
    ("wished", "title"),
    [("a" * 40, "a" * 31), ("x/y:z*[1]?", "x y z  1"), ("'quoted'", "quoted"), ("😀" * 20, "😀" * 15), ("", "Tab")],
)
def test_titles_are_made_to_fit(wished: str, title: str) -> None:
    assert graft.free_title(wished, []) == title
    assert graft.free_title(wished, [title.upper()]) != title


def test_beyond_the_limit_of_links_the_source_becomes_plain_text(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(born, "LINKS_BEFORE_PLAIN", 5)
    graft.apply(path, first("pt-BR", awkward=False))
    sheet = openpyxl.load_workbook(path)["Contatos de hoje"]
    assert sheet["H5"].hyperlink is None
    assert sheet["H5"].value == "Pedidos 12"
    assert sheet["E6"].hyperlink is not None


def test_links_that_excel_would_not_take_are_left_out() -> None:
    links = stream.Links("t")
    links.add("A1", "https://example.com/" + "x" * 3_000)
    links.add("A2", "https://example.com/é b\"<'")
    assert [markup for markup in links.markup() if "ref=" in markup] == ['<hyperlink ref="A2" r:id="rId1"/>']
    assert "%C3%A9%20b%22%3C'" in "".join(links.relationships())


def test_one_relationship_serves_all_cells_with_one_target() -> None:
    links = stream.Links("t")
    for row in range(100):
        links.add(f"A{row + 1}", f"https://wa.me/{row % 3}")
    assert len(list(links.relationships())) == 3
    assert len(links) == 100


def test_dropdowns_stay_under_excels_limit() -> None:
    rule = dropdown(tuple(f"a choice, number {i}" for i in range(40)))
    assert len(rule.formula1) <= 257
    assert rule.formula1.count(",") == rule.formula1.count("number") - 1


def test_locked_structure_is_refused_only_where_a_tab_must_be_added(path: Path) -> None:
    plan = first("pt-BR", awkward=False)
    graft.apply(path, plan)
    parts = wild.read(path)
    name = "xl/workbook.xml"
    parts[name] = re.sub(rb"<workbookProtection[^>]*/>", b'<workbookProtection lockStructure="1"/>', parts[name])
    wild.write(path, parts)
    graft.apply(path, next_day(path, plan))
    with pytest.raises(BackendError) as raised:
        graft.apply(path, first("nl", awkward=False))
    assert raised.value.code == "structure_locked"


def test_a_file_that_changed_since_it_was_read_is_refused(path: Path) -> None:
    with pytest.raises(Refusal) as raised:
        graft.apply(path, first("pt-BR"), seen=(1, 2))
    assert raised.value.code == "changed_under_us"


# ── the self-check sees planted faults ──────────────────────────────────────


def _flip_foreign(pieces: list[bytes]) -> None:
    largest = max(range(len(pieces)), key=lambda i: len(pieces[i]))
    pieces[largest] = pieces[largest][:60] + bytes([pieces[largest][60] ^ 1]) + pieces[largest][61:]


def _cut(pieces: list[bytes]) -> None:
    pieces.pop()


@pytest.mark.parametrize("fault", [_flip_foreign, _cut])
def test_a_package_written_wrong_is_not_swapped_in(
    path: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[list[bytes]], None]
) -> None:
    real = graft.rewrite

    def faulty(*arguments: Any) -> list[bytes]:
        pieces = list(real(*arguments))
        fault(pieces)
        return pieces

    monkeypatch.setattr(graft, "rewrite", faulty)
    before = path.read_bytes()
    with pytest.raises((check.CheckError, BackendError)):
        graft.apply(path, first("pt-BR", awkward=False))
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_cell_written_wrong_is_seen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = born.sheet

    def faulty(*arguments: Any, **named: Any) -> Any:
        return (piece.replace("João".encode(), b"Joao") for piece in real(*arguments, **named))

    monkeypatch.setattr(born, "sheet", faulty)
    with pytest.raises(check.CheckError):
        graft.apply(path, first("pt-BR", awkward=False))


def test_a_note_lost_by_rewriting_is_seen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = first("pt-BR", awkward=False)
    graft.apply(path, plan)
    real = rows.rewrite

    def forgetful(*arguments: Any) -> Any:
        new = real(*arguments)
        return replace(new, xml=new.xml.replace(b"liga depois das 14h", b"liga depois"))

    monkeypatch.setattr(rows, "rewrite", forgetful)
    with pytest.raises(check.CheckError, match="what people wrote"):
        graft.apply(path, next_day(path, plan))


# ── the calculation chain ───────────────────────────────────────────────────


def test_entries_of_a_rewritten_tab_leave_the_calculation_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wild.form("with a calculation chain", tmp_path / "a.xlsx")
    plan = first("pt-BR", awkward=False)
    graft.apply(path, plan)
    parts = wild.read(path)
    with Package(path) as package:
        mine = next(s for s in Book(package).sheets if s.title == "Contatos de hoje").sheet_id
    chain = "xl/calcChain.xml"
    parts[chain] = parts[chain].replace(b'i="9"', b'i="%d"' % mine)
    wild.write(path, parts)
    real = rows.rewrite
    monkeypatch.setattr(rows, "rewrite", lambda *a: replace(real(*a), formulas=True))
    graft.apply(path, next_day(path, plan))
    assert re.findall(rb'<c r="(\w+)"', wild.read(path)[chain]) == [b"D41"]
    parts = wild.read(path)
    parts[chain] = parts[chain].replace(b'i="1"', b'i="%d"' % mine)
    wild.write(path, parts)
    tab = next_day(path, plan).tabs[0]
    again = TabPlan(own=tab.own, title=tab.title, found=tab.found, heading="x")
    graft.apply(path, Plan(tabs=(again,), memory=None, language="pt-BR"))
    left = wild.read(path)
    assert chain not in left
    assert b"calcChain" not in left["[Content_Types].xml"] + left["xl/_rels/workbook.xml.rels"]

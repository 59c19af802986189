"""What people did to a tab of ours stays as it was, with its row: whoever saved the file last."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from sheets_sync.model import Cell
from tests.backends.excel import own_tab
from tests.backends.excel.own_tab import (
    TITLE,
    add,
    born,
    column_of,
    edit,
    found,
    key,
    number_of,
    recalculated,
    rewrite,
    sheet,
)
from tests.corpus import oracles

YELLOW = PatternFill("solid", fgColor="FFFFFF00")


def worked_in(path: Path) -> Path:
    """Four tasks, and a person's work on them: b and c are theirs above all."""
    born(path, "abcd")
    book = edit(path)
    tab = book[TITLE]
    assert isinstance(tab, Worksheet)
    tab["P4"] = "Mine"
    for row in range(5, 9):
        tab.cell(row, 15).value = f"note {row}"
        tab.cell(row, 16).value = f"=I{row}*2"
    tab["L6"], tab["M6"], tab["N6"] = "✓", date(2025, 9, 1), "Bia"
    tab["M6"].number_format = "dd/mm/yyyy"
    tab["O6"].fill, tab["O6"].font = YELLOW, Font(bold=True)
    tab["A6"].fill = YELLOW
    tab["O6"].comment = Comment("call her", "Bia", width=300, height=90)
    tab["B2"].comment = Comment("up here", "Bia")
    tab["P7"].hyperlink = "https://mine.example/c"
    tab["P7"].value = "=I7*3"
    tab.merge_cells("R6:R7")
    tab["R6"] = "merged"
    tab.row_dimensions[6].height = 77
    tab.row_dimensions[7].hidden = True
    tab.column_dimensions["F"].hidden = True
    tab.column_dimensions["G"].width = 33.5
    tab["A12"], tab["I12"], tab["J12"], tab["G12"] = "total", "=SUM(I5:I8)", "=I6+I7", "=SUM(I6:I7)"
    tab.conditional_formatting.add("P5:P8", FormulaRule(formula=["$P5>15"], fill=YELLOW))
    names = DataValidation(type="list", formula1='"Bia,Rui"')
    names.add("N5:N8")
    tab.add_data_validation(names)
    tab.sheet_view.zoomScale = 85
    tab.print_area = "A4:O12"
    tab.sheet_properties.tabColor = "FF112233"
    tab.page_setup.paperSize = 8
    book.save(path)
    return path


def left(path: Path, _: Path) -> Path:
    return path


def prefixed(path: Path, _: Path) -> Path:
    """The sheet with its namespace bound to ``x:``, as some libraries write it."""

    def rename(xml: str) -> str:
        xml = re.sub(r"<(/?)([A-Za-z])", r"<\1x:\2", xml)
        return xml.replace("<x:?xml", "<?xml").replace("xmlns=", "xmlns:x=")

    return changed(path, rename)


def nameless(path: Path, _: Path) -> Path:
    """Rows and cells without ``r``: each follows the one before it. Gaps are filled with empty ones."""

    def strip(xml: str) -> str:
        rows: dict[int, str] = {}
        for row in re.finditer(r"<row\b[^>]*?(?:/>|>.*?</row>)", xml, re.DOTALL):
            number = int(re.search(r'\sr="(\d+)"', row[0])[1])  # type: ignore[index]
            cells = {}
            for cell in re.finditer(r"<c\b[^>]*?(?:/>|>.*?</c>)", row[0], re.DOTALL):
                column = re.search(r'\sr="([A-Z]+)\d+"', cell[0])[1]  # type: ignore[index]
                cells[column_index_from_string(column)] = re.sub(r'\sr="[A-Z]+\d+"', "", cell[0], count=1)
            tag = re.sub(r'\s(r|spans)="[^"]*"', "", re.match(r"<row\b[^>]*?(?=/?>)", row[0])[0])  # type: ignore[index]
            filled = "".join(cells.get(n, "<c/>") for n in range(1, max(cells, default=0) + 1))
            rows[number] = f"{tag}>{filled}</row>"
        every = "".join(rows.get(n, "<row/>") for n in range(1, max(rows) + 1))
        return re.sub(r"<sheetData>.*</sheetData>", lambda _: f"<sheetData>{every}</sheetData>", xml, flags=re.DOTALL)

    return changed(path, strip)


def utf16(path: Path, _: Path) -> Path:
    """The sheet in UTF-16, with a comment among the rows."""
    return changed(path, lambda xml: xml.replace("<sheetData>", "<sheetData><!-- a row -->"), encoding="utf-16")


def changed(path: Path, change: Callable[[str], str], *, encoding: str = "utf-8") -> Path:
    """The package with our sheet's XML changed by hand."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = "xl/worksheets/sheet2.xml"
    xml = re.sub(r"^<\?xml[^>]*>\s*", "", parts[name].decode())
    parts[name] = (f'<?xml version="1.0" encoding="{encoding}"?>' + change(xml)).encode(encoding)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts.items():
            package.writestr(part, content)
    return path


Saver = Callable[[Path, Path], Path]
SAVERS = [left, prefixed, nameless, utf16, recalculated]


@pytest.mark.parametrize("saved_by", SAVERS, ids=lambda s: s.__name__)
def test_people_s_work_goes_with_its_row(tmp_path: Path, saved_by: Saver) -> None:
    path = saved_by(worked_in(tmp_path / "shop.xlsx"), tmp_path / "saved")
    before = sheet(path)
    late = {"b": {"status": Cell(value="late")}}
    rewrite(path, adds=[add("new"), add("newer")], removes=["a"], updates=late, heading="Day 2")
    tab = sheet(path)
    rows = {name: number_of(tab, name) for name in ("new", "newer", "b", "c", "d")}
    assert rows == {"new": 5, "newer": 6, "b": 7, "c": 8, "d": 9}
    assert tab["A2"].value == "Day 2"
    assert [tab.cell(rows["b"], c).value for c in (1, 12, 14, 15)] == ["late", "✓", "Bia", "note 6"]
    assert tab.cell(rows["b"], 13).value.date() == date(2025, 9, 1)
    for row, formula in ((7, "=I7*2"), (8, "=I8*3"), (9, "=I9*2")):
        assert tab.cell(row, 16).value == formula
    assert (tab["I13"].value, tab["J13"].value, tab["G13"].value) == ("=SUM(I5:I9)", "=I7+I8", "=SUM(I7:I8)")
    assert tab["A13"].value == "total"
    for cell in ("O7", "A7"):
        assert tab[cell].fill.fgColor.rgb == "FFFFFF00"
    assert tab["O7"].font.bold
    note = tab["O7"].comment
    assert note is not None
    assert "call her" in note.text
    assert tab["B2"].comment is not None
    assert {c.coordinate for row in tab.iter_rows() for c in row if c.comment} == {"O7", "B2"}
    link = tab["P8"].hyperlink
    assert link is not None
    assert link.target == "https://mine.example/c"
    assert [str(r) for r in tab.merged_cells.ranges] == ["R7:R8"]
    assert tab["R7"].value == "merged"
    assert tab.row_dimensions[7].height == pytest.approx(77, abs=1)
    assert [r for r in range(5, 14) if tab.row_dimensions[r].hidden] == [8]
    for column in "FGKL":
        assert tab.column_dimensions[column].hidden == before.column_dimensions[column].hidden
        assert tab.column_dimensions[column].width == before.column_dimensions[column].width
    assert tab.sheet_view.zoomScale == before.sheet_view.zoomScale
    assert tab.freeze_panes == before.freeze_panes
    assert tab.print_area == "'Contacts today'!$A$4:$O$13"
    assert tab.page_setup.paperSize == before.page_setup.paperSize
    assert tab.sheet_properties.tabColor.rgb == "FF112233"
    assert tab.auto_filter.ref == "A4:R9"
    theirs = [r for c in tab.conditional_formatting for r in c.rules if "15" in r.formula[0]]
    assert [r.formula[0] for r in theirs] == ["$P5>15"]
    assert "P5:P9" in {str(c.sqref) for c in tab.conditional_formatting}
    assert {str(v.sqref) for v in tab.data_validations.dataValidation if v.formula1 == '"Bia,Rui"'} == {"N5:N9"}


@pytest.mark.parametrize("saved_by", [left, recalculated], ids=lambda s: s.__name__)
def test_our_links_and_validations_come_with_each_row(tmp_path: Path, saved_by: Saver) -> None:
    path = saved_by(worked_in(tmp_path / "shop.xlsx"), tmp_path / "saved")
    rewrite(path, adds=[add("new")], removes=["a"])
    tab = sheet(path)
    for name in ("new", "b", "c", "d"):
        row = number_of(tab, name)
        contact, source = tab.cell(row, 5).hyperlink, tab.cell(row, 8).hyperlink
        assert contact is not None
        assert source is not None
        assert contact.target == f"https://wa.me/5511?text={name}"
        assert source.location.replace("'", "").replace("$", "") in ("Orders!A5", "Orders.A5")
        for column in ("L", "M"):
            assert sum(f"{column}{row}" in v.sqref for v in tab.data_validations.dataValidation) == 1
    ticks = [v for v in tab.data_validations.dataValidation if v.formula1 == '"✓"']
    assert len(ticks) == 1


def test_a_changed_link_replaces_the_old_one(tmp_path: Path) -> None:
    path = born(tmp_path / "shop.xlsx", "ab")
    changes = {
        "a": {"contact": Cell(value="a@b.example", link="mailto:a@b.example?subject=Oi Ana&body=á")},
        "b": {"contact": Cell(value="nobody"), "source": Cell(value="Orders 9", link="#'Orders'!A9")},
    }
    rewrite(path, updates=changes)
    tab = sheet(path)
    assert tab["E5"].hyperlink is not None
    assert tab["E5"].hyperlink.target == "mailto:a@b.example?subject=Oi%20Ana&body=%C3%A1"
    assert tab["E6"].hyperlink is None
    assert tab["H6"].hyperlink is not None
    assert tab["H6"].hyperlink.location == "'Orders'!A9"
    with zipfile.ZipFile(path) as package:
        rels = package.read("xl/worksheets/_rels/sheet2.xml.rels").decode()
    assert "text=a" not in rels
    assert "text=b" not in rels


def test_a_machine_cell_keeps_the_style_a_person_gave_it(tmp_path: Path) -> None:
    path = born(tmp_path / "shop.xlsx", "ab")
    book = edit(path)
    book[TITLE]["A5"].fill = YELLOW
    book[TITLE]["A6"].style = "Normal"
    book.save(path)
    rewrite(path, updates={name: {"status": Cell(value="late"), "age": Cell(value=9)} for name in "ab"})
    tab = sheet(path)
    assert tab["A5"].fill.fgColor.rgb == "FFFFFF00"
    assert tab["A6"].alignment.vertical == tab["A5"].alignment.vertical == "center"
    assert tab["J6"].value == 9


def test_an_amount_takes_the_format_of_its_currency(tmp_path: Path) -> None:
    path = tmp_path / "shop.xlsx"
    born(path, "a")
    rewrite(path, updates={"a": {"amount": Cell()}})
    rewrite(path, updates={"a": {"amount": Cell(value=5.5, currency="EUR")}})
    assert "R$" in sheet(path)["I5"].number_format  # the reals it was born with: nothing says that they were ours
    rewrite(path, adds=[own_tab.AddRow(key=key("b"), cells={"amount": Cell()})])
    rewrite(path, updates={"b": {"amount": Cell(value=5.5, currency="EUR")}})
    assert "€" in sheet(path)["I5"].number_format


def test_dates_are_written_in_the_workbook_s_own_calendar(tmp_path: Path) -> None:
    path = tmp_path / "shop.xlsx"
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.title = "Orders"
    book.save(path)
    title = own_tab.TITLE
    tab = own_tab.TabPlan(own=own_tab.OWN, title=title, found=None, heading="x", adds=(add("a"),))
    own_tab.graft.apply(path, own_tab.Plan(tabs=(tab,), memory=None, language="en"))
    rewrite(path, adds=[add("b")], updates={"a": {"due": Cell(value=date(1999, 12, 31))}})
    result = sheet(path)
    assert result["B5"].value.date() == date(2025, 8, 20)
    assert result["B6"].value.date() == date(1999, 12, 31)
    with zipfile.ZipFile(path) as package:
        assert "<v>44427</v>" in package.read("xl/worksheets/sheet2.xml").decode()


def test_text_stays_text_and_fits(tmp_path: Path) -> None:
    path = born(tmp_path / "shop.xlsx", "a")
    texts = {
        "status": '=HYPERLINK("http://x";"y")',
        "customer": "  A\x00na \ud800 🎉 <b>&amp; _x0041_ ",
        "message": "one\r\ntwo\rthree",
        "why": "é" * 40_000,
    }
    rewrite(path, updates={"a": {k: Cell(value=v) for k, v in texts.items()}})
    tab = found(path).rows[0].machine
    assert tab["status"] == texts["status"]
    assert tab["customer"] == "  Ana \ufffd 🎉 <b>&amp; _x0041_ "
    assert tab["message"] == "one\ntwo\nthree"
    assert len(str(tab["why"])) == 32_767


def test_formulas_compute_what_their_rows_say(tmp_path: Path) -> None:
    """LibreOffice computes people's formulas after random changes: each says the same of the same task."""
    path, names = tmp_path / "shop.xlsx", [f"t{i}" for i in range(12)]
    born(path, names)
    book = edit(path)
    tab = book[TITLE]
    tab["P4"], tab["Q4"], tab["R4"] = "Me", "Above", "Share"
    for row in range(5, 17):
        tab.cell(row, 16).value = f'=D{row}&"|"&$K{row}&"|"&LEFT($D$4,3)&"A{row}"'
        tab.cell(row, 17).value = f"=D{row - 1}"
        tab.cell(row, 18).value = f"=I{row}/SUM(I$5:I$16)"
        tab.cell(row, 9).value = row
    tab["P2"], tab["P20"], tab["Q20"] = "=COUNTA(K5:K16)", "=SUM(I5:I16)", f"='{TITLE}'!D10"
    book.save(path)
    for turn, (born_now, gone) in enumerate([(2, 3), (0, 0), (3, 5), (1, 1)]):
        rewrite(path, adds=[add(f"n{turn}{i}") for i in range(born_now)], removes=[names.pop(gone)])
    result = openpyxl.load_workbook(recalculated(path, tmp_path / "lo"), data_only=True)[TITLE]
    assert isinstance(result, Worksheet)
    tasks = [r for r in range(5, result.max_row + 1) if result.cell(r, column_of(result, "key")).value]
    amounts = [result.cell(r, 9).value for r in tasks]
    for name in names:
        row = number_of(result, name)
        old = 5 + int(name[1:])
        customer = f"Customer of {name}"
        assert result.cell(row, 16).value == f"{customer}|{key(name)}|CusA{old}"
        assert result.cell(row, 18).value == pytest.approx(old / sum(amounts))
        above = f"t{old - 6}"
        expected = f"Customer of {above}" if above in names else "Customer" if old == 5 else "#REF!"
        assert result.cell(row, 17).value == expected
    total = next(r for r in range(max(tasks) + 1, result.max_row + 1) if result.cell(r, 16).value is not None)
    assert result["P2"].value == len(tasks)
    assert result.cell(total, 16).value == pytest.approx(sum(amounts))
    assert result.cell(total, 17).value == ("Customer of t5" if "t5" in names else "#REF!")


def with_table(path: Path, _: Path) -> Path:
    """Our rows made a table by a person."""
    book = edit(path)
    tab = book[TITLE]
    tab.auto_filter.ref = None
    tab["Q4"] = "Theirs"
    tab.add_table(Table(displayName="Tasks", ref="A4:Q8"))
    book.save(path)
    return path


@pytest.mark.parametrize("saved_by", [left, prefixed, with_table, recalculated], ids=lambda s: s.__name__)
def test_rewriting_adds_no_error(tmp_path: Path, saved_by: Saver) -> None:
    """Microsoft's validator finds nothing that it did not find before: grown, emptied and filled again."""
    command = oracles.validator()
    if command is None:
        pytest.skip("ooxml-validator is not installed")
    path = saved_by(worked_in(tmp_path / "shop.xlsx"), tmp_path / "saved")
    before = oracles.errors(command, path)
    late = {"b": {"status": Cell(value="late")}}
    rewrite(path, adds=[add("new"), add("last", below=-1)], removes=["a"], updates=late)
    assert not oracles.errors(command, path) - before
    rewrite(path, removes=["new", "b", "c", "d", "last"])
    assert not oracles.errors(command, path) - before
    rewrite(path, adds=[add("again")])
    assert not oracles.errors(command, path) - before
    assert [r.key for r in found(path).rows if r.key] == [key("again")]

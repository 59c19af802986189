"""Rows read as bytes are the rows that a parser reads, whatever the sheet looks like."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.backends.excel.sheet_cells import SheetRows
from sheets_sync.backends.excel.stored_cells import XmlLink, XmlRow
from sheets_sync.problems import BackendError, SheetsSyncError
from tests.backends.excel.raw_workbook import MAIN, sheet

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"

ROWS = (
    '<row r="{r}" hidden="1"/>',
    '<row r="{r}"></row>',
    "<row/>",
    '<row spans="1:3" r="{r}">{c}</row>',
    '<row r="{r}" ht="15" customHeight="1">{c}{c2}</row>',
    "<row>{c}</row>",
    "<row r='{r}' hidden='true'>{c}</row>",
    '\n <row  r = "{r}">\n{c}\n</row>',
)
CELLS = (
    '<c r="A{r}"/>',
    '<c r="B{r}" s="3"/>',
    '<c r="C{r}" s="1" t="s"><v>12</v></c>',
    '<c r="C{r}" t="s" s="1"><v>12</v></c>',
    '<c r="D{r}"><v>1.5E-3</v></c>',
    '<c r="E{r}" t="str"><f>A1&amp;"&lt;"</f><v>a&#10;&#x41;&apos;</v></c>',
    '<c r="F{r}"><f t="shared" ref="F1:F9" si="2">B1</f><v/></c>',
    '<c r="F{r}"><f t="shared" si="2"/><v></v></c>',
    '<c r="AA{r}" t="inlineStr"><is><t xml:space="preserve"> é_x0041_' + "\r\n" + " </t></is></c>",
    '<c r="XFD{r}" cm="1"><f/></c>',
    '<c r="G{r}" t="inlineStr"><is><r><rPr><color rgb="FF0000"/></rPr><t>a</t></r><rPh><t>c</t></rPh></is></c>',
    '<c r="H{r}"><!-- <c r="Z9"> --><v>1</v></c>',
    '<c r="I{r}" t="inlineStr"><is><t><![CDATA[<c r="Z9">]]></t></is></c>',
    '<c r="J{r}"><v>1</v><extLst><ext uri="x"/></extLst></c>',
    '<c\nr="K{r}"><v>1</v></c>',
    "<c r='L{r}'><v>1</v></c>",
    '<c r="M{r}"><is/></c>',
    "<c><v>1</v></c>",
    "<c/>",
)
AFTER = (
    '<hyperlinks><hyperlink ref="A1" r:id="rId1" location="x&amp;y"/></hyperlinks><rowBreaks><brk id="1"/></rowBreaks>'
    "<drawing/>"
)


def both(content: bytes, size: int) -> None:
    """The same rows, links and refusal either way, the bytes cut into pieces of ``size``."""
    found: list[tuple[list[XmlRow], list[XmlLink], str | None]] = []
    for read in (iter, lambda s: s._parsed(s.pieces)):
        sheet_rows = SheetRows(content[at : at + size] for at in range(0, len(content), size))
        rows: list[XmlRow] = []
        code = None
        try:
            rows = list(read(sheet_rows))
        except BackendError as error:
            code = error.code
        found.append((rows, sheet_rows.links, code))
    assert found[0] == found[1]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(*map(st.sampled_from, (ROWS, CELLS, CELLS))), max_size=6),
    st.sampled_from((1, 50, 5_000_000)),
    st.booleans(),
)
def test_the_same_rows(rows: list[tuple[str, str, str]], size: int, links: bool) -> None:
    inside = "".join(
        row.replace("{c}", cell).replace("{c2}", other).replace("{r}", str(3 * number))
        for number, (row, cell, other) in enumerate(rows, 1)
    )
    both(sheet(inside, after=AFTER if links else "").encode(), size)


def test_a_long_sheet_in_pieces() -> None:
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}" t="s"><v>{r}</v></c></row>' for r in range(1, 9000)
    )
    both(sheet(rows, after=AFTER).encode(), 1000)


@pytest.mark.parametrize(
    "rows", ["<row", "<row>", '<row r="1"><c r="A1">', "<row><row></row>", '<row r="0"></row>', '<row r="x"/>']
)
def test_broken_rows(rows: str) -> None:
    whole = sheet(rows).encode()
    for content in (
        whole,
        whole[: whole.index(b"</sheetData>")],
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows * 9999}'.encode(),
    ):
        with pytest.raises(BackendError, match="damaged"):
            list(SheetRows([content]))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the wild workbooks")
def test_wild_sheets() -> None:
    for path in sorted(CORPUS.glob("*.xl*"))[::4]:
        try:
            with Package(path) as package:
                parts = [s.part for s in Book(package).sheets if s.kind == "worksheet" and s.part]
                contents = [package.read(part) for part in parts]
        except SheetsSyncError:
            continue
        for content in contents:
            both(content, 1 << 20)


@pytest.mark.parametrize(
    "behind", ["", "<mergeCells>", "</worksheet", "</worksheet><x", "<a></b><hyperlinks/></worksheet>"]
)
def test_broken_behind_the_rows(behind: str) -> None:
    rows = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    with pytest.raises(BackendError, match="damaged"):
        list(SheetRows([f"{rows}{behind}".encode()]))


def test_a_sheet_in_the_usual_form_needs_no_lxml() -> None:
    code = (
        "import sys; from sheets_sync.backends.excel.sheet_cells import SheetRows;"
        'rows = SheetRows([b\'<worksheet><sheetData><row r="7"><c r="A7"><v>1</v></c></row></sheetData></worksheet>\']);'
        "assert [row.number for row in rows] == [7]; assert 'lxml' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""What only the sheet's XML says of a source tab, and every form in which it may be written."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from sheets_sync.backends.excel import sheet_scan
from sheets_sync.backends.excel.reading import open_file
from sheets_sync.model import CellFault, Kind
from sheets_sync.problems import BackendError
from tests.backends.excel.loading import head, layout, read, read_plain, small
from tests.backends.excel.raw_workbook import HEAD, MAIN, STYLES, parts, sheet, text, write


def test_formulas_without_a_value(tmp_path: Path) -> None:
    rows = head("a", "b", "c") + (
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f>1+1</f></c><c r="C2"><f>1+1</f></c></row>'
        '<row r="3"><c r="A3"><f>A2</f><v></v></c><c r="B3" t="str"><f>""</f><v></v></c><c r="C3"><f>1</f></c></row>'
        '<row r="4"><c r="A4" s="1"><f t="shared" si="0"/><v/></c></row>'
        '<row r="6"><c r="A6"><f t="shared" ref="A6:A9" si="1">1</f></c><c r="B6"/></row>'
    )
    path = small(tmp_path, rows)
    for tab in (read(path, layout("Pedidos", [0, 1], 1))[0], read_plain(path, layout("Pedidos", [0, 1], 1))):
        assert tab.faults == tuple(
            CellFault(row=row, key=key, code="uncached") for row, key in ((2, "k1"), (3, "k0"), (4, "k0"), (6, "k0"))
        )
        assert tab.frame.index.to_list() == [2, 3, 4, 5, 6]
        assert tab.frame["k0"][2] == 2


def test_text_or_number_in_a_mixed_column(tmp_path: Path) -> None:
    rows = head("Total") + (
        '<row r="2"><c r="A2"><v>1.234</v></c></row><row r="3">'
        + text("A3", "1.234")
        + '</row><row r="4"><c t="b" r="A4"/></row>'
        '<row r="5"><c r="A5" s="1"><v>46330</v></c></row><row r="6"><c r="A6" t="str"><f>T(1)</f><v>99.5</v></c></row>'
        '<row r="7"><c r="A7" t="b"><v>1</v></c></row><row r="8"><c r="A8" t="e"><v>#N/A</v></c></row>'
    )
    path = small(tmp_path, rows.replace('t="b" r="A4"', 'r="A4" t="b"'))
    for tab in (read(path, layout("Pedidos", [0], 1))[0], read_plain(path, layout("Pedidos", [0], 1))):
        assert tab.frame["k0"].to_list()[:2] == ["1.234", "1.234"]
        assert tab.typed["k0"][tab.typed["k0"]].index.to_list() == [2, 5, 7]
        assert tab.frame["k0"][5] == "2026-11-04 00:00:00"
        assert tab.faults == (CellFault(row=8, key="k0", code="#N/A"),)


def test_only_columns_that_could_be_misread_are_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_scan, "not_text", lambda *_: pytest.fail("looked up"))
    rows = head("a") + '<row r="2"><c r="A2"><v>1</v></c></row><row r="3">' + text("A3", "x") + "</row>"
    assert read(small(tmp_path, rows), layout("Pedidos", [0], 1, Kind.TEXT))[0].typed == {}
    rows = head("a") + '<row r="2">' + text("A2", "1,5") + '</row><row r="3">' + text("A3", "R$ 2") + "</row>"
    assert read(small(tmp_path, rows), layout("Pedidos", [0], 1))[0].typed == {}


@pytest.mark.parametrize("code", ["#SPILL!", "#CALC!", "#GETTING_DATA", "#ERROR!", "#FIELD!"])
def test_error_codes_that_calamine_does_not_know(tmp_path: Path, code: str) -> None:
    rows = head("a", "b") + f'<row r="2"><c r="A2" t="e"><v>{code}</v></c><c r="B2"><v>5</v></c></row>'
    (tab,) = read(small(tmp_path, rows), layout("Pedidos", [0, 1], 1))
    assert tab.faults == (CellFault(row=2, key="k0", code=code),)
    assert tab.frame["k1"].to_list() == [5]


def test_several_columns_that_fastexcel_cannot_type(tmp_path: Path) -> None:
    """#NAME? in numbers, a duration among texts: read as text, each value still known for what it is."""
    rows = head("x", "x", "ok") + (
        '<row r="2"><c r="A2"><v>1.5</v></c><c r="B2" s="3"><v>1.25</v></c><c r="C2"><v>7</v></c></row>'
        '<row r="3"><c r="A3" t="e"><v>#NAME?</v></c>' + text("B3", "logo") + '<c r="C3"><v>8</v></c></row>'
    )
    styles = STYLES.replace("</numFmts>", '<numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts>').replace(
        "</cellXfs>", '<xf numFmtId="166"/></cellXfs>'
    )
    members = parts({"Pedidos": sheet(rows)})
    members["xl/styles.xml"] = styles
    (tab,) = read(write(tmp_path / "a.xlsx", members), layout("Pedidos", [0, 1, 2], 1))
    assert tab.faults == (CellFault(row=3, key="k0", code="#NAME?"),)
    assert tab.frame["k0"][2] == "1.5"
    assert tab.typed["k0"][2]
    assert tab.frame["k1"][3] == "logo"
    assert tab.frame["k2"].to_list() == [7, 8]


def test_a_number_that_is_no_date(tmp_path: Path) -> None:
    numbers = ((2, 46330), (3, 99_999_999), (4, 46331), (5, "1e300"))
    rows = head("a") + "".join(f'<row r="{r}"><c r="A{r}" s="1"><v>{v}</v></c></row>' for r, v in numbers)
    path = small(tmp_path, rows)
    for tab in (read(path, layout("Pedidos", [0], 1))[0], read_plain(path, layout("Pedidos", [0], 1))):
        assert tab.frame["k0"][4] == pd.Timestamp("2026-11-05")
        assert tab.faults == tuple(CellFault(row=row, key="k0", code="#####") for row in (3, 5))


@pytest.mark.parametrize(
    "workbook_pr",
    [
        '<workbookPr date1904="1"/>',
        '<workbookPr date1904="true"/><x15:workbookPr xmlns:x15="u:x" chartTrackingRefBase="1"/>',
    ],
)
def test_1904(tmp_path: Path, workbook_pr: str) -> None:
    """calamine takes the flag from the last element of that name, whatever its namespace."""
    rows = head("a") + '<row r="2"><c r="A2" s="1"><v>44868</v></c></row>'
    (tab,) = read(small(tmp_path, rows, workbook_pr=workbook_pr), layout("Pedidos", [0], 1, Kind.DATE))
    assert tab.frame["k0"].to_list() == [pd.Timestamp("2026-11-04")]


def test_bare_numbers_of_1904_count_from_1904(tmp_path: Path) -> None:
    rows = head("a") + '<row r="2"><c r="A2"><v>44868</v></c></row>'
    for flag, day in (("1", date(2026, 11, 4)), ("0", date(2022, 11, 3))):
        path = small(tmp_path, rows, workbook_pr=f'<workbookPr date1904="{flag}"/>')
        (tab,) = read(path, layout("Pedidos", [0], 1, Kind.DATE))
        assert tab.day_zero + timedelta(days=tab.frame["k0"].to_list()[0]) == day


FORMS = {
    "prefixed": lambda s: re.sub(r"<(/?)(?=[a-z])", r"<\1x:", s).replace("xmlns=", "xmlns:x="),
    "single quotes": lambda s: s.replace('"', "'"),
    "no addresses": lambda s: re.sub(r'(<c|<row) r="[A-Z0-9]+"', r"\1", s),
    "another order": lambda s: re.sub(r'<c r="([A-Z0-9]+)" (s|t)="(\w+)"', r'<c \2="\3" r="\1"', s),
    "line breaks": lambda s: s.replace("<c ", "\n  <c\n").replace("<row", "\n<row"),
    "strict": lambda s: s.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    "UTF-16": lambda s: s.replace("UTF-8", "UTF-16").encode("utf-16"),
    "BOM": lambda s: s.encode("utf-8-sig"),
    "windows-1252": lambda s: s.replace("UTF-8", "windows-1252").encode("cp1252"),
    "comment first": lambda s: s.replace(HEAD, HEAD + "<!-- <c r='ZZZ9'> -->"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_xml(tmp_path: Path, form: str) -> None:
    rows = head("Código", "Data", "Situação") + (
        '<row r="2"><c r="A2"><v>1.5</v></c><c r="B2" s="1"><v>46330</v></c><c r="C2" t="s"><v>0</v></c></row>'
        '<row r="3"><c r="A3"><v>2.5</v></c><c r="B3" s="1"><f>TODAY()</f></c><c r="C3" t="s"><v>1</v></c></row>'
    )
    members = parts(
        {"Pedidos": sheet(rows)},
        strings='<si><t>não</t></si><si><r><t xml:space="preserve">já </t></r><rPh><t>x</t></rPh><r><t>é</t></r></si>',
    )
    members["xl/worksheets/sheet1.xml"] = FORMS[form](str(members["xl/worksheets/sheet1.xml"]))
    if form == "strict":
        for name in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
            members[name] = FORMS[form](str(members[name]))
    path = write(tmp_path / "a.xlsx", members)
    with open_file(path) as opened:
        assert opened.workbook.tabs[0].rows[1] == ("Código", "Data", "Situação")
        (tab,) = opened.load([layout("Pedidos", [0, 1, 2], 1)])
    assert tab.frame["k0"].to_list() == [1.5, 2.5]
    assert tab.frame["k1"][2] == pd.Timestamp("2026-11-04")
    assert tab.frame["k2"].to_list() == ["não", "já é"]
    assert tab.faults == (CellFault(row=3, key="k1", code="uncached"),)


@pytest.mark.parametrize("far", [("BZ", "40"), ("XFD", "2000000"), ("B", "1048576")])
def test_what_is_far_away_is_noticed(far: tuple[str, str]) -> None:
    rows = (
        head("a")
        + f'<row r="2"><c r="A2" s="1"><v>1</v></c></row><row r="{far[1]}"><c r="{"".join(far)}"><v>1</v></c></row>'
    )
    content = sheet(rows).encode()
    pieces = [content[i : i + 7] for i in range(0, len(content), 7)]  # cut anywhere
    if int(far[1]) > 1_048_576:
        with pytest.raises(BackendError, match="damaged"):
            sheet_scan.scan(pieces)
        return
    facts = sheet_scan.scan(pieces)
    assert facts.usual
    assert facts.columns == {"BZ": 78, "B": 2}[far[0]]
    assert facts.rows >= int(far[1])
    assert sheet_scan.last_row(pieces) == int(far[1])
    assert not facts.formulas


# ── rows that are none ──────────────────────────────────────────────────────


def test_preformatted_blank_rows_are_not_rows(tmp_path: Path) -> None:
    blank = "".join(
        f'<row r="{r}"><c r="A{r}" s="1"/><c r="B{r}" t="str"><f>""</f><v></v></c></row>' for r in range(3, 1003)
    )
    rows = (
        head("a", "b", "c")
        + '<row r="2"><c r="A2"><v>1</v></c></row>'
        + blank
        + '<row r="2000">'
        + text("C2000", "far")
        + "</row>"
    )
    (tab,) = read(small(tmp_path, rows), layout("Pedidos", [0, 1], 1))
    assert tab.frame.index.to_list() == [2]


def test_a_header_without_rows(tmp_path: Path) -> None:
    (tab,) = read(small(tmp_path, head("a", "b")), layout("Pedidos", [0, 1], 1))
    assert tab.frame.empty
    assert list(tab.frame.columns) == ["k0", "k1"]
    assert tab.faults == ()


def test_white_space_is_blank(tmp_path: Path) -> None:
    rows = (
        head("a", "b")
        + '<row r="2">'
        + text("A2", "  ")
        + '<c r="B2"><v>1</v></c></row><row r="3"><c r="A3"><v>4</v></c></row>'
    )
    path = small(tmp_path, rows)
    for tab in (read(path, layout("Pedidos", [0, 1], 1))[0], read_plain(path, layout("Pedidos", [0, 1], 1))):
        assert pd.isna(tab.frame["k0"][2])
        assert tab.frame["k0"][3] == 4


def test_escaped_characters(tmp_path: Path) -> None:
    rows = head("a") + '<row r="2">' + text("A2", "a_x000D_b_x005F_x000D_") + "</row>"
    path = small(tmp_path, rows)
    for tab in (read(path, layout("Pedidos", [0], 1))[0], read_plain(path, layout("Pedidos", [0], 1))):
        assert tab.frame["k0"].to_list() == ["a\rb_x000D_"]


def test_columns_in_the_order_and_number_asked_for(tmp_path: Path) -> None:
    rows = head("a", "b", "c") + '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c><c r="C2"><v>3</v></c></row>'
    (tab,) = read(small(tmp_path, rows), layout("Pedidos", [2, 0, 7], 1))
    assert list(tab.frame.columns) == ["k2", "k0", "k7"]
    assert tab.frame.iloc[0].to_list()[:2] == [3, 1]
    assert tab.frame["k7"].isna().all()

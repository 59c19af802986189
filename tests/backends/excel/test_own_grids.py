"""Our own tabs as found: which they are, their cells with links, formulas and hidden rows, the memory."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from sheets_sync.backends.excel.reading import OpenFile, open_file
from sheets_sync.locale import load
from sheets_sync.locale_files import LANGUAGES
from sheets_sync.model import Grid, GridCell, OwnTab
from tests.backends.excel.raw_workbook import HEAD, OFFICE, PACKAGE, parts, sheet, text, write

MARKED = '<row r="1" hidden="1">' + text("A1", "sheets-sync:touchpoints:1") + text("B1", "due") + "</row>"


def opened(path: Path, sheets: dict[str, str], **more: object) -> OpenFile:
    return open_file(write(path / "a.xlsx", parts(sheets, **more)))  # type: ignore[arg-type]


def grid(path: Path, rows: str, **more: object) -> Grid:
    with opened(path, {"Contatos": sheet(MARKED + rows)}, **more) as file:
        return file.workbook.grids[OwnTab.TOUCHPOINTS]


def test_values_by_type(tmp_path: Path) -> None:
    rows = (
        '<row r="5"><c r="A5" t="s"><v>1</v></c><c r="B5" s="1"><v>46330</v></c><c r="C5" s="1"><v>46330.5</v></c>'
        '<c r="D5"><v>7</v></c><c r="E5" s="2"><v>7.25</v></c><c r="F5" t="b"><v>1</v></c>'
        '<c r="G5" t="e"><v>#N/A</v></c><c r="H5" s="1"/>'
        '<c r="I5" t="d"><v>2026-11-04</v></c><c r="J5" t="s"><v>0</v></c><c r="K5" s="1"><v>-3</v></c>'
        '<c r="L5" t="inlineStr"><is/></c></row>'
    )
    found = grid(tmp_path, rows, strings="<si><t></t></si><si><r><t>me</t></r><r><t>nsagem</t></r></si>")
    assert found.title == "Contatos"
    assert {position: cell.value for position, cell in found.rows[5].items()} == {
        0: "mensagem", 1: date(2026, 11, 4), 2: datetime(2026, 11, 4, 12), 3: 7, 4: 7.25, 5: True, 6: "#N/A",
        8: date(2026, 11, 4), 10: -3,
    }  # fmt: skip
    assert type(found.rows[5][3].value) is int
    assert found.hidden == {1}


def test_dates_of_1904(tmp_path: Path) -> None:
    found = grid(
        tmp_path, '<row r="5"><c r="A5" s="1"><v>44868</v></c></row>', workbook_pr='<workbookPr date1904="1"/>'
    )
    assert found.rows[5][0].value == date(2026, 11, 4)


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        *((code, True) for code in ("dd/mm/yyyy", "[$-416]d &quot;de&quot; mmm", "[h]:mm:ss", "d-m;@")),
        *((code, False) for code in ("General", "Standaard", "#,##0.00", "@", "0.00E+00", "_-* #,##0_-", "[Red]0")),
        *((code, False) for code in ("&quot;R$&quot; #,##0.00;[Red]-&quot;R$&quot; 0", "0 &quot;dias&quot;", "\\d0")),
    ],
)  # fmt: skip
def test_number_formats(tmp_path: Path, code: str, is_date: bool) -> None:
    members = parts({"Contatos": sheet(MARKED + '<row r="5"><c r="A5" s="1"><v>46330</v></c></row>')})
    members["xl/styles.xml"] = str(members["xl/styles.xml"]).replace("dd/mm/yyyy", code)
    with open_file(write(tmp_path / "a.xlsx", members)) as file:
        value = file.workbook.grids[OwnTab.TOUCHPOINTS].rows[5][0].value
    assert value == (date(2026, 11, 4) if is_date else 46330)


def test_formulas(tmp_path: Path) -> None:
    rows = (
        '<row r="5"><c r="A5"><f>B5*2</f><v>4</v></c><c r="B5"><f t="shared" ref="B5:B6" si="3">C5+1</f><v>2</v></c>'
        '<c r="C5"><f>X</f></c></row>'
        '<row r="6"><c r="B6"><f t="shared" si="3"/><v>3</v></c></row>'
    )
    found = grid(tmp_path, rows)
    assert found.rows[5] == {
        0: GridCell(value=4, formula="B5*2"),
        1: GridCell(value=2, formula="C5+1"),
        2: GridCell(value=None, formula="X"),
    }
    assert found.rows[6][1] == GridCell(value=3, formula="C5+1")


def test_links(tmp_path: Path) -> None:
    rows = '<row r="5">' + "".join(text(f"{c}5", "x") for c in "ABC") + '</row><row r="9" hidden="true"/>'
    after = (
        '<hyperlinks><hyperlink ref="A5" r:id="rId7"/>'
        '<hyperlink ref="B5" location="\'Pedidos\'!A17" display="x"/>'
        '<hyperlink ref="C5" r:id="rId8" location="sec"/><hyperlink ref="D6:E7" r:id="rId7"/>'
        '<hyperlink ref="F5" r:id="none"/>'
        '<hyperlink ref="A:XFD" location="x"/><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'
    )
    members = parts({"Contatos": sheet(MARKED + rows, after=after)})
    members["xl/worksheets/_rels/sheet1.xml.rels"] = f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">' + "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/hyperlink" Target="{target}" TargetMode="External"/>'
        for name, target in (("rId7", "https://wa.me/55?text=a&amp;b"), ("rId8", "https://x.nl/a"))
    ) + "</Relationships>"  # fmt: skip
    with open_file(write(tmp_path / "a.xlsx", members)) as file:
        found = file.workbook.grids[OwnTab.TOUCHPOINTS]
    links = {
        (row, position): cell.link for row, cells in found.rows.items() for position, cell in cells.items() if cell.link
    }
    assert links == {
        (5, 0): "https://wa.me/55?text=a&b", (5, 1): "#'Pedidos'!A17", (5, 2): "https://x.nl/a#sec",
        **{(row, position): "https://wa.me/55?text=a&b" for row in (6, 7) for position in (3, 4)},
    }  # fmt: skip
    assert found.hidden == {1, 9}


def test_memory_in_pieces(tmp_path: Path) -> None:
    pieces = ("a" * 32_000, "b" * 32_000, "c=")
    rows = "".join(
        f'<row r="{r}">{text(f"A{r}", piece)}</row>' for r, piece in enumerate(("sheets-sync:sync:1", *pieces), 1)
    )
    with opened(tmp_path, {"Pedidos": sheet(""), "_sync": sheet(rows)}, states={"_sync": "veryHidden"}) as file:
        assert file.workbook.memory == "".join(pieces)
        assert file.workbook.grids == {}
        assert file.own_sheets[OwnTab.SYNC].title == "_sync"


def test_no_memory(tmp_path: Path) -> None:
    with opened(tmp_path, {"Pedidos": sheet("")}) as file:
        assert file.workbook.memory is None
        assert file.own_sheets == {}


def test_of_copies_the_one_with_our_title(tmp_path: Path) -> None:
    title = load("pt-BR").title(OwnTab.TOUCHPOINTS)
    copies = {f"{title} (2)": sheet(MARKED), title: sheet(MARKED + '<row r="5">' + text("A5", "esta") + "</row>")}
    with opened(tmp_path, copies) as file:
        assert file.workbook.grids[OwnTab.TOUCHPOINTS].title == title
    with opened(tmp_path, {"Renomeada": sheet(MARKED), "Outra": sheet(MARKED)}) as file:
        assert file.workbook.grids[OwnTab.TOUCHPOINTS].title == "Renomeada"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_marker_by_title_and_headers(tmp_path: Path, language: str) -> None:
    """People delete hidden rows; a stranger's tab that happens to be called like ours stays a stranger's."""
    words = load(language)
    headers = "".join(
        text(f"{letter}3", words.column(key))
        for letter, key in zip("ABCD", ("status", "due", "task", "done"), strict=True)
    )
    ours, theirs = (
        sheet(f'<row r="3">{headers}</row>'),
        sheet('<row r="3">' + text("A3", "Ano") + text("B3", "Lucro") + "</row>"),
    )
    title = words.title(OwnTab.TOUCHPOINTS)
    with opened(tmp_path, {title: ours, words.title(OwnTab.HISTORY): theirs}) as file:
        assert set(file.workbook.grids) == {OwnTab.TOUCHPOINTS}
    with opened(tmp_path, {title: theirs}) as file:
        assert file.workbook.grids == {}


def test_a_marker_of_a_tab_we_do_not_know(tmp_path: Path) -> None:
    with opened(tmp_path, {"Novo": sheet('<row r="1">' + text("A1", "sheets-sync:service:9") + "</row>")}) as file:
        assert file.workbook.grids == {}
        assert file.workbook.tabs[0].marker == "sheets-sync:service:9"

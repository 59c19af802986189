"""A frame that people broke is put right: key row, title, headers, the key column; and a layout that is newer."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet

from sheets_sync.backends.excel.sheet_parts import Colour
from sheets_sync.model import Cell, OwnColumn
from tests.backends.excel.own_tab import TITLE, add, born, edit, key, rewrite
from tests.backends.excel.own_tab import found as read
from tests.backends.excel.own_tab import sheet as opened
from tests.backends.excel.raw_tab import KEYS, LOOK, attributes, found, rewritten, row, sheet, tree, values

MARKER = "sheets-sync:touchpoints:1"


def whole(path: Path) -> None:
    """The tab reads as if nothing had ever been broken."""
    tab = read(path)
    assert not tab.repair
    assert [r.key for r in tab.rows] == [key("new"), key("a"), key("b")]
    assert tab.rows[1].people == {"note": "note a"}


def delete_row(tab: Worksheet, number: int) -> None:
    """Delete a row as Excel does: links, filter and frozen rows move up with the cells."""
    tab.delete_rows(number)
    for n in range(number, 8):
        tab.row_dimensions[n].height = tab.row_dimensions[n + 1].height
        tab.row_dimensions[n].hidden = tab.row_dimensions[n + 1].hidden
    for cells in tab.iter_rows():
        for cell in cells:
            if cell.hyperlink:
                cell.hyperlink.ref = cell.coordinate
    tab.auto_filter.ref = "A3:O5" if number < 4 else None
    tab.freeze_panes = "A4"
    tab.sheet_view.topLeftCell = None


@pytest.mark.parametrize("row_gone", [1, 2, 3, 4])
def test_a_row_of_the_frame_comes_back(tmp_path: Path, row_gone: int) -> None:
    path = born(tmp_path / "shop.xlsx", "ab")
    book = edit(path)
    book[TITLE]["O5"] = "note a"
    delete_row(book[TITLE], row_gone)
    book.save(path)
    rewrite(path, adds=[add("new")], heading="Today")
    whole(path)
    tab = opened(path)
    assert tab["A1"].value == MARKER
    assert tab.row_dimensions[1].hidden
    assert tab["A2"].value == "Today"
    assert [tab.row_dimensions[n].height for n in (2, 3)] == [30, 6]
    assert tab.auto_filter.ref == ("A4:O7" if row_gone < 4 else None)
    assert tab.freeze_panes == "A5"


def test_keys_are_written_again_where_they_were_cleared(tmp_path: Path) -> None:
    path = born(tmp_path / "shop.xlsx", "ab")
    book = edit(path)
    tab = book[TITLE]
    tab["O5"], tab["Q1"] = "note a", "due"
    for cell in ("K1", "K4"):
        tab[cell] = None
    book.save(path)
    rewrite(path, adds=[add("new")])
    whole(path)
    tab = opened(path)
    assert [tab[c].value for c in ("A1", "B1", "K1", "K4", "Q1")] == [MARKER, "due", "key", "Key", None]


def test_people_s_headers_stay_as_they_are(tmp_path: Path) -> None:
    path = born(tmp_path / "shop.xlsx", "ab")
    book = edit(path)
    book[TITLE]["A4"], book[TITLE]["O4"], book[TITLE]["C1"] = "How is it?", "My notes", None
    book.save(path)
    rewrite(path, repair=True)
    assert [opened(path)[c].value for c in ("A4", "O4")] == ["How is it?", "My notes"]


# ── the key column ──────────────────────────────────────────────────────────

NO_KEY = [OwnColumn(key=k, header=k, position=i) for i, k in enumerate(KEYS) if k != "key"]


def lost(*, tables: bool = False, own: str = "") -> dict[str, object]:
    """The tab after a person deleted the key column."""
    lines = [row(n, own=own).replace(f'<c r="C{n}" t="inlineStr"><is><t>t{n}</t></is></c>', "") for n in (5, 6, 7)]
    head = '<cols><col min="1" max="9" width="20" customWidth="1" style="3"/></cols>'
    tail = '<autoFilter ref="A4:E7"/>'
    if tables:
        tail = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
    tab = found(columns=(*NO_KEY, OwnColumn(key=None, header="Mine", position=4)))
    return {"xml": sheet(lines, head=head, tail=tail), "tab": tab}


def test_the_key_column_comes_back_hidden_right_of_everything() -> None:
    given = lost()
    result = rewritten(given["xml"], tab=given["tab"], adds=1, repair=True)  # type: ignore[arg-type]
    cells = values(result)
    assert {n: c.get("F") for n, c in cells.items()} == {
        1: "key", 2: None, 4: "Key", 5: "n0", 6: "t5", 7: "t6", 8: "t7",
    }  # fmt: skip
    columns = [(c.get("min"), c.get("max"), c.get("hidden"), c.get("style")) for c in tree(result).iter("{*}col")]
    assert columns == [("1", "5", None, "3"), ("6", "6", "1", "3"), ("7", "9", None, "3")]
    assert attributes(result, "autoFilter", "ref") == ["A4:F8"]


def test_it_never_lands_on_cells_of_people() -> None:
    given = lost()
    far = str(given["xml"]).replace("</sheetData>", '<row r="40"><c r="H40"><v>1</v></c></row></sheetData>')
    assert values(rewritten(far, tab=given["tab"], repair=True))[5]["I"] == "t5"  # type: ignore[arg-type]


def test_a_table_takes_it_in_under_a_name_of_its_own() -> None:
    given = lost(tables=True)
    names = "".join(
        f'<tableColumn id="{i}" name="{n}"/>' for i, n in enumerate(("status", "contact", "x", "done", "KEY"), 1)
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<table xmlns="{space}" id="1" displayName="T" ref="A4:E7"><tableColumns count="5">{names}</tableColumns></table>'
    related = {"xl/tables/table1.xml": ("table", xml.encode())}
    result = rewritten(given["xml"], tab=given["tab"], repair=True, related=related)  # type: ignore[arg-type]
    part = result.related["xl/tables/table1.xml"]
    assert attributes(part, "table", "ref") == ["A4:F7"]
    assert attributes(part, "tableColumn", "name")[-1] == values(result)[4]["F"] == "Key2"
    assert attributes(part, "tableColumn", "id")[-1] == "6"
    assert attributes(part, "tableColumns", "count") == ["6"]


# ── a newer layout ──────────────────────────────────────────────────────────


def test_a_restyle_gives_our_cells_their_look_again() -> None:
    own = {5: '<c r="D5" s="77"><v>1</v></c><c r="E5" s="78"/>', 6: '<c r="D6"/>'}
    tail = (
        '<conditionalFormatting sqref="A4:D7"><cfRule type="expression" dxfId="5" priority="1"><formula>$A4="late"</formula>'
        '</cfRule></conditionalFormatting><conditionalFormatting sqref="A5:D7"><cfRule type="expression" dxfId="6" '
        'priority="2"><formula>$A5="mine"</formula></cfRule></conditionalFormatting>'
    )
    look = replace(
        LOOK, colours=lambda at, header, last: (Colour(area=f"A{header}:D{last}", formula='$A4="new"', dxf=9),)
    )
    result = rewritten(
        sheet(own=own, tail=tail), adds=1, restyle=True, look=look, updates={5: {"status": Cell(value="late")}}
    )
    styles = {c.get("r"): c.get("s") for c in tree(result).iter("{*}c")}
    assert {styles[c] for c in ("A5", "A6", "A7", "A8")} == {"11"}
    assert [styles[c] for c in ("D6", "D7", "E6", "C7")] == ["77", "14", "78", "13"]
    assert values(result)[6]["A"] == "late"
    assert sorted(f.text or "" for f in tree(result).iter("{*}formula")) == ['$A4="new"', '$A5="mine"']
    assert attributes(result, "dataValidation", "sqref") == ["D5:D8"]
    assert values(result)[1]["A"] == MARKER

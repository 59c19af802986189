"""Links, strict files, and the limits of a tab."""

from __future__ import annotations

import pytest
from lxml import etree
from msgspec.structs import replace

from sheets_sync.backends.excel.parts import (
    MAIN,
    MAIN_STRICT,
    OFFICE,
    OFFICE_STRICT,
    RELATIONSHIPS,
    Relationship,
)
from sheets_sync.backends.excel.rows import rewrite
from sheets_sync.backends.excel.rows.links import Links
from sheets_sync.backends.excel.rows.sheet_xml import SheetXml
from sheets_sync.backends.excel.sheet_parts import RewrittenParts, SheetParts
from sheets_sync.backends.excel.stream import LINKS_BEFORE_PLAIN, MOST_LINKS
from sheets_sync.model import AddRow, Cell, OwnTab, TabPlan, UpdateRow
from sheets_sync.problems import BackendError
from tests.backends.excel.raw_tab import LOOK, TITLE, attributes, found, rewritten, row, sheet, tree

OLD = "https://wa.me/1"
RELS = f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="rId7" Type="{OFFICE}/hyperlink" Target="{OLD}" TargetMode="External"/><Relationship Id="rId1" Type="{OFFICE}/drawing" Target="d.xml"/></Relationships>'
LINKED = (
    '<hyperlinks><hyperlink ref="B5" r:id="rId7"/><hyperlink ref="B6:E7" r:id="rId7" tooltip="theirs"/></hyperlinks>'
)


def parts(xml: str, **changes: object) -> SheetParts:
    relations = (
        Relationship(id="rId7", type=f"{OFFICE}/hyperlink", kind="hyperlink", target=OLD, external=True, part=None),
        Relationship(id="rId1", type=f"{OFFICE}/drawing", kind="drawing", target="d.xml", external=False, part="d.xml"),
    )
    given = SheetParts(
        title=TITLE, part="s.xml", xml=xml.encode(), rels=RELS.encode(), relationships=relations, related={},
        shared_strings=lambda: None, date1904=False, strict=False,
    )  # fmt: skip
    return replace(given, **changes)  # type: ignore[arg-type]


def linked(given: SheetParts, links: dict[int, str], *births: str) -> RewrittenParts:
    """Contacts of old rows linked anew, and rows born with linked contacts."""
    updates = tuple(
        UpdateRow(key=f"t{n}", row=n, cells={"contact": Cell(value="x", link=link)}, before={})
        for n, link in links.items()
    )
    adds = tuple(AddRow(key=f"n{i}", cells={"contact": Cell(value="x", link=link)}) for i, link in enumerate(births))
    plan = TabPlan(own=OwnTab.TOUCHPOINTS, title=TITLE, found=found(), heading=None, adds=adds, updates=updates)
    return rewrite(given, plan, LOOK)


def hyperlinks(result: RewrittenParts) -> dict[str, str]:
    """Cells → relationship id or place."""
    return {
        e.get("ref", ""): e.get("location") or next(v for k, v in e.attrib.items() if str(k).endswith("}id"))  # type: ignore[misc]
        for e in tree(result).iter("{*}hyperlink")
    }


def test_a_relationship_is_shared_by_all_links_to_it() -> None:
    result = linked(parts(sheet(tail=LINKED)), {}, OLD, OLD, "tel:+5511", "tel:+5511")
    links = hyperlinks(result)
    assert [links[f"B{n}"] for n in (5, 6)] == ["rId7", "rId7"]
    assert links["B7"] == links["B8"] not in ("rId1", "rId7")
    assert result.rels is not None
    assert result.rels.decode().count("tel:+5511") == 1
    assert attributes(result.rels, "Relationship", "Id") == ["rId7", "rId1", links["B7"]]


def test_relationships_without_a_link_go_and_others_stay() -> None:
    result = linked(
        parts(sheet(tail=LINKED.split('<hyperlink ref="B6', maxsplit=1)[0] + "</hyperlinks>")), {5: "#'It''s'!A1"}
    )
    assert hyperlinks(result) == {"B5": "'It''s'!A1"}
    assert result.rels is not None
    assert attributes(result.rels, "Relationship", "Id") == ["rId1"]


def test_a_link_over_several_cells_loses_only_the_one_that_is_written() -> None:
    assert hyperlinks(linked(parts(sheet(tail=LINKED)), {6: "#Orders!A1"})) == {
        "B5": "rId7", "B6": "Orders!A1", "C6:E6": "rId7", "B7:E7": "rId7",
    }  # fmt: skip
    assert attributes(linked(parts(sheet(tail=LINKED)), {6: "#A!A1"}), "hyperlink", "tooltip").count("theirs") == 2


def test_links_that_do_not_change_leave_the_relationships_alone() -> None:
    assert linked(parts(sheet(tail=LINKED)), {5: OLD}).rels is None


def test_a_tab_without_relationships_gets_some() -> None:
    bare = sheet().replace(f' xmlns:r="{OFFICE}"', "")
    result = linked(parts(bare, rels=None, relationships=()), {5: "mailto:a@b.example"})
    assert list(hyperlinks(result)) == ["B5"]
    assert result.rels is not None
    assert attributes(result.rels, "Relationship", "Target") == ["mailto:a@b.example"]


def test_links_stand_where_the_schema_wants_them() -> None:
    tail = '<conditionalFormatting sqref="A4:A7"/><pageMargins left="1"/><tableParts count="0"/><extLst/>'
    names = [etree.QName(e).localname for e in tree(linked(parts(sheet(tail=tail)), {5: "tel:1"}, "tel:2"))]
    order = [
        "dimension",
        "sheetData",
        "conditionalFormatting",
        "dataValidations",
        "hyperlinks",
        "pageMargins",
        "tableParts",
        "extLst",
    ]
    assert names == order


def test_a_strict_tab_stays_strict() -> None:
    xml = sheet(tail=LINKED).replace(MAIN, MAIN_STRICT).replace(OFFICE, OFFICE_STRICT)
    result = linked(parts(xml, strict=True, rels=None, relationships=()), {}, "tel:1")
    assert etree.QName(tree(result)).namespace == MAIN_STRICT
    assert result.rels is not None
    assert attributes(result.rels, "Relationship", "Type") == [f"{OFFICE_STRICT}/hyperlink"]
    assert {etree.QName(e).namespace for e in tree(result).iter("{*}hyperlink", "{*}dataValidation")} == {MAIN_STRICT}


def test_past_what_excel_takes_links_are_text_and_places_inside_first() -> None:
    links = Links(SheetXml(sheet().encode()), parts(sheet()))
    for n in range(LINKS_BEFORE_PLAIN):
        links.link(n + 1, 0, "#Orders!A1")
    links.link(1, 1, "#Orders!A1")
    assert links.left_out == 1
    for n in range(MOST_LINKS):
        links.link(n + 1, 2, OLD)
    assert links.left_out == 1 + LINKS_BEFORE_PLAIN
    links.link(1, 2, "https://x.example/" + "ã" * 2_000)
    assert links.left_out == 2 + LINKS_BEFORE_PLAIN


def test_a_tab_that_is_full_says_so_and_blank_rows_fall_off() -> None:
    last = '<row r="1048576"><c r="E1048576"{}</row>'
    with pytest.raises(BackendError) as full:
        rewritten(sheet([row(5), last.format("><v>1</v></c>")]), adds=1, tab=found([5]))
    assert full.value.code == "tab_full"
    result = rewritten(sheet([row(5), last.format(' s="3"/>')]), adds=1, tab=found([5]))
    assert "1048576" not in result.xml.decode()


def test_a_tab_with_formulas_is_computed_when_it_is_opened() -> None:
    own = {5: '<c r="E5"><f>COUNTIF(A5:A7,"late")</f><v>0</v></c>'}
    changed = rewritten(sheet(own=own), updates={7: {"status": Cell(value="late")}})
    assert attributes(changed, "sheetCalcPr", "fullCalcOnLoad") == ["1"]
    assert attributes(rewritten(sheet(), adds=1), "sheetCalcPr", "fullCalcOnLoad") == []


@pytest.mark.parametrize("xml", ["<worksheet/>", "<worksheet><sheetData><row></sheetData></worksheet>", "no xml"])
def test_a_broken_part_is_said_to_be_damaged(xml: str) -> None:
    with pytest.raises(BackendError) as damaged:
        rewritten(xml, adds=1)
    assert damaged.value.code == "damaged"

"""Ranges, notes, pictures, tables, filters: everything with an address moves with its rows."""

from __future__ import annotations

import pytest

from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.notes import moved
from sheets_sync.model import Cell, Value
from sheets_sync.problems import BackendError
from tests.backends.excel.raw_tab import attributes, found, rewritten, row, sheet, tree, values

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"


def test_rows_are_born_below_the_header_and_numbered_anew() -> None:
    result = rewritten(sheet(), adds=2, removes=[6])
    assert {n: c.get("C") for n, c in values(result).items() if n > 4} == {5: "n0", 6: "n1", 7: "t5", 8: "t7"}
    assert result.rows == {"n0": 5, "n1": 6, "t5": 7, "t7": 8}
    assert attributes(result, "dimension", "ref") == ["A1:E8"]


@pytest.mark.parametrize(("below", "order"), [(None, "n0 t5 t6 t7"), (6, "t5 t6 n0 t7"), (-1, "t5 t6 t7 n0")])
def test_rows_are_born_where_the_plan_says(below: int | None, order: str) -> None:
    result = values(rewritten(sheet(), adds=1, below=below))
    assert " ".join(result[n]["C"] for n in sorted(result) if n > 4) == order


def test_the_very_end_is_below_people_s_last_row_but_above_blank_ones() -> None:
    lines = [row(5), '<row r="8"><c r="E8"><v>1</v></c></row>', '<row r="12"><c r="E12" s="3"/></row>']
    result = values(rewritten(sheet(lines), adds=1, below=-1, tab=found([5])))
    assert result[9]["C"] == "n0"
    assert 13 in result


# ── filters ─────────────────────────────────────────────────────────────────

FILTER = '<autoFilter ref="A4:D7"><filterColumn colId="0"><filters><filter val="open"/></filters></filterColumn></autoFilter>'


def hidden(xml: bytes) -> list[int]:
    return [
        int(line.get("r", "0"))
        for line in tree(xml).iter("{*}row")
        if line.get("hidden") == "1" and line.get("r") != "1"
    ]


def test_a_filter_covers_new_rows_and_columns_and_keeps_its_criteria() -> None:
    result = rewritten(sheet(tail=FILTER), adds=2, below=-1)
    assert result.filter_range == "$A$4:$E$9"
    assert attributes(result, "autoFilter", "ref") == ["A4:E9"]
    assert attributes(result, "filter", "val") == ["open"]


def test_a_filter_s_criteria_keep_their_column_when_it_is_widened() -> None:
    narrow = FILTER.replace("A4:D7", "C4:D7")
    result = rewritten(sheet(tail=narrow))
    assert attributes(result, "autoFilter", "ref") == ["A4:E7"]
    assert attributes(result, "filterColumn", "colId") == ["2"]


def test_new_rows_show_whatever_the_filter_says() -> None:
    assert hidden(rewritten(sheet(tail=FILTER), adds=1).xml) == []


def test_a_filter_hides_a_row_that_no_longer_fits_and_shows_one_that_does() -> None:
    lines = [row(5), row(6, status="late", attributes=' hidden="1"'), row(7)]
    changes = {5: {"status": Cell(value="late")}, 6: {"status": Cell(value="open")}, 7: {"contact": Cell(value="x")}}
    assert hidden(rewritten(sheet(lines, tail=FILTER), updates=changes).xml) == [5]


def test_a_row_hidden_by_hand_stays_hidden_and_one_that_still_fails_stays_as_it_is() -> None:
    lines = [row(5, attributes=' hidden="1"'), row(6, status="late"), row(7)]
    changes = {5: {"status": Cell(value="OPEN")}, 6: {"status": Cell(value="held")}}
    assert hidden(rewritten(sheet(lines, tail=FILTER), updates=changes).xml) == [5]


@pytest.mark.parametrize(
    ("criteria", "before", "after", "shown"),
    [
        ('<filters blank="1"/>', "x", None, True),
        ('<filters blank="1"/>', None, "x", False),
        ('<filters><dateGroupItem year="2025" month="8" dateTimeGrouping="month"/></filters>', 45930, 45870.0, True),
        ('<filters><dateGroupItem year="2025" month="8" dateTimeGrouping="month"/></filters>', 45870, 45930.0, False),
        ('<filters><filter val="12"/></filters>', 5, 12.0, True),
        ('<filters><filter val="TRUE"/></filters>', 5, True, True),
        ('<customFilters><customFilter val="x*"/></customFilters>', "x", "y", None),
        ('<top10 val="3"/>', 5, 1.0, None),
        ("", 5, 1.0, None),
    ],
)
def test_what_can_be_judged_is(criteria: str, before: object, after: Value, shown: bool | None) -> None:
    contact = (
        f' t="str"><v>{before}</v></c>' if isinstance(before, str) else f"><v>{before}</v></c>" if before else "/>"
    )
    line = row(5, contact=contact, attributes=' hidden="1"' if shown else "")
    tail = f'<autoFilter ref="A4:D5"><filterColumn colId="1">{criteria}</filterColumn></autoFilter>'
    result = rewritten(sheet([line], tail=tail), updates={5: {"contact": Cell(value=after)}}, tab=found([5]))
    assert (hidden(result.xml) == []) is (shown is not False)


def test_shared_strings_are_looked_up_where_a_filter_needs_them() -> None:
    shared = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>x</t></si><si><r><t>op</t></r><r><t>en</t></r></si></sst>'
    line = row(5).replace('t="inlineStr"><is><t>open</t></is>', 't="s"><v>1</v>', 1)
    result = rewritten(
        sheet([line], tail=FILTER), updates={5: {"status": Cell(value="late")}}, tab=found([5]), shared=shared
    )
    assert hidden(result.xml) == [5]


# ── tables ──────────────────────────────────────────────────────────────────


def table(ref: str, *, totals: str = "", columns: int = 5) -> dict[str, tuple[str, bytes]]:
    named = "".join(
        f'<tableColumn id="{i}" name="{n}"/>'
        for i, n in enumerate(("status", "contact", "key", "done", "Mine")[:columns], 1)
    )
    xml = (
        f'<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="1" name="T" displayName="T" ref="{ref}"{totals}>'
        f'<autoFilter ref="A4:E7"/><tableColumns count="{columns}">{named}</tableColumns></table>'
    )
    return {"xl/tables/table1.xml": ("table", xml.encode())}


PARTS = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'


def test_a_table_grows_with_our_rows() -> None:
    result = rewritten(sheet(tail=PARTS), adds=2, related=table("A4:E7"))
    part = result.related["xl/tables/table1.xml"]
    assert attributes(part, "table", "ref") == ["A4:E9"]
    assert attributes(part, "autoFilter", "ref") == ["A4:E9"]
    assert attributes(part, "tableColumn", "name") == ["status", "contact", "key", "done", "Mine"]


def test_rows_at_the_end_are_in_the_table_above_its_totals() -> None:
    lines = [row(5), row(6), '<row r="7"><c r="E7"><f>SUBTOTAL(109,E5:E6)</f><v>0</v></c></row>']
    result = rewritten(
        sheet(lines, tail=PARTS),
        adds=1,
        below=-1,
        tab=found([5, 6]),
        related=table("A4:E7", totals=' totalsRowCount="1"'),
    )
    part = result.related["xl/tables/table1.xml"]
    assert attributes(part, "table", "ref") == ["A4:E8"]
    assert attributes(part, "autoFilter", "ref") == ["A4:E7"]
    assert values(result)[7]["C"] == "n0"
    assert values(result)[8]["E"] == "=SUBTOTAL(109,E5:E7)"


def test_a_table_never_loses_its_last_row() -> None:
    result = rewritten(sheet([row(5), row(6)], tail=PARTS), removes=[5, 6], tab=found([5, 6]), related=table("A4:E6"))
    assert attributes(result.related["xl/tables/table1.xml"], "table", "ref") == ["A4:E5"]
    fed = rewritten(
        sheet([row(5), row(6)], tail=PARTS), adds=1, removes=[5, 6], tab=found([5, 6]), related=table("A4:E6")
    )
    assert attributes(fed.related["xl/tables/table1.xml"], "table", "ref") == ["A4:E5"]


def test_a_table_beside_ours_whose_header_row_goes_is_dissolved() -> None:
    result = rewritten(sheet(tail=PARTS), removes=[6], related=table("H6:L9"))
    assert list(tree(result).iter("{*}tablePart")) == []
    assert result.rels is not None
    assert "rId1" not in result.rels.decode()


# ── conditions and validations ──────────────────────────────────────────────

FORMATS = (
    '<conditionalFormatting sqref="A4:E1048576"><cfRule type="expression" dxfId="0" priority="1"><formula>$A4="late"</formula></cfRule></conditionalFormatting>'
    '<conditionalFormatting sqref="A4:D7"><cfRule type="expression" dxfId="0" priority="2"><formula>$A4="x"</formula></cfRule></conditionalFormatting>'
    '<conditionalFormatting sqref="E6"><cfRule type="cellIs" operator="greaterThan" dxfId="0" priority="3"><formula>$E$7</formula></cfRule></conditionalFormatting>'
    '<conditionalFormatting sqref="E5:E7"><cfRule type="expression" dxfId="0" priority="4"><formula>E5&gt;E4</formula></cfRule></conditionalFormatting>'
    '<dataValidations count="2"><dataValidation type="list" sqref="D5:D7"><formula1>"✓"</formula1></dataValidation>'
    '<dataValidation type="custom" sqref="E6"><formula1>E6&gt;E5</formula1></dataValidation></dataValidations>'
)


def test_conditions_cover_new_rows_wherever_they_are_born() -> None:
    top = rewritten(sheet(tail=FORMATS), adds=1)
    assert attributes(top, "conditionalFormatting", "sqref") == ["A4:E1048576", "A4:D8", "E7", "E5:E8"]
    assert [f.text for f in tree(top).iter("{*}formula")] == ['$A4="late"', '$A4="x"', "$E$8", "E5>E4"]
    assert attributes(top, "dataValidation", "sqref") == ["D5:D8", "E7"]
    assert [f.text for f in tree(top).iter("{*}formula1")] == ['"✓"', "E7>E6"]
    end = rewritten(sheet(tail=FORMATS), adds=1, below=-1)
    assert attributes(end, "conditionalFormatting", "sqref") == ["A4:E1048576", "A4:D8", "E6", "E5:E8"]
    assert attributes(end, "dataValidation", "sqref") == ["D5:D8", "E6"]


def test_conditions_of_rows_that_left_go() -> None:
    result = rewritten(sheet(tail=FORMATS), removes=[6])
    assert attributes(result, "conditionalFormatting", "sqref") == ["A4:E1048576", "A4:D6", "E5:E6"]
    assert attributes(result, "dataValidations", "count") == ["1"]


def test_an_emptied_tab_grows_again() -> None:
    empty = rewritten(sheet(tail=FORMATS), removes=[5, 6, 7])
    assert attributes(empty, "conditionalFormatting", "sqref") == ["A4:E1048576", "A4:D5", "E5"]
    again = rewritten(empty.xml, adds=2, tab=found([]))
    assert attributes(again, "conditionalFormatting", "sqref") == ["A4:E1048576", "A4:D7", "E5:E7"]
    assert "D5:D" in attributes(again, "dataValidation", "sqref")[0]


EXTENSION = (
    f'<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{X14}"><x14:conditionalFormattings>'
    f'<x14:conditionalFormatting xmlns:xm="{XM}"><x14:cfRule type="dataBar" id="{{1}}"><x14:dataBar><x14:cfvo type="num"><xm:f>$E$7</xm:f></x14:cfvo></x14:dataBar></x14:cfRule>'
    "<xm:sqref>E5:E7</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
    f'<ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{X14}"><x14:sparklineGroups xmlns:xm="{XM}"><x14:sparklineGroup><x14:sparklines>'
    "<x14:sparkline><xm:f>Tasks!A6:D6</xm:f><xm:sqref>F6</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext>"
    '<ext uri="{AAAA}"><unknown xmlns="urn:x" keep="A5"><deep>A5</deep></unknown></ext></extLst>'
)


def test_extensions_move_too_and_unknown_ones_stay() -> None:
    result = rewritten(sheet(tail=EXTENSION), adds=1)
    text = result.xml.decode()
    assert "<xm:sqref>E5:E8</xm:sqref>" in text
    assert "<xm:f>$E$8</xm:f>" in text
    assert "<xm:f>Tasks!A7:D7</xm:f><xm:sqref>F7</xm:sqref>" in text
    assert '<unknown xmlns="urn:x" keep="A5"><deep>A5</deep></unknown>' in text


def test_an_extension_goes_with_the_last_of_its_rows() -> None:
    text = rewritten(sheet(tail=EXTENSION), removes=[6]).xml.decode()
    assert "sparkline" not in text
    assert "05C60535" not in text
    assert "<xm:sqref>E5:E6</xm:sqref>" in text


# ── formulas ────────────────────────────────────────────────────────────────


def test_shared_formulas_are_told_apart() -> None:
    own = {
        5: '<c r="E5"><f t="shared" ref="E5:E7" si="0">A5&amp;A$4</f><v>1</v></c>',
        6: '<c r="E6"><f t="shared" si="0"/><v>2</v></c>',
        7: '<c r="E7"><f t="shared" si="0"/><v>3</v></c>',
    }
    result = rewritten(sheet(own=own), adds=1, removes=[5])
    assert {n: c["E"] for n, c in values(result).items() if "E" in c and n > 4} == {6: "=A6&A$4", 7: "=A7&A$4"}
    assert result.formulas
    assert "shared" not in result.xml.decode()


def test_an_array_formula_keeps_its_range() -> None:
    own = {6: '<c r="E6" cm="1"><f t="array" ref="E6:E7" ca="1">A6:A7</f><v>1</v></c>'}
    result = rewritten(sheet(own=own), adds=1)
    assert attributes(result, "f", "ref") == ["E7:E8"]
    assert attributes(result, "f", "ca") == ["1"]
    assert values(result)[7]["E"] == "=A7:A8"


def test_formulas_that_stay_where_they_are_stay_as_they_are() -> None:
    own = {
        5: '<c r="E5"><f t="shared" ref="E5:E6" si="0">A5</f><v>1</v></c>',
        6: '<c r="E6"><f t="shared" si="0"/></c>',
    }
    result = rewritten(sheet(own=own), updates={7: {"status": Cell(value="late")}})
    assert not result.formulas
    assert result.xml.decode().count("shared") == 2


def test_a_person_s_formula_in_a_machine_cell_leaves_the_calculation_chain() -> None:
    lines = [row(5).replace('t="inlineStr"><is><t>open</t></is>', "><f>1+1</f><v>2</v>", 1), row(6), row(7)]
    result = rewritten(sheet(lines), updates={5: {"status": Cell(value="late")}})
    assert result.formulas
    assert values(result)[5]["A"] == "late"


# ── views, merges, breaks and the like ──────────────────────────────────────

HEAD = (
    '<sheetViews><sheetView zoomScale="70" topLeftCell="A2" workbookViewId="0"><pane ySplit="3" topLeftCell="A90" activePane="bottomLeft" state="frozen"/>'
    '<selection pane="bottomLeft" activeCell="E6" sqref="E6 E7"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="5" width="20" customWidth="1"/></cols>'
)
TAIL = (
    '<protectedRanges><protectedRange sqref="E6" name="a"/></protectedRanges>'
    '<mergeCells count="3"><mergeCell ref="E6:E7"/><mergeCell ref="F6:G6"/><mergeCell ref="E4:E5"/></mergeCells>'
    '<rowBreaks count="2" manualBreakCount="2"><brk id="6" max="16383" man="1"/><brk id="9" max="16383" man="1"/></rowBreaks>'
    '<cellWatches><cellWatch r="E6"/></cellWatches><ignoredErrors><ignoredError sqref="E5:E7" numberStoredAsText="1"/></ignoredErrors>'
)


def test_views_follow_their_cells() -> None:
    result = rewritten(sheet(head=HEAD), adds=2)
    assert attributes(result, "pane", "ySplit") == ["3"]
    assert attributes(result, "pane", "topLeftCell") == ["A9"]
    assert attributes(result, "selection", "activeCell") == ["E8"]
    assert attributes(result, "selection", "sqref") == ["E8 E9"]
    assert attributes(rewritten(sheet(head=HEAD), removes=[6, 7]), "selection", "sqref") == ["E6"]


def test_merges_breaks_and_the_like_follow_their_rows() -> None:
    result = rewritten(sheet(tail=TAIL), adds=1, removes=[6])
    assert attributes(result, "mergeCell", "ref") == ["E4:E6"]
    assert attributes(result, "mergeCells", "count") == ["1"]
    assert attributes(result, "brk", "id") == ["6", "9"]
    assert attributes(result, "ignoredError", "sqref") == ["E6:E7"]
    assert list(tree(result).iter("{*}protectedRange", "{*}protectedRanges", "{*}cellWatches")) == []


# ── notes and pictures ──────────────────────────────────────────────────────

COMMENTS = b'<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors><author>x</author></authors><commentList><comment ref="E6" authorId="0"><text><t>six</t></text></comment><comment ref="E7" authorId="0"><text><t>seven</t></text></comment></commentList></comments>'
THREADS = b'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="E6" dT="2025-01-01T00:00:00" personId="{1}" id="{2}"><text>hi</text></threadedComment><threadedComment ref="E6" personId="{1}" id="{3}" parentId="{2}"><text>yes</text></threadedComment><threadedComment ref="E7" personId="{1}" id="{4}"><text>bye</text></threadedComment></ThreadedComments>'
SHAPE = '<v:shape id="_x0000_s102{n}" type="#_x0000_t202" style="position:absolute;visibility:hidden"><v:fill color2="#ffffe1"/><br><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:Anchor>\n    5, 15, {top}, 2, 7, 31, {bottom}, 1</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>4</x:Column></x:ClientData></v:shape>'
BUTTON = '<v:shape id="_x0000_s1099"><x:ClientData ObjectType="Button"><x:Anchor>1, 0, 9, 0, 3, 0, 11, 5</x:Anchor></x:ClientData></v:shape>'
VML = ('<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
       + SHAPE.format(n=5, row=5, top=4, bottom=9) + SHAPE.format(n=6, row=6, top=5, bottom=10) + BUTTON + "</xml>").encode()  # fmt: skip
NOTES = {
    "xl/comments1.xml": ("comments", COMMENTS),
    "xl/threadedComments/threadedComment1.xml": ("threadedComment", THREADS),
    "xl/drawings/vmlDrawing1.vml": ("vmlDrawing", VML),
}


def test_notes_threads_and_their_shapes_move_with_their_rows() -> None:
    result = rewritten(sheet(), adds=2, removes=[6], related=NOTES)
    assert attributes(result.related["xl/comments1.xml"], "comment", "ref") == ["E8"]
    assert attributes(result.related["xl/threadedComments/threadedComment1.xml"], "threadedComment", "ref") == ["E8"]
    shapes = result.related["xl/drawings/vmlDrawing1.vml"].decode()
    assert "s1025" not in shapes
    assert "<x:Row>7</x:Row>" in shapes
    assert "5, 15, 6, 2, 7, 31, 11, 1" in shapes
    assert "1, 0, 10, 0, 3, 0, 12, 5" in shapes


def test_notes_that_do_not_move_are_not_touched() -> None:
    assert rewritten(sheet(), updates={5: {"status": Cell(value="late")}}, related=NOTES).related == {}
    comments = {"xl/comments1.xml": NOTES["xl/comments1.xml"]}
    assert rewritten(sheet(), adds=1, below=-1, related=comments).related == {}


def test_pictures_move_and_keep_their_size() -> None:
    def anchor(kind: str, top: int, edit: str = "") -> str:
        end = f"<xdr:to><xdr:col>9</xdr:col><xdr:row>{top + 6}</xdr:row></xdr:to>" if kind == "twoCellAnchor" else ""
        return f"<xdr:{kind}{edit}><xdr:from><xdr:col>6</xdr:col><xdr:row>{top}</xdr:row></xdr:from>{end}</xdr:{kind}>"

    anchors = (
        anchor("twoCellAnchor", 2)
        + anchor("twoCellAnchor", 5)
        + anchor("oneCellAnchor", 6)
        + anchor("twoCellAnchor", 5, ' editAs="absolute"')
    )
    xml = f'<xdr:wsDr xmlns:xdr="{DRAWING}">{anchors}</xdr:wsDr>'.encode()
    part = rewritten(sheet(), adds=3, related={"xl/drawings/drawing1.xml": ("drawing", xml)}).related[
        "xl/drawings/drawing1.xml"
    ]
    assert [e.text for e in tree(part).iter("{*}row")] == ["2", "8", "8", "14", "9", "5", "11"]


def test_a_pivot_table_moves_as_a_whole() -> None:
    xml = b'<pivotTableDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><location ref="H6:J9" firstHeaderRow="1"/></pivotTableDefinition>'
    part = moved("pivotTable", xml, Moves({4: 2}, set()), {})
    assert part is not None
    assert attributes(part, "location", "ref") == ["H8:J11"]


def test_a_part_with_names_of_its_own_is_declined_rather_than_written_without_them() -> None:
    comments = b'<!DOCTYPE comments [<!ENTITY b "before">]><comments><comment ref="A4"><t>&b;</t></comment></comments>'
    with pytest.raises(BackendError) as raised:
        moved("comments", comments, Moves({4: 2}, set()), {})
    assert raised.value.code == "xml_entities"

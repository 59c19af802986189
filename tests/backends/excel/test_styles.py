"""Styles are appended, never changed, and a second run appends nothing."""

from __future__ import annotations

import re

import pytest
from lxml import etree
from msgspec.structs import replace

from sheets_sync.backends.excel.styles import Styles
from sheets_sync.model import Kind, Owner
from sheets_sync.style import DONE_ROW, STATUS_PAINT, TITLE, Format, body, head

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LOOKS = [
    TITLE,
    Format(),
    *(head(owner) for owner in Owner),
    *(
        body(key=key, kind=kind, owner=owner, language=language, currency=currency, linked=kind is Kind.LINK)
        for key in ("why", "message", "customer")
        for kind in Kind
        for owner in (Owner.MACHINE, Owner.PERSON)
        for language, currency in (("pt-BR", "BRL"), ("nl", "EUR"), ("es", "EUR"), ("en", "CHF"), ("en", None))
    ),
]
PAINTS = [*STATUS_PAINT.values(), DONE_ROW]

FULL = f"""<?xml version="1.0"?>
<styleSheet xmlns="{MAIN}"><numFmts count="7"><numFmt numFmtId="170" formatCode="0.0&quot;x&quot;"/></numFmts>
<fonts count="2"><font><sz val="12"/><color theme="1"/><name val="Aptos"/><family val="2"/><scheme val="minor"/></font>
<font><b/><sz val="12"/><name val="Aptos"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="99"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="170" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
<dxfs count="0"/><tableStyles count="0"/><extLst/></styleSheet>""".encode()
SPARSE = f'<x:styleSheet xmlns:x="{MAIN}"><x:cellXfs count="1"><x:xf/></x:cellXfs></x:styleSheet>'.encode()
EMPTY = f'<styleSheet xmlns="{MAIN}"/>'.encode()


def ids(styles: Styles) -> list[int]:
    return [*(styles.cell(look) for look in LOOKS), *(styles.differential(paint) for paint in PAINTS)]


def items(data: bytes, name: str) -> list[bytes]:
    section = etree.fromstring(data).find(f"{{{MAIN}}}{name}")
    return [] if section is None else [etree.tostring(c, method="c14n", with_tail=False) for c in section]


@pytest.mark.parametrize("data", [FULL, SPARSE, EMPTY, None])
def test_a_second_run_appends_nothing(data: bytes | None) -> None:
    first = Styles(data)
    chosen = ids(first)
    assert first.grown
    again = Styles(first.result())
    assert ids(again) == chosen
    assert not again.grown
    assert again.result() == first.result()


@pytest.mark.parametrize("data", [FULL, SPARSE, EMPTY])
def test_what_was_there_stays_at_its_place(data: bytes) -> None:
    styles = Styles(data)
    ids(styles)
    for name in ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
        old = items(data, name)
        assert items(styles.result(), name)[: len(old)] == old
    root = etree.fromstring(styles.result())
    order = [etree.QName(c).localname for c in root]
    wanted = (
        "numFmts",
        "fonts",
        "fills",
        "borders",
        "cellStyleXfs",
        "cellXfs",
        "cellStyles",
        "dxfs",
        "tableStyles",
        "extLst",
    )
    assert order == [name for name in wanted if name in order]
    for section in root:
        assert section.get("count") in (None, str(len(section)))


def test_reserved_slots_are_made_where_they_are_missing() -> None:
    styles = Styles(None)
    assert min(ids(styles)[: len(LOOKS)]) > 0
    for name, count in (("fonts", 1), ("fills", 2), ("borders", 1), ("cellXfs", 1)):
        assert len(items(styles.result(), name)) > count
    assert b"xfId" not in styles.result()
    assert b'xfId="0"' in _grown(FULL)


def _grown(data: bytes) -> bytes:
    styles = Styles(data)
    ids(styles)
    return styles.result()


def test_the_workbooks_own_font_is_used() -> None:
    styles = Styles(FULL)
    assert (styles.font, styles.size) == ("Aptos", 12)
    bold = styles.cell(Format(bold=True, colour=None, vertical=None))
    assert items(styles.result(), "cellXfs")[bold].count(b'fontId="1"') == 1


def test_order_defaults_and_extras_of_other_programs_change_no_meaning() -> None:
    """As other programs write our formats back: other child order, val="1", families."""
    first = Styles(FULL)
    chosen = ids(first)
    root = etree.fromstring(first.result())
    for font in root.iter(f"{{{MAIN}}}font"):
        for flag in ("b", "u"):
            for mark in font.findall(f"{{{MAIN}}}{flag}"):
                mark.set("val", "1" if flag == "b" else "single")
        if font.find(f"{{{MAIN}}}family") is None:
            etree.SubElement(font, f"{{{MAIN}}}family").set("val", "2")
        font[:] = reversed(font)
    for xf in root.iterfind(f"{{{MAIN}}}cellXfs/*"):
        xf.set("applyProtection", "1")
        xf.set("pivotButton", "0")
        xf.set("quotePrefix", "0")
        for align in xf:
            align.set("textRotation", "0")
            align.set("shrinkToFit", "0")
    again = Styles(etree.tostring(root))
    assert ids(again) == chosen
    assert not again.grown


@pytest.mark.parametrize(
    "change",
    [
        '<protection hidden="1"/>',
        '<alignment textRotation="90"/>',
        '<alignment shrinkToFit="1"/>',
        '<alignment horizontal="left" readingOrder="2"/>',
    ],
)
def test_a_format_with_more_to_it_is_not_taken_for_ours(change: str) -> None:
    look = Format(vertical=None, horizontal="left" if "left" in change else None)
    plain = Styles(FULL)
    place = plain.cell(look)
    root = etree.fromstring(plain.result())
    xf = root.find(f"{{{MAIN}}}cellXfs")[place]  # type: ignore[index]
    for child in xf:
        xf.remove(child)
    xf.append(etree.fromstring(change.replace("<", "<x:", 1).replace(" ", f' xmlns:x="{MAIN}" ', 1)))
    assert Styles(etree.tostring(root)).cell(look) != place


def test_numbers_of_formats_start_behind_those_in_use() -> None:
    styles = Styles(FULL)
    styles.cell(body(key="amount", kind=Kind.MONEY, owner=Owner.MACHINE, language="pt-BR", currency="BRL"))
    numbers = [int(n) for n in re.findall(rb'numFmt numFmtId="(\d+)"', styles.result())]
    assert numbers == [170, 171]


def test_cells_that_point_past_the_end_do_not_meet_our_formats() -> None:
    styles = Styles(FULL, in_use=lambda: (7, 3))
    assert styles.cell(TITLE) == 7
    assert styles.differential(DONE_ROW) == 3
    assert len(items(styles.result(), "cellXfs")) == 8
    again = Styles(styles.result(), in_use=lambda: (8, 4))
    assert (again.cell(TITLE), again.differential(DONE_ROW)) == (7, 3)
    assert not again.grown


def test_nothing_new_leaves_the_bytes_alone() -> None:
    assert Styles(FULL).result() == FULL


def test_sizes_apart_are_formats_apart() -> None:
    styles = Styles(FULL)
    assert styles.cell(TITLE) != styles.cell(replace(TITLE, size=99))


def test_formats_as_libreoffice_writes_them_are_ours() -> None:
    first = Styles(FULL)
    chosen = ids(first)
    root = etree.fromstring(first.result())
    formats = root.find(f"{{{MAIN}}}numFmts")
    assert formats is not None
    etree.SubElement(formats, f"{{{MAIN}}}numFmt", numFmtId="199", formatCode="General")
    for xf in root.iterfind(f"{{{MAIN}}}cellXfs/{{{MAIN}}}xf"):
        if xf.get("numFmtId") == "0":
            xf.set("numFmtId", "199")
        align = xf.find(f"{{{MAIN}}}alignment")
        if align is None:
            align = etree.SubElement(xf, f"{{{MAIN}}}alignment")
        for name, value in (("horizontal", "general"), ("vertical", "bottom"), ("wrapText", "false"), ("indent", "0")):
            align.set(name, align.get(name, value))
        etree.SubElement(xf, f"{{{MAIN}}}protection", locked="true", hidden="false")
        for name in ("applyFont", "applyBorder", "applyAlignment", "applyProtection"):
            xf.set(name, "true")
    again = Styles(etree.tostring(root))
    assert ids(again) == chosen
    assert not again.grown

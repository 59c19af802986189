"""Workbooks as the wild has them: one lively workbook, and forms of it that other programs would have written."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Font, NamedStyle, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

Parts = dict[str, bytes]
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = b"http://purl.oclc.org/ooxml/officeDocument/relationships"


def lively(path: Path) -> Path:
    """A workbook with a table, a chart, comments, conditions, dropdowns, styles, names, a hidden tab."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Pedidos"
    sheet.append(["Pedido", "Cliente", "Data", "Total"])
    for number in range(1, 40):
        sheet.append([f"P-{number:04}", f"Cliente {number} ção", number + 45_000, number * 1.5])
    sheet["C2"].number_format = "dd/mm/yyyy"
    sheet["B2"].font = Font(bold=True, color="FF0000")
    sheet["B3"].fill = PatternFill("solid", fgColor="00FF00")
    sheet["B4"].comment = Comment("uma nota", "Bia")
    sheet["D41"] = "=SUM(D2:D40)"
    sheet.add_table(Table(displayName="Tabela", ref="A1:D40"))
    sheet.conditional_formatting.add("D2:D40", DataBarRule("min", 0, "max", 1, color="638EC6"))
    rule = DataValidation(type="list", formula1='"a,b"')
    rule.add("F2:F9")
    sheet.add_data_validation(rule)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=1, max_row=40), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    sheet.print_title_rows = "1:1"
    other = book.create_sheet("Resumo & mais")
    other["A1"] = "olá"
    other.auto_filter.ref = "A1:B3"
    book.create_sheet("escondida").sheet_state = "hidden"
    book.defined_names["Taxa"] = DefinedName("Taxa", attr_text="'Pedidos'!$D$2")
    book.add_named_style(NamedStyle(name="Destaque", font=Font(italic=True)))
    book.save(path)
    return path


def read(path: Path) -> Parts:
    """All parts of a package."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, parts: Parts) -> Path:
    """A package of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


# ── forms ───────────────────────────────────────────────────────────────────


def _prefixed(parts: Parts) -> None:
    for name in ("xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        text = parts[name].replace(b"xmlns=", b"xmlns:x=")
        parts[name] = re.sub(rb"<(/?)(?=[A-Za-z])(?!\w+:)", rb"<\1x:", text)


def _strict(parts: Parts) -> None:
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")) and b"package/2006" not in content[:300]:
            parts[name] = content.replace(MAIN, STRICT).replace(OFFICE, STRICT_OFFICE)
    for name in ("_rels/.rels", "xl/_rels/workbook.xml.rels"):
        parts[name] = parts[name].replace(OFFICE, STRICT_OFFICE)


def _utf16(parts: Parts) -> None:
    for name in ("xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        text = re.sub(r"^<\?xml[^>]*\?>", "", parts[name].decode("utf-8"))
        parts[name] = ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def _latin(parts: Parts) -> None:
    text = re.sub(r"^<\?xml[^>]*\?>", "", parts["xl/workbook.xml"].decode("utf-8")).replace("Resumo", "Ação")
    parts["xl/workbook.xml"] = ('<?xml version="1.0" encoding="ISO-8859-1"?>' + text).encode("latin-1")


def _bom(parts: Parts) -> None:
    for name in ("xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = b"\xef\xbb\xbf" + parts[name]


def _no_styles(parts: Parts) -> None:
    del parts["xl/styles.xml"]
    types, rels = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    parts[types] = re.sub(rb'<Override[^>]*PartName="/xl/styles.xml"[^>]*/>', b"", parts[types])
    parts[rels] = re.sub(rb'<Relationship [^>]*styles.xml"[^>]*/>', b"", parts[rels])


def _bare_types(parts: Parts) -> None:
    """No default for rels; the default for xml is the workbook's type."""
    name = "[Content_Types].xml"
    workbook = re.search(rb'<Override[^>]*workbook.xml"[^>]*ContentType="([^"]*)"', parts[name])
    if workbook is None:
        workbook = re.search(rb'<Override[^>]*ContentType="([^"]*sheet.main\+xml)"', parts[name])
    assert workbook
    text = re.sub(rb'<Default[^>]*Extension="(rels|xml)"[^>]*/>', b"", parts[name])
    overrides = b"".join(
        b'<Override PartName="/%s" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        % n.encode()
        for n in parts
        if n.endswith(".rels")
    )
    default = b'<Default Extension="xml" ContentType="%s"/>' % workbook[1]
    parts[name] = re.sub(rb"(<Types[^>]*>)", rb"\1" + default + overrides, text)


def _elsewhere(parts: Parts) -> None:
    """The workbook part at the root, absolute and percent-encoded targets, backslashes, other case."""
    parts["Book One.xml"] = parts.pop("xl/workbook.xml")
    rels = parts.pop("xl/_rels/workbook.xml.rels")
    rels = rels.replace(b'Target="/xl/worksheets/sheet1.xml"', b'Target="XL\\worksheets\\SHEET1.xml"')
    parts["_rels/Book One.xml.rels"] = rels
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"/Book%20One.xml")
    types = "[Content_Types].xml"
    parts[types] = parts[types].replace(b"/xl/workbook.xml", b"/Book%20One.xml")


def _other_prefix(parts: Parts) -> None:
    """The relationships' prefix is not ``r``, and is declared on each tab's element only."""
    name = "xl/workbook.xml"
    text = parts[name].replace(b' xmlns:r="%s"' % OFFICE, b"")
    text = text.replace(b"<sheet ", b'<sheet xmlns:q="%s" ' % OFFICE).replace(b"r:id=", b"q:id=")
    parts[name] = re.sub(rb'(<sheet [^>]*?)xmlns:q="[^"]*"( xmlns:q="[^"]*")', rb"\1\2", text)


def _no_names(parts: Parts) -> None:
    name = "xl/workbook.xml"
    parts[name] = re.sub(rb"<definedNames>.*?</definedNames>", b"", parts[name], flags=re.DOTALL)


def _date1904(parts: Parts) -> None:
    name = "xl/workbook.xml"
    parts[name] = re.sub(rb"<workbookPr\s*/>|<workbookPr [^>]*/>", b'<workbookPr date1904="1"/>', parts[name])


def _chained(parts: Parts) -> None:
    chain = b'<calcChain xmlns="%s"><c r="D41" i="1"/><c r="A9" i="9"/><c r="A10"/></calcChain>' % MAIN
    parts["xl/calcChain.xml"] = chain
    types, rels = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    override = b'<Override PartName="/xl/calcChain.xml" ContentType="%s"/></Types>' % kind
    parts[types] = parts[types].replace(b"</Types>", override)
    relation = b'<Relationship Id="rId77" Type="%s/calcChain" Target="calcChain.xml"/></Relationships>' % OFFICE
    parts[rels] = parts[rels].replace(b"</Relationships>", relation)


FORMS: dict[str, Callable[[Parts], None]] = {
    "as it is": lambda _: None,
    "prefixed": _prefixed,
    "strict": _strict,
    "utf-16": _utf16,
    "latin-1": _latin,
    "byte order marks": _bom,
    "without styles": _no_styles,
    "bare content types": _bare_types,
    "parts elsewhere": _elsewhere,
    "another prefix for r": _other_prefix,
    "without names": _no_names,
    "1904": _date1904,
    "with a calculation chain": _chained,
}


def form(name: str, path: Path) -> Path:
    """The lively workbook in one of its forms."""
    parts = read(lively(path))
    FORMS[name](parts)
    return write(path, parts)

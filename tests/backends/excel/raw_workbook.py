"""Workbooks written part by part, so that a test can hold exactly the XML it is about."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="&quot;R$&quot; #,##0.00"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="2"><fill/><fill/></fills><borders count="1"><border/></borders><cellXfs count="3">'
    '<xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)
"""Style 0 general, 1 a date, 2 money."""


def sheet(rows: str, *, after: str = "", head: str = HEAD) -> str:
    """A sheet part around the inside of its ``<sheetData>``."""
    return f'{head}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def text(ref: str, value: str) -> str:
    """A cell with an inline string."""
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def parts(
    sheets: Mapping[str, str | bytes],
    *,
    strings: str = "",
    workbook_pr: str = "",
    states: Mapping[str, str] | None = None,
) -> dict[str, str | bytes]:
    """All parts of a workbook with these sheet parts by title. ``strings``: the inside of ``<sst>``."""
    names = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)]
    types = [("xl/workbook.xml", "sheet.main"), ("xl/styles.xml", "styles"), *((name, "worksheet") for name in names)]
    relations = [("styles", "styles.xml"), *(("worksheet", name[3:]) for name in names)]
    if strings:
        types.append(("xl/sharedStrings.xml", "sharedStrings"))
        relations.append(("sharedStrings", "sharedStrings.xml"))
    listed = "".join(
        f'<sheet name="{title}" sheetId="{number}" r:id="rId{number + 1}" '
        f'state="{(states or {}).get(title, "visible")}"/>'
        for number, title in enumerate(sheets, 1)
    )
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{name}" ContentType="{TYPE}.{kind}+xml"/>' for name, kind in types)
        + "</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook_pr}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(relations, 1)
        )
        + "</Relationships>",
        "xl/styles.xml": STYLES,
        **dict(zip(names, sheets.values(), strict=True)),
    }
    if strings:
        found["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}">{strings}</sst>'
    return found


def write(path: Path, members: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Zip the parts."""
    with zipfile.ZipFile(path, "w", compression) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return path

"""A tab of ours as raw parts, for what no library writes: extensions, threads, VML, odd filters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree
from msgspec.structs import replace

from sheets_sync.backends.excel.parts import MAIN, OFFICE, Relationship
from sheets_sync.backends.excel.rows import rewrite
from sheets_sync.backends.excel.sheet_parts import Look, RewrittenParts, SheetParts, Validation
from sheets_sync.model import (
    AddRow,
    Cell,
    FoundTab,
    Kind,
    OwnColumn,
    OwnTab,
    RemoveRow,
    TabPlan,
    TaskRow,
    UpdateRow,
)

TITLE = "Tasks"
KEYS = ("status", "contact", "key", "done")
"""Positions A to D; E is a person's own column."""


def style(key: str, kind: Kind, currency: str | None) -> int:
    return {"status": 11, "contact": 12, "key": 13, "done": 14}.get(key, 0)


LOOK = Look(
    style=style,
    header=lambda key: key.title(),
    header_style=lambda _: 21,
    validation=lambda key: Validation(kind="list", formula1='"✓"') if key == "done" else None,
    title_style=22,
    key_style=23,
    row_height=34.0,
)


def row(number: int, *, own: str = "", status: str = "open", contact: str = "", attributes: str = "") -> str:
    """A task's row; ``own``: its cells from E on; ``contact``: what follows ``<c r="B…"``."""
    name = f"t{number}"
    cells = f'<c r="A{number}" s="1" t="inlineStr"><is><t>{status}</t></is></c>'
    cells += f'<c r="B{number}"{contact}' if contact else ""
    cells += f'<c r="C{number}" t="inlineStr"><is><t>{name}</t></is></c>'
    return f'<row r="{number}" spans="1:5"{attributes}>{cells}{own}</row>'


def sheet(
    rows: Sequence[str] | None = None, *, head: str = "", tail: str = "", own: Mapping[int, str] | None = None
) -> str:
    """A sheet part with three tasks in rows 5 to 7 (or ``rows``); ``own``: row → XML of its cells beyond D."""
    lines = rows if rows is not None else [row(n, own=(own or {}).get(n, "")) for n in (5, 6, 7)]
    names = ["sheets-sync:touchpoints:1", *KEYS[1:]]
    keys = "".join(f'<c r="{c}1" t="inlineStr"><is><t>{k}</t></is></c>' for c, k in zip("ABCD", names, strict=True))
    heads = "".join(
        f'<c r="{c}4" t="inlineStr"><is><t>{k}</t></is></c>' for c, k in zip("ABCDE", (*KEYS, "Mine"), strict=True)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">'
        f'<dimension ref="A1:E7"/>{head}<sheetData><row r="1" hidden="1">{keys}</row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>Heading</t></is></c></row>'
        f'<row r="4" x14ac:dyDescent="0.25">{heads}</row>{"".join(lines)}</sheetData>{tail}</worksheet>'
    )


def found(rows: Sequence[int] = (5, 6, 7), **changes: object) -> FoundTab:
    """The tab as read."""
    columns = [OwnColumn(key=k, header=k, position=i) for i, k in enumerate(KEYS)]
    tab = FoundTab(
        own=OwnTab.TOUCHPOINTS, title=TITLE, key_row=1, header_row=4, title_row=2, heading="Heading",
        columns=(*columns, OwnColumn(key=None, header="Mine", position=4)),
        rows=tuple(TaskRow(row=n, key=f"t{n}", machine={}, people={}, own={}, links={}) for n in rows), layout_version=1,
    )  # fmt: skip
    return replace(tab, **changes)  # type: ignore[arg-type]


def rewritten(
    xml: str | bytes,
    *,
    adds: int = 0,
    below: int | None = None,
    removes: Sequence[int] = (),
    updates: Mapping[int, Mapping[str, Cell]] | None = None,
    tab: FoundTab | None = None,
    related: Mapping[str, tuple[str, bytes]] | None = None,
    shared: bytes | None = None,
    look: Look = LOOK,
    **plan: object,
) -> RewrittenParts:
    """The tab after a plan: ``adds`` rows born below ``below``, rows removed and updated by old number.

    ``related``: part name → (relationship kind, content).
    """
    relations = tuple(
        Relationship(id=f"rId{i}", type=f"{OFFICE}/{kind}", kind=kind, target=name, external=False, part=name)
        for i, (name, (kind, _)) in enumerate((related or {}).items(), 1)
    )
    parts = SheetParts(
        title=TITLE, part="xl/worksheets/sheet1.xml", xml=xml.encode() if isinstance(xml, str) else xml,
        rels=None, relationships=relations, related={name: data for name, (_, data) in (related or {}).items()},
        shared_strings=lambda: shared, date1904=False, strict=False,
    )  # fmt: skip
    born = [AddRow(key=f"n{i}", cells={"status": Cell(value="new")}, below=below) for i in range(adds)]
    changed = [UpdateRow(key=f"t{n}", row=n, cells=cells, before={}) for n, cells in (updates or {}).items()]
    gone = [RemoveRow(key=f"t{n}", row=n, before={}) for n in removes]
    whole = TabPlan(
        own=OwnTab.TOUCHPOINTS, title=TITLE, found=tab or found(), heading=None, adds=tuple(born),
        updates=tuple(changed), removes=tuple(gone), **plan,  # type: ignore[arg-type]
    )  # fmt: skip
    return rewrite(parts, whole, look)


def tree(result: RewrittenParts | bytes) -> etree._Element:
    """A part parsed."""
    return etree.fromstring(result.xml if isinstance(result, RewrittenParts) else result)


def values(result: RewrittenParts) -> dict[int, dict[str, str]]:
    """Row → column letters → text, value or formula, as stored."""
    cells: dict[int, dict[str, str]] = {}
    for line in tree(result).iter("{*}row"):
        number = int(line.get("r", "0"))
        cells[number] = {}
        for cell in line.iter("{*}c"):
            match = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))
            assert match is not None
            assert int(match[2]) == number
            formula = next((f.text for f in cell.iter("{*}f")), None)
            text = f"={formula}" if formula else "".join(t.text or "" for t in cell.iter("{*}t", "{*}v"))
            if text:
                cells[number][match[1]] = text
    return cells


def attributes(result: RewrittenParts | bytes, name: str, attribute: str) -> list[str]:
    """That attribute of every element of that name."""
    return [e.get(attribute, "") for e in tree(result).iter(f"{{*}}{name}")]

"""What hangs on cells in parts beside the sheet: comments, threads, their shapes, pictures and controls.

Everything moves with the row it hangs on; a comment also with its cell, where a sort of a part is put right. A comment
goes when its row goes (the history has its text by then); pictures keep their size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from lxml import etree

from sheets_sync.backends.excel.markup import to_utf8
from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.rectangles import rectangle
from sheets_sync.backends.excel.rows.sheet_xml import parse, serialised
from sheets_sync.backends.excel.xml_events import local

_SHAPE = re.compile(rb"<([^\s<>/:]+:)?shape[\s>].*?</\1shape\s*>", re.DOTALL)
_SHAPE_ROW = re.compile(rb"(<(?:[^\s<>/:]+:)?Row\s*>\s*)([0-9]+)(\s*<)")
_SHAPE_COLUMN = re.compile(rb"<(?:[^\s<>/:]+:)?Column\s*>\s*([0-9]+)\s*<")
_SHAPE_ANCHOR = re.compile(rb"(<(?:[^\s<>/:]+:)?Anchor\s*>)([^<]*)(<)")

Brought: TypeAlias = Mapping[tuple[int, int], int]
"""(Old row, position) of a cell → the old row to which what hangs on it goes first."""


def moved(kind: str, data: bytes, moves: Moves, brought: Brought) -> bytes | None:
    """The part of that relationship kind after the rows moved; None where it stays as it is."""
    if moves.still and not (brought and kind in ("comments", "threadedComment", "vmlDrawing")):
        return None
    if kind in ("comments", "threadedComment"):
        return _comments(data, moves, brought)
    if kind == "vmlDrawing":
        return _shapes(data, moves, brought)
    if kind == "drawing":
        root = parse(data)
        return serialised(root) if anchored(root, moves) else None
    if kind == "pivotTable":
        return _pivot(data, moves)
    return None


def _comments(data: bytes, moves: Moves, brought: Brought) -> bytes | None:
    root = parse(data)
    changed = False
    for element in tuple(root.iter("{*}comment", "{*}threadedComment")):
        area = rectangle(element.get("ref", ""))
        if area is None:
            continue
        row = brought.get((area.top, area.left), area.top) if area.single else area.top
        new = area._replace(top=row, bottom=row + area.bottom - area.top).moved(moves)
        changed |= new != area
        parent = element.getparent()
        if new is not None:
            element.set("ref", new.text())
        elif parent is not None:
            parent.remove(element)
    return serialised(root) if changed else None


def _shapes(data: bytes, moves: Moves, brought: Brought) -> bytes | None:
    """VML is edited as text: old Excel writes some that is not well-formed XML."""
    data = to_utf8(data)

    def shape(match: re.Match[bytes]) -> bytes:
        markup = match[0]
        anchor, note = _SHAPE_ANCHOR.search(markup), _SHAPE_ROW.search(markup)
        places = [int(n) if n.strip().lstrip(b"-").isdigit() else None for n in anchor[2].split(b",")] if anchor else []
        if note is not None:
            old = int(note[2])
            column = _SHAPE_COLUMN.search(markup)
            new = moves.row(brought.get((old + 1, int(column[1])), old + 1) if column else old + 1)
            if new is None:
                return b""
            by = new - 1 - old
            markup = _SHAPE_ROW.sub(rb"\g<1>%d\g<3>" % (new - 1), markup, count=1)
        elif len(places) == 8 and places[2] is not None:
            by = moves.place(places[2] + 1) - 1 - places[2]
        else:
            return markup
        if by and len(places) == 8:
            shifted = [(max(p + by, 0) if i in (2, 6) else p) for i, p in enumerate(places) if p is not None]
            text = b", ".join(b"%d" % p for p in shifted)
            markup = _SHAPE_ANCHOR.sub(lambda m: m[1] + text + m[3], markup, count=1)
        return markup

    new = _SHAPE.sub(shape, data)
    return new if new != data else None


def anchored(root: etree._Element, moves: Moves) -> bool:
    """Move pictures, charts and controls by their upper edge; True where one moved. Free-floating ones stay."""
    changed = False
    for top in root.iter("{*}from"):
        anchor = top.getparent()
        if anchor is None or anchor.get("editAs") == "absolute":
            continue
        rows = [e for end in anchor if local(end) in ("from", "to") for e in end if local(e) == "row"]
        if not rows or not (rows[0].text or "").strip().isdigit():
            continue
        old = int(rows[0].text or 0)
        by = moves.place(old + 1) - 1 - old
        for element in rows if by else ():
            element.text = str(max(int(element.text or 0) + by, 0))
        changed |= by != 0
    return changed


def _pivot(data: bytes, moves: Moves) -> bytes | None:
    root = parse(data)
    location = next(root.iter("{*}location"), None)
    area = rectangle(location.get("ref", "")) if location is not None else None
    if location is None or area is None:
        return None
    top = moves.place(area.top)
    if top == area.top:
        return None
    location.set("ref", area._replace(top=top, bottom=top + area.bottom - area.top).text())
    return serialised(root)

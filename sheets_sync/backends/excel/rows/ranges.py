"""Ranges in the sheet part that move with the rows: views, filter, merges, breaks, protection; and hiding a column."""

from __future__ import annotations

from lxml import etree

from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.rectangles import Rectangle, rectangle, rectangles, sqref
from sheets_sync.backends.excel.rows.tail import child, container, made
from sheets_sync.backends.excel.xml_events import local

_LISTS = ("protectedRange", "ignoredError")
"""Elements with a ``sqref`` of plain cells, nothing relative in them."""


def move_ranges(root: etree._Element, moves: Moves) -> None:
    """Everything whose cells simply went where their rows went."""
    for element in tuple(root.iter("{*}mergeCell")):
        area = rectangle(element.get("ref", ""))
        new = area and area.moved(moves)
        if new is None or new.single:
            _remove(element)
        else:
            element.set("ref", new.text())
    for element in tuple(root.iter(*(f"{{*}}{name}" for name in _LISTS))):
        kept = [r for r in (r.moved(moves) for r in rectangles(element.get("sqref", ""))) if r]
        if kept:
            element.set("sqref", sqref(kept))
        else:
            _remove(element)
    for element in tuple(root.iter("{*}cellWatch", "{*}inputCells")):
        area = rectangle(element.get("r", ""))
        new = area and area.moved(moves)
        if new is None:
            _remove(element)
        else:
            element.set("r", new.text())
    for element in root.iter("{*}sortState", "{*}sortCondition"):
        area = rectangle(element.get("ref", ""))
        new = area and area.moved(moves, grow=True)
        if new is not None:
            element.set("ref", new.text())
    _breaks(root, moves)
    _tidy(root)


def _tidy(root: etree._Element) -> None:
    """Lists that lost all they held go, the others' counts are right."""
    for name in ("mergeCells", "protectedRanges", "ignoredErrors", "cellWatches"):
        holder = child(root, name)
        if holder is not None and not len(holder):
            root.remove(holder)
        elif holder is not None and holder.get("count"):
            holder.set("count", str(len(holder)))


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _breaks(root: etree._Element, moves: Moves) -> None:
    for holder in root.iter("{*}rowBreaks"):
        seen = set()
        for element in tuple(holder):
            number = int(element.get("id", "0"))
            new = moves.place(number + 1) - 1
            if new in seen or new < 1:
                holder.remove(element)
                continue
            seen.add(new)
            element.set("id", str(new))
        manual = sum(e.get("man") in ("1", "true") for e in holder)
        holder.set("count", str(len(holder)))
        holder.set("manualBreakCount", str(manual))


def move_views(root: etree._Element, moves: Moves, last_row: int, new_header: int | None) -> None:
    """Frozen rows stay frozen, the selection follows its cell, nobody looks at emptiness below ``last_row``.

    ``new_header``: a header row that was born and is frozen with the rows above it.
    """
    for view in root.iter("{*}sheetView", "{*}customSheetView"):
        frozen = 0
        for pane in (e for e in view if local(e) == "pane"):
            if pane.get("state") in ("frozen", "frozenSplit") and pane.get("ySplit"):
                corner = rectangle(view.get("topLeftCell", "A1"))
                first = corner.top if corner else 1
                shown = 1 if first == 1 else moves.place(first)
                frozen = moves.place(first + int(float(pane.get("ySplit", "0"))) - 1)
                frozen += frozen + 1 == new_header
                pane.set("ySplit", str(max(frozen - shown + 1, 1)))
            corner = rectangle(pane.get("topLeftCell", ""))
            if corner is not None:
                top = max(min(corner.top, max(last_row, 1)), frozen + 1)
                pane.set("topLeftCell", corner._replace(top=top, bottom=top).text())
        for selection in (e for e in view if local(e) == "selection"):
            cell = rectangle(selection.get("activeCell", ""))
            areas = rectangles(selection.get("sqref", ""))
            if cell is None or not areas:
                continue
            new = [r for r in (r.moved(moves) for r in areas) if r]
            at = cell.moved(moves)
            if at is None or not new or not any(r.meets(at) for r in new):
                row = moves.place(cell.top)
                at = cell._replace(top=row, bottom=row)
                new = [at]
                selection.attrib.pop("activeCellId", "")
            selection.set("activeCell", at.text())
            selection.set("sqref", sqref(new))


def move_filter(
    root: etree._Element, moves: Moves, *, header_row: int | None, last_row: int, columns: tuple[int, int] | None
) -> str | None:
    """The auto filter after the move, as ``$A$4:$O$37``; None where the tab has none. Criteria stay.

    One that starts at our header row (old number) reaches down to ``last_row``, our last (new number), and over
    ``columns``, the first and last position with a header.
    """
    result = None
    for element in root.iter("{*}autoFilter"):
        area = rectangle(element.get("ref", ""))
        new = area and area.moved(moves)
        if area is None or new is None:
            continue
        if area.top == header_row:
            new = new._replace(bottom=max(new.bottom, last_row))
            if columns is not None:
                new = _widened(element, new, columns)
        element.set("ref", new.text())
        if element.getparent() is root:
            result = new.fixed()
    return result


def _widened(element: etree._Element, area: Rectangle, columns: tuple[int, int]) -> Rectangle:
    left, right = min(area.left, columns[0]), max(area.right, columns[1])
    for column in (e for e in element if local(e) == "filterColumn"):
        column.set("colId", str(int(column.get("colId", "0")) + area.left - left))
    return area._replace(left=left, right=right)


def set_dimension(root: etree._Element, last_row: int, right: int) -> None:
    """Say how far the cells reach (kept where it already says more)."""
    element = child(root, "dimension")
    area = rectangle(element.get("ref", "")) if element is not None else None
    if element is not None and area is not None and last_row >= area.top:
        element.set("ref", area._replace(bottom=last_row, right=max(area.right, right)).text())


def hide_column(root: etree._Element, position: int, width: float = 10) -> None:
    """Hide the column at ``position``, other columns of its range as they were."""
    number = position + 1
    columns = container(root, "cols")
    new = made(root, "col")
    for element in tuple(columns):
        first, last = int(element.get("min", "0")), int(element.get("max", "0"))
        if first <= number <= last:
            new.attrib.update(element.attrib)
            for low, high in ((first, number - 1), (number + 1, last)):
                if low <= high:
                    piece = made(root, "col")
                    piece.attrib.update(element.attrib)
                    piece.set("min", str(low))
                    piece.set("max", str(high))
                    element.addprevious(piece)
            columns.remove(element)
    if not new.get("width"):
        new.set("width", str(width))
    new.set("min", str(number))
    new.set("max", str(number))
    new.set("hidden", "1")
    after = [e for e in columns if int(e.get("max", "0")) < number]
    columns.insert(len(after), new)

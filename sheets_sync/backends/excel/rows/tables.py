"""Tables (list objects) that people made of our rows or beside them: their range, filter and columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lxml import etree
from msgspec import Struct, field

from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.rectangles import Rectangle, rectangle
from sheets_sync.backends.excel.rows.sheet_xml import parse, serialised
from sheets_sync.backends.excel.sheet_parts import SheetParts
from sheets_sync.backends.excel.xml_events import local


class Table(Struct):
    """A table of the tab, rows as they were before. ``headers`` / ``totals``: how many such rows it has."""

    part: str
    relation: str
    root: etree._Element
    area: Rectangle
    headers: int
    totals: int
    changed: bool = field(default=False)

    @property
    def first(self) -> int:
        """The first row of data."""
        return self.area.top + self.headers

    @property
    def last(self) -> int:
        """The last row of data."""
        return self.area.bottom - self.totals

    def heads(self, header_row: int | None) -> bool:
        """True where its header row is our header row."""
        return bool(self.headers) and self.area.top == header_row

    def starves(self, born: Mapping[int, int], gone: Collection[int]) -> bool:
        """True where no row of data would be left, which a table must not be."""
        fed = any(n for p, n in born.items() if self.first - 1 <= p < self.last)
        return not fed and all(row in gone for row in range(self.first, self.last + 1))

    def add_column(self, position: int, name: str) -> str:
        """Take in the column right of the table; its name, made unique. The caller writes it into the header cell."""
        columns = next(e for e in self.root if local(e) == "tableColumns")
        taken = {e.get("name", "").casefold() for e in columns}
        unique, n = name, 1
        while unique.casefold() in taken:
            n += 1
            unique = f"{name}{n}"
        column = etree.SubElement(columns, f"{{{etree.QName(self.root).namespace}}}tableColumn")
        column.set("id", str(max((int(e.get("id", "0")) for e in columns), default=0) + 1))
        column.set("name", unique)
        columns.set("count", str(len(columns)))
        self.area = self.area._replace(right=position)
        self.changed = True
        return unique

    def move(self, moves: Moves, last: int | None) -> bool:
        """Move with the rows; ``last``: the row of ours that it must reach down to. False where its header left."""
        area = self.area.moved(moves)
        if area is None or (self.headers and moves.row(self.area.top) is None):
            return False
        if last is not None:
            area = area._replace(bottom=max(area.bottom, last + self.totals))
        self.changed |= area != rectangle(self.root.get("ref", ""))
        if self.changed:
            self.root.set("ref", area.text())
        data = area._replace(bottom=area.bottom - self.totals)
        for element in self.root.iter("{*}autoFilter", "{*}sortState", "{*}sortCondition"):
            old = rectangle(element.get("ref", ""))
            if old is None:
                continue
            new = data if local(element) == "autoFilter" else old.moved(moves)
            if new is not None and last is not None:
                new = new._replace(bottom=max(new.bottom, data.bottom))
            if new is not None and new != old:
                element.set("ref", new.text())
                self.changed = True
        return True

    def result(self) -> bytes | None:
        """The part's new content; None where it stays as it is."""
        return serialised(self.root) if self.changed else None


def tables(parts: SheetParts) -> list[Table]:
    """The tables of a tab."""
    found = []
    for relation in parts.relationships:
        data = parts.related.get(relation.part or "")
        if relation.kind != "table" or data is None or relation.part is None:
            continue
        root = parse(data)
        area = rectangle(root.get("ref", ""))
        if area is not None:
            headers, totals = (_count(root, n, d) for n, d in (("headerRowCount", 1), ("totalsRowCount", 0)))
            table = Table(relation.part, relation.id, root, area, headers, totals)
            found.append(table)
    return found


def _count(root: etree._Element, name: str, default: int) -> int:
    text = root.get(name, "")
    return int(text) if text.isdigit() else default

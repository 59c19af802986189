"""The self-check of a file that was written, before it takes the workbook's name.

It opens, every part that is not ours is the same to the byte, the tabs that were there are still listed as they
were, and ours read back as planned: new ones cell by cell, rewritten ones with what people wrote still in its row.
A failed check is our fault, never the person's: it raises, and the old file stays.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import TypeAlias
from xml.parsers import expat

from msgspec import Struct

from sheets_sync.backends.excel.package import CHUNK, Member, Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.backends.excel.readback import Cells, StoredRows, parsed, row_by_row, rows
from sheets_sync.backends.excel.sheet_parts import RewrittenParts
from sheets_sync.backends.excel.stored_cells import XmlCell
from sheets_sync.backends.excel.stream import Row, fitting, letters, serial
from sheets_sync.model import AddRow, Owner, TabPlan, TaskRow, UpdateRow, Value
from sheets_sync.tables.schema import OWN

_COMPARED_ENDS = 200
_COMPARED_EVERY = 40
"""Of a tab with more than 400 rows; they all come out of one loop."""


class CheckError(Exception):
    """What was written is not what was meant; the message says where."""


class Born(Struct, frozen=True, kw_only=True):
    """A sheet written whole: each of its ``count`` rows once more, by number."""

    part: str
    line: Callable[[int], Row]
    count: int
    date1904: bool


class Planted(Struct, frozen=True, kw_only=True):
    """A sheet taken over whole: its rows as texts, once more."""

    part: str
    rows: Callable[[], Iterator[tuple[int, dict[int, str]]]]


class Rewritten(Struct, frozen=True, kw_only=True):
    """A sheet whose rows were replaced: how it was, what was planned, where rows went."""

    part: str
    tab: TabPlan
    old: bytes
    new: RewrittenParts
    date1904: bool


ReadBack: TypeAlias = Born | Planted | Rewritten


class Facts(Struct, frozen=True, kw_only=True):
    """What may differ from the old package (stored names), and the sheets to read back."""

    replaced: frozenset[str]
    added: tuple[str, ...]
    removed: frozenset[str]
    reading: tuple[ReadBack, ...]


def approve(path: Path, old: Package, facts: Facts) -> None:
    """Raise CheckError unless the file at ``path`` is ``old`` with ``facts`` and nothing else."""
    with Package(path) as new:
        _same_members(old, new, facts)
        for name in (*facts.replaced, *facts.added):
            if not any(r.part == name for r in facts.reading):
                new.read(name)
        _same_tabs(Book(old), Book(new), len(facts.reading))
        for sheet in facts.reading:
            member = new.find(sheet.part)
            _require(member is not None, f"{sheet.part} is missing")
            assert member is not None  # noqa: S101
            if isinstance(sheet, Born):
                _as_streamed(sheet, _well_formed(new, member))
            elif isinstance(sheet, Planted):
                stored = ((n, {p: c.said for p, c in cells.items()}) for n, cells in rows(_well_formed(new, member)))
                _require(all(a == b for a, b in zip_longest(stored, sheet.rows())), f"{sheet.part} differs")
            else:
                _as_rewritten(sheet, b"".join(_well_formed(new, member)))


def _require(true: bool, fault: str) -> None:
    if not true:
        raise CheckError(fault)


def _well_formed(package: Package, member: Member) -> Iterator[bytes]:
    """A part's content in pieces, on the way found to be whole and XML."""
    parser, crc = expat.ParserCreate(), 0
    try:
        for piece in package.stream(member):
            parser.Parse(piece, False)
            crc = zlib.crc32(piece, crc)
            yield piece
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise CheckError(f"{member.name} is no XML") from error
    _require(crc == member.crc, f"{member.name} is not what was packed")


# ── the package ─────────────────────────────────────────────────────────────


def _same_members(old: Package, new: Package, facts: Facts) -> None:
    kept = [m for m in old.members if m.name not in facts.removed]
    names = list(dict.fromkeys(m.name for m in kept if m.name in facts.replaced))
    expected = [m.name for m in kept if m.name not in facts.replaced]
    foreign = [m for m in new.members if m.name not in facts.replaced and m.name not in facts.added]
    _require([m.name for m in foreign] == expected, "members are missing, new or in another order")
    _require(len(new.members) == len(expected) + len(names) + len(facts.added), "members were written twice")
    _require(new.comment == old.comment, "the archive's comment changed")
    for before, after in zip((m for m in kept if m.name not in facts.replaced), foreign, strict=True):
        _require(_same_member(old, before, new, after), f"{before.name} changed")


def _same_member(old: Package, before: Member, new: Package, after: Member) -> bool:
    """True where header, compressed bytes, descriptor and central record (its offset aside) are equal."""
    first, second = bytearray(before.record), bytearray(after.record)
    first[42:46] = second[42:46] = b"\0\0\0\0"
    wide = before.record[42:46] == b"\xff\xff\xff\xff"
    (start, end), (begin, stop) = old.span(before), new.span(after)
    if end - start != stop - begin or (first != second and not wide):
        return False
    return all(
        old.bytes_at(start + at, size) == new.bytes_at(begin + at, size)
        for at in range(0, end - start, CHUNK)
        for size in (min(CHUNK, end - start - at),)
    )


def _same_tabs(old: Book, new: Book, most: int) -> None:
    before, after = old.sheets, new.sheets
    _require(after[: len(before)] == before, "a tab's entry changed")
    _require(len(after) - len(before) <= most, "tabs nobody planned")
    _require(all(s.part for s in after[len(before) :]), "a new tab leads nowhere")
    taken = {s.title.casefold() for s in before}
    for sheet in after[len(before) :]:
        _require(sheet.title.casefold() not in taken, "two tabs of one title")
        taken.add(sheet.title.casefold())


# ── cells ───────────────────────────────────────────────────────────────────


def _says(cell: XmlCell | None, value: Value, *, date1904: bool) -> bool:
    """True where a stored cell holds ``value`` as it would be written."""
    if isinstance(value, date):
        number = serial(value, date1904=date1904)
        value = value.isoformat() if number is None else number
    value = fitting(value)
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return cell is None or cell.blank
    if cell is None or isinstance(value, str):
        return cell is not None and cell.kind in ("inlineStr", "str") and cell.said == value
    if isinstance(value, bool):
        return cell.kind == "b" and cell.said == str(int(value))
    assert not isinstance(value, date)  # noqa: S101  (a serial by now)
    try:
        return cell.kind == "n" and float(cell.said) == float(value)
    except ValueError:
        return False


def _as_streamed(sheet: Born, content: Iterable[bytes]) -> None:
    """Every row is there, in order; its cells are as planned: of all rows, or of a big tab's ends and every 40th."""
    number = 0

    def compared() -> Iterator[bytes]:
        nonlocal number
        for raw in row_by_row(content):
            number += 1
            _require(raw.startswith(b'<row r="%d"' % number), f"{sheet.part}: row {number} is missing")
            near = min(number, sheet.count - number) <= _COMPARED_ENDS
            if near or number % _COMPARED_EVERY == 0:
                yield raw

    for at, cells in parsed(compared()):
        _row_as_planned(sheet, at, cells)
    _require(number == sheet.count, f"{sheet.part}: {number} rows for {sheet.count}")


def _row_as_planned(sheet: Born, number: int, cells: Cells) -> None:
    line = sheet.line(number)
    _require(cells.keys() == line.cells.keys(), f"{sheet.part}: row {number} has other cells")
    for position, (value, style) in line.cells.items():
        cell = cells[position]
        told = value and cell.kind == "inlineStr" and cell.text == value  # most of them
        same = cell.style == style and (told or _says(cell, value, date1904=sheet.date1904))
        _require(bool(same), f"{sheet.part}: row {number}, column {position + 1} differs")


def _as_rewritten(sheet: Rewritten, content: bytes) -> None:
    plan, before = sheet.tab, sheet.tab.found
    assert before is not None  # noqa: S101
    new, at, part = StoredRows(content), sheet.new.rows, sheet.part
    places = {c.key: c.position for c in before.columns if c.key}
    own = {c.header: c.position for c in before.columns if c.key is None}
    changes: tuple[AddRow | UpdateRow, ...] = (*plan.adds, *plan.updates)
    written = new.cells({at.get(change.key, 0) for change in changes})
    for change in changes:
        cells = written.get(at.get(change.key, 0))
        _require(cells is not None, f"{part}: a planned row is missing")
        assert cells is not None  # noqa: S101
        if plan.repair:
            continue  # columns may have moved
        values = {places[k]: c.value for k, c in change.cells.items() if k in places}
        values |= {places[k]: v for k, v in change.people.items() if k in places}
        values |= {own[h]: v for h, v in change.own.items() if h in own}
        for position, value in values.items():
            _require(_says(cells.get(position), value, date1904=sheet.date1904), f"{part}: a cell is not as planned")
    born = {add.key for add in plan.adds}
    _require(not any(r.key in at for r in plan.removes if r.key not in born), f"{part}: a row stayed")
    _people_kept(sheet, StoredRows(sheet.old), new)


def _people_kept(sheet: Rewritten, old: StoredRows, new: StoredRows) -> None:
    """What people wrote is still there, and in the row of its key. Rows are compared as bytes; only what differs
    is parsed."""
    plan, before, at = sheet.tab, sheet.tab.found, sheet.new.rows
    assert before is not None  # noqa: S101
    machine = {c.position for c in before.columns if c.key in OWN[plan.own].keys(Owner.MACHINE, Owner.HIDDEN)}
    keys = {r.row: r.key for r in before.rows} | {u.row: u.key for u in plan.updates}
    columns = frozenset(letters(position).encode() for position in machine)
    changed = {r.row for r in plan.removes} | {u.row for u in plan.updates if u.people or u.own}
    unlike: list[TaskRow] = []
    alike: set[int] = set()
    for row in before.rows:
        if row.row not in changed:
            number = at.get(keys[row.row] or "")
            if number is not None and old.same(row.row, new, number, columns):
                alike.add(number)
            else:
                unlike.append(row)
    was = old.cells(row.row for row in unlike)
    now = new.cells(number for number in new.numbers if number not in alike) if was else {}
    theirs: Counter[tuple[str, str]] = Counter()
    for row in unlike:
        key = keys[row.row]  # also of a row whose key was lost and comes back
        kept = {
            p: c for p, c in was.get(row.row, {}).items()
            if not c.blank and c.formula is None and (key is None or p not in machine)
        }  # fmt: skip
        theirs.update((c.kind, c.said) for c in kept.values())
        number = at.get(key or "")
        if number is not None and not plan.repair:
            here = now.get(number, {})
            same = all((c := here.get(p)) is not None and (c.kind, c.said) == (k.kind, k.said) for p, k in kept.items())
            _require(same, f"{sheet.part}: what people wrote left its row")
    everything = Counter((c.kind, c.said) for cells in now.values() for c in cells.values() if not c.blank)
    _require(not theirs - everything, f"{sheet.part}: something people wrote is gone")

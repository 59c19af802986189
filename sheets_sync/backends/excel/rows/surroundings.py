"""Everything around the rows of a tab, and beside it, that has an address: moved, grown, or told what to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree
from msgspec import Struct

from sheets_sync.backends.brought import brought
from sheets_sync.backends.excel.look import dropdown
from sheets_sync.backends.excel.rows import notes
from sheets_sync.backends.excel.rows.conditions import Frame, Validations, move_formats, recolour
from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.ranges import hide_column, move_filter, move_ranges, move_views, set_dimension
from sheets_sync.backends.excel.rows.rectangles import Rectangle, joined
from sheets_sync.backends.excel.rows.sheet_xml import SheetXml
from sheets_sync.backends.excel.rows.tail import child
from sheets_sync.backends.excel.rows.writing import NewRow, Writing
from sheets_sync.backends.excel.sheet_parts import Look, SheetParts, Validation
from sheets_sync.backends.excel.stream import letters
from sheets_sync.model import Owner
from sheets_sync.tables.schema import TASK_TABS


class Place(Struct, frozen=True, kw_only=True):
    """Where our rows stood and stand. ``ours``: old rows; ``keys``: key → new row; ``born``: (new row, what it holds).

    ``header``: the header's new row, ``old_header`` its old one (None = it was missing); ``old_last`` / ``last``: our
    last row, the header where there is none.
    """

    moves: Moves
    born: Sequence[tuple[int, NewRow]]
    ours: frozenset[int]
    keys: Mapping[str, int]
    header: int
    old_header: int | None
    old_last: int
    last: int


class Around(Struct, frozen=True, kw_only=True):
    """``related``: new content of parts by name; ``dropped``: relationship ids that must go; see RewrittenParts."""

    related: Mapping[str, bytes]
    dropped: frozenset[str]
    filter_range: str | None


def placed(made: Writing, moves: Moves, born: Sequence[tuple[int, NewRow]]) -> Place:
    """Where our rows are, before and after; ``moves`` learns of it too."""
    found = made.found
    stood = {row.row: row.key for row in found.rows if row.key is not None}
    stood |= {update.row: update.key for update in made.plan.updates}  # a row may get its key back, or another one
    keys = {key: moves.place(row) for row, key in stood.items() if row not in made.gone}
    keys |= {row.key: number for number, row in born if row.key is not None}
    if found.header_row is not None:
        header = moves.place(found.header_row)
    else:
        header = next((number for number, row in born if row.role == "header"), 1)
    below = (found.header_row or 0) + 1
    moves.block = (min(stood), max(stood)) if stood else (below, below)
    moves.new_block = (min(keys.values()), max(keys.values())) if keys else (header + 1, header + 1)
    return Place(
        moves=moves, born=born, ours=frozenset(stood), keys=keys, header=header, old_header=found.header_row,
        old_last=max(stood, default=found.header_row or 0), last=max(keys.values(), default=header),
    )  # fmt: skip


def surroundings(
    sheet: SheetXml, parts: SheetParts, made: Writing, place: Place, look: Look, *, last_row: int
) -> Around:
    """Put all of it right, in ``sheet.root`` and in the parts beside. ``last_row``: the last that is there."""
    root, moves = sheet.root, place.moves
    positions = [c.position for c in made.found.columns]
    if made.new_column is not None:
        positions.append(made.new_column)
        hide_column(root, made.new_column)
    move_formats(root, Frame(
        header_row=place.old_header, old_last=place.old_last, new_last=place.last, empty=not place.ours,
        validate=made.plan.own in TASK_TABS, title=parts.title, moves=moves,
    ))  # fmt: skip
    move_ranges(root, moves)
    filter_range = move_filter(
        root, moves, header_row=place.old_header, last_row=place.last,
        columns=(min(positions), max(positions)) if positions else None,
    )  # fmt: skip
    move_views(root, moves, last_row, place.header if place.old_header is None else None)
    notes.anchored(root, moves)
    _validate(root, made, place, look)
    if made.plan.restyle:
        at = {f"${letters(made.positions[k])}{place.header}" for k in ("status", "done") if k in made.positions}
        recolour(root, at, look.colours(made.positions, place.header, place.last))
    set_dimension(root, last_row, max(positions, default=0))
    related: dict[str, bytes] = {}
    comments = brought(made.plan, links=False)
    for relation in parts.relationships:
        data = parts.related.get(relation.part or "")
        new = notes.moved(relation.kind, data, moves, comments) if data is not None else None
        if new is not None and relation.part is not None:
            related[relation.part] = new
    dropped = set()
    for table in made.tables:
        covers = table.heads(place.old_header) and table.last >= place.old_last
        if not table.move(moves, place.last if covers else None):
            dropped.add(table.relation)
            continue
        new = table.result()
        if new is not None:
            related[table.part] = new
    _drop_tables(root, dropped)
    return Around(related=related, dropped=frozenset(dropped), filter_range=filter_range)


def _validate(root: etree._Element, made: Writing, place: Place, look: Look) -> None:
    """Validations come with each new row: the column's own, or the row's choices."""
    rows = [(number, row) for number, row in place.born if row.key is not None]
    validations = Validations(root)
    for spec, position in made.columns:
        if spec.owner is not Owner.PERSON:
            continue
        cells: dict[Validation, list[Rectangle]] = {}
        for number, row in rows:
            choices = row.choices.get(position)
            wanted = dropdown(choices) if choices else look.validation(spec.key)
            if wanted is not None:
                cells.setdefault(wanted, []).append(Rectangle(number, position, number, position))
        validations.clear(joined(cell for group in cells.values() for cell in group))
        for wanted, group in cells.items():
            validations.add(group, wanted)
    if made.plan.restyle:
        _revalidate(validations, made, place, look)
    validations.finish()


def _revalidate(validations: Validations, made: Writing, place: Place, look: Look) -> None:
    """On a restyle, every row of ours has the validations that a new one has."""
    for spec, position in made.columns:
        wanted = look.validation(spec.key) if spec.owner is Owner.PERSON else None
        if wanted is not None:
            cells = [Rectangle(n, position, n, position) for n in place.keys.values()]
            validations.clear(joined(cells))
            validations.add(cells, wanted)


def _drop_tables(root: etree._Element, relations: set[str]) -> None:
    holder = child(root, "tableParts")
    if holder is None or not relations:
        return
    for element in tuple(holder):
        if relations & set(element.attrib.values()):
            holder.remove(element)
    holder.set("count", str(len(holder)))
    if not len(holder):
        root.remove(holder)

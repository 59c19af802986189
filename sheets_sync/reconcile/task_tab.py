"""One task tab as people left it: which row is whose, what people's cells say now, what they did to ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from sheets_sync.memory import RowMemory
from sheets_sync.model import OWN_COLUMN, Cell, FoundTab, Owner, TaskRow, Value
from sheets_sync.reconcile.hanging import at_home, brought_back
from sheets_sync.reconcile.keys import found_again
from sheets_sync.reconcile.part_sorted import Cells, PartSort, part_sorted
from sheets_sync.reconcile.people import People
from sheets_sync.reconcile.rowcells import canonical, found_marks, key_in_cell, machine_keys, mark_of
from sheets_sync.reconcile.told import Day, Listening, Unclear
from sheets_sync.tables.own_frame import is_key
from sheets_sync.tables.schema import OWN


class Seen(Struct, frozen=True, kw_only=True):
    """An open key as it is found. ``row`` None = it has no row (its tab is gone, it vanished, or it waits).

    ``rekey``: its key cell must be written again. ``restore`` / ``restore_own``: people's cells to be put back after
    a sort of a part (None = blank); ``machine``: machine cells likewise; ``found_at``: as in ``UpdateRow``.
    """

    people: People
    row: TaskRow | None = None
    rekey: bool = False
    restore: Mapping[str, Value] = field(default_factory=dict)
    restore_own: Mapping[str, Value] = field(default_factory=dict)
    found_at: Mapping[tuple[str, bool], int] = field(default_factory=dict)
    machine: Mapping[str, Cell] = field(default_factory=dict)


class TabSeen(Struct, frozen=True, kw_only=True):
    """``missing``: keys that were shown at the last run and have no row; ``edited``: machine columns people changed."""

    seen: Mapping[str, Seen]
    missing: frozenset[str]
    edited: frozenset[str]
    part_sorted: bool
    unclear: tuple[Unclear, ...]


def look(found: FoundTab, mine: Mapping[str, RowMemory], day: Day) -> TabSeen:
    """What became of the keys ``mine``, those that this tab showed at the last run."""
    as_found = {key_in_cell(key): key for key in mine}
    rows = {as_found[row.key]: row for row in found.rows if row.key in as_found}
    lost = {key: memory for key, memory in mine.items() if key not in rows}
    keyless = [r for r in found.rows if r.key is None or not (r.key in as_found or is_key(found.own, r.key))]
    again = found_again(found, keyless, lost) if lost else {}
    rows |= again
    copies: dict[str, list[TaskRow]] = {}
    for row in found.rows:
        if row.copy_of is not None and row.copy_of in as_found:
            copies.setdefault(as_found[row.copy_of], []).append(row)
    ordered = [key for key, _ in sorted(rows.items(), key=lambda item: item[1].row)]
    cells = _cells_now(found, {key: rows[key] for key in ordered}, mine)
    people_sort = _people_sort(found, ordered, cells, mine)
    machine_sorts, edited = _machine_changes(found, rows, ordered, mine)
    sorts = (*(() if people_sort is None else (people_sort,)), *machine_sorts)
    hanging = {key: rows[key].remarks for key in ordered}
    seen_before = {key: mine[key].remarks for key in ordered}
    brought = {} if found.comments_stay else brought_back(sorts, hanging, seen_before)
    remarks = at_home(brought, hanging)
    listening = Listening(found=found, day=day)
    seen: dict[str, Seen] = {}
    for key in ordered:
        memory, (people, own) = mine[key], cells[key]
        restore, restore_own = _restored(people_sort, key, memory)
        people, own = {**people, **restore}, {**own, **restore_own}
        from_keys = brought.get(key, {})
        told = listening.people(memory, people, own, rows[key].row, copies.get(key, ()))
        seen[key] = Seen(
            people=replace(told, remarks=remarks[key]), row=rows[key], rekey=key in again,
            restore=restore, restore_own=restore_own, found_at={hook: rows[k].row for hook, k in from_keys.items()},
            machine=_put_back(machine_sorts, key, rows),
        )  # fmt: skip
    return TabSeen(
        seen=seen, missing=frozenset(lost) - frozenset(again), edited=edited, unclear=tuple(listening.unclear),
        part_sorted=people_sort is not None or bool(machine_sorts),
    )  # fmt: skip


# ── people's cells ──────────────────────────────────────────────────────────


def _person_keys(found: FoundTab) -> frozenset[str]:
    theirs = set(OWN[found.own].keys(Owner.PERSON))
    return frozenset(c.key for c in found.columns if c.key in theirs)


def _cells_now(
    found: FoundTab, rows: Mapping[str, TaskRow], mine: Mapping[str, RowMemory]
) -> dict[str, tuple[dict[str, Value], dict[str, Value]]]:
    """Key → people's cells and own cells as they now are. What stood in a column that was deleted stays remembered."""
    there = _person_keys(found)
    headers = {c.header for c in found.columns if c.key is None}
    formulas = {c.header for c in found.columns if c.position in found.formulas}
    renamed = _renamed_headers(headers, rows, mine)
    now: dict[str, tuple[dict[str, Value], dict[str, Value]]] = {}
    for key, row in rows.items():
        memory = mine[key]
        people = {c: v for c, v in memory.people.items() if c not in there} | dict(row.people)
        own = {h: v for h, v in memory.own.items() if h not in headers and h not in renamed} | dict(row.own)
        own |= {h: memory.own[h] for h in formulas & row.own.keys() if _uncalculated(own[h], memory.own.get(h))}
        now[key] = people, own
    return now


def _uncalculated(now: Value, before: Value) -> bool:
    """Whether a formula has only been given other addresses since, as its row moved: nothing that people wrote."""
    return all(isinstance(value, str) and value.startswith("=") for value in (now, before))


def _renamed_headers(headers: set[str], rows: Mapping[str, TaskRow], mine: Mapping[str, RowMemory]) -> frozenset[str]:
    """Headers of people's own columns that are gone because the column is called otherwise now: its cells agree."""
    before = {h for key in rows for h in mine[key].own}
    fresh = headers - before
    if not (before - headers and fresh):
        return frozenset()

    def agree(old: str, new: str) -> bool:
        pairs = [(mine[key].own.get(old), row.own.get(new)) for key, row in rows.items()]
        return all(canonical(a) == canonical(b) for a, b in pairs if a is not None)

    return frozenset(old for old in before - headers if any(agree(old, new) for new in fresh))


def _people_sort(
    found: FoundTab,
    ordered: list[str],
    cells: Mapping[str, tuple[Mapping[str, Value], Mapping[str, Value]]],
    mine: Mapping[str, RowMemory],
) -> PartSort | None:
    there = _person_keys(found)
    plain = [  # a formula says another thing wherever its row goes, and must never give way to what it once said
        c
        for c in sorted(found.columns, key=lambda c: c.position)
        if (c.key is None or c.key in there) and c.position not in found.formulas
    ]
    theirs = frozenset(c.key for c in plain if c.key)
    columns = [c.key if c.key else OWN_COLUMN + c.header for c in plain]
    now = {key: _flat(*cells[key]) for key in ordered}
    before = {key: _flat(mine[key].people, mine[key].own) for key in ordered}
    return part_sorted(ordered, now, before, columns, theirs)


def _flat(people: Mapping[str, Value], own: Mapping[str, Value]) -> Cells:
    return {k: canonical(v) for k, v in people.items()} | {OWN_COLUMN + h: canonical(v) for h, v in own.items()}


def _restored(sort: PartSort | None, key: str, memory: RowMemory) -> tuple[dict[str, Value], dict[str, Value]]:
    if sort is None or key not in sort.keys:
        return {}, {}
    people = {c: memory.people.get(c) for c in sort.columns if not c.startswith(OWN_COLUMN)}
    headers = (c.removeprefix(OWN_COLUMN) for c in sort.columns if c.startswith(OWN_COLUMN))
    own = {header: memory.own.get(header) for header in headers}
    return people, own


# ── machine cells ───────────────────────────────────────────────────────────


def _machine_changes(
    found: FoundTab, rows: Mapping[str, TaskRow], ordered: list[str], mine: Mapping[str, RowMemory]
) -> tuple[tuple[PartSort, ...], frozenset[str]]:
    """The sorts of machine cells alone, and the columns that people changed otherwise."""
    there = {c.key for c in found.columns}
    columns = [
        c.key for c in sorted(found.columns, key=lambda c: c.position) if c.key in machine_keys(found.own) and c.key
    ]
    known = [key for key in ordered if mine[key].machine]
    marks = {key: found_marks(found.own, rows[key]) for key in known}
    touched = [key for key in known if marks[key] != mine[key].machine]
    if not touched or not there:
        return (), frozenset()
    blank = mark_of(found.own, found_marks(found.own, _BLANK_ROW), columns[0]) if columns else ""

    def by_column(text: str) -> Cells:
        found_by = {c: mark_of(found.own, text, c) for c in columns}
        return {c: "" if mark == blank else mark for c, mark in found_by.items()}

    now = {key: by_column(marks[key]) for key in touched}
    before = {key: by_column(mine[key].machine) for key in touched}
    sorts = tuple(_sorts(touched, now, before, columns))
    sorted_away = {(key, column) for sort in sorts for key in sort.keys for column in sort.columns}
    edited = {c for key in touched for c in columns if now[key][c] != before[key][c] and (key, c) not in sorted_away}
    return sorts, frozenset(edited)


def _sorts(
    keys: list[str], now: Mapping[str, Cells], before: Mapping[str, Cells], columns: list[str]
) -> Iterator[PartSort]:
    """A cell that somebody changed in between parts what was sorted at once."""
    while columns and (sort := part_sorted(keys, now, before, columns, frozenset(columns))):
        yield sort
        columns = [column for column in columns if column not in sort.columns]


_BLANK_ROW = TaskRow(row=0, key=None, machine={}, people={}, own={}, links={})


def _put_back(sorts: Iterable[PartSort], key: str, rows: Mapping[str, TaskRow]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for sort in sorts:
        there = rows.get(sort.at.get(key, ""))
        for column in sort.columns if key in sort.keys else ():
            value, link = (there.machine.get(column), there.links.get(column)) if there else (None, None)
            cells[column] = Cell(value=value, link=link)
    return cells

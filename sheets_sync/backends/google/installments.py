"""A plan too large for one request, in parts: each with the memory of what is written by then.

A cut between two parts loses nothing: the memory knows of no row that is not there yet, and the next run plans the
rest. Tabs that are there come first, since their rows must be read anew once some of them moved; rows of tabs that
are born with this plan may follow in as many parts as they need.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from sheets_sync import memory
from sheets_sync.backends.google.cells import entered
from sheets_sync.memory import Memory
from sheets_sync.model import AddRow, OwnTab, Plan, RemoveRow, TabPlan, UpdateRow
from sheets_sync.reconcile.rowcells import key_in_cell

MOST_BYTES = 1_850_000
"""Of one request: Google recommends no more than 2 MB."""
_FRAME = 120_000
"""A tab's looks, rules and headers, of all tabs together."""
_ROW, _CELL, _LINK, _REMOVAL = 16, 40, 56, 140

Change = AddRow | UpdateRow | RemoveRow
Pending = frozenset[tuple[OwnTab, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """``tabs``: those that are there, with the changes of this part; ``born``: how many rows of each tab to be born
    are written by the end of it (a tab that is missing here is not born yet); ``memory`` None = it stays."""

    tabs: tuple[TabPlan, ...]
    born: Mapping[OwnTab, int]
    memory: str | None


@dataclass(slots=True)
class _Units:
    """What stays together: all changes of one key in tabs that are there; a row of a tab to be born."""

    there: dict[str, list[tuple[OwnTab, Change]]] = field(default_factory=dict)
    born: list[tuple[OwnTab, AddRow]] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Plan) -> _Units:
        units = cls()
        for tab in plan.tabs:
            if tab.found is None:
                units.born += [(tab.own, add) for add in tab.adds]
                continue
            changes: tuple[Change, ...] = (*tab.removes, *tab.updates, *tab.adds)
            for change in changes:
                units.there.setdefault(change.key, []).append((tab.own, change))
        return units


def parts(plan: Plan, before: str | None, most: int = MOST_BYTES) -> tuple[list[Part], bool]:
    """The parts in order, and whether they are all of the plan; if not, what is left needs another reading."""
    units = _Units.of(plan)
    packed = len(plan.memory or "")
    total = sum(_weight(change) for group in units.there.values() for _, change in group)
    total += sum(_weight(add) for _, add in units.born)
    everything = {tab.own: len(tab.adds) for tab in plan.tabs if tab.found is None}
    there = tuple(tab for tab in plan.tabs if tab.found is not None)
    if total + packed + _FRAME <= most:
        return [Part(tabs=there, born=everything, memory=plan.memory)], True
    old = memory.loads(before) if before else Memory()
    new = memory.loads(plan.memory) if plan.memory is not None else old
    most = max(most, packed + _FRAME + most // 4)
    cut = _Cut(units=units, there=there, unborn=frozenset(everything), new=new, old=old, room=most - _FRAME)
    waiting = cut.waiting(packed)
    if waiting:
        return [cut.first(waiting)], False
    return list(cut.births()), True


@dataclass(slots=True, kw_only=True)
class _Cut:
    """A plan being cut. ``room``: bytes for changes and memory in one part; ``size``: of the changes there are in
    the first one already."""

    units: _Units
    there: tuple[TabPlan, ...]
    unborn: frozenset[OwnTab]
    new: Memory
    old: Memory
    room: int
    size: int = 0

    def waiting(self, packed: int) -> set[str]:
        """Keys whose changes find no room in the first part."""
        waiting: set[str] = set()
        for key, group in self.units.there.items():
            weight = sum(_weight(change) for _, change in group)
            if self.size and self.size + weight + packed > self.room:
                waiting.add(key)
            else:
                self.size += weight
        return waiting

    def first(self, waiting: set[str]) -> Part:
        """What there is room for; nothing is born yet."""
        there = self.units.there
        pending = {(own, change.key) for key in waiting for own, change in there[key]}
        pending |= {(own, add.key) for own, add in self.units.born}
        return Part(
            tabs=tuple(_only(tab, there.keys() - waiting) for tab in self.there), born={},
            memory=memory.dumps(partly(self.new, self.old, frozenset(pending), self.unborn)),
        )  # fmt: skip

    def births(self) -> Iterator[Part]:
        """Rows to be born, as many a part as there is room for beside the memory of all rows so far."""
        packed, rows = len(memory.dumps(self.new)), self.units.born
        weights = [_weight(add) for _, add in rows]
        tabs, size, end = self.there, self.size, 0
        while True:
            before = end
            while end < len(rows) and size + weights[end] + packed * (end + 1) // len(rows) <= self.room:
                size += weights[end]
                end += 1
            end = max(end, min(before + 1, len(rows)))
            counts: dict[OwnTab, int] = {}
            for own, _ in rows[:end]:
                counts[own] = counts.get(own, 0) + 1
            if end == len(rows):
                counts |= {own: 0 for own in self.unborn if own not in counts}
            pending = frozenset((own, add.key) for own, add in rows[end:])
            told = partly(self.new, self.old, pending, self.unborn - counts.keys())
            yield Part(tabs=tabs, born=counts, memory=memory.dumps(told))
            if end == len(rows):
                return
            tabs, size = (), 0


def partly(new: Memory, old: Memory, pending: Pending, unborn: Collection[OwnTab]) -> Memory:
    """The memory of a state in which the changes of ``pending`` (tab, key) are not made and ``unborn`` tabs are
    not there."""
    rows = {
        key: row if (row.tab, key_in_cell(key)) not in pending else old.rows[key]
        for key, row in new.rows.items()
        if (row.tab, key_in_cell(key)) not in pending or key in old.rows
    }
    kept = {key: row for key, row in old.rows.items() if key not in new.rows and (row.tab, key_in_cell(key)) in pending}
    finished = {key: end for key, end in new.finished.items() if key not in kept or key in old.finished}
    words = {}
    for own in new.words.keys() | old.words.keys():
        mine = {k: w for k, w in new.words.get(own, {}).items() if (own, k) not in pending}
        words[own] = mine | {k: w for k, w in old.words.get(own, {}).items() if (own, k) in pending}
    return replace(
        new, rows={**rows, **kept}, finished=finished, words={own: kept for own, kept in words.items() if kept},
        own_tabs=new.own_tabs - frozenset(unborn),
    )  # fmt: skip


def _only(tab: TabPlan, keys: Collection[str]) -> TabPlan:
    """A tab's plan with the changes of these keys."""
    return replace(
        tab,
        adds=tuple(add for add in tab.adds if add.key in keys),
        updates=tuple(update for update in tab.updates if update.key in keys),
        removes=tuple(remove for remove in tab.removes if remove.key in keys),
    )


def _weight(change: Change) -> int:
    """About how many bytes a change is in a request."""
    if isinstance(change, RemoveRow):
        return _REMOVAL
    cells = [(cell.value, cell.link) for cell in change.cells.values()]
    cells += [(value, None) for value in (*change.people.values(), *change.own.values())]
    weight = _ROW + (_CELL + len(change.key.encode()) if isinstance(change, AddRow) else 0)
    for value, link in cells:
        held = entered(value)
        weight += _CELL + len(str(next(iter(held.values()))).encode()) if held else len("{},")
        weight += _LINK + len(link.encode()) if link else 0
    return weight


def slices(done: Sequence[Part], number: int) -> dict[OwnTab, tuple[int, int]]:
    """Tab → (first, end) of the rows to be born that part ``number`` writes."""
    before = done[number - 1].born if number else {}
    return {
        own: (before.get(own, 0), end)
        for own, end in done[number].born.items()
        if own not in before or end > before[own]
    }

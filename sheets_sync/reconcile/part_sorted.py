"""A sort of part of a tab: cells that came back as a permutation of what they were, on the wrong keys.

People sort a selection, and the columns outside it stay where they were. Nothing is lost then, but every word stands
at another task. What is found is compared with the memory, blanks aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

Cells = Mapping[str, str]
"""Column → the cell in canonical form; blanks are '' or absent."""

ENOUGH_IN_PART = 3
"""So many different contents must have moved where only some of the columns did; fewer may be a person's own edit."""


class PartSort(Struct, frozen=True, kw_only=True):
    """``columns`` that were sorted without the rest; ``keys`` whose cells there go back; ``at``: key → the key at
    whose row its cells are now found (absent where they are blank).
    """

    columns: tuple[str, ...]
    keys: tuple[str, ...]
    at: Mapping[str, str]


def part_sorted(
    order: Sequence[str],
    now: Mapping[str, Cells],
    before: Mapping[str, Cells],
    columns: Sequence[str],
    whole: frozenset[str],
) -> PartSort | None:
    """The sort that explains what is found, None where none does.

    ``order``: keys from top to bottom; ``columns``: those compared, left to right; ``whole``: those of which all must
    have moved for two rows to be enough.
    """
    changed = [k for k in order if any(now[k].get(c, "") != before[k].get(c, "") for c in columns)]
    if len(changed) < 2:
        return None
    for block in _blocks(columns, whole):
        was = {k: _contents(before[k], block) for k in changed}
        is_now = {k: _contents(now[k], block) for k in changed}
        moved = [k for k in changed if is_now[k] != was[k]]
        contents = Counter(was[k] for k in moved if any(was[k]))
        if contents != Counter(is_now[k] for k in moved if any(is_now[k])):
            continue
        enough = 2 if whole <= set(block) else ENOUGH_IN_PART
        if len(contents) >= enough or (enough == 2 and _ticks_on_top(order, now, moved, block, contents)):
            return PartSort(columns=block, keys=tuple(moved), at=_places(moved, was, is_now))
    return None


def _contents(cells: Cells, block: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cells.get(c, "") for c in block)


def _blocks(columns: Sequence[str], whole: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """What a sort may have moved: all columns, the whole of those that count, then neighbours, the widest first."""
    yield tuple(columns)
    yield tuple(c for c in columns if c in whole)
    for width in range(len(columns), 0, -1):
        for start in range(len(columns) - width + 1):
            yield tuple(columns[start : start + width])


def _ticks_on_top(
    order: Sequence[str],
    now: Mapping[str, Cells],
    moved: Sequence[str],
    block: tuple[str, ...],
    contents: Counter[tuple[str, ...]],
) -> bool:
    """Contents that are all alike (ticks only): a sort leaves them above the blanks, where people rarely set them."""
    if contents.total() < 2:
        return False
    stretch = order[order.index(moved[0]) : order.index(moved[-1]) + 1]
    filled = [any(_contents(now[k], block)) for k in stretch]
    return filled == sorted(filled, reverse=True)


def _places(
    moved: Sequence[str], was: Mapping[str, tuple[str, ...]], is_now: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    free: dict[tuple[str, ...], list[str]] = {}
    for key in reversed(moved):
        free.setdefault(is_now[key], []).append(key)
    return {key: free[was[key]].pop() for key in moved if any(was[key])}

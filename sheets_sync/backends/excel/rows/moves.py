"""Where each row of a tab goes when rows are born and rows leave: the arithmetic under everything that has an address.

Old rows keep their order. A row born *after* old row p stands between p and p + 1 (p = 0: above all); a row that
leaves is still there while the born ones take their place, so a range keeps what comes in between its two ends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import accumulate

from sheets_sync.backends.excel.stream import LAST_ROW

Span = tuple[int, int]
"""First and last row, both included."""


class Moves:
    """Old row → new row.

    ``born``: old row p → number of rows born after it; ``gone``: old rows that leave. ``block`` / ``new_block``:
    first and last of our own rows, before and after; a range over all of them goes on covering all of them.
    """

    def __init__(
        self, born: Mapping[int, int], gone: Iterable[int], block: Span | None = None, new_block: Span | None = None
    ) -> None:
        """Index both lists."""
        self._after = sorted(p for p, n in born.items() if n)
        self._count = [0, *accumulate(born[p] for p in self._after)]
        self._gone = sorted(set(gone))
        self._is_gone = frozenset(self._gone)
        self.block = block
        self.new_block = new_block

    @property
    def still(self) -> bool:
        """True where every row stays where it is."""
        return not self._after and not self._gone

    def before(self, row: int) -> int:
        """How many rows, kept or born, stand above old row ``row`` (or above the place it left)."""
        return row - 1 - bisect_left(self._gone, row) + self._count[bisect_left(self._after, row)]

    def row(self, row: int) -> int | None:
        """Where an old row now stands; None where it left."""
        if row in self._is_gone:
            return None
        return self.before(row) + 1

    def place(self, row: int) -> int:
        """Where an old row now stands, or the row that took its place."""
        return min(self.before(row) + 1, LAST_ROW)

    def born_after(self, row: int) -> int:
        """The new number of the first row born after old row ``row``."""
        return self.before(row) + (row not in self._is_gone) + 1 if row > 0 else 1

    def span(self, top: int, bottom: int, *, grow: bool = False) -> Span | None:
        """What became of the rows ``top`` … ``bottom``; None where all of them left.

        ``grow``: where they held all of our rows they hold all of them afterwards, new ones at the edges too.
        """
        kept_to_end = bottom >= LAST_ROW
        first = self.before(top) + 1
        last = self.before(bottom) + (bottom not in self._is_gone)
        whole = grow and self.block is not None and top <= self.block[0] and self.block[1] <= bottom
        if whole and self.new_block is not None:
            if last < first:
                first, last = self.new_block
            first, last = min(first, self.new_block[0]), max(last, self.new_block[1])
        if kept_to_end:
            last = LAST_ROW
        last = min(last, LAST_ROW)
        return (first, last) if first <= last else None

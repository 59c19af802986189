"""A batch that met what nobody had read is taken back: the tabs become what it met, with people's words in them.

While that happens people may go on moving rows. Then the taking back hit wrong rows as well: it is undone, and done
again where the rows now are. A few times; who still goes on then is faster than any worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from sheets_sync import memory
from sheets_sync.backends.google.batch import Batches, Changed, Courses, Images
from sheets_sync.backends.google.changes import Cells, inverse, inverse_all, replay, replay_all
from sheets_sync.backends.google.following import completed, followed
from sheets_sync.backends.google.looks import Request
from sheets_sync.backends.google.refusals import AnswerLostError, RequestDeclinedError
from sheets_sync.reconcile.rowcells import key_in_cell

_TRIES = 5


@dataclass(slots=True)
class Memories:
    """``before``: the memory as it was read; ``planned``: the one that the batch wrote."""

    before: str | None
    planned: str | None

    def sparing(self, rows: Iterable[Cells]) -> str:
        """The memory as it was read, but for rows that the batch made and that stay, since people wrote into them."""
        stand = {ink.value for cells in rows for ink in cells.values() if isinstance(ink.value, str)}
        if not stand or self.planned is None:
            return self.before or ""
        old = memory.loads(self.before) if self.before else memory.Memory()
        kept = {k: row for k, row in memory.loads(self.planned).rows.items() if key_in_cell(k) in stand}
        return memory.dumps(structs.replace(old, rows={**old.rows, **kept}))


def take_back(
    batches: Batches, changed: Sequence[Changed], met: Images, more: Sequence[Request], memories: Memories
) -> bool:
    """True once everything is as the batch met it. ``more``: requests that take back what went by no row number."""
    spared: list[Cells] = []
    full = {c.sheet.id: completed(met[c.sheet.id], c.read) for c in changed}
    courses: Courses = {c.sheet.id: [inverse(full[c.sheet.id], c.changes)] for c in changed}
    expected = {c.sheet.id: replay(full[c.sheet.id], c.changes) for c in changed}
    rest: Sequence[Request] = more
    for _ in range(_TRIES):
        try:
            before = batches.send(changed, courses, rest, memories.sparing(spared), expected)
        except AnswerLostError:
            if batches.unapplied() is None:
                return False
            continue
        except RequestDeclinedError:  # a tab was renamed or went: what is left can still be put right
            now = batches.unapplied()
            there = {sheet.id: sheet for sheet in now.sheets} if now else {}
            left = [replace(c, sheet=there[c.sheet.id]) for c in changed if c.sheet.id in there]
            if [_place(c) for c in left] == [_place(c) for c in changed]:
                return False
            changed, courses = left, {i: course for i, course in courses.items() if i in there}
            continue
        rest = ()
        keys = {c.sheet.id: c.key_in(expected[c.sheet.id]) for c in changed if c.sheet.id in before}
        ways = {i: followed(courses[i], expected[i], rows, keys[i]) for i, rows in before.items()}
        again = {i: way.course for i, way in ways.items() if way.course != list(courses[i])}
        if not again:
            return True
        spared += [cells for i in again for cells in ways[i].spared]
        expected = {i: replay_all(before[i], courses[i]) for i in again}
        courses = {i: [*inverse_all(before[i], courses[i]), *course] for i, course in again.items()}
    return False


def _place(changed: Changed) -> tuple[int, str]:
    return changed.sheet.id, changed.sheet.title

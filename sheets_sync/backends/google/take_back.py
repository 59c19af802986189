"""A batch that met what nobody had read is taken back: the tabs become what it met, with people's words in them.

While that happens people may go on moving rows. Then the taking back hit wrong rows as well: it is undone, and done
again where the rows now are. A few times; who still goes on then is faster than any worker.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheets_sync.backends.google.batch import Batches, Changed, Courses, Images
from sheets_sync.backends.google.changes import inverse, inverse_all, replay, replay_all
from sheets_sync.backends.google.conflict import completed, followed_all
from sheets_sync.backends.google.looks import Request
from sheets_sync.backends.google.refusals import AnswerLostError, RequestDeclinedError

_TRIES = 5


def take_back(
    batches: Batches, changed: Sequence[Changed], met: Images, more: Sequence[Request], memory: str | None
) -> bool:
    """True once everything is as the batch met it. ``more``: requests that take back what went by no row number."""
    full = {c.sheet.id: completed(met[c.sheet.id], c.read) for c in changed}
    courses: Courses = {c.sheet.id: [inverse(full[c.sheet.id], c.changes)] for c in changed}
    expected = {c.sheet.id: replay(full[c.sheet.id], c.changes) for c in changed}
    rest: Sequence[Request] = more
    for _ in range(_TRIES):
        try:
            told = batches.send(changed, courses, rest, memory)
        except AnswerLostError:
            if batches.unapplied() is None:
                return False
            continue
        except RequestDeclinedError:  # a tab went: what is left of the others can still be put right
            now = batches.unapplied()
            there = {sheet.id for sheet in now.sheets} if now else set()
            left = {i: course for i, course in courses.items() if i in there}
            if len(left) == len(courses):
                return False
            courses = left
            continue
        if told is None:
            return False
        rest = ()
        before, _ = told
        again = {i: followed_all(courses[i], expected[i], rows) for i, rows in before.items()}
        again = {i: course for i, course in again.items() if course != list(courses[i])}
        if not again:
            return True
        expected = {i: replay_all(before[i], courses[i]) for i in again}
        courses = {i: [*inverse_all(before[i], courses[i]), *course] for i, course in again.items()}
    return False

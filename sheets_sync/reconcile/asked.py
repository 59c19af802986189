"""All problems of a run in one list: each question once, with how many tasks it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from sheets_sync.locale import Locale
from sheets_sync.model import Problem, Severity
from sheets_sync.problems import notice, question
from sheets_sync.reconcile import events
from sheets_sync.reconcile.facts import Facts
from sheets_sync.reconcile.lines import Line
from sheets_sync.reconcile.observe import Observed
from sheets_sync.reconcile.told import DONE_UNCLEAR, Unclear


def asked(
    lines: Sequence[Line], gone: Iterable[str], observed: Observed, facts: Facts, *, words: Locale, old: int
) -> tuple[Problem, ...]:
    """Problems of every room, in the order found. ``gone``: keys whose rows leave, about which nobody need be asked;
    ``old``: old tasks of a first run (0 = none to speak of)."""
    still = {line.key for line in lines if not line.people.done}
    vanished = {key: day for key, day in observed.vanished.items() if key in still}
    found = [
        *facts.problems,
        *_unclear(observed, gone),
        *events.problems(observed.edited, vanished, observed.answers, observed.tabs, words),
    ]
    if old:
        found.append(notice("many_old_tasks", count=old, params={"count": old}))
    unique: dict[tuple[object, ...], Problem] = {}
    for problem in found:
        place = (problem.code, problem.where, tuple(sorted(problem.params.items(), key=lambda item: item[0])))
        unique.setdefault((problem.severity, problem.identity, *(() if problem.choices else place)), problem)
    return _with_held(tuple(unique.values()), lines)


def _with_held(problems: tuple[Problem, ...], lines: Sequence[Line]) -> tuple[Problem, ...]:
    """How many tasks each question holds: those of its row; the only question about a tab holds all of that tab."""
    by_row: Counter[tuple[str | None, int | None]] = Counter()
    by_tab: Counter[str | None] = Counter()
    for line in lines:
        if line.view.task.held:
            source = line.view.task.source
            by_row[source.tab, source.row] += 1
            by_tab[source.tab] += 1
    questions = Counter(p.where.tab for p in problems if p.severity is Severity.QUESTION)

    def held(problem: Problem) -> int:
        tab = problem.where.tab
        return by_tab[tab] if questions[tab] == 1 else by_row[tab, problem.where.row]

    return tuple(
        replace(p, held=held(p)) if p.severity is Severity.QUESTION and not p.held and p.where.tab else p
        for p in problems
    )


def _unclear(observed: Observed, gone: Iterable[str]) -> Iterator[Problem]:
    """One question a column and value, about the rows that stay."""
    leaving = {(observed.memory.rows[key].tab, row.row) for key in gone if (row := observed.seen[key].row) is not None}
    for own, cells in observed.unclear.items():
        places: dict[str, list[Unclear]] = {}
        for cell in cells:
            if (own, cell.where.row) not in leaving:
                places.setdefault(cell.identity(own.value), []).append(cell)
        for identity, several in places.items():
            first = several[0]
            yield question(
                first.code, first.where, identity=identity, count=len(several),
                choices=(events.YES, events.NO) if first.code == DONE_UNCLEAR else (),
                params={"tab": first.where.tab or "", "column": first.where.column or "", "found": first.value},
            )  # fmt: skip

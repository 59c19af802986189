"""All problems of a run in one list: each question once, with how many tasks it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from sheets_sync.locale import Locale
from sheets_sync.model import Problem, Severity
from sheets_sync.problems import notice
from sheets_sync.reconcile import events
from sheets_sync.reconcile.facts import Facts
from sheets_sync.reconcile.lines import Line
from sheets_sync.reconcile.observe import Observed


def asked(lines: Sequence[Line], observed: Observed, facts: Facts, words: Locale, old: int) -> tuple[Problem, ...]:
    """Problems of every room, in the order found. ``old``: old tasks of a first run (0 = none to speak of)."""
    still = {line.key for line in lines if not line.people.done}
    vanished = {key: day for key, day in observed.vanished.items() if key in still}
    found = [
        *facts.problems,
        *observed.problems,
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

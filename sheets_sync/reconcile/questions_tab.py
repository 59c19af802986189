"""The questions tab: a row for each question that stands; an answer is remembered and its row leaves once applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from sheets_sync import locale
from sheets_sync.locale import Locale
from sheets_sync.memory import Words
from sheets_sync.model import AddRow, Cell, FoundTab, Problem, RemoveRow, Severity, TaskRow, UpdateRow, Value
from sheets_sync.reconcile.people import said, writable
from sheets_sync.reconcile.rowcells import changed, fitted, key_in_cell, row_link

_FOUND = ("found", "value")
"""Parameters of a problem that say what was found."""


def answers(found: FoundTab | None) -> dict[str, str]:
    """Question key → answer id, for each answer in the tab that is one of ours."""
    index = locale.answer_index()
    given: dict[str, str] = {}
    for row in found.rows if found else ():
        answer = index.get(locale.fold(said(row.people.get("answer"))))
        if row.key is not None and answer is not None:
            given[row.key] = answer
    return given


def full_identities(problems: Iterable[Problem], remembered: Mapping[str, str]) -> dict[str, str]:
    """Answers under the whole identity of questions whose key was cut, so that the next run finds them."""
    return {
        p.identity: remembered[key_in_cell(p.identity)]
        for p in problems
        if p.identity not in remembered and key_in_cell(p.identity) in remembered
    }


class Settled(Struct, frozen=True, kw_only=True):
    """A question that leaves: what goes into the history. ``answer`` '' = it went away by itself."""

    key: str
    row: TaskRow
    answer: str


class QuestionRows(Struct, frozen=True, kw_only=True):
    """What happens to the rows of the tab. ``words``: what people wrote in the rows that stay."""

    adds: tuple[AddRow, ...]
    updates: tuple[UpdateRow, ...]
    removes: tuple[RemoveRow, ...]
    settled: tuple[Settled, ...]
    words: Mapping[str, Words]
    count: int


def written(found: FoundTab) -> dict[str, Words]:
    """Question key → what people wrote in its row."""
    rows = {row.key: row for row in found.rows if row.key is not None and (row.people or row.own)}
    return {key: Words(people=row.people, own=row.own) for key, row in rows.items()}


def question_rows(
    problems: Iterable[Problem],
    found: FoundTab | None,
    wrote: Mapping[str, Words],
    given: Mapping[str, str],
    words: Locale,
) -> QuestionRows:
    """The rows for the questions among ``problems``.

    ``wrote``: what people wrote in the rows there are, and last in those that are gone; ``given``: answers read in this
    run.
    """
    asked = _asked(problems)
    rows = {row.key: row for row in found.rows if row.key is not None} if found else {}
    there = {c.key for c in found.columns if c.key} if found else set()
    adds, updates, removes, settled, kept = [], [], [], [], {}
    for key, problem in asked.items():
        cells = fitted(_cells(problem, words))
        choices = {"answer": tuple(words.answer(a) for a in problem.choices)} if problem.choices else {}
        row = rows.get(key)
        if row is None:
            theirs = wrote.get(key, Words())
            people = {k: writable(v) for k, v in theirs.people.items()}
            own = {h: writable(v) for h, v in theirs.own.items()}
            adds.append(AddRow(key=key, cells=cells, people=people, own=own, choices=choices))
            if people or own:
                kept[key] = Words(people=people, own=own)
            continue
        if key in wrote:
            kept[key] = wrote[key]
        if different := changed(cells, row, there):
            before = {k: row.machine.get(k) for k in different}
            updates.append(UpdateRow(key=key, row=row.row, cells=different, before=before))
    for key, row in rows.items():
        if key not in asked and _is_ours(row):
            removes.append(RemoveRow(key=key, row=row.row, before=dict(row.machine)))
            settled.append(Settled(key=key, row=row, answer=given.get(key, "")))
    return QuestionRows(
        adds=tuple(adds), updates=tuple(updates), removes=tuple(removes), settled=tuple(settled), words=kept,
        count=len(asked),
    )  # fmt: skip


def _asked(problems: Iterable[Problem]) -> dict[str, Problem]:
    """Questions by key, those that hold most first; of two with one identity the first stays."""
    asked: dict[str, Problem] = {}
    for problem in problems:
        if problem.severity is Severity.QUESTION:
            asked.setdefault(key_in_cell(problem.identity), problem)
    return dict(sorted(asked.items(), key=lambda item: -item[1].held))


def _is_ours(row: TaskRow) -> bool:
    """A row of a person's own never has a key of ours and a question beside it."""
    return row.key is not None and ("question" in row.machine or "|" in row.key)


def _cells(problem: Problem, words: Locale) -> dict[str, Cell]:
    where = problem.where
    place = " ".join(str(part) for part in (where.tab, where.cell or where.row or where.column) if part)
    link = None
    if where.tab and (where.cell or where.row):
        cell = where.cell or f"A{where.row}"
        letters = cell.rstrip("0123456789")
        link = row_link(where.tab, int(cell[len(letters) :]), letters)
    return {
        "question": Cell(value=words.problem(problem.code, {**problem.params, "count": problem.count})),
        "where": Cell(value=place, link=link),
        "found": Cell(value=_found(problem.params)),
        "count": Cell(value=problem.count),
        "effect": Cell(value=words.effect(problem.held)),
    }


def _found(params: Mapping[str, Value]) -> Value:
    value = next((params[name] for name in _FOUND if name in params), None)
    return value if value is None or isinstance(value, date) else said(value)

"""The history tab: one row for every row that ended, appended at the end and never touched again.

It is read only where ``_sync`` is lost (``recovery.py``) and for timelines. Where it grows long: ``archive.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from sheets_sync import locale
from sheets_sync.locale import Locale
from sheets_sync.model import OWN_COLUMN, AddRow, Cell, End, Remark, Task, TaskRow, Value
from sheets_sync.reconcile.people import DateOrder, People, read_tick, said
from sheets_sync.reconcile.questions_tab import Settled
from sheets_sync.reconcile.rowcells import amount_cell, fitted, key_in_cell
from sheets_sync.style import MOST_CHARACTERS, cut
from sheets_sync.tables.own_frame import plain

AT_THE_END = -1
QUESTION, UPCOMING, MORE = "question", "upcoming", "more"
"""In the place of the rule, in the key of a row that is about no task, or goes on with the text of the one above."""
_AGAIN = ("ended_on", "end", "task", "customer")
"""Said again in each row that a text goes on in."""
_ADDED = re.compile(r"^(https?://|mailto:)|/$")
"""What a link has more than the address that was typed."""


class Ended(Struct, frozen=True, kw_only=True):
    """A row that leaves its tab, with all that is to be kept of it. ``due_on`` after postponing; ``returns``: it is
    there again at once, but for what hung on its cells.
    """

    task: Task
    people: People
    end: End
    due_on: date
    returns: bool = False


def ended_rows(ended: Ended, today: date, words: Locale) -> tuple[AddRow, ...]:
    """The row of a task that ended; what is too much for its cell goes on below."""
    task, people = ended.task, ended.people
    cells = {
        "ended_on": Cell(value=today),
        "end": Cell(value=words.end(ended.end)),
        "task": Cell(value=words.task(task.rule)),
        "customer": Cell(value=task.customer),
        "due": Cell(value=ended.due_on),
        "done_on": Cell(value=people.done_on if people.done else None),
        "amount": amount_cell(task),
        "owner": Cell(value=people.owner),
        "note": Cell(value=people.note),
        "why": Cell(value=task.why),
    }
    key = key_in_cell(f"{MORE}:{task.key}:1" if ended.returns else task.key)
    add = AddRow(key=key, cells=fitted(cells), below=AT_THE_END)
    return telling(add, other_words(people.cells, people.own, people.remarks, words))


def settled_rows(settled: Settled, today: date, words: Locale) -> tuple[AddRow, ...]:
    """The row of a question that was answered, or of one that went away and holds a person's words; else none."""
    row = settled.row
    typed = {"answer": row.people["answer"]} if not settled.answer and "answer" in row.people else {}
    own = other_words(typed, row.own, row.remarks, words)
    note = said(row.people.get("note"))
    if not (settled.answer or note or own):
        return ()
    cells = {
        "ended_on": Cell(value=today),
        "end": Cell(value=words.answer(settled.answer) if settled.answer else words.text("question_gone")),
        "task": Cell(value=words.column("question")),
        "note": Cell(value=note),
        "why": Cell(value=said(row.machine.get("question"))),
    }
    key = key_in_cell(f"{QUESTION}:{settled.key}:1")
    return telling(AddRow(key=key, cells=fitted(cells), below=AT_THE_END), own)


def left_rows(row: TaskRow, today: date, words: Locale) -> tuple[AddRow, ...]:
    """The row of what left the tab *upcoming* with words of people in columns of their own, or with comments; none
    without any."""
    own = other_words({}, row.own, row.remarks, words)
    if not own or row.key is None:
        return ()
    cells = {
        "ended_on": Cell(value=today),
        "end": Cell(value=words.end(End.SUPERSEDED)),
        **{k: Cell(value=row.machine.get(k)) for k in ("task", "customer", "due", "why")},
    }
    return telling(AddRow(key=f"{UPCOMING}:{row.key}:1", cells=fitted(cells), below=AT_THE_END), own)


def telling(add: AddRow, text: str) -> tuple[AddRow, ...]:
    """The row with what people wrote besides; what is more than its cell holds goes on in rows like it."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # half a character is cut off
    first, rest = _piece(whole)
    rows = [replace(add, cells={**add.cells, **fitted({"own": Cell(value=first)})})]
    again = {k: c for k, c in add.cells.items() if k in _AGAIN}
    while rest:
        first, rest = _piece(rest)
        key = key_in_cell(f"{MORE}:{add.key}:{len(rows) + 1}")
        rows.append(replace(add, key=key, cells={**again, **fitted({"own": Cell(value=first)})}, own={}))
    return tuple(rows)


def continued(key: str) -> tuple[str, ...]:
    """The key of the row whose text the row ``key`` goes on with; none where it does not."""
    return (key[len(MORE) + 1 :].rpartition(":")[0],) if key.startswith(f"{MORE}:") else ()


def _piece(text: str) -> tuple[str, str]:
    first = cut(text, MOST_CHARACTERS)
    return first, text[len(first) :]


def other_words(cells: Mapping[str, Value], own: Mapping[str, Value], remarks: Iterable[Remark], words: Locale) -> str:
    """What people wrote beside owner and note, as ``header: value``: own columns, a postponement, an odd tick; then
    comments and links of theirs."""
    values = {**cells, **{OWN_COLUMN + header: value for header, value in own.items()}}
    hung = (_remark(remark, words) for remark in remarks if not _is_typed(remark, values.get(remark.column)))
    return "; ".join((*_other_words(cells, own, words), *hung))


def _is_typed(remark: Remark, value: Value) -> bool:
    """Whether it is a link that Excel or Google made of an address in the cell, which is told as it is."""
    return remark.link and _ADDED.sub("", remark.text) in said(value)


def _remark(remark: Remark, words: Locale) -> str:
    theirs = remark.column.startswith(OWN_COLUMN)
    column = remark.column.removeprefix(OWN_COLUMN) if theirs else words.column(remark.column)
    return f"{words.text('remark_link' if remark.link else 'remark_comment', column=column)}: {remark.text}"


def _other_words(cells: Mapping[str, Value], own: Mapping[str, Value], words: Locale) -> Iterator[str]:
    for key, value in cells.items():
        if key not in {"owner", "note"} and not (key == "done" and _is_plain_tick(value)) and said(value):
            yield f"{words.column(key)}: {_shown(value, words)}"
    for header, value in own.items():
        if said(value):
            yield f"{header}: {_shown(value, words)}"


def _is_plain_tick(value: Value) -> bool:
    """A tick, or its absence, that the column ``done_on`` already says."""
    value = plain(value)
    if isinstance(value, str):
        return locale.fold(value) in locale.yes_words() | locale.no_words()
    return isinstance(read_tick(value, DateOrder(day_first=None, today=date.min)), bool | date)


def _shown(value: Value, words: Locale) -> str:
    value = plain(value)
    if isinstance(value, datetime):
        time = value.time()
        return f"{words.date(value, year=True)} {time.isoformat('seconds' if time.second else 'minutes')}"
    return words.date(value, year=True) if isinstance(value, date) else said(value)


def has_words(people: People, prefilled: str) -> bool:
    """Whether people wrote anything in the row, a prefilled owner aside."""
    typed = {k: v for k, v in people.cells.items() if said(v) and not (k == "owner" and said(v) == prefilled)}
    return bool(typed or people.remarks) or any(said(v) for v in people.own.values())


def end_words() -> Mapping[str, End]:
    """Folded word of an end, in any language → the end."""
    return {locale.fold(locale.load(lang).end(end)): end for lang in locale.LANGUAGES for end in End}

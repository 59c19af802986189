"""Questions about things people did once: rows that vanished together, machine cells changed, a part sorted.

What happened is gone from the workbook as soon as it is put right, so these are remembered (``Memory.edited`` and
``Memory.vanished``) and asked from there: the question says nothing that the memory does not hold, and a second run
asks it in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from sheets_sync.locale import Locale
from sheets_sync.model import FoundTab, OwnTab, Problem, Where
from sheets_sync.problems import question

EDITED, SORTED, VANISHED = "machine_edited", "part_sorted", "rows_vanished"
SEEN, YES, NO = "seen", "yes", "no"
STANDS = timedelta(days=7)
"""So long a question stands that only tells what happened; longer ago nobody remembers the cell."""

_INSTEAD: Mapping[str, str] = {
    # machine column → the people's column that says what changing it was meant to say
    "status": "done",
    "due": "postpone_to",
    "age": "postpone_to",
}
_NOTE = "note"


def edited_identity(own: OwnTab, column: str) -> str:
    """Of the question about a machine column that people changed."""
    return f"{EDITED}|{own.value}|{column}"


def sorted_identity(own: OwnTab) -> str:
    """Of the question about a part that was sorted."""
    return f"{SORTED}|{own.value}"


def vanished_identity(day: date) -> str:
    """Of the question about rows that vanished together, seen on ``day``."""
    return f"{VANISHED}|{day.isoformat()}"


def is_event(identity: str) -> bool:
    """True for questions whose answer is used up at once and not kept."""
    return identity.partition("|")[0] in {EDITED, SORTED}


def standing(
    remembered: Mapping[str, date], happened: Iterable[str], answers: Mapping[str, str], today: date
) -> dict[str, date]:
    """What is to be asked: what happened just now or lately, and nobody has answered. Who answers has read what there
    is to say, also of what was done once more before that answer was seen."""
    asked = {i: day for i, day in remembered.items() if today < day + STANDS} | dict.fromkeys(happened, today)
    return {i: day for i, day in asked.items() if i not in answers}


def problems(
    edited: Mapping[str, date],
    vanished: Mapping[str, date],
    answers: Mapping[str, str],
    tabs: Mapping[OwnTab, FoundTab],
    words: Locale,
) -> Iterator[Problem]:
    """The questions that stand. ``vanished``: keys still open, with the day on which they vanished."""
    for identity in sorted(edited):
        code, own, *column = identity.split("|")
        found = tabs.get(OwnTab(own))
        title = found.title if found else words.title(OwnTab(own))
        header = words.column(column[0]) if column else None
        instead = words.column(_INSTEAD.get(column[0], _NOTE)) if column else ""
        yield question(
            code, Where(tab=title, column=header), identity=identity, choices=(SEEN,),
            params={"tab": title, "column": header or "", "instead": instead},
        )  # fmt: skip
    for day in sorted(set(vanished.values())):
        identity = vanished_identity(day)
        if identity not in answers:
            count = sum(on == day for on in vanished.values())
            yield question(
                VANISHED, identity=identity, choices=(YES, NO), count=count, params={"count": count, "day": day}
            )  # fmt: skip

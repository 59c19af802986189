"""Ids, e-mails and names that people corrected: the word by which a thing was known, and the one it has now.

domain.md §3, "Corrections keep what people wrote". Nothing here guesses: no row has the old word any more, the new one
was unknown, and the row that has it tells of the same order, day or customer. Places say nothing in a tab that has
fewer rows than at the last run: its rows moved up.

Everywhere ``memory`` is under the identities and subjects that ``tables`` knows of, ``source_rows`` the number of rows
that hold anything now, by title; the answers are old word → new word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from sheets_sync.memory import Memory, RowMemory, split_key
from sheets_sync.model import Moved, SourceTab, Tables, Unread
from sheets_sync.setting_specs import rules_table
from sheets_sync.tables.frames import DATE, TEXT
from sheets_sync.tables.pieces import Text, is_in

Votes = list[tuple[str, str]]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ABOUT_ORDERS = ("order", "order_or_customer")


def corrected_customers(tables: Tables, memory: Memory, source_rows: Mapping[str, int]) -> dict[str, str]:
    """Identities: an order or exchange that is there still is somebody else's, or the row of that day is."""
    remembered = {row.customer_id for row in memory.rows.values() if row.customer_id} | memory.planned.keys()
    gone = _gone(remembered, tables.customers["customer"], tables.unread.values())
    if not gone:
        return {}
    anchors = {plan.order: who for who, plan in memory.planned.items() if who in gone}
    theirs = tables.orders[is_in(tables.orders["subject"], list(anchors))]
    votes = list(zip(theirs["subject"].map(anchors), theirs["customer"], strict=True))
    rows = [row for row in memory.rows.values() if row.customer_id in gone]
    for frame, subject, day in (
        (tables.orders, "subject", "ordered_on"),
        (tables.exchanges, "subject", "requested_on"),
        (tables.customers, "customer", "card_failed_on"),
    ):
        both = _then_and_now(rows, frame, subject, day, _in_place(memory, source_rows))
        same = both[(both["subject"] == both["subject_now"]) | (both["day"] == both["day_now"])]
        votes += zip(same["customer"], same["customer_now"], strict=True)
    ended = (split_key(key)[1] for key in memory.finished)
    return _agreed(votes, {*remembered, *memory.customer_types, *memory.aliases, *memory.aliases.values(), *ended})


def corrected_subjects(tables: Tables, memory: Memory, source_rows: Mapping[str, int]) -> Moved:
    """Ids of orders and exchanges. ``memory``: also under the identities that were corrected."""
    return Moved(
        orders=_corrected_orders(tables, memory, source_rows),
        exchanges=_corrected_exchanges(tables, memory, source_rows),
    )


def _corrected_orders(tables: Tables, memory: Memory, source_rows: Mapping[str, int]) -> dict[str, str]:
    """Order ids: the row in its place, or the order that anchors the cycle now, is that customer's and of that day."""
    rows = [row for row in _rows_about(memory, *_ABOUT_ORDERS) if row.subject != row.customer_id]  # no stand-in
    anchors = {plan.order: (who, plan.order_on) for who, plan in memory.planned.items() if plan.order != who}
    remembered = {row.subject for row in rows} | anchors.keys()
    gone = _gone(remembered, tables.orders["subject"], [tables.unread.get(SourceTab.ORDERS, Unread())])
    if not gone:
        return {}
    orders, in_place = tables.orders[~tables.orders["stand_in"]], _in_place(memory, source_rows)
    votes = _of_same_customer([row for row in rows if row.subject in gone], orders, "ordered_on", in_place)
    lost = pd.DataFrame(
        [(order, *anchors[order]) for order in gone & anchors.keys()], columns=["subject", "customer", "ordered_on"]
    ).astype({"customer": orders["customer"].dtype, "ordered_on": DATE})
    now = orders.loc[is_in(orders["customer"], lost["customer"]) & is_in(orders["tab"], in_place)]
    found = lost.merge(now, on=["customer", "ordered_on"], suffixes=("", "_now"))
    votes += zip(found["subject"], found["subject_now"], strict=True)
    return _agreed(votes, remembered | _ended_subjects(memory, *_ABOUT_ORDERS))


def _corrected_exchanges(tables: Tables, memory: Memory, source_rows: Mapping[str, int]) -> dict[str, str]:
    """Exchange ids (or the order's, where that is what it is known by): the row in its place is that customer's."""
    rows = list(_rows_about(memory, "exchange"))
    remembered = {row.subject for row in rows}
    gone = _gone(remembered, tables.exchanges["subject"], [tables.unread.get(SourceTab.EXCHANGES, Unread())])
    if not gone:
        return {}
    theirs, in_place = [row for row in rows if row.subject in gone], _in_place(memory, source_rows)
    votes = _of_same_customer(theirs, tables.exchanges, "requested_on", in_place)
    return _agreed(votes, remembered | _ended_subjects(memory, "exchange"))


# ── then ────────────────────────────────────────────────────────────────────


def _rows_about(memory: Memory, *subjects: str) -> Iterable[RowMemory]:
    about = {rule for rule, row in rules_table().items() if row["subject"] in subjects}
    return (row for row in memory.rows.values() if row.rule in about)


def _ended_subjects(memory: Memory, *subjects: str) -> set[str]:
    about = {rule for rule, row in rules_table().items() if row["subject"] in subjects}
    return {subject for rule, subject, _ in map(split_key, memory.finished) if rule in about}


def _gone(remembered: Collection[str], now: Text, unread: Iterable[Unread]) -> set[str]:
    """Of the words remembered those that no row has: none where a row may have one and cannot be read."""
    doubts = list(unread)
    if any(one.lost_ids for one in doubts):
        return set()
    left = set(remembered).difference(*(one.subjects | one.customers for one in doubts))
    return left - set(now[is_in(now, list(left))])


def _in_place(memory: Memory, source_rows: Mapping[str, int]) -> list[str]:
    """Titles of the tabs whose rows may be where they were."""
    return [title for title, count in source_rows.items() if count >= memory.source_rows.get(title, 0)]


def _day_of(row: RowMemory) -> str | None:
    """Of the order, the request, or the card that failed."""
    if row.order_on is not None:
        return row.order_on.isoformat()
    return row.occurrence if _DAY.fullmatch(row.occurrence) else None


# ── now ─────────────────────────────────────────────────────────────────────


def _of_same_customer(rows: Iterable[RowMemory], frame: pd.DataFrame, day: str, in_place: list[str]) -> Votes:
    both = _then_and_now(rows, frame, "subject", day, in_place)
    same = both[(both["customer"] == both["customer_now"]) & (both["day"].isna() | (both["day"] == both["day_now"]))]
    return list(zip(same["subject"], same["subject_now"], strict=True))


def _then_and_now(
    rows: Iterable[RowMemory], frame: pd.DataFrame, subject: str, day: str, in_place: list[str]
) -> pd.DataFrame:
    """Remembered rows beside what stands in their place: subject, customer, day, and each ``_now``."""
    then = pd.DataFrame(
        [(row.source.tab, row.source.row, row.subject, row.customer_id, _day_of(row)) for row in rows],
        columns=["tab", "row", "subject", "customer", "day"],
    )
    then = then.astype({"tab": TEXT, "row": "int64", "subject": TEXT, "customer": TEXT, "day": DATE})
    there = frame.loc[is_in(frame["tab"], in_place) & frame["row"].isin(then["row"]) & frame["customer"].notna()]
    now = pd.DataFrame(
        {
            "tab": there["tab"], "row": there["row"],
            "subject_now": there[subject], "customer_now": there["customer"], "day_now": there[day],
        }
    )  # fmt: skip
    return then.merge(now, on=["tab", "row"])


def _agreed(votes: Votes, known: Collection[str]) -> dict[str, str]:
    """What all votes for a word agree on, where it names something new and nobody else is to have it."""
    said: dict[str, set[str]] = {}
    for old, new in votes:
        said.setdefault(old, set()).add(new)
    found = {old: news.pop() for old, news in said.items() if len(news) == 1}
    wanted = Counter(found.values())
    return {old: new for old, new in found.items() if new not in known and wanted[new] == 1}

"""Ids, e-mails and names that people corrected: the word by which a thing was known, and the one it has now.

domain.md §3, "Corrections keep what people wrote". Nothing here guesses: no row has the old word any more, the new one
was unknown, and it alone tells of the same day and the same customer. A tab with fewer rows than at the last run tells
nothing: a row was deleted, and another may look like it.

Everywhere ``memory`` is under the identities and subjects that ``tables`` knows of, ``source_rows`` the number of rows
that hold anything now, by title; the answers are old word → new word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher

import pandas as pd

from sheets_sync.fold import fold_name
from sheets_sync.memory import Memory, Planned, RowMemory, split_key
from sheets_sync.model import Moved, SourceTab, Tables, Unread
from sheets_sync.setting_specs import rules_table
from sheets_sync.tables.frames import DATE, TEXT
from sheets_sync.tables.pieces import Text, is_in

_ALIKE = 0.8
"""So many of two names' letters agree if one is the other, corrected; …"""
_WITHIN = 3
"""… or one has this many letters at least and is within the other."""
_COLUMNS = {"tab": TEXT, "row": "int64", "subject": TEXT, "customer": TEXT, "day": DATE}
_TOLD_BY = {
    SourceTab.ORDERS: ("orders", "ordered_on", ("order", "order_or_customer")),
    SourceTab.EXCHANGES: ("exchanges", "requested_on", ("exchange",)),
}
"""Its table, the day of a row there, whose rules are about it."""


def corrected_customers(
    tables: Tables, memory: Memory, source_rows: Mapping[str, int], names: Mapping[str, str]
) -> dict[str, str]:
    """Identities. ``names``: the customer's name by key, as our tabs show it.

    Who has that day now is called the same, or nearly the same and stands in the very row or on the very order.
    """
    remembered = {row.customer_id for row in memory.rows.values() if row.customer_id} | memory.planned.keys()
    gone = _gone(remembered, tables.customers["customer"], tables.unread.values())
    if not gone:
        return {}
    known = {*remembered, *memory.customer_types, *memory.aliases, *memory.aliases.values(), *_ended(memory)}
    theirs = [row for row in memory.rows.values() if row.customer_id in gone]
    cycles = {who: plan for who, plan in memory.planned.items() if who in gone}
    then = pd.concat([_rows(theirs), _anchors(cycles)], ignore_index=True)
    called = {row.customer_id: names[key] for key, row in memory.rows.items() if key in names}
    then["name"] = then["customer"].map(called).astype("str")
    now = _new_customers(tables, _whole(memory, source_rows), known)

    named, placed, told = (
        then.merge(now, on=on, suffixes=("", "_now")) for on in (["name", "day"], ["tab", "row", "day"], ["subject"])
    )
    placed, told = placed[_like_names(placed)], told[told["name"].isna() | _like_names(told)]
    return _agreed(pd.concat([named, placed, told]), "customer", known)


def corrected_subjects(tables: Tables, memory: Memory, source_rows: Mapping[str, int]) -> Moved:
    """Ids of orders and exchanges, each the only new one of its customer and day. ``memory``: also under the
    identities that were corrected.
    """
    whole = _whole(memory, source_rows)
    return Moved(
        orders=_corrected(SourceTab.ORDERS, memory.planned, tables, memory, whole),
        exchanges=_corrected(SourceTab.EXCHANGES, {}, tables, memory, whole),
    )


def _corrected(
    source: SourceTab, cycles: Mapping[str, Planned], tables: Tables, memory: Memory, whole: Collection[str]
) -> dict[str, str]:
    """``cycles``: by customer, whose anchors are among the subjects."""
    frame, day, about = _TOLD_BY[source]
    rules = {rule for rule, row in rules_table().items() if row["subject"] in about}
    # an order that only its customer's row tells about has no id: its subject is the customer
    rows = [row for row in memory.rows.values() if row.rule in rules and row.subject != row.customer_id]
    remembered = {row.subject for row in rows} | {plan.order for who, plan in cycles.items() if plan.order != who}
    table: pd.DataFrame = getattr(tables, frame)
    gone = _gone(remembered, table["subject"], [tables.unread.get(source, Unread())])
    if not gone:
        return {}
    lost = _rows(row for row in rows if row.subject in gone)
    then = pd.concat([lost, _anchors({who: plan for who, plan in cycles.items() if plan.order in gone})])
    now = _told(table, "subject", day)
    known = remembered | _ended(memory, rules)
    now = now[is_in(now["tab"], list(whole)) & ~is_in(now["subject"], list(known))]
    return _agreed(then.merge(now, on=["customer", "day"], suffixes=("", "_now")), "subject", known)


# ── then ────────────────────────────────────────────────────────────────────


def _rows(rows: Iterable[RowMemory]) -> pd.DataFrame:
    """Open rows as they were told of."""
    return _frame((row.source.tab, row.source.row, row.subject, row.customer_id, _day_of(row)) for row in rows)


def _anchors(cycles: Mapping[str, Planned]) -> pd.DataFrame:
    """The orders that anchored cycles: nobody knows their rows."""
    return _frame(("", 0, plan.order, who, plan.order_on.isoformat()) for who, plan in cycles.items())


def _frame(lines: Iterable[tuple[str, int, str, str, str | None]]) -> pd.DataFrame:
    return pd.DataFrame(list(lines), columns=list(_COLUMNS)).astype(_COLUMNS)


def _day_of(row: RowMemory) -> str | None:
    """Of the order, the request, or the card that failed."""
    if row.order_on is not None:
        return row.order_on.isoformat()
    return row.occurrence if row.rule == "failed_card" and row.occurrence != "1" else None


def _ended(memory: Memory, rules: Collection[str] | None = None) -> set[str]:
    keys = map(split_key, memory.finished)
    return {subject for rule, subject, _ in keys if rules is None or rule in rules}


def _gone(remembered: Iterable[str], now: Text, unread: Iterable[Unread]) -> set[str]:
    """Of the words remembered those that no row has: none where a row may have one and cannot be read."""
    doubts = list(unread)
    if any(one.lost_ids for one in doubts):
        return set()
    left = set(remembered).difference(*(one.subjects | one.customers for one in doubts))
    return left - set(now[is_in(now, list(left))])


# ── now ─────────────────────────────────────────────────────────────────────


def _whole(memory: Memory, source_rows: Mapping[str, int]) -> list[str]:
    """Titles of the tabs that lost no row."""
    return [title for title, count in source_rows.items() if count >= memory.source_rows.get(title, 0)]


def _told(table: pd.DataFrame, subject: str, day: str) -> pd.DataFrame:
    columns = ["tab", "row", subject, "customer", day]
    named = table.loc[table["customer"].notna() & table[day].notna(), columns]
    return named.set_axis(list(_COLUMNS), axis=1)


def _new_customers(tables: Tables, whole: Collection[str], known: Collection[str]) -> pd.DataFrame:
    """What is told of customers that were unknown, with their names."""
    every = [
        _told(tables.orders, "subject", "ordered_on"),
        _told(tables.exchanges, "subject", "requested_on"),
        _told(tables.customers, "customer", "card_failed_on"),
    ]
    new = pd.concat([one[~is_in(one["customer"], list(known)) & is_in(one["tab"], list(whole))] for one in every])
    customers = tables.customers
    called = dict(zip(customers["customer"], customers["name"].fillna(customers["customer"]), strict=True))
    return new.assign(name=new["customer"].map(called).astype("str"))


# ── both ────────────────────────────────────────────────────────────────────


def _like_names(both: pd.DataFrame) -> pd.Series[bool]:
    alike = [_alike(one, two) for one, two in zip(both["name"], both["name_now"], strict=True)]
    return pd.Series(alike, index=both.index, dtype="bool")


def _alike(one: object, two: object) -> bool:
    """Whether a name may be another one, corrected."""
    if not (isinstance(one, str) and isinstance(two, str)):
        return False
    short, long = sorted((fold_name(one), fold_name(two)), key=len)
    within = len(short) >= _WITHIN and short in long
    return within or SequenceMatcher(None, short, long).ratio() >= _ALIKE


def _agreed(both: pd.DataFrame, what: str, known: Collection[str]) -> dict[str, str]:
    """What all rows say a word has become, where that is something new and nobody else is to be it."""
    pairs = both[[what, f"{what}_now"]].drop_duplicates()
    alone = ~(pairs[what].duplicated(keep=False) | pairs[f"{what}_now"].duplicated(keep=False))
    found = pairs[alone & ~is_in(pairs[f"{what}_now"], list(known))]
    return dict(zip(found[what], found[f"{what}_now"], strict=True))

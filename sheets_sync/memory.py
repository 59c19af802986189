"""What the worker remembers between runs: packed into the hidden tab ``_sync``, never read by people.

Everything here is a plain value; ``dumps`` is deterministic, so equal memories are equal texts and a run that learns
nothing writes nothing.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct, field

from sheets_sync.model import End, OwnTab, Remark, RowRef, Value

VERSION = 1
MOST_BYTES = 512 * 1024 * 1024
"""A memory that unpacks to more than this is not ours."""
_LEVEL = 3
"""Of its compression: a tenth more bytes than 6 for two fifths of the time."""


class RowMemory(Struct, frozen=True, kw_only=True):
    """An open row as the last run left it, or (``shown`` False) one a silence took away and whose words wait here.

    ``people`` / ``own``: people's cells by key / header; ``machine``: four hex digits a machine cell, in schema
    order, as last written; ``done_on``: the day a run first saw the tick (or the date typed as tick);
    ``postponed_to``: the day ahead that people's ``postpone_to`` named when a run first saw it. ``order_on``: D,
    or the day an exchange was requested; ``interval``: I. ``remarks``: what people hung on its cells.
    """

    tab: OwnTab
    rule: str
    subject: str
    customer_id: str
    occurrence: str
    number: int
    source: RowRef
    visible_on: date
    due_on: date
    gone_on: date | None
    born_on: date
    done_on: date | None = None
    shown: bool = True
    people: Mapping[str, Value] = field(default_factory=dict)
    own: Mapping[str, Value] = field(default_factory=dict)
    machine: str = ""
    order_on: date | None = None
    interval: int | None = None
    postponed_to: date | None = None
    remarks: tuple[Remark, ...] = ()


class Words(Struct, frozen=True, kw_only=True):
    """What people wrote in a row that is no task (a question, a setting): by column key, and own columns by header."""

    people: Mapping[str, Value] = field(default_factory=dict)
    own: Mapping[str, Value] = field(default_factory=dict)


class Finished(Struct, frozen=True, kw_only=True):
    """A key that ended for good. ``on``: for done the day the tick was first seen (or typed), else the run's day.

    ``gone_on``: when the calendar would have ended it anyway (None = never).
    """

    end: End
    on: date
    gone_on: date | None = None


class Planned(Struct, frozen=True, kw_only=True):
    """A customer's running cycle as last seen: anchor subject and D, the planned date then in force.

    ``explicit``: the date was written by people (also once it has passed and rolled on); ``unrolled``: that date, or
    the first computed one, before any rolling: as long as it stays, a planned date that moved only rolled on.
    """

    order: str
    order_on: date
    next_on: date | None
    explicit: bool
    interval: int | None
    unrolled: date | None = None


class Noticed(Struct, frozen=True, kw_only=True):
    """Something that happened once and was seen on a day: a changed date, an upgrade, an amount."""

    on: date
    old: str = ""
    new: str = ""


class Memory(Struct, frozen=True, kw_only=True):
    """All of it. ``first_run_on`` None = no run yet.

    ``rows``: open (or waiting) keys; ``finished``: final keys their rule could still want; ``planned`` and
    ``customer_types`` by customer identity; ``noticed`` by key; ``answers`` by question identity;
    ``source_rows`` by tab title: rows that held anything at the last run; ``own_tabs``: the tabs of ours that existed;
    ``words``: what people wrote in the rows of questions and settings, by tab, then key;
    ``vanished``: keys whose rows vanished together and came back once, with the day; ``edited``: questions about
    machine columns that people changed or parts sorted, by identity, with the day.
    """

    language: str | None = None
    first_run_on: date | None = None
    last_run_on: date | None = None
    rows: Mapping[str, RowMemory] = field(default_factory=dict)
    finished: Mapping[str, Finished] = field(default_factory=dict)
    planned: Mapping[str, Planned] = field(default_factory=dict)
    customer_types: Mapping[str, str] = field(default_factory=dict)
    noticed: Mapping[str, Noticed] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    source_rows: Mapping[str, int] = field(default_factory=dict)
    own_tabs: frozenset[OwnTab] = frozenset()
    vanished: Mapping[str, date] = field(default_factory=dict)
    edited: Mapping[str, date] = field(default_factory=dict)
    words: Mapping[OwnTab, Mapping[str, Words]] = field(default_factory=dict)


def dumps(memory: Memory) -> str:
    """The memory as one line of printable ASCII (base64 of compressed JSON)."""
    table = {
        "version": VERSION,
        "language": memory.language,
        "first": _day_out(memory.first_run_on),
        "last": _day_out(memory.last_run_on),
        "rows": [[key, *_row_out(key, row)] for key, row in sorted(memory.rows.items())],
        "finished": [[k, f.end.value, _day_out(f.on), _day_out(f.gone_on)] for k, f in sorted(memory.finished.items())],
        "planned": [
            [who, p.order, _day_out(p.order_on), _day_out(p.next_on), p.explicit, p.interval, _day_out(p.unrolled)]
            for who, p in sorted(memory.planned.items())
        ],
        "types": sorted(memory.customer_types.items()),
        "noticed": [[key, _day_out(n.on), n.old, n.new] for key, n in sorted(memory.noticed.items())],
        "aliases": sorted(memory.aliases.items()),
        "answers": sorted(memory.answers.items()),
        "source_rows": sorted(memory.source_rows.items()),
        "tabs": sorted(tab.value for tab in memory.own_tabs),
        "vanished": [[key, _day_out(day)] for key, day in sorted(memory.vanished.items())],
        "edited": [[key, _day_out(day)] for key, day in sorted(memory.edited.items())],
        "words": [
            [tab.value, key, _cells_out(w.people), _cells_out(w.own)]
            for tab, rows in sorted(memory.words.items())
            for key, w in sorted(rows.items())
        ],
    }
    text = json.dumps(table, ensure_ascii=True, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"), _LEVEL)).decode("ascii")


def loads(text: str) -> Memory:
    """The memory of ``dumps``; ValueError where the text is none (a person edited ``_sync``)."""
    try:
        return _memory_in(json.loads(_unpacked(text)))
    except (ArithmeticError, AttributeError, LookupError, TypeError, RecursionError, zlib.error) as error:
        raise ValueError("not a memory of ours") from error  # binascii's and json's errors are ValueErrors already


def same(one: str, other: str) -> bool:
    """Whether two packed memories say the same: programs may pack alike contents differently."""
    if one == other:
        return True
    try:
        return _unpacked(one) == _unpacked(other)
    except (ValueError, zlib.error):
        return False


def _unpacked(text: str) -> bytes:
    packed = base64.b64decode("".join(text.split()), validate=True)
    unpacking = zlib.decompressobj()
    plain = unpacking.decompress(packed, MOST_BYTES)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("cut off, longer than ours can be, or something after its end")
    return plain


def _memory_in(table: Any) -> Memory:
    if table["version"] != VERSION:
        raise ValueError(f"version {table['version']!r}")
    words: dict[OwnTab, dict[str, Words]] = {}
    for tab, key, people, own in table["words"]:
        words.setdefault(OwnTab(tab), {})[_text(key)] = Words(people=_cells_in(people), own=_cells_in(own))
    return Memory(
        language=None if table["language"] is None else _text(table["language"]),
        first_run_on=_day_in(table["first"]),
        last_run_on=_day_in(table["last"]),
        rows={_text(key): _row_in(key, row) for key, *row in table["rows"]},
        finished={
            _text(key): Finished(end=End(end), on=date.fromordinal(on), gone_on=_day_in(gone))
            for key, end, on, gone in table["finished"]
        },
        planned={
            _text(who): Planned(
                order=_text(order), order_on=date.fromordinal(day), next_on=_day_in(n), explicit=bool(explicit),
                interval=interval, unrolled=_day_in(unrolled),
            )
            for who, order, day, n, explicit, interval, unrolled in table["planned"]
        },
        customer_types={_text(who): _text(what) for who, what in table["types"]},
        noticed={
            _text(key): Noticed(on=date.fromordinal(on), old=_text(old), new=_text(new))
            for key, on, old, new in table["noticed"]
        },
        aliases={_text(old): _text(new) for old, new in table["aliases"]},
        answers={_text(asked): _text(answer) for asked, answer in table["answers"]},
        source_rows={_text(title): int(count) for title, count in table["source_rows"]},
        own_tabs=frozenset(OwnTab(tab) for tab in table["tabs"]),
        vanished={_text(key): date.fromordinal(day) for key, day in table["vanished"]},
        edited={_text(key): date.fromordinal(day) for key, day in table["edited"]},
        words=words,
    )  # fmt: skip


# ── rows ────────────────────────────────────────────────────────────────────

_FIELDS = 18  # of a row; its remarks follow where there are some


def _row_out(key: str, row: RowMemory) -> list[Any]:
    named = [] if key == f"{row.rule}:{row.subject}:{row.occurrence}" else [row.rule, row.subject, row.occurrence]
    days = (row.visible_on, row.due_on, row.gone_on, row.born_on, row.done_on, row.order_on, row.postponed_to)
    return [
        named, row.tab.value, row.customer_id, row.number, row.source.tab, row.source.row,
        *[day and day.toordinal() for day in days],
        row.interval, row.shown, _cells_out(row.people), _cells_out(row.own), row.machine,
        *([[[r.column, r.text, r.link] for r in row.remarks]] if row.remarks else ()),
    ]  # fmt: skip


def _row_in(key: str, row: list[Any]) -> RowMemory:
    named, tab, customer, number, source_tab, source_row, *days, interval, shown, people, own, machine = row[:_FIELDS]
    visible_on, due_on, gone_on, born_on, done_on, order_on, postponed_to = map(_day_in, days)
    rule, subject, occurrence = named or split_key(key)
    if visible_on is None or due_on is None or born_on is None:
        raise ValueError("a row without its days")
    return RowMemory(
        tab=OwnTab(tab), rule=_text(rule), subject=_text(subject), occurrence=_text(occurrence), number=int(number),
        customer_id=_text(customer), source=RowRef(tab=_text(source_tab), row=int(source_row)), born_on=born_on,
        visible_on=visible_on, due_on=due_on, gone_on=gone_on, done_on=done_on, order_on=order_on, interval=interval,
        postponed_to=postponed_to, shown=bool(shown), people=_cells_in(people), own=_cells_in(own),
        machine=_text(machine),
        remarks=tuple(Remark(column=_text(c), text=_text(t), link=bool(k)) for of in row[_FIELDS:] for c, t, k in of),
    )  # fmt: skip


def split_key(key: str) -> tuple[str, str, str]:
    """Rule, subject and occurrence of a key; a subject may hold colons. Raises ValueError where it is no key."""
    rule, first, rest = key.partition(":")
    subject, second, occurrence = rest.rpartition(":")
    if not (first and second and rule and subject and occurrence):
        raise ValueError(f"not a key: {len(key)} characters")
    return rule, subject, occurrence


# ── values ──────────────────────────────────────────────────────────────────


def _day_out(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _day_in(number: int | None) -> date | None:
    return None if number is None else date.fromordinal(number)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text belongs")
    return value


def _cells_out(cells: Mapping[str, Value]) -> dict[str, Any]:
    return {name: _value_out(value) for name, value in sorted(cells.items()) if value is not None} if cells else {}


def _cells_in(cells: Mapping[str, Any]) -> dict[str, Value]:
    return {_text(name): _value_in(value) for name, value in cells.items()}


def _value_out(value: Value) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.toordinal()}
    return value


def _value_in(value: Any) -> Value:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]) if "t" in value else date.fromordinal(value["d"])
    if not isinstance(value, str | int | float | bool | None):
        raise TypeError(type(value).__name__)
    return value

"""What the worker remembers between runs: packed into the hidden tab ``_sync``, never read by people.

Everything here is a plain value; ``dumps`` is deterministic, so equal memories are equal texts and a run that learns
nothing writes nothing.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sheets_sync.model import End, OwnTab, RowRef, Value

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMemory:
    """An open row as the last run left it, or (``shown`` False) one a silence took away and whose words wait here.

    ``people`` / ``own``: people's cells by key / header; ``machine``: four hex digits a machine cell, in schema
    order, as last written; ``done_on``: the day a run first saw the tick. ``order_on``, ``interval``: D and I.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A key that ended for good. ``on``: for done the day the tick was first seen (or typed), else the run's day."""

    end: End
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something that happened once and was seen on a day: a changed date, an upgrade, an amount."""

    on: date
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """All of it. ``first_run_on`` None = no run yet.

    ``rows``: open (or waiting) keys; ``finished``: final keys their rule could still want; ``planned`` and
    ``customer_types`` by customer identity; ``noticed`` by key; ``answers`` by question identity;
    ``source_rows`` by tab title: rows used at the last run; ``own_tabs``: the tabs of ours that existed;
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


def dumps(memory: Memory) -> str:
    """The memory as one line of printable ASCII (base64 of compressed JSON)."""
    raise NotImplementedError


def loads(text: str) -> Memory:
    """The memory of ``dumps``; ValueError where the text is none (a person edited ``_sync``)."""
    raise NotImplementedError


_ = (base64, json, zlib)

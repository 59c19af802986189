"""What the oracle notes of the tabs: keys that are open, the tabs before a run, what must stand there after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sheets_sync.model import OwnTab, Remark, Task, TaskRow, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A key that is shown, or waits while a silence lasts: what was last seen of it."""

    task: Task
    cells: Mapping[str, Value]
    own: Mapping[str, Value] = field(default_factory=dict)
    done_on: date | None = None
    postponed_to: date | None = None
    shown: bool = True
    remarks: tuple[Remark, ...] = ()


@dataclass(slots=True)
class Before:
    """The tabs as a run finds them."""

    tabs: set[OwnTab]
    top: dict[str, TaskRow]
    copies: dict[str, list[TaskRow]]
    foreign: dict[OwnTab, list[tuple[object, ...]]]
    tokens: set[str]


@dataclass(slots=True)
class Expected:
    """What must stand in the tabs afterwards: key → (people's cells, own cells, machine cells to be right)."""

    shown: dict[str, Open] = field(default_factory=dict)
    waiting: dict[str, Open] = field(default_factory=dict)
    finals: dict[str, str] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)

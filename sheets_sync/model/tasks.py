"""Tasks: what the rules want, and as a tab shows them."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from sheets_sync.model.places import RowRef
from sheets_sync.model.words import OwnTab, Status


class Contact(Struct, frozen=True, kw_only=True):
    """How to reach a customer: full link targets or plain values; None where unknown."""

    whatsapp: str | None = None
    phone: str | None = None
    email: str | None = None


class Task(Struct, frozen=True, kw_only=True):
    """One thing to do, as the rules want it today, before anything people wrote is considered.

    ``gone_on``: first day no longer in the tab (None = stays until done). ``late_on``: first day it is late
    (None = never). ``number``: the occurrence's number (1, 2, …) apart from any date in the key. ``order_on``: D,
    or the day an exchange was requested; ``interval``: I; they tell a correction from something new. ``held``: a source
    row it rests on cannot be read.
    """

    key: str
    rule: str
    tab: OwnTab
    subject: str
    occurrence: str
    number: int
    customer_id: str
    customer: str
    visible_on: date
    due_on: date
    daily_on: date | None
    gone_on: date | None
    late_on: date | None
    priority: int
    amount: int | None
    currency: str | None
    since: date
    why: str
    message: str
    contact: Contact
    source: RowRef
    owner: str
    order_on: date | None = None
    interval: int | None = None
    held: bool = False
    silenced: str | None = None


class TaskView(Struct, frozen=True, kw_only=True):
    """A task as the tab shows it: with its state and what people wrote. ``due_on`` / ``gone_on`` after postponing."""

    task: Task
    status: Status
    due_on: date
    gone_on: date | None
    done: bool = False
    postpone_to: date | None = None
    owner: str = ""
    note: str = ""

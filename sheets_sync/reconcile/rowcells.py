"""The machine cells of a task's row, and how a cell that is found is compared with the one that should be there."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from urllib.parse import unquote

from msgspec import Struct

from sheets_sync.locale import Locale
from sheets_sync.model import Cell, Contact, Owner, OwnTab, Status, Task, TaskRow, TaskView, Value
from sheets_sync.style import MOST_CHARACTERS, cell_text, units
from sheets_sync.tables.own_frame import plain
from sheets_sync.tables.schema import OWN

MOST_LINKS = 60_000
"""So many links a tab keeps (Excel: 65,530); past them the source becomes plain text first."""
LONGEST_KEY = 500
"""Characters of a key in its cell; ours are far shorter unless a name is a novel."""
MARK = 4
"""Characters of a cell's mark in the memory."""
_LETTERS = re.compile("(?:%[89A-Fa-f][0-9A-Fa-f])+")
_LINK_KEPT = 255
"""UTF-16 units of a link that survive LibreOffice's saving."""


class Links(Struct, frozen=True, kw_only=True):
    """Which links the rows of a tab carry."""

    contact: bool = True
    source: bool = True


def links_for(rows: int) -> Links:
    """The links that ``rows`` rows of two may carry."""
    return Links(contact=rows <= MOST_LINKS, source=rows * 2 <= MOST_LINKS)


def task_cells(view: TaskView, today: date, words: Locale, links: Links) -> dict[str, Cell]:
    """The machine cells of a task's row, by column key; texts as they are, not yet cut to what a cell holds."""
    task = view.task
    return {
        "status": Cell(value=status_word(view, today, words)),
        "due": Cell(value=view.due_on),
        "task": Cell(value=words.task(task.rule)),
        "customer": Cell(value=task.customer),
        "contact": contact_cell(task.contact, links.contact),
        "message": Cell(value=task.message),
        "why": Cell(value=task.why),
        "source": source_cell(task, links.source),
        "amount": amount_cell(task),
        "age": Cell(value=max(0, (today - task.since).days)),
    }


def status_word(view: TaskView, today: date, words: Locale) -> str:
    """The status in words; open and due that day has a word of its own."""
    if view.status is Status.OPEN and view.due_on == today:
        return words.status("open_today")
    return words.status(view.status)


def contact_cell(contact: Contact, linked: bool = True) -> Cell:
    """WhatsApp, else mail, else phone: what it is in the cell, where it leads as its link."""
    if contact.whatsapp:
        shown, target = contact.phone or contact.whatsapp.partition("?")[0], contact.whatsapp
    elif contact.email:
        mail = contact.email.removeprefix("mailto:")
        shown, target = unquote(mail.partition("?")[0]), f"mailto:{mail}"
    elif contact.phone:
        shown, target = contact.phone, f"tel:{contact.phone.removeprefix('tel:')}"
    else:
        return Cell()
    return Cell(value=shown, link=target if linked else None)


def source_cell(task: Task, linked: bool = True) -> Cell:
    """The source row: its tab and number, leading there."""
    tab, row = task.source.tab, task.source.row
    if not tab or row < 1:
        return Cell()
    return Cell(value=f"{tab} {row}", link=row_link(tab, row) if linked else None)


def row_link(tab: str, row: int, column: str = "A") -> str:
    """A link to a cell inside the workbook."""
    quoted = tab.replace("'", "''")
    return f"#'{quoted}'!{column}{row}"


def amount_cell(task: Task) -> Cell:
    """An amount as a number of its currency; blank where there is none."""
    return Cell() if task.amount is None else Cell(value=task.amount / 100, currency=task.currency)


# ── what a cell can hold ────────────────────────────────────────────────────


def key_in_cell(key: str) -> str:
    """A key as its cell holds it: itself, but for characters no cell can hold; a long one cut and told apart."""
    if len(key) <= LONGEST_KEY:
        return cell_text(key).strip()
    told_apart = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{cell_text(key[: LONGEST_KEY - 20]).strip()}#{told_apart}:1"


def fitted(cells: Mapping[str, Cell], cut: Callable[[str], None] = lambda _: None) -> dict[str, Cell]:
    """The cells as any backend writes and reads them; ``cut`` hears the column of each text that was too long."""
    fit = dict(cells)
    for key, cell in cells.items():
        value = cell.value
        if isinstance(value, str) and (text := cell_text(value)) != value:
            if len(text) < len(value) and units(value) > MOST_CHARACTERS:
                cut(key)
            fit[key] = Cell(value=text, link=cell.link, currency=cell.currency)
    return fit


# ── comparing ───────────────────────────────────────────────────────────────


def canonical(value: Value, link: str | None = None) -> str:
    """A cell in one text: equal for cells that show and lead to the same."""
    text = _canonical(value)
    return f"{text}\0{_address(link)}" if link else text


def _canonical(value: Value) -> str:
    if isinstance(value, str):
        return f"s{cell_text(value)}" if value.strip() else ""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"b{value:d}"
    if isinstance(value, int | float):
        return f"n{round(float(value), 6)!r}"
    assert not isinstance(value, str)  # noqa: S101  (for the type checker)
    return f"{'t' if isinstance(value, datetime) else 'd'}{value.isoformat()}"


def _address(link: str) -> str:
    """Where a link leads, however it is spelled: on saving, LibreOffice writes out letters that stood as ``%C3%A1``."""
    return _LETTERS.sub(lambda found: _letters(found[0]), link).removeprefix("#")


@lru_cache(maxsize=4_096)  # the same few accents in thousands of messages
def _letters(quoted: str) -> str:
    return unquote(quoted)


def mark(value: Value, link: str | None = None) -> str:
    """Four hex digits that change when a person changes the cell; not where only the end of a long link was cut off."""
    if link is None and not isinstance(value, str):
        return _mark_of(value)
    said = zlib.crc32(canonical(value).encode("utf-8", "replace"))
    if link:
        said = zlib.crc32(_address(link).encode("utf-16-le", "surrogatepass")[: 2 * _LINK_KEPT], said)
    return f"{said & 0xFFFF:04x}"


@lru_cache(maxsize=8_192, typed=True)  # texts differ from row to row; days, numbers and blanks are the same few
def _mark_of(value: Value) -> str:
    return f"{zlib.crc32(canonical(value).encode()) & 0xFFFF:04x}"


@cache
def machine_keys(own: OwnTab) -> tuple[str, ...]:
    """The machine columns of a tab, in the order of its schema: the order of the marks in the memory."""
    return OWN[own].keys(Owner.MACHINE)


def marks(own: OwnTab, cells: Mapping[str, Cell]) -> str:
    """The marks of a row's machine cells, as the memory keeps them."""
    blank = Cell()
    return "".join(mark(c.value, c.link) for c in (cells.get(key, blank) for key in machine_keys(own)))


def found_marks(own: OwnTab, row: TaskRow) -> str:
    """The marks of a row's machine cells as they are found."""
    return "".join(mark(row.machine.get(key), row.links.get(key)) for key in machine_keys(own))


def mark_of(own: OwnTab, text: str, key: str) -> str:
    """One column's mark out of a row's; '' where the memory has none."""
    at = machine_keys(own).index(key) * MARK
    return text[at : at + MARK]


def changed(cells: Mapping[str, Cell], row: TaskRow, present: Iterable[str]) -> dict[str, Cell]:
    """Those of ``cells`` whose column is there and whose cell is found otherwise."""
    there = set(present)
    return {
        key: cell
        for key, cell in cells.items()
        if key in there and canonical(cell.value, cell.link) != canonical(row.machine.get(key), row.links.get(key))
    }

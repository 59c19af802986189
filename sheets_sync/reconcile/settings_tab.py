"""The settings tab: one row a setting; people own ``value``, which stays blank unless a person fills it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from msgspec import Struct

from sheets_sync import locale
from sheets_sync.config import Settings
from sheets_sync.locale import Locale
from sheets_sync.memory import Words
from sheets_sync.model import AddRow, Cell, FoundTab, TaskRow, UpdateRow, Value, Where
from sheets_sync.reconcile.people import said, writable
from sheets_sync.reconcile.rowcells import changed, fitted
from sheets_sync.reconcile.told import column_letters
from sheets_sync.setting_specs import spec_of, specs


def key_of(row: TaskRow) -> str:
    """The setting a row is about: its key, else what stands in its first column, as a key or in words; '' = none."""
    typed = said(row.machine.get("setting")).strip()
    return row.key or row.copy_of or _names().get(locale.fold(typed), typed)


@cache
def _names() -> Mapping[str, str]:
    """Folded name of a setting, in any language → its key."""
    languages = [locale.load(language) for language in locale.LANGUAGES]
    return {locale.fold(words.setting_name(key)): key for words in languages for key in specs()}


def values(found: FoundTab | None) -> dict[str, tuple[Value, Where]]:
    """Setting → the value people filled in, and where; rows people typed themselves (``message.check_in.es``) count.

    Of two rows with one setting the upper one counts. Blank values are left out.
    """
    filled: dict[str, tuple[Value, Where]] = {}
    at = next((c for c in found.columns if c.key == "value"), None) if found else None
    if found is None or at is None:
        return filled
    for row in found.rows:
        value = row.people.get("value")
        if value is None or not key_of(row):
            continue
        where = Where(tab=found.title, row=row.row, column=at.header, cell=f"{column_letters(at.position)}{row.row}")
        filled.setdefault(key_of(row), (value, where))
    return filled


def written(found: FoundTab) -> dict[str, Words]:
    """Setting → what people wrote in its row."""
    rows: dict[str, Words] = {}
    for row in found.rows:
        if key_of(row) and (row.people or row.own):
            rows.setdefault(key_of(row), Words(people=row.people, own=row.own))
    return rows


class SettingRows(Struct, frozen=True, kw_only=True):
    """What happens to the rows of the tab."""

    adds: tuple[AddRow, ...]
    updates: tuple[UpdateRow, ...]
    words: Mapping[str, Words]


def setting_rows(found: FoundTab | None, wrote: Mapping[str, Words], settings: Settings, words: Locale) -> SettingRows:
    """A row for every setting, in their order; a row that people deleted comes back blank, a tab with its values.

    ``wrote``: what people wrote in the rows there are, or, of a tab that is gone, in those there were.
    """
    rows = _rows(found) if found else {}
    there = {c.key for c in found.columns if c.key} if found else set()
    adds: list[AddRow] = []
    updates: list[UpdateRow] = []
    kept = dict(wrote) if found else {}
    above: int | None = None
    for key in _every_key(wrote if found is None else {}):
        cells = fitted(_cells(key, settings, words))
        row = rows.get(key)
        if row is None:
            theirs = wrote.get(key, Words()) if found is None else Words()
            people = {k: writable(v) for k, v in theirs.people.items()}
            own = {h: writable(v) for h, v in theirs.own.items()}
            adds.append(AddRow(key=key, cells=cells, below=above, people=people, own=own))
            if people or own:
                kept[key] = Words(people=people, own=own)
            continue
        above = row.row
        if row.key is None:  # its key cell was cleared
            cells["key"] = Cell(value=key)
        if different := changed(cells, row, there):
            before = {k: row.machine.get(k) for k in different}
            updates.append(UpdateRow(key=key, row=row.row, cells=different, before=before))
    return SettingRows(adds=tuple(adds), updates=tuple(updates), words=kept)


def _rows(found: FoundTab) -> dict[str, TaskRow]:
    rows = {row.key: row for row in found.rows if row.key is not None}
    for row in found.rows:
        if row.key is None and row.copy_of is None and "setting" in row.machine and key_of(row) in specs():
            rows.setdefault(key_of(row), row)
    return rows


def _every_key(written: Mapping[str, Words]) -> Iterable[str]:
    return [*specs(), *(key for key in written if key not in specs() and spec_of(key) is not None)]


def _cells(key: str, settings: Settings, words: Locale) -> dict[str, Cell]:
    return {
        "setting": Cell(value=words.setting_name(key)),
        "default": Cell(value=shown(settings.default_of(key), words)),
        "what": Cell(value=words.setting(key)),
    }


def shown(value: Value, words: Locale) -> str:
    """A default as people read it."""
    if isinstance(value, bool):
        return words.answer("yes" if value else "no")
    if isinstance(value, date):
        return words.date(value, year=True)
    return words.number(value) if isinstance(value, int | float) else value or ""

"""The cards of the panel: today's tasks, one task, the question for the file, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cloud_function.addon import widgets
from cloud_function.addon.event import ACTION, KEY, SEEN, SPREADSHEET, TAB
from cloud_function.addon.list_of_tasks import TaskLine, TaskList
from cloud_function.addon.widgets import Widget
from sheets_sync.locale import Locale

SHOWN = 20
"""So many tasks a card lists, of three widgets at most."""
LONGEST_NOTE = 2_000
"""A note longer than this is not offered for change: a text field would give it back cut."""
NOTE, POSTPONE = "note", "postpone_to"
"""Names of the two fields."""

Card = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Cards in a person's language. ``url``: where their buttons call; ``spreadsheet``: '' where we may not open it."""

    words: Locale
    url: str
    spreadsheet: str = ""

    # ── cards ───────────────────────────────────────────────────────────────

    def home(self, tasks: TaskList, ticked: TaskLine | None = None) -> Card:
        """Today's tasks of a spreadsheet. ``ticked``: the one that was just ticked, and may have been by mistake."""
        words, to_do = self.words, tasks.to_do
        sections = [{"widgets": self._task(tasks, line)} for line in to_do[:SHOWN]]
        if tasks.updated_on is None:
            sections = [self._said(words.text("panel_first", button=words.text("panel_sync")))]
        elif not to_do:
            sections = [self._said(words.text("panel_nothing"))]
        elif len(to_do) > SHOWN:
            sections.append(self._said(words.text("panel_more", count=len(to_do) - SHOWN)))
        return {
            "name": "home",
            "header": {"title": widgets.plain(tasks.title, 80), "subtitle": self._updated(tasks)},
            "sections": [*self._undo(ticked), *self._counts(tasks), *sections],
            "fixedFooter": widgets.footer(self._button("panel_sync", "sync"), self._button("panel_refresh", "home")),
        }

    def task(self, tasks: TaskList, line: TaskLine) -> Card:
        """One task with all there is to it, and the fields for a day and a note."""
        words = self.words
        about = [widgets.labelled(self._when(tasks, line), line.customer, self._name(line))]
        about += [widgets.paragraph(text, 1_500) for text in (line.why, line.message) if text]
        about += self._contacts(line, widgets.link_button(words.text("panel_row"), self._row(line)))
        tick, back = self._tick(line), self._button("panel_back", "home")
        change: list[Widget] = []
        if "postpone_to" not in line.fixed:
            chosen = line.postpone_to if line.postpone_to and line.postpone_to > tasks.today else None
            picker = {"name": POSTPONE, "label": words.column("postpone_to"), "type": "DATE_ONLY", **_day(chosen)}
            change.append({"dateTimePicker": picker})
            change += widgets.buttons([self._on(line, "panel_postpone", "postpone", "postpone_to")])
        if "note" not in line.fixed:
            change += self._note(line)
        return {
            "name": "task",
            "header": {"title": widgets.plain(line.customer, 80) or "–", "subtitle": self._name(line)},
            "sections": [{"widgets": about}, *([{"widgets": change}] if change else [])],
            "fixedFooter": widgets.footer(*([back] if tick is None else [tick, back])),
        }

    def consent(self) -> Card:
        """The question for the file, before anything of it is read."""
        words = self.words
        return {
            "name": "consent",
            "header": {"title": words.text("panel_consent_title")},
            "sections": [self._said(words.text("panel_consent"))],
            "fixedFooter": widgets.footer(self._button("panel_consent_button", "grant")),
        }

    def failed(self, sentence: str) -> Card:
        """Why there is nothing to show."""
        return {
            "name": "failed",
            "header": {"title": self.words.text("panel_failed")},
            "sections": [self._said(sentence)],
            "fixedFooter": widgets.footer(self._button("panel_again", "home")),
        }

    # ── pieces ──────────────────────────────────────────────────────────────

    def _said(self, sentence: str) -> Widget:
        return {"widgets": [widgets.paragraph(sentence)]}

    def _updated(self, tasks: TaskList) -> str:
        if tasks.updated_on is None:
            return self.words.text("panel_never")
        if tasks.updated_on == tasks.today:
            return self.words.text("panel_updated_today")
        return self.words.text("panel_updated", day=tasks.updated_on)

    def _undo(self, ticked: TaskLine | None) -> list[Widget]:
        if ticked is None:
            return []
        button = self._on(ticked, "panel_undo", "untick", "done")
        return [{"widgets": [widgets.labelled(self.words.status("done"), ticked.customer, self._name(ticked), button)]}]

    def _counts(self, tasks: TaskList) -> list[Widget]:
        parts = [f"{self.words.status(status)}: {count}" for status, count in tasks.counts().items()]
        return [self._said(" · ".join(parts))] if parts else []

    def _task(self, tasks: TaskList, line: TaskLine) -> list[Widget]:
        details = self._button("panel_details", "task", {TAB: str(line.own), KEY: line.key})
        return [
            widgets.labelled(self._when(tasks, line), line.customer, self._name(line), self._tick(line)),
            widgets.paragraph(line.why, 300),
            *self._contacts(line, details, widgets.link_button(self.words.text("panel_row"), self._row(line))),
        ]

    def _contacts(self, line: TaskLine, *more: Widget) -> list[Widget]:
        ways = widgets.contacts(*line.contact)
        named = (("whatsapp", "panel_whatsapp"), ("call", "panel_call"), ("mail", "panel_mail"))
        links = [widgets.link_button(self.words.text(text), ways[way]) for way, text in named if way in ways]
        return widgets.buttons([*links, *more])

    def _note(self, line: TaskLine) -> list[Widget]:
        if len(line.note) > LONGEST_NOTE:
            return [widgets.paragraph(self.words.text("panel_long_note"))]
        field: Widget = {"name": NOTE, "label": self.words.column("note"), "type": "MULTIPLE_LINE", "value": line.note}
        field |= {"validation": {"characterLimit": LONGEST_NOTE}}
        return [{"textInput": field}, *widgets.buttons([self._on(line, "panel_save_note", "note", "note")])]

    def _when(self, tasks: TaskList, line: TaskLine) -> str:
        status = "open_today" if line.status == "open" and line.due == tasks.today else line.status
        return " · ".join(filter(None, (self.words.status(status), self.words.date(line.due) if line.due else "")))

    def _name(self, line: TaskLine) -> str:
        """What is to be done, in the person's language where it is one of our tasks."""
        try:
            return self.words.task(line.rule)
        except KeyError:
            return widgets.plain(line.task, 80)

    def _row(self, line: TaskLine) -> str:
        return f"https://docs.google.com/spreadsheets/d/{self.spreadsheet}/edit#gid={line.sheet}&range=A{line.row}"

    def _tick(self, line: TaskLine) -> Widget | None:
        return None if "done" in line.fixed else self._on(line, "panel_tick", "tick", "done")

    def _on(self, line: TaskLine, text: str, action: str, column: str) -> Widget:
        return self._button(text, action, {TAB: str(line.own), KEY: line.key, SEEN: line.seen(column)})

    def _button(self, text: str, action: str, given: Mapping[str, str] | None = None) -> Widget:
        carried = {ACTION: action, SPREADSHEET: self.spreadsheet, **(given or {})}
        return widgets.action_button(self.words.text(text), self.url, carried)


def _day(chosen: date | None) -> dict[str, str]:
    if chosen is None:
        return {}
    midnight = datetime(chosen.year, chosen.month, chosen.day, tzinfo=UTC)
    return {"valueMsEpoch": str(int(midnight.timestamp()) * 1000)}

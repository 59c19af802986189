"""What a click in the panel does, and the answer in the shapes that Google takes.

The person's own token reads and writes, for the one file that they let us open: whoever may not change the spreadsheet
cannot change it here. A tick, a day or a note goes into that person's cell of that task and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from google.oauth2.credentials import Credentials

from cloud_function.addon import pages, sync_now, widgets
from cloud_function.addon.event import KEY, SEEN, TAB, Event
from cloud_function.addon.list_of_tasks import TABS, TaskLine, TaskList, task_list
from cloud_function.addon.pages import Card, Pages
from cloud_function.door import Declined
from cloud_function.log_line import LogLine
from sheets_sync import locale
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.document import Document
from sheets_sync.backends.google.hand import Hand
from sheets_sync.backends.google.ink import Pen
from sheets_sync.backends.google.own_only import own_document
from sheets_sync.backends.google.patience import Patience
from sheets_sync.model import Value
from sheets_sync.problems import BackendError, Refusal, SheetsSyncError
from sheets_sync.style import cell_text

SCOPE = "https://www.googleapis.com/auth/drive.file"
"""The one scope that the Sheets API takes for a single file; ``spreadsheets.currentonly`` is for Apps Script's own
services only."""
MOST_PATIENCE, TIMEOUT = 6.0, (5.0, 20.0)
"""Seconds of waiting between the attempts of one request, and for its connection and its answer: Google gives the panel
about 30 for everything."""
_LONGEST_TYPED = 30_000

Answer = Mapping[str, Any]
Shown = tuple[Card, str | None]
"""A card and what is said beside it."""


class Panel:
    """One call."""

    def __init__(self, asked: Event, url: str, line: LogLine, clock: Callable[[], datetime] | None = None) -> None:
        """Nothing is read yet. ``url``: where the buttons call."""
        self._asked, self._url, self._line = asked, url, line
        self._now = (clock or _now)()
        self._words = locale.load(_language(asked.locale) or "en")

    def answer(self) -> Answer:
        """The answer. Declined where there is no such button."""
        asked = self._asked
        does = {
            "": self._home, "home": self._home, "task": self._task, "tick": self._tick, "untick": self._untick,
            "postpone": self._postpone, "note": self._note, "sync": self._sync,
        }  # fmt: skip
        self._line.say(action=asked.action if asked.action in {*does, "grant"} else "unknown")
        if asked.action == "grant":
            return {"renderActions": {"hostAppAction": {"editorAction": {"requestFileScopeForActiveDocument": {}}}}}
        if asked.action not in does:
            raise Declined(400, "field_wrong", "commonEventObject.parameters.action")
        if not asked.token or (asked.scopes is not None and SCOPE not in asked.scopes):
            return {"requesting_google_scopes": {"scopes": [SCOPE]}}
        if not asked.spreadsheet:
            return self._show(self._pages.consent())
        return self._done(does[asked.action])

    def _done(self, act: Callable[[], Shown]) -> Answer:
        """What an action shows, or why it came to nothing."""
        self._client = SheetsClient(Credentials(token=self._asked.token), Patience(most=MOST_PATIENCE))  # type: ignore[no-untyped-call]
        self._client.set_timeout(TIMEOUT)
        try:
            card, notice = act()
            self._line.say(outcome="shown")
            return self._show(card, notice)
        except SheetsSyncError as error:
            self._line.say(outcome="declined" if isinstance(error, Refusal) else "failed", code=error.code)
            return self._failed(error)
        finally:
            self._line.say(calls=self._client.traffic.summary())
            self._client.session.close()

    # ── actions ─────────────────────────────────────────────────────────────

    def _home(self) -> Shown:
        return self._pages.home(self._read()), None

    def _task(self) -> Shown:
        tasks = self._read()
        return self._pages.task(tasks, self._line_of(tasks)), None

    def _tick(self) -> Shown:
        return self._put("done", lambda _: True, "panel_ticked")

    def _untick(self) -> Shown:
        return self._put("done", lambda _: False, "panel_reopened")

    def _postpone(self) -> Shown:
        chosen = self._asked.day(pages.POSTPONE)

        def ahead(tasks: TaskList) -> date:
            if chosen is None or chosen <= tasks.today:
                raise Refusal("day_not_ahead")
            return chosen

        return self._put("postpone_to", ahead, "panel_postponed")

    def _note(self) -> Shown:
        written = self._asked.text(pages.NOTE) or ""
        if len(written) > _LONGEST_TYPED:
            raise Declined(400, "field_wrong", pages.NOTE)
        text = cell_text(written)
        return self._put("note", lambda _: text if text.strip() else None, "panel_noted")

    def _sync(self) -> Shown:
        found = self._found()
        notice = sync_now.sync(
            self._asked.spreadsheet, found, client=self._client, line=self._line, words=self._words, now=self._now
        )
        return self._pages.home(self._read()), notice

    def _put(self, column: str, value: Callable[[TaskList], Value], said: str) -> Shown:
        """A person's cell written, if it still holds what the card showed."""
        found = self._found()
        tasks = self._listed(found)
        line, wanted = self._line_of(tasks), value(tasks)
        if self._asked.parameters.get(SEEN) != line.seen(column):
            raise Refusal("cell_changed")
        pen = Pen(language=tasks.language, ids={})
        hand = Hand(self._client, self._asked.spreadsheet, found, line.own, pen)
        hand.put(line.key, column, wanted, line.people.get(column))
        day = {"day": wanted} if isinstance(wanted, date) else {}
        now = self._read()
        ticked = now.line(line.own, line.key) if wanted is True else None
        return self._pages.home(now, ticked), self._words.text(said, customer=line.customer, **day)

    # ── reading ─────────────────────────────────────────────────────────────

    def _found(self) -> Document:
        return own_document(self._client, self._asked.spreadsheet, TABS)

    def _read(self) -> TaskList:
        return self._listed(self._found())

    def _listed(self, found: Document) -> TaskList:
        tasks = task_list(self._asked.spreadsheet, found, self._now)
        if _language(self._asked.locale) is None:  # a person whose language we do not speak gets the spreadsheet's
            self._words = locale.load(tasks.language)
        return tasks

    def _line_of(self, tasks: TaskList) -> TaskLine:
        given = self._asked.parameters
        line = tasks.line(given.get(TAB, ""), given.get(KEY, ""))
        if line is None:
            raise Refusal("row_gone")
        return line

    # ── answering ───────────────────────────────────────────────────────────

    @property
    def _pages(self) -> Pages:
        return Pages(words=self._words, url=self._url, spreadsheet=self._asked.spreadsheet)

    def _show(self, card: Card, notice: str | None = None) -> Answer:
        """A card is pushed where the panel was opened, and takes the place of the one whose button was pressed."""
        if not self._asked.action:
            return {"action": {"navigations": [{"pushCard": card}]}}
        action: dict[str, Any] = {"navigations": [{"updateCard": card}]}
        if notice is not None:
            action["notification"] = {"text": widgets.plain(notice, 200)}
        return {"renderActions": {"action": action}}

    def _failed(self, error: SheetsSyncError) -> Answer:
        """A sentence: beside the list as it now is where a task's button came too late, else on a card of its own."""
        code = {"google_bad_credentials": "panel_expired"}.get(error.code, error.code)
        if code == "google_not_found":  # the file was never granted, or no longer is
            return self._show(self._pages.consent())
        sentence = self._words.error(code, error.params)
        if isinstance(error, Refusal) and TAB in self._asked.parameters:
            try:
                return self._show(self._pages.home(self._read()), sentence)
            except BackendError:
                pass
        return self._show(self._pages.failed(sentence))


def _language(named: str) -> str | None:
    """The one of our languages that a person's locale names; None for any other."""
    folded = named.replace("_", "-").casefold().partition("-")[0]
    return next((language for language in locale.LANGUAGES if language.casefold().partition("-")[0] == folded), None)


def _now() -> datetime:
    return datetime.now(UTC)

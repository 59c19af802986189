"""A plan made true: one batch, applied whole or not at all, and taken back where it met what nobody had read.

The answer says what the batch met. If a row it went to had moved, or people had written into a row it took away, the
whole batch is taken back and the run plans anew from what is there now. If anything else had changed meanwhile, the
batch was right as far as it went, and the run looks again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheets_sync import locale
from sheets_sync.backends.google import born
from sheets_sync.backends.google.batch import Batches, Changed, Images
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.backends.google.conflict import Meant
from sheets_sync.backends.google.document import Document
from sheets_sync.backends.google.ink import Pen
from sheets_sync.backends.google.installments import parts, slices
from sheets_sync.backends.google.looks import Looks, Request
from sheets_sync.backends.google.refusals import AnswerLostError, RequestDeclinedError
from sheets_sync.backends.google.tab_changes import tab_changes
from sheets_sync.backends.google.tab_requests import Place, usual_currency
from sheets_sync.backends.google.take_back import Memories, take_back
from sheets_sync.model import OwnTab, Plan, TabPlan
from sheets_sync.problems import BackendError, PlanAgain


class Writer:
    """Writes one plan into the spreadsheet that ``found`` read."""

    def __init__(self, client: SheetsClient, spreadsheet: str, found: Document, plan: Plan) -> None:
        """Nothing is sent yet. PlanAgain where the plan is about another state."""
        self._document = found
        self._words = locale.load(plan.language)
        self._ids = dict(found.ids)
        new = [tab for tab in plan.tabs if tab.found is None]
        taken = {sheet.id for sheet in found.sheets}
        self._ids |= {tab.title: born.free_id(tab.own, taken) for tab in new}
        self._births = {tab.own: born.Birth(tab, self._ids[tab.title], self._words, self._ids) for tab in new}
        self._parts, self._whole = parts(plan, found.workbook.memory)
        self._batches = Batches(client, spreadsheet, found, self._free_title(self._words.title(OwnTab.SYNC)))

    @property
    def last_write(self) -> int:
        """The id of the last write that was applied for this plan."""
        return self._batches.last_write

    def _free_title(self, wished: str) -> str:
        taken = {title.casefold() for title in self._ids}
        title, n = wished, 1
        while title.casefold() in taken:
            n += 1
            title = f"{wished} {n}"
        return title

    def _change(self, tab: TabPlan) -> Changed:
        sheet = self._document.own.get(tab.own)
        if tab.found is None or sheet is None or sheet.title != tab.found.title:
            raise PlanAgain(written=False)
        made = tab_changes(tab, tab.found, self._document.workbook.grids[tab.own], self._words)
        fresh = [row for rows in made.changes.born.values() for row in rows]
        looks = Looks(
            sheet=sheet.id, own=tab.own, words=self._words, positions=made.positions,
            currency=usual_currency(fresh),
        )  # fmt: skip
        place = Place(
            sheet=sheet.id, row_count=sheet.row_count, column_count=sheet.column_count, looks=looks,
            header_row=tab.found.header_row, conditions=sheet.conditions, filtered=sheet.filtered,
            pen=Pen(language=self._words.language, ids=self._ids, linked=looks.linked),
        )  # fmt: skip
        read = self._document.image(tab.own)
        meant = Meant(read, tab.found, made.changes)
        return Changed(sheet=sheet, place=place, changes=made.changes, read=read, meant=meant)

    def write(self) -> None:
        """All of it. PlanAgain where the spreadsheet is not the one that was read; BackendError ``google_…``."""
        for number, part in enumerate(self._parts):
            changed = [self._change(tab) for tab in part.tabs if not tab.empty]
            before = self._send(changed, self._born(number), part.memory, first=number == 0)
            if changed:
                self._settle(changed, before, part.memory)
        if not self._whole:
            raise PlanAgain(written=True, partly=True)

    def _born(self, number: int) -> list[Request]:
        requests: list[Request] = []
        for own, (first, end) in slices(self._parts, number).items():
            birth = self._births[own]
            rows = birth.rows[first:end]
            new = number == 0 or own not in self._parts[number - 1].born
            requests += birth.requests(rows) if new else birth.more(rows, first)
        return requests

    def _send(self, changed: Sequence[Changed], more: Sequence[Request], memory: str | None, *, first: bool) -> Images:
        try:
            courses = {c.sheet.id: [c.changes] for c in changed}
            return self._batches.send(changed, courses, more, memory, {c.sheet.id: c.read for c in changed})
        except RequestDeclinedError as declined:
            lost = "requests[0]" in declined.message  # the guard: another worker was first
            cause = None if lost else BackendError("google_declined", detail=declined.message[:300], status=400)
            raise PlanAgain(written=not first, cause=cause) from declined
        except AnswerLostError as error:
            raise PlanAgain(written=True) from error

    def _settle(self, changed: Sequence[Changed], before: Images, memory: str | None) -> None:
        """What the batch met, compared with what was read."""
        if any(c.meant.missed(before[c.sheet.id]) for c in changed):
            unborn: list[Request] = [
                {"deleteSheet": {"sheetId": self._births[own].place.sheet}} for own in self._parts[0].born
            ]
            back = take_back(self._batches, changed, before, unborn, Memories(self._document.workbook.memory, memory))
            raise PlanAgain(written=not back)
        if any(c.meant.stirred(before[c.sheet.id]) for c in changed):
            raise PlanAgain(written=True)

"""Google spreadsheets, through gspread's HTTP client. Google's libraries are imported only where one is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from sheets_sync.model import Applied, Plan, RawTab, TabLayout, Workbook
from sheets_sync.problems import PlanAgain

if TYPE_CHECKING:
    from sheets_sync.backends.google.client import SheetsClient
    from sheets_sync.backends.google.document import Document


class GoogleBackend:
    """A spreadsheet (``backends/base.py`` is the contract). One request reads it whole, one batch writes."""

    def __init__(
        self, spreadsheet: str, client: Callable[[], SheetsClient] | None = None, *, undoable: bool = True
    ) -> None:
        """``spreadsheet``: its id; ``client``: makes the way to Google; ``undoable``: what ``undo`` needs is kept on
        this machine's disk. Nothing is asked yet."""
        self.spreadsheet, self._undoable = spreadsheet, undoable
        self._make = client or _client
        self._client: SheetsClient | None = None
        self._found: Document | None = None
        self._undone = self._last_write = 0

    @property
    def client(self) -> SheetsClient:
        """The way to Google. ConfigError, BackendError where there are no credentials."""
        if self._client is None:
            self._client = self._make()
        return self._client

    # ── the contract ────────────────────────────────────────────────────────

    def open(self) -> Workbook:
        """Read all tabs at one moment. BackendError ``google_…``."""
        from sheets_sync.backends.google import document  # noqa: PLC0415  (only where a spreadsheet is read)

        self._found = document.document(self.client.read(self.spreadsheet, document.FIELDS))
        return self._found.workbook

    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]:
        """The recognised source tabs, out of the same reading."""
        assert self._found is not None  # noqa: S101  (open comes first)
        return tuple(self._found.load(layout) for layout in layouts)

    def apply(self, plan: Plan) -> Applied:
        """Write in one batch. PlanAgain where the spreadsheet is not the one that was read."""
        from sheets_sync.backends.google.kept import Kept  # noqa: PLC0415  (only where a spreadsheet is written)
        from sheets_sync.backends.google.writer import Writer  # noqa: PLC0415

        assert self._found is not None  # noqa: S101  (open comes first)
        if plan.empty:
            return Applied(changed=False)
        found, self._found = self._found, None
        kept = Kept(self.spreadsheet)
        if self._undoable:
            kept.keep(found.workbook, found.generation.last_id)
        writer = Writer(self.client, self.spreadsheet, found, plan)
        try:
            writer.write()
        except PlanAgain as again:
            if again.written:
                kept.ended(writer.last_write)
            raise
        kept.ended(writer.last_write)
        self._last_write = writer.last_write
        return Applied(changed=True)

    def close(self) -> None:
        """Let go of the connection; safe to call twice."""
        if self._client is not None:
            self._client.session.close()
        self._client, self._found = None, None

    def traffic(self) -> Mapping[str, int] | None:
        """What travelled so far."""
        return self._client.traffic.summary() if self._client is not None else None

    # ── the doctor's questions ──────────────────────────────────────────────

    def account(self) -> str:
        """The service account's address, '' for a person's login. ConfigError, BackendError without credentials."""
        return self.client.account

    def try_to_write(self) -> None:
        """BackendError where the spreadsheet may only be read. The write asked for finds nothing to change."""
        from sheets_sync.backends.google.refusals import AnswerLostError, RequestDeclinedError  # noqa: PLC0415

        nothing = {"developerMetadataLookup": {"metadataId": 1, "metadataKey": "sheets-sync:nothing"}}
        body = {"requests": [{"deleteDeveloperMetadata": {"dataFilter": nothing}}]}
        with suppress(RequestDeclinedError, AnswerLostError):
            self.client.write(self.spreadsheet, body, "spreadsheetId")

    # ── taking a run back ───────────────────────────────────────────────────

    def before(self) -> Workbook | None:
        """Our tabs and the memory as they were before the last run; None where another computer made that run."""
        from sheets_sync.backends.google.kept import Kept  # noqa: PLC0415

        self.open()
        assert self._found is not None  # noqa: S101
        self._undone = self._found.generation.last_id
        return Kept(self.spreadsheet).before(self._undone)

    def restore(self) -> bool:
        """False: a spreadsheet is never put back whole, since people may be typing in it."""
        return False

    def forget(self) -> None:
        """The last run was taken back: the one before it can be, next."""
        from sheets_sync.backends.google.kept import Kept  # noqa: PLC0415

        Kept(self.spreadsheet).forget(self._undone, self._last_write)


def _client() -> SheetsClient:
    from sheets_sync.backends.google.address import api  # noqa: PLC0415

    api()  # a wrong address is told before anything is looked for
    from sheets_sync.backends.google import credentials  # noqa: PLC0415  (Google's libraries: only where asked for)
    from sheets_sync.backends.google.client import SheetsClient  # noqa: PLC0415

    return SheetsClient(credentials.find())

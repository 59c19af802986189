"""Which kinds of request exist here, and what a request may use while it is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.sheets_server.ids import Ids
from tests.sheets_server.proto_json import Json
from tests.sheets_server.spreadsheet import Spreadsheet


@dataclass
class Batch:
    """A batch that is being applied: the fork it changes, and where new ids and the time come from."""

    book: Spreadsheet
    ids: Ids
    now: Callable[[], datetime]
    account: str

    def new_id(self) -> int:
        return self.ids.number(taken=set(self.book.used_ids()))


Handler = Callable[[Batch, Json], Json | None]
HANDLERS: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register what applies one kind of request; it returns the reply, None for an empty one."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register

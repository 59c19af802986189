"""``spreadsheets.batchUpdate``: every request on a fork, which is published whole or thrown away."""

from __future__ import annotations

import importlib
import pkgutil

from tests.sheets_server import requests
from tests.sheets_server.errors import ApiError, NotOffered, RequestError, invalid
from tests.sheets_server.proto_json import Json
from tests.sheets_server.requests.refused import REFUSED
from tests.sheets_server.requests.registry import HANDLERS, Batch

for _module in pkgutil.iter_modules(requests.__path__):
    importlib.import_module(f"{requests.__name__}.{_module.name}")


def apply(batch: Batch, given: list[Json]) -> list[Json]:
    """The replies of a batch, after the fork in it was changed; ApiError where one request cannot be."""
    if not given:
        raise invalid("Must specify at least one request.")
    replies: list[Json] = []
    for index, request in enumerate(given):
        if not request:
            raise invalid(f"Invalid requests[{index}]: No request set.")
        (kind, body), *_ = request.items()
        if kind not in HANDLERS:
            raise NotOffered(f"batchUpdate requests of kind {kind} ({REFUSED.get(kind, 'not known')})")
        try:
            reply = HANDLERS[kind](batch, body)
        except RequestError as wrong:
            raise invalid(f"Invalid requests[{index}].{kind}: {wrong}") from None
        except ApiError as wrong:
            raise ApiError(wrong.code, f"Invalid requests[{index}].{kind}: {wrong.message}") from None
        replies.append({} if reply is None else {kind: reply})
    return replies

"""From an HTTP request to its answer: method, checks, quota, faults, hooks, and the check of what is answered."""

from __future__ import annotations

import json
import threading
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sheets_server import drive_methods, field_mask, sheets_methods, zones
from tests.sheets_server.accounts import Accounts
from tests.sheets_server.answer_check import check_answer
from tests.sheets_server.clock import Clock
from tests.sheets_server.discovery import Api, Method
from tests.sheets_server.errors import ApiError, NotOffered, RequestError, bad_request, invalid, not_found, not_offered
from tests.sheets_server.faults import Fault, FaultPlan, error_of
from tests.sheets_server.files import Files
from tests.sheets_server.ids import Ids
from tests.sheets_server.proto_json import Json, read, read_query
from tests.sheets_server.quota import Quota
from tests.sheets_server.rendering import View

MOST_BYTES = 10 * 1024 * 1024
_BODY_FIELD = {
    "sheets.spreadsheets.values.update": "data",
    "sheets.spreadsheets.values.append": "data",
    "sheets.spreadsheets.create": "spreadsheet",
}
_CUTS_ITSELF = {f"sheets.spreadsheets.{name}" for name in ("get", "create", "batchUpdate", "getByDataFilter")}


@dataclass
class Call:
    """One request to the API, as the journal keeps it."""

    number: int
    method: str
    write: bool
    path: str
    query: str
    body: Any
    request_bytes: int
    status: int = 0
    answer_bytes: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; ``fault`` says what happens to it on the way."""

    status: int
    content: bytes
    media_type: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None


class Service:
    """The two APIs and the token endpoint over one set of files."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.ids = Ids()
        self.files = Files(self.ids, self.clock.now)
        self.accounts = Accounts()
        self.quota = Quota(self.clock.now)
        self.faults = FaultPlan()
        self.journal: list[Call] = []
        self.latency = 0.0
        self.url = ""
        self.before_calls: list[Callable[[Call], None]] = []
        self._lock = threading.Lock()

    def answer(self, verb: str, target: str, headers: dict[str, str], content: bytes) -> Answer:
        """The answer to one HTTP request."""
        url = urllib.parse.urlsplit(target)
        if verb == "POST" and url.path == "/token":
            granted = self.accounts.grant(content.decode("utf-8", "replace"))
            return Answer(400 if "error" in granted else 200, json.dumps(granted).encode())
        found = self._find(verb, url.path)
        call = Call(
            0, found[1].id if found else url.path, _is_write(verb, found), url.path, url.query, None, len(content)
        )
        with self._lock:
            call.number = len(self.journal) + 1
            self.journal.append(call)
        if self.latency:
            time.sleep(self.latency)
        fault = self.faults.next()
        call.fault = fault.kind if fault else ""
        answer = self._answer(call, found, verb, url, headers, content, fault)
        call.status, call.answer_bytes = answer.status, len(answer.content)
        return answer

    def _answer(
        self,
        call: Call,
        found: tuple[Api, Method, dict[str, str]] | None,
        verb: str,
        url: urllib.parse.SplitResult,
        headers: dict[str, str],
        content: bytes,
        fault: Fault | None,
    ) -> Answer:
        try:
            if fault is not None and (error := error_of(fault)) is not None:
                raise error
            if fault is not None and not fault.kind.applies:
                return Answer(0, b"", fault=fault)
            self.accounts.check(headers.get("authorization"), drive="/drive/" in url.path)
            if len(content) > MOST_BYTES:
                raise ApiError(413, "Request payload size exceeds the limit: 10485760 bytes.")
            if found is None:
                return self._upload_or_nothing(verb, url, content)
            api, method, path = found
            if api.name == "sheets.v4":
                self.quota.take(write=call.write)
            result = self._call(call, api, method, path, url.query, content)
            answer = self._written(result)
        except ApiError as error:
            answer = _error_answer(error)
        except NotOffered as refused:
            answer = _error_answer(not_offered(str(refused)))
        except RequestError as wrong:
            answer = _error_answer(invalid(str(wrong)))
        if fault is not None and fault.kind.applies:
            return Answer(answer.status, answer.content, fault=fault)
        return answer

    @staticmethod
    def _find(verb: str, path: str) -> tuple[Api, Method, dict[str, str]] | None:
        for api in (sheets_methods.API, drive_methods.API):
            if (found := api.find(verb, path)) is not None:
                method, given = found
                return api, method, {key: urllib.parse.unquote(value) for key, value in given.items()}
        return None

    def _call(
        self, call: Call, api: Api, method: Method, path: dict[str, str], query_text: str, content: bytes
    ) -> Json | drive_methods.Download | None:
        pairs = urllib.parse.parse_qsl(query_text, keep_blank_values=True)
        query = read_query(method.parameters, pairs, lenient=api.name.startswith("drive"))
        body = self._body(api, method, content)
        call.body = body
        for hook in list(self.before_calls):
            hook(call)
        if method.id not in sheets_methods.METHODS and method.id not in drive_methods.METHODS:
            raise NotOffered(f"the method {method.id}")
        if "COMMENTS" in (query.get("commentsViewMode") or body.get("commentsViewMode") or ""):
            raise NotOffered("comments")
        mask = field_mask.for_reading(api, method.answer, query.get("fields")) if method.answer else None
        if api.name == "sheets.v4":
            asked = sheets_methods.Asked(
                self.files, self.accounts.email, self.clock.now, path, query, body, mask, "https://docs.google.com"
            )
            answer = sheets_methods.METHODS[method.id](asked)
            if (
                mask is not None and method.id.split(".")[-1] not in ("get", "create", "batchUpdate", "getByDataFilter")
            ) or (mask is not None and ".values." in method.id):
                answer = field_mask.cut(answer, mask)
            checked: Any = answer
        else:
            drive = drive_methods.Asked(self.files, self.accounts.email, path, query, body, mask, self._view)
            result = drive_methods.METHODS[method.id](drive)
            if not isinstance(result, dict):
                return result
            checked = field_mask.cut(result, mask)
        if method.answer:
            check_answer(api.name, method.answer, checked)
        return checked  # type: ignore[no-any-return]

    def _view(self, book: Any) -> View:
        zone = zones.zone(book.time_zone)
        return View(book, lambda: self.clock.now().astimezone(zone).replace(tzinfo=None))

    @staticmethod
    def _body(api: Api, method: Method, content: bytes) -> Json:
        if not content:
            return {}
        try:
            given = json.loads(content)
        except ValueError:
            said = "Invalid JSON payload received. Unexpected token.\n" + content.decode("utf-8", "replace")[:40]
            raise bad_request([("", said)]) from None
        if method.request is None:
            if given:
                raise bad_request([("", "Invalid JSON payload received. Unknown name: Cannot find field.")])
            return {}
        return read(api, method.request, given, _BODY_FIELD.get(method.id, ""))

    def _upload_or_nothing(self, verb: str, url: urllib.parse.SplitResult, content: bytes) -> Answer:
        prefix = "/upload/drive/v2/files/"
        if verb == "PUT" and url.path.startswith(prefix):
            made = drive_methods.upload_csv(self.files, self.accounts.email, url.path.removeprefix(prefix), content)
            check_answer("drive.v2", "File", made)
            return self._written(made)
        if url.path.startswith(("/v4/", "/drive/", "/upload/")):
            raise not_offered(f"{verb} {url.path}")
        raise not_found()

    @staticmethod
    def _written(result: Json | drive_methods.Download | None) -> Answer:
        if result is None:
            return Answer(204, b"")
        if isinstance(result, drive_methods.Download):
            return Answer(200, result.content, result.media_type)
        return Answer(200, json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode())


def _is_write(verb: str, found: tuple[Api, Method, dict[str, str]] | None) -> bool:
    return verb != "GET" and not (found and found[1].id in sheets_methods.READS_BY_POST)


def _error_answer(error: ApiError) -> Answer:
    return Answer(error.code, json.dumps(error.body(), indent=2).encode(), headers=error.headers)

"""The one way to Google: time-outs, bounded repeating of what is safe to repeat, and an account of what travelled.

A read is repeated whatever happened to it. A write is repeated only where it surely did nothing (429, no connection);
where its answer is lost nobody knows, so it is told (``AnswerLostError``) and the spreadsheet is read again.
"""

from __future__ import annotations

import json as jsons
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from gspread.exceptions import APIError
from gspread.http_client import HTTPClient
from requests import ConnectionError as NoConnectionError
from requests import ConnectTimeout, RequestException, Response
from urllib3.exceptions import MaxRetryError, NewConnectionError

from sheets_sync.backends.google import credentials as identity
from sheets_sync.backends.google import refusals
from sheets_sync.backends.google.address import GOOGLE, api
from sheets_sync.backends.google.local_session import local_session
from sheets_sync.backends.google.patience import Patience
from sheets_sync.backends.google.refusals import AnswerLostError, RequestDeclinedError
from sheets_sync.backends.google.traffic import Call, Traffic
from sheets_sync.problems import BackendError

CONNECT, ANSWER = 10.0, 190.0
"""Seconds: Google gives up on a request of its own accord after 180."""
_SPREADSHEET = GOOGLE + "/v4/spreadsheets/%s"
_PART_OF_IT = ":getByDataFilter"
"""A reading by POST: any number of ranges, named by the ids of their sheets."""


class SheetsClient(HTTPClient):
    """gspread's client with patience. ``account``: the address a sheet must be shared with ('' = a person's login)."""

    def __init__(self, credentials: Any, patience: Patience | None = None) -> None:
        """ConfigError where a variable names another server than this machine's."""
        self._api = api()
        super().__init__(credentials, None if self._api == GOOGLE else local_session(credentials))
        self.session.headers["User-Agent"] = "sheets-sync (gzip)"  # Google packs its answers for who says so
        self.account = identity.address(credentials)
        self.traffic = Traffic()
        self._patience = patience or Patience()
        self.set_timeout((CONNECT, ANSWER))

    def request(  # noqa: PLR0917  (gspread's own)
        self,
        method: str,
        endpoint: str,
        params: Mapping[str, Any] | None = None,
        data: bytes | None = None,
        json: Mapping[str, Any] | None = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """One request, not repeated; APIError where the answer is no success."""
        if json is not None:
            data = jsons.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
            headers = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        write, sent = method.lower() != "get" and not endpoint.endswith(_PART_OF_IT), len(data or b"")
        try:
            response = self.session.request(
                method=method, url=endpoint.replace(GOOGLE, self._api, 1), params=params, data=data, files=files,
                headers=headers, timeout=self.timeout, allow_redirects=False,
            )  # fmt: skip
        except Exception:
            self.traffic.calls.append(Call(write=write, status=0, sent=sent, received=0))
            raise
        size = len(response.content)
        self.traffic.calls.append(Call(write=write, status=response.status_code, sent=sent, received=size))
        if response.status_code != 200:
            raise APIError(response)
        return response

    def read(self, spreadsheet: str, fields: str, areas: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any]:
        """A spreadsheet with the fields asked for; ``areas``: only what lies there. BackendError ``google_…``."""
        with self._waiting() as begun:
            return self._read(spreadsheet, fields, areas, begun)

    def write(self, spreadsheet: str, body: Mapping[str, Any], fields: str) -> dict[str, Any]:
        """A batch of changes, applied whole or not at all; the fields asked for of the answer.

        RequestDeclinedError (400, nothing applied), AnswerLostError (nobody knows), BackendError ``google_…``.
        """
        with self._waiting() as begun:
            return self._write(spreadsheet, body, fields, begun)

    @contextmanager
    def _waiting(self) -> Iterator[float]:
        begun = self._patience.clock()
        try:
            yield begun
        finally:
            self.traffic.waited += self._patience.clock() - begun

    def _read(
        self, spreadsheet: str, fields: str, areas: Sequence[Mapping[str, Any]] | None, begun: float
    ) -> dict[str, Any]:
        url, asked = _SPREADSHEET % spreadsheet, {"fields": fields, "prettyPrint": "false"}
        filters = {"dataFilters": [{"gridRange": area} for area in areas]} if areas is not None else None
        attempt = 0
        while True:
            attempt += 1
            told, last = None, refusals.unreachable()
            try:
                if filters is None:
                    return _object(self.request("get", url, asked))
                return _object(self.request("post", url + _PART_OF_IT, asked, json=filters))
            except APIError as error:
                told, last = self._later(error)
            except TransportError:
                pass
            except GoogleAuthError as error:
                raise _auth_refusal(error) from error
            except (RequestException, ValueError):  # no answer, or one that is none
                pass
            if not self._patience.wait(attempt, begun, told):
                raise last

    def _write(self, spreadsheet: str, body: Mapping[str, Any], fields: str, begun: float) -> dict[str, Any]:
        attempt = 0
        while True:
            attempt += 1
            told = None
            try:
                url = f"{_SPREADSHEET % spreadsheet}:batchUpdate"
                response = self.request("post", url, {"fields": fields, "prettyPrint": "false"}, json=body)
                return _object(response)
            except APIError as error:
                if error.response.status_code == 400:
                    raise RequestDeclinedError(str(error.error.get("message", ""))) from error
                if error.response.status_code >= 500 or error.response.status_code < 400:
                    raise AnswerLostError from error
                told, last = self._later(error)
            except TransportError as error:  # of the token's server: the write has not left
                last = refusals.unreachable()
                last.__cause__ = error
            except GoogleAuthError as error:
                raise _auth_refusal(error) from error
            except (RequestException, ValueError) as error:
                if not _never_left(error):
                    raise AnswerLostError from error
                last = refusals.unreachable()
            if not self._patience.wait(attempt, begun, told):
                raise last

    def _later(self, error: APIError) -> tuple[str | None, BackendError]:
        """What a declined request says of trying again: its Retry-After, and the error for when we give up.

        Raises that error at once where repeating cannot help.
        """
        response = error.response
        said = error.error if isinstance(error.error, dict) else {}
        status = response.status_code
        if refusals.is_quota(status, said):
            return response.headers.get("Retry-After"), refusals.quota()
        if status >= 500 or status < 400 or status == 408:
            return response.headers.get("Retry-After"), refusals.unreachable()
        raise refusals.refusal(status, said, account=self.account) from error


def _object(response: Response) -> dict[str, Any]:
    """The answer's JSON; ValueError where it is none."""
    answer = response.json()
    if not isinstance(answer, dict):
        raise ValueError("an answer that is no object")
    return answer


def _never_left(error: Exception) -> bool:
    """True where no connection was made at all, so nothing can have been applied."""
    if isinstance(error, ConnectTimeout):
        return True
    inner = error.args[0] if isinstance(error, NoConnectionError) and error.args else None
    reason = inner.reason if isinstance(inner, MaxRetryError) else inner
    return isinstance(reason, NewConnectionError)


def _auth_refusal(error: GoogleAuthError) -> BackendError:
    if isinstance(error, RefreshError) and getattr(error, "retryable", False):
        return refusals.unreachable()
    return BackendError("google_bad_credentials")

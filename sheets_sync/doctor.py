"""``sheets-sync doctor``: what is in order between this computer and a workbook, and what to do about the rest.

Each check says its own sentence; the first that fails ends the list, since those after it rest on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from msgspec import Struct

from sheets_sync import locale
from sheets_sync.backends.base import Backend
from sheets_sync.config import known_place
from sheets_sync.model import Value, Workbook
from sheets_sync.problems import BackendError, SheetsSyncError
from sheets_sync.tables.recognise import recognise


class Finding(Struct, frozen=True, kw_only=True):
    """One check. ``code``: of locale ``[text]``, or ``[errors]`` where it failed; ``params``: what it names."""

    check: str
    code: str
    params: dict[str, Value]
    error: SheetsSyncError | None = None
    doubt: bool = False

    @property
    def fine(self) -> bool:
        """True where there is nothing to do."""
        return self.error is None and not self.doubt

    def sentence(self, words: locale.Locale) -> str:
        """What it says."""
        return words.text(self.code, **self.params) if self.error is None else words.error(self.code, self.params)


class Writable(Backend, Protocol):
    """A backend that can be asked, once it is open, whether it would take what a run writes."""

    def try_to_write(self) -> None:
        """Raise BackendError where the workbook may be read but not changed; change nothing."""


class Examined(Writable, Protocol):
    """A backend on a spreadsheet, which can be asked more than a file."""

    def account(self) -> str:
        """The address of the service account, '' for a person's login. ConfigError, BackendError without one."""


def of_file(backend: Writable) -> Iterator[Finding]:
    """A workbook file: can it be opened and written, which tabs count."""
    yield from _guarded("access", lambda: _opened(backend))


def of_spreadsheet(backend: Examined) -> Iterator[Finding]:
    """A spreadsheet: credentials, API, access, locale, quota, tabs."""

    def credentials() -> Iterator[Finding]:
        account = backend.account()
        code = "doctor_credentials" if account else "doctor_credentials_person"
        yield Finding(check="credentials", code=code, params={"account": account})

    def access() -> Iterator[Finding]:
        workbook = backend.open()
        yield Finding(check="api", code="doctor_api", params={})
        backend.try_to_write()
        yield Finding(check="access", code="doctor_access", params={"workbook": workbook.name})
        yield _place(workbook)
        yield Finding(check="quota", code="doctor_quota", params={})
        yield from _tabs(workbook)

    for check, ask in (("credentials", credentials), ("access", access)):
        found = list(_guarded(check, ask))
        yield from found
        if any(finding.error for finding in found):
            return


def _guarded(check: str, ask: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from ask()
    except SheetsSyncError as error:
        yield Finding(check=_check_of(error.code, check), code=error.code, params=dict(error.params), error=error)


def _check_of(code: str, check: str) -> str:
    named = {
        "google_api_off": "api", "google_unreachable": "api", "google_quota": "quota", "google_no_scope": "credentials",
        "google_bad_credentials": "credentials", "no_usable_tab": "tabs",
    }  # fmt: skip
    return named.get(code, check)


def _opened(backend: Writable) -> Iterator[Finding]:
    workbook = backend.open()
    backend.try_to_write()
    yield Finding(check="access", code="doctor_file", params={"workbook": workbook.name})
    yield from _tabs(workbook)


def _place(workbook: Workbook) -> Finding:
    params: dict[str, Value] = {"locale": workbook.locale or "—", "timezone": workbook.timezone or "—"}
    known = bool(known_place(workbook.locale or ""))
    code = "doctor_locale" if known else "doctor_locale_unknown"
    return Finding(check="locale", code=code, params=params, doubt=not known)


def _tabs(workbook: Workbook) -> Iterator[Finding]:
    titles = [layout.title for layout in recognise(workbook.tabs, {}).layouts]
    if not titles:
        raise BackendError("no_usable_tab", command="sheets-sync new")
    yield Finding(check="tabs", code="doctor_tabs", params={"tabs": ", ".join(titles)})


def lines(findings: list[Finding], words: locale.Locale) -> Iterator[str]:
    """What people read."""
    for finding in findings:
        yield f"{'✓' if finding.fine else '?' if finding.doubt else '✗'} {finding.sentence(words)}"


def to_json(findings: list[Finding], words: locale.Locale) -> dict[str, Any]:
    """The same for programs."""
    return {"checks": [{"check": f.check, "ok": f.fine, "message": f.sentence(words)} for f in findings]}

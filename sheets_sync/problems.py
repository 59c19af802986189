"""What can go wrong, by whose fault: their data is a value (``Problem``), the rest are these exceptions.

Codes, places and parameters only; every sentence is in the locale files under ``[problems]`` (a Problem's code) or
``[errors]`` (an exception's code).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheets_sync.model import Problem, Severity, Value, Where


class SheetsSyncError(Exception):
    """A stop that a person can do something about; ``code`` and ``params`` make its sentence."""

    exit_code = 70
    language: str | None = None
    """The workbook's, where it is known: its sentence is said in it."""

    def __init__(self, code: str, /, **params: Value) -> None:
        """``code``: of locale ``[errors]``; ``params``: what its sentence names."""
        super().__init__(code)
        self.code = code
        self.params = params


class ConfigError(SheetsSyncError):
    """Settings or usage: located at file + key."""

    exit_code = 2


class Refusal(SheetsSyncError):  # noqa: N818  (the house's word: nothing went wrong, we decline)
    """A plan we decline; its sentence names the cure."""

    exit_code = 3


class PlanAgain(Refusal):
    """The workbook is no longer the one that was planned for, and may be read and planned for anew at once.

    ``written``: what was planned has been written, or may have been; ``partly``: as far as there was room.
    ``cause``: what to say where planning anew does not help; None = that it changed under us.
    """

    def __init__(self, *, written: bool, partly: bool = False, cause: SheetsSyncError | None = None) -> None:
        """See the class."""
        super().__init__("changed_under_us")
        self.written, self.partly = written, partly
        self.cause = cause


class BackendError(SheetsSyncError):
    """A file or spreadsheet we cannot work on."""

    exit_code = 4
    retryable = False


def question(
    code: str,
    where: Where = Where(),  # noqa: B008  (frozen)
    *,
    identity: str,
    choices: Iterable[str] = (),
    count: int = 1,
    held: int = 0,
    params: Mapping[str, Value] | None = None,
) -> Problem:
    """A doubt that a person can settle; ``identity`` is what the answer is remembered under."""
    return Problem(
        code=code, severity=Severity.QUESTION, where=where, params=params or {}, choices=tuple(choices),
        identity=identity, count=count, held=held,
    )  # fmt: skip


def notice(code: str, where: Where = Where(), *, count: int = 1, params: Mapping[str, Value] | None = None) -> Problem:  # noqa: B008  (frozen)
    """Something to tell, with nothing to decide."""
    return Problem(code=code, severity=Severity.NOTICE, where=where, params=params or {}, identity=code, count=count)

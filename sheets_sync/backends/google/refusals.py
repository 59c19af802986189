"""What Google says when it declines, as the error that tells people what to do."""

from __future__ import annotations

from typing import Any

from sheets_sync.problems import BackendError

_QUOTA = ("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED")
_DISABLED = ("SERVICE_DISABLED", "accessNotConfigured")
_SCOPE = ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions")


class RequestDeclinedError(Exception):
    """Google would not take a request as it was (400): nothing of it was applied. ``message`` is Google's."""

    def __init__(self, message: str) -> None:
        """``message``: Google's."""
        super().__init__(message)
        self.message = message


class AnswerLostError(Exception):
    """A write was sent and no clear answer came: it may have been applied or not."""


def is_quota(status: int, error: dict[str, Any]) -> bool:
    """True where we were too fast: nothing was done, and later it may be."""
    return status == 429 or (status == 403 and _names(error, _QUOTA))


def refusal(status: int, error: dict[str, Any], *, account: str) -> BackendError:
    """The error for an answer that no repeating will change. ``account``: the address to share with, '' = a person."""
    message = str(error.get("message", ""))
    if status == 403:
        return _no_access(error, message, account)
    if "not supported for this document" in message or "Office file" in message:
        return BackendError("google_office_file")
    known = {401: "google_bad_credentials", 404: "google_not_found"}.get(status)
    return BackendError(known) if known else BackendError("google_declined", detail=message[:300], status=status)


def _no_access(error: dict[str, Any], message: str, account: str) -> BackendError:
    if _names(error, _DISABLED) or "has not been used in project" in message or "is disabled" in message:
        return BackendError("google_api_off")
    if _names(error, _SCOPE) or "insufficient authentication scopes" in message:
        return BackendError("google_no_scope")
    return BackendError("google_no_access", account=account) if account else BackendError("google_no_access_person")


def unreachable() -> BackendError:
    """Nobody answered, however often we asked."""
    error = BackendError("google_unreachable")
    error.retryable = True
    return error


def quota() -> BackendError:
    """Too many requests, and waiting did not help."""
    error = BackendError("google_quota")
    error.retryable = True
    return error


def _names(error: dict[str, Any], reasons: tuple[str, ...]) -> bool:
    """True where an error's status, details or older ``errors`` list name one of these reasons."""
    places = [error.get("status"), *(d.get("reason") for d in _dicts(error, "details"))]
    places += [e.get("reason") for e in _dicts(error, "errors")]
    return any(place in reasons for place in places)


def _dicts(error: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [entry for entry in error.get(name) or [] if isinstance(entry, dict)]

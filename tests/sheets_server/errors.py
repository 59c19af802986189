"""Google's error answers: the status, the sentence, and the body clients look into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_STATUS_OF = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """An answer that is not 2xx."""

    def __init__(self, code: int, message: str, *, details: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = list(details)
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, Any]:
        """The JSON that Google would send."""
        error: dict[str, Any] = {"code": self.code, "message": self.message, "status": _STATUS_OF[self.code]}
        if self.details:
            error["details"] = self.details
        return {"error": error}


class RequestError(Exception):
    """What is wrong with one request of a batch; the batch puts its place and kind in front."""


class NotOffered(Exception):
    """Something Google does and this server does not: answered 501, never silently accepted."""


def invalid(message: str) -> ApiError:
    return ApiError(400, message)


def bad_request(violations: Sequence[tuple[str, str]], message: str | None = None) -> ApiError:
    """400 with ``fieldViolations``, as the JSON reader of Google's front end writes it."""
    return ApiError(
        400,
        message if message is not None else "\n".join(said for _, said in violations),
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [
                    {"field": at, "description": said} if at else {"description": said} for at, said in violations
                ],
            }
        ],
    )


def not_found() -> ApiError:
    return ApiError(404, "Requested entity was not found.")


def forbidden() -> ApiError:
    return ApiError(403, "The caller does not have permission")


def api_off() -> ApiError:
    """What Google says where the account's project never enabled the API."""
    page = "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=1"
    return ApiError(
        403,
        f"Google Sheets API has not been used in project 1 before or it is disabled. Enable it by visiting {page} then "
        "retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [{"description": "Google developers console API activation", "url": page}],
            },
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "SERVICE_DISABLED",
                "domain": "googleapis.com",
                "metadata": {"consumer": "projects/1", "service": "sheets.googleapis.com"},
            },
        ],
    )


def not_offered(what: str) -> ApiError:
    return ApiError(501, f"This local server does not implement {what}.")

"""Faults on purpose: which call fails, and how."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum

from tests.sheets_server.errors import ApiError, api_off, forbidden, not_found


class Kind(StrEnum):
    """How a call can fail."""

    TOO_MANY = "429"
    TOO_MANY_WAIT = "429-retry-after"
    INTERNAL = "500"
    UNAVAILABLE = "503"
    TIMEOUT = "timeout"
    TIMEOUT_AFTER = "timeout-after"
    CUT_BEFORE = "cut-before"
    CUT_AFTER = "cut-after"
    GARBAGE = "garbage"
    FORBIDDEN = "403"
    API_OFF = "403-api-off"
    NOT_FOUND = "404"

    @property
    def applies(self) -> bool:
        """Whether the server did what was asked before the client lost sight of it."""
        return self in (Kind.TIMEOUT_AFTER, Kind.CUT_AFTER, Kind.GARBAGE)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one API call, counted from 1 when the plan was set; token requests are not counted."""

    call: int
    kind: Kind
    retry_after: int = 1


def parse(spec: str) -> list[Fault]:
    """``3:429,5:cut-after,7:429-retry-after=2``."""
    out = []
    for part in filter(None, spec.split(",")):
        number, _, kind = part.strip().partition(":")
        name, _, seconds = kind.partition("=")
        out.append(Fault(int(number), Kind(name), int(seconds or 1)))
    return out


class FaultPlan:
    """The faults to come, by the number of the call."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._count = 0
        self._lock = threading.Lock()

    def set(self, faults: list[Fault]) -> None:
        """Other faults; counting begins anew."""
        with self._lock:
            self._faults = {fault.call: fault for fault in faults}
            self._count = 0

    def next(self) -> Fault | None:
        """The fault of the call that comes in now."""
        with self._lock:
            self._count += 1
            return self._faults.pop(self._count, None)


def error_of(fault: Fault) -> ApiError | None:
    """The answer that a fault gives; None where it gives none."""
    if fault.kind in (Kind.TOO_MANY, Kind.TOO_MANY_WAIT):
        error = quota_exceeded("Read", 60)
        if fault.kind is Kind.TOO_MANY_WAIT:
            error.headers["Retry-After"] = str(fault.retry_after)
        return error
    return {
        Kind.INTERNAL: ApiError(500, "Internal error encountered."),
        Kind.UNAVAILABLE: ApiError(503, "The service is currently unavailable."),
        Kind.FORBIDDEN: forbidden(),
        Kind.API_OFF: api_off(),
        Kind.NOT_FOUND: not_found(),
    }.get(fault.kind)


def quota_exceeded(direction: str, limit: int) -> ApiError:
    """Google's 429, with the details that its clients log."""
    metric = f"sheets.googleapis.com/{direction.lower()}_requests"
    said = (
        f"Quota exceeded for quota metric '{direction} requests' and limit '{direction} requests per minute per user' "
        "of service 'sheets.googleapis.com' for consumer 'project_number:1'."
    )
    return ApiError(
        429,
        said,
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "quota_location": "global",
                    "quota_metric": metric,
                    "quota_limit": f"{direction}RequestsPerMinutePerUser",
                    "quota_limit_value": str(limit),
                    "consumer": "projects/1",
                    "service": "sheets.googleapis.com",
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [
                    {
                        "description": "Request a higher quota limit.",
                        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
                    }
                ],
            },
        ],
    )

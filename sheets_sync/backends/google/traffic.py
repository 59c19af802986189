"""What travelled to the Sheets API and back: counted, for the report and for the budgets that tests hold us to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request that was answered or failed; ``status`` 0 = no answer. ``sent`` / ``received``: bytes of bodies."""

    write: bool
    status: int
    sent: int
    received: int


@dataclass(slots=True)
class Traffic:
    """All calls so far; ``waited``: seconds for their answers, and between those that were made again."""

    calls: list[Call] = field(default_factory=list)
    waited: float = 0.0

    def summary(self) -> dict[str, float]:
        """As the report's JSON has it."""
        writes = sum(call.write for call in self.calls)
        return {
            "requests": len(self.calls),
            "reads": len(self.calls) - writes,
            "writes": writes,
            "bytes_sent": sum(call.sent for call in self.calls),
            "bytes_received": sum(call.received for call in self.calls),
            "seconds_waited": round(self.waited, 3),
        }

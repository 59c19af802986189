"""The server's clock: the real one, or one that tests set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time; a clock that was set stands still until it is set or moved again."""

    def __init__(self) -> None:
        self._set: datetime | None = None

    def now(self) -> datetime:
        return self._set or datetime.now(UTC)

    def set(self, moment: datetime) -> None:
        self._set = moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def advance(self, **by: float) -> None:
        self._set = self.now() + timedelta(**by)

"""How long to wait before a request is made again: as told (Retry-After), else longer each time, never in step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import SystemRandom

ATTEMPTS = 6
LONGEST = 90.0
"""Seconds that one wait may take: Google's quotas are by the minute. Told to wait longer, we give up."""
MOST = 300.0
"""Seconds after which a request is not begun again, however they were spent."""


@dataclass(slots=True)
class Patience:
    """The waits of one run. ``sleep``, ``clock`` (seconds) and ``dice`` (0 … 1) are given by tests.
    ``most``: seconds, as MOST."""

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    dice: Callable[[], float] = field(default_factory=lambda: SystemRandom().random)
    most: float = MOST

    def wait(self, attempt: int, begun: float, told: str | None = None) -> bool:
        """Wait before the next attempt (1 = the second one); False where it is time to give up. ``begun``: the clock at
        the first."""
        asked = _seconds(told)
        if attempt >= ATTEMPTS or (asked is not None and asked > LONGEST):
            return False
        usual = min(LONGEST, 2.0 ** (attempt - 1)) * (0.5 + self.dice() / 2)
        seconds = usual if asked is None else asked + self.dice()
        if self.clock() - begun + seconds > self.most:
            return False
        self.sleep(seconds)
        return True


def _seconds(told: str | None) -> float | None:
    """A Retry-After header: seconds, or a moment."""
    if not told:
        return None
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())

"""What ``deploy.sh`` sets the queues to, as Cloud Tasks has it: read from the script, so that proofs are about it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cloud_function import allowed

SCRIPT = Path(allowed.__file__).parent / "deploy.sh"


def setting(option: str) -> str:
    """The value of an option of ``gcloud tasks queues``."""
    (found,) = set(re.findall(rf"--{option}[= ]\"?([\w.]+)", SCRIPT.read_text("utf-8")))
    return str(found)


def queue_message(name: str) -> dict[str, Any]:
    """A queue as the script makes it."""
    return {
        "name": name,
        "rateLimits": {
            "maxDispatchesPerSecond": float(setting("max-dispatches-per-second")),
            "maxConcurrentDispatches": int(setting("max-concurrent-dispatches")),
        },
        "retryConfig": {
            "maxAttempts": int(setting("max-attempts")), "minBackoff": setting("min-backoff"),
            "maxBackoff": setting("max-backoff"), "maxDoublings": int(setting("max-doublings")),
        },
    }  # fmt: skip

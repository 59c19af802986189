"""Where this user's state lives: what ``undo`` needs, locks."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def state_folder() -> Path:
    """Where this user's state lives (``SHEETS_SYNC_STATE`` overrides it, for tests and for shared machines)."""
    named = os.environ.get("SHEETS_SYNC_STATE")
    return Path(named) if named else platformdirs.user_state_path("sheets-sync", appauthor=False)

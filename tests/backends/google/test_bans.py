"""What of gspread may not be used here, and why."""

from __future__ import annotations

from pathlib import Path

import sheets_sync

PACKAGE = Path(sheets_sync.__file__).parent


def test_records_are_never_read_by_gspread_s_guessing() -> None:
    """``get_all_records`` turns '1.234,56' into 1.23456 and '00123' into 123."""
    guilty = [path for path in PACKAGE.rglob("*.py") if "get_all_records" in path.read_text("utf-8")]
    assert guilty == []


def test_google_s_libraries_are_imported_only_by_the_google_side() -> None:
    google = PACKAGE / "backends" / "google"
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        imports = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
        named = [
            line for line in imports if line.split()[1].split(".")[0] in {"gspread", "google", "requests", "urllib3"}
        ]
        assert not named or google in path.parents, (path, named)

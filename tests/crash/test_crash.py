"""A few of the moments that ``python -m tests.crash`` goes through."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.crash.__main__ import crash


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_killed_at_any_moment_the_file_is_old_or_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETS_SYNC_STATE", str(tmp_path / "state"))
    place = tmp_path / "shop"
    place.mkdir()
    found = crash(place, 16)
    assert found["old"]
    assert found["new"]
    assert found["strays swept"]

"""What every test gets: a state folder of its own, and workbooks made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sheets_sync import sample, starter
from sheets_sync.model import SourceTab

DAY = date(2026, 11, 20)
"""The day the sample rows are placed around (a Friday)."""


@pytest.fixture(autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETS_SYNC_STATE", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Path]:
    """A maker of sample workbooks: ``shop("nl")`` is one in Dutch as it stands on DAY."""

    def make(language: str = "en", name: str = "shop.xlsx") -> Path:
        path = tmp_path / name
        starter.compose(language, SourceTab, sample.rows(DAY)).save(path)
        return path

    return make

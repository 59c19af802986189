"""A few of the kills that ``python -m tests.cloud.killing`` makes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cloud.killing import kill_often


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="no process groups here")
def test_whenever_the_process_dies_the_next_call_completes_and_nothing_is_lost(tmp_path: Path) -> None:
    found = kill_often(tmp_path, 3)
    assert found["write arrives: not applied"] == 1
    assert found["write applied: applied"] == 1

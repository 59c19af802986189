"""2,116 exchanges that gspread's tests recorded with the real API, replayed: the proof that this server is like it."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.sheets_server import SheetsServer

SHARED = Path(__file__).parents[3] / "shared"


@pytest.mark.skipif(not (SHARED / "recordings").is_dir(), reason="the recordings lie beside the repository, not in it")
def test_the_recorded_requests_get_the_recorded_answers(server: SheetsServer, tmp_path: Path) -> None:
    with tarfile.open(SHARED / "recordings" / "sheets_v4_recordings.tgz") as archive:
        archive.extractall(tmp_path, filter="data")
    report = tmp_path / "report.json"
    command = [
        *(sys.executable, str(SHARED / "tools" / "replay_recordings.py")),
        *("--base-url", server.url, "--cassettes", str(tmp_path / "cassettes")),
        *("--takes", "all", "--validate", "--json", str(report)),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    found = json.loads(report.read_text())
    calls = found["calls"]
    assert len(calls) > 1900
    assert found["schema"] == {}
    shares = {name: sum(call[name] for call in calls) / len(calls) for name in ("status", "shape", "value")}
    assert shares["status"] >= 0.999
    assert shares["shape"] >= 0.997
    assert shares["value"] >= 0.997

"""How the function starts: from what is deployed alone, with what is deployed, and without what it does not need."""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.cloud.town import SOURCE

ROOT = SOURCE.parent.parent
FOUNDATION = "import functions_framework, gspread, pandas"
OURS = f"{FOUNDATION}; import sys; sys.path.insert(0, {str(ROOT)!r}); import cloud_function.main"
FOR_FILES_AND_TERMINALS = (
    "fastexcel",
    "openpyxl",
    "lxml",
    "rich",
    "sheets_sync.cli",
    "sheets_sync.door",
    "sheets_sync.options",
    "sheets_sync.backends.excel",
)


def python(code: str, **more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **more}, cwd="/", text=True, capture_output=True, timeout=120, check=True
    )  # fmt: skip
    return done.stdout


def test_nothing_for_files_or_terminals_is_imported() -> None:
    loaded = json.loads(python(f"{OURS}; import json; print(json.dumps(sorted(sys.modules)))"))
    assert [name for name in loaded if name.startswith(FOR_FILES_AND_TERMINALS)] == []
    before = set(json.loads(python(f"{FOUNDATION}; import sys, json; print(json.dumps(sorted(sys.modules)))")))
    assert {"click"} & (set(loaded) - before) == set(), "flask brings click; we do not"


def test_a_run_does_not_import_it_either() -> None:
    code = f"{OURS}; import sheets_sync.run, sheets_sync.backends.google.writer, sheets_sync.backends.google.document; import json; print(json.dumps(sorted(sys.modules)))"
    assert [name for name in json.loads(python(code)) if name.startswith(FOR_FILES_AND_TERMINALS)] == []


def test_the_doors_cost_little_more_than_what_they_stand_on() -> None:
    """At most 1.25 times, in seconds of the processor, since the machine has other things to do."""

    def seconds(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        python(code)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    ratios = sorted(seconds(OURS) / seconds(FOUNDATION) for _ in range(5))
    assert statistics.median(ratios) <= 1.25, ratios


def deployed(folder: Path) -> Path:
    """What ``.gcloudignore`` lets through, as the buildpack has it in ``/workspace``."""
    kept = [line[2:].rstrip("/") for line in (ROOT / ".gcloudignore").read_text().splitlines() if line.startswith("!/")]
    for name in kept:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, folder / name)
    return folder


def test_what_runs_is_what_was_deployed(tmp_path: Path) -> None:
    """Although an older ``sheets_sync`` may be installed: the buildpack keeps it while pyproject.toml is the same."""
    place = deployed(tmp_path / "workspace")
    code = (
        "import os; os.chdir('workspace'); import functions_framework as f;"
        "app = f.create_app('sync', 'cloud_function/main.py');"
        "import sheets_sync.report as r; print(r.__file__);"
        "print(app.test_client().post('/', data=b'{}').get_json()['field'])"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, text=True, capture_output=True, timeout=120, check=True
    )  # fmt: skip
    file, *_, field = done.stdout.splitlines()
    assert Path(file).is_relative_to(place)
    assert field == "workbook"


def test_pip_install_brings_what_the_function_needs() -> None:
    """The buildpack installs the project without extras, and asks for functions-framework by name."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {text.partition(">")[0] for text in project["dependencies"]}
    assert named >= {"functions-framework", "gspread", "google-auth"}
    assert not (ROOT / "requirements.txt").exists(), "the buildpack would take that one instead"

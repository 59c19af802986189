"""Every command of the cloud function's README is one that there is, on what ``deploy.sh`` made; every name is real."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cloud_function import allowed
from sheets_sync.locale import LANGUAGES, read
from tests.cloud.gcloud_stand_in import RECORD, taken_apart

FOLDER = Path(allowed.__file__).parent
README = (FOLDER / "README.md").read_text("utf-8")
COMMANDS = [
    line.strip() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line.strip()
]  # fmt: skip


def test_there_are_ten_steps() -> None:
    steps = README.partition("## Ten steps")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d+)\. ", steps, re.MULTILINE) == [str(n) for n in range(1, 11)]


def test_every_command_runs_in_its_order(tmp_path: Path) -> None:
    gcloud = tmp_path / "gcloud"
    python, root = shlex.quote(sys.executable), shlex.quote(str(FOLDER.parent))
    gcloud.write_text(f'#!/bin/sh\ncd {root} && exec {python} -m tests.cloud.gcloud_stand_in "$@"\n')
    gcloud.chmod(0o755)
    place = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", RECORD: str(tmp_path)}
    assert len(COMMANDS) > 15
    for command in COMMANDS:
        command = command.replace("--registry ", "--accounts 3 --registry ")  # noqa: PLW2901  (what is more must go too)
        done = subprocess.run(
            ["bash", "-c", command], env=place, cwd=FOLDER.parent, text=True, capture_output=True, timeout=120, check=False
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stderr)
    assert (tmp_path / "made").read_text() == "", "everything is removed in the end"


def test_what_commands_are_about_is_what_was_made(tmp_path: Path) -> None:
    named = {about for line in COMMANDS if line.startswith("gcloud") for about in taken_apart(shlex.split(line)[1:])[1]}
    assert {name.partition("@")[0] for name in named if name.startswith("sheets-sync")} == {
        "sheets-sync", "sheets-sync-sync", "sheets-sync-dispatch", "sheets-sync-build",
    }  # fmt: skip


def test_every_file_and_code_it_names_exists() -> None:
    table = README.partition("## For developers")[2]
    for name in re.findall(r"`([\w]+(?:\.py|/))`", table):
        assert (FOLDER / name).exists(), name
    for module in re.findall(r"python -m ([\w.]+)", README):
        assert (FOLDER.parent / f"{module.replace('.', '/')}.py").exists(), module
    codes = {
        c
        for row in re.findall(
            r"^\| (`.*?) \|", README.partition("## A run that failed")[2].partition("\n## ")[0], re.MULTILINE
        )
        for c in re.findall(r"`(\w+)`", row)
    }
    source = "".join(file.read_text("utf-8") for file in FOLDER.glob("*.py"))
    for code in codes - {"code"}:
        assert f'"{code}"' in source or code in read("en")["errors"], code


@pytest.mark.parametrize("language", LANGUAGES)
def test_registry_words_are_said_in_every_language(language: str) -> None:
    assert set(read(language)["registry"]) == {"workbook", "timezone", "hours", "enabled", "note"}


def test_variables_it_names_are_read_somewhere() -> None:
    source = "".join(
        file.read_text("utf-8")
        for file in [*FOLDER.glob("*.py"), *FOLDER.parent.glob("sheets_sync/backends/google/*.py")]
    )
    for variable in set(re.findall(r"SHEETS_SYNC_\w+", README)):
        assert variable in source, variable

"""The README is true: its commands run, its paths exist, its JSON is the JSON."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sheets_sync import cli, config, locale, sample, starter
from sheets_sync.model import SourceTab, Status
from sheets_sync.report import task_json
from sheets_sync.setting_specs import rules_table
from tests.conftest import DAY
from tests.sheets_server import SheetsServer
from tests.views import any_view

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("sheets-sync ")
]
IN_THE_README = "1SpreadsheetIdFromTheAddressBar00000000000"
WATCHING = [line for line in COMMANDS if line.startswith("sheets-sync watch ")]
ON_GOOGLE = [line for line in COMMANDS if IN_THE_README in line]


def test_every_command_of_the_readme_runs_in_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) >= 8
    for line in (c for c in COMMANDS if c not in (*ON_GOOGLE, *WATCHING)):
        done = CliRunner().invoke(cli.main, shlex.split(line)[1:])
        assert done.exit_code == 0 or (done.exit_code == 10 and " check " in line), (line, done.output)
        assert done.stdout.strip(), line


def test_its_commands_for_google_run_on_a_spreadsheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starter.compose("en", SourceTab, sample.rows(DAY)).save(tmp_path / "shop.xlsx")
    with SheetsServer() as server:
        spreadsheet = server.seed(tmp_path / "shop.xlsx", locale="en_GB")
        server.write_credentials(tmp_path / "account.json")
        monkeypatch.setenv("SHEETS_SYNC_GOOGLE_API", server.url)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
        assert len(ON_GOOGLE) >= 3
        for line in ON_GOOGLE:
            done = CliRunner().invoke(cli.main, shlex.split(line.replace(IN_THE_README, spreadsheet))[1:])
            assert done.exit_code == 0, (line, done.output)


def test_what_watches_runs_at_once_and_says_when_next(tmp_path: Path) -> None:
    starter.compose("en", SourceTab, sample.rows(DAY)).save(tmp_path / "shop.xlsx")
    assert len(WATCHING) >= 2
    for line in WATCHING:
        with subprocess.Popen(
            [sys.executable, "-m", "sheets_sync", *shlex.split(line)[1:]], cwd=tmp_path, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stderr is not None
            assert re.search(r"\d\d:\d\d", process.stderr.readline()), line
            process.terminate()
        assert process.returncode == 0, line


def test_the_line_for_cron_runs_with_as_little_as_cron_gives(tmp_path: Path) -> None:
    starter.compose("en", SourceTab, sample.rows(DAY)).save(tmp_path / "shop.xlsx")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    command = tmp_path / ".venv" / "bin" / "sheets-sync"
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m sheets_sync \"$@\"\n")
    command.chmod(0o755)
    line = next(line.strip() for line in README.splitlines() if line.strip().startswith("0 7 * * * "))
    done = subprocess.run(
        ["/bin/sh", "-c", line.removeprefix("0 7 * * * ").replace("/home/me/shop", str(tmp_path))],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}, cwd="/", check=False,
    )  # fmt: skip
    log = (tmp_path / "sheets-sync.log").read_text()
    assert (done.returncode, "written" in log) == (0, True), log


def test_the_other_clocks_start_the_same_run() -> None:
    for start in (
        "ExecStart=/home/me/shop/.venv/bin/sheets-sync run ",
        r'/TR "C:\shop\.venv\Scripts\sheets-sync.exe run ',
    ):
        assert README.count(start) == 1


def test_the_two_lines_for_a_bare_machine_are_there_once_for_each_shell() -> None:
    assert (
        len(
            re.findall(
                r"(?m)^python3 -m venv \.venv && \.venv/bin/pip install -q \. && \.venv/bin/sheets-sync demo$", README
            )
        )
        == 1
    )
    assert (
        len(
            re.findall(
                r"(?m)^python3 -m venv \.venv && \.venv/bin/pip install -q '\.\[test\]' && \.venv/bin/pytest$", README
            )
        )
        == 1
    )
    assert README.count("py -m venv .venv;") == 2


def test_every_path_the_readme_links_to_exists() -> None:
    targets = [t for t in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in t]
    assert targets
    assert [t for t in targets if not (ROOT / t).exists()] == []


def test_every_file_the_developers_table_names_exists() -> None:
    named = re.findall(r"`((?:sheets_sync|tests|templates|cloud_function|\.ci)/[\w./*{}-]+)`", README)
    assert named
    missing = [n for n in named if "{" not in n and not list(ROOT.glob(n.rstrip("/")))]
    assert missing == []


def test_the_documented_task_has_exactly_the_fields_of_the_json() -> None:
    block = README[README.index("TASK: {") : README.index("status: open")]
    documented = re.findall(r'"(\w+)"', re.sub(r": \{[^}]*\}|: \"[^\"]*\"", "", block.removeprefix("TASK: ")))
    assert documented == list(task_json(any_view()))


def test_every_status_and_exit_code_is_documented() -> None:
    for status in Status:
        assert status.value in README
    for code in (0, 10, 2, 3, 4, 70):
        assert f"| {code} |" in README


def test_the_example_settings_are_real_settings(tmp_path: Path) -> None:
    example = (ROOT / "templates" / "settings.example.toml").read_text("utf-8")
    live = re.sub(r"(?m)^# (?=[\[a-z])", "", example)
    file = tmp_path / "settings.toml"
    file.write_text("\n".join(line for line in live.splitlines() if re.match(r"[\[\w]+\S* ?[=\]]|\[", line)), "utf-8")
    assert len(config.read_file(file)) >= 10


def test_the_readme_names_each_rule_s_task() -> None:
    words = locale.load("en")
    section = README[README.index("## What each task means") : README.index("## What happens to your ticks")].casefold()
    told = [rule for rule in rules_table() if words.task(rule).casefold() in section]
    assert len(told) == len(rules_table()), sorted(set(rules_table()) - set(told))

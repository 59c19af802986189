"""The command on a Google spreadsheet, as a process of its own, through google-auth's real service-account flow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sheets_sync import starter
from sheets_sync.backends.google import address
from sheets_sync.model import SourceTab
from sheets_sync.problems import ConfigError
from sheets_sync.sample import rows
from tests.conftest import DAY
from tests.sheets_server import SheetsServer

ON = ("--on", DAY.isoformat())


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.xlsx"
    starter.compose("en", SourceTab, rows(DAY)).save(path)
    return path


class Command:
    """``sheets-sync`` as people call it."""

    def __init__(self, server: SheetsServer, credentials: Path | None, state: Path) -> None:
        self.environment = {**os.environ, address.VARIABLE: server.url, "SHEETS_SYNC_STATE": str(state), "LANG": "en"}
        self.environment.pop("GOOGLE_APPLICATION_CREDENTIALS", None)
        self.environment |= {"HOME": str(state), "CLOUDSDK_CONFIG": str(state), "NO_GCE_CHECK": "true"}
        if credentials is not None:
            self.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(credentials)

    def __call__(self, *args: str, exit_code: int = 0, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "sheets_sync", *args], env={**self.environment, **more}, text=True,
            capture_output=True, timeout=180, check=False,
        )  # fmt: skip
        assert done.returncode == exit_code, (done.stdout[-2000:], done.stderr[-2000:])
        return done

    def json(self, *args: str, exit_code: int = 0) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self(*args, "--json", exit_code=exit_code).stdout)
        return answer


@pytest.fixture
def own_server() -> Any:
    with SheetsServer() as server:
        yield server


@pytest.fixture
def command(own_server: SheetsServer, tmp_path: Path) -> Command:
    account = tmp_path / "account.json"
    own_server.write_credentials(account)
    return Command(own_server, account, tmp_path)


def test_every_command_takes_a_spreadsheet_s_address_and_says_what_it_says_of_the_file(
    own_server: SheetsServer, command: Command, shop_file: Path
) -> None:
    spreadsheet = own_server.seed(shop_file, locale="en_GB", time_zone="Europe/London")
    url = f"https://docs.google.com/spreadsheets/d/{spreadsheet}/edit#gid=0"
    place = ("--set", "locale=en-GB", "--set", "timezone=Europe/London")
    told, of_file = command.json("run", url, *ON), command.json("run", str(shop_file), *ON, *place)
    assert told["outcome"] == "applied"
    for part in ("on", "language", "outcome", "rows", "tasks", "problems", "silenced"):
        assert told[part] == of_file[part], part
    assert {tab: n for tab, n in told["changes"].items() if tab != "settings"} == {
        tab: n for tab, n in of_file["changes"].items() if tab != "settings"
    }
    assert told["traffic"]["requests"] == 2
    assert command.json("run", spreadsheet, *ON)["outcome"] == "nothing"
    assert command.json("plan", url, "--on", "2026-11-21")["outcome"] == "planned"
    assert command.json("check", url, *ON, exit_code=10 if told["problems"] else 0)["rows"] == told["rows"]
    assert command.json("timeline", url, "lucia.fernandez@example.com", *ON)["customer"] == "Lucía Fernández"
    assert command.json("rules", url)["rules"]["check_in"]["numbers"]["days"]["value"] == 6
    checks = command.json("doctor", url)["checks"]
    assert [c["check"] for c in checks] == ["credentials", "api", "access", "locale", "quota", "tabs"]
    assert all(c["ok"] for c in checks)


def test_undo_takes_the_last_run_back_and_keeps_what_people_wrote_since(
    own_server: SheetsServer, command: Command, shop_file: Path
) -> None:
    spreadsheet = own_server.seed(shop_file, locale="en_GB", time_zone="Europe/London")
    first = command.json("run", spreadsheet, *ON)
    command("run", spreadsheet, "--on", "2026-11-21")
    person = own_server.person(spreadsheet)
    keys = person.values("Contacts today", "K1:K400")
    row = next(n for n, cells in enumerate(keys, 1) if cells and str(cells[0]).startswith("reconnect:"))
    person.types("Contacts today", f"O{row}", "spoke to her aunt")
    command("undo", spreadsheet)
    then = command.json("plan", spreadsheet, *ON)
    assert {t["key"]: t["status"] for t in then["tasks"]} == {t["key"]: t["status"] for t in first["tasks"]}
    assert [t["note"] for t in then["tasks"] if t["key"] == str(keys[row - 1][0])] == ["spoke to her aunt"]
    command("undo", spreadsheet)
    assert command.json("plan", spreadsheet, *ON)["changes"]["touchpoints"]["add"] > 0
    command("undo", spreadsheet, exit_code=3)


def test_what_is_wrong_is_said_with_its_cure(own_server: SheetsServer, command: Command, tmp_path: Path) -> None:
    unknown = "1" * 44
    assert "address" in command("run", unknown, exit_code=4).stderr
    spreadsheet = own_server.create("Empty")
    file = own_server.file(spreadsheet)
    file.forbidden = True
    assert "worker@sheets-server.iam.gserviceaccount.com" in command("doctor", spreadsheet, exit_code=4).stdout
    file.forbidden = False
    assert "sheets-sync new" in command("doctor", spreadsheet, exit_code=4).stdout
    nobody = Command(own_server, None, tmp_path)
    assert "gcloud auth application-default login" in nobody("run", spreadsheet, exit_code=4).stderr
    broken = tmp_path / "broken.json"
    broken.write_text("{}", "utf-8")
    assert "key" in Command(own_server, broken, tmp_path)("run", spreadsheet, exit_code=4).stderr
    assert "files" in command("run", spreadsheet, "--out", "x.xlsx", exit_code=2).stderr


def test_no_token_key_or_address_of_a_customer_is_ever_printed(
    own_server: SheetsServer, command: Command, shop_file: Path, tmp_path: Path
) -> None:
    spreadsheet = own_server.seed(shop_file)
    key = json.loads((tmp_path / "account.json").read_text("utf-8"))["private_key"]
    own_server.service.accounts.revoke_all()
    done = command("run", spreadsheet, "--verbose", *ON)
    for said in (done.stdout, done.stderr):
        assert "ya29." not in said
        assert key[40:80] not in said


@pytest.mark.parametrize(
    "named",
    ["https://evil.example", "http://evil.example:80", "http://127.0.0.1@evil.example:80", "http://localhost:8765",
     "http://127.0.0.1:8765/elsewhere", "http://10.0.0.1:80", "https://sheets.googleapis.com", "http://127.0.0.1"],
)  # fmt: skip
def test_only_a_server_on_this_computer_may_take_google_s_place(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(address.VARIABLE, named)
    with pytest.raises(ConfigError) as refused:
        address.api()
    assert refused.value.code == "google_api_not_local"


@pytest.mark.parametrize("named", ["http://127.0.0.1:8765", "http://127.0.0.1:8765/", "http://[::1]:8765"])
def test_loopback_addresses_may(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(address.VARIABLE, named)
    assert address.api() == named.rstrip("/")


def test_a_spreadsheet_is_told_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-abcde"
    monkeypatch.chdir(tmp_path)
    for written in (
        number, f"https://docs.google.com/spreadsheets/d/{number}/edit?usp=sharing#gid=7",
        f"https://docs.google.com/spreadsheets/u/1/d/{number}", f"https://docs.google.com/a/shop.example/spreadsheets/d/{number}/",
    ):  # fmt: skip
        assert address.spreadsheet_id(written) == number
    for file in ("shop.xlsx", "/home/ana/pedidos.xlsx", "orders", f"https://evil.example/spreadsheets/d/{number}"):
        assert address.spreadsheet_id(file) is None
    (tmp_path / number).write_bytes(b"")
    assert address.spreadsheet_id(number) is None


def test_a_file_s_run_imports_nothing_of_google_s(shop_file: Path) -> None:
    script = (
        "import sys; before = set(sys.modules); from sheets_sync import cli\n"  # namespaces may come with the machine
        f"try: cli.main(['run', {str(shop_file)!r}, '--on', '{DAY}'])\n"
        "except SystemExit: pass\n"
        "found = [m for m in set(sys.modules) - before if m.split('.')[0] in ('gspread', 'google', 'requests', 'urllib3')]\n"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=180)

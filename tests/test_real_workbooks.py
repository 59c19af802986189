"""The real workbooks, where they are: run, run again, the next day. They are not part of the project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sheets_sync import cli
from sheets_sync.backends.excel.package import Package
from tests.sheets_server import SheetsServer

DATA = Path(__file__).parents[2] / "shared" / "data"
BOOKS = [("loja_olist.xlsx", "2018-08-20", "2018-08-21"), ("online_retail.xlsx", "2023-08-20", "2023-08-21")]

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real workbooks are not here")


def _run(path: Path, on: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli.main, ["run", str(path), "--on", on, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _members(path: Path) -> dict[str, tuple[int, bytes]]:
    with Package(path) as package:
        return {m.name: (m.crc, package.bytes_at(*_span(package, m))) for m in package.members}


def _span(package: Package, member: Any) -> tuple[int, int]:
    start, end = package.span(member)
    return start, end - start


@pytest.mark.parametrize(("name", "day", "next_day"), BOOKS)
def test_a_real_workbook_runs_again_to_nothing_and_on_to_the_next_day(
    tmp_path: Path, name: str, day: str, next_day: str
) -> None:
    path = tmp_path / name
    shutil.copyfile(DATA / name, path)
    before = _members(path)
    first = _run(path, day)
    assert first["outcome"] == "applied"
    for counts in first["rows"].values():
        assert counts["read"] == counts["used"] + counts["questioned"] + counts["blank"]
    after_first = path.read_bytes()
    assert _run(path, day)["outcome"] == "nothing"
    assert path.read_bytes() == after_first
    following = _run(path, next_day)
    assert following["outcome"] == "applied"
    assert following["rows"] == first["rows"]
    edited = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    after = _members(path)
    assert {n for n in before if after.get(n) != before[n]} <= edited


def test_on_google_a_real_shop_is_told_the_same_and_a_second_run_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, day, next_day = BOOKS[0]
    path = tmp_path / name
    shutil.copyfile(DATA / name, path)
    with SheetsServer() as server:
        monkeypatch.setenv("SHEETS_SYNC_GOOGLE_API", server.url)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "account.json"))
        server.write_credentials(tmp_path / "account.json")
        spreadsheet = server.seed(path, locale="pt_BR", time_zone="America/Sao_Paulo")
        for on in (day, day, next_day):
            server.journal.clear()
            there, here = _run(Path(spreadsheet), on), _run(path, on)
            traffic = there.pop("traffic")
            for report in (there, here):
                del report["workbook"], report["seconds"]
            assert there == here
            if on == day and here["outcome"] == "nothing":
                assert (traffic["requests"], traffic["writes"]) == (1, 0)
            assert all(call.request_bytes < 2_000_000 for call in server.journal)

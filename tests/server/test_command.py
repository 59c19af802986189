"""``python -m tests.sheets_server``: a process, seeded from Excel, that keeps its state."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import requests

from tests.server.conftest import Client
from tests.sheets_server import SheetsServer, state_file

HEADERS = {"Authorization": "Bearer any"}


@contextmanager
def running(*options: str) -> Iterator[dict[str, Any]]:
    """The server as a process; what its first line said."""
    command = [sys.executable, "-m", "tests.sheets_server", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "Pedidos"
    page.append(["id", "data", "valor", "soma", "código"])
    page.append([1, datetime(2026, 3, 5), 1234.5, "=SUM(C2:C2)", "=WEBSERVICE(A1)"])
    page["B2"].number_format = "dd/mm/yyyy"
    page["C2"].number_format = '"R$" #,##0.00'
    page["E2"].number_format = "@"
    book.create_sheet("Hidden").sheet_state = "hidden"
    book.save(path)
    return path


def test_a_workbook_is_served_changed_and_found_again(tmp_path: Path) -> None:
    state, port = tmp_path / "state.json", tmp_path / "port"
    seed = workbook(tmp_path / "loja.xlsx")
    with running("--seed", str(seed), "--locale", "pt_BR", "--state", str(state), "--port-file", str(port)) as told:
        assert told["url"].endswith(port.read_text().strip())
        ((shop, title),) = told["spreadsheets"].items()
        assert title == "loja"
        url = f"{told['url']}/v4/spreadsheets/{shop}"
        read = requests.get(f"{url}/values/Pedidos", headers=HEADERS, timeout=5).json()["values"]
        assert read[1][:4] == ["1", "05/03/2026", "R$ 1.234,50", "1234,5"]
        sheets = requests.get(url, headers=HEADERS, timeout=5).json()["sheets"]
        assert [sheet["properties"].get("hidden", False) for sheet in sheets] == [False, True]
        body: Any = {"values": [["=C2*2", True]]}
        requests.put(
            f"{url}/values/Pedidos!A3",
            params={"valueInputOption": "USER_ENTERED"},
            json=body,
            headers=HEADERS,
            timeout=5,
        )
    with running("--state", str(state)) as told:
        url = f"{told['url']}/v4/spreadsheets/{shop}"
        again = requests.get(f"{url}/values/Pedidos", headers=HEADERS, timeout=5).json()["values"]
        assert again == [*read, ["2469", "VERDADEIRO"]]


def test_quota_faults_latency_and_credentials_are_options(tmp_path: Path) -> None:
    account = tmp_path / "account.json"
    with running("--quota", "2,0", "--faults", "2:503", "--latency", "50") as told:
        url = f"{told['url']}/v4/spreadsheets/none"
        began = time.monotonic()
        statuses = [requests.get(url, headers=HEADERS, timeout=5).status_code for _ in range(4)]
        assert statuses == [404, 503, 404, 429]
        assert time.monotonic() - began >= 0.2
    with running("--service-account", str(account)) as told:
        assert json.loads(account.read_text())["token_uri"] == f"{told['url']}/token"
        assert requests.get(f"{told['url']}/v4/spreadsheets/none", headers=HEADERS, timeout=5).status_code == 401


def test_formulas_of_a_seed_that_cannot_be_computed_keep_what_excel_stored(tmp_path: Path) -> None:
    from tests.sheets_server.cells import Formula
    from tests.sheets_server.formulas.evaluate import Evaluator
    from tests.sheets_server.seed_xlsx import seeded

    book = seeded(workbook(tmp_path / "x.xlsx"), "id")
    sheet = book.sheets[0]
    sheet.put(1, 4, sheet.cell(1, 4).holding(Formula("=WEBSERVICE(A1)", "stored")))
    assert Evaluator(book, datetime.now).effective(sheet, 1, 4) == "stored"


def test_the_state_file_holds_all_there_is(tmp_path: Path, server: SheetsServer, book: Client) -> None:
    where = {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    rule = {
        "ranges": [where],
        "booleanRule": {"condition": {"type": "BLANK"}, "format": {"textFormat": {"bold": True}}},
    }
    place = {"dimensionRange": {"dimension": "ROWS", "startIndex": 3, "endIndex": 4}}
    cell = {"userEnteredValue": {"numberValue": 0}, "note": "n", "textFormatRuns": [{"format": {"bold": True}}]}
    columns = {"dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    book.write("C1", [["=1+1", False, 0.5, "text"]])
    book.batch(
        {"updateCells": {"start": {}, "rows": [{"values": [cell]}], "fields": "*"}},
        {"addConditionalFormatRule": {"rule": rule}},
        {"addProtectedRange": {"protectedRange": {"range": where, "warningOnly": True}}},
        {"setBasicFilter": {"filter": {"range": where}}},
        {"addFilterView": {"filter": {"title": "V", "range": where}}},
        {"addNamedRange": {"namedRange": {"name": "N", "range": where}}},
        {"mergeCells": {"range": where}},
        {"addBanding": {"bandedRange": {"range": where, "rowProperties": {"firstBandColor": {"red": 1}}}}},
        {"addTable": {"table": {"name": "T", "range": where}}},
        {"setDataValidation": {"range": where, "rule": {"condition": {"type": "BOOLEAN"}}}},
        {"updateDimensionProperties": {"range": columns, "properties": {"pixelSize": 7}, "fields": "pixelSize"}},
        {"addDimensionGroup": {"range": columns}},
        {
            "createDeveloperMetadata": {
                "developerMetadata": {"metadataKey": "k", "location": place, "visibility": "DOCUMENT"}
            }
        },
    )
    state_file.save(server.service.files, tmp_path / "state.json")
    with SheetsServer() as other:
        state_file.load(other.service.files, tmp_path / "state.json")
        again = Client(other, book.id)
        assert again.ok("GET", "", includeGridData="true") == book.ok("GET", "", includeGridData="true")
        assert other.picture(book.id) == server.picture(book.id)

"""Calls, bytes and waiting on Google Sheets: ``python -m tests.benchmarks.google --orders N --latency MS``.

Prints one JSON object: our first, unchanged and next day's run, and beside them a usual gspread script
(``plain_gspread.py``: six tabs read, four written) on the same spreadsheet, server and latency. ``waiting`` is what the
latency alone costs; ``seconds`` also holds the local server's own work, which Google's would do.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sheets_sync.backends.google import GoogleBackend
from sheets_sync.backends.google.address import VARIABLE
from sheets_sync.backends.google.client import SheetsClient
from sheets_sync.model import AddRow
from sheets_sync.report import RunReport
from sheets_sync.run import Request, sync
from tests.backends.google.spreadsheets import some_login
from tests.benchmarks import plain_gspread
from tests.benchmarks.workbook_maker import LAST_DAY, make
from tests.sheets_server import SheetsServer

OTHERS = ("Products", "Suppliers", "Team", "Notes")


def ours(spreadsheet: str, days: int) -> RunReport:
    backend = GoogleBackend(spreadsheet, lambda: SheetsClient(some_login()))
    on = datetime.fromisoformat(str(LAST_DAY)).date() + timedelta(days=days)
    try:
        return sync(backend, Request(now=datetime.now(UTC), run_id="benchmark", on=on, write=True))
    finally:
        backend.close()


def measured(server: SheetsServer, latency: float, work: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    server.journal.clear()
    begun = time.perf_counter()
    done = work()
    seconds = time.perf_counter() - begun
    calls = server.journal
    return {
        "calls": len(calls),
        "writes": sum(call.write for call in calls),
        "bytes_sent": sum(call.request_bytes for call in calls),
        "bytes_received": sum(call.answer_bytes for call in calls),
        "waiting": round(len(calls) * latency, 3),
        "seconds": round(seconds, 2),
    }, done


def rows_of(adds: tuple[AddRow, ...]) -> list[list[Any]]:
    """The same rows, as the script would write them."""
    head = list(adds[0].cells) if adds else ["empty"]
    return [head, *([str(add.cells[key].value or "") for key in head if key in add.cells] for add in adds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--customers", type=int, default=0, help="default: a tenth of the orders")
    parser.add_argument("--latency", type=float, default=100, metavar="MS")
    given = parser.parse_args()
    latency = given.latency / 1000
    with SheetsServer() as server, tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = server.url
        os.environ["SHEETS_SYNC_STATE"] = folder
        path = make(Path(folder) / "shop.xlsx", orders=given.orders, customers=given.customers or given.orders // 10)
        books = [server.seed(path, locale="pt_BR", time_zone="America/Sao_Paulo") for _ in range(2)]
        for book in books:
            for title in OTHERS:
                server.person(book).adds_tab(title)
                server.person(book).types(title, "A1", "Name")
                server.person(book).types(title, "A2", "x")
        sources = [title for title in server.person(books[0]).tabs if title not in OTHERS]
        server.service.latency = latency
        first, report = measured(server, latency, lambda: ours(books[0], 0))
        nothing, _ = measured(server, latency, lambda: ours(books[0], 0))
        changed, _ = measured(server, latency, lambda: ours(books[0], 1))
        tabs = {tab.title: rows_of(tab.adds) for tab in report.plan.tabs if tab.adds}
        while len(tabs) < 4:
            tabs[f"Tab {len(tabs)}"] = [["empty"]]
        four = dict(list(tabs.items())[:4])
        plain = plain_gspread.client(some_login(), server.url)
        script = [
            measured(server, latency, lambda: plain_gspread.run(plain, books[1], [*sources, *OTHERS][:6], four))[0]
            for _ in range(2)
        ]
    told = {
        "orders": given.orders,
        "latency_ms": given.latency,
        "tasks": len(report.tasks),
        "ours": {"first": first, "nothing": nothing, "changed": changed},
        "script": {"first": script[0], "again": script[1]},
        "times_fewer_calls": round(script[1]["calls"] / changed["calls"], 1),
        "times_less_waiting": round(script[1]["waiting"] / changed["waiting"], 1) if latency else None,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()

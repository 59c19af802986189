"""``python -m tests.sheets_server``: the server from the command line."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from tests.sheets_server import faults, state_file
from tests.sheets_server.server import SheetsServer


def main() -> int:
    """Serve until SIGINT or SIGTERM; the first line of output tells where and what, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.sheets_server", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one (see --port-file)")
    parser.add_argument("--port-file", type=Path, help="write the port there once the server answers")
    parser.add_argument("--seed", type=Path, action="append", default=[], metavar="WORKBOOK.xlsx")
    parser.add_argument("--locale", default="en_US", help="locale of seeded spreadsheets")
    parser.add_argument("--time-zone", default="Etc/GMT", help="time zone of seeded spreadsheets")
    parser.add_argument("--quota", metavar="READS,WRITES", help="requests a minute, then 429")
    parser.add_argument("--faults", default="", metavar="SPEC", help="e.g. 3:429,5:cut-after (see README.md)")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="added to every call")
    parser.add_argument("--state", type=Path, metavar="FILE", help="load at start, save at the end")
    parser.add_argument("--service-account", type=Path, metavar="FILE", help="write a throw-away service account")
    given = parser.parse_args()

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = SheetsServer(given.port)
    server.service.latency = given.latency / 1000
    server.fail(*faults.parse(given.faults))
    if given.quota:
        reads, writes = (int(part) for part in given.quota.split(","))
        server.limit(reads, writes)
    if given.state and given.state.exists():
        state_file.load(server.service.files, given.state)
    for workbook in given.seed:
        server.seed(workbook, locale=given.locale, time_zone=given.time_zone)
    if given.service_account:
        server.write_credentials(given.service_account)
    server.start()
    if given.port_file:
        given.port_file.write_text(f"{server.port}\n")
    held = {file.id: file.book.title for file in server.service.files}
    print(json.dumps({"url": server.url, "spreadsheets": held}, ensure_ascii=False), flush=True)

    stop.wait()
    server.stop()
    if given.state:
        state_file.save(server.service.files, given.state)
    return 0


if __name__ == "__main__":
    sys.exit(main())

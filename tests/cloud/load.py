"""``python -m tests.cloud.load [--calls N]``: so many calls of ``sync`` at once, for one workbook and for as many.

On one, exactly one call applies; on many, all do; and all the workbooks end up alike. A figure for seconds is printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

from cloud_function import allowed
from tests.cloud.town import ON, Function, Town, running
from tests.sheets_server import SheetsServer
from tests.tasks_server import TasksServer


def at_once(function: Function, bodies: Sequence[Any]) -> list[requests.Response]:
    """The answers to calls that are all made at the same moment."""
    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(function.post, bodies))


def on_one(sync: Function, shop: str, calls: int) -> Counter[str]:
    """Outcomes of many calls for one workbook; AssertionError where not exactly one applied."""
    answers = at_once(sync, [{"workbook": shop, "on": ON}] * calls)
    outcomes = Counter(answer.json()["outcome"] for answer in answers)
    assert outcomes["applied"] == 1, outcomes
    assert outcomes.keys() <= {"applied", "nothing", "refused"}, outcomes
    refused = [answer for answer in answers if answer.json()["outcome"] == "refused"]
    assert {(r.status_code, r.json()["problems"][-1]["code"]) for r in refused} <= {(409, "changed_under_us")}
    return outcomes


def on_many(sync: Function, town: Town, shops: Sequence[str]) -> None:
    """AssertionError where not all of them were applied, and alike."""
    answers = at_once(sync, [{"workbook": shop, "on": ON} for shop in shops])
    assert Counter(answer.json()["outcome"] for answer in answers) == {"applied": len(shops)}
    assert len({"\n".join(town.picture(shop)) for shop in shops}) == 1


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.cloud.load", description=__doc__)
    parser.add_argument("--calls", type=int, default=50)
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as folder, SheetsServer() as sheets, TasksServer() as tasks:
        town = Town.of(sheets, tasks, Path(folder))
        shops = [town.shop() for _ in range(calls + 1)]
        environment = {**town.environment, allowed.VARIABLE: " ".join(shops), "THREADS": str(calls)}
        with running("sync", environment, Path(folder)) as sync:
            begun = time.monotonic()
            outcomes = on_one(sync, shops[0], calls)
            print(f"{calls} at once on one workbook: {dict(outcomes)}, {time.monotonic() - begun:.1f} s", flush=True)
            begun = time.monotonic()
            on_many(sync, town, shops[1:])
            print(f"{calls} at once on as many: all applied and alike, {time.monotonic() - begun:.1f} s", flush=True)
            assert town.picture(shops[0]) == town.picture(shops[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.cloud.killing [--times N]``: the function's process killed in the middle of a run, so many times.

Killed as its write arrives (never applied), when it was applied and before the answer is out, or at any moment of the
run. Then another process is called, and the spreadsheet must be as if nothing had happened: what people had ticked and
written is there, and every change once.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from cloud_function import allowed
from tests.cloud.town import ON, Function, Town, ready, start
from tests.conftest import DAY
from tests.sheets_server import SheetsServer
from tests.sheets_server.service import Answer
from tests.tasks_server import TasksServer

NEXT = (DAY + timedelta(days=1)).isoformat()
MOMENTS = ("write arrives", "write applied", "any")


def kill(function: Function) -> None:
    """The whole process group: gunicorn's worker too."""
    os.killpg(function.process.pid, signal.SIGKILL)
    function.process.wait(20)


@contextmanager
def killed_at(moment: str, sheets: SheetsServer, function: Function, after: float) -> Iterator[None]:
    """Kill the function once at a moment of its next run; ``after``: seconds, for ``any``."""
    service, answer = sheets.service, sheets.service.answer
    once, answering = threading.Lock(), threading.Lock()

    def dies() -> None:
        if once.acquire(blocking=False):
            kill(function)

    def hooked(verb: str, target: str, headers: dict[str, str], content: bytes) -> Answer:
        if "batchUpdate" not in target:
            return answer(verb, target, headers, content)
        if moment == "write arrives":
            dies()
            return Answer(503, b"{}")
        with answering:
            answered = answer(verb, target, headers, content)
        if moment == "write applied":
            dies()
        return answered

    timer = threading.Timer(after, dies)
    if moment == "any":
        timer.start()
    setattr(service, "answer", hooked)  # noqa: B010  (mypy would not have a method replaced)
    try:
        yield
    finally:
        timer.cancel()
        dies()
        time.sleep(0.2)  # what the process had sent is still on its way
        with answering:
            pass
        setattr(service, "answer", answer)  # noqa: B010


def people_at_work(town: Town, shop: str) -> None:
    """Ticks, a note, a date and a row of their own on a tab of tasks."""
    person = town.sheets.person(shop)
    rows = person.sees("Contacts today")
    header = next(number for number, row in enumerate(rows, 1) if "Note" in row)
    column = {word: chr(65 + position) for position, word in enumerate(rows[header - 1])}
    for number in range(header + 1, header + 6, 2):
        person.types("Contacts today", f"{column['Note']}{number}", f"called {number} times")
    person.types("Contacts today", f"{column['Done']}{header + 2}", "TRUE")
    person.types("Contacts today", f"{column['Owner']}{header + 3}", "Ana")
    person.types("Contacts today", f"{column['Note']}{len(rows) + 2}", "a line of my own")


def prepared(town: Town, sync: Function) -> str:
    """A shop as the evening left it: one run, then people's work."""
    shop = town.first
    assert sync.post({"workbook": shop, "on": ON}).json()["outcome"] == "applied"
    people_at_work(town, shop)
    return shop


def kill_often(folder: Path, times: int, say: Callable[[str], None] = lambda _: None) -> Counter[str]:
    """How often the killed run had been applied or not, by moment. AssertionError where anything was lost."""
    with SheetsServer() as sheets, TasksServer() as tasks:
        town = Town.of(sheets, tasks, folder)
        listed = [town.first, *(town.shop() for _ in range(times + 1))]
        environment = {**town.environment, allowed.VARIABLE: " ".join(listed)}

        def another() -> Function:
            return start("sync", environment, folder, own_group=True)

        sync, standby = ready(another()), another()
        try:
            evening = prepared(town, sync)
            for shop in listed[1:]:
                book = sheets.file(evening).book.fork()
                book.id, sheets.file(shop).book = shop, book
            begun = time.monotonic()
            undisturbed = sync.post({"workbook": listed[1], "on": NEXT}).json()
            lasts = time.monotonic() - begun
            assert undisturbed["outcome"] == "applied"
            morning, night = town.picture(listed[1]), town.picture(evening)
            assert morning != night
            found: Counter[str] = Counter()
            dice = random.Random(1)  # noqa: S311  (moments, not secrets)
            for shop, moment in zip(listed[2:], itertools.cycle(MOMENTS), strict=False):
                with killed_at(moment, sheets, sync, dice.uniform(0.05, 1.0) * lasts):
                    _post_and_lose(sync, shop)
                now = town.picture(shop)
                assert now in (morning, night), "neither before nor after"
                found[f"{moment}: {'applied' if now == morning else 'not applied'}"] += 1
                sync, standby = ready(standby), another()
                told = sync.post({"workbook": shop, "on": NEXT}).json()
                assert told["outcome"] == ("nothing" if now == morning else "applied"), told
                assert town.picture(shop) == morning, "something is lost, or there twice"
                say(f"{sum(found.values())}: {moment}")
        finally:
            for function in (sync, standby):
                if function.process.poll() is None:
                    kill(function)
        return found


def _post_and_lose(sync: Function, shop: str) -> None:
    with suppress(requests.ConnectionError):
        sync.post({"workbook": shop, "on": NEXT})


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.cloud.killing", description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    times: Any = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        found = kill_often(Path(folder), times, lambda line: print(line, file=sys.stderr, flush=True))
    print(", ".join(f"{what} {count}" for what, count in sorted(found.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())

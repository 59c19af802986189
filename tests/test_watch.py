"""``sheets-sync watch`` as a person has it open: a real process, a real file, people who open, save and close it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import openpyxl
import pytest
from click.testing import CliRunner

from sheets_sync import cli

Shop = Callable[..., Path]
PATIENCE = 60.0


class Watcher:
    """The process, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._said: Queue[str] = Queue()
        for pipe in (process.stdout, process.stderr):
            Thread(target=lambda pipe=pipe: [self._said.put(line) for line in pipe], daemon=True).start()

    def hear(self, words: str) -> str:
        """The next line that holds these words; fails where it does not come."""
        end = time.monotonic() + PATIENCE
        heard: list[str] = []
        while time.monotonic() < end:
            try:
                line = self._said.get(timeout=0.2)
            except Empty:
                continue
            heard.append(line)
            if words in line:
                return line
        pytest.fail(f"{words!r} was not said, but {heard}")

    def until_it_runs(self) -> None:
        """Return while a run of its is under way."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        while not children.read_text():
            time.sleep(0.02)

    def silence(self, seconds: float) -> list[str]:
        """What is said in so many seconds."""
        time.sleep(seconds)
        return [self._said.get() for _ in range(self._said.qsize())]


@contextmanager
def watching(workbook: Path | str, *options: str) -> Iterator[Watcher]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sheets_sync", "watch", str(workbook), "--language", "en", *options],
        text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    try:
        yield Watcher(process)
    finally:
        process.kill()
        process.wait()


def save(path: Path) -> None:
    """As a person does who adds an order and saves."""
    book = openpyxl.load_workbook(path)
    sheet = book["Customers"]
    sheet.cell(row=sheet.max_row + 1, column=1, value="Somebody New")
    book.save(path)


def test_it_runs_at_once_and_again_after_the_file_was_saved_and_closed(shop: Shop) -> None:
    path = shop(language="en")
    lock = path.with_name(f"~${path.name}")
    with watching(path) as watcher:
        watcher.hear("written")
        watcher.hear("Next run:")
        assert watcher.silence(5) == []  # what it wrote itself is no reason to run again
        lock.touch()
        save(path)
        watcher.hear("I wait until it is closed")
        assert watcher.silence(5) == []  # said once, and nothing is run while it is open
        lock.unlink()
        watcher.hear("read = ")
        watcher.hear("Next run:")
        watcher.process.send_signal(signal.SIGINT)
        assert watcher.process.wait(PATIENCE) == 0


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for the run among Linux's processes")
def test_ctrl_c_in_the_middle_of_a_run_lets_it_end(shop: Shop) -> None:
    with watching(shop(language="en")) as watcher:
        watcher.until_it_runs()
        watcher.process.send_signal(signal.SIGTERM)
        assert watcher.process.wait(PATIENCE) == 0
        watcher.hear("written")


def test_a_first_run_that_cannot_work_ends_the_watch(tmp_path: Path) -> None:
    with watching(tmp_path / "no.xlsx") as watcher:
        assert watcher.process.wait(PATIENCE) == 4
        watcher.hear("no.xlsx")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--every", "15m", "--at", "07:00"), "--every or --at"), (("--every", "soon"), "such as 15m"),
        (("--at", "25:00"), "looks like 07:00"), (("--timezone", "Mars"), "timezone"),
    ],
)  # fmt: skip
def test_a_schedule_that_makes_no_sense_is_told_at_once(shop: Shop, options: tuple[str, ...], says: str) -> None:
    done = CliRunner().invoke(cli.main, ["watch", str(shop()), "--language", "en", *options])
    assert done.exit_code == 2
    assert says in done.output


def test_the_options_of_a_run_reach_it(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "tasks.xlsx"
    path = shop(language="en")
    before = path.read_bytes()
    with watching(path, "--out", str(out), "--set", "check_in.days=8", "--json", "--every", "1h") as watcher:
        assert '"outcome": "applied"' in watcher.hear('"workbook"')
    assert out.exists()
    assert path.read_bytes() == before

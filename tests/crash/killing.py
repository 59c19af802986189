"""A writer in a process of its own, killed by SIGKILL at a step that is chosen beforehand.

Steps are lines of the rooms that write, and the system calls that change the disk: before the call, after it, and
for a write in the middle of its bytes. Nothing is simulated: the process dies, the file system stays as it was left.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from sheets_sync.backends.excel import graft, swap
from sheets_sync.model import Plan

ROOMS = ("swap.py", "graft.py", "repack.py", "check.py", "package.py")
CALLS = ("open", "write", "fsync", "fchmod", "fchown", "replace", "close")


class Steps:
    """Counts steps; at number ``last`` the process ends."""

    def __init__(self, last: int | None) -> None:
        self.last, self.count = last, 0
        self.calls: list[int] = []
        self._folder = str(Path(swap.__file__).parent)

    def step(self) -> bool:
        """One step further; True when it is the one to die at."""
        self.count += 1
        return self.count == self.last

    def line(self, frame: FrameType, event: str, _: Any) -> Any:
        """A trace function for the rooms that write."""
        if event == "line" and self.step():
            die()
        return self.line

    def call(self, frame: FrameType, event: str, _: Any) -> Any:
        """The trace function that chooses frames."""
        path = frame.f_code.co_filename
        return self.line if path.startswith(self._folder) and path.endswith(ROOMS) else None

    def around(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """A system call with a step before, after, and for a write in between."""

        def wrapped(*arguments: Any, **named: Any) -> Any:
            self.calls.append(self.count + 1)
            if self.step():
                die()
            if name == "write" and self.step():
                handle, content = arguments
                original(handle, bytes(content)[: len(content) // 2])
                die()
            result = original(*arguments, **named)
            self.calls.append(self.count + 1)
            if self.step():
                die()
            return result

        return wrapped


def die() -> None:
    """The end, without a word to anybody."""
    os.kill(os.getpid(), signal.SIGKILL)


def run(path: Path, plan: Plan, last: int | None) -> tuple[int, list[int]]:
    """Apply ``plan`` in a forked process that dies at step ``last`` (None = never); how many steps it took, and which
    of them were system calls; 0 where it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        steps = Steps(last)
        swap.BATCH = 4096
        for name in CALLS:
            setattr(os, name, steps.around(name, getattr(os, name)))
        sys.settrace(steps.call)
        lock = swap.Lock(path)
        graft.apply(path, plan)
        lock.release()
        sys.settrace(None)
        os.write(writing, json.dumps([steps.count, steps.calls]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, status
        return 0, []
    assert status == 0, f"the writer failed at step {last}"
    count, calls = json.loads(said)
    return count, calls


def strays(folder: Path) -> list[str]:
    """Files in ``folder`` that a run left behind."""
    return sorted(p.name for p in folder.iterdir() if p.name.startswith(".~sheets-sync"))

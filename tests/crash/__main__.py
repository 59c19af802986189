"""``python -m tests.crash [--points N]``: N moments of the writing of a workbook.

Each time the file must be the old one or the new one to the byte, and the next run must leave no stray file.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from openpyxl import Workbook

from sheets_sync.backends.excel import graft, swap
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.model import Plan
from tests.crash.killing import run, strays
from tests.sample_plans import first, second


def workbook(path: Path) -> Plan:
    """A workbook with our tabs at ``path``, and the next day's plan for it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Pedidos"
    for number in range(500):
        sheet.append([f"P-{number}", number, "x" * (number % 50)])
    book.save(path)
    plan = first("pt-BR", awkward=False)
    graft.apply(path, plan)
    with Package(path) as package:
        titles = [s.title for s in Book(package).sheets][1:]
    return second(plan, dict(zip([t.title for t in plan.tabs], titles, strict=False)))


def crash(folder: Path, points: int) -> dict[str, int]:
    """Kill the writer at ``points`` moments; how often the old and the new file were found. AssertionError where it
    was neither, or where a stray survived the next run."""
    path = folder / "loja.xlsx"
    plan = workbook(path)
    old = path.read_bytes()
    total, calls = run(path, plan, None)
    new = path.read_bytes()
    assert new != old
    found = {"old": 0, "new": 0, "steps": total, "strays swept": 0}
    for step in moments(total, calls, points):
        path.write_bytes(old)
        run(path, plan, step)
        now = path.read_bytes()
        assert now in (old, new), f"neither old nor new after step {step}"
        found["old" if now == old else "new"] += 1
        found["strays swept"] += len(strays(folder))
        with swap.Lock(path):  # the next run
            assert not strays(folder), f"a stray survived step {step}"
    return found


def moments(total: int, calls: list[int], points: int) -> list[int]:
    """Steps to die at: half of them where the disk is touched, half spread evenly over everything."""
    half = [calls[i * (len(calls) - 1) // max(points // 2 - 1, 1)] for i in range(points // 2)]
    rest = points - len(half)
    return sorted([*half, *(1 + i * (total - 1) // max(rest - 1, 1) for i in range(rest))])


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100)
    options = parser.parse_args()
    if not hasattr(os, "fork"):
        print("no fork here: skipped")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SHEETS_SYNC_STATE"] = f"{folder}/state"
        place = Path(folder) / "shop"
        place.mkdir()
        found = crash(place, options.points)
    print(", ".join(f"{name}: {count}" for name, count in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())

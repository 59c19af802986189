"""How the main job scales: ``python -m tests.benchmarks.scale --orders N --customers M``.

Prints one JSON object: orders, customers, tasks, seconds by room (``total`` is the whole command's run, ``process``
its process from start to end, ``fastexcel_read`` fastexcel's bare read of the same file, measured in the same run)
and the peak memory of the run's process in bytes. Each measurement is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.workbook_maker import LAST_DAY, make

_BARE_READ = """
import sys, time, fastexcel
begun = time.perf_counter()
reader = fastexcel.read_excel(sys.argv[1])
for name in reader.sheet_names:
    reader.load_sheet(name, schema_sample_rows=None).to_arrow()
print(time.perf_counter() - begun)
"""


def bare_read(path: Path) -> float:
    """Seconds fastexcel alone takes for every tab of the file."""
    done = subprocess.run([sys.executable, "-c", _BARE_READ, str(path)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def measured_run(path: Path, out: Path, day: str) -> tuple[dict[str, object], float, int]:
    """The command's JSON, its process's seconds and its peak memory in bytes."""
    command = [sys.executable, "-m", "sheets_sync", "run", str(path), "--out", str(out), "--on", day, "--json"]
    begun = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    return json.loads(done.stdout), seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scale.xlsx"
        make(path, orders=given.orders, customers=given.customers, seed=given.seed)
        report, process, peak = measured_run(path, Path(folder) / "out.xlsx", str(LAST_DAY))
        read = bare_read(path)  # after the run: its memory must not count in the run's peak
    seconds = report["seconds"]
    assert isinstance(seconds, dict)
    tasks = report["tasks"]
    assert isinstance(tasks, list)
    print(
        json.dumps(
            {
                "orders": given.orders,
                "customers": given.customers,
                "tasks": len(tasks),
                "seconds": {**seconds, "process": round(process, 3), "fastexcel_read": round(read, 3)},
                "peak_bytes": peak,
            }
        )
    )


if __name__ == "__main__":
    main()

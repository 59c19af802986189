"""What takes too long for every change: ``python -m tests.long [--examples N] [--steps N] [--seed N]``.

People and the worker living together for long (``tests/test_house_machine.py``, a tenth as many lives in
``tests/test_corridor_machine.py``; on Google twice as many shorter ones, with a second worker and edits between reading
and writing), then the graft on the whole corpus.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="of the lives on Google")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    env = {
        **os.environ,
        "HOUSE_EXAMPLES": str(given.examples),
        "HOUSE_STEPS": str(given.steps),
        "CORRIDOR_EXAMPLES": str(max(given.examples // 10, 1)),
        "CORRIDOR_STEPS": str(given.steps),
        "PEOPLE_EXAMPLES": str(given.examples * 2),
        "PEOPLE_STEPS": str(max(given.steps * 3 // 5, 1)),
        "PEOPLE_SEED": str(given.seed),
    }
    machines = [
        "tests/test_house_machine.py", "tests/test_corridor_machine.py", "tests/backends/google/test_people_machine.py",
    ]  # fmt: skip
    lives = subprocess.run([sys.executable, "-m", "pytest", "-q", "-n", "auto", *machines], env=env, check=False)
    corpus = subprocess.run([sys.executable, "-m", "tests.corpus"], check=False)
    return lives.returncode or corpus.returncode


if __name__ == "__main__":
    sys.exit(main())

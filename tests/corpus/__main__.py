"""``python -m tests.corpus [--every N] [--folder DIR] [--only TEXT] [--keep DIR]``

For each wild workbook: all our tabs are added, then changed by a second plan; nothing else may have changed, no
error of Microsoft's validator may have been added, LibreOffice must still open what it opened before, and fastexcel
must read our tabs. Prints a table; exit 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import fastexcel

from sheets_sync.backends.excel import graft
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book
from sheets_sync.problems import BackendError
from tests.corpus import oracles
from tests.corpus.parts import differences
from tests.sample_plans import first, second

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
LANGUAGES = ("pt-BR", "es", "nl", "en")


@dataclass(slots=True, kw_only=True)
class Case:
    """One workbook on its way. ``refused``: the code; ``faults``: promises broken."""

    source: Path
    copy: Path
    refused: str = ""
    faults: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def grafted(case: Case, number: int) -> None:
    """Both plans applied; what they broke noted."""
    shutil.copyfile(case.source, case.copy)
    try:
        with Package(case.copy) as package:
            tabs = [sheet.title for sheet in Book(package).sheets]
        plan = first(LANGUAGES[number % 4], source=tabs[0] if tabs else "Pedidos")
        case.seconds.append(_timed(case.copy, plan))
    except BackendError as error:
        case.refused = error.code
        return
    with Package(case.copy) as package:
        titles = [sheet.title for sheet in Book(package).sheets][len(tabs) :]
    case.seconds.append(_timed(case.copy, second(plan, dict(zip([t.title for t in plan.tabs], titles, strict=False)))))
    case.faults += differences(case.source, case.copy)
    case.faults += _unread(case.copy, titles)


def _timed(path: Path, plan: object) -> float:
    begun = time.perf_counter()
    graft.apply(path, plan)  # type: ignore[arg-type]
    return time.perf_counter() - begun


def _unread(path: Path, titles: Sequence[str]) -> list[str]:
    """Tabs of ours that fastexcel does not read."""
    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        return [f"fastexcel: {error}"]
    missing = [f"fastexcel misses {t}" for t in titles if t not in book.sheet_names]
    for title in titles[:-1]:
        sheet = book.load_sheet(title, header_row=None, n_rows=1, use_columns=[0])
        if not str(sheet.to_arrow().column(0)[0]).startswith("sheets-sync:"):
            missing.append(f"{title} has no marker")
    return missing


def validated(cases: Sequence[Case], command: str) -> int:
    """The validator on each result, and on its source where there is something to compare; how many had errors
    before."""
    with ThreadPoolExecutor(2) as pool:
        after = list(pool.map(lambda c: oracles.errors(command, c.copy), cases))
        faulty = [(case, errors) for case, errors in zip(cases, after, strict=True) if errors]
        before = list(pool.map(lambda pair: oracles.errors(command, pair[0].source), faulty))
    for (case, new), old in zip(faulty, before, strict=True):
        case.faults += [f"validator: {path}: {text} ({n}×)" for (path, _, text), n in (new - old).items()]
    return sum(bool(errors) for errors in before)


def main() -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=CORPUS)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    files = sorted(p for p in options.folder.glob("*.xl*") if options.only in p.name)[:: options.every]
    if not files:
        print(f"no workbooks in {options.folder}: skipped")
        return 0
    work = options.keep or Path(tempfile.mkdtemp(prefix="corpus-"))
    work.mkdir(parents=True, exist_ok=True)
    cases = [Case(source=path, copy=work / path.name) for path in files]
    for number, case in enumerate(cases):
        grafted(case, number)
    done = [case for case in cases if not case.refused]
    lines = [f"{len(cases)} workbooks, {len(done)} grafted twice"]
    lines += [f"refused: {code} {n}" for code, n in Counter(c.refused for c in cases if c.refused).items()]
    times = sorted(s for case in done for s in case.seconds)
    lines.append(f"seconds a graft: median {statistics.median(times):.3f}, longest {times[-1]:.3f}")
    command = oracles.validator()
    lines.append(
        f"validator: {validated(done, command)} had errors before" if command else "validator not found: skipped"
    )
    if program := oracles.office():
        before = oracles.converts(program, [c.source for c in done], work / "before")
        after = oracles.converts(program, [c.copy for c in done], work / "after")
        for case in done:
            if case.source in before and case.copy not in after:
                case.faults.append("LibreOffice opened it before, not after")
        lines.append(f"LibreOffice: {len(before)} converted before, {len(after)} after")
    else:
        lines.append("LibreOffice not found: skipped")
    broken = [case for case in done if case.faults]
    lines += [f"FAULT {case.source.name}: {fault}" for case in broken for fault in case.faults[:5]]
    lines.append(f"{len(done) - len(broken)} of {len(done)} kept every promise")
    print("\n".join(lines))
    if not options.keep:
        shutil.rmtree(work)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

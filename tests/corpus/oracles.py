"""Microsoft's validator and LibreOffice, where they are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

Errors = Counter[tuple[str, str, str]]
_BATCH = 20


def validator() -> str | None:
    """The validator's command: OOXML_VALIDATOR, or on the PATH."""
    named = os.environ.get("OOXML_VALIDATOR")
    return named if named and Path(named).exists() else shutil.which("ooxml-validator")


def errors(command: str, path: Path) -> Errors:
    """What the validator says against a file: part, kind of error, sentence; how often."""
    done = subprocess.run([command, str(path)], capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["errors"]
    except (ValueError, KeyError):
        found = [{"id": "crash", "path": "", "description": (done.stdout + done.stderr)[-200:]}]
    return Counter((e.get("path") or "", e.get("id") or "", e.get("description") or "") for e in found)


def office() -> str | None:
    """LibreOffice's command."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def converts(command: str, paths: Sequence[Path], out: Path) -> set[Path]:
    """Which files LibreOffice opens and converts to .xlsx in ``out``; in batches, alone where a batch fell over."""
    out.mkdir(parents=True, exist_ok=True)
    done: set[Path] = set()
    for start in range(0, len(paths), _BATCH):
        batch = paths[start : start + _BATCH]
        _convert(command, batch, out)
        for path in batch:
            if not _made(out, path):
                _convert(command, [path], out)
            if _made(out, path):
                done.add(path)
    return done


def _made(out: Path, path: Path) -> bool:
    made = out / f"{path.stem}.xlsx"
    return made.exists() and made.stat().st_size > 0


def _convert(command: str, paths: Sequence[Path], out: Path) -> None:
    with tempfile.TemporaryDirectory() as profile:
        line = [command, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "xlsx"]
        with_out = [*line, "--outdir", str(out), *map(str, paths)]
        try:
            subprocess.run(with_out, capture_output=True, timeout=60 + 20 * len(paths), check=False)
        except subprocess.TimeoutExpired:
            return

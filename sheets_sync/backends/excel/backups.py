"""The files as they were before each of the last runs, kept for ``undo``: readable only by their owner.

One folder a workbook in the user's state folder, named after the file's real path; ``runs.json`` lists its backups,
oldest first, each with the digest of the bytes that the run wrote in its place.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from sheets_sync.backends.state_folder import state_folder
from sheets_sync.problems import BackendError

KEPT = 10
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where a disk, or one's share of it, is full."""
_CHUNK = 1 << 20


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A workbook before one run. ``file``: inside the folder; ``written``: digest of what the run put in its place."""

    run_id: str
    file: str
    written: str


class Backups:
    """The backups of one workbook."""

    def __init__(self, workbook: Path) -> None:
        """``workbook``: the real file, links followed."""
        name = hashlib.sha256(os.fsencode(workbook.resolve())).hexdigest()[:24]
        self.folder = state_folder() / "workbooks" / name
        self._list = self.folder / "runs.json"

    def all(self) -> list[Backup]:
        """Backups that are still there, oldest first."""
        try:
            rows = json.loads(self._list.read_text("utf-8"))
            found = [Backup(**row) for row in rows]
        except (OSError, ValueError, TypeError):  # none yet, or a list that somebody edited: nothing to undo
            return []
        return [b for b in found if Path(b.file).name == b.file and (self.folder / b.file).is_file()]

    def path(self, backup: Backup) -> Path:
        """Where a backup's bytes are."""
        return self.folder / backup.file

    def keep(self, workbook: Path, run_id: str) -> Path:
        """Copy ``workbook`` as it is now, to be listed with ``list_run`` once the run has written.

        BackendError ``disk_full``, ``no_state_folder``.
        """
        kept = self.folder / f"{run_id}{workbook.suffix}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as target, workbook.open("rb") as source:
                shutil.copyfileobj(source, target, _CHUNK)
        except OSError as error:
            kept.unlink(missing_ok=True)
            if error.errno in FULL:
                raise BackendError("disk_full", file=workbook.name) from error
            raise BackendError("no_state_folder", folder=str(self.folder)) from error
        return kept

    def list_run(self, kept: Path, run_id: str, written: str) -> None:
        """Remember that ``run_id`` put bytes of digest ``written`` in the place of ``kept``; let the eleventh go."""
        listed = [b for b in self.all() if b.run_id != run_id]
        listed.append(Backup(run_id=run_id, file=kept.name, written=written))
        self._save(listed[-KEPT:])

    def forget(self, backup: Backup) -> None:
        """Take a backup and those since off the list (it was put back)."""
        listed = self.all()
        runs = [b.run_id for b in listed]
        self._save(listed[: runs.index(backup.run_id)] if backup.run_id in runs else listed)

    def _save(self, listed: list[Backup]) -> None:
        beside = self._list.with_suffix(".new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump([asdict(b) for b in listed], file)
        beside.replace(self._list)
        names = {b.file for b in listed} | {self._list.name}
        for stray in self.folder.iterdir():  # backups off the list, and copies of runs that did not end
            if stray.name not in names and stray.suffix != ".lock":
                stray.unlink(missing_ok=True)

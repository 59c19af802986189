"""Excel workbooks: files on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from sheets_sync.backends.excel.backups import Backup, Backups, digest
from sheets_sync.model import Applied, Plan, RawTab, TabLayout, Workbook
from sheets_sync.problems import BackendError, ConfigError

if TYPE_CHECKING:
    from sheets_sync.backends.excel.reading import OpenFile
    from sheets_sync.backends.excel.swap import Lock

_WRITABLE = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})
_BORN = ".xlsx"


class ExcelBackend:
    """A workbook file (``backends/base.py`` is the contract). With ``out`` the result goes there, ``path`` stays.

    A file that is no .xlsx (.xls, .xlsb, .ods, .csv) is read only: ``out`` is then a workbook of our tabs alone, and
    where it exists our tabs and the memory are read from it.
    """

    def __init__(self, path: Path, out: Path | None = None) -> None:
        """Nothing is touched before ``open``."""
        self.path, self.out = path, out
        self._file: OpenFile | None = None
        self._results: OpenFile | None = None
        self._lock: Lock | None = None
        self._undone: tuple[Backups, Backup] | None = None

    # ── the contract ────────────────────────────────────────────────────────

    def open(self) -> Workbook:
        """Peek at every tab, read our own tabs and the memory whole."""
        from sheets_sync.backends.excel.reading import open_file  # noqa: PLC0415  (only where a file is read)

        self.close()
        self._file = file = open_file(self.path)
        if file.writable:
            if self.out is not None and self.out.exists():
                raise ConfigError("out_exists", file=self.out.name)
            self._check_suffix(self.path.suffix.lower())
            return file.workbook
        self._check_suffix(_BORN)
        if self.out is None or not self.out.exists():
            return file.workbook
        from sheets_sync.tables.recognise import recognise  # noqa: PLC0415  (only for results beside)

        self._results = open_file(self.out)
        kept = self._results.workbook
        if recognise(kept.tabs, {}).layouts:  # somebody's workbook, not the results of this file
            raise ConfigError("out_exists", file=self.out.name)
        return Workbook(name=file.workbook.name, tabs=file.workbook.tabs, grids=kept.grids, memory=kept.memory)

    def try_to_write(self) -> None:
        """BackendError ``read_only``, ``structure_locked`` where a run could not write; nothing is changed."""
        from sheets_sync.backends.excel import swap  # noqa: PLC0415  (only for the doctor)

        assert self._file is not None  # noqa: S101  (open comes first)
        if not self._file.writable:
            return  # its results go to a file of their own
        swap.check_writable(self.path)
        if self._file.locked and self._file.workbook.memory is None:
            raise BackendError("structure_locked")

    def _check_suffix(self, suffix: str) -> None:
        """Excel declines a workbook of one kind under the name of another."""
        suffix = suffix if suffix in _WRITABLE else _BORN
        if self.out is not None and self.out.suffix.lower() != suffix:
            raise ConfigError("out_suffix", suffix=suffix, example=self.out.with_suffix(suffix).name)

    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]:
        """The recognised source tabs."""
        assert self._file is not None  # noqa: S101  (open comes first)
        return self._file.load(layouts)

    def apply(self, plan: Plan) -> Applied:
        """Graft our tabs; the file as it was is kept for ``undo``."""
        from sheets_sync.backends.excel import swap  # noqa: PLC0415  (only where a file is written)

        assert self._file is not None  # noqa: S101  (open comes first)
        if plan.empty and (self.out is None or self.out.exists()):
            swap.tidy(self.out or self.path)
            return Applied(changed=False)
        if not self._file.writable and self.out is None:
            raise ConfigError("out_needed", file=self.path.name)
        target = self.out or self.path
        with swap.Lock(target), _kept(target) as wrote:
            return self._graft(plan, wrote) if self._file.writable else self._graft_beside(plan, wrote)

    def _graft(self, plan: Plan, wrote: Callable[[str], None]) -> Applied:
        from sheets_sync.backends.excel import graft, swap  # noqa: PLC0415

        assert self._file is not None  # noqa: S101
        self._file.ensure_unchanged()
        seen = swap.fingerprint(self.path.resolve())
        self._file.close()
        return graft.apply(self.path, plan, out=self.out, seen=seen, wrote=wrote)

    def _graft_beside(self, plan: Plan, wrote: Callable[[str], None]) -> Applied:
        """Our tabs into a workbook of their own, born where it does not exist yet."""
        from sheets_sync.backends.excel import blank, graft, swap  # noqa: PLC0415

        assert self.out is not None  # noqa: S101
        if self._results is not None:
            self._results.ensure_unchanged()
            seen = swap.fingerprint(self.out.resolve())
            self._results.close()
            return graft.apply(self.out, plan, seen=seen, wrote=wrote)
        with TemporaryDirectory() as folder:
            empty = Path(folder) / "empty.xlsx"
            blank.create(empty)
            return graft.apply(empty, plan, out=self.out, wrote=wrote)

    def close(self) -> None:
        """Let go of the files; safe to call twice."""
        for file in (self._file, self._results):
            if file is not None:
                file.close()

    def traffic(self) -> None:
        """None: a file travels nowhere."""

    # ── taking a run back ───────────────────────────────────────────────────

    def _last(self) -> tuple[Backups, Backup] | None:
        backups = Backups(self.path)
        kept = backups.all()
        return (backups, kept[-1]) if kept else None

    def before(self) -> Workbook | None:
        """The workbook as it was before the last run; None where nothing is kept."""
        from sheets_sync.backends.excel.reading import open_file  # noqa: PLC0415

        self._undone = last = self._last()
        if last is None:
            return None
        with open_file(last[0].path(last[1])) as file:
            return file.workbook

    def restore(self) -> bool:
        """Put the backup back where the file's bytes are those the run wrote."""
        from sheets_sync.backends.excel import swap  # noqa: PLC0415

        assert self._undone is not None  # noqa: S101  (before() said there is one)
        backups, backup = self._undone
        with swap.Lock(self.path):
            seen = swap.fingerprint(self.path.resolve())
            if digest(self.path) != backup.written:
                return False
            self.close()
            pieces = [backups.path(backup).read_bytes()]
            swap.replace(self.path, pieces, approve=lambda _: None, seen=seen)
        return True

    def forget(self) -> None:
        """Drop what was kept of the run that ``before`` spoke of, and of taking it back."""
        if self._undone is not None:
            backups, backup = self._undone
            backups.forget(backup)


@contextmanager
def _kept(target: Path) -> Iterator[Callable[[str], None]]:
    """Whatever stands there is kept for ``undo`` while something new is put in its place; to be told its SHA-256: who
    read it from the file might read what a person saved meanwhile."""
    backups, run_id, written = Backups(target), uuid4().hex[:12], list[str]()
    kept = backups.keep(target.resolve(), run_id) if target.exists() else None
    yield written.append
    if kept is not None:
        backups.list_run(kept, run_id, "".join(written))

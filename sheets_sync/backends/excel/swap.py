"""A file's content replaced at one stroke: killed at any moment, it is the old one or the new one, whole.

The new bytes go beside it into a hidden file (on the same disk, named so that OneDrive and Dropbox leave it alone),
are checked there, reach the disk, and take the old file's name. Mode, owner and extended attributes are kept;
symbolic links are followed to the real file; hard links part, as with every program that saves safely.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sheets_sync.backends.excel.backups import FULL, Backups
from sheets_sync.problems import BackendError, Refusal

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

BATCH = 1 << 20
_BARRED = (errno.EACCES, errno.EPERM, errno.EROFS)
_FOREIGN_STRAY_AGE = 86_400
_WRITE_BITS = 0o222

Fingerprint = tuple[int, int]
"""Size and time of the last change: what tells that a file is still the one that was read."""


def fingerprint(path: Path) -> Fingerprint:
    """The fingerprint of the file behind ``path``."""
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def check_writable(path: Path) -> None:
    """BackendError ``read_only`` where the file (or a new one in its folder) may not be written, ``folder_missing``
    where there is no folder; root too heeds the file's own mode."""
    real = path.resolve()
    if not real.parent.is_dir():
        raise BackendError("folder_missing", folder=str(path.parent))
    if real.exists() and (not real.stat().st_mode & _WRITE_BITS or not os.access(real, os.W_OK)):
        raise BackendError("read_only", file=path.name)
    if not os.access(real.parent, os.W_OK):
        raise BackendError("read_only", file=path.name)


def replace(
    path: Path, pieces: Iterable[bytes], *, approve: Callable[[Path], None], seen: Fingerprint | None = None
) -> str:
    """Put ``pieces`` in the place of ``path`` (which need not exist); SHA-256 of them, in hex.

    ``approve`` is given the new file before it takes the name and raises where it is not as it must be. ``seen``:
    the fingerprint the old content was read under; Refusal ``changed_under_us`` where it is another by then.
    BackendError ``disk_full``, ``read_only``, ``open_elsewhere``. Whatever is raised, the old file stays.
    """
    real = path.resolve()
    check_writable(path)
    beside = real.with_name(f"{_stray_prefix(real)}{_host()}-{os.getpid()}-{secrets.token_hex(3)}.tmp")
    try:
        try:
            written = _write(beside, pieces, real)
            approve(beside)
            if seen is not None and fingerprint(real) != seen:
                raise Refusal("changed_under_us", file=path.name)
            try:
                os.replace(beside, real)  # noqa: PTH105  (every step of the swap is a plain call of the system)
            except PermissionError as error:  # Windows: somebody has it open
                raise BackendError("open_elsewhere", file=path.name) from error
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _explained(error, path) from error
    _sync_folder(real.parent)
    return written


def _write(beside: Path, pieces: Iterable[bytes], old: Path) -> str:
    written = hashlib.sha256()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(beside, flags, 0o666 if not old.exists() else 0o600)
    try:
        for batch in _batches(pieces):
            written.update(batch)
            left = memoryview(batch)
            while left:
                left = left[os.write(handle, left) :]
        if old.exists():
            _take_over(old, beside, handle)
        _to_disk(handle)
    finally:
        os.close(handle)
    return written.hexdigest()


def _batches(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces joined, so that the system is called once a megabyte."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= BATCH:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    yield b"".join(waiting)


def _take_over(old: Path, beside: Path, handle: int) -> None:
    """Owner, mode and extended attributes of ``old``, as far as we may."""
    facts = old.stat()
    if hasattr(os, "fchown"):
        with contextlib.suppress(OSError):
            os.fchown(handle, facts.st_uid, facts.st_gid)
        os.fchmod(handle, facts.st_mode & 0o7777)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(old):
                with contextlib.suppress(OSError):
                    os.setxattr(beside, name, os.getxattr(old, name))


def _to_disk(handle: int) -> None:
    os.fsync(handle)
    if fcntl is not None and hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync alone stops at the drive's cache
        with contextlib.suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Windows cannot, some network shares will not
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _explained(error: OSError, path: Path) -> BackendError:
    if error.errno in FULL:
        return BackendError("disk_full", file=path.name)
    if error.errno in _BARRED:
        return BackendError("read_only", file=path.name)
    return BackendError("unwritable", file=path.name, detail=error.strerror or "")


# ── what dead runs left ─────────────────────────────────────────────────────


def _stray_prefix(real: Path) -> str:
    return f".~sheets-sync-{hashlib.sha256(os.fsencode(real.name)).hexdigest()[:10]}-"


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode("utf-8")).hexdigest()[:6]


def sweep(path: Path) -> None:
    """Remove what runs that were killed left beside ``path``. Only for who holds its lock: no run is under way on
    this machine then; another machine's file on a shared drive is only removed when it is a day old."""
    real = path.resolve()
    ours = f"{_stray_prefix(real)}{_host()}-"
    with contextlib.suppress(OSError):
        for stray in real.parent.glob(f"{_stray_prefix(real)}*.tmp"):
            with contextlib.suppress(OSError):
                if stray.name.startswith(ours) or time.time() - stray.stat().st_mtime > _FOREIGN_STRAY_AGE:
                    stray.unlink()


def tidy(path: Path) -> None:
    """``sweep`` for a run that has nothing to write; where another run is under way or has no state folder, it is
    left to the next."""
    with contextlib.suppress(BackendError):
        Lock(path).release()


# ── one run at a time ───────────────────────────────────────────────────────


class Lock:
    """Held by a run from before it reads until after it has written, so that two runs on one file exclude each
    other. The system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Take it; BackendError ``busy`` (retryable) where another run has it. Strays are swept on the way."""
        folder = Backups(path).folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handle: int | None = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BackendError("no_state_folder", folder=str(folder)) from error
        try:
            _take(self._handle)
        except OSError as error:
            os.close(self._handle)
            busy = BackendError("busy", file=path.name)
            busy.retryable = True
            raise busy from error
        sweep(path)

    def release(self) -> None:
        """Let go; safe to call twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Lock:
        """The lock itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go."""
        self.release()


def _take(handle: int) -> None:
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        import msvcrt  # noqa: PLC0415  (Windows only)

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]

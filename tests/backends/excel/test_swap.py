"""The swap: everything or nothing, with mode, links and locks as they should be."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sheets_sync.backends.excel import swap
from sheets_sync.problems import BackendError, Refusal

resource = pytest.importorskip("resource", reason="limits of POSIX")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes, links and signals of POSIX")


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETS_SYNC_STATE", str(tmp_path / "state"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "loja"
    folder.mkdir()
    file = folder / "pedidos ção.xlsx"
    file.write_bytes(b"old")
    return file


def fine(_: Path) -> None:
    """Nothing to object to."""


def names(path: Path) -> list[str]:
    return sorted(p.name for p in path.parent.iterdir())


def test_new_bytes_take_the_name(path: Path) -> None:
    seen = []
    swap.replace(path, [b"n", b"ew"], approve=lambda p: seen.append(p.read_bytes()))
    assert path.read_bytes() == b"new"
    assert seen == [b"new"]
    assert names(path) == [path.name]


def test_a_file_that_is_not_there_yet_is_born(path: Path) -> None:
    born = path.with_name("result.xlsx")
    swap.replace(born, [b"new"], approve=fine)
    assert born.read_bytes() == b"new"


def test_mode_is_kept(path: Path) -> None:
    path.chmod(0o640)
    swap.replace(path, [b"new"], approve=fine)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_symbolic_links_lead_to_the_real_file(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    swap.replace(link, [b"new"], approve=fine)
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_a_file_nobody_may_write_is_refused_for_root_too(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(BackendError) as raised:
        swap.replace(path, [b"new"], approve=fine)
    assert raised.value.code == "read_only"
    assert path.read_bytes() == b"old"


def test_what_is_not_approved_is_not_swapped(path: Path) -> None:
    def object_to(_: Path) -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        swap.replace(path, [b"new"], approve=object_to)
    assert path.read_bytes() == b"old"
    assert names(path) == [path.name]


def test_a_file_saved_meanwhile_is_not_overwritten(path: Path) -> None:
    seen = swap.fingerprint(path)

    def meanwhile(_: Path) -> None:
        path.write_bytes(b"saved by somebody")

    with pytest.raises(Refusal) as raised:
        swap.replace(path, [b"new"], approve=meanwhile, seen=seen)
    assert raised.value.code == "changed_under_us"
    assert path.read_bytes() == b"saved by somebody"
    assert names(path) == [path.name]


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EROFS, "read_only"), (errno.EIO, "unwritable")],
)
def test_what_the_system_says_is_told(path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def refuse(handle: int, content: Any) -> int:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(BackendError) as raised:
        swap.replace(path, [b"new"], approve=fine)
    monkeypatch.undo()
    assert raised.value.code == code
    assert path.read_bytes() == b"old"
    assert names(path) == [path.name]


def test_a_disk_that_fills_up_leaves_the_old_file_whole(path: Path) -> None:
    """A real limit of the system, not a pretended one: the file may grow to 64 kB and no further."""

    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield os.urandom(10_000)

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, hard))
    try:
        with pytest.raises(BackendError) as raised:
            swap.replace(path, pieces(), approve=fine)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert raised.value.code == "disk_full"
    assert path.read_bytes() == b"old"
    assert names(path) == [path.name]


# ── locks and strays ────────────────────────────────────────────────────────

HOLD = """
import sys, time, pathlib
from sheets_sync.backends.excel import swap
lock = swap.Lock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_two_runs_on_one_file_exclude_each_other_until_the_first_dies(path: Path, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        link = tmp_path / "other name.xlsx"
        link.symlink_to(path)
        with pytest.raises(BackendError) as raised:
            swap.Lock(link)
        assert raised.value.code == "busy"
        assert raised.value.retryable
        swap.Lock(path.with_name("another.xlsx")).release()
        holder.kill()
    swap.Lock(path).release()


def test_strays_of_dead_runs_go_those_of_other_machines_after_a_day(path: Path) -> None:
    prefix = swap._stray_prefix(path)
    ours = path.with_name(f"{prefix}{swap._host()}-99-abc.tmp")
    fresh, stale = (path.with_name(f"{prefix}ffffff-{n}-abc.tmp") for n in (1, 2))
    other = path.with_name(f"{swap._stray_prefix(path.with_name('other.xlsx'))}{swap._host()}-1-a.tmp")
    for file in (ours, fresh, stale, other):
        file.write_bytes(b"x")
    long_ago = time.time() - 2 * 86_400
    os.utime(stale, (long_ago, long_ago))
    swap.Lock(path).release()
    assert names(path) == sorted([path.name, fresh.name, other.name])


def test_a_state_folder_that_cannot_be_made_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETS_SYNC_STATE", str(path / "inside a file"))
    with pytest.raises(BackendError) as raised:
        swap.Lock(path)
    assert raised.value.code == "no_state_folder"

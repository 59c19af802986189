"""A workbook file as a zip, seen raw: members listed, read, and handed out still compressed.

``zipfile`` hides where members lie and rewrites what it saves. ``zipremove`` (PyPI 0.10) was tried: it keeps wild files
intact, but works in place on a copy, on private parts of ``zipfile``, writes central records anew and moves replaced
members to the end. The self-check needs the raw view anyhow, and with it copying is a few lines (``repack``).
Names are matched as OPC wants it: without case, percent-decoded, ``\\`` read as ``/``.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote

from msgspec import Struct

from sheets_sync.problems import BackendError

STORED, DEFLATED = 0, 8
CHUNK = 1 << 20

END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
FULL = 0xFFFFFFFF


def damaged() -> BackendError:
    """The file is cut off or was never whole."""
    return BackendError("damaged")


def folded(name: str) -> str:
    """The form in which two part names are one part: no leading slash, ``/`` only, percent-decoded, no case."""
    return unquote(name.replace("\\", "/").lstrip("/")).lower()


class Member(Struct, frozen=True, kw_only=True):
    """One member as the central directory lists it. Offsets and sizes in bytes; ``record`` = its central record."""

    name: str
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int
    record: bytes

    @property
    def encrypted(self) -> bool:
        """True where the member is encrypted by the zip's own means."""
        return bool(self.flags & 1)


class Package:
    """An open workbook file. ``members`` in the directory's order; close it (or use ``with``) when done.

    Raises BackendError ``damaged`` wherever the file is not the zip it says it is.
    """

    def __init__(self, path: Path) -> None:
        """Open ``path`` and read its central directory."""
        self.path = path
        self._file = path.open("rb")
        try:
            stat = os.fstat(self._file.fileno())
            self.size = stat.st_size
            directory, self.comment, self._shift = self._directory()
            self.members = tuple(_members(directory))
            self.fingerprint = (stat.st_size, stat.st_mtime_ns, zlib.crc32(directory))
        except BaseException:
            self._file.close()
            raise
        self._exact = {m.name: m for m in self.members}
        self._folded = {folded(m.name): m for m in self.members}

    def __enter__(self) -> Package:
        """The package itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._file.close()

    def find(self, name: str) -> Member | None:
        """The member called so, exactly or as OPC compares names; None where there is none."""
        return self._exact.get(name) or self._folded.get(folded(name))

    def read(self, member: Member | str) -> bytes:
        """A member's content, checked against its size and CRC. KeyError where there is no such member."""
        if isinstance(member, str):
            found = self.find(member)
            if found is None:
                raise KeyError(member)
            member = found
        parts = list(self.stream(member))
        content = parts[0] if len(parts) == 1 else b"".join(parts)
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise damaged()
        return content

    def stream(self, member: Member, limit: int | None = None) -> Iterator[bytes]:
        """A member's content in pieces, CRC unchecked; never more than its declared size (or ``limit``).

        BackendError ``damaged`` where, read whole, it would be more than that.
        """
        if member.encrypted:
            raise BackendError("encrypted")
        if member.method not in (STORED, DEFLATED):
            raise BackendError("unreadable_compression", part=member.name)
        start, length = self._data(member)
        left = member.size if limit is None else min(limit, member.size)
        inflate = zlib.decompressobj(-15) if member.method == DEFLATED else None
        position, end = start, start + length
        piece, full = b"", False
        try:
            while left > 0 and (piece or full or position < end):  # full: zlib may hold more than was asked of it
                if not piece and position < end:
                    piece = self.bytes_at(position, min(CHUNK, end - position))
                    position += len(piece)
                most = min(left, 4 * CHUNK)
                content = inflate.decompress(piece, most) if inflate else piece[:most]
                piece = inflate.unconsumed_tail if inflate else piece[most:]
                full = len(content) == most
                left -= len(content)
                if content:
                    yield content
                if inflate and inflate.eof:
                    return
            if limit is None and inflate:
                piece += self.bytes_at(position, min(CHUNK, end - position))
                if inflate.decompress(piece, 1):
                    raise damaged()  # more comes out than the directory says: how bombs hide
        except zlib.error as error:
            raise damaged() from error

    def bytes_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes of the file from ``offset``."""
        if not 0 <= offset <= offset + length <= self.size:
            raise damaged()
        self._file.seek(offset)
        found = self._file.read(length)
        if len(found) != length:
            raise damaged()
        return found

    def span(self, member: Member) -> tuple[int, int]:
        """Where a member lies, local header to data descriptor: start and end in the file."""
        start, length = self._data(member)
        end = start + length
        return member.offset + self._shift, end + (self._descriptor(member, end) if member.flags & 8 else 0)

    def _data(self, member: Member) -> tuple[int, int]:
        offset = member.offset + self._shift
        header = LOCAL.unpack(self.bytes_at(offset, LOCAL.size))
        if header[0] != b"PK\3\4":
            raise damaged()
        return offset + LOCAL.size + header[9] + header[10], member.compressed

    def _descriptor(self, member: Member, end: int) -> int:
        """The length of the data descriptor: with or without signature, with 4- or 8-byte sizes."""
        self._file.seek(end)
        tail = self._file.read(24)
        for form, signature in (("<4sLLL", True), ("<4sLQQ", True), ("<LLL", False), ("<LQQ", False)):
            size = struct.calcsize(form)
            values = struct.unpack(form, tail[:size]) if len(tail) >= size else ()
            if values[-3:] == (member.crc, member.compressed, member.size) and (
                not signature or values[0] == b"PK\7\x08"
            ):
                return size
        return 0  # announced, not there: readers go by the central record

    def _directory(self) -> tuple[bytes, bytes, int]:
        """The central directory's bytes, the archive's comment, and by how much all offsets are off."""
        tail_start = max(0, self.size - END.size - 0xFFFF)
        tail = self.bytes_at(tail_start, self.size - tail_start)
        at = tail.rfind(b"PK\5\6")
        while at >= 0 and (len(tail) - at < END.size or at + END.size + END.unpack_from(tail, at)[7] > len(tail)):
            at = tail.rfind(b"PK\5\6", 0, at)
        if at < 0:
            raise damaged()
        _, disk, _, _, _, length, start, comment = END.unpack_from(tail, at)
        end = tail_start + at
        if disk not in (0, 0xFFFF):
            raise damaged()
        if FULL in (length, start) and end >= LOCATOR.size:
            mark, _, where, _ = LOCATOR.unpack(self.bytes_at(end - LOCATOR.size, LOCATOR.size))
            if mark == b"PK\6\7":
                record = END64.unpack(self.bytes_at(where, END64.size))
                if record[0] != b"PK\6\6":
                    raise damaged()
                length, start, end = record[8], record[9], where
        shift = end - length - start
        if shift < 0:
            raise damaged()
        return self.bytes_at(end - length, length), tail[at + END.size :][:comment], shift


def _members(directory: bytes) -> Iterator[Member]:
    at = 0
    while at < len(directory):
        try:
            fields = CENTRAL.unpack_from(directory, at)
        except struct.error as error:
            raise damaged() from error
        if fields[0] != b"PK\1\2":
            raise damaged()
        name_end = at + CENTRAL.size + fields[10]
        end = name_end + fields[11] + fields[12]
        if end > len(directory):
            raise damaged()
        raw = directory[at + CENTRAL.size : name_end]
        compressed, size, offset = _wide(fields, directory[name_end : name_end + fields[11]])
        yield Member(
            name=raw.decode("utf-8" if fields[3] & 0x800 else "cp437", "replace"),
            flags=fields[3], method=fields[4], crc=fields[7],
            compressed=compressed, size=size, offset=offset, record=directory[at:end],
        )  # fmt: skip
        at = end


def _wide(fields: tuple[int, ...], extra: bytes) -> tuple[int, int, int]:
    """Compressed size, size and offset, taken from the zip64 extra where the record says so."""
    size, compressed, offset = fields[9], fields[8], fields[16]
    found = zip64_values(extra)
    if found is None:
        return compressed, size, offset
    values = [v for (v,) in struct.iter_unpack("<Q", extra[found[0] : found[0] + found[1] // 8 * 8])]
    with contextlib.suppress(IndexError):
        if size == FULL:
            size = values.pop(0)
        if compressed == FULL:
            compressed = values.pop(0)
        if offset == FULL:
            offset = values.pop(0)
    return compressed, size, offset


def zip64_values(extra: bytes) -> tuple[int, int] | None:
    """Start and length of the zip64 field's values in an extra block."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            return at + 4, min(length, len(extra) - at - 4)
        at += 4 + length
    return None

"""A new workbook file from an old one: members copied raw, replaced, removed, added.

What is copied keeps its local header, extra fields, compressed bytes, data descriptor and central record; only the
offset in the central record is patched.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from msgspec import Struct

from sheets_sync.backends.excel.package import (
    CENTRAL,
    CHUNK,
    DEFLATED,
    END,
    END64,
    FULL,
    LOCAL,
    LOCATOR,
    Member,
    Package,
    damaged,
    zip64_values,
)
from sheets_sync.problems import BackendError

_AHEAD = 3
"""So many pieces of a part may wait to be compressed: a hundred thousand rows are not kept as XML."""


class NewMember(Struct, frozen=True, kw_only=True):
    """A member to be written: already compressed (DEFLATED), with the CRC and size of its content."""

    name: str
    crc: int
    size: int
    data: bytes


def pack(name: str, content: Iterable[bytes] | bytes, level: int = 6) -> NewMember:
    """Compress ``content``, whole or in pieces; while one is compressed, the next is made."""
    deflate, crc, size, out = zlib.compressobj(level, zlib.DEFLATED, -15), 0, 0, []
    with ThreadPoolExecutor(max_workers=1) as helper:
        for piece in [content] if isinstance(content, bytes) else content:
            crc = zlib.crc32(piece, crc)
            size += len(piece)
            out.append(helper.submit(deflate.compress, piece))
            out[-_AHEAD:][0].result()
        out.append(helper.submit(deflate.flush))
    return NewMember(name=name, crc=crc, size=size, data=b"".join(done.result() for done in out))


def rewrite(
    package: Package,
    replaced: Mapping[str, NewMember],
    added: Iterable[NewMember],
    removed: frozenset[str] = frozenset(),
) -> Iterator[bytes]:
    """The bytes of a new file: ``package`` with members replaced in place, removed, and others added at the end.

    Members are named as stored. Every other member is copied raw.
    """
    offset, records, written = 0, [], set()
    for member in package.members:
        if member.name in removed:
            continue
        new = replaced.get(member.name)
        if new is None:
            start, end = package.span(member)
            records.append(_moved(member, offset))
            offset += end - start
            while start < end:
                piece = package.bytes_at(start, min(CHUNK, end - start))
                start += len(piece)
                yield piece
        elif new.name not in written:  # a name stored twice is written once
            written.add(new.name)
            header, record = _headers(new, offset, member.record)
            records.append(record)
            offset += len(header) + len(new.data)
            yield header
            yield new.data
    for new in added:
        header, record = _headers(new, offset, None)
        records.append(record)
        offset += len(header) + len(new.data)
        yield header
        yield new.data
    directory = b"".join(records)
    yield directory
    yield _ending(len(records), len(directory), offset, package.comment)


def _moved(member: Member, offset: int) -> bytes:
    """The central record of a copied member, its offset patched and nothing else."""
    record = bytearray(member.record)
    fields = CENTRAL.unpack_from(record)
    if fields[16] != FULL:
        if offset >= FULL:
            raise BackendError("too_large")
        struct.pack_into("<L", record, 42, offset)
        return bytes(record)
    start = CENTRAL.size + fields[10]
    found = zip64_values(bytes(record[start : start + fields[11]]))
    if found is None:
        raise damaged()
    before = 8 * ((fields[9] == FULL) + (fields[8] == FULL))
    struct.pack_into("<Q", record, start + found[0] + before, offset)
    return bytes(record)


def _headers(new: NewMember, offset: int, old: bytes | None) -> tuple[bytes, bytes]:
    """Local header and central record of a member we write; name bytes and attributes as they were before."""
    if max(offset, new.size, len(new.data)) >= FULL:
        raise BackendError("too_large")
    if old is None:
        name, flags, made, attributes = new.name.encode("utf-8"), 0 if new.name.isascii() else 0x800, 20, (0, 0)
    else:
        fields = CENTRAL.unpack_from(old)
        name, flags, made = old[CENTRAL.size : CENTRAL.size + fields[10]], fields[3] & 0x800, fields[1]
        attributes = (fields[14], fields[15])
    when = (0, 0x21)  # 1980-01-01, as Excel writes it: equal content makes equal files
    common = (flags, DEFLATED, *when, new.crc, len(new.data), new.size, len(name), 0)
    local = LOCAL.pack(b"PK\3\4", 20, *common) + name
    return local, CENTRAL.pack(b"PK\1\2", made, 20, *common, 0, 0, *attributes, offset) + name


def _ending(count: int, length: int, start: int, comment: bytes) -> bytes:
    """End of the central directory, with its zip64 form where the short one has no room."""
    wide = count >= 0xFFFF or start >= FULL or length >= FULL
    end = b""
    if wide:
        end = END64.pack(b"PK\6\6", END64.size - 12, 45, 45, 0, 0, count, count, length, start)
        end += LOCATOR.pack(b"PK\6\7", 0, start + length, 1)
    short = (min(count, 0xFFFF), min(count, 0xFFFF), min(length, FULL), min(start, FULL))
    return end + END.pack(b"PK\5\6", 0, 0, *short, len(comment)) + comment

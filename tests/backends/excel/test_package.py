"""The raw view of a package, and copies that are the same to the byte."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book, relationships, resolve, target_of
from sheets_sync.backends.excel.repack import pack, rewrite
from sheets_sync.problems import BackendError

CONTENT = {"[Content_Types].xml": b"<Types/>", "xl/a.xml": b"<a/>" * 3_000, "xl/b.bin": bytes(range(256)) * 9}


class OneWay(io.RawIOBase):
    """A stream that cannot go back, so that zipfile writes data descriptors."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.data += bytes(data)
        return len(data)


def plain() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"made by hand"
        for name, content in CONTENT.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def described() -> bytes:
    stream = OneWay()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, content in CONTENT.items():
            archive.writestr(name, content)
    return stream.data


def undersigned() -> bytes:
    """Descriptors without their signature, as some programs write them."""
    data = described()
    out, at = b"", 0
    for _ in CONTENT:
        at = data.index(b"PK\7\x08", at)
        data = data[:at] + data[at + 4 :]
    central = data.index(b"PK\1\2")
    out = data[:central]
    shifted, shift, records = b"", 0, data[central:]
    while records.startswith(b"PK\1\2"):
        name, extra, comment = struct.unpack_from("<3H", records, 28)
        size = 46 + name + extra + comment
        record = bytearray(records[:size])
        (offset,) = struct.unpack_from("<L", record, 42)
        struct.pack_into("<L", record, 42, offset - shift)
        shifted, shift, records = shifted + bytes(record), shift + 4, records[size:]
    end = bytearray(records)
    struct.pack_into("<L", end, 16, len(out))
    return out + shifted + bytes(end)


def wide() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in CONTENT.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
    return buffer.getvalue()


def stored() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in CONTENT.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def far() -> bytes:
    """Offsets in zip64 extras of the central records, and a zip64 end, as in archives past 4 GB."""
    data = plain()
    start = data.index(b"PK\1\2")
    records, rest, out, count = data[start:], b"", b"", 0
    while records.startswith(b"PK\1\2"):
        name, extra, comment = struct.unpack_from("<3H", records, 28)
        record = bytearray(records[: 46 + name])
        (offset,) = struct.unpack_from("<L", record, 42)
        struct.pack_into("<L", record, 42, 0xFFFFFFFF)
        struct.pack_into("<H", record, 30, 12)
        out += bytes(record) + struct.pack("<HHQ", 1, 8, offset)
        records, count = records[46 + name + extra + comment :], count + 1
    rest = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(out), start)
    rest += struct.pack("<4sLQL", b"PK\6\7", 0, start + len(out), 1)
    end = bytearray(records)
    struct.pack_into("<L", end, 12, len(out))
    struct.pack_into("<L", end, 16, 0xFFFFFFFF)
    return data[:start] + out + rest + bytes(end)


FORMS: list[Callable[[], bytes]] = [plain, described, undersigned, wide, stored]


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_is_the_same_to_the_byte(tmp_path: Path, form: Callable[[], bytes]) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(form())
    with Package(path) as package:
        assert {m.name: package.read(m) for m in package.members} == CONTENT
        assert b"".join(rewrite(package, {}, [])) == path.read_bytes()


def test_offsets_in_zip64_extras_are_patched_there(tmp_path: Path) -> None:
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    path.write_bytes(far())
    with Package(path) as package:
        assert {m.name: package.read(m) for m in package.members} == CONTENT
        longer = {"[Content_Types].xml": pack("[Content_Types].xml", bytes(range(256)) * 40)}
        out.write_bytes(b"".join(rewrite(package, longer, [])))
    with Package(out) as package, zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert package.read("xl/b.bin") == CONTENT["xl/b.bin"]
        member = package.find("xl/b.bin")
        assert member
        assert member.record[42:46] == b"\xff\xff\xff\xff"


@pytest.mark.parametrize("form", FORMS)
def test_replaced_and_added_members_leave_the_others_raw(tmp_path: Path, form: Callable[[], bytes]) -> None:
    path, out = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    path.write_bytes(form())
    with Package(path) as old:
        changes = {"xl/a.xml": pack("xl/a.xml", b"<changed/>")}
        out.write_bytes(b"".join(rewrite(old, changes, [pack("xl/new ç.xml", [b"<n", b"/>"])])))
        with Package(out) as new, zipfile.ZipFile(out) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [*CONTENT, "xl/new ç.xml"]
            assert archive.read("xl/a.xml") == b"<changed/>"
            first, second = old.find("xl/b.bin"), new.find("xl/b.bin")
            assert first
            assert second
            (a, b), (c, d) = old.span(first), new.span(second)
            assert old.bytes_at(a, b - a) == new.bytes_at(c, d - c)


def test_bytes_before_the_archive_are_seen_past(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"#!/bin/sh\n" + plain())
    with Package(path) as package:
        assert package.read("xl/a.xml") == CONTENT["xl/a.xml"]
        assert b"".join(rewrite(package, {}, [])) == plain()


def test_names_are_one_name_whatever_case_or_slash(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("XL\\Sheet 1.xml", b"x")
    with Package(path) as package:
        assert package.find("xl/sheet%201.xml")
        assert resolve(package, "xl/workbook.xml", "Sheet%201.xml")
        assert resolve(package, "xl/workbook.xml", "/XL/sheet 1.xml#A1")
        assert resolve(package, "xl/deep/er/part.xml", "..\\..\\sheet 1.xml")
        assert resolve(package, "xl/workbook.xml", "other.xml") is None


def test_targets_lead_back_to_their_parts() -> None:
    assert target_of("xl/workbook.xml", "xl/worksheets/sheet1.xml") == "worksheets/sheet1.xml"
    assert target_of("workbook.xml", "worksheets/sheet1.xml") == "worksheets/sheet1.xml"
    assert target_of("a/b/book.xml", "a/c.xml") == "../c.xml"


@pytest.mark.parametrize("length", [0, 1, 21, 40, 400, -1, -30])
def test_what_is_cut_off_is_damaged(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(plain()[:length])
    with pytest.raises(BackendError) as raised:
        Package(path)
    assert raised.value.code == "damaged"


def test_a_member_whose_bytes_changed_is_damaged(tmp_path: Path) -> None:
    data = bytearray(stored())
    data[data.index(b"<a/>")] ^= 1
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with Package(path) as package, pytest.raises(BackendError) as raised:
        package.read("xl/a.xml")
    assert raised.value.code == "damaged"


def test_other_compressions_are_copied_but_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/a.xml", b"x" * 100)
    with Package(path) as package:
        assert b"".join(rewrite(package, {}, [])) == path.read_bytes()
        with pytest.raises(BackendError) as raised:
            package.read("xl/a.xml")
    assert raised.value.code == "unreadable_compression"


def test_a_zip_that_is_no_workbook_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word.txt", b"x")
    with Package(path) as package, pytest.raises(BackendError) as raised:
        Book(package)
    assert raised.value.code == "not_a_workbook"


def test_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", b'<!DOCTYPE r [<!ENTITY a "b">]><Relationships>&a;</Relationships>')
    with Package(path) as package, pytest.raises(BackendError) as raised:
        relationships(package, "")
    assert raised.value.code == "xml_entities"

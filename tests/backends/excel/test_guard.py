"""Every bad input is refused with a code that names what to do, before anything is written or blown up."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from sheets_sync.backends.excel import guard
from sheets_sync.backends.excel.reading import open_file
from sheets_sync.locale_files import LANGUAGES, read
from sheets_sync.problems import Refusal, SheetsSyncError
from tests.backends.excel.loading import ROWS, layout, refused
from tests.backends.excel.raw_workbook import HEAD, OFFICE, PACKAGE, TYPE, parts, sheet, write

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
CODES = {
    *("missing", "is_folder", "empty_file", "no_permission", "unreadable", "open_elsewhere", "not_a_workbook"),
    *("encrypted", "damaged", "too_large", "zip_bomb", "xml_entities", "unreadable_compression", "signed"),
    "shared_history",
}


def test_a_good_one_opens(good: Path) -> None:
    with open_file(good) as opened:
        assert [tab.title for tab in opened.workbook.tabs] == ["Pedidos"]
        assert opened.writable
        assert not opened.locked


def test_no_such_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "nada.xlsx") == "missing"
    assert refused(tmp_path / "pasta" / "nada.xlsx") == "missing"
    (tmp_path / "a.xlsx").symlink_to(tmp_path / "a.xlsx")
    assert refused(tmp_path / "a.xlsx") in {"missing", "unreadable"}


def test_a_file_is_no_folder(good: Path) -> None:
    assert refused(good / "x.xlsx") == "missing"


def test_folder_device_and_nothing(tmp_path: Path) -> None:
    assert refused(tmp_path) == "is_folder"
    (tmp_path / "leer.xlsx").touch()
    assert refused(tmp_path / "leer.xlsx") == "empty_file"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.xlsx")
        assert refused(tmp_path / "pipe.xlsx") == "not_a_workbook"


def test_no_permission(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "open", closed)
    assert refused(good) == "no_permission"


def test_disk_error(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", broken)
    assert refused(good) == "unreadable"


@pytest.mark.parametrize("lock", ["~$loja.xlsx", ".~lock.loja.xlsx#"])
def test_open_elsewhere(good: Path, lock: str, tmp_path: Path) -> None:
    link = tmp_path / "atalho.xlsx"
    link.symlink_to(good)
    (tmp_path / lock).write_text("maria")
    assert refused(good) == "open_elsewhere"
    assert refused(link) == "open_elsewhere"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"Pedido;Total\n1;2\n"),
        ("a.xlsx", b"<html><table></table></html>"),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "WordDocument".encode("utf-16-le")),
        ("a.csv", b"a\0b\0c"),
    ],
)
def test_not_a_workbook(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name) == "not_a_workbook"


def test_a_zip_but_not_a_workbook(tmp_path: Path) -> None:
    assert refused(write(tmp_path / "a.xlsx", {"hello.txt": "hi"})) == "not_a_workbook"
    document = parts({"Pedidos": sheet(ROWS)})
    document["[Content_Types].xml"] = str(document["[Content_Types].xml"]).replace(
        "spreadsheetml.sheet.main", "word.main"
    )
    assert refused(write(tmp_path / "b.xlsx", document)) == "not_a_workbook"


def test_encrypted(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "senha.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500
    )
    assert refused(path) == "encrypted"
    zipped = bytearray(good.read_bytes())  # by the zip's own means
    at = zipped.find(b"PK\1\2")
    zipped[at + 8] |= 1
    good.write_bytes(zipped)
    assert refused(good) == "encrypted"


def test_cut_off_anywhere(good: Path) -> None:
    whole = good.read_bytes()
    for length in range(1, len(whole), 23):
        good.write_bytes(whole[:length])
        assert refused(good) in {"damaged", "not_a_workbook"}


def test_damaged_anywhere(good: Path) -> None:
    """A file with wrong bytes is read, or refused; it never ends any other way."""
    whole, chance = good.read_bytes(), random.Random(5)  # noqa: S311
    for _ in range(150):
        wrong = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            wrong[chance.randrange(len(wrong))] = chance.randrange(256)
        good.write_bytes(wrong)
        try:
            with open_file(good) as opened:
                opened.load(
                    [layout("Pedidos", [0, 1], 1)]
                    if opened.workbook.tabs and opened.workbook.tabs[0].title == "Pedidos"
                    else []
                )
        except SheetsSyncError as error:
            assert error.code in CODES


# ── what a change would break ───────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "opens"), [(zipfile.ZIP_BZIP2, False), (zipfile.ZIP_LZMA, False), (zipfile.ZIP_STORED, True)]
)
def test_compression(tmp_path: Path, method: int, opens: bool) -> None:
    path = write(tmp_path / "a.xlsx", parts({"Pedidos": sheet(ROWS)}), method)
    if opens:
        open_file(path).close()
    else:
        assert refused(path) == "unreadable_compression"


def _with_root_relation(relation: str) -> dict[str, str | bytes]:
    members = parts({"Pedidos": sheet(ROWS)})
    members["_rels/.rels"] = str(members["_rels/.rels"]).replace("</Relationships>", f"{relation}</Relationships>")
    return members


SIGNATURE = f"{PACKAGE}/relationships/digital-signature"
ORIGIN = f'<Relationship Id="s" Type="{SIGNATURE}/origin" Target="_xmlsignatures/origin.sigs"/>'


def test_signed(tmp_path: Path) -> None:
    members = _with_root_relation(ORIGIN)
    members["_xmlsignatures/origin.sigs"] = ""
    assert open_file(write(tmp_path / "was.xlsx", members)).writable  # the signature itself was removed
    members["_xmlsignatures/sig1.xml"] = f"{HEAD}<Signature/>"
    members["_xmlsignatures/_rels/origin.sigs.rels"] = (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{SIGNATURE}/signature" Target="sig1.xml"/></Relationships>'
    )
    assert refused(write(tmp_path / "is.xlsx", members)) == "signed"


def test_signed_macros_alone_are_fine(tmp_path: Path) -> None:
    members = parts({"Pedidos": sheet(ROWS)})
    members["xl/vbaProject.bin"] = b"\0"
    members["xl/vbaProjectSignature.bin"] = b"\0"
    with open_file(write(tmp_path / "a.xlsm", members)) as opened:
        assert opened.writable


def test_shared_with_history(tmp_path: Path) -> None:
    members = parts({"Pedidos": sheet(ROWS)})
    relation = f'<Relationship Id="h" Type="{OFFICE}/revisionHeaders" Target="revisions/revisionHeaders.xml"/>'
    rels = "xl/_rels/workbook.xml.rels"
    members[rels] = str(members[rels]).replace("</Relationships>", f"{relation}</Relationships>")
    members["xl/revisions/revisionHeaders.xml"] = f"{HEAD}<headers/>"
    assert refused(write(tmp_path / "a.xlsx", members)) == "shared_history"


@pytest.mark.parametrize(
    ("protection", "locked"), [('<workbookProtection lockStructure="1"/>', True), ("<workbookProtection/>", False)]
)
def test_locked_structure_is_a_fact_not_a_refusal(tmp_path: Path, protection: str, locked: bool) -> None:
    with open_file(write(tmp_path / "a.xlsx", parts({"Pedidos": sheet(ROWS)}, workbook_pr=protection))) as opened:
        assert opened.locked is locked


def test_a_binary_workbook_is_read_only(tmp_path: Path) -> None:
    members = parts({"Pedidos": sheet(ROWS)})
    binary = str(members["[Content_Types].xml"]).replace(
        f"{TYPE}.sheet.main+xml", "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    )
    members["[Content_Types].xml"] = binary
    assert guard.kind_of(write(tmp_path / "a.xlsx", members)) is guard.FileKind.XLSB


# ── a file that changes meanwhile ───────────────────────────────────────────


def test_changed_under_us(good: Path) -> None:
    with open_file(good) as opened:
        opened.ensure_unchanged()
        stat = good.stat()
        content = bytearray(good.read_bytes())
        content[12] ^= 1  # a time stamp inside: same size
        good.write_bytes(content)
        os.utime(good, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as sync programs do
        with pytest.raises(Refusal, match="changed_under_us"):
            opened.ensure_unchanged()


def test_changed_before_loading(good: Path) -> None:
    with open_file(good) as opened:
        good.write_bytes(good.read_bytes() + b" ")
        with pytest.raises(Refusal, match="changed_under_us"):
            opened.load([layout("Pedidos", [0, 1], 1)])


def test_fingerprint_is_of_the_bytes(good: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin.xlsx"
    twin.write_bytes(good.read_bytes())
    assert open_file(good).fingerprint.sha256 == open_file(twin).fingerprint.sha256


def test_every_code_has_a_sentence() -> None:
    for language in LANGUAGES:
        assert CODES.issubset(read(language)["errors"])


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the wild workbooks")
@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.xl*")), ids=lambda path: path.name[:3])
def test_wild_workbooks(path: Path) -> None:
    """Opened and read, or refused with a code; in bounded time."""
    begun = time.monotonic()
    try:
        with open_file(path) as opened:
            for peek in opened.workbook.tabs:
                if peek.rows:
                    row, cells = max(peek.rows.items(), key=lambda entry: sum(cell is not None for cell in entry[1]))
                    opened.load([layout(peek.title, range(len(cells)), row)])
    except SheetsSyncError as error:
        assert error.code in CODES
    assert time.monotonic() - begun < 20


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    """``--help`` and refusals are quick; pandas and fastexcel come with the first workbook that opens."""
    code = (
        "import sys; from pathlib import Path; from sheets_sync.backends.excel.reading import open_file\n"
        "try: open_file(Path('nada.xlsx'))\nexcept Exception as e: print(e.code)\n"
        "print(sorted({'pandas', 'fastexcel', 'pyarrow', 'lxml', 'openpyxl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["missing", "[]"]

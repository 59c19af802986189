"""What would blow up when read is refused by its size, its directory or its prolog, before anything inflates."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest

from sheets_sync.backends.excel import guard
from sheets_sync.backends.excel.reading import open_file
from sheets_sync.problems import BackendError
from tests.backends.excel.loading import ROWS, layout, refused
from tests.backends.excel.raw_workbook import HEAD, parts, sheet, write


def test_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "RATIO_FROM", 1 << 20)
    assert refused(write(tmp_path / "a.xlsx", parts({"Pedidos": sheet(" " * (2 << 20))}))) == "zip_bomb"


def test_total_and_part(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_INFLATED", 1000)
    assert refused(good) == "too_large"
    monkeypatch.undo()
    monkeypatch.setattr(guard, "MAX_STRUCTURE", 100)
    assert refused(good) == "zip_bomb"
    monkeypatch.undo()
    monkeypatch.setattr(guard, "MAX_FILE", 100)
    assert refused(good) == "too_large"


def test_members_in_one_another(good: Path) -> None:
    """Many directory entries for the same bytes: each small, together a bomb."""
    whole = good.read_bytes()
    end = whole.rfind(b"PK\5\6")
    fields = list(struct.unpack_from("<4s4H2LH", whole, end))
    directory = whole[fields[6] : end]
    biggest = max((directory[a:b] for a, b in _records(directory)), key=lambda r: struct.unpack_from("<L", r, 20)[0])
    more = directory + biggest * 40
    fields[3] = fields[4] = fields[3] + 40
    fields[5] = len(more)
    good.write_bytes(whole[: fields[6]] + more + struct.pack("<4s4H2LH", *fields))
    assert refused(good) == "zip_bomb"


def _records(directory: bytes) -> list[tuple[int, int]]:
    found, at = [], 0
    while at < len(directory):
        end = at + 46 + sum(struct.unpack_from("<3H", directory, at + 28))
        found.append((at, end))
        at = end
    return found


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_size_that_lies(tmp_path: Path, part: str) -> None:
    """The directory says 2,000 bytes, 5 MB come out."""
    items = "<si><t>a</t></si>" * 300_000
    rows = ROWS + '<row r="3"><c r="A3" t="s"><v>3</v></c></row>' + '<row r="4"><c r="A4"><v>7</v></c></row>' * 100_000
    path = write(tmp_path / "a.xlsx", parts({"Pedidos": sheet(rows)}, strings=items))
    whole = bytearray(path.read_bytes())
    at = whole.find(part.encode(), whole.rfind(b"PK\5\6") - 2000) - 46
    assert whole[at : at + 4] == b"PK\1\2"
    struct.pack_into("<L", whole, at + 24, 2000)
    path.write_bytes(whole)
    with pytest.raises(BackendError) as caught, open_file(path) as opened:
        opened.load([layout("Pedidos", [0, 1], 1)])
    assert caught.value.code == "damaged"


def test_two_cells_a_billion_apart(tmp_path: Path) -> None:
    """fastexcel would allocate the rectangle: 17 billion cells."""
    rows = ROWS + '<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
    begun = time.monotonic()
    with open_file(write(tmp_path / "a.xlsx", parts({"Pedidos": sheet(rows)}))) as opened:
        (tab,) = opened.load([layout("Pedidos", [0, 1], 1)])
    assert tab.frame["k0"][2] == 7
    assert tab.frame["k0"][1_048_576] == 1
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("ref", ["A1048577", "XFE1", "A99999999999", "AAAA1", "A0", "A01", "1", "A", "Ä1", "a-1"])
def test_addresses_that_no_sheet_has(tmp_path: Path, ref: str) -> None:
    rows = ROWS + f'<row r="3"><c r="{ref}"><v>1</v></c></row>'
    path = write(tmp_path / "a.xlsx", parts({"Pedidos": sheet(rows)}))
    try:
        with open_file(path) as opened:
            (tab,) = opened.load([layout("Pedidos", [0, 1], 1)])
        assert len(tab.frame) <= 2
    except BackendError as error:
        assert error.code == "damaged"


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "part",
    [
        *("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"),
        *("_rels/.rels", "[Content_Types].xml"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities(tmp_path: Path, part: str, encoding: str) -> None:
    members = parts({"Pedidos": sheet(ROWS)}, strings="<si><t>a</t></si>")
    content = str(members[part]).replace(HEAD, HEAD.replace("UTF-8", encoding) + "<!-- " + " " * 9000 + "-->" + ENTITY)
    members[part] = content.encode(encoding)
    assert refused(write(tmp_path / "a.xlsx", members)) == "xml_entities"

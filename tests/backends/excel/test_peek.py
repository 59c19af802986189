"""The first rows of every tab: absolute rows and positions, only what is needed, whatever the tab's size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from sheets_sync.backends.excel import shared_strings
from sheets_sync.backends.excel.package import Member, Package
from sheets_sync.backends.excel.reading import open_file
from sheets_sync.model import TabPeek
from tests.backends.excel.raw_workbook import HEAD, MAIN, OFFICE, parts, sheet, text, write


def peeks(path: Path) -> dict[str, TabPeek]:
    with open_file(path) as opened:
        return {peek.title: peek for peek in opened.workbook.tabs}


def test_rows_and_positions(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    tab = book.active
    assert tab
    tab.title = "Pedidos"
    tab["C3"] = "Controle de pedidos"
    tab.merge_cells("C3:F3")
    tab["B5"], tab["D5"], tab["E5"] = "Pedido", "Data", "Pago?"
    tab["B6"], tab["D6"], tab["E6"] = 7, 46330.5, True
    tab["B20"], tab["B21"] = "vinte", "vinte e um"
    hidden = book.create_sheet("Escondida")
    hidden.sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")
    found = peeks(tmp_path / "a.xlsx")
    assert list(found) == ["Pedidos", "Escondida"]
    assert found["Pedidos"].rows == {
        3: (None, None, "Controle de pedidos"),
        5: (None, "Pedido", None, "Data", "Pago?"),
        6: (None, "7", None, "46330.5", "TRUE"),
        20: (None, "vinte"),
    }
    assert found["Escondida"].hidden
    assert found["Escondida"].rows == {}


def test_our_marker(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.xlsx",
        parts({
            "A": sheet('<row r="1">' + text("D1", "sheets-sync:touchpoints:1") + "</row>"),
            "B": sheet('<row r="1">' + text("A1", "see sheets-sync:touchpoints:1") + "</row>"),
            "C": sheet('<row r="19">' + text("A19", " sheets-sync:sync:12 ") + "</row>"),
            "D": sheet('<row r="21">' + text("A21", "sheets-sync:sync:1") + "</row>"),
        }),
    )  # fmt: skip
    markers = {title: peek.marker for title, peek in peeks(path).items()}
    assert markers == {"A": "sheets-sync:touchpoints:1", "B": None, "C": "sheets-sync:sync:12", "D": None}


def test_cells_of_every_type(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c><c r="C1" t="b"><v>0</v></c>'
        '<c r="D1" t="str"><f>"x"</f><v>x</v></c><c r="E1"><f>1+1</f></c><c r="F1" t="d"><v>2026-11-04</v></c>'
        '<c r="G1" t="s"><v>99</v></c><c r="H1" t="s"><v>zwei</v></c><c r="I1" s="1"/>'
        '<c r="J1" t="s"><v>2</v></c></row>'
    )
    strings = "<si><t>not this</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si><si/>"
    found = peeks(write(tmp_path / "a.xlsx", parts({"A": sheet(rows)}, strings=strings)))["A"]
    assert found.rows == {1: ("rich", "#N/A", "FALSE", "x", None, "2026-11-04")}


def test_only_worksheets(tmp_path: Path) -> None:
    """A chart sheet has no cells; a tab that leads nowhere is none."""
    members = parts({"A": sheet(""), "Grafico": sheet(""), "Nada": sheet("")})
    rels = "xl/_rels/workbook.xml.rels"
    second = f'{OFFICE}/worksheet" Target="worksheets/sheet2.xml"'
    changed = str(members[rels]).replace(second, second.replace("/worksheet", "/chartsheet"))
    members[rels] = changed.replace("worksheets/sheet3.xml", "worksheets/gone.xml")
    assert list(peeks(write(tmp_path / "a.xlsx", members))) == ["A"]


def test_odd_packages(tmp_path: Path) -> None:
    """The workbook outside xl/, targets absolute, percent-encoded, with backslashes, in other case."""
    plain = parts({"Página 1": sheet('<row r="1">' + text("A1", "oi") + "</row>")})
    renamed = {
        "xl/workbook.xml": "livro/pasta.xml", "xl/_rels/workbook.xml.rels": "livro/_rels/pasta.xml.rels",
        "xl/worksheets/sheet1.xml": "livro\\Folhas\\P 1.XML", "xl/styles.xml": "livro/styles.xml",
    }  # fmt: skip
    members = {renamed.get(name, name): content for name, content in plain.items()}
    members["_rels/.rels"] = str(members["_rels/.rels"]).replace("xl/workbook.xml", "/LIVRO/pasta.xml")
    rels = "livro/_rels/pasta.xml.rels"
    members[rels] = str(members[rels]).replace("worksheets/sheet1.xml", "/livro/folhas\\p%201.xml")
    types = str(members["[Content_Types].xml"])
    members["[Content_Types].xml"] = types.replace("/xl/workbook.xml", "/livro/pasta.xml").replace(
        "/xl/worksheets/sheet1.xml", "/livro/Folhas/P%201.XML"
    )
    assert peeks(write(tmp_path / "a.xlsx", members))["Página 1"].rows == {1: ("oi",)}


def test_a_large_tab_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>{r * 7919 % 10_007}</v></c></row>' for r in range(1, 400_001))
    path = write(tmp_path / "a.xlsx", parts({"A": sheet(rows)}))
    read, stream = [0], Package.stream

    def counted(self: Package, member: Member, limit: int | None = None) -> Iterator[bytes]:
        for piece in stream(self, member, limit):
            if "worksheets" in member.name:
                read[0] += len(piece)
            yield piece

    monkeypatch.setattr(Package, "stream", counted)
    assert len(peeks(path)["A"].rows) == 20
    assert read[0] <= 4 << 20 < path.stat().st_size * 20


# ── shared strings ──────────────────────────────────────────────────────────


def items(count: int) -> str:
    return "".join(
        ("<si/>", f"<si><t>plain {n}</t></si>", f'<si><t xml:space="preserve"> a &amp; {n}\r\n</t></si>',
         f"<si><r><rPr><b/></rPr><t>rich </t></r><r><t>{n}</t></r><rPh><t>no</t></rPh></si>",
         f"<si><t>_x0041_é {n}</t></si>")[n % 5]
        for n in range(count)
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 10, 100_000])
def test_strings_picked_either_way_are_the_same(size: int) -> None:
    content = f'{HEAD}\n<sst xmlns="{MAIN}" count="9">{items(500)}</sst>'.encode()
    wanted = {0, 1, 2, 3, 4, 77, 252, 499, 500, 10_000}
    cut = [content[i : i + size] for i in range(0, len(content), size)]
    prefixed = (
        content.decode().replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns", "xmlns:x")
    )
    found = shared_strings.pick(cut, wanted)
    assert found == shared_strings.pick([prefixed.encode()], wanted)
    assert found == shared_strings.pick([content.decode().replace("UTF-8", "UTF-16").encode("utf-16")], wanted)
    assert sorted(found) == [0, 1, 2, 3, 4, 77, 252, 499]
    assert found[0] == ""
    assert found[2] == " a & 2\n"
    assert found[3] == "rich 3"
    assert found[4] == "Aé 4"


def test_no_further_than_needed() -> None:
    def pieces() -> Iterator[bytes]:
        yield f'{HEAD}<sst xmlns="{MAIN}">{items(1000)}'.encode()
        pytest.fail("read on")

    assert shared_strings.pick(pieces(), {1}) == {1: "plain 1"}
    assert shared_strings.pick(pieces(), set()) == {}

"""Old, open and plain text formats: read only."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sheets_sync.backends.excel.reading import open_file
from tests.backends.excel.loading import layout
from tests.backends.excel.test_load import save


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Controle\r\nPedido;Data;Total\r\n00123;04/11/2026;1.234,56\r\n;;\r\nP-2;\"a;b\";3\r\n", "utf-8"),
        ("Pedido\tData\tTotal\n00123\t04/11/2026\tação\n", "utf-8-sig"),
        ("Pedido,Data,Total\n00123,04/11/2026,ação\n", "cp1252"),
        ("sep=|\nPedido|Data|Total\n00123|04/11/2026|ação\n", "utf-16"),
    ],
)  # fmt: skip
def test_csv(tmp_path: Path, content: str, encoding: str) -> None:
    path = tmp_path / "Pedidos.csv"
    path.write_bytes(content.encode(encoding))
    with open_file(path) as opened:
        assert not opened.writable
        (peek,) = opened.workbook.tabs
        assert peek.title == "Pedidos"
        header = next(row for row, cells in peek.rows.items() if cells == ("Pedido", "Data", "Total"))
        (tab,) = opened.load([layout("Pedidos", [0, 1, 2], header)])
    assert header == (2 if content.startswith("Controle") else 1), "rows as Excel numbers them"
    assert tab.frame.loc[header + 1].to_list()[:2] == ["00123", "04/11/2026"]
    if content.startswith("Controle"):
        assert tab.frame.index.to_list() == [3, 4, 5]
        assert tab.frame["k1"][5] == "a;b"
        assert tab.frame.loc[4].isna().all()
    else:
        assert tab.frame["k2"][header + 1] == "ação"


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x85", "\x1c"])
def test_a_line_break_within_a_cell_of_a_csv_parts_no_row(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "Pedidos.csv"
    path.write_text(f"Pedido;Nota;Data\nP-1;ligar{mark}depois;04/11/2026\nP-2;;05/11/2026\n", "utf-8")
    with open_file(path) as opened:
        (tab,) = opened.load([layout("Pedidos", [0, 1, 2], 1)])
    assert tab.frame["k0"].to_list() == ["P-1", "P-2"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_old_and_open_formats(tmp_path: Path, ending: str) -> None:
    cells: dict[tuple[int, int], Any] = {(2, 1): "Controle", (4, 1): "Pedido", (4, 2): "Data", (4, 3): "Total"}
    cells |= {
        (6, 1): "00123",
        (6, 2): date(2026, 11, 4),
        (6, 3): 1.5,
        (7, 1): 45,
        (7, 2): "x",
        (7, 3): ("e", "#N/A"),
        (8, 3): 3,
    }
    save(tmp_path / "a.xlsx", cells, False)
    folder = tmp_path / "profile"
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder}",
        "--headless",
        "--convert-to",
        ending,
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=120)
    with open_file(tmp_path / f"a.{ending}") as opened:
        assert not opened.writable
        (peek,) = opened.workbook.tabs
        assert peek.rows[4] == (None, "Pedido", "Data", "Total")
        assert sorted(peek.rows) == [2, 4, 6, 7, 8]
        (tab,) = opened.load([layout("Pedidos", [1, 2, 3], 4)])
    assert tab.frame.index.to_list() == [5, 6, 7, 8]
    assert tab.frame["k3"][6] == 1.5
    assert tab.frame["k1"].to_list()[1:3] == ["00123", "45"]
    assert tab.typed["k1"].to_list() == [False, False, True, False]
    assert tab.frame["k2"][6].startswith("2026-11-04")
    assert tab.typed["k2"].to_list() == [False, True, False, False]
    assert [(fault.row, fault.key) for fault in tab.faults] == [(7, "k3")]

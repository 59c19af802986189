"""What the tests of the Excel backend share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backends.excel.loading import ROWS
from tests.backends.excel.raw_workbook import parts, sheet, write


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path / "loja.xlsx", parts({"Pedidos": sheet(ROWS)}))

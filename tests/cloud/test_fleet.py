"""A small fleet of those that ``python -m tests.benchmarks.fleet`` sends out."""

from __future__ import annotations

import pytest

from tests.benchmarks.fleet import arrange
from tests.sheets_server import SheetsServer


@pytest.fixture(scope="module")
def healthy() -> dict[str, object]:
    with SheetsServer() as server:
        return arrange(server, 40, 1, 0)


def test_every_workbook_is_done_once_and_the_quota_is_not_run_against(healthy: dict[str, object]) -> None:
    assert (healthy["synced"], healthy["applied_twice"], healthy["outcomes"]) == (40, 0, {"applied": 40})
    assert healthy["too_many_requests"] == {}


def test_poisoned_workbooks_delay_nobody_else(healthy: dict[str, object]) -> None:
    with SheetsServer() as server:
        told = arrange(server, 43, 1, 3)
    assert (told["poisoned"], told["synced"], told["applied_twice"]) == (3, 40, 0)
    assert told["outcomes"] == {"applied": 40, "failed": 12}, "each of the three was tried four times"
    assert float(str(told["minutes"])) <= float(str(healthy["minutes"])) + 0.2

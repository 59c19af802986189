"""A town for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cloud_function import allowed
from tests.cloud.town import Town
from tests.sheets_server import SheetsServer
from tests.tasks_server import TasksServer


@pytest.fixture(scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with SheetsServer() as sheets, TasksServer() as tasks:
        yield Town.of(sheets, tasks, tmp_path_factory.mktemp("town"))


@pytest.fixture
def town(_town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """This process may use the doors: the variables of the function are set."""
    for name, value in _town.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(allowed, "_REGISTERED", allowed.Registered())
    _town.sheets.journal.clear()
    _town.sheets.service.before_calls.clear()
    _town.sheets.fail()
    _town.sheets.limit(None, None)
    _town.tasks.service.queues.clear()
    return _town

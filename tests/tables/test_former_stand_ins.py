"""An order first told only by the customer's row gets a row of its own: what was known of it follows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheets_sync.backends.excel import ExcelBackend
from sheets_sync.memory import Finished, Memory
from sheets_sync.model import End
from sheets_sync.report import RunReport, to_json
from sheets_sync.run import Request, sync
from tests.tables.tabs import read, tab

DAY = date(2025, 1, 15)
ENDED = Memory(finished={"check_in:ana:2025-01-15/1": Finished(end=End.DONE, on=date(2025, 1, 22))})


def moved(
    *ordered_on: date, last: date = DAY, frequency: str | None = "mensal", memory: Memory = ENDED
) -> dict[str, str]:
    people = tab("customers", {"name": ["Ana"], "last_order_on": [last], "frequency": [frequency]})
    n = len(ordered_on)
    orders = {"order_id": [f"P-{i}" for i in range(1, n + 1)], "customer": ["Ana"] * n, "ordered_on": list(ordered_on)}
    return dict(read(people, *([tab("orders", orders)] if n else []), memory=memory).moved.stand_ins)


@pytest.mark.parametrize("day", [date(2025, 1, 15), date(2025, 1, 10), date(2025, 1, 30)])
def test_the_row_within_half_an_interval_is_that_order(day: date) -> None:
    assert moved(day) == {"ana:2025-01-15": "P-1"}


def test_the_nearest_of_two_and_neither_of_two_as_near() -> None:
    assert moved(date(2025, 1, 5), date(2025, 1, 17)) == {"ana:2025-01-15": "P-2"}
    assert moved(date(2025, 1, 13), date(2025, 1, 17)) == {}


def test_nothing_moves_while_it_stands_or_where_the_order_is_another() -> None:
    assert moved() == {}
    assert moved(date(2024, 11, 15)) == {}
    assert moved(date(2025, 2, 20), last=date(2025, 2, 20)) == {}
    assert moved(date(2025, 1, 24), last=date(2025, 1, 24), frequency=None) == {}
    assert moved(date(2025, 1, 15), memory=Memory()) == {}


class Shop:
    """A consultant who first changes the customer's row, and adds the order's row later."""

    def __init__(self, path: Path) -> None:
        self.path = path
        book = openpyxl.Workbook()
        people = book.create_sheet("Clientes", 0)
        for row in (["Nome", "Último pedido", "Frequência"], ["Ana", datetime(2025, 1, 15), "mensal"]):
            people.append(row)
        orders = book.create_sheet("Pedidos", 1)
        for row in (["Nº do pedido", "Cliente", "Data do pedido"], ["P-0", "Ana", datetime(2024, 12, 14)]):
            orders.append(row)
        del book["Sheet"]
        book.save(path)

    def run(self, day: date) -> dict[str, dict[str, Any]]:
        backend = ExcelBackend(self.path)
        request = Request(now=datetime.now().astimezone(), run_id="test", on=day, write=True)
        done: RunReport = sync(backend, request)
        backend.close()
        return {task["key"]: task for task in to_json(done)["tasks"]}

    def write(self, **cells: object) -> None:
        book = openpyxl.load_workbook(self.path)
        sheet = book["Contatos de hoje"]
        at = {cell.value: cell.column for cell in sheet[1]}
        row = next(
            r for r in range(5, sheet.max_row + 1) if str(sheet.cell(r, at["key"]).value).startswith("check_in:")
        )
        for key, value in cells.items():
            sheet.cell(row, at[key]).value = value
        book.save(self.path)

    def add_order(self, *cells: object) -> None:
        book = openpyxl.load_workbook(self.path)
        book["Pedidos"].append(cells)
        book.save(self.path)


def test_a_note_stays_on_the_task_when_the_order_s_row_comes(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop.xlsx")
    assert "check_in:ana:2025-01-15/1" in shop.run(date(2025, 1, 22))
    shop.write(note="liga à tarde", owner="Bia")
    shop.add_order("P-1", "Ana", datetime(2025, 1, 16))
    task = shop.run(date(2025, 1, 23))["check_in:P-1:1"]
    assert (task["note"], task["owner"], task["done"]) == ("liga à tarde", "Bia", False)
    assert [key for key in shop.run(date(2025, 1, 23)) if key.startswith("check_in")] == ["check_in:P-1:1"]


def test_nobody_is_asked_twice_for_what_was_ticked_before_the_order_s_row_came(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop.xlsx")
    shop.run(date(2025, 1, 22))
    shop.write(done="✓")
    shop.run(date(2025, 1, 22))
    shop.run(date(2025, 1, 24))  # it has gone to the history
    shop.add_order("P-1", "Ana", datetime(2025, 1, 16))
    assert not [key for key in shop.run(date(2025, 1, 25)) if key.startswith("check_in")]

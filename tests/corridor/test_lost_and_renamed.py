"""``_sync`` is lost in a shop whose customers and exchanges got better names: by whatever name, nothing comes twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.test_corridor_machine import CorridorMachine

Step = Callable[[CorridorMachine], None]


def delete(rule: str) -> Step:
    """People take a task's row away."""

    def step(life: CorridorMachine) -> None:
        life.desk.delete_row(next(key for key in life.keys() if key.startswith(rule)))

    return step


def a_mail_comes(life: CorridorMachine) -> None:
    life.desk.source.customers[0].email = "ana@example.com"


def numbers_come(life: CorridorMachine) -> None:
    for at, exchange in enumerate(life.desk.source.exchanges.values()):
        exchange.number = f"T{at}"


def sync_is_lost(life: CorridorMachine) -> None:
    life.desk.backend.memory = None
    life.forgot = True


@pytest.mark.parametrize(
    "days",
    [
        pytest.param([[a_mail_comes, sync_is_lost]], id="a note follows the customer's new name"),
        pytest.param([[numbers_come, sync_is_lost]], id="a note follows the exchange's number"),
        pytest.param([[delete("autoship_reminder")], [a_mail_comes], [sync_is_lost]], id="what ended before the mail came"),
        pytest.param([[delete("autoship_reminder")], [a_mail_comes, sync_is_lost]], id="what ended, mail and loss at once"),
        pytest.param([[delete("returned_product")], [numbers_come], [sync_is_lost]], id="what ended before the number came"),
        pytest.param([[delete("returned_product")], [numbers_come, sync_is_lost]], id="what ended, number and loss at once"),
    ],
)  # fmt: skip
def test_by_whatever_name_nothing_comes_twice_and_no_note_is_lost(days: list[list[Step]]) -> None:
    life = CorridorMachine()
    life.begin(ago=[12, 8, 25], exchanges=3)  # the judge looks after each run
    for steps in days:
        for step in steps:
            step(life)
        life.run()

"""What must be true after the memory was lost, and what the oracle knows from then on: what the tabs tell."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from sheets_sync.memory import loads
from sheets_sync.model import Value
from tests.reconcile.house import House
from tests.reconcile.oracle import EPOCH, TASK_TABS, TICKS, Oracle
from tests.reconcile.rows_seen import Before, Open
from tests.reconcile.words import memory_tokens, tokens


def relearn(oracle: Oracle, house: House, before: Before) -> None:
    """Judge a run that had to do without ``_sync``; then begin anew."""
    top = {key: row for own in TASK_TABS if house.backend.own(own) for key, row in house.rows(own).items()}
    assert not (lost := before.tokens - tokens(house) - memory_tokens(house)), f"words lost: {lost}"
    for key, row in before.top.items():
        if key in top:
            assert top[key].people == row.people, f"people's cells of {key}"
            assert {h: top[key].own.get(h) for h in row.own} == row.own, f"own cells of {key}"
    told = loads(house.backend.memory or "")
    ended = {key for key, end in house.ended() if end is not None}
    oracle.finals = {key: end for key, end in oracle.finals.items() if key in ended}
    back = oracle.finals.keys() & {key for key, row in told.rows.items() if row.shown}
    assert not back, f"ended, and there again: {back}"
    day = house.today
    wanted = {t.key: t for t in house.shop.desired(day, {}, EPOCH, date.max)}
    was, oracle.open = oracle.open, {}
    for key, row in told.rows.items():
        if key in wanted:
            task = wanted[key]
        elif key in was:
            task = replace(was[key].task, customer_id="", gone_on=None, order_on=None)
        else:
            raise AssertionError(f"nobody asked for {key}")
        oracle.open[key] = Open(
            task=task, cells=row.people, own=row.own, done_on=_done_on(row.people.get("done"), day), shown=row.shown,
            postponed_to=_ahead(row.people.get("postpone_to"), day), remarks=row.remarks,
        )  # fmt: skip
    oracle.vanished = {}


def _done_on(cell: Value, today: date) -> date | None:
    if isinstance(cell, date):
        return min(cell, today)
    return today if cell is True or str(cell).lower() in TICKS else None


def _ahead(cell: Value, today: date) -> date | None:
    return cell if isinstance(cell, date) and cell >= today else None

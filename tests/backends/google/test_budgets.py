"""How often Google is asked and how much is sent: promised, so that sixty requests a minute are enough for many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from sheets_sync.backends.google import installments
from sheets_sync.memory import dumps, loads
from sheets_sync.model import Outcome, Plan, Value
from sheets_sync.problems import BackendError, PlanAgain
from sheets_sync.report import RunReport, summary
from sheets_sync.run import Request, sync
from tests.backends.contract import DAY, SHOP, ago
from tests.backends.google.spreadsheets import Desk, Rows
from tests.backends.google.team import Team
from tests.sheets_server import Fault, Kind, SheetsServer


def run(desk: Desk, on: date) -> RunReport:
    backend = desk.backend()
    try:
        return sync(backend, Request(now=datetime.now(UTC), run_id="test", on=on, write=True))
    finally:
        backend.close()


def _order(n: int) -> Sequence[Value]:
    return [f"P-{n}", f"C{n}", ago(5 + n % 120), 20.5, "Entregue"]


def shop_of(orders: int) -> dict[str, Rows]:
    tabs: dict[str, Rows] = dict(SHOP)
    head = SHOP["Pedidos"][:3]
    tabs["Pedidos"] = [*head, *(_order(n) for n in range(orders))]
    return tabs


def test_few_calls_whatever_the_number_of_tabs(server: SheetsServer) -> None:
    others: dict[str, Rows] = {f"Tab {n}": [["x", "y"], [n, n]] for n in range(12)}
    desk = Desk(server, {**SHOP, **others})
    first = run(desk, DAY)
    assert first.outcome is Outcome.APPLIED
    assert [call.write for call in server.journal] == [False, True]
    server.journal.clear()
    assert run(desk, DAY).outcome is Outcome.NOTHING
    assert [call.write for call in server.journal] == [False]
    server.journal.clear()
    assert run(desk, DAY + timedelta(days=1)).outcome is Outcome.APPLIED
    assert [call.write for call in server.journal] == [False, True]


def test_the_report_counts_what_the_server_counted(server: SheetsServer) -> None:
    desk = Desk(server, SHOP)
    told = run(desk, DAY).traffic
    assert told is not None
    assert (told["requests"], told["reads"], told["writes"]) == (2, 1, 1)
    assert told["bytes_sent"] == sum(call.request_bytes for call in server.journal)
    assert told["bytes_received"] == sum(call.answer_bytes for call in server.journal)


@pytest.mark.parametrize("waits", [0, 17])
def test_waiting_is_counted_and_told_in_the_team_s_language(server: SheetsServer, waits: int) -> None:
    desk = Desk(server, SHOP)
    if waits:
        server.fail(Fault(1, Kind.TOO_MANY_WAIT, retry_after=waits))
    done = run(desk, DAY)
    assert done.traffic is not None
    assert done.traffic["seconds_waited"] == (17.5 if waits else 0)
    (line,) = [line for line in summary(done) if line.startswith("Google Sheets")]
    assert (" 3 " in line, "17,5 s" in line) == (bool(waits), bool(waits))
    assert not any(line.startswith("Google Sheets") for line in summary(replace(done, traffic=None)))


def test_only_changed_cells_travel(server: SheetsServer) -> None:
    desk = Desk(server, shop_of(120))
    first = run(desk, DAY).traffic
    changed = run(desk, DAY + timedelta(days=1)).traffic
    assert first is not None
    assert changed is not None
    assert changed["bytes_sent"] * 4 < first["bytes_sent"]


def test_a_large_first_run_goes_in_parts_under_two_megabytes(
    server: SheetsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installments.parts, "__defaults__", (190_000,))
    desk = Desk(server, shop_of(300))
    told = run(desk, DAY).traffic
    assert told is not None
    assert told["writes"] > 1
    assert max(call.request_bytes for call in server.journal) < 190_000
    further = 190_000 * 1.5 / 2  # of 2 MB that Google recommends at most, 1.5
    assert told["requests"] <= 4 + told["bytes_sent"] // further
    assert run(desk, DAY).outcome is Outcome.NOTHING
    whole = Desk(server, shop_of(300))
    monkeypatch.setattr(installments.parts, "__defaults__", (1_850_000,))
    run(whole, DAY)
    for title in desk.person.tabs:
        if title != "_sync":
            assert desk.person.sees(title) == whole.person.sees(title)


@pytest.mark.parametrize("cut", [2, 3, 4])
@pytest.mark.parametrize("kind", [Kind.CUT_BEFORE, Kind.CUT_AFTER, Kind.FORBIDDEN])
def test_a_cut_between_two_parts_loses_nothing_and_the_next_run_completes_them(
    server: SheetsServer, monkeypatch: pytest.MonkeyPatch, cut: int, kind: Kind
) -> None:
    monkeypatch.setattr(installments.parts, "__defaults__", (200_000,))
    team = Team.at(server)
    for n in range(400):
        team.shop.order(f"P{n}", f"{1000 + n}", team.today - timedelta(days=6 + n % 5))
    server.fail(Fault(cut, kind))
    try:
        team.sync()
    except BackendError as error:
        assert error.code == "google_no_access_person"
    server.fail()
    team.sync()
    assert len(set(team.keys())) == len(team.keys()) > 300
    team.judge()


def test_a_large_change_goes_in_parts_too(server: SheetsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    team = Team.at(server)
    for n in range(300):
        team.shop.order(f"P{n}", f"{1000 + n}", team.today - timedelta(days=6 + n % 5))
    team.sync()
    monkeypatch.setattr(installments.parts, "__defaults__", (90_000,))
    monkeypatch.setattr(installments, "_FRAME", 4_000)
    team.today += timedelta(days=9)
    for _ in range(12):
        backend = team.desk.backend()
        made = team.planned(backend.open)
        if made.empty:
            break
        try:
            backend.apply(made)
        except PlanAgain as again:
            assert again.partly
        team.judge_words()
    assert made.empty
    team.judge()


def test_each_part_s_memory_knows_just_the_rows_that_are_there(server: SheetsServer) -> None:
    team = Team.at(server)
    for n in range(200):
        team.shop.order(f"P{n}", f"{1000 + n}", team.today - timedelta(days=6))
    backend = team.desk.backend()
    made: Plan = team.planned(backend.open)
    backend.close()
    parts, whole = installments.parts(made, None, 160_000)
    assert whole
    assert len(parts) > 1
    for part in parts:
        assert part.memory is not None
        known = sum(row.shown for row in loads(part.memory).rows.values())
        assert known == sum(count for own, count in part.born.items() if own.value in {"touchpoints", "exchanges"})
    assert made.memory is not None
    assert parts[-1].memory == dumps(loads(made.memory))

"""Whole runs on a workbook in memory, day by day: what the rooms promise only together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sheets_sync import timeline
from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.model import FoundTab, GridCell, OwnTab, Status, TaskRow, Value
from sheets_sync.report import RunReport
from sheets_sync.run import Request, sync
from sheets_sync.tables.task_rows import interpret

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
CHECK_IN, APPROVE = "check_in:P-1:1", "exchange_approve:T-1:1"
HEADS = {
    "Pedidos": ["Nº do pedido", "Cliente", "Data do pedido"],
    "Trocas": ["Protocolo", "Nº do pedido", "Data da solicitação", "Tipo"],
}


class Shop:
    """A workbook, the day, and what people do."""

    def __init__(self) -> None:
        self.today = TODAY
        self.book = MemoryBackend()
        self.fill("Pedidos", ["P-0", "Bia", TODAY - 60 * DAY], ["P-1", "Ana", TODAY - 7 * DAY])
        self.fill("Trocas", ["T-1", "P-0", TODAY, "Troca"])

    def fill(self, title: str, *rows: Sequence[Value]) -> None:
        self.book.put(title, [HEADS[title], *rows])

    def request(self, **more: Any) -> Request:
        return Request(now=datetime.now(UTC), run_id="test", on=self.today, write=True, **more)

    def run(self, **more: Any) -> RunReport:
        done = sync(self.book, self.request(**more))
        again = sync(self.book, self.request(**more))
        assert again.plan.empty, "a second run plans nothing"
        return done

    def tab(self, own: OwnTab) -> FoundTab:
        return interpret(self.book.open().grids[own])

    def rows(self, own: OwnTab) -> Mapping[str, TaskRow]:
        return {str(row.key): row for row in self.tab(own).rows}

    def write(self, key: str, column: str, value: Value) -> None:
        own = OwnTab.EXCHANGES if key.startswith("exchange_") else OwnTab.TOUCHPOINTS
        sheet, tab = self.book.own(own), self.tab(own)
        assert sheet is not None
        position = next(c.position for c in tab.columns if c.key == column)
        row = self.rows(own)[key].row
        sheet.rows = {**sheet.rows, row: {**sheet.rows[row], position: GridCell(value=value)}}

    def statuses(self, who: str) -> dict[str, Status]:
        """Key → status of a customer's timeline."""
        return {v.task.key: v.status for v in timeline.of_customer(self.book, self.request(), who).views}


@pytest.fixture
def shop() -> Shop:
    return Shop()


# ── the memory ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("left", "said"), [(None, "memory_lost"), ("edited by hand", "memory_unreadable"), ("", "memory_lost")]
)
def test_a_lost_sync_tab_costs_no_tick_and_brings_nothing_back(shop: Shop, left: str | None, said: str) -> None:
    shop.run()
    shop.write(CHECK_IN, "done", "✓")
    shop.write(APPROVE, "note", "aguardando a fábrica")
    shop.today += DAY
    shop.run()
    shop.today += 2 * DAY  # the ticked check-in is history now
    shop.run()
    assert CHECK_IN in shop.rows(OwnTab.HISTORY)
    shop.book.memory = left
    done = shop.run()
    assert said in {p.code for p in done.problems}
    assert CHECK_IN not in shop.rows(OwnTab.TOUCHPOINTS)
    assert shop.rows(OwnTab.EXCHANGES)[APPROVE].people == {"note": "aguardando a fábrica"}


def test_a_workbook_that_never_had_a_run_has_lost_nothing(shop: Shop) -> None:
    assert not {"memory_lost", "memory_unreadable"} & {p.code for p in shop.run().problems}


# ── postponed beyond the window ─────────────────────────────────────────────


def test_a_row_postponed_beyond_its_window_stays_until_a_newer_order_comes(shop: Shop) -> None:
    shop.run()
    shop.write(CHECK_IN, "postpone_to", TODAY + 20 * DAY)
    shop.run()
    shop.today += 10 * DAY  # its own window closed a week ago
    shop.run()
    assert CHECK_IN in shop.rows(OwnTab.TOUCHPOINTS)
    shop.fill(
        "Pedidos",
        ["P-0", "Bia", TODAY - 60 * DAY],
        ["P-1", "Ana", TODAY - 7 * DAY],
        ["P-2", "Ana", TODAY + 9 * DAY],
    )
    shop.run()
    assert CHECK_IN not in shop.rows(OwnTab.TOUCHPOINTS)
    assert shop.rows(OwnTab.HISTORY)[CHECK_IN].machine["end"] == "Substituído"


# ── corrections ─────────────────────────────────────────────────────────────


def test_a_corrected_number_keeps_ticks_notes_and_what_ended(shop: Shop) -> None:
    shop.run()
    shop.write(CHECK_IN, "done", "✓")
    shop.write(APPROVE, "note", "aguardando a fábrica")
    shop.run()
    shop.fill("Trocas", ["T-01", "P-0", TODAY, "Troca"])
    done = shop.run()
    assert shop.rows(OwnTab.EXCHANGES)["exchange_approve:T-01:1"].people == {"note": "aguardando a fábrica"}
    assert not any(tab.adds or tab.removes for tab in done.plan.tabs), "the row itself stays"
    shop.today += 2 * DAY  # the ticked check-in is history now
    shop.run()
    assert CHECK_IN in shop.rows(OwnTab.HISTORY)
    shop.fill("Pedidos", ["P-0", "Bia", TODAY - 60 * DAY], ["P-1/A", "Ana", TODAY - 7 * DAY])
    shop.run()
    assert not {key for key in shop.rows(OwnTab.TOUCHPOINTS) if key.startswith("check_in")}, "it was done"


def test_a_corrected_name_keeps_what_was_written_beside_it(shop: Shop) -> None:
    def named(name: str) -> None:
        shop.fill("Pedidos", ["P-1", name, TODAY - 200 * DAY], ["P-0", "Bia", TODAY - 60 * DAY])
        shop.run()

    named("Ana")
    reconnect = f"reconnect:ana:{TODAY - 200 * DAY}/1"
    shop.write(reconnect, "note", "liga na sexta")
    shop.write(reconnect, "owner", "Zé")
    for name in ("Anna", "Anna Maria"):
        named(name)
        (row,) = (row for key, row in shop.rows(OwnTab.TOUCHPOINTS).items() if key.startswith("reconnect"))
        assert (row.machine["customer"], row.people) == (name, {"note": "liga na sexta", "owner": "Zé"})


@pytest.mark.parametrize("ticked", [False, True])
def test_two_customers_who_turn_out_to_be_one_leave_one_task_and_both_notes(shop: Shop, ticked: bool) -> None:
    def customers(*mails: str | None) -> None:
        heads = ["Cliente", "Telefone", "E-mail", "Último pedido"]
        day, phones, names = TODAY - 200 * DAY, ("+5543999110001", None), ("Ana Souza", "Ana S.")
        shop.book.put("Clientes", [heads, *([n, p, m, day] for n, p, m in zip(names, phones, mails, strict=True))])

    customers(None, "ana@example.com")
    shop.run()
    one, other = (f"reconnect:{who}:{TODAY - 200 * DAY}/1" for who in ("+5543999110001", "ana@example.com"))
    shop.write(one, "note", "prefere à tarde")
    shop.write(other, "note", "viaja em maio")
    if ticked:
        shop.write(one, "done", "✓")
        shop.run()
    customers("ana@example.com", "ana@example.com")
    shop.run()
    left = [row.people for key, row in shop.rows(OwnTab.TOUCHPOINTS).items() if key.startswith("reconnect")]
    ended = [row.machine.get("note") for row in shop.rows(OwnTab.HISTORY).values()]
    assert [people["note"] for people in left] + ended in (
        ["viaja em maio", "prefere à tarde"], ["prefere à tarde", "viaja em maio"],
    )  # fmt: skip
    assert ("done" in left[0]) is ticked, "what was done for her is done"


# ── in whose language ───────────────────────────────────────────────────────


def test_a_language_nobody_speaks_is_asked_about_and_the_message_is_in_the_workbooks(shop: Shop) -> None:
    shop.book.put("Clientes", [["Cliente", "Idioma"], ["Ana", "Klingon"]])
    done = shop.run()
    assert "choice_unknown" in {p.code for p in done.problems}
    assert next(v.task.message for v in done.tasks if v.task.key == CHECK_IN).startswith("Oi, Ana!")


# ── which tabs there are ────────────────────────────────────────────────────


def test_an_exchanges_tab_alone_gives_no_task_of_the_care_cycle(shop: Shop) -> None:
    shop.fill("Trocas", ["T-1", "P-0", TODAY, "Devolução"])
    with_orders = {view.task.rule for view in shop.run().tasks}
    shop.book = MemoryBackend({"Trocas": [HEADS["Trocas"], ["T-1", "P-0", TODAY, "Devolução"]]})
    assert {view.task.rule for view in shop.run().tasks} == {"exchange_approve"}
    assert "returned_product" in with_orders
    assert shop.book.own(OwnTab.TOUCHPOINTS) is None


# ── timeline ────────────────────────────────────────────────────────────────


def test_a_timeline_tells_what_a_newer_order_took_away_from_what_ran_out(shop: Shop) -> None:
    shop.fill(
        "Pedidos",
        ["P-1", "Ana", TODAY - 100 * DAY],
        ["P-2", "Ana", TODAY - 91 * DAY],  # nine days later: the check-in of P-1 was open
        ["P-3", "Ana", TODAY - 40 * DAY],
    )
    said = shop.statuses("Ana")
    assert said["check_in:P-1:1"] is Status.SUPERSEDED
    assert said["check_in:P-2:1"] is Status.EXPIRED
    assert said["check_in:P-3:1"] is Status.EXPIRED


# ── clumsy days ─────────────────────────────────────────────────────────────


def own_column(shop: Shop, header: str, key: str, value: Value) -> None:
    """A column of people's own right of all others, with something in one row."""
    sheet, tab = shop.book.own(OwnTab.TOUCHPOINTS), shop.tab(OwnTab.TOUCHPOINTS)
    assert sheet is not None
    assert tab.header_row is not None
    at, row = max(c.position for c in tab.columns) + 1, shop.rows(OwnTab.TOUCHPOINTS)[key].row
    for number, cell in ((tab.header_row, header), (row, value)):
        sheet.rows = {**sheet.rows, number: {**sheet.rows[number], at: GridCell(value=cell)}}


def test_words_in_a_column_of_their_own_survive_the_loss_of_the_header_row(shop: Shop) -> None:
    shop.run()
    own_column(shop, "Minha", CHECK_IN, "ligar cedo")
    sheet, header = shop.book.own(OwnTab.TOUCHPOINTS), shop.tab(OwnTab.TOUCHPOINTS).header_row
    assert sheet is not None
    sheet.rows = {n - (n > (header or 0)): cells for n, cells in sheet.rows.items() if n != header}
    shop.today += 10 * DAY  # the check-in leaves in this very run
    shop.run()
    assert "ligar cedo" in str(shop.rows(OwnTab.HISTORY)[CHECK_IN].machine["own"])


@pytest.mark.parametrize(
    ("typed", "kept"), [(datetime(2026, 11, 20, 10, 30), "20/11/2026 10:30"), (datetime(2026, 11, 20), "20/11/2026")]
)
def test_the_time_of_day_that_people_wrote_goes_into_the_history_too(shop: Shop, typed: datetime, kept: str) -> None:
    shop.run()
    own_column(shop, "Ligar", CHECK_IN, typed)
    shop.run()
    shop.today += 10 * DAY
    shop.run()
    assert shop.rows(OwnTab.HISTORY)[CHECK_IN].machine["own"] == f"Ligar: {kept}"


def test_what_is_done_or_dismissed_does_not_come_back_under_a_better_name(shop: Shop) -> None:
    def customers(*numbers: Value) -> None:
        rows = zip(numbers, ("ana@x.com", "bia@x.com"), ("Ana", "Bia"), strict=True)
        heads = ["Código do cliente", "E-mail", "Cliente", "Último pedido"]
        shop.book.put("Clientes", [heads, *([*row, TODAY - 300 * DAY] for row in rows)])

    shop.fill("Pedidos")
    shop.fill("Trocas")
    customers(None, None)
    shop.run()
    done, dismissed = (f"reconnect:{who}@x.com:{TODAY - 300 * DAY}/1" for who in ("ana", "bia"))
    shop.write(done, "done", "✓")
    sheet, row = shop.book.own(OwnTab.TOUCHPOINTS), shop.rows(OwnTab.TOUCHPOINTS)[dismissed].row
    assert sheet is not None
    sheet.rows = {n: cells for n, cells in sheet.rows.items() if n != row}
    shop.run()
    shop.today += 2 * DAY
    shop.run()
    assert shop.rows(OwnTab.TOUCHPOINTS) == {}
    customers("C1", "C2")
    shop.today += DAY
    shop.run()
    assert shop.rows(OwnTab.TOUCHPOINTS) == {}


def test_a_ticked_reconnect_is_not_asked_again_when_the_last_order_was_entered_twice(shop: Shop) -> None:
    once, twice = ["P-1", "Ana", TODAY - 200 * DAY], ["P-2", "Ana", TODAY - 199 * DAY]
    shop.fill("Pedidos", once, twice)
    shop.run()
    reconnect = f"reconnect:ana:{TODAY - 199 * DAY}/1"
    shop.write(reconnect, "done", "✓")
    shop.write(reconnect, "note", "falei com ela")
    shop.run()
    shop.fill("Pedidos", once)
    for _ in range(4):
        shop.today += DAY
        shop.run()
        assert {key for key in shop.rows(OwnTab.TOUCHPOINTS) if key.startswith("reconnect")} <= {reconnect}
    assert shop.rows(OwnTab.HISTORY)[reconnect].machine["note"] == "falei com ela"


def test_a_return_without_a_number_keeps_its_note_when_its_order_s_number_is_corrected(shop: Shop) -> None:
    shop.fill("Trocas", [None, "P-0", TODAY, "Devolução"])
    shop.run()
    sheet = shop.book.own(OwnTab.EXCHANGES)
    assert sheet is not None
    sheet.rebuilt({}, [row.row for row in shop.rows(OwnTab.EXCHANGES).values()])
    shop.run()  # dismissed: the row among the contacts alone tells which exchange it is
    key = next(key for key in shop.rows(OwnTab.TOUCHPOINTS) if key.startswith("returned_product"))
    shop.write(key, "note", "vai devolver na loja")
    shop.run()
    shop.fill("Pedidos", ["P-00", "Bia", TODAY - 60 * DAY], ["P-1", "Ana", TODAY - 7 * DAY])
    shop.fill("Trocas", [None, "P-00", TODAY, "Devolução"])
    shop.run()
    assert shop.rows(OwnTab.TOUCHPOINTS)["returned_product:P-00:1"].people == {"note": "vai devolver na loja"}


def test_a_reconnect_dismissed_while_its_date_is_corrected_does_not_come_back(shop: Shop) -> None:
    shop.fill("Pedidos", ["P-1", "Ana", TODAY - 200 * DAY])
    shop.run()
    sheet, rows = shop.book.own(OwnTab.TOUCHPOINTS), shop.rows(OwnTab.TOUCHPOINTS)
    assert sheet is not None
    row = rows[f"reconnect:ana:{TODAY - 200 * DAY}/1"].row
    sheet.rows = {n: cells for n, cells in sheet.rows.items() if n != row}
    shop.fill("Pedidos", ["P-1", "Ana", TODAY - 198 * DAY])
    for _ in range(3):
        shop.run()
        assert not [key for key in shop.rows(OwnTab.TOUCHPOINTS) if key.startswith("reconnect")]
        shop.today += DAY


def test_a_timeline_speaks_of_an_order_on_its_way_as_the_tab_does(shop: Shop) -> None:
    heads = ["Nº do pedido", "Cliente", "Data do pedido", "Entregue em"]
    rows = [["P-1", "Ana", TODAY - 6 * DAY, None], ["P-2", "Bia", TODAY - 20 * DAY, TODAY - 15 * DAY]]
    shop.book.put("Pedidos", [heads, *rows])
    shop.run()
    (told,) = (v.task for v in timeline.of_customer(shop.book, shop.request(), "Ana").views if v.task.key == CHECK_IN)
    assert told.why == shop.rows(OwnTab.TOUCHPOINTS)[CHECK_IN].machine["why"]


def test_a_timeline_has_what_was_written_on_a_task_that_ended(shop: Shop) -> None:
    shop.run()
    for column, word in (("done", "✓"), ("note", "gostou muito"), ("owner", "Zé")):
        shop.write(CHECK_IN, column, word)
    shop.run()
    shop.today += 3 * DAY
    shop.run()
    assert CHECK_IN in shop.rows(OwnTab.HISTORY)
    (told,) = (v for v in timeline.of_customer(shop.book, shop.request(), "Ana").views if v.task.key == CHECK_IN)
    assert (told.status, told.note, told.owner) == (Status.DONE, "gostou muito", "Zé")


def test_a_timeline_plans_nothing_for_who_wants_no_contact(shop: Shop) -> None:
    shop.book.put(
        "Clientes", [["Cliente", "Não contatar", "Frequência"], ["Ana", "sim", "mensal"], ["Bia", None, "mensal"]]
    )
    shop.run()
    found = timeline.of_customer(shop.book, shop.request(), "Ana")
    assert (found.views, found.reason) == ((), "não quer contato")
    assert shop.statuses("Bia")


def test_a_timeline_calls_a_hushed_task_by_no_wrong_name_and_plans_what_comes_after(shop: Shop) -> None:
    shop.fill("Pedidos", ["P-1", "Ana", TODAY - 7 * DAY])
    shop.fill("Trocas", ["T-1", "P-1", TODAY - DAY, "Troca"])
    shop.run()
    statuses = shop.statuses("Ana")
    assert CHECK_IN not in statuses
    assert statuses["connect:P-1:1"] is Status.PLANNED


@pytest.mark.parametrize(("column", "typed"), [("postpone_to", "sexta"), ("done", "talvez")])
def test_nobody_is_asked_about_a_row_that_leaves(shop: Shop, column: str, typed: str) -> None:
    shop.run()
    shop.write(CHECK_IN, column, typed)
    assert "unclear" in " ".join(p.code for p in shop.run().problems)
    shop.today += 10 * DAY
    assert "unclear" not in " ".join(p.code for p in shop.run().problems)
    assert typed in str(shop.rows(OwnTab.HISTORY)[CHECK_IN].machine["own"])

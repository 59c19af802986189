"""People and the worker share a real workbook for a while: source tabs at one end, our tabs at the other.

The whole corridor (``run.sync``) over a workbook in memory: every room, every rule and the wiring between them. After
each few things people did the worker runs, and ``tests/corridor/judge.py`` says what must be true; a second run does
nothing. Slower than ``test_house_machine.py``, so with fewer steps: what only real source tabs can show.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sheets_sync.model import Outcome, OwnTab, Value
from sheets_sync.problems import Problem
from sheets_sync.report import RunReport
from sheets_sync.tables.schema import TASK_TABS
from tests.corridor.desk import Desk
from tests.corridor.judge import Judge
from tests.corridor.source_tabs import DAY, EXCHANGES, ORDERS, THEIRS, Customer, Exchange, Order, Thing
from tests.lives import lives

EDITS = 2
"""People do so many things between two runs."""
PEOPLE = ("Ana Souza", "Bia Lima", "Caio Reis")
MACHINE_CELLS = ("status", "due", "customer", "why", "source")
TASK_COLUMNS = {"done", "postpone_to", "owner", "note"}


class CorridorMachine(RuleBasedStateMachine):
    """The shop's workbook, its people and the worker."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.judge = Judge()
        self.words = self.edits = 0
        self.forgot = False
        self.blind: set[OwnTab] = set()
        self.shown: frozenset[str] = frozenset()

    # ── the worker ──────────────────────────────────────────────────────────

    @initialize(ago=st.lists(st.integers(0, 25), min_size=3, max_size=3), exchanges=st.integers(0, 3))
    def begin(self, ago: list[int], exchanges: int) -> None:
        self.desk.backend.put(THEIRS, [["Recados"], ["fornecedor vem na quinta"]])
        frequencies = ("mensal", None, "trimestral")
        for at, name in enumerate(PEOPLE):
            source = self.desk.source
            source.customers.append(Customer(name, f"+554399911000{at}", frequencies[at]))
            source.orders[f"P{at}"] = Order(at, self.desk.today - ago[at] * DAY)
        for at in range(exchanges):
            self.add_exchange(at, None if at == 2 else f"P{at}", at, ("Devolução", "Troca", "Devolução")[at])
        self.run()
        for key in self.keys():
            self.desk.note(key, self.a_word())
        self.run()

    def run(self) -> None:
        self.edits = 0
        desk, judge = self.desk, self.judge
        desk.source.write(desk.backend)
        before = judge.look(desk, judge.open, as_last_seen=self.blind)
        report = desk.again()
        if _refused(report) == "source_rows_missing":
            report = desk.again(force=True)
        assert report.outcome in {Outcome.APPLIED, Outcome.NOTHING}, report.problems
        judge.judge(desk, before, report, forgot=self.forgot, blind=bool(self.blind))
        judge.is_second(desk)
        self.forgot = False
        self.blind = set()
        self.shown = frozenset(view.task.key for view in report.tasks)

    def done(self) -> None:
        """People did something; now and then the worker runs."""
        self.edits += 1
        if self.edits >= EDITS:
            self.run()

    def settle(self) -> None:
        """The worker has seen everything."""
        if self.edits:
            self.run()

    teardown = settle

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        self.desk.today += timedelta(days=days)
        self.run()

    @rule()
    def a_run_for_an_earlier_day_is_refused(self) -> None:
        self.settle()
        self.is_refused("earlier_day", self.desk.again(on=self.desk.today - DAY))

    @rule(tab=st.sampled_from((ORDERS, EXCHANGES)))
    def a_source_tab_loses_its_rows(self, tab: str) -> None:
        self.settle()
        sheet = self.desk.backend.sheet(tab)
        assert sheet is not None
        if sheet.last_row > 1:
            sheet.rows = {1: sheet.rows[1]}
            before = self.desk.everything()
            self.is_refused("source_emptied", self.desk.again())
            assert self.desk.everything() == before
            self.run()

    def is_refused(self, code: str, report: RunReport) -> None:
        assert _refused(report) == code, f"not refused as {code}: {report.outcome}"

    # ── their own tabs ──────────────────────────────────────────────────────

    @rule(customer=st.sampled_from((0, 1, 2)), ago=st.integers(0, 9))
    def a_new_order(self, customer: int, ago: int) -> None:
        orders = self.desk.source.orders
        orders[f"P{self.number()}"] = Order(customer, self.desk.today - ago * DAY)
        self.done()

    @rule(data=st.data(), days=st.integers(-4, 4))
    def an_order_was_on_another_day(self, data: st.DataObject, days: int) -> None:
        order = self.an_order(data)
        order.ordered_on = min(order.ordered_on + days * DAY, self.desk.today)
        self.done()

    @rule(data=st.data(), days=st.one_of(st.none(), st.integers(3, 40)))
    def the_next_order_moves(self, data: st.DataObject, days: int | None) -> None:
        self.an_order(data).next_on = None if days is None else self.desk.today + days * DAY
        self.done()

    @rule(data=st.data())
    def an_order_is_deleted(self, data: st.DataObject) -> None:
        orders = self.desk.source.orders
        del orders[data.draw(st.sampled_from(sorted(orders)))]
        if not orders:
            orders[f"P{self.number()}"] = Order(0, self.desk.today)
        self.done()

    @rule(customer=st.sampled_from((0, 1, 2)), ago=st.integers(0, 9), kind=st.sampled_from(("Troca", "Devolução")))
    def a_new_exchange(self, customer: int, ago: int, kind: str) -> None:
        taken = {x.order for x in self.desk.source.exchanges.values()}
        orders = [n for n, o in self.desk.source.orders.items() if o.customer == customer and n not in taken]
        self.add_exchange(customer, orders[0] if orders else None, ago, kind)
        self.done()

    def add_exchange(self, customer: int, order: str | None, ago: int, kind: str = "Troca") -> None:
        exchanges, day = self.desk.source.exchanges, self.desk.today - ago * DAY
        if order is None and any(x.customer == customer and x.requested_on == day for x in exchanges.values()):
            return  # of two requests of one customer on one day nobody can tell which is which
        exchanges[self.number()] = Exchange(customer, order, day, kind)

    def has_exchanges(self) -> bool:
        return bool(self.desk.source.exchanges)

    @precondition(has_exchanges)
    @rule(data=st.data())
    def an_exchange_gets_its_number(self, data: st.DataObject) -> None:
        without = [x for x in self.desk.source.exchanges.values() if x.number is None]
        if without:
            data.draw(st.sampled_from(without)).number = f"T{self.number()}"
        self.done()

    @precondition(has_exchanges)
    @rule(data=st.data(), column=st.sampled_from(("approved_on", "received_on")))
    def an_exchange_goes_on(self, data: st.DataObject, column: str) -> None:
        setattr(self.an_exchange(data), column, self.desk.today)
        self.done()

    @rule(data=st.data(), column=st.sampled_from(("email", "tax_id", "customer_id")))
    def a_customer_gets_a_better_name(self, data: st.DataObject, column: str) -> None:
        at = data.draw(st.sampled_from((0, 1, 2)))
        given = {"email": f"pessoa{at}@example.com", "tax_id": ("52998224725", "11144477735", "39053344705")[at]}
        setattr(self.desk.source.customers[at], column, given.get(column, f"C{at}"))
        self.done()

    @rule(data=st.data())
    def an_order_number_is_corrected(self, data: st.DataObject) -> None:
        self.settle()
        source = self.desk.source
        source.correct_order(data.draw(st.sampled_from(sorted(source.orders))), f"P-{self.number()}")
        self.run()

    @precondition(has_exchanges)
    @rule(data=st.data())
    def an_exchange_number_is_corrected(self, data: st.DataObject) -> None:
        self.settle()
        one = self.an_exchange(data)
        place = next(place for place, x in self.desk.source.exchanges.items() if x is one)
        if one.number is not None and self.is_open(("exchange", place)):
            one.number = f"T-{self.number()}"
            self.desk.source.renamed.add(("exchange", place))
            self.run()

    @rule(at=st.sampled_from((0, 1, 2)))
    def the_word_for_a_customer_is_corrected(self, at: int) -> None:
        """Where a task of theirs is open: its row tells who it is."""
        self.settle()
        one = self.desk.source.customers[at]
        if not self.is_open(("customer", at)):
            return
        source = self.desk.source
        source.renamed |= {("customer", at)} | {
            ("exchange", p) for p, x in source.exchanges.items() if x.customer == at
        }
        if one.customer_id:
            one.customer_id = f"C-{self.number()}"
        elif not one.tax_id and one.email:
            one.email = f"pessoa{self.number()}@example.com"
        elif not one.tax_id:
            one.phone = f"+554399922{self.number():04}"
        self.run()

    @rule(data=st.data())
    def a_source_row_becomes_unreadable_or_readable(self, data: st.DataObject) -> None:
        source = self.desk.source
        one: Order | Exchange = data.draw(st.sampled_from([*source.orders.values(), *source.exchanges.values()]))
        one.readable = not one.readable
        self.done()

    def is_open(self, thing: Thing) -> bool:
        return any(about == thing for _, about, _ in self.judge.open)

    def number(self) -> int:
        self.desk.source.numbers += 1
        return self.desk.source.numbers + 9

    def an_order(self, data: st.DataObject) -> Order:
        return self.desk.source.orders[data.draw(st.sampled_from(sorted(self.desk.source.orders)))]

    def an_exchange(self, data: st.DataObject) -> Exchange:
        return self.desk.source.exchanges[data.draw(st.sampled_from(sorted(self.desk.source.exchanges)))]

    # ── our tabs ────────────────────────────────────────────────────────────

    def keys(self, own: OwnTab | None = None) -> list[str]:
        """Keys of open tasks that have a row."""
        named = self.desk.source.named
        keys = (key for key in self.desk.keys() if not self.blind and named(key) in self.judge.open)
        return sorted(key for key in keys if own is None or self.desk.tab_of(key) is own)

    def has_rows(self) -> bool:
        return bool(self.keys())

    def a_key(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.keys()))

    def a_tab(self, data: st.DataObject) -> OwnTab:
        """A task tab that stands there whole."""
        tabs = [own for own in TASK_TABS if self.desk.backend.own(own) is not None and own not in self.blind]
        if not tabs:
            self.run()
            tabs = list(TASK_TABS)
        return data.draw(st.sampled_from(tabs))

    def a_word(self) -> str:
        self.words += 1
        return f"‹{self.words}›"

    @precondition(has_rows)
    @rule(data=st.data(), dated=st.booleans())
    def tick(self, data: st.DataObject, dated: bool) -> None:
        self.desk.tick(self.a_key(data), self.desk.today if dated else "✓")
        self.done()

    @precondition(has_rows)
    @rule(data=st.data(), column=st.sampled_from(("note", "owner", "postpone_to")))
    def write(self, data: st.DataObject, column: str) -> None:
        later: Value = self.desk.today + 3 * DAY
        self.desk.write(self.a_key(data), column, later if column == "postpone_to" else self.a_word())
        self.done()

    @precondition(has_rows)
    @rule(data=st.data(), column=st.sampled_from(MACHINE_CELLS))
    def overwrite_a_machine_cell(self, data: st.DataObject, column: str) -> None:
        self.desk.write(self.a_key(data), column, "outra coisa")
        self.done()

    @precondition(has_rows)
    @rule(data=st.data())
    def delete_a_row(self, data: st.DataObject) -> None:
        self.desk.delete_row(self.a_key(data))
        self.done()

    @precondition(has_rows)
    @rule(data=st.data(), above=st.booleans())
    def duplicate_a_row(self, data: st.DataObject, above: bool) -> None:
        self.desk.copy_row(self.a_key(data), above=above)
        self.done()

    @rule(data=st.data())
    def add_a_row(self, data: st.DataObject) -> None:
        self.desk.own_row(self.a_word(), self.a_tab(data))
        self.done()

    @rule(data=st.data(), at=st.one_of(st.none(), st.integers(0, 14)))
    def add_a_column(self, data: st.DataObject, at: int | None) -> None:
        own = self.a_tab(data)
        position = self.desk.add_column(f"Coluna {self.a_word()}", own, at)
        for key in self.keys(own)[:2]:
            self.desk.put(own, self.desk.rows(own)[key].row, position, self.a_word())
        self.done()

    @rule(data=st.data())
    def rename_a_header(self, data: st.DataObject) -> None:
        found = self.desk.found(self.a_tab(data))
        column = data.draw(st.sampled_from([c for c in found.columns if c.key]))
        self.desk.put(found.own, found.header_row or 0, column.position, f"Outro {column.position}")
        self.done()

    @rule(data=st.data(), machine=st.booleans())
    def sort_a_part(self, data: st.DataObject, machine: bool) -> None:
        """Without the key column; every row has a note of its own, so that the sort can be told. Of a copy whose
        task has another key by now nothing is known."""
        own = self.a_tab(data)
        for key in self.keys(own):
            self.desk.write(key, "note", self.a_word(), own)
        self.run()
        rows = [self.desk.rows(own)[key].row for key in self.keys(own) if key in self.shown]
        columns = self.desk.found(own).columns
        theirs = {c.position for c in columns if c.key in TASK_COLUMNS}
        ours = {c.position for c in columns if c.key and c.key != "key"} - theirs
        self.desk.reorder(own, data.draw(st.permutations(rows)), ours if machine else theirs)
        self.blind = {own}
        self.run()

    @rule(data=st.data())
    def delete_the_first_row_and_the_key_column(self, data: st.DataObject) -> None:
        own = self.a_tab(data)
        self.settle()
        desk = self.desk
        if any(row.key is None or row.copy_of or row.key not in self.keys(own) for row in desk.found(own).rows):
            return  # of two equal rows nobody can tell which is the copy
        if any(c.key is None or c.header.startswith("Outro") for c in desk.found(own).columns):
            return  # there the first row alone says what is whose
        first = desk.found(own).key_row
        assert first is not None
        desk.delete_column("key", own)
        desk.sheet(own).rebuilt({}, [first])
        self.blind = {own}
        self.run()

    @rule(own=st.sampled_from((*TASK_TABS, OwnTab.QUESTIONS, OwnTab.SETTINGS, OwnTab.UPCOMING)))
    def delete_a_tab(self, own: OwnTab) -> None:
        self.settle()
        if self.desk.backend.own(own) is not None:
            self.desk.delete_tab(own)
            self.run()

    @rule(text=st.sampled_from((None, "", "apagado", "eJwDAAAAAAE=")))
    def lose_the_memory(self, text: str | None) -> None:
        self.settle()
        self.desk.backend.memory = text
        self.forgot = True
        self.run()


def _refused(report: RunReport) -> str | None:
    last: Problem | None = report.problems[-1] if report.problems else None
    return last.code if last is not None and report.outcome is Outcome.REFUSED else None


TestCorridor = CorridorMachine.TestCase
TestCorridor.settings = lives(examples=2, steps=8, name="CORRIDOR")

"""People live with the worker for a while, played by a machine; after every run nothing of theirs may be lost.

Invariants, judged by ``tests/reconcile/oracle.py`` after each run: every desired key has its row, with the words people
put there; no word is lost (it is in a tab, in the history, or waits in the memory); no row of people's own is lost or
made; no held row goes; what ended does not come back; **a second run plans nothing**.
"""

from __future__ import annotations

import os
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sheets_sync.model import OwnTab
from sheets_sync.problems import Refusal
from tests.reconcile.house import DAY, EXCHANGES, ORDERS, Exchange, House
from tests.reconcile.oracle import TASK_TABS, Oracle

EXAMPLES = int(os.environ.get("HOUSE_EXAMPLES", "40"))
PHASES = [Phase.generate] if os.environ.get("HOUSE_UNSHRUNK") == "1" else list(Phase)
STEPS = int(os.environ.get("HOUSE_STEPS", "30"))
CUSTOMERS = ("1001", "1002", "1003", "1004")
MACHINE_COLUMNS = ("status", "due", "task", "customer", "contact", "message", "why", "source", "amount", "age")


class HouseMachine(RuleBasedStateMachine):
    """The shop, its people and the worker."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.oracle = Oracle()
        self.words = 0
        self.numbers = 0
        self.history_deleted = False
        self.renamed = False
        self.yes: set[date] = set()

    # ── the worker ──────────────────────────────────────────────────────────

    @initialize(orders=st.integers(1, 5), exchanges=st.integers(0, 4), data=st.data())
    def begin(self, orders: int, exchanges: int, data: st.DataObject) -> None:
        for _ in range(orders):
            self.new_order(data.draw(st.sampled_from(CUSTOMERS)), data.draw(st.integers(0, 20)))
        for _ in range(exchanges):
            self.new_exchange(data.draw(st.sampled_from(CUSTOMERS)), data.draw(st.integers(0, 9)))
        self.run()

    def run(self, sorted_tabs: tuple[OwnTab, ...] = ()) -> None:
        before = self.oracle.look(self.house)
        expected = self.oracle.expect(self.house, before, sorted_tabs=sorted_tabs, yes=self.yes)
        self.yes = set()
        try:
            self.house.sync()
        except Refusal as refusal:
            assert refusal.code == "source_rows_missing", refusal.code
            assert self.missing_rows() > 5
            self.house.sync(force=True)
        self.oracle.judge(self.house, before, expected)
        again, _ = self.house.look()
        assert again.empty, (
            f"a second run plans {[(t.own, t.heading, t.adds, t.updates, t.removes) for t in again.tabs]}"
        )

    def missing_rows(self) -> int:
        facts = self.house.shop.facts()
        return sum(not facts.carried(was.task.rule, was.task.subject) for was in self.oracle.open.values())

    @rule()
    def sync(self) -> None:
        self.run()

    @rule(days=st.integers(1, 6))
    def days_pass(self, days: int) -> None:
        self.house.today += timedelta(days=days)
        self.run()

    # ── the shop's own tabs ─────────────────────────────────────────────────

    @rule(customer=st.sampled_from(CUSTOMERS), ago=st.integers(0, 12))
    def new_order(self, customer: str, ago: int) -> None:
        self.numbers += 1
        self.house.shop.order(f"P{self.numbers}", customer, self.house.today - ago * DAY)

    @rule(customer=st.sampled_from(CUSTOMERS), ago=st.integers(0, 5))
    def new_exchange(self, customer: str, ago: int) -> None:
        self.numbers += 1
        self.house.shop.exchange(f"T{self.numbers}", customer, self.house.today - ago * DAY)

    @precondition(lambda self: self.house.shop.orders)
    @rule(data=st.data(), days=st.integers(-3, 3))
    def correct_an_order(self, data: st.DataObject, days: int) -> None:
        order = self.house.shop.orders[self.pick(data, self.house.shop.orders)]
        self.house.shop.order(
            order.order_id,
            order.customer,
            order.ordered_on + days * DAY,
            next_on=order.next_on,
            readable=order.readable,
        )

    @precondition(lambda self: self.house.shop.orders)
    @rule(data=st.data(), days=st.integers(5, 30))
    def move_the_next_order(self, data: st.DataObject, days: int) -> None:
        order = self.house.shop.orders[self.pick(data, self.house.shop.orders)]
        self.house.shop.order(
            order.order_id,
            order.customer,
            order.ordered_on,
            next_on=self.house.today + days * DAY,
            readable=order.readable,
        )

    @precondition(lambda self: self.house.shop.exchanges)
    @rule(data=st.data(), days=st.integers(-5, 12))
    def a_voucher_expires(self, data: st.DataObject, days: int) -> None:
        name = self.pick(data, self.house.shop.exchanges)
        exchange = self.house.shop.exchanges[name]
        self.house.shop.exchange(
            name, exchange.customer, exchange.requested_on, expires_on=self.house.today + days * DAY,
            readable=exchange.readable,
        )  # fmt: skip

    @precondition(lambda self: len(self.house.shop.orders) > 1)
    @rule(data=st.data())
    def delete_an_order(self, data: st.DataObject) -> None:
        del self.house.shop.orders[self.pick(data, self.house.shop.orders)]

    @precondition(lambda self: self.house.shop.orders or self.house.shop.exchanges)
    @rule(data=st.data())
    def a_row_becomes_unreadable_or_readable(self, data: st.DataObject) -> None:
        shop = self.house.shop
        name = self.pick(data, [*shop.orders, *shop.exchanges])
        if name in shop.orders:
            o = shop.orders[name]
            shop.order(name, o.customer, o.ordered_on, next_on=o.next_on, readable=not o.readable)
        else:
            x: Exchange = shop.exchanges[name]
            shop.exchange(name, x.customer, x.requested_on, expires_on=x.expires_on, readable=not x.readable)

    @rule(tab=st.sampled_from((ORDERS, EXCHANGES)))
    def a_source_tab_breaks_or_is_mended(self, tab: str) -> None:
        self.house.shop.left_out ^= {tab}

    @rule(customer=st.sampled_from(CUSTOMERS))
    def a_silence_begins_or_ends(self, customer: str) -> None:
        self.house.shop.silenced ^= {customer}

    # ── people in our tabs ──────────────────────────────────────────────────

    def pick(self, data: st.DataObject, names: object) -> str:
        return data.draw(st.sampled_from(sorted(names)))  # type: ignore[call-overload, no-any-return]

    def a_key(self, data: st.DataObject) -> str:
        return self.pick(data, self.their_keys())

    def their_keys(self, own: OwnTab | None = None) -> list[str]:
        """Keys of rows that stand in the tabs (or in one of them)."""
        keys = self.house.keys() & {key for key, was in self.oracle.open.items() if was.shown}
        return sorted(key for key in keys if own is None or self.house.tab_of(key) is own)

    def a_word(self) -> str:
        self.words += 1
        return f"‹{self.words}›"

    def a_tab(self, data: st.DataObject) -> OwnTab:
        return data.draw(st.sampled_from([own for own in TASK_TABS if self.house.backend.own(own) is not None]))

    @property
    def has_rows(self) -> bool:
        return bool(self.their_keys())

    @property
    def has_tabs(self) -> bool:
        return any(self.house.backend.own(own) is not None for own in TASK_TABS)

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data(), value=st.sampled_from(("✓", "x", "Sim", True, 1)))
    def tick(self, data: st.DataObject, value: str | bool | int) -> None:
        self.house.tick(self.a_key(data), value)

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data(), ago=st.integers(0, 4))
    def tick_with_a_date(self, data: st.DataObject, ago: int) -> None:
        self.house.tick(self.a_key(data), self.house.today - ago * DAY)

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data())
    def untick(self, data: st.DataObject) -> None:
        self.run()
        if self.has_rows:
            self.house.write(self.a_key(data), "done", None)
            self.run()

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data())
    def write_a_note(self, data: st.DataObject) -> None:
        self.house.note(self.a_key(data), self.a_word())

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data())
    def take_it_on(self, data: st.DataObject) -> None:
        self.house.write(self.a_key(data), "owner", self.a_word())

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data(), days=st.integers(-3, 15))
    def postpone(self, data: st.DataObject, days: int) -> None:
        self.house.write(self.a_key(data), "postpone_to", self.house.today + days * DAY)

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data(), column=st.sampled_from(MACHINE_COLUMNS))
    def change_a_machine_cell(self, data: st.DataObject, column: str) -> None:
        key = self.a_key(data)
        if any(c.key == column for c in self.house.found(self.house.tab_of(key)).columns):
            self.house.write(key, column, "something else")

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data())
    def delete_a_row(self, data: st.DataObject) -> None:
        self.house.delete_row(self.a_key(data))

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def delete_many_rows(self, data: st.DataObject) -> None:
        own = self.a_tab(data)
        for key in self.their_keys(own):
            self.house.delete_row(key, own)
        self.run()

    @precondition(lambda self: self.house.backend.own(OwnTab.QUESTIONS) is not None)
    @rule(data=st.data(), word=st.sampled_from(("Sim", "Não", "Entendi")), with_note=st.booleans())
    def answer_a_question(self, data: st.DataObject, word: str, with_note: bool) -> None:
        if not self.house.questions():
            return
        key = self.pick(data, self.house.questions())
        self.house.write(key, "answer", word, OwnTab.QUESTIONS)
        if with_note:
            self.house.write(key, "note", self.a_word(), OwnTab.QUESTIONS)
        if key.startswith("rows_vanished|") and word == "Sim":
            self.yes.add(date.fromisoformat(key.partition("|")[2]))

    @precondition(lambda self: self.has_rows)
    @rule(data=st.data(), above=st.booleans())
    def copy_a_row(self, data: st.DataObject, above: bool) -> None:
        self.house.copy_row(self.a_key(data), above=above)

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def add_a_row_of_their_own(self, data: st.DataObject) -> None:
        self.house.own_row(self.a_word(), self.a_tab(data))

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def sort_the_whole_tab(self, data: st.DataObject) -> None:
        own = self.a_tab(data)
        rows = [(row.key or row.copy_of or "", row.row) for row in self.house.found(own).rows]
        self.house.reorder(own, [row for _, row in sorted(rows, key=lambda r: (hash(r[0]), r[1]))])

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def sort_peoples_columns_only(self, data: st.DataObject) -> None:
        """Every row has a note of its own first, so that the sort can be told."""
        self.run()
        own = self.a_tab(data)
        for key in self.their_keys(own):
            self.house.write(key, "note", self.a_word(), own)
        self.run()
        keys = self.their_keys(own)
        if len(keys) < 2:
            return
        columns = {
            c.position for c in self.house.found(own).columns if c.key in {"done", "postpone_to", "owner", "note"}
        }
        order = data.draw(st.permutations([self.house.rows(own)[key].row for key in keys]))
        self.house.reorder(own, order, columns)
        self.run(sorted_tabs=(own,))

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def sort_machine_columns_only(self, data: st.DataObject) -> None:
        self.run()
        own = self.a_tab(data)
        keys = self.their_keys(own)
        columns = {c.position for c in self.house.found(own).columns if c.key in MACHINE_COLUMNS}
        order = data.draw(st.permutations([self.house.rows(own)[key].row for key in keys]))
        self.house.reorder(own, order, columns)
        self.run()

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data(), at=st.one_of(st.none(), st.integers(0, 16)))
    def add_a_column(self, data: st.DataObject, at: int | None) -> None:
        own = self.a_tab(data)
        header = f"Coluna {self.a_word()}"
        position = self.house.add_column(header, own, at)
        for key in self.their_keys(own)[:2]:
            self.house.put(own, self.house.rows(own)[key].row, position, self.a_word())

    @precondition(lambda self: self.has_tabs)
    @rule(
        data=st.data(), column=st.sampled_from(("task", "message", "age", "amount", "status"))
    )  # the judge needs the rest
    def delete_a_machine_column(self, data: st.DataObject, column: str) -> None:
        own = self.a_tab(data)
        if any(c.key == column for c in self.house.found(own).columns):
            self.house.delete_column(column, own)

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def delete_the_key_column(self, data: st.DataObject) -> None:
        self.run()
        own = self.a_tab(data)
        if any(r.copy_of or (r.key and r.key not in self.their_keys()) for r in self.house.found(own).rows):
            return  # of two equal rows nobody can tell which is the copy
        self.house.delete_column("key", own)
        keys = {key: was for key, was in self.oracle.open.items() if was.shown and was.task.tab is own}
        self.house.sync()
        rows = self.house.rows(own)
        assert keys.keys() <= rows.keys()
        for key, was in keys.items():
            assert dict(rows[key].people) == dict(was.cells), key
        assert self.house.look()[0].empty

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data(), row=st.sampled_from(("keys", "title", "header")))
    def delete_a_row_of_the_frame(self, data: st.DataObject, row: str) -> None:
        self.run()
        found = self.house.found(self.a_tab(data))
        if not all(c.key for c in found.columns) or (self.renamed and row == "keys"):
            return  # there the header, or the key row, alone says what is whose
        number = {"keys": found.key_row, "title": found.title_row, "header": found.header_row}[row]
        assert number is not None
        self.house.sheet(found.own).rebuilt({}, [number])
        self.run()

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def rename_a_header(self, data: st.DataObject) -> None:
        own = self.a_tab(data)
        found = self.house.found(own)
        assert found.header_row is not None
        self.renamed = True
        column = data.draw(st.sampled_from([c for c in found.columns if c.key]))
        self.house.put(own, found.header_row, column.position, f"Outro {column.position}")

    @rule(own=st.sampled_from([own for own in OwnTab if own is not OwnTab.SYNC]))
    def delete_a_tab(self, own: OwnTab) -> None:
        if self.house.backend.own(own) is None:
            return
        self.run()
        self.house.delete_tab(own)
        self.history_deleted |= own is OwnTab.HISTORY
        self.run()
        assert (self.house.backend.own(own) is None) == (own is OwnTab.UPCOMING)


TestHouse = HouseMachine.TestCase
TestHouse.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip

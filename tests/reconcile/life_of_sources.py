"""What happens in the shop's own tabs."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sheets_sync.problems import Refusal
from tests.reconcile.house import DAY, EXCHANGES, ORDERS, Exchange
from tests.reconcile.life import CUSTOMERS, Life


class Sources(Life):
    """Orders and exchanges come, change, vanish, become unreadable; silences begin and end."""

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

    @precondition(lambda self: self.house.shop.orders)
    @rule(data=st.data(), briefly=st.booleans())
    def a_silence_begins_or_ends(self, data: st.DataObject, briefly: bool) -> None:
        customer = self.house.shop.orders[self.pick(data, self.house.shop.orders)].customer
        self.house.shop.silenced ^= {customer}
        if briefly:
            self.run()
            self.house.shop.silenced ^= {customer}

    @precondition(lambda self: self.house.shop.exchanges)
    @rule()
    def the_exchanges_are_gone_at_once(self) -> None:
        """An emptied tab is an accident: nothing is written until its rows are back."""
        shop = self.house.shop
        shop.left_out -= {EXCHANGES}
        self.run()
        rows, shop.exchanges = shop.exchanges, {}
        before = repr((self.house.backend.sheets, self.house.backend.memory))
        with pytest.raises(Refusal, match="source_emptied"):
            self.house.sync()
        assert repr((self.house.backend.sheets, self.house.backend.memory)) == before
        shop.exchanges = rows
        self.run()

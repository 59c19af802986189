"""People live with the worker for a while, played by a machine; after every run nothing of theirs may be lost.

Invariants, judged by ``tests/reconcile/oracle.py`` after each run: every desired key has its row, with the words people
put there; no word is lost (it is in a tab, in the history, or waits in the memory); no row of people's own is lost or
made; no held row goes; what ended does not come back; **a second run plans nothing**. The rules over the source are
three plain ones, so that lives are long; ``test_corridor_machine.py`` has the real ones.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.lives import lives
from tests.reconcile.life import CUSTOMERS
from tests.reconcile.life_of_frames import Frames
from tests.reconcile.life_of_rows import Rows
from tests.reconcile.life_of_sources import Sources


class HouseMachine(Sources, Rows, Frames):
    """All of it, and the worker."""

    @initialize(orders=st.integers(1, 5), exchanges=st.integers(2, 8), data=st.data())
    def begin(self, orders: int, exchanges: int, data: st.DataObject) -> None:
        for _ in range(orders):
            self.new_order(data.draw(st.sampled_from(CUSTOMERS)), data.draw(st.integers(0, 20)))
        for _ in range(exchanges):
            self.new_exchange(data.draw(st.sampled_from(CUSTOMERS)), data.draw(st.integers(0, 9)))
        self.run()
        for key in self.their_keys():
            self.house.note(key, self.a_word())
        self.run()

    @rule()
    def sync(self) -> None:
        self.run()

    @rule(days=st.integers(1, 6))
    def days_pass(self, days: int) -> None:
        self.house.today += timedelta(days=days)
        self.run()


TestHouse = HouseMachine.TestCase
TestHouse.settings = lives(examples=15, steps=30, name="HOUSE")

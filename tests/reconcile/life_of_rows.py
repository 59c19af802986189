"""What people do to rows of our tabs."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sheets_sync.model import OwnTab
from tests.reconcile.house import DAY
from tests.reconcile.life import MACHINE_COLUMNS, Life


class Rows(Life):
    """People tick, write, answer, delete, copy, add and sort."""

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
    @rule(data=st.data(), column=st.sampled_from(("customer", "done", "note")))
    def comment(self, data: st.DataObject, column: str) -> None:
        key = self.a_key(data)
        if any(c.key == column for c in self.house.found(self.house.tab_of(key)).columns):
            self.house.comment(key, column, self.a_word())

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
    @rule()
    def delete_many_rows(self) -> None:
        own = self.fullest_tab()
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
        key = self.a_key(data)
        self.house.copy_row(key, above=above)
        self.house.note(key, self.a_word())  # in the upper row: that is the task

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def add_a_row_of_their_own(self, data: st.DataObject) -> None:
        self.house.own_row(self.a_word(), self.a_tab(data))

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def sort_the_whole_tab(self, data: st.DataObject) -> None:
        """Copies stay in the order of their rows: the uppermost is the task."""
        own = self.a_tab(data)
        keys = [row.key or row.copy_of or "" for row in self.house.found(own).rows]
        order = data.draw(st.permutations(sorted(set(keys))))
        rows = sorted((order.index(key), row.row) for key, row in zip(keys, self.house.found(own).rows, strict=True))
        self.house.reorder(own, [row for _, row in rows])

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def sort_peoples_columns_only(self, data: st.DataObject) -> None:
        """Every row has a note of its own first, so that the sort can be told, and one a comment on it."""
        self.run()
        own = self.fullest_tab()
        for key in self.their_keys(own):
            self.house.write(key, "note", self.a_word(), own)
        for key in self.their_keys(own)[:1]:
            self.house.comment(key, "note", self.a_word())
        self.run()
        keys = self.their_keys(own)
        if len(keys) < 2:
            return
        columns = {
            c.position for c in self.house.found(own).columns if c.key in {"done", "postpone_to", "owner", "note"}
        }
        rows, by = [self.house.rows(own)[key].row for key in keys], data.draw(st.integers(1, len(keys) - 1))
        self.house.reorder(own, [*rows[by:], *rows[:by]], columns)
        self.run(sorted_tabs=(own,))

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data())
    def sort_machine_columns_only(self, data: st.DataObject) -> None:
        self.run()
        own = self.a_tab(data)
        keys = self.their_keys(own)
        columns = {c.position for c in self.house.found(own).columns if c.key in MACHINE_COLUMNS}
        order = data.draw(st.permutations([self.house.rows(own)[key].row for key in keys]))
        self.house.reorder(own, order, columns, comments=False)
        self.run()

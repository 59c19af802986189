"""What people do to columns, headers and whole tabs of ours."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sheets_sync.model import FoundTab, OwnTab
from tests.reconcile.life import Life
from tests.reconcile.oracle import TASK_TABS


class Frames(Life):
    """People add, delete and rename columns, delete rows of the frame, tabs and the memory."""

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
    @rule(data=st.data(), first_row_too=st.booleans())
    def delete_the_key_column(self, data: st.DataObject, first_row_too: bool) -> None:
        self.run()
        own = self.a_tab(data)
        found = self.house.found(own)
        if any(r.copy_of or (r.key and r.key not in self.their_keys()) for r in self.house.found(own).rows):
            return  # of two equal rows nobody can tell which is the copy
        self.house.delete_column("key", own)
        if first_row_too and found.key_row is not None and self.headers_say_it(found):
            self.house.sheet(own).rebuilt({}, [found.key_row])
        keys = {key: was for key, was in self.oracle.open.items() if was.shown and was.task.tab is own}
        self.house.sync()
        rows = self.house.rows(own)
        assert keys.keys() <= rows.keys(), f"rows lost with the key column: {keys.keys() - rows.keys()}"
        for key, was in keys.items():
            assert dict(rows[key].people) == dict(was.cells), key
        assert self.house.look()[0].empty

    @precondition(lambda self: self.has_tabs)
    @rule(data=st.data(), row=st.sampled_from(("keys", "title", "header")))
    def delete_a_row_of_the_frame(self, data: st.DataObject, row: str) -> None:
        self.run()
        found = self.house.found(self.a_tab(data))
        if row != "title" and not self.headers_say_it(found):
            return  # there the header, or the key row, alone says what is whose
        number = {"keys": found.key_row, "title": found.title_row, "header": found.header_row}[row]
        assert number is not None
        self.house.sheet(found.own).rebuilt({}, [number])
        self.run()

    def headers_say_it(self, found: FoundTab) -> bool:
        return not self.renamed and all(c.key for c in found.columns)

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

    @rule(data=st.data(), text=st.sampled_from((None, "", "apagado")))
    def lose_the_memory(self, data: st.DataObject, text: str | None) -> None:
        """``_sync`` is deleted, emptied or edited, some time after a row was deleted."""
        if self.has_rows:
            self.house.delete_row(self.a_key(data))
        self.run()
        rows = [r for own in TASK_TABS if self.house.backend.own(own) for r in self.house.found(own).rows]
        if any(r.copy_of or (r.key and r.key not in self.their_keys()) for r in rows):
            return  # without a memory a copy that outlived its task is taken for the task
        self.house.backend.memory = text
        self.run_without_memory()

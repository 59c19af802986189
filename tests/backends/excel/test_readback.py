"""Stored rows compared as bytes: equal only where nothing of people's changed but the row's number."""

import pytest

from sheets_sync.backends.excel.readback import StoredRows

MACHINE = frozenset({b"A"})


def sheet(*rows: str) -> StoredRows:
    return StoredRows(f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>".encode())


def row(number: int, machine: str = "1", theirs: str = "a note") -> str:
    note = f'<c r="B{number}" s="2" t="inlineStr"><is><t>{theirs}</t></is></c>'
    return f'<row r="{number}"><c r="A{number}"><v>{machine}</v></c>{note}</row>'


def test_a_row_that_only_moved_or_whose_machine_cells_changed_is_the_same() -> None:
    old = sheet(row(5), row(6))
    assert old.same(5, sheet(row(9)), 9, MACHINE)
    assert old.same(5, sheet(row(9, machine="2")), 9, MACHINE)


@pytest.mark.parametrize(
    "new",
    [
        row(9, theirs="a not"),
        row(9, theirs="").replace(' t="inlineStr"><is><t></t></is></c>', "/>"),
        row(9).replace('r="B9"', 'r="C9"'),
        '<row r="9"><c r="A9"><v>1</v></c></row>',
        '<row r="9"/>',
    ],
)
def test_what_people_wrote_cannot_change_move_or_go(new: str) -> None:
    assert not sheet(row(5)).same(5, sheet(new), 9, MACHINE)


def test_a_cell_in_another_form_does_not_hide_behind_a_machine_cell() -> None:
    def unusual(number: int, theirs: str) -> str:
        return row(number, theirs=theirs).replace(f'<c r="B{number}" s="2"', f'<c s="2" r="B{number}"')

    old = sheet(unusual(5, "a note"))
    assert old.same(5, sheet(unusual(5, "a note")), 5, MACHINE)
    assert not old.same(5, sheet(unusual(9, "another")), 9, MACHINE)
    assert not old.same(5, sheet(unusual(5, "another")), 5, MACHINE)


def test_cells_are_parsed_only_of_rows_asked_for() -> None:
    old = sheet(row(5), row(6, theirs="6"), '<row r="7"/>')
    assert list(old.numbers) == [5, 6, 7]
    found = old.cells([6, 7, 8])
    assert {number: {at: cell.said for at, cell in cells.items()} for number, cells in found.items()} == {
        6: {0: "1", 1: "6"}
    }

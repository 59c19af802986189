"""One of our tabs as people left it: which column is which, which row is whose, what stands around them."""

from __future__ import annotations

from sheets_sync import locale
from sheets_sync.model import MARKER, FoundTab, Grid, GridCell, OwnTab, Value
from sheets_sync.tables.schema import OWN
from sheets_sync.tables.task_rows import interpret, key_cells

KEYS = OWN[OwnTab.TOUCHPOINTS].keys()
WORDS = locale.load("pt-BR")
ONE, TWO = "check_in:P1:1", "connect:P2:1"
HEADER, FIRST = 4, 5


def tab() -> list[list[Value]]:
    """A tab as it is born, with two tasks."""
    return [
        [f"{MARKER}touchpoints:1", *KEYS[1:]],
        ["Contatos de hoje · 02/03/2026"],
        [],
        [WORDS.column(key) for key in KEYS],
        task(ONE, note="ligar"),
        task(TWO, done="✓"),
    ]


def task(key: str | None, **cells: Value) -> list[Value]:
    """A row of the tab, by column key."""
    given: dict[str, Value] = {"status": "Em aberto", "customer": "Ana", "why": "porque sim", "key": key, **cells}
    return [given.get(column) for column in KEYS]


def read(rows: list[list[Value]], hidden: frozenset[int] = frozenset()) -> FoundTab:
    cells = {
        number: {at: GridCell(value=value) for at, value in enumerate(row) if value is not None}
        for number, row in enumerate(rows, start=1)
    }
    found = {number: row for number, row in cells.items() if row}
    return interpret(Grid(own=OwnTab.TOUCHPOINTS, title="Contatos de hoje", rows=found, hidden=hidden))


def at(column: str) -> int:
    return KEYS.index(column)


# ── as we left it ───────────────────────────────────────────────────────────


def test_a_tab_nobody_touched_needs_no_repair() -> None:
    found = read(tab())
    assert (found.key_row, found.title_row, found.header_row) == (1, 2, HEADER)
    assert [row.key for row in found.rows] == [ONE, TWO]
    assert not found.repair


def test_cells_are_told_apart_by_who_owns_their_column() -> None:
    one, two = read(tab()).rows
    assert one.machine == {"status": "Em aberto", "customer": "Ana", "why": "porque sim"}
    assert one.people == {"note": "ligar"}
    assert two.people == {"done": "✓"}


def test_blank_rows_are_left_out_and_hidden_ones_say_so() -> None:
    rows = tab()
    rows.insert(5, [])
    found = read(rows, hidden=frozenset({7}))
    assert [(row.row, row.hidden) for row in found.rows] == [(5, False), (7, True)]


# ── rows of people ──────────────────────────────────────────────────────────


def test_the_uppermost_of_two_equal_keys_is_the_task() -> None:
    rows = tab()
    rows.insert(4, task(ONE, note="copiado"))
    upper, lower = read(rows).rows[:2]
    assert (upper.key, upper.copy_of, upper.people["note"]) == (ONE, None, "copiado")
    assert (lower.key, lower.copy_of, lower.people["note"]) == (None, ONE, "ligar")


def test_a_row_without_a_key_is_a_persons_own() -> None:
    found = read([*tab(), task(None, note="fornecedor")])
    assert (found.rows[-1].key, found.rows[-1].copy_of) == (None, None)
    assert found.rows[-1].people == {"note": "fornecedor"}


def test_space_around_a_key_is_nothing() -> None:
    rows = tab()
    rows[4][at("key")] = f" {ONE} "
    assert read(rows).rows[0].key == ONE


# ── columns ─────────────────────────────────────────────────────────────────


def test_a_persons_column_is_known_by_its_header() -> None:
    rows = tab()
    rows[HEADER - 1].append("Prioridade")
    rows[FIRST - 1] += ["alta"]
    found = read(rows)
    assert found.rows[0].own == {"Prioridade": "alta"}
    assert not found.repair, "a column of theirs is nothing to repair"


def test_columns_are_known_by_their_key_wherever_they_stand_and_whatever_they_are_called() -> None:
    rows = [list(reversed([*row, *[None] * (len(KEYS) - len(row))])) for row in tab()]
    rows[HEADER - 1][len(KEYS) - 1 - at("note")] = "Recado"
    found = read(rows)
    assert found.rows[0].people == {"note": "ligar"}
    assert next(c.header for c in found.columns if c.key == "note") == "Recado"


def test_without_its_first_row_a_column_is_known_by_its_header_in_any_language() -> None:
    rows = tab()
    rows[HEADER - 1] = [locale.load("nl").column(key) for key in KEYS]
    found = read(rows[1:])
    assert found.key_row is None
    assert [row.key for row in found.rows] == [ONE, TWO]
    assert found.rows[0].people == {"note": "ligar"}
    assert found.repair


def test_without_a_key_column_no_row_is_anybodys_and_the_tab_is_to_be_repaired() -> None:
    rows = [[cell for place, cell in enumerate(row) if place != at("key")] for row in tab()]
    found = read(rows)
    assert [row.key for row in found.rows] == [None, None]
    assert found.rows[0].people == {"note": "ligar"}
    assert found.repair


def test_without_first_row_and_key_column_the_headers_still_tell_what_is_whose() -> None:
    rows = [[cell for place, cell in enumerate(row) if place != at("key")] for row in tab()[1:]]
    found = read(rows)
    assert [row.people for row in found.rows] == [{"note": "ligar"}, {"done": "✓"}]
    assert found.repair


def test_a_deleted_header_row_is_missed_and_nothing_else() -> None:
    rows = tab()
    del rows[HEADER - 1]
    found = read(rows)
    assert found.header_row is None
    assert [row.key for row in found.rows] == [ONE, TWO]
    assert found.repair


def test_rows_above_ours_move_everything_and_change_nothing() -> None:
    found = read([["Aviso: fechado na sexta"], [], *tab()])
    assert (found.key_row, found.header_row) == (3, HEADER + 2)
    assert [row.key for row in found.rows] == [ONE, TWO]


def test_a_tab_in_which_nothing_is_ours_has_no_columns_and_no_rows() -> None:
    found = read([["Lista de compras"], ["café"], ["filtros"]])
    assert found.columns == ()
    assert found.rows == ()
    assert not found.repair


# ── the key row ─────────────────────────────────────────────────────────────


def test_the_key_row_holds_the_marker_in_place_of_the_first_column() -> None:
    cells = key_cells(read(tab()))
    assert cells[0].startswith(f"{MARKER}touchpoints:")
    assert [cells[place] for place in range(1, len(KEYS))] == list(KEYS[1:])


def test_where_the_first_column_was_deleted_the_marker_stands_beside_all_others() -> None:
    rows = [row[1:] for row in tab()]
    rows[0] = [*rows[0], f"{MARKER}touchpoints:1"]
    cells = key_cells(read(rows))
    assert cells[len(KEYS) - 1].startswith(MARKER)
    assert "status" not in cells.values()


def test_a_key_column_that_comes_back_is_named_there() -> None:
    rows = [[cell for place, cell in enumerate(row) if place != at("key")] for row in tab()]
    assert key_cells(read(rows), len(KEYS) - 1)[len(KEYS) - 1] == "key"

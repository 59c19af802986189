"""The worker's own cells: put right, with one question per column that names the one to use instead."""

from __future__ import annotations

import pytest

from sheets_sync.model import OwnTab
from sheets_sync.reconcile.rowcells import canonical, mark
from tests.reconcile.house import DAY, TODAY, House

CHECK_IN, OTHER = "check_in:P1:1", "check_in:P2:1"


@pytest.fixture
def house() -> House:
    house = House()
    house.shop.order("P1", "1001", TODAY - 7 * DAY)
    house.shop.order("P2", "1002", TODAY - 8 * DAY)
    house.sync()
    return house


@pytest.mark.parametrize(
    "column", ["status", "due", "task", "customer", "contact", "message", "why", "source", "amount", "age"]
)
def test_a_changed_machine_cell_is_put_right(house: House, column: str) -> None:
    before = house.row(CHECK_IN)
    house.write(CHECK_IN, column, "mudei")
    house.sync()
    assert house.row(CHECK_IN) == before
    assert house.questions() == [f"machine_edited|touchpoints|{column}"]
    assert house.sync().empty


def test_one_question_a_column(house: House) -> None:
    house.write(CHECK_IN, "status", "feito")
    house.write(OTHER, "status", "feito")
    house.sync()
    question = house.rows(OwnTab.QUESTIONS)["machine_edited|touchpoints|status"]
    assert house.words.column("done") in str(question.machine["question"])


def test_a_cell_changed_again_before_its_answer_was_seen_is_not_asked_about_again(house: House) -> None:
    house.write(CHECK_IN, "status", "feito")
    house.sync()
    house.write("machine_edited|touchpoints|status", "answer", "Entendi", OwnTab.QUESTIONS)
    house.write(OTHER, "status", "feito")
    house.sync()
    assert house.questions() == []
    assert house.sync().empty


def test_a_cell_that_cannot_be_put_right_yet_is_asked_about_once(house: House) -> None:
    house.shop.left_out ^= {"Pedidos"}
    house.sync()
    house.write(CHECK_IN, "message", "mudei")
    house.sync()
    house.write("machine_edited|touchpoints|message", "answer", "Entendi", OwnTab.QUESTIONS)
    house.sync()
    assert "machine_edited|touchpoints|message" not in house.questions()
    assert house.sync().empty


def test_a_link_is_a_machine_cell(house: House) -> None:
    row = house.row(CHECK_IN)
    house.put(OwnTab.TOUCHPOINTS, row.row, house.position("source"), row.machine["source"], link="#'Outra'!A1")
    house.sync()
    assert house.row(CHECK_IN).links["source"] == row.links["source"]
    assert house.questions() == ["machine_edited|touchpoints|source"]


def test_people_columns_are_never_written_but_at_birth(house: House) -> None:
    house.shop.owners["1001"] = "Ana"
    house.shop.order("P3", "1001", TODAY - 6 * DAY)
    house.sync()
    assert house.row("check_in:P3:1").people == {"owner": "Ana"}
    house.write("check_in:P3:1", "owner", None)
    house.next_day()
    assert house.row("check_in:P3:1").people == {}


def test_renamed_headers_are_theirs(house: House) -> None:
    for column in ("customer", "note", "key"):
        house.put(OwnTab.TOUCHPOINTS, 4, house.position(column), f"{column} da Ana")
    house.note(CHECK_IN, "x1")
    house.next_day()
    assert house.row(CHECK_IN).people == {"note": "x1"}
    assert house.sheet().rows[4][house.position("note")].value == "note da Ana"


def test_moved_columns_are_found(house: House) -> None:
    house.add_column("Minha", at=0)
    house.add_column("Outra", at=13)
    house.note(CHECK_IN, "x1")
    house.next_day()
    assert house.row(CHECK_IN).people == {"note": "x1"}
    assert house.row(CHECK_IN).machine["status"] == house.words.status("open")
    assert house.sync().empty


def test_a_column_of_their_own_named_like_a_machine_column_that_they_deleted(house: House) -> None:
    house.delete_column("amount")
    house.sync()
    at = house.add_column("Valor")
    house.put(OwnTab.TOUCHPOINTS, house.row(CHECK_IN).row, at, "combinar")
    house.next_day()
    assert house.row(CHECK_IN).own == {"Valor": "combinar"}


def test_a_copied_column_is_theirs(house: House) -> None:
    house.note(CHECK_IN, "x1")
    at = house.add_column("Nota")
    for row in (1, 4, house.row(CHECK_IN).row):
        house.put(OwnTab.TOUCHPOINTS, row, at, house.sheet().rows[row][house.position("note")].value)
    house.sync()
    assert house.row(CHECK_IN).people == {"note": "x1"}
    assert house.row(CHECK_IN).own == {"Nota": "x1"}


@pytest.mark.parametrize("row", [1, 2, 3, 4])
def test_a_deleted_row_of_the_frame_is_written_again(house: House, row: int) -> None:
    house.note(CHECK_IN, "x1")
    house.sync()
    house.sheet().rebuilt({}, [row])
    house.next_day()
    found = house.found()
    assert None not in (found.key_row, found.title_row, found.header_row)
    assert house.row(CHECK_IN).people == {"note": "x1"}
    assert house.ended() == []
    assert house.sync().empty


def test_rows_of_their_own_stay(house: House) -> None:
    house.own_row("ligar para a gráfica")
    house.shop.order("P3", "1003", TODAY - 9 * DAY)
    house.next_day()
    theirs = [row for row in house.found().rows if row.key is None]
    assert [row.machine for row in theirs] == [{"customer": "ligar para a gráfica"}]


def test_new_rows_come_below_the_header_most_urgent_first(house: House) -> None:
    house.reorder(OwnTab.TOUCHPOINTS, [house.row(OTHER).row, house.row(CHECK_IN).row])
    order = list(house.rows())
    house.shop.order("P3", "1003", TODAY - 10 * DAY)
    house.shop.order("P4", "1004", TODAY - 9 * DAY)
    house.sync()
    born = ["check_in:P4:1", "check_in:P3:1", "autoship_reminder:1004:2026-03-23", "autoship_reminder:1003:2026-03-22"]
    assert [key for key in house.rows() if key in born] == [key for key in list(house.rows())[:4] if key in born]
    assert list(house.rows())[:2] == born[:2]
    assert [key for key in house.rows() if key in order] == order


def test_hidden_rows_are_counted(house: House) -> None:
    house.sheet().hidden_rows.add(house.row(OTHER).row)
    assert house.sync().empty  # a filter alone is no change
    house.next_day()
    assert house.words.text("heading_hidden", count=1) in house.found().heading


def test_hostile_texts_stay_text(house: House) -> None:
    house.shop.order("P3", '=HYPERLINK("http://x")\x07 \ud800 🙂 عربي', TODAY - 6 * DAY)
    house.sync()
    row = house.row("check_in:P3:1")
    assert row.machine["customer"] == 'Cliente =HYPERLINK("http://x") \ufffd 🙂 عربي'
    assert house.sync().empty
    assert house.next_day().memory is not None
    assert house.ended() == []


def test_a_text_too_long_for_a_cell_is_cut_with_a_question(house: House) -> None:
    house.shop.order("P3", "a" * 40_000, TODAY - 6 * DAY)
    house.sync()
    assert len(str(house.row("check_in:P3:1").machine["customer"])) == 32_767
    assert any(key.startswith("text_trimmed|") for key in house.questions())
    assert house.sync().empty
    for key in house.questions():
        house.write(key, "answer", "Entendi", OwnTab.QUESTIONS)
    house.sync()
    assert house.questions() == []


def test_a_link_whose_letters_libreoffice_wrote_out_leads_to_the_same() -> None:
    ours = canonical("+5543", "https://wa.me/5543?text=Ol%C3%A1%2C%20Zo%C3%AB")
    assert canonical("+5543", "https://wa.me/5543?text=Olá%2C%20Zoë") == ours
    assert canonical("+5543", "https://wa.me/5543?text=Olá%2C%20Zoe") != ours


def test_the_end_of_a_long_link_that_libreoffice_cut_off_comes_back_and_nobody_is_asked_why() -> None:
    text = "Ol%C3%A1%2C%20" * 40
    saved = ("https://wa.me/5543?text=" + text.replace("%C3%A1", "á"))[:255]
    assert mark("+5543", saved) == mark("+5543", f"https://wa.me/5543?text={text}")
    assert mark("+5543", f"x{saved}"[:255]) != mark("+5543", saved)
    assert canonical("+5543", saved) != canonical("+5543", f"https://wa.me/5543?text={text}")

"""Where rows go, and what addresses become: against a plain list of rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.rectangles import Rectangle, joined, rectangle, rectangles
from sheets_sync.backends.excel.rows.references import readdress, rebase, translate

TITLE = "Con't day"
MOVES = Moves({4: 2}, {7}, block=(5, 10), new_block=(5, 11))  # two rows born below row 4, row 7 gone

LAST = 12
born = st.dictionaries(st.integers(0, LAST), st.integers(1, 3), max_size=4)
gone = st.sets(st.integers(1, LAST), max_size=8)


def listed(after: dict[int, int], left: set[int]) -> list[int | None]:
    """The rows in their new order: an old number, or None for a born one."""
    rows: list[int | None] = [None] * after.get(0, 0)
    for old in range(1, LAST + 1):
        rows += [] if old in left else [old]
        rows += [None] * after.get(old, 0)
    return rows


@given(born, gone)
def test_a_row_goes_where_a_list_says(after: dict[int, int], left: set[int]) -> None:
    moves, rows = Moves(after, left), listed(after, left)
    for old in range(1, LAST + 1):
        assert moves.row(old) == (None if old in left else rows.index(old) + 1)
    for old, count in after.items():
        first = moves.born_after(old)
        assert rows[first - 1 : first - 1 + count] == [None] * count


@given(born, gone, st.integers(1, LAST), st.integers(1, LAST))
def test_a_range_keeps_its_survivors_and_what_is_born_between(
    after: dict[int, int], left: set[int], a: int, b: int
) -> None:
    top, bottom = sorted((a, b))
    span = Moves(after, left).span(top, bottom)
    kept = [old for old in range(top, bottom + 1) if old not in left]
    inside = len(kept) + sum(n for p, n in after.items() if top <= p < bottom)
    assert (span is None) == (inside == 0)
    if span:
        assert span[1] - span[0] + 1 == inside
        rows = listed(after, left)[span[0] - 1 : span[1]]
        assert [old for old in rows if old] == kept


@pytest.mark.parametrize(
    ("formula", "becomes"),
    [
        ("A5+$B$8", "A7+$B$9"),
        ("A7", "#REF!"),
        ("SUM(A6:A9)", "SUM(A8:A10)"),
        ("SUM(A9:A6)", "SUM(A10:A8)"),
        ("SUM(A7:A7)", "SUM(#REF!)"),
        ("SUM($A4:A6)", "SUM($A4:A8)"),
        ("5:6", "7:8"),
        ("$5:$7", "$7:$8"),
        ("A:A+C:C", "A:A+C:C"),
        ('"A5"&A5', '"A5"&A7'),
        ('IF(A5="say ""A6""",A6,"")', 'IF(A7="say ""A6""",A8,"")'),
        ("LOG10(A8)+ATAN2(A5,A6)", "LOG10(A9)+ATAN2(A7,A8)"),
        ("'Con''t day'!A5+Orders!A5+'Other tab'!A5", "'Con''t day'!A7+Orders!A5+'Other tab'!A5"),
        ("[1]Orders!A5+'[1]Con''t day'!A5", "[1]Orders!A5+'[1]Con''t day'!A5"),
        ("Jan:Mar!A5", "Jan:Mar!A5"),
        ("Table1[[#This Row],[A5]]+Table1[A5]+[@A5]", "Table1[[#This Row],[A5]]+Table1[A5]+[@A5]"),
        ("rate_A5+A5_rate+tax.A5+ABCD5+XFE5+A0+A9999999", "rate_A5+A5_rate+tax.A5+ABCD5+XFE5+A0+A9999999"),
        ("1E5+2e5*A5", "1E5+2e5*A7"),
        ("A5#+@A6+_xlfn.ANCHORARRAY(A8)", "A7#+@A8+_xlfn.ANCHORARRAY(A9)"),
        ("INDEX(A6:A8,1):A9", "INDEX(A8:A9,1):A10"),
        ("SUM(A1:A1048576)", "SUM(A1:A1048576)"),
        ("SE(A8>1;B8;ß8)", "SE(A9>1;B9;ß8)"),
        ("{1,2;3,4}*A5", "{1,2;3,4}*A7"),
        ("#REF!+A5", "#REF!+A7"),
    ],
)
def test_a_formula_follows_its_rows(formula: str, becomes: str) -> None:
    assert readdress(formula, MOVES, TITLE) == becomes


def test_a_range_over_all_our_rows_goes_on_covering_them() -> None:
    assert readdress("SUM(I5:I10)", MOVES, TITLE) == "SUM(I5:I11)"
    assert readdress("COUNTA(I5:I99)", MOVES, TITLE) == "COUNTA(I5:I100)"
    assert readdress("SUM(I6:I10)", MOVES, TITLE) == "SUM(I8:I11)"


def test_running_totals_stay_running_totals() -> None:
    assert readdress("SUM(I$5:I10)", MOVES, TITLE, row=11, ours=True) == "SUM(I$7:I11)"
    assert readdress("I8/SUM(I$5:I$10)", MOVES, TITLE, row=9, ours=True) == "I9/SUM(I$5:I$11)"


def test_a_total_never_comes_to_sum_itself() -> None:
    below = Moves({12: 1}, set(), block=(5, 10), new_block=(5, 13))  # a row of ours is born below the total in row 12
    assert readdress("SUM(I5:I10)", below, TITLE, row=12) == "SUM(I5:I10)"


def test_a_range_whose_rows_all_change_lives_on() -> None:
    every = Moves({4: 3}, {5, 6}, block=(5, 6), new_block=(5, 7))
    assert readdress("COUNTA(I5:I6)", every, TITLE) == "COUNTA(I5:I7)"
    none_left = Moves({}, {5, 6}, block=(5, 6), new_block=(5, 5))
    assert readdress("COUNTA(I5:I6)", none_left, TITLE) == "COUNTA(I5:I5)"


@pytest.mark.parametrize(
    ("formula", "base", "new_base", "becomes"),
    [
        ('$A4="late"', 4, 4, '$A4="late"'),
        ("A10<>A9", 10, 11, "A11<>A10"),
        ("A10>$B$8", 10, 11, "A11>$B$9"),
        ("A10>$B$7", 10, 11, "A11>#REF!"),
        ("COUNTIF($A$5:$A$10,A10)>1", 10, 11, "COUNTIF($A$5:$A$11,A11)>1"),
        ("A1048576=A1", 1, 1, "A1048576=A1"),
    ],
)
def test_a_condition_is_relative_to_its_range(formula: str, base: int, new_base: int, becomes: str) -> None:
    assert rebase(formula, MOVES, TITLE, base, new_base) == becomes


@pytest.mark.parametrize(
    ("formula", "down", "right", "becomes"),
    [
        ("A5+$A5+A$5+$A$5", 2, 1, "B7+$A7+B$5+$A$5"),
        ("SUM(Orders!A$1:A5)", 1, 0, "SUM(Orders!A$1:A6)"),
        ("A1", -1, 0, "A1048576"),
        ("A1", 0, -1, "XFD1"),
        ("5:$6", 1, 3, "6:$6"),
    ],
)
def test_a_shared_formula_is_told_apart(formula: str, down: int, right: int, becomes: str) -> None:
    assert translate(formula, down, right) == becomes


# ── rectangles ──────────────────────────────────────────────────────────────

spans = st.tuples(st.integers(1, 9), st.integers(1, 9)).map(sorted)
boxes = st.builds(lambda r, c: Rectangle(r[0], c[0] - 1, r[1], c[1] - 1), spans, spans)


def cells(found: list[Rectangle]) -> set[tuple[int, int]]:
    return {(row, column) for r in found for row in range(r.top, r.bottom + 1) for column in range(r.left, r.right + 1)}


@given(boxes, boxes)
def test_a_hole_takes_out_just_its_cells(box: Rectangle, hole: Rectangle) -> None:
    rest = box.without(hole)
    assert cells(rest) == cells([box]) - cells([hole])
    assert sum(len(cells([r])) for r in rest) == len(cells(rest))
    assert box.meets(hole) == bool(cells([box]) & cells([hole]))


@given(st.lists(boxes, max_size=8))
def test_joining_changes_no_cell(found: list[Rectangle]) -> None:
    assert cells(joined(found)) == cells(found)
    assert len(joined(found)) <= len(found)


@pytest.mark.parametrize("text", ["A4", "A4:N30", "A:C", "4:9", "XFD1048576"])
def test_a_range_reads_back(text: str) -> None:
    area = rectangle(text)
    assert area is not None
    assert area.text() == text


def test_what_is_no_range_is_left_out() -> None:
    assert rectangles("A1:B2 #REF! nonsense $C$3 B9:A7") == [
        Rectangle(1, 0, 2, 1), Rectangle(3, 2, 3, 2), Rectangle(7, 0, 9, 1),
    ]  # fmt: skip

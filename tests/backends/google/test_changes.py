"""Changes to a tab: what is taken back is exactly what was there, whatever was changed."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheets_sync.backends.google.changes import (
    Cells,
    Changes,
    Image,
    Ink,
    NewRow,
    inverse,
    inverse_all,
    replay,
    replay_all,
)
from sheets_sync.backends.google.conflict import raw_of
from sheets_sync.backends.google.worked_out import worked_out

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""On a busy machine too."""
VALUES = st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["a", "b", "✓"]), st.booleans())
ROW = st.dictionaries(st.integers(0, 3), VALUES.filter(lambda v: v is not None).map(lambda v: Ink(value=v)), max_size=3)
IMAGES = st.lists(ROW, max_size=6)
NEW_ROWS = st.lists(ROW.map(lambda cells: NewRow(cells=cells)), min_size=1, max_size=2)


@st.composite
def changes(draw: st.DrawFn) -> Changes:
    cut = draw(st.sets(st.integers(1, 6), max_size=3))
    puts = draw(st.dictionaries(
        st.integers(1, 7).filter(lambda row: row not in cut),
        st.dictionaries(st.integers(0, 3), VALUES.map(lambda v: Ink(value=v)), min_size=1, max_size=2), max_size=3,
    ))  # fmt: skip
    born = draw(st.dictionaries(st.integers(0, 7), NEW_ROWS, max_size=3))
    return Changes(puts=puts, cut=cut, born=born)


def trimmed(image: Image) -> list[dict[int, object]]:
    rows: list[dict[int, object]] = [{p: ink.value for p, ink in row.items()} for row in image]
    while rows and not rows[-1]:
        rows.pop()
    return rows


@CALM
@given(IMAGES, changes())
def test_what_was_changed_is_taken_back(image: Image, made: Changes) -> None:
    after = replay(image, made)
    assert trimmed(replay(after, inverse(image, made))) == trimmed(image)


def test_rows_come_and_go_where_they_are_said_to() -> None:
    image = [{0: Ink(value=n)} for n in (1, 2, 3)]
    made = Changes(cut={2}, born={0: [NewRow(cells={0: Ink(value="top")})], 2: [NewRow(cells={0: Ink(value="mid")})]})
    made.put(3, 1, Ink(value="x"))
    made.born[3] = [NewRow(cells={0: Ink(value="end")})]
    assert trimmed(replay(image, made)) == [{0: "top"}, {0: 1}, {0: "mid"}, {0: 3, 1: "x"}, {0: "end"}]


@CALM
@given(IMAGES, st.lists(changes(), max_size=3))
def test_a_course_of_changes_is_taken_back(image: Image, course: list[Changes]) -> None:
    after = replay_all(image, course)
    assert trimmed(replay_all(after, inverse_all(image, course))) == trimmed(image)


# ── worked out from what there is and what was known ────────────────────────

HEAD: list[Cells] = [
    {p: Ink(value=name) for p, name in enumerate(("a", "b", "c", "d", *[None] * 5, "key")) if name},
    {},
    {},
    {},
]
KEYED = st.lists(ROW, max_size=6).map(
    lambda rows: [*HEAD, *({9: Ink(value=f"key {n}"), **cells} for n, cells in enumerate(rows))]
)  # fmt: skip


def below_head(made: Changes) -> Changes:
    """The same changes to the rows below."""
    puts, born = ({row + len(HEAD): what for row, what in by.items()} for by in (made.puts, made.born))
    return Changes(puts=puts, cut={row + len(HEAD) for row in made.cut}, born=born)  # type: ignore[arg-type]


BELOW = changes().map(below_head)


@CALM
@given(KEYED, st.lists(BELOW, min_size=1, max_size=2))
def test_what_a_tab_was_is_worked_out_from_what_it_is(image: list[Cells], course: list[Changes]) -> None:
    after = replay_all(image, course)
    assert trimmed(worked_out(after, course, image, 9)) == trimmed(image)


@CALM
@given(KEYED, BELOW, st.randoms(use_true_random=False))
def test_and_no_row_is_missing_where_people_moved_them_meanwhile(
    image: list[Cells], made: Changes, dice: random.Random
) -> None:
    """Their machine cells may be another row's: those are put right by their key."""
    rows = image[len(HEAD) :]
    dice.shuffle(rows)
    moved = [*HEAD, *rows]
    found = worked_out(replay(moved, made), [made], image, 9)
    keys = [raw_of(cells, 9) for cells in found if 9 in cells]
    assert sorted(map(str, keys)) == sorted(str(raw_of(cells, 9)) for cells in image if cells)


def test_a_row_that_a_person_took_away_may_come_back_but_none_is_lost() -> None:
    image = [{9: Ink(value=key), 0: Ink(value=f"note of {key}")} for key in "abc"]
    made = Changes(cut={2})  # meant for b; meanwhile a was taken away by hand, so c went
    found = worked_out(replay(image[1:], made), [made], image, 9)
    assert {raw_of(cells, 0) for cells in found} >= {"note of b", "note of c"}

"""What people hung on cells goes home after a half-sort, whatever is alike, and no cell gets two comments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.model import Remark
from sheets_sync.reconcile.hanging import at_home, brought_back
from sheets_sync.reconcile.part_sorted import PartSort

KEYS = [f"check_in:P{n}:1" for n in range(6)]
COLUMNS = ["status", "done", "note"]
Texts = dict[str, dict[str, str]]
"""Column → key → what hangs there."""


def remarks(texts: Texts) -> dict[str, tuple[Remark, ...]]:
    return {
        key: tuple(Remark(column=c, text=texts[c][key]) for c in COLUMNS if key in texts.get(c, {})) for key in KEYS
    }


def sort(order: list[str], columns: set[str]) -> PartSort:
    """The cells of ``columns`` at KEYS[i] are those that belong to order[i]."""
    at = {key: there for there, key in zip(KEYS, order, strict=True)}
    return PartSort(columns=tuple(sorted(columns)), keys=tuple(KEYS), at=at)


TEXTS = st.dictionaries(st.sampled_from(COLUMNS), st.dictionaries(st.sampled_from(KEYS), st.sampled_from("abcd")))


@given(before=TEXTS, order=st.permutations(KEYS), columns=st.sets(st.sampled_from(COLUMNS), min_size=1), seen=TEXTS)
def test_what_was_seen_goes_home_and_what_is_new_stays_with_its_cell(
    before: Texts, order: list[str], columns: set[str], seen: Texts
) -> None:
    moved = {
        column: {there: texts[key] for there, key in zip(KEYS, order, strict=True) if key in texts}
        if column in columns
        else dict(texts)
        for column, texts in before.items()
    }
    now = remarks(moved)
    brought = brought_back([sort(order, columns)], now, remarks(before))
    home = at_home(brought, now)
    assert {k: set(v) for k, v in home.items()} == {k: set(v) for k, v in remarks(before).items()}
    # whatever the last run saw: nothing is lost, no cell gets two
    brought = brought_back([sort(order, columns)], now, remarks(seen))
    home = at_home(brought, now)
    assert sorted(r.text for rs in home.values() for r in rs) == sorted(r.text for rs in now.values() for r in rs)
    assert all(len({r.column for r in rs}) == len(rs) for rs in home.values())


def test_what_hangs_on_cells_that_were_not_sorted_stays() -> None:
    before: Texts = {"done": {KEYS[0]: "kept", KEYS[1]: "kept too"}, "note": {KEYS[2]: "along"}}
    now = {**before, "note": {KEYS[3]: "along"}}
    order = [*KEYS[:2], KEYS[3], KEYS[2], *KEYS[4:]]
    brought = brought_back([sort(order, {"done", "note"})], remarks(now), remarks(before))
    assert brought == {KEYS[2]: {("note", False): KEYS[3]}}


def test_without_a_sort_nothing_moves() -> None:
    before: Texts = {"note": {KEYS[2]: "hers"}}
    assert brought_back([], remarks({"note": {KEYS[3]: "hers"}}), remarks(before)) == {}


def test_a_new_comment_on_a_cell_that_another_comes_home_to_goes_to_the_cell_that_this_one_left() -> None:
    a, b = KEYS[1:3]
    now: Texts = {"note": {a: "hers", b: "new"}}
    blank = PartSort(columns=("note",), keys=(a, b), at={b: a})  # of a blank cell nobody knows where it came from
    brought = brought_back([blank], remarks(now), remarks({"note": {b: "hers"}}))
    assert brought == {b: {("note", False): a}, a: {("note", False): b}}


def test_a_link_that_was_sorted_goes_home_without_the_comment_that_stayed() -> None:
    a, b = KEYS[:2]
    hers = Remark(column="note", text="hers")
    link = Remark(column="note", text="https://drive.example/1", link=True)
    swapped = PartSort(columns=("note",), keys=(a, b), at={a: b, b: a})
    now = {a: (hers,), b: (link,)}
    brought = brought_back([swapped], now, {a: (hers, link)})
    assert brought == {a: {("note", True): b}}
    assert at_home(brought, now) == {a: (hers, link), b: ()}

"""The memory: what is packed comes out again; what is not ours is a ValueError."""

from __future__ import annotations

import base64
import contextlib
import zlib
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.memory import (
    Finished,
    Memory,
    Noticed,
    Planned,
    RowMemory,
    Words,
    dumps,
    loads,
    split_key,
)
from sheets_sync.model import End, OwnTab, RowRef

texts = st.text(max_size=12)
names = st.text(min_size=1, max_size=12)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
maybe_days = st.none() | days
values = st.one_of(
    st.none(), texts, st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), days,
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
)  # fmt: skip
cells = st.dictionaries(names, values.filter(lambda v: v is not None), max_size=3)
rows = st.builds(
    RowMemory, tab=st.sampled_from([OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES]), rule=names, subject=names, customer_id=texts,
    occurrence=names, number=st.integers(1, 9), source=st.builds(RowRef, tab=texts, row=st.integers(0, 10**6)),
    visible_on=days, due_on=days, gone_on=maybe_days, born_on=days, done_on=maybe_days, shown=st.booleans(), people=cells,
    own=cells, machine=texts, order_on=maybe_days, interval=st.none() | st.integers(1, 400), postponed_to=maybe_days,
)  # fmt: skip
memories = st.builds(
    Memory, language=st.none() | texts, first_run_on=maybe_days, last_run_on=maybe_days,
    rows=st.dictionaries(names, rows, max_size=3),
    finished=st.dictionaries(names, st.builds(Finished, end=st.sampled_from(End), on=days, gone_on=maybe_days), max_size=3),
    planned=st.dictionaries(
        names,
        st.builds(Planned, order=texts, order_on=days, next_on=maybe_days, explicit=st.booleans(),
                  interval=st.none() | st.integers(1, 400), unrolled=maybe_days),
        max_size=3,
    ),
    customer_types=st.dictionaries(names, texts, max_size=3),
    noticed=st.dictionaries(names, st.builds(Noticed, on=days, old=texts, new=texts), max_size=3),
    aliases=st.dictionaries(names, texts, max_size=3), answers=st.dictionaries(names, texts, max_size=3),
    source_rows=st.dictionaries(names, st.integers(0, 10**6), max_size=3),
    own_tabs=st.frozensets(st.sampled_from(OwnTab)), vanished=st.dictionaries(names, days, max_size=3),
    edited=st.dictionaries(names, days, max_size=3),
    words=st.dictionaries(
        st.sampled_from([OwnTab.QUESTIONS, OwnTab.SETTINGS]),
        st.dictionaries(names, st.builds(Words, people=cells, own=cells), min_size=1, max_size=3), max_size=2,
    ),
)  # fmt: skip


@given(memories)
def test_what_is_packed_comes_out_again(memory: Memory) -> None:
    packed = dumps(memory)
    assert loads(packed) == memory
    assert dumps(loads(packed)) == packed
    assert packed.isascii()
    assert "\n" not in packed


def test_order_does_not_matter() -> None:
    assert dumps(Memory(answers={"a": "1", "b": "2"})) == dumps(Memory(answers={"b": "2", "a": "1"}))


def test_it_may_be_cut_into_lines() -> None:
    packed = dumps(Memory(language="pt-BR"))
    assert loads(f"{packed[:10]}\n{packed[10:]}\n") == Memory(language="pt-BR")


GOOD = dumps(Memory(language="nl", answers={"a": "yes"}))


def _packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode())).decode()


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "olá", "{}", GOOD[:-8], GOOD[4:], GOOD + "AAAA", _packed(""), _packed("[]"), _packed("null"), _packed("{}"),
        _packed('{"version": 99}'), _packed('{"version": 1}'), _packed("[" * 100_000), "A" * 4000,
    ],
)  # fmt: skip
def test_what_is_not_ours(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        loads(text)


@given(st.data())
def test_a_damaged_text_is_never_another_exception(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD) - 1))
    char = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    with contextlib.suppress(ValueError):
        loads(GOOD[:at] + char + GOOD[at + 1 :])


@given(st.text())
def test_nor_any_text_at_all(text: str) -> None:
    with contextlib.suppress(ValueError):
        loads(text)


def test_keys() -> None:
    assert split_key("check_in:P:1:1") == ("check_in", "P:1", "1")
    for wrong in ("", "a", "a:b", ":a:b", "a::b", "a:b:"):
        with pytest.raises(ValueError, match="not a key"):
            split_key(wrong)

"""Who is who: cases people can read, and every small workbook compared with plain loops."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sheets_sync.config import Settings
from sheets_sync.memory import Memory, Planned
from sheets_sync.model import SourceTab
from sheets_sync.tables import identity, shared_identifiers
from sheets_sync.tables.components import components
from sheets_sync.tables.identity import find_customers, resolve
from sheets_sync.tables.mentions import find_mentions
from sheets_sync.tables.questions import Questions
from sheets_sync.tables.reading import reading_of
from sheets_sync.tables.rows import read_source
from sheets_sync.tables.whose import whose_rows
from tests.tables.reference import Row, identities
from tests.tables.tabs import TODAY, codes, questions, read, rows_of, tab

D = datetime(2025, 1, 10)
PHONES = ("+5543999991111", "+5543999992222", "+5543999993333")
MAILS = ("a@x.com", "b@x.com", "c@x.com")
CPFS = ("52998224725", "39053344705", "11144477735")
KEYS = ("customer_id", "tax_id", "email", "phone", "name")


def customers(*rows: dict[str, Any]) -> Any:
    keys = [k for k in (*KEYS, "category") if any(k in r for r in rows)] or ["name"]
    return tab("customers", {k: [r.get(k) for r in rows] for k in keys})


def orders(*rows: dict[str, Any]) -> Any:
    keys = [k for k in ("customer", *KEYS) if any(k in r for r in rows)]
    columns: dict[str, list[Any]] = {"order_id": [f"P{i}" for i in range(len(rows))], "ordered_on": [D] * len(rows)}
    return tab("orders", columns | {k: [r.get(k) for r in rows] for k in keys})


def test_rows_that_share_an_identifier_are_one_customer() -> None:
    tables = read(
        customers(
            {"name": "Ana", "email": "A@x.com"},
            {"name": "Ana Lima", "email": "a@x.com", "phone": "(43) 99999-1111"},
            {"name": "A. Lima", "phone": "+55 43 99999-1111", "tax_id": "529.982.247-25"},
            {"name": "Bia"},
        )
    )
    assert rows_of(tables.customers, "customer", "name", "phone", "email", "row") == [
        ("52998224725", "Ana", "+5543999991111", "a@x.com", 2),
        ("bia", "Bia", None, None, 5),
    ]
    assert codes(tables) == ["customers_joined"]


def test_two_customer_ids_are_never_joined() -> None:
    tables = read(
        customers(
            {"customer_id": "1", "name": "Ana", "phone": PHONES[0]},
            {"customer_id": "2", "name": "Rui", "phone": PHONES[0]},
        ),
        orders({"customer": PHONES[0]}, {"customer": "Rui"}, {"customer": "1"}),
    )
    assert rows_of(tables.customers, "customer") == ["1", "2"]
    assert rows_of(tables.orders, "subject", "customer") == [("P1", "2"), ("P2", "1")]
    (question,) = questions(tables)
    assert (question.code, question.params["found"], question.params["candidates"]) == (
        "customer_ambiguous",
        PHONES[0],
        "1, 2",
    )
    assert tables.unread[SourceTab.ORDERS].customers == {"1", "2"}


@pytest.mark.parametrize(
    "cell",
    ["C-1", "ana lima", "ÁNA LIMA", "a@X.com", "(43) 99999-1111", "+5543999991111", "529.982.247-25", "52998224725"],
)
def test_the_cell_under_customer_may_be_anything(cell: str) -> None:
    ana = {"customer_id": "C-1", "name": "Ána Lima", "email": "a@x.com", "phone": PHONES[0], "tax_id": CPFS[0]}
    tables = read(customers(ana, {"customer_id": "C-2", "name": "Bia"}), orders({"customer": cell}))
    assert rows_of(tables.orders, "customer") == ["C-1"]
    assert tables.problems == ()


def test_a_number_may_be_an_id_and_a_cpf() -> None:
    same = read(customers({"customer_id": CPFS[0], "tax_id": CPFS[0], "name": "Ana"}), orders({"customer": CPFS[0]}))
    assert rows_of(same.orders, "customer") == [CPFS[0]]
    others = read(
        customers({"customer_id": CPFS[0], "name": "Ana"}, {"customer_id": "2", "tax_id": CPFS[0], "name": "Bia"}),
        orders({"customer": CPFS[0]}),
    )
    assert codes(others) == ["customer_ambiguous"]


@pytest.mark.parametrize(
    ("cell", "identity"),
    [
        ("A@x.com", "a@x.com"),
        ("(43) 99999-1111", PHONES[0]),
        ("529.982.247-25", CPFS[0]),
        ("C-77", "C-77"),
        ("00017", "00017"),
        ("Maria José", "maria jose"),
        ("Dos Santos", "dos santos"),
    ],
)
def test_strangers_are_used_inline_with_one_notice(cell: str, identity: str) -> None:
    tables = read(customers({"name": "Ana"}), orders({"customer": cell}, {"customer": cell}))
    assert rows_of(tables.customers, "customer", "in_tab", "tab", "row") == [
        ("ana", True, "Clientes", 2),
        (identity, False, "Pedidos", 2),
    ]
    assert [(p.code, p.count) for p in tables.problems] == [("customers_not_listed", 1)]
    assert read(orders({"customer": cell})).problems == ()


def test_a_name_that_two_customers_have_is_a_question() -> None:
    tables = read(
        customers({"name": "Ana", "phone": PHONES[0]}, {"name": "Ana", "phone": PHONES[1]}, {"name": "Bia"}),
        orders({"customer": "Ana"}, {"customer": "Bia"}),
    )
    assert rows_of(tables.customers, "customer") == [PHONES[0], PHONES[1], "bia"]
    assert codes(tables) == ["customer_ambiguous"]
    assert rows_of(tables.orders, "subject") == ["P1"]


@pytest.mark.parametrize("phone", [None, PHONES[0]])
def test_rows_that_nothing_tells_apart_are_one_customer_and_that_is_told(phone: str | None) -> None:
    tables = read(customers({"name": "Ana Souza", "phone": phone}, {"name": "ana souza"}, {"name": "Bia"}))
    assert len(tables.customers) == 2
    assert [(p.code, str(p.params["found"]).casefold()) for p in tables.problems] == [
        ("customers_namesakes", "ana souza")
    ]
    apart = customers({"name": "Ana", "phone": PHONES[0]}, {"name": "Ana", "phone": PHONES[1]})
    assert read(apart).problems == ()


def test_a_row_of_the_customers_tab_that_fits_two_is_out() -> None:
    tables = read(
        customers(
            {"customer_id": "1", "email": MAILS[0]},
            {"customer_id": "2", "phone": PHONES[0]},
            {"email": MAILS[0], "phone": PHONES[0]},
        )
    )
    assert rows_of(tables.customers, "customer") == ["1", "2"]
    assert codes(tables) == ["customer_ambiguous"]
    assert tables.counts[SourceTab.CUSTOMERS].questioned == 1


def test_a_phone_that_many_names_have_says_nothing() -> None:
    names = ["Ana", "Bia", "Caio", "Dora", "Eva", "Fábio"]
    tables = read(customers(*({"name": name, "phone": PHONES[0]} for name in names)), orders({"customer": "Bia"}))
    assert rows_of(tables.customers, "customer", "phone")[0] == ("ana", PHONES[0])
    assert len(tables.customers) == 6
    assert [(p.code, p.count) for p in tables.problems] == [("identifier_crowded", 6)]
    assert rows_of(tables.orders, "customer") == ["bia"]


def test_orders_may_add_what_the_customers_tab_lacks() -> None:
    tables = read(
        customers({"name": "Ana Lima", "phone": PHONES[0]}),
        orders({"customer": "Ana Lima", "email": "ana@x.com"}, {"email": "ana@x.com"}),
    )
    assert rows_of(tables.customers, "customer", "name", "phone", "email") == [
        ("ana@x.com", "Ana Lima", PHONES[0], "ana@x.com")
    ]
    assert tables.problems == ()


def test_inline_customers_keep_the_newest_details() -> None:
    tables = read(
        tab(
            "orders",
            {
                "order_id": ["1", "2", "3"],
                "name": ["Ana", "Ana Lima", "Ana"],
                "phone": [PHONES[0]] * 3,
                "city": ["X", "Y", None],
                "ordered_on": [datetime(2024, 1, 1), datetime(2025, 1, 1), datetime(2024, 6, 1)],
            },
        )
    )
    assert rows_of(tables.customers, "customer", "name", "city", "row") == [(PHONES[0], "Ana Lima", "Y", 3)]


def test_identities_stay_apart_in_keys() -> None:
    tables = read(customers({"customer_id": "ana", "name": "Rui"}, {"name": "Ana"}))
    assert rows_of(tables.customers, "customer") == ["ana", "name=ana"]


# ── older identities ────────────────────────────────────────────────────────


def remembered(*known: str, **aliases: str) -> Memory:
    planned = Planned(order="P0", order_on=TODAY, next_on=None, explicit=False, interval=None)
    return Memory(planned=dict.fromkeys(known, planned), aliases=aliases)


def test_a_stronger_identifier_keeps_the_older_as_alias() -> None:
    tables = read(
        customers(
            {"customer_id": "C-1", "name": "Ana", "phone": PHONES[0]},
            {"name": "Bia", "email": "b@x.com"},
            {"name": "Caio"},
        ),
        memory=remembered(PHONES[0], "bia", "caio", "gone@x.com"),
    )
    assert dict(tables.aliases) == {PHONES[0]: "C-1", "bia": "b@x.com"}


def test_aliases_last_and_follow_further_changes() -> None:
    people = customers({"customer_id": "C-1", "name": "Ana", "phone": PHONES[1]})
    assert dict(read(people, memory=remembered("C-1", ana="C-1", **{PHONES[0]: "C-1"})).aliases) == {
        "ana": "C-1",
        PHONES[0]: "C-1",
    }
    weaker = customers({"name": "Ana", "phone": PHONES[1]})
    assert dict(read(weaker, memory=remembered("C-1", **{PHONES[1]: "C-1"})).aliases) == {"C-1": PHONES[1]}


def test_an_old_name_of_two_customers_is_nobodys_alias() -> None:
    people = customers({"name": "Ana", "phone": PHONES[0]}, {"name": "Ana", "phone": PHONES[1]})
    assert dict(read(people, memory=remembered("ana")).aliases) == {}


@pytest.mark.parametrize(
    "wanted", ["C-1", "52998224725", "529.982.247-25", "ANA@x.com", "(43) 99999-1111", "ana lima", "Lima"]
)
def test_finding_a_customer(wanted: str) -> None:
    ana = {"customer_id": "C-1", "name": "Ana Lima", "email": "ana@x.com", "phone": PHONES[0], "tax_id": CPFS[0]}
    tables = read(customers({"customer_id": "C-2", "name": "Bia"}, ana, {"name": "Caio"}))
    assert rows_of(find_customers(tables.customers, wanted, Settings.default()), "customer") == ["C-1"]


def test_finding_several_or_none() -> None:
    tables = read(customers({"customer_id": "1", "name": "Ana Lima"}, {"customer_id": "2", "name": "Ana Souza"}))
    assert len(find_customers(tables.customers, "ana", Settings.default())) == 2
    assert len(find_customers(tables.customers, "zé", Settings.default())) == 0


# ── compared with plain loops ───────────────────────────────────────────────


def some(values: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.none(), st.sampled_from(values))


ROWS = st.builds(
    Row,
    in_tab=st.booleans(),
    customer_id=some(("1", "2", "3")),
    tax_id=some(CPFS[:2]),
    email=some(MAILS),
    phone=some(PHONES),
    name=some(("ana", "bia", "caio")),
)


def vectorised(rows: list[Row]) -> list[str | frozenset[str] | None]:
    """What the frames' way of it says, row by row."""
    questions_, reading = Questions(), reading_of(Settings.default(), {}, TODAY)
    sources = []
    for source, mine in (("customers", [r for r in rows if r.in_tab]), ("orders", [r for r in rows if not r.in_tab])):
        columns: dict[str, list[Any]] = {k: [getattr(r, k) for r in mine] for k in KEYS}
        if source == "orders":
            columns |= {"order_id": [str(i) for i in range(len(mine))], "ordered_on": [D] * len(mine)}
        else:
            columns |= {"products": ["x"] * len(mine)}  # so that a row without a name is a row
        raw = tab(source, columns)
        sources.append(read_source(SourceTab(source), [raw], reading, questions_))
    mentions = find_mentions(sources, "BR")
    found = resolve(mentions, "BR")
    out: dict[int, str | frozenset[str] | None] = {}
    for rows_read, places in zip(
        sources,
        ([i for i, r in enumerate(rows) if r.in_tab], [i for i, r in enumerate(rows) if not r.in_tab]),
        strict=True,
    ):
        whose = whose_rows(rows_read, mentions, found)
        for i, place in enumerate(places):
            if whose.unsure[i]:
                out[place] = frozenset(found.identity.iloc[list(whose.candidates[int(whose.mention[i])])])
            else:
                out[place] = str(found.identity.iloc[whose.customer[i]]) if whose.customer[i] >= 0 else None
    return [out[i] for i in range(len(rows))]


@settings(max_examples=100)
@given(st.lists(ROWS, min_size=1, max_size=9))
@example(
    [Row(customer_id="1", phone=PHONES[0]), Row(phone=PHONES[0], email=MAILS[0]), Row(customer_id="2", email=MAILS[0])]
)
@example(
    [Row(name="ana", email=MAILS[0]), Row(in_tab=False, name="ana", phone=PHONES[0]), Row(in_tab=False, name="ana")]
)
def test_every_small_workbook_as_in_plain_loops(rows: list[Row]) -> None:
    assert vectorised(rows) == identities(rows)


def _no_names_join(kinds: Any, label: Any, in_tab: Any) -> Any:
    return label


FAULTS: dict[str, tuple[Any, str, Any]] = {
    "two ids joined": (identity, "_never_two_ids", lambda kinds, label, doubts: label),
    "names never join": (identity, "_join_by_name", _no_names_join),
    "any names join": (identity, "_compatible", lambda by, held, listed: np.ones(len(by), dtype=bool)),
    "a guess between two": (shared_identifiers, "_narrowed", lambda meant: {min(set.union(*meant))}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_comparison_sees_planted_faults(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*FAULTS[fault])
    draw = random.Random(4)  # noqa: S311  (the same cases every time)
    pools = (("1", "2"), CPFS[:2], MAILS[:2], PHONES[:2], ("ana", "bia"))
    for _ in range(80):
        rows = [Row(draw.random() < 0.5, *(draw.choice((None, None, *pool)) for pool in pools)) for _ in range(6)]
        if vectorised(rows) != identities(rows):
            return
    pytest.fail("nobody noticed")


@given(st.lists(st.tuples(st.integers(-1, 5), st.integers(-1, 5)), max_size=12))
def test_components(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array([p[i] for p in pairs], dtype=np.int64) for i in (0, 1))
    label = components(len(pairs), [a, b])
    for i, (x, y) in enumerate(pairs):
        for j, (u, v) in enumerate(pairs):
            if (x == u >= 0) or (y == v >= 0):
                assert label[i] == label[j]
        group = {k for k in range(len(pairs)) if label[k] == label[i]}
        assert len(group) == 1 or any((x == pairs[k][0] >= 0) or (y == pairs[k][1] >= 0) for k in group - {i})

"""Orders: lines, contradictions, credit notes, scheduled ones, stand-ins of customer rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync.model import SourceTab
from sheets_sync.tables.frames import CUSTOMERS_FRAME, EXCHANGES_FRAME, ORDERS_FRAME
from sheets_sync.tables.intervals import interval_after, interval_days
from sheets_sync.tables.tags import tags_of
from tests.tables.reference import Line
from tests.tables.reference import orders as plain_orders
from tests.tables.tabs import codes, questions, read, rows_of, tab

D = datetime(2025, 1, 10)


def orders(*rows: dict[str, Any]) -> Any:
    keys = dict.fromkeys(("order_id", "customer", "ordered_on")) | dict.fromkeys(k for r in rows for k in r)
    defaults = {"customer": "Ana", "ordered_on": D}
    return tab("orders", {k: [r.get(k, defaults.get(k)) for r in rows] for k in keys})


def customers(*rows: dict[str, Any]) -> Any:
    keys = dict.fromkeys(k for r in rows for k in r)
    return tab("customers", {k: [r.get(k) for r in rows] for k in keys})


def test_frames_have_their_shape_whatever_the_tabs_hold() -> None:
    tables = read(
        orders({"order_id": 1, "total": 5, "products": "a", "status": "Pago"}),
        customers({"name": "Ana", "last_order_on": datetime(2025, 1, 25), "opted_out": True}),
        tab("exchanges", {"order_id": [1], "requested_on": [D], "kind": ["Troca"]}),
    )
    for frame, wanted in (
        (tables.orders, ORDERS_FRAME),
        (tables.customers, CUSTOMERS_FRAME),
        (tables.exchanges, EXCHANGES_FRAME),
    ):
        assert {k: str(v) for k, v in frame.dtypes.items()} == dict(wanted)
    assert len(tables.orders) == 2


def test_lines_of_one_order_become_one() -> None:
    tables = read(
        orders(
            {"order_id": "1", "products": "Shake", "total": 30.5, "status": None, "paid_on": None},
            {"order_id": "2", "products": "Chá", "total": 7},
            {"order_id": "1", "products": "Chá; shake", "total": 30.5, "status": "Pago", "paid_on": D},
            {"order_id": "3", "products": None, "total": 10},
            {"order_id": "3", "products": "Sopa", "total": 5.25},
        )
    )
    assert rows_of(tables.orders, "subject", "products", "total", "status", "paid_on", "row") == [
        ("1", "Shake, Chá", 3050, "paid", "2025-01-10", 2),
        ("2", "Chá", 700, None, None, 3),
        ("3", "Sopa", 1525, None, None, 5),
    ]
    assert tables.counts[SourceTab.ORDERS].used == 5


def test_a_line_that_leaves_customer_or_date_blank_contradicts_nobody() -> None:
    tables = read(
        orders(
            {"order_id": "1", "customer": None, "products": "Shake"},
            {"order_id": "1", "products": "Chá"},
            {"order_id": "1", "customer": None, "ordered_on": None, "products": "Sopa"},
            {"order_id": "2", "customer": "Bia", "ordered_on": None},
        )
    )
    assert rows_of(tables.orders, "subject", "customer", "ordered_on", "products", "row") == [
        ("1", "ana", "2025-01-10", "Shake, Chá, Sopa", 2)
    ]
    assert codes(tables) == ["order_without_date"]


def test_lines_of_two_currencies_are_not_summed() -> None:
    tables = read(
        orders(
            {"order_id": "1", "total": "R$ 10,00"},
            {"order_id": "1", "total": "€ 5,00"},
            {"order_id": "1", "total": "R$ 2,00"},
        )
    )
    assert rows_of(tables.orders, "total", "currency") == [(1200, "BRL")]


def test_lines_that_contradict_each_other_are_a_question_each_id() -> None:
    tables = read(
        orders(
            {"order_id": "1"},
            {"order_id": "1", "ordered_on": datetime(2025, 1, 11)},
            {"order_id": "2"},
            {"order_id": "3", "customer": "Bia"},
            {"order_id": "3"},
            {"order_id": "4"},
            {"order_id": "4", "ordered_on": datetime(2025, 1, 10, 9)},
        )
    )
    assert rows_of(tables.orders, "subject") == ["2", "4"]
    assert [(q.code, q.params["found"], q.count, q.where.row) for q in questions(tables)] == [
        ("order_contradicting", "1", 2, 2),
        ("order_contradicting", "3", 2, 5),
    ]
    assert tables.unread[SourceTab.ORDERS].subjects == {"1", "3"}
    assert tables.unread[SourceTab.ORDERS].customers == {"ana", "bia"}


def test_credit_notes_are_one_notice_and_no_order_to_go_by() -> None:
    tables = read(
        orders(
            {"order_id": "1", "total": -10},
            {"order_id": "2", "total": 50},
            {"order_id": "3", "total": 30},
            {"order_id": "3", "total": -30, "ordered_on": datetime(2025, 1, 20)},
            {"order_id": "4", "total": 20},
            {"order_id": "4", "total": -5},
        )
    )
    assert rows_of(tables.orders, "subject", "credit_note", "total") == [
        ("1", True, -1000),
        ("2", False, 5000),
        ("3", False, 3000),
        ("4", False, 1500),
    ]
    assert [(p.code, p.count) for p in tables.problems] == [("credit_notes", 2)]
    assert tables.counts[SourceTab.ORDERS].used == 6


@pytest.mark.parametrize(
    ("row", "cancelled"),
    [
        ({"status": "Cancelado"}, True),
        ({"status": "Sem estoque"}, True),
        ({"cancelled_on": D}, True),
        ({"status": "Entregue"}, False),
    ],
)
def test_cancelled(row: dict[str, Any], cancelled: bool) -> None:
    assert rows_of(read(orders({"order_id": "1", **row})).orders, "cancelled") == [cancelled]


def test_frequency_and_time_of_an_order() -> None:
    tables = read(orders({"order_id": "1", "frequency": "mensal", "ordered_on": datetime(2025, 1, 10, 9, 30)}))
    assert rows_of(tables.orders, "every_n", "every_unit", "ordered_on") == [(1, "months", "2025-01-10")]
    assert tables.orders["ordered_at"].iloc[0] == datetime(2025, 1, 10, 9, 30)


# ── stand-ins ───────────────────────────────────────────────────────────────


def test_a_workbook_with_customers_only() -> None:
    tables = read(
        customers(
            {"name": "Ana", "last_order_on": datetime(2025, 1, 15), "frequency": "mensal", "products": "Shake/Chá"},
            {"name": "Bia", "last_order_on": None},
        )
    )
    assert rows_of(
        tables.orders, "subject", "order_id", "stand_in", "customer", "ordered_on", "products", "tab", "row"
    ) == [("ana", None, True, "ana", "2025-01-15", "Shake, Chá", "Clientes", 2)]
    assert rows_of(tables.customers, "every_n", "every_unit") == [(1, "months"), (None, None)]


@pytest.mark.parametrize(
    ("last", "frequency", "order", "stands"),
    [
        (date(2025, 1, 20), None, date(2025, 1, 10), True),
        (date(2025, 1, 17), None, date(2025, 1, 10), False),  # within a week
        (date(2025, 1, 18), None, date(2025, 1, 10), True),
        (date(2025, 1, 25), "mensal", date(2025, 1, 10), False),  # I = 31: within 15.5 days
        (date(2025, 1, 26), "mensal", date(2025, 1, 10), True),
        (date(2025, 1, 5), None, date(2025, 1, 10), False),  # not later than the newest row
        (date(2025, 1, 10), None, date(2025, 1, 10), False),
    ],
)
def test_a_last_order_stands_until_a_row_replaces_it(
    last: date, frequency: str | None, order: date, stands: bool
) -> None:
    tables = read(
        customers({"name": "Ana", "last_order_on": last, "frequency": frequency}, {"name": "Bia"}),
        orders({"order_id": "1", "ordered_on": order}, {"order_id": "2", "customer": "Bia", "ordered_on": last}),
    )
    assert rows_of(tables.orders, "stand_in") == [False, False, *([True] if stands else [])]


def test_a_cancelled_row_replaces_its_stand_in_but_is_not_the_newest_order() -> None:
    near = read(
        customers({"name": "Ana", "last_order_on": datetime(2025, 1, 12)}),
        orders({"order_id": "1", "status": "Cancelado"}),
    )
    assert rows_of(near.orders, "stand_in") == [False]
    later = orders({"order_id": "1", "status": "Cancelado", "ordered_on": datetime(2025, 1, 30)})
    assert rows_of(
        read(customers({"name": "Ana", "last_order_on": datetime(2025, 1, 12)}), later).orders, "stand_in"
    ) == [False, True]


@pytest.mark.parametrize(
    ("either", "frequency", "last", "following"),
    [
        (date(2025, 1, 15), "mensal", "2025-01-15", None),
        (date(2025, 2, 1), "mensal", "2025-02-01", None),
        (date(2025, 2, 15), "mensal", "2025-01-15", "2025-02-15"),
        (date(2025, 2, 15), None, None, "2025-02-15"),
        (date(2025, 3, 31), "bimestral", "2025-01-31", "2025-03-31"),
        (date(2025, 9, 1), "mensal", None, "2025-09-01"),  # its last order would lie ahead
    ],
)
def test_one_date_for_the_latest_or_next_order(
    either: date, frequency: str | None, last: str | None, following: str | None
) -> None:
    tables = read(
        customers(
            {"name": "Ana", "latest_or_next_on": either, "frequency": frequency}, {"name": "Bia", "frequency": "anual"}
        )
    )
    assert rows_of(tables.customers, "last_order_on", "next_order_on")[0] == (last, following)
    assert rows_of(tables.orders, "ordered_on") == ([last] if last else [])


def test_a_last_order_that_lies_ahead_is_the_next() -> None:
    tables = read(customers({"name": "Ana", "last_order_on": datetime(2025, 3, 1)}))
    assert rows_of(tables.customers, "last_order_on", "next_order_on") == [(None, "2025-03-01")]
    assert codes(read(customers({"name": "Ana", "last_order_on": datetime(2026, 6, 1)}))) == ["order_too_far_ahead"]


# ── customers ───────────────────────────────────────────────────────────────


def test_rows_of_one_customer_together() -> None:
    tables = read(
        customers(
            {
                "customer_id": "1",
                "name": "Ana",
                "last_order_on": D,
                "opted_out": None,
                "active": None,
                "frequency": None,
                "category": None,
            },
            {
                "customer_id": "1",
                "name": "Ana L.",
                "last_order_on": datetime(2025, 1, 20),
                "opted_out": "Sim",
                "active": "Não",
                "frequency": "mensal",
                "category": "Cliente",
            },
            {"customer_id": "2", "name": "Bia"},
        )
    )
    assert rows_of(
        tables.customers,
        "customer",
        "name",
        "last_order_on",
        "opted_out",
        "active",
        "every_n",
        "category",
        "category_missing",
    ) == [
        ("1", "Ana", "2025-01-20", True, False, 1, "customer", False),
        ("2", "Bia", None, False, True, None, None, True),
    ]
    assert tables.problems == ()


def test_a_blank_category_counts_only_where_the_column_is_in_use() -> None:
    unused = read(customers({"name": "Ana", "category": None}), orders({"order_id": "1", "customer": "Zé"}))
    assert rows_of(unused.customers, "category_missing") == [False, False]
    used = tab("customers", {"name": ["Ana", "Bia"], "category": ["Cliente", None]}, faults={(1, "category"): "#N/A"})
    assert rows_of(read(used).customers, "category", "category_missing") == [("customer", False), ("unknown", False)]


def test_an_unknown_category_is_asked_and_its_customers_stay_in() -> None:
    tables = read(customers({"name": "Ana", "category": "Amiga da dona"}, {"name": "Bia", "category": "Fornecedor"}))
    assert rows_of(tables.customers, "category") == ["unknown", "supplier"]
    (question,) = questions(tables)
    assert question.choices == ("customer", "not_customer", "blank")
    assert tables.counts[SourceTab.CUSTOMERS].questioned == 0


def test_a_customer_row_that_cannot_be_read_holds_the_customer() -> None:
    tables = read(
        customers(
            {"name": "Ana", "frequency": "às vezes", "phone": "43 99999-1111"}, {"name": "Bia", "frequency": "mensal"}
        )
    )
    assert tables.counts[SourceTab.CUSTOMERS].questioned == 1
    assert tables.unread[SourceTab.CUSTOMERS].customers == {"+5543999991111"}
    assert len(tables.customers) == 2


def test_tags_are_the_persons_and_the_products_of_all_orders() -> None:
    tables = read(
        customers({"name": "Ana", "tags": "VIP, chá", "products": "Sopa"}),
        orders(
            {"order_id": "1", "products": "Shake"},
            {"order_id": "2", "products": "CHÁ; Barra", "ordered_on": datetime(2025, 1, 20)},
        ),
    )
    assert rows_of(tables.customers, "tags", "products") == [("VIP, chá, Sopa", "Sopa")]
    assert tags_of(tables, "ana") == ("VIP", "chá", "Sopa", "Barra", "Shake")


# ── compared with plain loops ───────────────────────────────────────────────

LINES = st.builds(
    Line,
    order_id=st.sampled_from("123"),
    customer=st.sampled_from(["ana", "ana", "bia"]),
    day=st.sampled_from([date(2025, 1, 10), date(2025, 1, 10), date(2025, 1, 12)]),
    total=st.one_of(st.none(), st.sampled_from([1000, 1000, 2550, -500])),
    product=st.one_of(st.none(), st.sampled_from(["chá", "sopa"])),
    status=st.one_of(st.none(), st.sampled_from(["paid", "delivered"])),
)


@settings(max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=8))
def test_lines_as_in_plain_loops(lines: list[Line]) -> None:
    words = {"paid": "Pago", "delivered": "Entregue", None: None}
    tables = read(
        tab(
            "orders",
            {
                "order_id": [line.order_id for line in lines],
                "customer": [line.customer for line in lines],
                "ordered_on": [line.day for line in lines],
                "total": [None if line.total is None else line.total / 100 for line in lines],
                "products": [line.product for line in lines],
                "status": [words[line.status] for line in lines],
            },
        )
    )
    wanted, contradicting = plain_orders(lines)
    found = {
        subject: (customer, date.fromisoformat(day), total, products or "", status)
        for subject, customer, day, total, products, status in rows_of(
            tables.orders, "subject", "customer", "ordered_on", "total", "products", "status"
        )
    }
    assert found == wanted
    assert tables.counts[SourceTab.ORDERS].questioned == len(contradicting)


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 24), st.booleans())
def test_intervals(day: date, n: int, in_months: bool) -> None:
    from dateutil.relativedelta import relativedelta

    days, count, flag = np.array([day], dtype="datetime64[D]"), np.array([n]), np.array([in_months])
    wanted = day + (relativedelta(months=n) if in_months else relativedelta(days=n))
    assert interval_after(days, count, flag)[0].item() == wanted
    assert interval_days(days, count, flag)[0] == (wanted - day).days
    assert interval_days(days, np.array([0]), flag)[0] == 0

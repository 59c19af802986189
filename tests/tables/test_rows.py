"""Which rows count, which are out, what is asked: every row counts once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sheets_sync.model import RowCounts, Severity, SourceTab
from sheets_sync.tables.carried import carried
from tests.tables.tabs import codes, questions, read, rows_of, tab

D = datetime(2025, 1, 10)


def orders(**more: Any) -> dict[str, list[Any]]:
    return {"order_id": ["1", "2", "3"], "customer": ["Ana", "Bia", "Caio"], "ordered_on": [D, D, D], **more}


def counts(read_: int, used: int, questioned: int, blank: int) -> RowCounts:
    return RowCounts(read=read_, used=used, questioned=questioned, blank=blank)


def test_blank_rows_total_rows_and_repeated_headers_are_blank() -> None:
    tables = read(
        tab(
            "orders",
            {
                "order_id": ["1", None, "order_id", "2", None, "Total", None, None],
                "customer": ["Ana", None, "customer", "Bia", None, None, None, "Soma"],
                "ordered_on": ["10/01/2025", None, "ordered_on", "11/01/2025", None, None, None, None],
                "total": [10, None, None, 20, 30, 60, None, 5],
            },
        )
    )
    assert tables.counts[SourceTab.ORDERS] == counts(8, 2, 0, 6)
    assert tables.problems == ()


@pytest.mark.parametrize("word", ["Total", "TOTAL:", "Total geral", "Totaal", "Total: 12 pedidos", "Suma", "Sum"])
def test_total_words(word: str) -> None:
    tables = read(
        tab(
            "orders",
            orders(order_id=["1", "2", word], customer=["Ana", "Bia", None], ordered_on=[D, D, None], total=[1, 2, 3]),
        )
    )
    assert tables.counts[SourceTab.ORDERS] == counts(3, 2, 0, 1)


def test_a_customer_named_like_a_total_is_a_customer() -> None:
    tables = read(tab("orders", orders(customer=["Total Fitness", "Total", "Ana"])))
    assert tables.counts[SourceTab.ORDERS] == counts(3, 3, 0, 0)
    people = read(
        tab("customers", {"name": ["Total Fitness", "Total"], "email": ["a@x.com", None], "city": ["X", None]})
    )
    assert people.counts[SourceTab.CUSTOMERS] == counts(2, 1, 0, 1)


def test_rows_only_formatted_or_ticked_are_blank_and_the_run_below_counts_not_at_all() -> None:
    blank = [None] * 1000
    tables = read(
        tab(
            "customers",
            {"name": ["Ana", *blank], "active": [True, *[False] * 500, *blank[:500]], "category": ["Cliente", *blank]},
        )
    )
    assert tables.counts[SourceTab.CUSTOMERS] == counts(501, 1, 0, 500)


def test_missing_parts_of_an_order_are_asked_once_for_all_rows() -> None:
    tables = read(
        tab(
            "orders",
            {
                "order_id": ["1", None, "3", "4", "5"],
                "customer": ["Ana", "Bia", None, "Dora", "Eva"],
                "ordered_on": [D, D, D, None, D],
                "notes": [None, None, None, "?", None],
            },
        )
    )
    assert tables.counts[SourceTab.ORDERS] == counts(5, 2, 3, 0)
    assert codes(tables) == ["order_without_id", "order_without_date", "order_without_customer"]
    unread = tables.unread[SourceTab.ORDERS]
    assert (unread.subjects, unread.customers, unread.lost_ids) == ({"3", "4"}, {"bia", "dora"}, True)
    assert carried(tables, SourceTab.ORDERS, ["99"]) == set(), "it may be there, but nobody can read so"


def test_an_unreadable_cell_holds_its_row_where_the_rules_need_it() -> None:
    tables = read(tab("orders", orders(shipped_on=["11/01/2025", "31/02/2025", "depois"], carrier=["x", "y", None])))
    assert rows_of(tables.orders, "subject") == ["1"]
    assert [(q.code, q.where.cell, q.params["found"], q.choices) for q in questions(tables)] == [
        ("date_impossible", "D3", "31/02/2025", ("blank",)),
        ("date_unreadable", "D4", "depois", ("blank",)),
    ]
    assert tables.unread[SourceTab.ORDERS].subjects == {"2", "3"}
    assert tables.unread[SourceTab.ORDERS].customers == {"bia", "caio"}
    assert carried(tables, SourceTab.ORDERS, ["1", "2", "9"]) == {"1", "2"}


def test_one_question_for_one_value_with_its_count_and_first_cell() -> None:
    tables = read(tab("orders", orders(shipped_on=["depois", "11/01/2025", "depois"]), header_row=4))
    (question,) = questions(tables)
    assert (question.count, question.where.row, question.where.cell) == (2, 5, "D5")
    answered = read(
        tab("orders", orders(shipped_on=["depois", "11/01/2025", "depois"])), answers={question.identity: "blank"}
    )
    assert answered.problems == ()
    assert answered.counts[SourceTab.ORDERS] == counts(3, 3, 0, 0)


def test_an_unknown_status_is_asked_and_holds_nothing() -> None:
    tables = read(tab("orders", orders(status=["Pago", "Em Marte", "Em Marte"])))
    assert rows_of(tables.orders, "subject", "status") == [("1", "paid"), ("2", "unknown"), ("3", "unknown")]
    (question,) = questions(tables)
    assert (question.code, question.count) == ("choice_unknown", 2)
    assert {"cancelled", "delivered"} <= set(question.choices)
    again = read(
        tab("orders", orders(status=["Pago", "Em Marte", "Em Marte"])), answers={question.identity: "cancelled"}
    )
    assert rows_of(again.orders, "cancelled") == [False, True, True]
    assert again.problems == ()


def test_error_cells_are_questions_and_count_as_blank_where_nothing_hangs_on_them() -> None:
    data = orders(shipped_on=[None, None, None], carrier=["x", None, "x"])
    tables = read(
        tab("orders", data, faults={(0, "shipped_on"): "#N/A", (2, "shipped_on"): "#N/A", (1, "carrier"): "#REF!"})
    )
    assert [(q.code, q.params["found"], q.count) for q in questions(tables)] == [
        ("cell_error", "#N/A", 2),
        ("cell_error", "#REF!", 1),
    ]
    assert rows_of(tables.orders, "subject") == ["2"]


def test_formulas_without_a_value_are_one_question_a_tab() -> None:
    data = orders(paid_on=[None, None, None], shipped_on=[None, None, None])
    tables = read(
        tab(
            "orders",
            data,
            faults={(0, "paid_on"): "uncached", (0, "shipped_on"): "uncached", (1, "shipped_on"): "uncached"},
        )
    )
    assert [(q.code, q.count) for q in questions(tables)] == [("uncached", 3)]
    assert tables.counts[SourceTab.ORDERS] == counts(3, 1, 2, 0)


def test_errors_in_rows_that_are_only_formulas_are_no_rows() -> None:
    data = {
        "order_id": ["1", None, None],
        "customer": ["Ana", None, None],
        "ordered_on": [D, None, None],
        "name": [None] * 3,
    }
    tables = read(tab("orders", data, faults={(1, "name"): "#N/A", (2, "name"): "#N/A"}))
    assert (codes(tables), tables.counts[SourceTab.ORDERS].blank) == ([], 2)


def test_an_unreadable_id_may_be_any_order() -> None:
    tables = read(tab("orders", orders(order_id=["1", None, "3"]), faults={(1, "order_id"): "#REF!"}))
    assert codes(tables) == ["cell_error"]
    assert tables.unread[SourceTab.ORDERS].lost_ids
    assert tables.unread[SourceTab.ORDERS].customers == {"bia"}


def test_an_unreadable_customer_cell_is_not_a_missing_customer_too() -> None:
    tables = read(tab("orders", orders(customer=["Ana", None, "Caio"]), faults={(1, "customer"): "#N/A"}))
    assert codes(tables) == ["cell_error"]
    assert tables.counts[SourceTab.ORDERS] == counts(3, 2, 1, 0)


def test_far_dates_are_asked_about() -> None:
    tables = read(tab("orders", orders(ordered_on=[D, datetime(2025, 6, 1), datetime(2026, 4, 1)])))
    assert rows_of(tables.orders, "subject", "scheduled") == [("1", False), ("2", True)]
    assert codes(tables) == ["order_too_far_ahead"]


def test_a_far_date_that_people_say_is_right_is_used() -> None:
    planned = tab("orders", orders(ordered_on=[D, datetime(2025, 6, 1), datetime(2026, 4, 1)]))
    (question,) = read(planned).problems
    tables = read(planned, answers={question.identity: "yes"})
    assert rows_of(tables.orders, "subject", "scheduled") == [("1", False), ("2", True), ("3", True)]
    assert not tables.problems


def test_odd_dates_are_noticed_and_hold_nothing() -> None:
    tables = read(tab("orders", orders(delivered_on=[datetime(2025, 1, 9), D, None])))
    assert [(p.code, p.severity, p.count) for p in tables.problems] == [("dates_out_of_order", Severity.NOTICE, 1)]
    assert tables.counts[SourceTab.ORDERS].questioned == 0


def test_many_values_become_one_question_in_the_end() -> None:
    n = 200
    data = {
        "order_id": [str(i) for i in range(n)],
        "customer": ["Ana"] * n,
        "ordered_on": [f"dia {i}" for i in range(n)],
    }
    tables = read(tab("orders", data))
    asked = questions(tables)
    assert len(asked) == 31
    assert sum(q.count for q in asked) == n
    assert len({q.identity for q in asked}) == 31


def test_the_order_of_day_and_month_is_one_question_for_the_whole_workbook() -> None:
    both = (
        tab(
            "orders", orders(ordered_on=["03/04/2024", "05/04/2024", "2024-04-06"], paid_on=["03/04/2024", None, None])
        ),
        tab("customers", {"name": ["Ana"], "last_contact_on": ["01/02/2024"]}),
    )
    tables = read(*both, language="en")
    assert [(q.code, q.identity, q.count) for q in questions(tables)] == [("date_ambiguous", "date_order", 4)]
    answered = read(*both, language="en", answers={"date_order": "month_first"})
    assert rows_of(answered.orders, "ordered_on") == ["2024-03-04", "2024-05-04", "2024-04-06"]
    assert codes(answered) == ["customers_not_listed"]
    setting = read(*both, language="en", locale="en-GB", answers={"date_order": "month_first"})
    assert rows_of(setting.orders, "ordered_on")[0] == "2024-04-03"


def test_several_tabs_are_read_together() -> None:
    jan = tab(
        "orders", {"order_id": ["1"], "customer": ["Ana"], "ordered_on": [D], "status": ["Pago"]}, title="Pedidos jan"
    )
    fev = tab(
        "orders",
        {"customer": ["Ana", "Bia"], "order_id": ["2", "3"], "ordered_on": [D, "x"], "total": [1.5, 2]},
        title="Pedidos fev",
        header_row=3,
    )
    tables = read(jan, fev)
    assert rows_of(tables.orders, "subject", "tab", "row", "status", "total") == [
        ("1", "Pedidos jan", 2, "paid", None),
        ("2", "Pedidos fev", 4, None, 150),
    ]
    assert tables.counts[SourceTab.ORDERS] == counts(3, 2, 1, 0)
    assert tables.titles[SourceTab.ORDERS] == ("Pedidos jan", "Pedidos fev")
    assert questions(tables)[0].where.tab == "Pedidos fev"


def test_tabs_without_rows() -> None:
    tables = read(
        tab("orders", {"order_id": [], "customer": [], "ordered_on": []}),
        tab("customers", {"name": []}),
        tab("exchanges", {"order_id": [], "requested_on": [], "kind": []}),
    )
    assert tables.present == frozenset(SourceTab)
    assert (len(tables.orders), len(tables.customers), len(tables.exchanges)) == (0, 0, 0)
    assert read().present == frozenset()

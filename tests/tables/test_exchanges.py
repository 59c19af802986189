"""Exchanges: subjects, joins with orders and customers, what keeps a row out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sheets_sync.model import SourceTab
from sheets_sync.tables.carried import carried
from sheets_sync.tables.frames import EXCHANGES_FRAME, frame_of
from tests.tables.tabs import codes, questions, read, rows_of, tab

D = datetime(2025, 1, 10)


def exchanges(*rows: dict[str, Any], **more: Any) -> Any:
    keys = dict.fromkeys(("order_id", "requested_on", "kind")) | dict.fromkeys(k for r in rows for k in r)
    defaults = {"requested_on": D, "kind": "Troca"}
    return tab("exchanges", {k: [r.get(k, defaults.get(k)) for r in rows] for k in keys}, **more)


def orders(*ids: str, **columns: Any) -> Any:
    return tab(
        "orders", {"order_id": list(ids), "customer": ["Ana"] * len(ids), "ordered_on": [D] * len(ids), **columns}
    )


def test_subjects() -> None:
    tables = read(
        exchanges(
            {"exchange_id": "T1", "order_id": "P1"},
            {"order_id": "P1", "requested_on": datetime(2025, 1, 12)},
            {"order_id": "P1", "requested_on": datetime(2025, 1, 11)},
            {"exchange_id": "T1", "order_id": "P9"},
            {"customer": "Zé"},
            {"customer": "Zé", "products": "Chá"},
            {"customer": "Zé", "requested_on": datetime(2025, 1, 11)},
        )
    )
    assert rows_of(tables.exchanges, "subject", "customer") == [
        ("T1", None),
        ("P1/2", None),
        ("P1", None),
        ("T1/2", None),
        ("ze/2025-01-10", "ze"),
        ("ze/2025-01-10/2", "ze"),
        ("ze/2025-01-11", "ze"),
    ]


def test_a_row_kept_out_keeps_its_number() -> None:
    tables = read(
        exchanges(
            {"order_id": "P1", "approved_on": "depois"},
            {"order_id": "P1", "requested_on": datetime(2025, 1, 11), "approved_on": None},
        )
    )
    assert rows_of(tables.exchanges, "subject") == ["P1/2"]
    assert tables.unread[SourceTab.EXCHANGES].subjects == {"P1"}
    assert carried(tables, SourceTab.EXCHANGES, ["P1", "P1/2", "P7"]) == {"P1", "P1/2"}


def test_orders_and_customers_fill_in_what_the_row_leaves_blank() -> None:
    tables = read(
        tab("customers", {"name": ["Ana"], "city": ["Londrina"]}),
        orders(
            "P1", "P2", total=[99.9, 50], delivered_on=[datetime(2025, 1, 9), None], payment_method=["Pix", "Boleto"]
        ),
        exchanges(
            {"order_id": "P1"},
            {"order_id": "P2", "city": "Maringá", "payment_method": "Cartão"},
            {"order_id": "P3", "customer": "Ana"},
        ),
    )
    found = rows_of(
        tables.exchanges, "customer", "city", "payment_method", "order_total", "order_delivered_on", "currency"
    )
    assert found == [
        ("ana", "Londrina", "pix", 9990, "2025-01-09", "BRL"),
        ("ana", "Maringá", "card", 5000, None, "BRL"),
        ("ana", "Londrina", None, None, None, None),
    ]


def test_what_an_order_cost_in_another_currency_says_nothing() -> None:
    tables = read(
        orders("P1", "P2", total=["€ 10,00", "€ 10,00"]),
        exchanges({"order_id": "P1", "voucher_amount": "R$ 60,00"}, {"order_id": "P2", "voucher_amount": "€ 60,00"}),
    )
    assert rows_of(tables.exchanges, "order_total", "currency") == [(None, "BRL"), (1000, "EUR")]


def test_the_order_settles_whom_a_name_means() -> None:
    people = tab("customers", {"customer_id": ["1", "2"], "name": ["Ana", "Ana"]})
    bought = tab("orders", {"order_id": ["P1"], "customer_id": ["2"], "ordered_on": [D]})
    tables = read(
        people, bought, exchanges({"order_id": "P1", "customer": "Ana"}, {"order_id": None, "customer": "Ana"})
    )
    assert rows_of(tables.exchanges, "subject", "customer") == [("P1", "2")]
    assert codes(tables) == ["customer_ambiguous"]
    assert tables.unread[SourceTab.EXCHANGES].customers == {"1", "2"}


def test_missing_parts_and_unknown_words() -> None:
    tables = read(
        exchanges(
            {"order_id": "1", "requested_on": None},
            {"order_id": "2", "kind": None},
            {"order_id": None, "reason": "?"},
            {"order_id": "4", "kind": "Sumiu"},
            {"order_id": "5", "status": "Em Marte"},
        )
    )
    assert sorted(codes(tables)) == [
        "choice_unknown",
        "choice_unknown",
        "exchange_without_customer",
        "exchange_without_date",
        "exchange_without_kind",
    ]
    assert rows_of(tables.exchanges, "subject", "status") == [("5", "unknown")]
    kind = next(q for q in questions(tables) if q.params["found"] == "Sumiu")
    assert kind.choices == ("exchange", "return")
    assert tables.unread[SourceTab.EXCHANGES].lost_ids


def test_columns_that_a_tab_has() -> None:
    one = exchanges({"exchange_id": None, "order_id": "1"}, title="Trocas jan")
    two = exchanges({"order_id": "2", "posting_code": "00123"}, title="Trocas fev")
    tables = read(one, two)
    assert rows_of(tables.exchanges, "has_id_column", "has_code_column", "posting_code") == [
        (True, False, None),
        (False, True, "00123"),
    ]


def test_every_column_of_the_schema() -> None:
    tables = read(
        exchanges(
            {
                "order_id": "1",
                "kind": "Devolução",
                "reason": "quebrado",
                "eligible": "Não",
                "check_result": "Recusado",
                "paid": "R$ 10,00",
                "voucher_code": "000V",
                "voucher_amount": 5.5,
                "voucher_source": "Yami",
                "voucher_expires_on": datetime(2025, 3, 1),
                "refund_amount": 3,
                "customer_told_on": D,
                "closed_on": D,
                "opened_by": "Rui",
                "owner": "Bia",
                "notes": "ok",
            }
        )
    )
    keys = (
        "kind",
        "reason",
        "eligible",
        "check_result",
        "paid",
        "voucher_code",
        "voucher_amount",
        "voucher_source",
        "voucher_expires_on",
        "refund_amount",
        "customer_told_on",
        "opened_by",
        "owner",
        "notes",
        "currency",
    )
    assert rows_of(tables.exchanges, *keys) == [
        (
            "return",
            "quebrado",
            False,
            "refused",
            1000,
            "000V",
            550,
            "yami",
            "2025-03-01",
            300,
            "2025-01-10",
            "Rui",
            "Bia",
            "ok",
            "BRL",
        )
    ]


def test_odd_dates_are_noticed() -> None:
    tables = read(exchanges({"order_id": "1", "approved_on": datetime(2025, 1, 9)}))
    assert codes(tables) == ["dates_out_of_order"]
    assert len(tables.exchanges) == 1


def test_carried_by_customers_and_aliases() -> None:
    tables = read(tab("customers", {"name": ["Ana"]}), orders("P1"))
    assert carried(tables, SourceTab.CUSTOMERS, ["ana", "bia"]) == {"ana"}
    assert carried(tables, SourceTab.ORDERS, ["P1", "P2", "ana"]) == {"P1"}


def test_a_workbook_with_exchanges_only() -> None:
    tables = read(exchanges({"order_id": "P1", "customer": "Ana", "email": "ana@x.com", "city": "Lima"}))
    assert tables.present == {SourceTab.EXCHANGES}
    assert rows_of(tables.exchanges, "subject", "customer", "city") == [("P1", "ana@x.com", "Lima")]
    assert rows_of(tables.customers, "customer", "name", "in_tab") == [("ana@x.com", "Ana", False)]
    assert (len(tables.orders), tables.problems) == (0, ())


def test_a_foreign_column_is_a_fault() -> None:
    with pytest.raises(KeyError):
        frame_of(EXCHANGES_FRAME, {"colour": ["red"]}, 1)

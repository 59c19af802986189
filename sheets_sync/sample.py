"""Fictional customers of four languages, placed around a day so that every rule has something to say.

Rows hold column keys of ``tables/schema.py`` and canonical values; the starter writes them in the workbook's words.
Nobody here exists; the telephone numbers are made up.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, TypeAlias

from sheets_sync.model import SourceTab

Row: TypeAlias = dict[str, Any]

MOVED_ORDER = "C-06"
"""The customer whose next order the demo moves."""
UPGRADED = "C-09"
"""The customer who goes from retail to PC in the demo."""

_PEOPLE = (
    # id, name, phone, email, language, city
    ("C-01", "Ana Beatriz Souza", "+55 43 99911-0001", "ana.souza@example.com", "pt-BR", "Maringá"),
    ("C-02", "Carlos Eduardo Lima", "+55 11 99911-0002", "carlos.lima@example.com", "pt-BR", "São Paulo"),
    ("C-03", "Lucía Fernández", "+34 612 110 003", "lucia.fernandez@example.com", "es", "Sevilla"),
    ("C-04", "Javier Ortega", "+34 612 110 004", "javier.ortega@example.com", "es", "Valencia"),
    ("C-05", "Sanne de Vries", "+31 6 12110005", "sanne.devries@example.com", "nl", "Utrecht"),
    ("C-06", "Bram Jansen", "+31 6 12110006", "bram.jansen@example.com", "nl", "Zwolle"),
    ("C-07", "Emily Carter", "+44 7400 110007", "emily.carter@example.com", "en", "Leeds"),
    ("C-08", "Oliver Hughes", "", "oliver.hughes@example.com", "en", "Bristol"),
    ("C-09", "Marta Vidal", "+34 612 110 009", "", "es", "Girona"),
    ("C-10", "Fernanda Rocha", "+55 41 99911-0010", "fernanda.rocha@example.com", "pt-BR", "Curitiba"),
    ("C-11", "João Pedro Alves", "+55 43 99911-0011", "joao.alves@example.com", "pt-BR", "Londrina"),
    ("C-12", "Helena Martins", "+55 31 99911-0012", "", "pt-BR", "Belo Horizonte"),
    ("C-13", "Diego Morales", "+34 612 110 013", "diego.morales@example.com", "es", "Madrid"),
    ("C-14", "Lotte Bakker", "+31 6 12110014", "lotte.bakker@example.com", "nl", "Haarlem"),
    ("C-15", "Grace Mitchell", "+44 7400 110015", "", "en", "York"),
    ("C-16", "Patrícia Gomes", "+55 51 99911-0016", "patricia.gomes@example.com", "pt-BR", "Porto Alegre"),
    ("C-17", "Rafael Nogueira", "+55 71 99911-0017", "rafael.nogueira@example.com", "pt-BR", "Salvador"),
    ("C-18", "Isabel Navarro", "+34 612 110 018", "isabel.navarro@example.com", "es", "Bilbao"),
    ("C-19", "Thijs Visser", "+31 6 12110019", "thijs.visser@example.com", "nl", "Breda"),
    ("C-20", "Amelia Turner", "+44 7400 110020", "amelia.turner@example.com", "en", "Oxford"),
    ("C-21", "Camila Ribeiro", "+55 85 99911-0021", "camila.ribeiro@example.com", "pt-BR", "Fortaleza"),
    ("C-22", "Marcos Teixeira", "+55 62 99911-0022", "", "pt-BR", "Goiânia"),
    ("C-23", "Sofía Castro", "+34 612 110 023", "sofia.castro@example.com", "es", "Málaga"),
    ("C-24", "Eva Mulder", "+31 6 12110024", "eva.mulder@example.com", "nl", "Arnhem"),
)


def customers(today: date) -> list[Row]:
    """One row a customer; most order by themselves through the orders tab, a few only here (the Penny way)."""

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    more: dict[str, Row] = {
        "C-01": {"frequency": "monthly", "products": "Creme facial, Shampoo"},
        "C-02": {"frequency": "quarterly"},
        "C-03": {"frequency": "monthly"},
        "C-05": {"frequency": "six_monthly"},
        MOVED_ORDER: {"frequency": "monthly", "next_order_on": ago(-18)},
        "C-07": {"frequency": "monthly", "card_failed_on": ago(2)},
        "C-08": {"frequency": "monthly"},
        UPGRADED: {
            "frequency": "bimonthly",
            "customer_type": "retail",
            "last_order_on": ago(12),
            "products": "Aloe, Omega 3",
        },
        "C-10": {"last_order_on": ago(160), "products": "Hidratante"},
        "C-23": {"opted_out": True, "frequency": "monthly", "last_order_on": ago(7)},
        "C-24": {"category": "prospect"},
    }
    rows = []
    for identity, name, phone, email, language, city in _PEOPLE:
        row: Row = {
            "customer_id": identity, "name": name, "phone": phone, "email": email, "language": language, "city": city,
            "category": "customer", "customer_type": "pc",
        }  # fmt: skip
        rows.append(row | more.get(identity, {}))
    return rows


def orders(today: date) -> list[Row]:
    """One row an order."""

    def order(number: int, customer: str, days: int, total: float, products: str, **more: Any) -> Row:
        ordered = today - timedelta(days=days)
        row: Row = {
            "order_id": f"P-{number}", "customer": customer, "ordered_on": ordered, "status": "delivered",
            "paid_on": ordered, "payment_method": "card", "payment_status": "paid", "total": total, "products": products,
        }  # fmt: skip
        return row | more

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    return [
        order(1031, "C-04", 200, 64.5, "Proteína"),
        order(1032, "C-01", 38, 189.9, "Creme facial"),
        order(1033, "C-05", 22, 240.0, "Dagcrème, Serum", delivered_on=ago(18)),
        order(1034, "C-03", 26, 79.9, "Champú, Acondicionador", delivered_on=ago(21)),
        order(1035, "C-02", 23, 310.4, "Colágeno", delivered_on=ago(17)),
        order(1036, "C-08", 24, 55.0, "Vitamin C", delivered_on=ago(20)),
        order(1037, MOVED_ORDER, 13, 48.0, "Thee, Honing", delivered_on=ago(10)),
        order(1038, "C-07", 20, 96.0, "Night cream", delivered_on=ago(15)),
        order(1039, "C-01", 7, 205.3, "Creme facial, Shampoo", delivered_on=ago(3)),
        order(1040, "C-13", 3, 132.0, "Sérum facial", status="in_transit", shipped_on=ago(1),
              carrier="DHL", tracking_code="JD014600006281230704"),
        order(1041, "C-16", 5, 259.9, "Kit viagem", status="cancelled", cancelled_on=ago(1), payment_method="pix"),
        order(1042, "C-20", 2, 72.0, "Lip balm", status="open", paid_on=None, payment_status="failed"),
        order(1020, "C-11", 30, 149.9, "Blusa azul", payment_method="pix"),
        order(1021, "C-12", 28, 99.9, "Camiseta branca", payment_method="boleto"),
        order(1022, "C-14", 27, 89.0, "Jas"),
        order(1023, "C-15", 33, 120.0, "Running shoes"),
        order(1024, "C-17", 45, 210.0, "Vestido longo", payment_method="pix"),
        order(1025, "C-18", 41, 65.0, "Falda"),
        order(1026, "C-19", 48, 140.0, "Trui", payment_method="card"),
        order(1027, "C-21", 36, 180.0, "Calça jeans", payment_method="pix"),
        order(1028, "C-22", 34, 75.0, "Boné", payment_method="boleto"),
    ]  # fmt: skip


def exchanges(today: date) -> list[Row]:
    """One row an exchange or return, each waiting for another step."""

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    def row(
        number: int | None, order: int, customer: str, asked: int, kind: str, reason: str, paid: float, **more: Any
    ) -> Row:
        identity = f"T-{number}" if number else None
        base: Row = {
            "exchange_id": identity, "order_id": f"P-{order}", "customer": customer, "requested_on": ago(asked), "kind": kind,
            "reason": reason, "paid": paid,
        }  # fmt: skip
        return base | more

    on_way = {"posting_code": "PR123", "posted_on": ago(6)}
    return [
        row(501, 1021, "C-12", 2, "exchange", "Ficou pequena", 99.9, products="Camiseta branca", payment_method="boleto"),
        row(502, 1020, "C-11", 1, "exchange", "Trocar a cor", 149.9, products="Blusa azul", payment_method="pix"),
        row(None, 1022, "C-14", 3, "return", "Past niet", 89.0, products="Jas", payment_method="card"),
        row(504, 1023, "C-15", 4, "return", "Changed my mind", 120.0, products="Running shoes", eligible=False),
        row(505, 1025, "C-18", 12, "exchange", "Talla equivocada", 65.0, approved_on=ago(8), posting_code="DEV-8841"),
        row(506, 1026, "C-19", 14, "return", "Te groot", 140.0, approved_on=ago(12), **on_way, received_on=ago(1)),
        row(507, 1027, "C-21", 15, "exchange", "Defeito no zíper", 180.0, approved_on=ago(13), **on_way,
            received_on=ago(4), checked_on=ago(1), check_result="accepted"),
        row(508, 1028, "C-22", 16, "return", "Não gostei", 75.0, approved_on=ago(14), **on_way, received_on=ago(4),
            checked_on=ago(1), check_result="accepted", payment_method="boleto"),
        row(509, 1024, "C-17", 18, "exchange", "Manchado", 210.0, approved_on=ago(16), **on_way, received_on=ago(5),
            checked_on=ago(4), check_result="accepted", voucher_code="VALE-77", voucher_amount=210.0,
            voucher_issued_on=ago(1), voucher_source="outside"),
        row(510, 1035, "C-02", 20, "return", "Chegou tarde", 310.4, approved_on=ago(19), **on_way, received_on=ago(8),
            checked_on=ago(6), check_result="accepted", payment_method="card", refund_requested_on=ago(2)),
        row(511, 1031, "C-04", 60, "return", "No era lo esperado", 64.5, approved_on=ago(58), posted_on=ago(50),
            received_on=ago(45), checked_on=ago(44), check_result="accepted", payment_method="pix", refund_amount=64.5,
            refund_requested_on=ago(25), customer_told_on=ago(25), closed_on=ago(24)),
        row(512, 1032, "C-01", 35, "exchange", "Outro tom", 189.9, approved_on=ago(34), posted_on=ago(30),
            received_on=ago(28), checked_on=ago(27), check_result="accepted", voucher_code="VALE-70", voucher_amount=189.9,
            voucher_issued_on=ago(25), voucher_source="yami", customer_told_on=ago(25), closed_on=ago(25)),
        row(513, 1036, "C-08", 22, "exchange", "Wrong item", 55.0, approved_on=ago(20), voucher_code="GIFT-12",
            voucher_amount=55.0, voucher_issued_on=ago(16), voucher_source="yami", voucher_used_on=ago(10), closed_on=ago(16)),
        row(514, 1033, "C-05", 12, "return", "Beschadigd", 240.0, approved_on=ago(11), posted_on=ago(9), received_on=ago(6),
            checked_on=ago(5), check_result="accepted", payment_method="card", voucher_code="BON-9", voucher_amount=240.0,
            voucher_issued_on=ago(4), voucher_source="yami", refund_amount=240.0, refund_requested_on=ago(4),
            customer_told_on=ago(3), closed_on=ago(3)),
    ]  # fmt: skip


def rows(today: date) -> dict[SourceTab, list[Row]]:
    """All sample rows as they stand on ``today``."""
    return {
        SourceTab.CUSTOMERS: customers(today),
        SourceTab.ORDERS: orders(today),
        SourceTab.EXCHANGES: exchanges(today),
    }

"""Every tab and column, one row each: source tabs that people own and tabs of ours.

Words (headers, aliases, titles) are in the locale files under the same keys: ``[headers.<tab>.<key>]`` for source
columns, ``[columns.<key>]`` for ours. ``holds``: an unreadable cell keeps its row out of the rules and holds the
row's tasks, since a rule would say something wrong without it; elsewhere the cell just counts as blank.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from sheets_sync.model import Kind, Owner, OwnTab, SourceTab

# ── source tabs ─────────────────────────────────────────────────────────────


class Column(Struct, frozen=True, kw_only=True):
    """A column of a source tab. ``choices``: canonical values of a CHOICE column (words: ``[values.<key>]``)."""

    key: str
    kind: Kind
    holds: bool = False
    choices: tuple[str, ...] = ()


class SourceSchema(Struct, frozen=True, kw_only=True):
    """``required``: at least one key of each group must have a column."""

    source: SourceTab
    columns: tuple[Column, ...]
    required: tuple[tuple[str, ...], ...]

    def column(self, key: str) -> Column:
        """The column of ``key``; KeyError where the schema has none."""
        return next(c for c in self.columns if c.key == key)


def _text(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key=k, kind=Kind.TEXT) for k in keys)


def _dates(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key=k, kind=Kind.DATE, holds=True) for k in keys)


def _money(*keys: str, holds: bool = False) -> tuple[Column, ...]:
    return tuple(Column(key=k, kind=Kind.MONEY, holds=holds) for k in keys)


_PERSON = (
    Column(key="phone", kind=Kind.PHONE),
    Column(key="email", kind=Kind.EMAIL),
    Column(key="tax_id", kind=Kind.TAX_ID),
    Column(key="language", kind=Kind.LANGUAGE),
    *_text("city", "state", "owner"),
)

ORDER_STATUSES = (
    "open", "paid", "preparing", "in_transit", "delivered", "cancelled", "out_of_stock", "refunded", "late", "lost",
    "closed",
)  # fmt: skip
PAYMENT_STATUSES = ("paid", "pending", "failed", "refunded", "cancelled")
EXCHANGE_STATUSES = (
    "in_review", "approved", "refused", "waiting_posting", "in_transit", "delivered", "received", "checked",
    "voucher_issued", "refunded", "closed", "cancelled", "waiting_customer", "lost", "open",
)  # fmt: skip
PAYMENT_METHODS = ("card", "pix", "boleto", "bank", "voucher", "cash")
CUSTOMER_TYPES = ("retail", "pc", "wholesale")
CATEGORIES = ("customer", "prospect", "inactive", "supplier", "other")  # all but `customer` are known non-customers

CUSTOMERS = SourceSchema(
    source=SourceTab.CUSTOMERS,
    required=(("name", "customer_id"),),
    columns=(
        Column(key="customer_id", kind=Kind.ID),
        *_text("name"),
        *_PERSON,
        Column(key="category", kind=Kind.CHOICE, choices=CATEGORIES),
        Column(key="customer_type", kind=Kind.CHOICE, choices=CUSTOMER_TYPES),
        Column(key="frequency", kind=Kind.FREQUENCY, holds=True),
        *_dates("last_order_on", "next_order_on", "card_failed_on", "last_contact_on"),
        Column(key="latest_or_next_on", kind=Kind.DATE, holds=True),  # one field for either: domain.md §1
        Column(key="products", kind=Kind.PRODUCTS),
        *_text("tags", "notes"),
        Column(key="opted_out", kind=Kind.FLAG, holds=True),
        Column(key="active", kind=Kind.FLAG, holds=True),
    ),
)

ORDERS = SourceSchema(
    source=SourceTab.ORDERS,
    required=(("order_id",), ("customer", "customer_id", "name", "email", "phone", "tax_id"), ("ordered_on",)),
    columns=(
        Column(key="order_id", kind=Kind.ID, holds=True),
        Column(key="customer", kind=Kind.ID),  # id, name, e-mail, phone or CPF
        Column(key="customer_id", kind=Kind.ID),
        *_text("name"),
        *_PERSON,
        *_dates("ordered_on", "next_order_on"),
        Column(key="frequency", kind=Kind.FREQUENCY, holds=True),
        Column(key="status", kind=Kind.CHOICE, choices=ORDER_STATUSES),
        *_dates("paid_on", "shipped_on", "promised_on", "delivered_on", "cancelled_on"),
        Column(key="payment_method", kind=Kind.CHOICE, choices=PAYMENT_METHODS),
        Column(key="payment_status", kind=Kind.CHOICE, choices=PAYMENT_STATUSES),
        *_money("total", holds=True),
        *_money("discount", "freight"),
        Column(key="products", kind=Kind.PRODUCTS),
        *_text("carrier"),
        Column(key="tracking_code", kind=Kind.ID),
        *_text("marketplace", "notes"),
    ),
)

EXCHANGES = SourceSchema(
    source=SourceTab.EXCHANGES,
    required=(
        ("order_id", "customer", "customer_id", "name", "email", "phone", "tax_id"),
        ("requested_on",),
        ("kind",),
    ),
    columns=(
        Column(key="exchange_id", kind=Kind.ID),
        Column(key="order_id", kind=Kind.ID),
        Column(key="customer", kind=Kind.ID),
        Column(key="customer_id", kind=Kind.ID),
        *_text("name"),
        *_PERSON,
        *_dates("requested_on"),
        Column(key="kind", kind=Kind.CHOICE, holds=True, choices=("exchange", "return")),
        *_text("reason"),
        Column(key="products", kind=Kind.PRODUCTS),
        Column(key="status", kind=Kind.CHOICE, choices=EXCHANGE_STATUSES),
        Column(key="eligible", kind=Kind.FLAG, holds=True),
        *_dates("approved_on"),
        Column(key="posting_code", kind=Kind.ID),
        *_dates("posting_code_expires_on", "posted_on", "delivered_on", "received_on", "checked_on"),
        Column(key="check_result", kind=Kind.CHOICE, holds=True, choices=("accepted", "refused", "kept")),
        Column(key="payment_method", kind=Kind.CHOICE, choices=PAYMENT_METHODS),
        *_money("paid", holds=True),
        Column(key="voucher_code", kind=Kind.ID),
        *_money("voucher_amount", holds=True),
        *_dates("voucher_issued_on"),
        Column(key="voucher_source", kind=Kind.CHOICE, holds=True, choices=("yami", "outside")),
        *_dates("voucher_expires_on", "voucher_used_on"),
        *_money("refund_amount", holds=True),
        *_dates("refund_requested_on", "refund_confirmed_on", "customer_told_on", "closed_on"),
        *_text("opened_by", "notes"),
    ),
)

SOURCES: dict[SourceTab, SourceSchema] = {s.source: s for s in (CUSTOMERS, ORDERS, EXCHANGES)}

# ── our tabs ────────────────────────────────────────────────────────────────


class OwnColumnSpec(Struct, frozen=True, kw_only=True):
    """A column of one of our tabs; its header is the locale's ``[columns.<key>]``. ``width`` in characters."""

    key: str
    kind: Kind
    owner: Owner
    width: int


class OwnSchema(Struct, frozen=True, kw_only=True):
    """One of our tabs; columns in the order of a tab that is born."""

    own: OwnTab
    columns: tuple[OwnColumnSpec, ...]

    def keys(self, *owners: Owner) -> tuple[str, ...]:
        """Column keys of the given owners, in order; all without owners."""
        return _keys(self.own, owners)

    def owner(self, key: str) -> Owner:
        """Who may write the column; KeyError where the tab has no such column."""
        found = next((c.owner for c in self.columns if c.key == key), None)
        if found is None:
            raise KeyError(key)
        return found


@cache
def _keys(own: OwnTab, owners: tuple[Owner, ...]) -> tuple[str, ...]:
    return tuple(c.key for c in OWN[own].columns if not owners or c.owner in owners)


def _m(key: str, kind: Kind, width: int) -> OwnColumnSpec:
    return OwnColumnSpec(key=key, kind=kind, owner=Owner.MACHINE, width=width)


def _p(key: str, kind: Kind, width: int) -> OwnColumnSpec:
    return OwnColumnSpec(key=key, kind=kind, owner=Owner.PERSON, width=width)


_KEY = OwnColumnSpec(key="key", kind=Kind.TEXT, owner=Owner.HIDDEN, width=10)

_TASK_MACHINE = (
    _m("status", Kind.TEXT, 16),
    _m("due", Kind.DATE, 11),
    _m("task", Kind.TEXT, 22),
    _m("customer", Kind.TEXT, 24),
    _m("contact", Kind.LINK, 18),
    _m("message", Kind.TEXT, 36),
    _m("why", Kind.TEXT, 50),
    _m("source", Kind.LINK, 14),
    _m("amount", Kind.MONEY, 13),
    _m("age", Kind.NUMBER, 8),
)
_TASK_PEOPLE = (
    _p("done", Kind.TICK, 8),
    _p("postpone_to", Kind.DATE, 12),
    _p("owner", Kind.TEXT, 17),
    _p("note", Kind.TEXT, 28),
)

OWN: dict[OwnTab, OwnSchema] = {
    schema.own: schema
    for schema in (
        OwnSchema(own=OwnTab.TOUCHPOINTS, columns=(*_TASK_MACHINE, _KEY, *_TASK_PEOPLE)),
        OwnSchema(own=OwnTab.EXCHANGES, columns=(*_TASK_MACHINE, _KEY, *_TASK_PEOPLE)),
        OwnSchema(
            own=OwnTab.UPCOMING,
            columns=(
                _m("visible_on", Kind.DATE, 11),
                _m("due", Kind.DATE, 11),
                _m("task", Kind.TEXT, 24),
                _m("customer", Kind.TEXT, 24),
                _m("why", Kind.TEXT, 60),
                _m("source", Kind.LINK, 15),
                _m("amount", Kind.MONEY, 13),
                _KEY,
            ),
        ),
        OwnSchema(
            own=OwnTab.QUESTIONS,
            columns=(
                _m("question", Kind.TEXT, 70),
                _m("where", Kind.LINK, 20),
                _m("found", Kind.TEXT, 24),
                _m("count", Kind.NUMBER, 8),
                _m("effect", Kind.TEXT, 34),
                _KEY,
                _p("answer", Kind.TEXT, 28),
                _p("note", Kind.TEXT, 30),
            ),
        ),
        OwnSchema(
            own=OwnTab.HISTORY,
            columns=(
                _m("ended_on", Kind.DATE, 11),
                _m("end", Kind.TEXT, 18),
                _m("task", Kind.TEXT, 24),
                _m("customer", Kind.TEXT, 24),
                _m("due", Kind.DATE, 11),
                _m("done_on", Kind.DATE, 11),
                _m("amount", Kind.MONEY, 13),
                _m("owner", Kind.TEXT, 14),
                _m("note", Kind.TEXT, 36),
                _m("own", Kind.TEXT, 30),
                _m("why", Kind.TEXT, 46),
                _KEY,
            ),
        ),
        OwnSchema(
            own=OwnTab.SETTINGS,
            columns=(
                _m("setting", Kind.TEXT, 36),
                _KEY,
                _p("value", Kind.TEXT, 28),
                _m("default", Kind.TEXT, 24),
                _m("what", Kind.TEXT, 80),
            ),
        ),
    )
}
"""``_sync`` has no columns: its cells hold the packed memory, which only its backend lays out."""
TASK_TABS = (OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES)

"""Source tabs as a small shop keeps them, and by which words a task's subject has been known so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.memory import split_key
from sheets_sync.model import Value
from sheets_sync.setting_specs import rules_table

CUSTOMERS, ORDERS, EXCHANGES, THEIRS = "Clientes", "Pedidos", "Trocas", "Anotações"
DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)
UNREADABLE = "ontem?"
Thing = tuple[str, int | str]
"""What a task is about, whatever it is called today: ("customer", 1), ("exchange", 0), ("order", "P3")."""
Named = tuple[str, Thing, str]
"""A key by its thing: rule, thing, occurrence."""


@dataclass(slots=True)
class Customer:
    """Known by telephone at first; a stronger identity may come later."""

    name: str
    phone: str
    frequency: str | None = None
    email: str | None = None
    tax_id: str | None = None
    customer_id: str | None = None

    @property
    def identity(self) -> str:
        return self.customer_id or self.tax_id or self.email or self.phone

    def cells(self) -> list[Value]:
        return [self.customer_id, self.name, self.phone, self.email, self.tax_id, self.frequency]


@dataclass(slots=True)
class Order:
    customer: int
    ordered_on: date
    next_on: date | None = None
    readable: bool = True


@dataclass(slots=True)
class Exchange:
    """Without a number at first; ``order`` None = only the customer is known."""

    customer: int
    order: str | None
    requested_on: date
    kind: str = "Troca"
    number: str | None = None
    approved_on: date | None = None
    received_on: date | None = None
    readable: bool = True


@dataclass(slots=True)
class SourceTabs:
    """What people keep; ``write`` puts it into a workbook."""

    customers: list[Customer] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    exchanges: dict[int, Exchange] = field(default_factory=dict)
    called: dict[tuple[str, str], Thing] = field(default_factory=dict)
    renamed: set[Thing] = field(default_factory=set)
    corrected: dict[str, str] = field(default_factory=dict)
    numbers: int = 0

    def correct_order(self, number: str, new: str) -> None:
        """Another number for an order, wherever it is written."""
        self.orders = {new if n == number else n: order for n, order in self.orders.items()}
        self.corrected[new] = self.first_number(number)
        self.renamed.add(("order", self.first_number(number)))
        for place, x in self.exchanges.items():
            if x.order == number:
                x.order = new
                self.renamed |= set() if x.number else {("exchange", place)}

    def first_number(self, order: str) -> str:
        """By which an order was known at first."""
        return self.corrected.get(order, order)

    def write(self, backend: MemoryBackend) -> None:
        """As it stands now; every name in use is noted."""
        who = self.customers
        header: list[Value] = ["Código", "Nome", "Telefone", "E-mail", "CPF", "Frequência"]
        backend.put(CUSTOMERS, [header, *(c.cells() for c in who)])
        header = ["Nº do pedido", "Cliente", "Data do pedido", "Próximo pedido", "Total"]
        rows: list[list[Value]] = [
            [number, who[o.customer].phone, o.ordered_on if o.readable else UNREADABLE, o.next_on, 120.5]
            for number, o in self.orders.items()
        ]
        backend.put(ORDERS, [header, *rows])
        header = ["Protocolo", "Nº do pedido", "Cliente", "Data da solicitação", "Tipo", "Aprovado em", "Recebido em"]
        rows = [
            [x.number, x.order, who[x.customer].phone, x.requested_on if x.readable else UNREADABLE, x.kind,
             x.approved_on, x.received_on]
            for x in self.exchanges.values()
        ]  # fmt: skip
        backend.put(EXCHANGES, [header, *rows])
        self._note_names()

    def _note_names(self) -> None:
        for at, customer in enumerate(self.customers):
            self.called["customer", customer.identity] = ("customer", at)
        for name, x in self.exchanges.items():
            customer = self.customers[x.customer].identity
            self.called["exchange", x.number or x.order or f"{customer}/{x.requested_on}"] = ("exchange", name)

    def named(self, key: str) -> Named:
        """The key by its thing."""
        rule, subject, occurrence = split_key(key)
        if rules_table()[rule]["subject"] == "exchange":
            return rule, self.called.get(("exchange", subject), ("exchange", subject)), occurrence
        return rule, self.called.get(("customer", subject), ("order", self.first_number(subject))), occurrence

    def unreadable(self, named: Named) -> bool:
        """Whether what the task rests on cannot be read now."""
        kind, name = named[1]
        if kind == "exchange":
            return isinstance(name, int) and name in self.exchanges and not self.exchanges[name].readable
        broken = {o.customer for o in self.orders.values() if not o.readable}
        return (name if kind == "customer" else self.customer_of(name)) in broken

    def customer_of(self, order: int | str) -> int | None:
        return next((o.customer for number, o in self.orders.items() if self.first_number(number) == order), None)

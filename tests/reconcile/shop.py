"""A small shop with three plain rules (the real ones are tested elsewhere): what its source tabs hold and want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sheets_sync.memory import Noticed, Planned
from sheets_sync.model import Contact, OwnTab, Problem, RowRef, SourceTab, Task, Unread
from sheets_sync.reconcile.facts import Facts

ORDERS, EXCHANGES = "Pedidos", "Trocas"
DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order row; ``next_on`` None = D + 30."""

    order_id: str
    customer: str
    ordered_on: date
    next_on: date | None = None
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An exchange row: to be approved until somebody does, then a voucher that expires."""

    exchange_id: str
    customer: str
    requested_on: date
    expires_on: date | None = None
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    planned: Mapping[str, Planned]
    customer_types: Mapping[str, str] = field(default_factory=dict)
    noticed: Mapping[str, Noticed] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    reopened: frozenset[str] = frozenset()


@dataclass(slots=True)
class Shop:
    """What the source tabs hold, and three rules over it."""

    orders: dict[str, Order] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    silenced: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    left_out: set[str] = field(default_factory=set)
    gone_tabs: set[str] = field(default_factory=set)

    def order(self, order_id: str, customer: str, ordered_on: date, **more: object) -> None:
        self.orders[order_id] = Order(order_id=order_id, customer=customer, ordered_on=ordered_on, **more)  # type: ignore[arg-type]

    def exchange(self, exchange_id: str, customer: str, requested_on: date, **more: object) -> None:
        self.exchanges[exchange_id] = Exchange(
            exchange_id=exchange_id, customer=customer, requested_on=requested_on, **more  # type: ignore[arg-type]
        )  # fmt: skip

    def newest(self) -> dict[str, Order]:
        newest: dict[str, Order] = {}
        for order in self.orders.values():
            before = newest.get(order.customer)
            if before is None or (order.ordered_on, order.order_id) > (before.ordered_on, before.order_id):
                newest[order.customer] = order
        return newest

    def desired(self, today: date, ticks: Mapping[str, date], since: date | None, horizon: date) -> Iterator[Task]:
        for task in (*self._of_orders(), *self._of_exchanges(ticks)):
            over = task.gone_on is not None and task.gone_on <= (since or today)
            if task.visible_on <= horizon and not over:
                yield task

    def _of_orders(self) -> Iterator[Task]:
        if ORDERS in self.left_out | self.gone_tabs:
            return
        unread = {o.customer for o in self.orders.values() if not o.readable}
        for order in self.newest().values():
            if order.customer in unread:
                continue
            day, next_on = order.ordered_on, order.next_on or order.ordered_on + 30 * DAY
            yield self.task(
                "check_in", order.order_id, "1", order.customer, day + 6 * DAY, gone_on=day + 13 * DAY, order_on=day,
                source=self.place(ORDERS, order.order_id),
            )  # fmt: skip
            yield self.task(
                "autoship_reminder", order.customer, next_on.isoformat(), order.customer, next_on - 20 * DAY,
                due_on=next_on, gone_on=next_on + DAY, daily_on=next_on - 12 * DAY, order_on=day,
                source=self.place(ORDERS, order.order_id),
            )  # fmt: skip

    def _of_exchanges(self, ticks: Mapping[str, date]) -> Iterator[Task]:
        if EXCHANGES in self.left_out | self.gone_tabs:
            return
        for exchange in self.exchanges.values():
            if not exchange.readable:
                continue
            source = self.place(EXCHANGES, exchange.exchange_id)
            approve = self.task(
                "exchange_approve", exchange.exchange_id, "1", exchange.customer, exchange.requested_on,
                late_on=exchange.requested_on + 2 * DAY, source=source,
            )  # fmt: skip
            if exchange.expires_on is None and approve.key not in ticks:
                yield approve
            if exchange.expires_on is not None:
                expiry = exchange.expires_on
                yield self.task(
                    "voucher_expiring", exchange.exchange_id, expiry.isoformat(), exchange.customer,
                    expiry - 7 * DAY, gone_on=expiry + 7 * DAY, late_on=expiry, source=source,
                )  # fmt: skip

    def task(self, rule: str, subject: str, occurrence: str, customer: str, visible_on: date, **more: object) -> Task:
        tab = OwnTab.EXCHANGES if rule in {"exchange_approve", "voucher_expiring"} else OwnTab.TOUCHPOINTS
        given: dict[str, object] = {
            "key": f"{rule}:{subject}:{occurrence}", "rule": rule, "tab": tab, "subject": subject,
            "occurrence": occurrence, "number": 1, "customer_id": customer, "customer": f"Cliente {customer}",
            "visible_on": visible_on, "due_on": visible_on, "daily_on": None, "gone_on": None, "late_on": None,
            "priority": {"check_in": 40, "autoship_reminder": 30}.get(rule, 12), "amount": 12_345, "currency": "BRL",
            "since": visible_on, "why": f"{rule} {subject} {visible_on}", "message": f"Oi {customer}!",
            "contact": Contact(whatsapp=f"https://wa.me/55{customer}", phone=f"+55{customer}"),
            "source": RowRef(tab=ORDERS, row=2), "owner": self.owners.get(customer, ""), "interval": 30,
            "silenced": "open_exchange" if customer in self.silenced and tab is OwnTab.TOUCHPOINTS else None,
        }  # fmt: skip
        return Task(**{**given, **more})  # type: ignore[arg-type]

    def place(self, tab: str, name: str) -> RowRef:
        """The row in which an order or exchange stands."""
        names = sorted(self.orders if tab == ORDERS else self.exchanges)
        return RowRef(tab=tab, row=names.index(name) + 2)

    def facts(self, other_titles: frozenset[str] = frozenset()) -> Facts:
        tabs = {ORDERS: SourceTab.ORDERS, EXCHANGES: SourceTab.EXCHANGES}
        read = {t: s for t, s in tabs.items() if t not in self.left_out | self.gone_tabs}
        customers = {o.customer for o in self.orders.values()}
        hidden = self.left_out | self.gone_tabs

        def carried(rule: str, subject: str) -> bool:
            if rule in {"exchange_approve", "voucher_expiring"}:
                return EXCHANGES not in hidden and subject in self.exchanges
            return ORDERS not in hidden and (subject in self.orders or subject in customers)

        unread = {
            SourceTab.ORDERS: Unread(
                subjects=frozenset(o.order_id for o in self.orders.values() if not o.readable),
                customers=frozenset(o.customer for o in self.orders.values() if not o.readable),
            ),
            SourceTab.EXCHANGES: Unread(subjects=frozenset(e for e, x in self.exchanges.items() if not x.readable)),
        }
        counts = {ORDERS: len(self.orders), EXCHANGES: len(self.exchanges)}
        return Facts(
            carried=carried, titles=read, source_rows={t: counts[t] for t in read}, unread=unread,
            workbook_titles=frozenset(tabs) - self.gone_tabs | other_titles, present=frozenset(read.values()),
            problems=self.problems, aliases=dict(self.aliases), not_in_cycle={"opted_out": 2},
        )  # fmt: skip

    def remembered(self) -> Remembered:
        return Remembered(
            planned={
                o.customer: Planned(
                    order=o.order_id,
                    order_on=o.ordered_on,
                    next_on=o.next_on,
                    explicit=o.next_on is not None,
                    interval=30,
                )
                for o in self.newest().values()
            }
        )

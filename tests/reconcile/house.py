"""A house to live in for a while: a small shop with a few rules, a workbook in memory, people who work in it.

The rules here are few and plain (the real ones are tested elsewhere); rooms, tabs and the memory are the real ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sheets_sync import locale, plan
from sheets_sync.backends.memory import MemoryBackend
from sheets_sync.backends.memory_sheet import Sheet
from sheets_sync.config import Settings
from sheets_sync.memory import Noticed, Planned
from sheets_sync.model import (
    Contact,
    End,
    FoundTab,
    Grid,
    GridCell,
    OwnTab,
    Plan,
    Problem,
    RowRef,
    SourceTab,
    Task,
    TaskRow,
    Unread,
    Value,
)
from sheets_sync.reconcile.facts import Facts
from sheets_sync.reconcile.history import end_words
from sheets_sync.reconcile.observe import Observed, observe, with_aliases
from sheets_sync.reconcile.reconcile import Reconciled, reconcile
from sheets_sync.reconcile.recovery import recall
from sheets_sync.tables.task_rows import interpret

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


@dataclass(slots=True)
class House:
    """A shop and its workbook."""

    shop: Shop = field(default_factory=Shop)
    backend: MemoryBackend = field(default_factory=MemoryBackend)
    today: date = TODAY
    settings: Settings = field(default_factory=Settings.default)
    last: Reconciled | None = None
    observed: Observed | None = None

    def look(self) -> tuple[Plan, Reconciled]:
        """What a run would do."""
        workbook = self.backend.open()
        found = {own: interpret(grid) for own, grid in workbook.grids.items()}
        memory, problems = recall(workbook.memory, found, self.today, [interpret(grid) for grid in workbook.archives])
        observed = with_aliases(observe(found, memory, self.today, self.settings), self.shop.aliases)
        horizon = self.today + timedelta(days=self.settings.number("upcoming_days"))
        desired = list(self.shop.desired(self.today, observed.ticks, observed.since, horizon))
        facts = self.shop.facts(frozenset(tab.title for tab in workbook.tabs))
        facts = replace(facts, problems=(*facts.problems, *problems), since=observed.since)
        done = reconcile(desired, observed, facts, self.shop.remembered(), self.settings)
        self.last, self.observed = done, observed
        return plan.assemble(done.tabs, done.memory, workbook.memory, self.settings.language), done

    def sync(self, *, force: bool = False) -> Plan:
        """Run for today."""
        made, done = self.look()
        plan.raise_if_unsafe(
            emptied=done.safety.emptied, missing=done.safety.missing, open_rows=done.safety.open_rows,
            last_run_on=done.safety.last_run_on, today=self.today, force=force,
            accepted_on=self.settings.day("accept_missing_rows_on"),
        )  # fmt: skip
        self.backend.apply(made)
        return made

    def next_day(self, days: int = 1) -> Plan:
        """Some days later, run."""
        self.today += days * DAY
        return self.sync()

    # ── looking ─────────────────────────────────────────────────────────────

    def sheet(self, own: OwnTab = OwnTab.TOUCHPOINTS) -> Sheet:
        sheet = self.backend.own(own)
        assert sheet is not None, own
        return sheet

    def found(self, own: OwnTab = OwnTab.TOUCHPOINTS) -> FoundTab:
        sheet = self.sheet(own)
        rows = {row: dict(cells) for row, cells in sheet.rows.items() if cells}
        return interpret(Grid(own=own, title=sheet.title, rows=rows, hidden=frozenset(sheet.hidden_rows)))

    def tab_of(self, key: str) -> OwnTab:
        return OwnTab.EXCHANGES if key.startswith(("exchange", "voucher")) else OwnTab.TOUCHPOINTS

    def rows(self, own: OwnTab = OwnTab.TOUCHPOINTS) -> dict[str, TaskRow]:
        return {row.key: row for row in self.found(own).rows if row.key is not None}

    def row(self, key: str) -> TaskRow:
        return self.rows(self.tab_of(key))[key]

    def status(self, key: str) -> Value:
        return self.row(key).machine.get("status")

    def keys(self) -> set[str]:
        """Keys with a row in a task tab."""
        tabs = (own for own in (OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES) if self.backend.own(own) is not None)
        return {key for own in tabs for key in self.rows(own)}

    def history(self) -> list[TaskRow]:
        return list(self.found(OwnTab.HISTORY).rows)

    def ended(self) -> list[tuple[str, End | None]]:
        """(key, how it ended) of every row of the history."""
        ends = end_words()
        return [
            (row.key or row.copy_of or "", ends.get(locale.fold(str(row.machine.get("end"))))) for row in self.history()
        ]

    def questions(self) -> list[str]:
        """Keys of the questions that stand."""
        return list(self.rows(OwnTab.QUESTIONS))

    @property
    def words(self) -> locale.Locale:
        return locale.load(self.settings.language)

    # ── what people do ──────────────────────────────────────────────────────

    def position(self, column: str, own: OwnTab = OwnTab.TOUCHPOINTS) -> int:
        found = self.found(own)
        return next(c.position for c in found.columns if column in {c.key, c.header})

    def write(self, key: str, column: str, value: Value, own: OwnTab | None = None) -> None:
        """Type into a cell of a key's row."""
        own = own or self.tab_of(key)
        row, position = self.rows(own)[key].row, self.position(column, own)
        self.put(own, row, position, value)

    def put(self, own: OwnTab, row: int, position: int, value: Value, link: str | None = None) -> None:
        cells = self.sheet(own).rows.setdefault(row, {})
        if value is None:
            cells.pop(position, None)
        else:
            cells[position] = GridCell(value=value, link=link)

    def tick(self, key: str, value: Value = "✓") -> None:
        self.write(key, "done", value)

    def note(self, key: str, text: Value) -> None:
        self.write(key, "note", text)

    def delete_row(self, key: str, own: OwnTab | None = None) -> None:
        own = own or self.tab_of(key)
        self.sheet(own).rebuilt({}, [self.rows(own)[key].row])

    def copy_row(self, key: str, *, above: bool = False) -> None:
        own = self.tab_of(key)
        row = self.rows(own)[key].row
        cells = dict(self.sheet(own).rows[row])
        self.sheet(own).rebuilt({row - 1 if above else row: [cells]}, [])

    def own_row(self, text: str, own: OwnTab = OwnTab.TOUCHPOINTS) -> None:
        """A row of a person's own, below all others."""
        sheet = self.sheet(own)
        sheet.rows[sheet.last_row + 1] = {self.position("customer", own): GridCell(value=text)}

    def add_column(self, header: str, own: OwnTab = OwnTab.TOUCHPOINTS, at: int | None = None) -> int:
        """A column of a person's own, at a position (the others move right) or at the end."""
        sheet, header_row = self.sheet(own), self.found(own).header_row
        assert header_row is not None
        end = max(p for cells in sheet.rows.values() for p in cells) + 1
        if at is not None:
            for row, cells in sheet.rows.items():
                sheet.rows[row] = {p + (p >= at): cell for p, cell in cells.items()}
        position = end if at is None else at
        sheet.rows[header_row][position] = GridCell(value=header)
        return position

    def delete_column(self, column: str, own: OwnTab = OwnTab.TOUCHPOINTS) -> None:
        sheet, at = self.sheet(own), self.position(column, own)
        for row, cells in list(sheet.rows.items()):
            sheet.rows[row] = {p - (p > at): cell for p, cell in cells.items() if p != at}

    def delete_tab(self, own: OwnTab) -> None:
        self.backend.sheets.remove(self.sheet(own))

    def reorder(self, own: OwnTab, order: list[int], columns: set[int] | None = None) -> None:
        """Sort: the cells of ``columns`` (None = whole rows) of the rows in ``order`` come in that order."""
        sheet = self.sheet(own)
        places = sorted(order)
        moved = [dict(sheet.rows.get(row, {})) for row in order]
        for place, cells in zip(places, moved, strict=True):
            stay = {p: c for p, c in sheet.rows.get(place, {}).items() if columns is not None and p not in columns}
            come = {p: c for p, c in cells.items() if columns is None or p in columns}
            sheet.rows[place] = {**stay, **come}

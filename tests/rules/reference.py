"""The care cycle once more, customer by customer and day by day, written straight from domain.md §2 and §3.

No frame, no array, nothing shared with the package but the rows of ``world.Shop``: slow, plain, and the second opinion
that ``test_reference.py`` compares the engine with. Default settings throughout.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.rules.world import FREQUENCIES, Shop, When

Row = Mapping[str, Any]
DAY = timedelta(days=1)
OUT = {"prospect", "inactive", "supplier", "other"}


def days(n: int) -> timedelta:
    return timedelta(days=n)


def plus_months(day: date, months: int) -> date:
    """``D + k months``, clamped to the month's end."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True)
class Frequency:
    n: int
    unit: str

    def after(self, day: date, k: int = 1) -> date:
        return day + days(self.n * k) if self.unit == "days" else plus_months(day, self.n * k)


def frequency_of(row: Row) -> Frequency | None:
    said = row.get("frequency")
    if not said:
        return None
    return Frequency(*FREQUENCIES[said]) if isinstance(said, str) else Frequency(said, "days")


def moment(order: Row) -> datetime:
    at = order["on"]
    return at if isinstance(at, datetime) else datetime.combine(at, time())


def day_of(order: Row) -> date:
    return moment(order).date()


def rank(order: Row) -> tuple[datetime, int, str]:
    """Later by time, then the greater id."""
    name = order.get("order") or order["customer"]
    return moment(order), len(name), name


def subject_of(order: Row) -> str:
    return order.get("order") or order["customer"]


def occurrence_of(order: Row, k: int) -> str:
    return str(k) if order.get("order") else f"{day_of(order).isoformat()}/{k}"


@dataclass(frozen=True)
class Cycle:
    """What one customer's orders say. ``visits``: one order a day, oldest first."""

    person: Row
    visits: list[Row]
    frequency: Frequency | None
    given: date | None  # N as people wrote it, if it counts
    today: date

    @property
    def anchor(self) -> Row | None:
        return self.visits[-1] if self.visits else None

    @property
    def d(self) -> date:
        assert self.visits
        return day_of(self.visits[-1])

    @property
    def interval(self) -> int | None:
        """I."""
        if self.frequency is None:
            return None
        if self.visits:
            return (self.frequency.after(self.d) - self.d).days
        return (self.given - self.frequency.after(self.given, -1)).days if self.given else None

    def next_on(self) -> date | None:
        """N today: explicit, else D + interval, rolled on to the first date from today."""
        first = self.given or (self.frequency.after(self.d) if self.frequency and self.visits else None)
        if first is None or first >= self.today:
            return first
        if self.frequency is None:
            return None
        start, k = (self.given, 1) if self.given else (self.d, 2)
        while self.frequency.after(start, k) < self.today:
            k += 1
        return self.frequency.after(start, k)

    @property
    def explicit(self) -> bool:
        return self.given is not None and self.given >= self.today

    def reconnect_on(self) -> date:
        due = [plus_months(self.d, 4)]
        if self.frequency:
            due.append(plus_months(self.frequency.after(self.d), 1))
        if self.given:
            due.append(self.given + DAY)
        return max(due)

    def c(self) -> int:
        return max(1, min(6, math.ceil(self.interval * 4 / 10))) if self.interval else 6

    def w(self) -> int:
        return max(1, min(7, self.interval - self.c())) if self.interval else 7


def cycle_of(shop: Shop, person: Row, today: date) -> Cycle:
    theirs = [o for o in shop.orders if o["customer"] == person["customer"]]
    if person.get("last"):
        theirs.append({"customer": person["customer"], "on": person["last"]})
    live = [o for o in theirs if o.get("status") not in ("cancelled", "out_of_stock") and (o.get("total") or 0) >= 0]
    by_day: dict[date, Row] = {}
    for order in sorted((o for o in live if day_of(o) <= today), key=rank):
        by_day[day_of(order)] = order
    visits = [by_day[day] for day in sorted(by_day)]
    newest = visits[-1] if visits else {}
    frequency = frequency_of(newest) or frequency_of(person)
    said = [sorted(day_of(o) for o in live if day_of(o) > today), [newest.get("next")], [person.get("next")]]
    given = None
    for dates in said:
        for n in dates:
            if n and given is None and (not visits or _counts(n, day_of(newest), frequency)):
                given = n
    return Cycle(person, visits, frequency, given, today)


def _counts(n: date, d: date, frequency: Frequency | None) -> bool:
    """Later than D + I/2, or D + 7 days without a frequency."""
    half = (frequency.after(d) - d).days / 2 if frequency else 7
    return (n - d).days > half


def people(shop: Shop) -> Iterator[Row]:
    seen = set()
    for row in (*shop.customers, *shop.orders, *shop.exchanges):
        name = row.get("customer")
        if name and name not in seen:
            seen.add(name)
            yield row if row in shop.customers else {"customer": name}


def in_cycle(shop: Shop, person: Row) -> bool:
    categories = any(row.get("category") for row in shop.customers)
    listed = person in shop.customers
    blank = listed and categories and not person.get("category")
    wanted = person.get("active", True) and not person.get("opted_out")
    return wanted and person.get("category") not in OUT and not blank


def hushed(shop: Shop, person: Row, when: date, today: date) -> set[str]:
    """Rules that are silent for the customer on a day."""
    silent: set[str] = set()
    contact = person.get("last_contact_on")
    if contact and contact <= today and (when - contact).days <= 3:
        silent |= {"connect", "reconnect"}
    for row in shop.exchanges:
        if row.get("customer") != person["customer"] or row["on"] > today:
            continue
        over = row.get("status") in ("refused", "cancelled", "closed", "voucher_issued", "refunded")
        over = over or any(row.get(key) for key in ("closed_on", "voucher_issued_on", "refund_confirmed_on"))
        latest = max(value for key, value in row.items() if key == "on" or key.endswith("_on"))
        if not over and (when - latest).days <= 60:
            silent |= {"check_in", "connect", "reconnect"}
    return silent


def tasks(shop: Shop, today: date, horizon: date) -> dict[str, When]:
    """Every touchpoint of the day and those that become visible up to the horizon, by key."""
    found: dict[str, When] = {}
    for person in people(shop):
        if not in_cycle(shop, person):
            continue
        cycle = cycle_of(shop, person, today)
        for rule, subject, occurrence, when in _of_person(shop, person, cycle):
            shown = max(when.visible, today)
            open_today = when.visible <= horizon and (when.gone is None or when.gone > shown)
            if open_today and rule not in hushed(shop, person, shown, today):
                found[f"{rule}:{subject}:{occurrence}"] = when
    return found


def _window(visible: date, length: int) -> When:
    return When(visible, visible, None, visible + days(length))


def _of_person(shop: Shop, person: Row, cycle: Cycle) -> Iterator[tuple[str, str, str, When]]:
    name = person["customer"]
    yield from _shipped(shop, name)
    yield from _returned(shop, name)
    yield from _failed(shop, person)
    yield from _reminder(name, cycle)
    if cycle.anchor is not None:
        anchor = cycle.anchor
        check = _window(cycle.d + days(cycle.c()), cycle.w())
        yield "check_in", subject_of(anchor), occurrence_of(anchor, 1), check
        yield from _connects(cycle)
        due = cycle.reconnect_on()
        yield "reconnect", name, f"{cycle.d.isoformat()}/1", When(due, due)


def _connects(cycle: Cycle) -> Iterator[tuple[str, str, str, When]]:
    interval = cycle.interval
    if interval is not None and interval >= 28:
        offset, k = 21, 1
        while k == 1 or offset <= interval - 20:
            order = cycle.visits[-1]
            yield "connect", subject_of(order), occurrence_of(order, k), _window(cycle.d + days(offset), 7)
            offset, k = offset + 45, k + 1
        return
    gap = 2 * interval if interval is not None else 28
    run = [cycle.visits[-1]]
    for earlier in reversed(cycle.visits[:-1]):
        if (day_of(run[0]) - day_of(earlier)).days > gap:
            break
        run.insert(0, earlier)
    first = run[0]
    if interval is None and len(run) == 1:
        yield "connect", subject_of(first), occurrence_of(first, 1), _window(cycle.d + days(21), 7)
        return
    k = 1
    while day_of(first) + days(21 * k) <= cycle.d + days(gap):
        yield "connect", subject_of(first), occurrence_of(first, k), _window(day_of(first) + days(21 * k), 7)
        k += 1


def _reminder(name: str, cycle: Cycle) -> Iterator[tuple[str, str, str, When]]:
    n = cycle.next_on()
    if n is None:
        return
    if cycle.interval is not None:
        v = max(0, min(20, cycle.interval - cycle.c() - 1))
    elif cycle.anchor is not None:
        v = max(0, min(20, (n - cycle.d).days - 7))
    else:
        v = 20
    d = min(12, math.ceil(v * 6 / 10))
    visible = n - days(v)
    if cycle.anchor is not None and not cycle.explicit and max(visible, cycle.today) >= cycle.reconnect_on():
        return
    yield "autoship_reminder", name, n.isoformat(), When(visible, n, n - days(d), n + DAY)


def _shipped(shop: Shop, name: str) -> Iterator[tuple[str, str, str, When]]:
    for o in shop.orders:
        live = o.get("status") not in ("cancelled", "out_of_stock") and (o.get("total") or 0) >= 0
        if o["customer"] == name and o.get("shipped_on") and live:
            yield "order_shipped", o["order"], "1", _window(o["shipped_on"], 3)


def _returned(shop: Shop, name: str) -> Iterator[tuple[str, str, str, When]]:
    for e in shop.exchanges:
        if e.get("customer") == name and e["kind"] == "return" and e.get("status") not in ("cancelled", "refused"):
            yield "returned_product", e["exchange"], "1", _window(e["on"], 30)


def _failed(shop: Shop, person: Row) -> Iterator[tuple[str, str, str, When]]:
    theirs = [o for o in shop.orders if o["customer"] == person["customer"]]
    live = [o for o in theirs if o.get("status") not in ("cancelled", "out_of_stock") and (o.get("total") or 0) >= 0]
    paid = [o for o in live if o.get("paid_on") or o.get("payment_status") == "paid" or o.get("status") == "paid"]
    failed = [o for o in live if o.get("payment_status") == "failed" and o not in paid]
    failed = [o for o in failed if not any(rank(p) > rank(o) for p in paid)]
    card = person.get("card_failed_on")
    for o in failed:
        same = card is not None and card >= day_of(o) and o is max(failed, key=rank)
        yield "failed_card", o["order"], "1", _window(card if same else day_of(o), 30)
        card = None if same else card
    if card is not None and not any((p.get("paid_on") or day_of(p)) >= card or day_of(p) >= card for p in paid):
        yield "failed_card", person["customer"], card.isoformat(), _window(card, 30)


def planned(shop: Shop, today: date) -> dict[str, tuple[str, date, date | None]]:
    """By customer with a running cycle: the newest order, its day, N."""
    found = {}
    for person in people(shop):
        cycle = cycle_of(shop, person, today)
        if cycle.anchor is not None and (cycle.explicit or today < cycle.reconnect_on()):
            found[person["customer"]] = (subject_of(cycle.anchor), cycle.d, cycle.next_on())
    return found


def changed(before: Shop, then: date, after: Shop, today: date) -> dict[str, tuple[date | None, date | None]]:
    """Customers whose planned date was changed since the run of ``then``, no order since: old and new date."""
    found = {}
    known = planned(before, then)
    for person in people(after):
        name = person["customer"]
        if name not in known:
            continue
        was, is_now = cycle_of(before, next(p for p in people(before) if p["customer"] == name), then), None
        is_now = cycle_of(after, person, today)
        if is_now.anchor is None or subject_of(is_now.anchor) != known[name][0] or is_now.d != known[name][1]:
            continue
        # the date as it would be seen today had nobody changed anything
        rolled_only = Cycle(was.person, was.visits, was.frequency, was.given, today)
        old, new = known[name][2], is_now.next_on()
        if rolled_only.next_on() != new and old != new:
            found[name] = (old, new)
    return found

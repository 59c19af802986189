"""What must become of every row, computed anew and plainly, from what stood in the tabs before a run.

It knows nothing of the rooms it judges: it reads the tabs' cells, the shop's wishes, and keeps its own small memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sheets_sync.model import OwnTab, Remark, Status, Task, TaskRow, Value
from tests.reconcile.house import DAY, EXCHANGES, House
from tests.reconcile.rows_seen import Before, Expected, Open
from tests.reconcile.words import TOKEN, memory_tokens, said_in, tokens

TASK_TABS = (OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES)
EPOCH = date(2000, 1, 1)
TICKS = {"✓", "x", "sim", "1", "true"}
CARRIES = {"autoship_reminder", "voucher_expiring"}


@dataclass(slots=True)
class Oracle:
    """Its memory between runs."""

    open: dict[str, Open] = field(default_factory=dict)
    finals: dict[str, str] = field(default_factory=dict)
    vanished: dict[str, date] = field(default_factory=dict)
    newest: dict[str, tuple[str, date]] = field(default_factory=dict)
    last_run_on: date | None = None
    agreed: set[date] = field(default_factory=set)

    # ── before a run ────────────────────────────────────────────────────────

    def look(self, house: House) -> Before:
        tabs = {own for own in TASK_TABS if house.backend.own(own) is not None}
        top: dict[str, TaskRow] = {}
        copies: dict[str, list[TaskRow]] = {}
        foreign: dict[OwnTab, list[tuple[object, ...]]] = {own: [] for own in TASK_TABS}
        for own in tabs:
            for row in house.found(own).rows:
                if row.key is not None and (own, row.key) and house.tab_of(row.key) is own and row.key not in top:
                    top[row.key] = row
                elif row.copy_of is not None:
                    copies.setdefault(row.copy_of, []).append(row)
        for own in tabs:
            for row in house.found(own).rows:
                if row.key is None or not self._is_open(row.key):
                    foreign[own].append(_content(row))
        return Before(tabs=tabs, top=top, copies=copies, foreign=foreign, tokens=tokens(house))

    def _is_open(self, key: str) -> bool:
        return key in self.open and self.open[key].shown

    # ── what must come ──────────────────────────────────────────────────────

    def expect(
        self, house: House, before: Before, *, sorted_tabs: Iterable[OwnTab] = (), yes: Iterable[date] = ()
    ) -> Expected:
        today, shop = house.today, house.shop
        horizon = today + timedelta(days=30)
        undone = set(sorted_tabs)
        ticks = self._ticks(house, before, undone)
        wanted = {t.key: t for t in shop.desired(today, ticks, EPOCH, horizon)}
        dismissed, returning = self._vanished(before, set(yes), today)
        out = Expected(finals=dict(self.finals))
        leaving: dict[str, Open] = {}
        for key, was in self.open.items():
            now = self._now(key, was, before, house, today, undone)
            want = wanted.get(key)
            held = want is None and self._held(house, was.task)
            if not was.shown:
                self._wait(key, now, want, held, today, out)
            elif key in dismissed:
                out.finals[key] = "done" if was.done_on else "removed"
            elif now.done_on is not None:
                last = was.task.due_on if was.task.rule == "autoship_reminder" else now.done_on + DAY
                if today > last:
                    out.finals[key] = "done"
                else:
                    out.shown[key] = now if want is None else replace(now, task=want)
                    if want is None and not held and self._carried(house, was.task):
                        leaving[key] = now
            elif held:
                out.shown[key] = now
                out.fixed.add(key)
            elif want is None:
                if was.task.gone_on is not None and _gone(was.task, now.postponed_to) <= today:
                    out.finals[key] = "expired"
                elif self._carried(house, was.task):
                    leaving[key] = now
            elif _gone(want, now.postponed_to) <= today:
                if _gone(was.task, now.postponed_to) <= today:  # else a corrected date closed it
                    out.finals[key] = "expired"
            elif want.silenced or want.visible_on > today:
                out.waiting[key] = replace(now, task=want, shown=False)
            else:
                out.shown[key] = replace(now, task=want)
        del returning
        coming = {
            key: want
            for key, want in wanted.items()
            if key not in self.open and key not in out.finals and want.visible_on <= today and not want.silenced
            and not (want.gone_on is not None and want.gone_on <= today)
        }  # fmt: skip
        self._births(house, coming, leaving, out)
        for key in out.shown:
            if key not in wanted:
                out.fixed.add(key)
        return out

    def _births(self, house: House, coming: Mapping[str, Task], leaving: Mapping[str, Open], out: Expected) -> None:
        of: dict[tuple[str, str], list[str]] = {}
        for key, was in leaving.items():
            of.setdefault((was.task.rule, was.task.subject), []).append(key)
        new: dict[tuple[str, str], list[str]] = {}
        for key, want in coming.items():
            new.setdefault((want.rule, want.subject), []).append(key)
        for key, want in coming.items():
            pair = (want.rule, want.subject)
            old = of.get(pair, [])
            cells: Mapping[str, Value] = {"owner": want.owner} if want.owner else {}
            out.shown[key] = Open(task=want, cells=cells)
            if (
                want.rule not in CARRIES
                or len(old) != 1
                or len(new[pair]) != 1
                or not self._same(house, leaving[old[0]], want)
            ):
                continue
            was = leaving[old[0]]
            if want.rule == "autoship_reminder":
                kept = {k: v for k, v in was.cells.items() if k != "done"}
                out.shown[key] = replace(was, task=want, cells=kept, done_on=None, remarks=())
                if old[0] in out.shown:
                    del out.shown[old[0]]
                    out.finals[old[0]] = "done"
            else:
                out.shown[key] = replace(was, task=want, remarks=())
                out.shown.pop(old[0], None)

    def _same(self, house: House, was: Open, want: Task) -> bool:
        if want.rule == "voucher_expiring":
            return True
        assert was.task.order_on and want.order_on
        order, day = self.newest.get(want.subject, (None, was.task.order_on))
        if order not in {None, house.shop.newest()[want.subject].order_id} or day != was.task.order_on:
            return False
        return abs((was.task.order_on - want.order_on).days) < 15

    def _wait(self, key: str, now: Open, want: Task | None, held: bool, today: date, out: Expected) -> None:
        if held:
            out.waiting[key] = now
        elif want is None:
            if now.task.gone_on is not None and now.task.gone_on <= today:
                out.finals[key] = "expired"
        elif _gone(want, now.postponed_to) <= today:
            out.finals[key] = "expired"
        elif want.silenced or want.visible_on > today:
            out.waiting[key] = now
        else:
            out.shown[key] = replace(now, task=want, shown=True)

    def _now(self, key: str, was: Open, before: Before, house: House, today: date, undone: set[OwnTab]) -> Open:
        """What people say of the key now."""
        row = before.top.get(key)
        if not was.shown or row is None:
            return was
        if was.task.tab in undone:
            return was
        cells, own = dict(row.people), dict(row.own)
        ticks = [t for r in (row, *before.copies.get(key, [])) if (t := _tick(r.people.get("done"))) is not None]
        typed = [t for t in ticks if isinstance(t, date) and t <= today]
        done_on = (min(typed) if typed else was.done_on or today) if ticks else None
        postponed = was.postponed_to
        asked = cells.get("postpone_to")
        if asked != was.cells.get("postpone_to") or postponed is None:
            fresh = asked != was.cells.get("postpone_to")
            ahead = isinstance(asked, date) and (
                asked > today or (fresh and self.last_run_on is not None and asked > self.last_run_on)
            )
            postponed = asked if ahead and isinstance(asked, date) else None
        return replace(was, cells=cells, own=own, done_on=done_on, postponed_to=postponed, remarks=row.remarks)

    def _ticks(self, house: House, before: Before, undone: set[OwnTab]) -> dict[str, date]:
        ticks = {key: EPOCH for key, end in self.finals.items() if end == "done"}
        for key, was in self.open.items():
            now = self._now(key, was, before, house, house.today, undone)
            if now.done_on is not None:
                ticks[key] = now.done_on
        return ticks

    def _vanished(self, before: Before, yes: set[date], today: date) -> tuple[set[str], set[str]]:
        gone = {
            key for key, was in self.open.items()
            if was.shown and key not in before.top and was.task.tab in before.tabs
        }  # fmt: skip
        undone = {key for key in gone if self.open[key].done_on is None}
        shown = sum(was.shown for was in self.open.values())
        self.agreed |= yes
        together = len(undone) > max(5, 0.2 * shown) and today not in self.agreed
        returning = {k for k in undone if k not in self.vanished} if together else set()
        on_purpose = {key for key, day in self.vanished.items() if day in yes and key in self.open}
        self.vanished = {k: d for k, d in self.vanished.items() if k not in on_purpose} | dict.fromkeys(
            returning, today
        )
        return (gone - returning) | on_purpose, returning

    def _held(self, house: House, task: Task) -> bool:
        shop = house.shop
        if task.source.tab in shop.left_out:
            return True
        if task.source.tab == EXCHANGES:
            exchange = shop.exchanges.get(task.subject)
            return exchange is not None and not exchange.readable
        return any(
            not o.readable
            for o in shop.orders.values()
            if task.customer_id in {o.customer, ""} or task.subject == o.order_id  # "": the memory was lost
        )

    def _carried(self, house: House, task: Task) -> bool:
        return house.shop.facts().carried(task.rule, task.subject)

    # ── after a run ─────────────────────────────────────────────────────────

    def judge(self, house: House, before: Before, expected: Expected) -> None:
        """Compare; then remember."""
        rows = {own: house.found(own).rows for own in TASK_TABS if house.backend.own(own) is not None}
        top = {
            r.key: r for own, found in rows.items() for r in found if r.key is not None and house.tab_of(r.key) is own
        }
        missing = expected.shown.keys() - top.keys()
        assert not missing, f"must be shown: {missing}"
        for key, want in expected.shown.items():
            row = top[key]
            assert dict(row.people) == {k: v for k, v in want.cells.items() if v is not None}, (
                f"people's cells of {key}"
            )
            kept = {h: v for h, v in want.own.items() if h in self._headers(house, want.task.tab)}
            assert {h: v for h, v in row.own.items() if h in kept} == kept, f"own cells of {key}"
            hung = want.remarks if key in before.top else ()
            assert _by_column(row.remarks) == _by_column(hung), f"comments on {key}"
            if "status" in row.machine and (word := self._state(house, want)):
                assert row.machine["status"] == word, f"status of {key}"
            if key not in expected.fixed:
                assert row.machine.get("customer") == want.task.customer, key
                assert row.machine.get("why") == want.task.why, key
        for own, found in rows.items():
            here = [_content(r) for r in found if r.key is None or r.key not in expected.shown]
            assert _is_kept(before.foreign[own], here, own in before.tabs), f"foreign rows of {own}"
            extra = Counter(here) - Counter(before.foreign[own])
            assert not extra, f"rows nobody asked for: {extra}"
        lost = before.tokens | _waiting(expected) | _taken_away(self.open, expected, before)
        lost -= tokens(house) | memory_tokens(house)
        assert not lost, f"words lost: {lost}"
        shown = {key: replace(want, remarks=top[key].remarks) for key, want in expected.shown.items()}
        self.open = {**shown, **{key: replace(want, remarks=()) for key, want in expected.waiting.items()}}
        self.finals = expected.finals
        self.vanished = {k: d for k, d in self.vanished.items() if k in expected.shown}
        self.newest = {c: (o.order_id, o.ordered_on) for c, o in house.shop.newest().items()}
        self.last_run_on = house.today

    def _state(self, house: House, want: Open) -> str | None:
        """The word for it, where people alone decide that."""
        if self._held(house, want.task):
            return None
        if want.done_on is not None:
            return house.words.status(Status.DONE)
        ahead = want.postponed_to is not None and want.postponed_to > house.today
        ahead = ahead and (want.task.rule != "autoship_reminder" or want.task.due_on > house.today)
        return house.words.status(Status.POSTPONED) if ahead else None

    def _headers(self, house: House, own: OwnTab) -> set[str]:
        return {c.header for c in house.found(own).columns if c.key is None}


def _is_kept(before: list[tuple[object, ...]], after: list[tuple[object, ...]], there: bool) -> bool:
    return not there or not (Counter(before) - Counter(after))


def _content(row: TaskRow) -> tuple[object, ...]:
    return (
        tuple(sorted((k, str(v)) for k, v in row.machine.items())),
        tuple(sorted((k, str(v)) for k, v in row.people.items())),
        tuple(sorted((k, str(v)) for k, v in row.own.items())),
    )


def _gone(task: Task, postponed: date | None) -> date:
    if task.gone_on is None:
        return date.max
    if postponed is None or task.rule == "autoship_reminder":
        return task.gone_on
    return max(task.gone_on, postponed + (task.gone_on - task.visible_on))


def _tick(value: Value) -> bool | date | None:
    if isinstance(value, date):
        return value
    return True if value is True or str(value).lower() in TICKS else None


def _waiting(expected: Expected) -> set[str]:
    return {t for was in expected.waiting.values() for t in said_in(was.cells, was.own)}


def _taken_away(before: Mapping[str, Open], expected: Expected, found: Before) -> set[str]:
    """Words of rows that people took away: the history has them."""
    gone = [k for k in before if k not in expected.shown and k not in expected.waiting and k not in found.top]
    hung = {t for key in gone for r in before[key].remarks for t in TOKEN.findall(r.text)}
    return hung | {t for key in gone for t in said_in(before[key].cells, before[key].own)}


def _by_column(remarks: Iterable[Remark]) -> list[tuple[str, str]]:
    return sorted((remark.column, remark.text) for remark in remarks)

"""Runs ``cases/touchpoints.toml``: every vector of domain.md and every rule, firing and silent."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sheets_sync import tasks
from sheets_sync.config import Settings
from sheets_sync.locale import LANGUAGES
from sheets_sync.memory import Finished, Memory, RowMemory
from sheets_sync.model import Contact, End, OwnTab, RowRef
from sheets_sync.rules import engine
from sheets_sync.rules.catalog import RULES
from sheets_sync.rules.engine import Candidates, Remembered
from tests.rules.world import FREQUENCIES, HORIZON, Shop, When, context, dates

CASES = tomllib.loads((Path(__file__).parent / "cases" / "touchpoints.toml").read_text("utf-8"))
CARE = [rule.id for rule in RULES.values() if rule.family == "touchpoints"]
D = date(2025, 1, 15)


def shop(rows: Mapping[str, Any]) -> Shop:
    return Shop(**{key: tuple(rows[key]) for key in ("customers", "orders", "exchanges") if key in rows})


def memory(case: Mapping[str, Any], typed: bool) -> Memory:
    ended = {key: Finished(end=End(was["end"]), on=was["on"]) for key, was in case.get("ended", {}).items()}
    before = case.get("earlier")
    if before is None:
        return Memory(first_run_on=date(2000, 1, 1) if ended else None, finished=ended)
    known = Memory(first_run_on=before["today"], customer_types=before.get("types", {}))
    then = context(shop({**case, **before}), before["today"], memory=known, typed=typed)
    remembered = engine.candidates(then).remembered
    return Memory(
        first_run_on=before["today"], finished=ended, planned=remembered.planned,
        customer_types=remembered.customer_types, noticed=remembered.noticed,
    )  # fmt: skip


@cache
def run(place: int, typed: bool = False) -> Candidates:
    """The rules' answer to the case at ``place``."""
    case = CASES["case"][place]
    ended = {key: was["on"] for key, was in case.get("ended", {}).items() if was["end"] == "done"}
    return engine.candidates(
        context(
            shop(case), case["today"], memory=memory(case, typed), ticks={**case.get("ticked", {}), **ended},
            settings=case.get("settings"), typed=typed,
        )
    )  # fmt: skip


@pytest.mark.parametrize("place", range(len(CASES["case"])), ids=lambda place: CASES["case"][place]["name"])
def test_case(place: int) -> None:
    case, found = CASES["case"][place], run(place)
    every = dates(found.frame, CARE)
    visible = {key: when for key, when in every.items() if when.visible <= case["today"]}
    if "open" in case:
        assert sorted(visible) == sorted(case["open"])
    if "coming" in case:
        assert sorted(every.keys() - visible.keys()) == sorted(case["coming"])
    assert [key for key in every if key.partition(":")[0] in case.get("silent", ())] == []
    texts = dict(zip(engine.keys(found.frame), found.frame["variant"], strict=True))
    for key, wanted in case.get("open", {}).items():
        for name, value in wanted.items():
            assert (texts[key] if name == "text" else getattr(visible[key], name)) == value, (key, name)
    if "silenced" in case:
        assert dict(found.silenced) == case["silenced"]
    if "questions" in case:
        assert [problem.code for problem in found.problems] == case["questions"]


@pytest.mark.parametrize("place", range(len(CASES["case"])), ids=lambda place: CASES["case"][place]["name"])
def test_case_typed_into_a_workbook(place: int) -> None:
    """The same tasks when the rows come from tabs, where a customer without an id goes by the folded name."""
    case = CASES["case"][place]
    if "open" in case:
        found = dates(run(place, typed=True).frame, CARE)
        visible = [key for key, when in found.items() if when.visible <= case["today"]]
        assert sorted(map(str.casefold, visible)) == sorted(map(str.casefold, case["open"]))


def test_every_case_has_words() -> None:
    """Why and message of every task of every case can be said, in each language."""
    for place, case in enumerate(CASES["case"]):
        frame, people = run(place).frame, shop(case).tables(case["today"]).customers
        told = (tasks.build(frame, people, Settings.default(language)) for language in LANGUAGES)
        for task in chain.from_iterable(told):
            assert task.why, task.key
            assert bool(task.message) == RULES[task.rule].message, task.key
            assert "{" not in task.why + task.message, task.key


def test_a_task_says_the_same_alone_as_among_others() -> None:
    own = {"message.check_in": "Oi {name}! {products} {tracking_link}", "message.reconnect.en": "Hi {customer}"}
    settings = Settings.default("pt-BR", **own)
    for place, case in enumerate(CASES["case"]):
        frame, people = run(place).frame, shop(case).tables(case["today"]).customers
        alone = [tasks.build(frame.iloc[[row]], people, settings) for row in range(len(frame))]
        assert tasks.build(frame, people, settings) == [task for one in alone for task in one]


def test_what_only_stands_in_upcoming_has_no_message_yet() -> None:
    upcoming = 0
    for place, case in enumerate(CASES["case"]):
        frame, people = run(place).frame, shop(case).tables(case["today"]).customers
        settings, today = Settings.default("en"), case["today"]
        whole = tasks.build(frame, people, settings)
        shown = {task.key for task in whole[::2]}
        found = tasks.build(frame, people, settings, upcoming_after=today, shown=shown)
        for task, other in zip(whole, found, strict=True):
            silent = task.visible_on > today and task.key not in shown
            assert other == (replace(task, message="", contact=Contact()) if silent else task)
            upcoming += silent
    assert upcoming > 5


# ── the table of domain.md ──────────────────────────────────────────────────


def vector_shop() -> Shop:
    """One customer a line of the table, named as its frequency."""
    return Shop(
        customers=tuple({"customer": _name(v), "frequency": v["frequency"]} for v in CASES["vector"]),
        orders=tuple({"order": f"P-{_name(v)}", "customer": _name(v), "on": D} for v in CASES["vector"]),
    )


def _name(vector: Mapping[str, Any]) -> str:
    return vector["frequency"] or "none"


def wanted_of(vector: Mapping[str, Any]) -> dict[str, When]:
    name = _name(vector)
    visible, gone = vector["check_in"]
    wanted = {f"check_in:P-{name}:1": When(visible, visible, None, gone)}
    for k, day in enumerate(vector["connect"], start=1):
        wanted[f"connect:P-{name}:{k}"] = When(day, day, None, day + timedelta(days=7))
    if "reminder" in vector:
        visible, daily = vector["reminder"]
        n = vector["next"]
        wanted[f"autoship_reminder:{name}:{n}"] = When(visible, n, daily, n + timedelta(days=1))
    wanted[f"reconnect:{name}:{D}/1"] = When(vector["reconnect"], vector["reconnect"])
    return wanted


WANTED = {key: when for vector in CASES["vector"] for key, when in wanted_of(vector).items()}
BOUNDS = sorted({day for when in WANTED.values() for day in (when.visible, when.gone) if day})


@pytest.mark.parametrize("day", sorted({b + timedelta(days=n) for b in BOUNDS for n in (-1, 0)}), ids=str)
def test_vectors_day_by_day(day: date) -> None:
    """On every day on which something begins or ends, and the day before, the table's tasks and no others."""
    found = dates(engine.candidates(context(vector_shop(), day)).frame, CARE)
    shown = {key: when for key, when in found.items() if when.visible <= day}
    first = {key: when for key, when in shown.items() if key in WANTED}
    rolled = shown.keys() - first.keys()
    assert {key.split(":")[0] for key in rolled} <= {"autoship_reminder"}
    assert first == {k: w for k, w in WANTED.items() if w.visible <= day and (w.gone is None or day < w.gone)}


def test_vectors_in_a_timeline() -> None:
    """Seen as a timeline from the order's day, the whole table at once."""
    looking_on = context(vector_shop(), D, horizon=400, since=D - timedelta(days=1))
    found = dates(engine.candidates(looking_on).frame, CARE)
    assert {key: when for key, when in found.items() if key in WANTED} == WANTED
    rolled = [key for key in found if key not in WANTED]
    assert {key.split(":")[0] for key in rolled} == {"autoship_reminder"}
    assert f"autoship_reminder:monthly:{date(2025, 5, 15)}" in rolled
    assert f"autoship_reminder:monthly:{date(2025, 6, 15)}" not in rolled


def test_intervals() -> None:
    frame = engine.candidates(context(vector_shop(), D)).frame
    found = dict(zip(frame["customer"], frame["interval"], strict=True))
    assert {name: found[name] for name in FREQUENCIES} == {v["frequency"]: v["interval"] for v in CASES["vector"][:-1]}


# ── what cannot be said in a row ────────────────────────────────────────────


def test_a_change_is_told_for_a_week_and_ends_with_a_new_order() -> None:
    people = ({"customer": "Ana", "frequency": "monthly"},)
    order = {"order": "P-1", "customer": "Ana", "on": D}
    moved = Shop(customers=people, orders=({**order, "next": date(2025, 3, 15)},))
    noticed_on = date(2025, 1, 29)

    def next_run(rows: Shop, today: date, known: Remembered) -> Remembered:
        remembered = Memory(first_run_on=D, planned=known.planned, noticed=known.noticed)
        found = engine.candidates(context(rows, today, memory=remembered))
        told.append([key for key in dates(found.frame) if key.startswith("autoship_changed")])
        return found.remembered

    told: list[list[str]] = []
    before = Shop(customers=people, orders=(order,))
    known = engine.candidates(context(before, noticed_on - timedelta(days=1))).remembered
    first = known = next_run(moved, noticed_on, known)
    for days in range(1, 9):
        known = next_run(moved, noticed_on + timedelta(days=days), known)
    assert told == [["autoship_changed:Ana:2025-03-15"]] * 7 + [[]] * 2

    newer = {"order": "P-2", "customer": "Ana", "on": date(2025, 1, 30)}
    ordered = Shop(customers=people, orders=(*moved.orders, newer))
    after = next_run(ordered, date(2025, 1, 30), first)
    assert first.noticed
    assert not after.noticed


def test_a_customer_who_cannot_be_read_is_held_and_nothing_new_is_learnt() -> None:
    rows = ({"order": "P-1", "customer": "Ana", "on": D}, {"order": "P-2", "customer": "Bo", "on": D})
    planned = engine.candidates(context(Shop(orders=rows), date(2025, 1, 20))).remembered.planned
    changed = ({**rows[0], "next": date(2025, 3, 1)}, {**rows[1], "next": date(2025, 3, 1)})
    unread = Shop(orders=changed, unread=frozenset({"Ana"}))
    found = engine.candidates(context(unread, date(2025, 1, 21), memory=Memory(first_run_on=D, planned=planned)))
    held = dict(zip(engine.keys(found.frame), found.frame["held"], strict=True))
    assert held == {
        "check_in:P-1:1": True, "check_in:P-2:1": False, "connect:P-1:1": True, "connect:P-2:1": False,
        "autoship_reminder:Ana:2025-03-01": True, "autoship_reminder:Bo:2025-03-01": False,
        "autoship_changed:Bo:2025-03-01": False,
    }  # fmt: skip
    assert found.remembered.planned["Ana"] is planned["Ana"]


def test_a_silenced_row_that_is_shown_is_still_told() -> None:
    """Its row leaves the tab and its words wait, so the key must be known; one nobody saw is not."""
    rows = ({"order": "P-1", "customer": "Ana", "on": D}, {"order": "P-2", "customer": "Bo", "on": D})
    people = ({"customer": "Ana", "opted_out": True}, {"customer": "Bo", "opted_out": True})
    row = RowMemory(
        tab=OwnTab.TOUCHPOINTS, rule="check_in", subject="P-1", customer_id="Ana", occurrence="1", number=1,
        source=RowRef(tab="Pedidos", row=2), visible_on=date(2025, 1, 21), due_on=date(2025, 1, 21),
        gone_on=date(2025, 1, 28), born_on=date(2025, 1, 21),
    )  # fmt: skip
    known = Memory(first_run_on=D, rows={"check_in:P-1:1": row})
    found = engine.candidates(context(Shop(customers=people, orders=rows), date(2025, 1, 22), memory=known))
    assert dict(zip(engine.keys(found.frame), found.frame["silenced"], strict=True)) == {"check_in:P-1:1": "opted_out"}


def test_planned_orders_that_passed_without_a_row_are_counted() -> None:
    rows = (
        {"order": "P-1", "customer": "Ana", "on": D, "next": date(2025, 2, 10), "frequency": "monthly"},
        {"order": "P-2", "customer": "Bo", "on": D, "next": date(2025, 2, 10)},
        {"order": "P-3", "customer": "Cy", "on": D, "next": date(2025, 3, 10)},
    )
    assert engine.candidates(context(Shop(orders=rows), date(2025, 2, 20))).planned_without_row == 2


def test_an_answered_question_is_not_asked_again() -> None:
    rows = ({"order": "P-1", "customer": "Ana", "on": D, "next": date(2025, 2, 10)},)
    asked = engine.candidates(context(Shop(orders=rows), date(2025, 2, 20))).problems
    answered = Memory(first_run_on=D, answers={asked[0].identity: "no"})
    assert engine.candidates(context(Shop(orders=rows), date(2025, 2, 20), memory=answered)).problems == ()


def test_nobody_and_nothing() -> None:
    found = engine.candidates(context(Shop(), D))
    assert len(found.frame) == 0
    assert found.silenced == {}


def test_upcoming_is_within_the_horizon() -> None:
    rows = Shop(orders=({"order": "P-1", "customer": "Ana", "on": D},))
    found = dates(engine.candidates(context(rows, D, horizon=HORIZON)).frame)
    assert set(found) == {"check_in:P-1:1", "connect:P-1:1"}

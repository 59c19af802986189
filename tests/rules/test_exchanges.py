"""Runs ``cases/exchanges.toml`` from the tab as people write it: every sentence of domain.md §4, firing and silent."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sheets_sync import tasks
from sheets_sync.config import Settings
from sheets_sync.locale import LANGUAGES
from sheets_sync.memory import Memory, Noticed
from sheets_sync.rules import engine
from sheets_sync.rules.calendar import BusinessDays
from sheets_sync.rules.catalog import RULES
from sheets_sync.rules.context import Context
from sheets_sync.rules.engine import Candidates
from sheets_sync.tables.parse import parse
from tests.tables.tabs import tab

CASES = tomllib.loads((Path(__file__).parent / "cases" / "exchanges.toml").read_text("utf-8"))["case"]
FAMILY = [rule.id for rule in RULES.values() if rule.family == "exchanges"]
NAMES = {
    "orders": {"order": "order_id", "on": "ordered_on"},
    "exchanges": {"order": "order_id", "exchange": "exchange_id", "on": "requested_on"},
}


def source_tab(source: str, rows: list[dict[str, Any]], also: list[str]) -> Any:
    named = [{NAMES.get(source, {}).get(key, key): value for key, value in row.items()} for row in rows]
    keys = dict.fromkeys([*(key for row in named for key in row), *also])
    return tab(source, {key: [row.get(key) or None for row in named] for key in keys})


def looking(case: Mapping[str, Any], language: str = "pt-BR") -> Context:
    today, settings = case["today"], Settings.default(language, **case.get("settings", {}))
    memory = Memory(
        first_run_on=None if case.get("first_run") else date(2000, 1, 1),
        noticed={key: Noticed(on=day) for key, day in case.get("noticed", {}).items()},
        answers={f"ticks_without_date|exchanges|{column}": said for column, said in case.get("answers", {}).items()},
    )
    raws = [
        source_tab(source, case[source], case.get("columns", []) if source == "exchanges" else [])
        for source in ("customers", "orders", "exchanges")
        if source in case
    ]
    return Context(
        today=today,
        tables=parse(raws, settings, memory, today),
        settings=settings,
        memory=memory,
        ticks=case.get("ticked", {}),
        business_days=BusinessDays("BR", today),
        horizon=today + timedelta(days=30),
    )


def run(case: Mapping[str, Any]) -> Candidates:
    return engine.candidates(looking(case))


def shown(row: Any) -> dict[str, Any]:
    """What a case can check of a task."""

    def day(value: pd.Timestamp) -> date | str:
        return "never" if pd.isna(value) else value.date()

    return {
        "due": day(row.due_on),
        "late": day(row.late_on),
        "gone": day(row.gone_on),
        "since": day(row.since),
        "amount": None if pd.isna(row.amount) else row.amount / 100,
        "text": row.variant,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: Mapping[str, Any]) -> None:
    found = run(case)
    frame = found.frame[found.frame["rule"].isin(FAMILY)]
    every = dict(zip(engine.keys(frame), frame.itertuples(), strict=True))
    assert len(every) == len(frame)
    visible = {key: shown(row) for key, row in every.items() if row.visible_on.date() <= case["today"]}
    if "open" in case:
        assert sorted(visible) == sorted(case["open"])
    for key, wanted in case.get("open", {}).items():
        assert {name: visible[key][name] for name in wanted} == wanted, key
    if "coming" in case:
        assert sorted(every.keys() - visible.keys()) == sorted(case["coming"])
    if "asked" in case:
        questions = [p for p in found.problems if p.code == "ticks_without_date"]
        assert {p.identity.split("|")[-1]: p.count for p in questions} == case["asked"]
        assert all(p.choices == ("always", "reopen") and p.where.row for p in questions)
    if "reopened" in case:
        assert found.remembered.reopened == set(case["reopened"])
    if "needed" in case:
        assert found.remembered.needed == set(case["needed"])
    if "noticed_now" in case:
        ours = {key: n.on for key, n in found.remembered.noticed.items() if key.split(":")[0] in FAMILY}
        assert ours == case["noticed_now"]


def test_every_rule_fires_and_stays_silent() -> None:
    fires = {key.split(":")[0] for case in CASES for key in case.get("open", {})}
    assert fires == set(FAMILY)


def test_every_case_has_words() -> None:
    """Why and message of every task of every case can be said, in each language, with nothing left unfilled."""
    said: set[tuple[str, str]] = set()
    for case in CASES:
        context = looking(case)
        frame = engine.candidates(context).frame
        frame = frame[frame["rule"].isin(FAMILY)].reset_index(drop=True)
        said |= set(zip(frame["rule"], frame["variant"], strict=True))
        told = (tasks.build(frame, context.tables.customers, Settings.default(language)) for language in LANGUAGES)
        for task in chain.from_iterable(told):
            assert task.why, task.key
            assert bool(task.message) == RULES[task.rule].message, task.key
            assert not {"{", "[", "]", "nan", "NaT", "<NA>"} & set(task.why.split()), task.why
            assert "{" not in task.why + task.message, task.key
            assert not {"[", "None", "nan"} & set(task.message.split()), task.message
    assert len(said) >= 25

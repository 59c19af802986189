"""The whole way of a person through the panel, over HTTP as Google sends it, at a real functions-framework process."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sheets_sync import locale
from sheets_sync.locale import Locale
from sheets_sync.model import OwnTab
from tests.addon.conftest import Shop
from tests.addon.google_side import Person, buttons, chosen, customers, typed, widgets
from tests.cloud.town import Function
from tests.sheets_server import SheetsServer

ZERO = date(1899, 12, 30)


def rows_of(sheets: SheetsServer, spreadsheet: str, language: str) -> dict[str, dict[str, Any]]:
    """The rows of both task tabs by key: cells by column key."""
    words, someone = locale.load(language), sheets.person(spreadsheet)
    found: dict[str, dict[str, Any]] = {}
    for own in (OwnTab.TOUCHPOINTS, OwnTab.EXCHANGES):
        keys, *rows = someone.values(words.title(own))
        names = ["status", *(str(key) for key in keys[1:])]
        for row in rows[3:]:
            cells = dict(zip(names, row, strict=False))
            if cells.get("key"):
                found[str(cells["key"])] = cells
    return found


@pytest.mark.parametrize(("named", "language"), [("pt-BR", "pt-BR"), ("es-419", "es"), ("nl", "nl"), ("en-GB", "en")])
def test_homepage_consent_homepage_tick_sync(
    at_the_function: Callable[..., Person], sheets: SheetsServer, synced: Shop, named: str, language: str
) -> None:
    words, today = locale.load(language), datetime.now(UTC).date()
    me = at_the_function(synced(), named, granted=False)

    # opened: the question, and nothing was read
    me.opens()
    assert me.card["header"]["title"] == words.text("panel_consent_title")
    asks = me.presses(words.text("panel_consent_button"))
    assert "requestFileScopeForActiveDocument" in asks["renderActions"]["hostAppAction"]["editorAction"]
    assert sheets.journal == []

    # granted: today's tasks, as our tabs have them
    me.grants()
    assert me.card["header"]["subtitle"] == words.text("panel_updated_today")
    before = rows_of(sheets, me.spreadsheet, "en")
    assert len(customers(me.card)) == 20
    assert set(customers(me.card)) <= {row["customer"] for row in before.values()}
    assert words.text("panel_more", count=len(to_do(before)) - 20) in me.texts
    said_about_the_first(me, words, before)

    # ticked: one cell, of that key
    key = parameters(me, "tick")[0]["key"]
    me.presses(words.text("panel_tick"), 0)
    assert me.said == words.text("panel_ticked", customer=before[key]["customer"])
    rows = rows_of(sheets, me.spreadsheet, "en")
    assert rows == {**before, key: {**before[key], "done": True}}
    assert key not in [given["key"] for given in parameters(me, "tick")]

    # a note that looks like a formula, and postponed
    other = parameters(me, "task")[1]["key"]
    me.presses(words.text("panel_details"), 1)
    me.presses(words.text("panel_save_note"), note=typed("=1+1\nsecond line"))
    assert me.said == words.text("panel_noted", customer=before[other]["customer"])
    later = today + timedelta(days=9)
    me.presses(words.text("panel_details"), [given["key"] for given in parameters(me, "task")].index(other))
    assert "second line" in me.texts
    me.presses(words.text("panel_postpone"), postpone_to=chosen(later))
    assert me.said == words.text("panel_postponed", day=later, customer=before[other]["customer"])
    now = rows_of(sheets, me.spreadsheet, "en")[other]
    assert (now["note"], now["postpone_to"]) == ("=1+1\nsecond line", later.toordinal() - ZERO.toordinal())

    # synced: the run takes all of it for what the person did
    me.presses(words.text("panel_sync"))
    assert me.said is not None and me.said != words.text("panel_synced_nothing")
    rows, english = rows_of(sheets, me.spreadsheet, "en"), locale.load("en")
    assert (rows[key]["status"], rows[other]["status"]) == (english.status("done"), english.status("postponed"))
    assert f"{words.status('done')}: 1" in str(widgets(me.card)[0])
    assert f"{words.status('postponed')}: 1" in str(widgets(me.card)[0])


def test_the_first_sync_of_a_spreadsheet_and_what_the_log_says(
    at_the_function: Callable[..., Person], function: Function, sheets: SheetsServer, shop: Shop
) -> None:
    words = locale.load("pt-BR")
    me = at_the_function(shop("pt-BR"), "pt-BR", granted=True)
    me.opens()
    assert me.card["header"]["subtitle"] == words.text("panel_never")
    assert customers(me.card) == []
    me.presses(words.text("panel_sync"))
    rows = rows_of(sheets, me.spreadsheet, "pt-BR")
    assert me.said == words.text("panel_synced", add=len(rows), update=0, remove=0)
    assert set(customers(me.card)) <= {row["customer"] for row in rows.values()}
    me.presses(words.text("panel_sync"))
    assert me.said == words.text("panel_synced_nothing")
    me.presses(words.text("panel_tick"))
    logged = json.dumps(function.lines(), ensure_ascii=False)
    assert '"action": "tick"' in logged and '"action": "sync"' in logged
    for secret in (me.spreadsheet, "ya29.", *rows, *(str(row["customer"]) for row in rows.values())):
        assert secret not in logged


def to_do(rows: dict[str, dict[str, Any]]) -> list[str]:
    words = locale.load("en")
    some = {words.status(status) for status in ("open", "open_today", "late", "expires_tomorrow")}
    return [key for key, row in rows.items() if row["status"] in some]


def said_about_the_first(me: Person, words: Locale, rows: dict[str, dict[str, Any]]) -> None:
    """Who, what, why, when, how to reach them, and where the row is."""
    key = parameters(me, "tick")[0]["key"]
    row = rows[key]
    about, why, ways = me.card["sections"][1]["widgets"]
    assert about["decoratedText"]["text"] == row["customer"]
    assert about["decoratedText"]["bottomLabel"] == words.task(key.partition(":")[0])
    assert why["textParagraph"]["text"] == row["why"]
    assert words.date(ZERO + timedelta(days=int(row["due"]))) in about["decoratedText"]["topLabel"]
    urls = [b["onClick"]["openLink"]["url"] for b in ways["buttonList"]["buttons"] if "openLink" in b["onClick"]]
    assert urls[0].startswith(("https://wa.me/", "mailto:", "tel:"))
    assert urls[-1].startswith(f"https://docs.google.com/spreadsheets/d/{me.spreadsheet}/edit#gid=")


def parameters(me: Person, action: str) -> list[dict[str, str]]:
    """What the buttons of an action carry."""
    actions = [b["onClick"]["action"] for b in buttons(me.card) if "action" in b["onClick"]]
    carried = [{p["key"]: p["value"] for p in found["parameters"]} for found in actions]
    return [given for given in carried if given["action"] == action]

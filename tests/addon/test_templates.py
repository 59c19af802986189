"""What a team pastes and deploys: the add-on's manifest, and the menu for those who want no more than "Sync now"."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from google.apps.script import type as manifest
from google.apps.script.type import sheets as sheets_manifest
from google.protobuf import json_format

from cloud_function.addon.panel import SCOPE
from sheets_sync.locale import LANGUAGES, load
from tests.addon.google_side import links
from tests.addon.script_words import CODE, KEYS, with_words
from tests.addon.test_cards import line, listed, pages

TEMPLATES = Path(__file__).parents[2] / "templates"
DEPLOYMENT = json.loads((TEMPLATES / "addon" / "deployment.json").read_text("utf-8"))
SCRIPT = json.loads((TEMPLATES / "apps_script" / "appsscript.json").read_text("utf-8"))


def parsed(message: Any, written: Any) -> Any:
    """As Google reads it: an unknown field or a value of another kind is an error."""
    return json_format.ParseDict(written, message.pb(message()))


def test_the_manifest_is_one() -> None:
    add_ons = DEPLOYMENT["addOns"]
    assert set(DEPLOYMENT) == {"oauthScopes", "addOns"}
    assert set(add_ons) == {"common", "sheets", "httpOptions"}
    common = parsed(manifest.CommonAddOnManifest, add_ons["common"])
    assert common.name and common.logo_url.startswith("https://") and common.use_locale_from_app
    sheets = parsed(sheets_manifest.SheetsAddOnManifest, add_ons["sheets"])
    home, granted = sheets.homepage_trigger.run_function, sheets.on_file_scope_granted_trigger.run_function
    assert home == granted and home.startswith("https://")  # one address, so that its token has one audience
    options = parsed(manifest.HttpOptions, add_ons["httpOptions"])
    assert options.authorization_header == manifest.HttpAuthorizationHeader.SYSTEM_ID_TOKEN


def test_it_asks_for_the_one_file_and_the_language_and_no_more() -> None:
    assert DEPLOYMENT["oauthScopes"] == [SCOPE, "https://www.googleapis.com/auth/script.locale"]


def test_it_allows_the_links_that_cards_have() -> None:
    prefixes = tuple(DEPLOYMENT["addOns"]["common"]["openLinkUrlPrefixes"])
    one = line(contact=("+5543999990000", "https://wa.me/5543999990000?text=Oi"))
    other = line(contact=("ana@example.com", "mailto:ana@example.com?subject=Oi"))
    found = links(pages().home(listed(one, other)))
    assert {url.partition(":")[0] for url in found} == {"https", "tel", "mailto"}
    assert all(url.startswith(prefixes) for url in found if url.startswith("https"))


def test_it_names_the_widgets_that_cards_have() -> None:
    named = set(DEPLOYMENT["addOns"]["common"]["addOnWidgetSet"]["usedWidgets"])
    kinds = manifest.AddOnWidgetSet.WidgetType.__members__
    assert named <= set(kinds)
    card = json.dumps(pages().task(listed(line()), line()))
    assert ("dateTimePicker" in card, "fixedFooter" in card) == ("DATE_PICKER" in named, "FIXED_FOOTER" in named)


# ── the menu ────────────────────────────────────────────────────────────────


def test_its_words_are_those_of_the_locale_files() -> None:
    code = CODE.read_text("utf-8")
    assert with_words(code) == code, "python -m tests.addon.script_words"


def test_its_manifest_asks_for_no_more_than_it_does() -> None:
    code = CODE.read_text("utf-8")
    needs = {
        "openid": "getIdentityToken", "https://www.googleapis.com/auth/userinfo.email": "getIdentityToken",
        "https://www.googleapis.com/auth/script.external_request": "UrlFetchApp",
        "https://www.googleapis.com/auth/script.container.ui": "getUi",
        "https://www.googleapis.com/auth/spreadsheets.currentonly": "@OnlyCurrentDoc",
    }  # fmt: skip
    assert SCRIPT["oauthScopes"] == list(needs)
    assert all(used in code for used in needs.values())
    url = re.search(r"SYNC_URL = '([^']+)'", code)
    assert url is not None and url[1].startswith(tuple(SCRIPT["urlFetchWhitelist"]))


_STAGE = """
const toasts = [], menus = [], asked = [];
const answers = %(answer)s;
globalThis.Session = { getActiveUserLocale: () => %(locale)s };
const spreadsheet = { getId: () => 'the-id', getSpreadsheetLocale: () => 'nl_NL', toast: (text) => toasts.push(text) };
globalThis.SpreadsheetApp = {
  getActiveSpreadsheet: () => spreadsheet,
  getUi: () => ({ createMenu: (title) => ({ addItem: (text, name) => ({ addToUi: () => menus.push([title, text, name]) }) }) }),
};
globalThis.ScriptApp = { getIdentityToken: () => 'the.identity.token' };
globalThis.UrlFetchApp = { fetch: (url, options) => {
  asked.push([url, options]);
  if (answers === null) throw new Error('timed out');
  return { getResponseCode: () => answers[0], getContentText: () => answers[1] };
} };
%(code)s
onOpen();
syncNow();
console.log(JSON.stringify({ toasts, menus, asked }));
"""


def played(locale: str | None, answer: list[Any] | None) -> dict[str, Any]:
    """The menu opened and its item chosen, in Node with Apps Script's services as the documentation has them."""
    node = shutil.which("node")
    assert node is not None
    given = {"code": CODE.read_text("utf-8"), "locale": json.dumps(locale), "answer": json.dumps(answer)}
    done = subprocess.run([node, "-"], input=_STAGE % given, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Apps Script is JavaScript: needs node")


@needs_node
@pytest.mark.parametrize(
    ("locale", "language"), [("pt-BR", "pt-BR"), ("es_419", "es"), ("nl", "nl"), ("en-US", "en"), ("fr", "nl"), (None, "nl")]
)  # fmt: skip
def test_the_menu_speaks_the_person_s_language(locale: str | None, language: str) -> None:
    words = load(language)
    told = played(locale, [200, json.dumps({"outcome": "applied", "problems": []})])
    assert told["menus"] == [[words.text("menu_title"), words.text("panel_sync"), "syncNow"]]
    assert told["toasts"] == [words.text("menu_working"), words.text("menu_done")]
    [[url, options]] = told["asked"]
    assert url == "https://YOUR-FUNCTION.example/sync" and options["method"] == "post"
    assert json.loads(options["payload"]) == {"workbook": "the-id"}
    assert options["headers"] == {"Authorization": "Bearer the.identity.token"}


@needs_node
@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ([200, '{"outcome": "nothing"}'], "panel_synced_nothing"),
        ([409, '{"problems": [{"severity": "error", "message": "The tab is empty."}]}'], "The tab is empty."),
        ([403, '{"error": "not_allowed"}'], "menu_refused"),
        ([401, "<html>"], "menu_refused"),
        ([500, "{}"], "menu_failed"),
        ([503, "<html>busy"], "menu_failed"),
        (None, "menu_slow"),
    ],
)
def test_it_says_how_the_run_went(answer: list[Any] | None, key: str) -> None:
    said = played("en", answer)["toasts"][-1]
    assert said == (load("en").text(key) if key in {*KEYS.values()} else key)


def test_there_are_words_in_every_language() -> None:
    assert all(load(language).text(key) for language in LANGUAGES for key in KEYS.values())

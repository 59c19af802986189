"""What stands in cells is text on a card, never markup, and leads nowhere but to a chat, a call or a mail."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud_function.addon import widgets
from cloud_function.addon.list_of_tasks import TaskLine, TaskList
from cloud_function.addon.pages import LONGEST_NOTE, SHOWN, Pages
from sheets_sync.locale import LANGUAGES, load
from sheets_sync.model import OwnTab, Status
from sheets_sync.template import safe
from tests.addon.conftest import URL
from tests.addon.google_side import Person, buttons, check_card, links
from tests.addon.google_side import widgets as widgets_of
from tests.sheets_server import SheetsServer

TODAY = date(2026, 11, 20)
TAB = "Contacts today"
EVIL = [
    '<a href="https://evil.example">Ana</a>',
    "<img src=x onerror=alert(1)>",
    "<b>Ana</b> & <i>sons</i>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</text><font color='#ff0000'>",
    "*Ana* _Lima_ ~x~ `code` <https://evil.example|click>",
    "=HYPERLINK(\"https://evil.example\";\"Ana\")",
    "Ana\u202egnp.exe\u2066\x07\x00",
    "Ana\nLima\r\n<br>",
    "{customer} {0} %s ${x}",
    "<" * 5000,
]  # fmt: skip
LEADS_NOWHERE = [
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://evil.example/wa.me/5543999990000",
    "https://wa.me.evil.example/5543999990000",
    "https://wa.me@evil.example/5543999990000",
    "https://wa.me/5543999990000@evil.example",
    'https://wa.me/5543999990000?text="><script>',
    "https://wa.me/../5543999990000",
    "http://wa.me/5543999990000",
    "mailto:ana@example.com?subject=x\nbcc:evil@example.com",
    "mailto:ana@example.com,evil@example.com",
    "mailto:javascript:alert(1)",
    "tel:javascript:alert(1)",
    "tel:+55;ext=1",
    "file:///etc/passwd",
    "//evil.example",
]


def line(**given: Any) -> TaskLine:
    usual: dict[str, Any] = {
        "own": OwnTab.TOUCHPOINTS, "sheet": 7, "row": 5, "key": "check_in:P-1:1", "status": Status.LATE,
        "due": date(2026, 11, 18), "rule": "check_in", "task": "Check-In", "customer": "Ana", "why": "because",
        "message": "Hi", "contact": ("", None), "postpone_to": None, "people": {}, "fixed": frozenset(),
    }  # fmt: skip
    return TaskLine(**{**usual, **given})


def listed(*lines: TaskLine, title: str = "Shop", updated_on: date | None = TODAY) -> TaskList:
    return TaskList(
        spreadsheet="1" * 44, title=title, language="en", today=TODAY, updated_on=updated_on, lines=tuple(lines)
    )


def pages(language: str = "en") -> Pages:
    return Pages(words=load(language), url=URL, spreadsheet="1" * 44)


def markup_free(card: Any) -> None:
    """No tag but our line breaks where a field takes markup; no sign that begins one where it takes none."""
    for place, text in _texts(card):
        if place == "text" or place.endswith("Paragraph.text"):
            assert "<" not in text.replace("<br>", ""), text[:200]
            assert not re.search(r"&(?!amp;|lt;|gt;)", text), text[:200]
        elif place in {"title", "subtitle", "topLabel", "bottomLabel"}:
            assert not set(text) & set("<>"), text[:200]
        assert place == "value" or safe(text) == text, (place, text[:200])


def _texts(found: Any, name: str = "") -> list[tuple[str, str]]:
    if isinstance(found, dict):
        return [pair for key, inner in found.items() for pair in _texts(inner, key)]
    if isinstance(found, list):
        return [pair for inner in found for pair in _texts(inner, name)]
    return [(name, found)] if isinstance(found, str) and name not in {"url", "function", "key"} else []


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_cell_becomes_markup(evil: str, language: str) -> None:
    one = line(
        customer=evil, why=evil, message=evil, task=evil, rule="of a later version", people={"note": evil},
        contact=(evil, evil), key=f"of a later version:{evil}:1",
    )  # fmt: skip
    made = pages(language)
    for card in (made.home(listed(one, title=evil)), made.task(listed(one), one), made.failed(evil)):
        check_card(card)
        markup_free(card)
        assert "evil.example" not in json.dumps(links(card))


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_any_text_is_shown_as_it_is(customer: str, why: str) -> None:
    one = line(customer=customer, why=why, people={"note": customer}, contact=(why, customer))
    for card in (pages().home(listed(one)), pages().task(listed(one), one)):
        check_card(card)
        markup_free(card)
    shown = widgets_of(pages().home(listed(one)))[2]["textParagraph"]["text"]
    plain = html.unescape(shown.replace("<br>", "\n"))
    assert plain.replace("\n", " ").split() == [w for w in re.split(r"\s+", _printable(why)) if w]


def _printable(text: str) -> str:
    return " ".join(safe(part) for part in text.splitlines())


@pytest.mark.parametrize("target", LEADS_NOWHERE)
def test_a_link_that_is_no_contact_leads_nowhere(target: str) -> None:
    assert widgets.contacts("Ana", target) == {}
    assert widgets.contacts(target, None) == {} or not target.startswith(("http", "java"))


@pytest.mark.parametrize(
    ("shown", "target", "ways"),
    [
        ("+5543999990000", "https://wa.me/5543999990000?text=Oi%2C%20Ana%21", ("whatsapp", "call")),
        ("ana@example.com", "mailto:ana@example.com?subject=Oi&body=Ana%2C%0Atudo%20bem%3F", ("mail",)),
        ("+55 (43) 3322-1100", None, ("call",)),
        ("+554333221100", "tel:+554333221100", ("call",)),
        ("", None, ()),
        ("call her sister", None, ()),
    ],
)
def test_where_a_contact_leads(shown: str, target: str | None, ways: tuple[str, ...]) -> None:
    found = widgets.contacts(shown, target)
    assert tuple(found) == ways
    assert all(url == target or re.fullmatch(r"tel:\+\d+", url) for url in found.values())


def test_a_card_shows_twenty_and_says_how_many_more() -> None:
    many = [line(row=5 + n, key=f"check_in:P-{n}:1", customer=f"C {n}") for n in range(300)]
    card = pages().home(listed(*many))
    check_card(card)
    assert sum("decoratedText" in widget for widget in widgets_of(card)) == SHOWN
    assert "280 more: see the tabs" in json.dumps(card)
    assert len(json.dumps(card)) < 40_000


def test_the_most_urgent_come_first_whatever_their_tab() -> None:
    some = [
        line(key="check_in:a:1", row=5, status=Status.OPEN, customer="open"),
        line(key="check_in:b:1", row=6, status=Status.EXPIRES_TOMORROW, customer="last day"),
        line(key="voucher_issue:c:1", row=5, own=OwnTab.EXCHANGES, rule="voucher_issue", customer="late exchange"),
        line(key="check_in:d:1", row=7, customer="late contact"),
        *(line(key=f"check_in:{s}:1", row=9, status=s, customer=s) for s in (Status.DONE, Status.HELD, Status.POSTPONED, Status.UPCOMING)),
    ]  # fmt: skip
    card = pages().home(listed(*some))
    shown = [w["decoratedText"]["text"] for w in widgets_of(card) if "decoratedText" in w]
    assert shown == ["last day", "late contact", "late exchange", "open"]
    counts = widgets_of(card)[0]["textParagraph"]["text"]
    assert counts.startswith("▲ Expires tomorrow: 1 · Late: 2 · Open: 1 · On hold: 1 · Done: 1")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_speaks_the_person_s_language(language: str) -> None:
    words = load(language)
    made = pages(language)
    home = made.home(listed(line(status=Status.OPEN, due=TODAY)))
    assert words.status("open_today") in json.dumps(home, ensure_ascii=False)
    assert words.task("check_in") in json.dumps(home, ensure_ascii=False)
    assert made.home(listed(updated_on=None))["header"]["subtitle"] == words.text("panel_never")
    old = made.home(listed(updated_on=date(2026, 11, 18)))
    assert old["header"]["subtitle"] == words.text("panel_updated", day=date(2026, 11, 18))
    assert words.text("panel_nothing") in json.dumps(old, ensure_ascii=False)
    for card in (home, old, made.consent(), made.task(listed(line()), line())):
        check_card(card)


def test_what_may_not_be_written_is_not_offered() -> None:
    def offered(one: TaskLine) -> set[str]:
        card = pages().task(listed(one), one)
        check_card(card)
        return {b["text"] for b in buttons(card)} & {"Done", "Postpone", "Save note"}

    assert offered(line()) == {"Done", "Postpone", "Save note"}
    assert offered(line(fixed=frozenset({"done"}))) == {"Postpone", "Save note"}
    assert offered(line(fixed=frozenset({"done", "postpone_to", "note"}))) == set()
    assert offered(line(people={"note": "x" * (LONGEST_NOTE + 1)})) == {"Done", "Postpone"}


def test_cells_of_a_real_tab_do_no_better(person: Person, sheets: SheetsServer) -> None:
    someone = sheets.person(person.spreadsheet)
    evil = '<a href="https://evil.example">&x</a>'
    start = {"sheetId": someone.sheet(TAB).id, "rowIndex": 4, "columnIndex": 3}
    cells: list[dict[str, Any]] = [{"userEnteredValue": {"stringValue": evil}}]
    cells.append({**cells[0], "userEnteredFormat": {"textFormat": {"link": {"uri": "https://evil.example/wa.me"}}}})
    fields = "userEnteredValue,userEnteredFormat.textFormat.link"
    someone.requests({"updateCells": {"start": start, "rows": [{"values": cells}], "fields": fields}})
    someone.types(TAB, "G5", evil)
    someone.types(TAB, "O5", evil)
    person.opens()
    markup_free(person.card)
    assert html.escape(evil, quote=False) in person.texts.replace('\\"', '"')
    assert not [url for url in links(person.card) if "evil" in url]
    person.presses("Done")  # the name comes back in what is said
    assert person.said is None or not set(person.said) & set("<>")

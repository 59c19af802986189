"""``sync``: what it takes, whom it does it for, what it answers, and what it never says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloud_function import allowed, registry, sheets
from sheets_sync import run, sample
from tests.cloud.town import ON, Town, door
from tests.conftest import DAY
from tests.sheets_server import Fault, Kind

SOMEBODY = "1" + "x" * 43
"""An id as Google's are, of no spreadsheet."""


@pytest.fixture
def shop(town: Town, monkeypatch: pytest.MonkeyPatch) -> str:
    """A shop that is on the list."""
    made = town.shop()
    monkeypatch.setenv(allowed.VARIABLE, f"https://docs.google.com/spreadsheets/d/{made}/edit, {SOMEBODY}")
    return made


def post(body: Any) -> tuple[int, dict[str, Any]]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = door("sync").post("/", data=content, content_type="application/json")
    return answer.status_code, answer.get_json()


def the_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    told: dict[str, Any] = json.loads(line)
    return told


# ── what it takes ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "error", "field"),
    [
        (b"", "body_not_json", ""),
        (b"\xff\xfe", "body_not_json", ""),
        (b"[" * 60_000, "body_not_json", ""),
        ([SOMEBODY], "body_not_an_object", ""),
        ({}, "field_missing", "workbook"),
        ({"workbook": None}, "field_wrong", "workbook"),
        ({"workbook": 7}, "field_wrong", "workbook"),
        ({"workbook": "../../etc/passwd"}, "field_wrong", "workbook"),
        ({"workbook": SOMEBODY, "workbok": 1}, "field_unknown", "workbok"),
        (b'{"\\ud800": 1}', "field_unknown", "\ud800"),
        ({"workbook": "-" * 300}, "field_wrong", "workbook"),
        ({"workbook": SOMEBODY, "on": "22/11/2026"}, "field_wrong", "on"),
        ({"workbook": SOMEBODY, "on": "2026-02-30"}, "field_wrong", "on"),
        ({"workbook": SOMEBODY, "on": 20261122}, "field_wrong", "on"),
        ({"workbook": SOMEBODY, "dry_run": "yes"}, "field_wrong", "dry_run"),
        ({"workbook": SOMEBODY, "dry_run": None}, "field_wrong", "dry_run"),
        ({"workbook": SOMEBODY, "on": " " * 70_000}, "body_too_long", ""),
    ],
)
def test_what_is_wrong_with_a_body_is_named_and_nothing_is_asked_of_google(
    town: Town, body: Any, error: str, field: str
) -> None:
    assert post(body) == (400, {"error": error, "field": field})
    assert town.sheets.journal == []


@pytest.mark.parametrize("target", ["sync", "dispatch"])
def test_a_link_that_somebody_follows_runs_nothing(town: Town, shop: str, target: str) -> None:
    answer = door(target).get("/", data=json.dumps({"workbook": shop}), content_type="application/json")
    assert (answer.status_code, answer.get_json()) == (405, {"error": "post_only"})
    assert town.sheets.journal == []


def test_who_is_not_on_the_list_learns_nothing(town: Town, shop: str) -> None:
    there = town.shop()
    assert post({"workbook": there}) == post({"workbook": "2" + "y" * 43}) == (403, {"error": "not_allowed"})
    assert town.sheets.journal == []
    assert "Contacts today" not in town.titles(there)


def test_without_any_list_nothing_is_touched(town: Town) -> None:
    assert post({"workbook": town.shop()}) == (403, {"error": "not_allowed"})


def test_the_registry_is_a_list_of_those_enabled_and_is_not_read_for_every_run(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, paused, late = town.shop(), town.shop(), town.shop()
    listed = town.registry([[known, None, 7, True], [paused, None, 7, False]])
    monkeypatch.setenv(registry.VARIABLE, listed)
    now = [0.0]
    monkeypatch.setattr(allowed, "_REGISTERED", allowed.Registered(lambda: now[0]))
    statuses = [post({"workbook": book, "on": ON, "dry_run": True})[0] for book in (known, known, paused, late)]
    assert statuses == [200, 200, 403, 403]
    assert [call.path.rsplit("/", 1)[-1] for call in town.sheets.journal].count(listed) == 1
    town.sheets.person(listed).types("Shops", "A4", late)
    town.sheets.person(listed).types("Shops", "C4", "7")
    town.sheets.person(listed).types("Shops", "D4", "TRUE")
    assert post({"workbook": late, "on": ON, "dry_run": True})[0] == 403
    now[0] += allowed.UNKNOWN_FOR + 1
    assert post({"workbook": late, "on": ON, "dry_run": True})[0] == 200
    town.sheets.person(listed).types("Shops", "D2", "FALSE")
    assert post({"workbook": known, "on": ON, "dry_run": True})[0] == 200
    now[0] += allowed.KNOWN_FOR + 1
    assert post({"workbook": known, "on": ON, "dry_run": True})[0] == 403


# ── what it answers ─────────────────────────────────────────────────────────


def test_a_run_is_answered_with_its_json_and_the_second_one_does_nothing(
    town: Town, shop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, dry = post({"workbook": shop, "on": ON, "dry_run": True})
    assert (status, dry["outcome"]) == (200, "planned")
    assert "Contacts today" not in town.titles(shop)
    capsys.readouterr()
    status, done = post({"workbook": shop, "on": ON})
    assert (status, done["outcome"], done["on"]) == (200, "applied", ON)
    assert done["tasks"]
    assert "Contacts today" in town.titles(shop)
    line = the_line(capsys)
    assert line["run_id"] == done["run_id"]
    assert (line["severity"], line["outcome"], line["tasks"]) == ("INFO", "applied", len(done["tasks"]))
    assert line["calls"]["writes"] == 1
    assert line["workbook"] not in {shop, ""}
    status, again = post({"workbook": shop, "on": ON})
    assert (status, again["outcome"], again["traffic"]["writes"]) == (200, "nothing", 0)


def test_what_undo_would_need_is_not_kept_where_a_disk_is_memory(town: Town, shop: str) -> None:
    assert post({"workbook": shop, "on": ON})[1]["outcome"] == "applied"
    assert not (town.folder / "state" / "spreadsheets").exists()


def test_today_is_the_workbook_s_own(town: Town, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[run.Request] = []
    sync = run.sync

    def listening(backend: Any, request: run.Request) -> Any:
        asked.append(request)
        return sync(backend, request)

    monkeypatch.setattr(run, "sync", listening)
    post({"workbook": shop, "dry_run": True})
    assert asked[0].on is None
    assert asked[0].now.tzinfo is not None


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Kind.TOO_MANY, 503, "google_quota"),
        (Kind.UNAVAILABLE, 503, "google_unreachable"),
        (Kind.NOT_FOUND, 500, "google_not_found"),
        (Kind.FORBIDDEN, 500, "google_no_access"),
    ],
)
def test_what_google_declines_has_a_status_that_says_whether_to_ask_again(
    town: Town,
    shop: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: Kind,
    status: int,
    code: str,
) -> None:
    monkeypatch.setattr(sheets, "MOST", 0.0)
    town.sheets.fail(*(Fault(n, kind) for n in range(1, 20)))
    got, body = post({"workbook": shop, "on": ON})
    assert (got, body["outcome"], body["problems"][0]["code"]) == (status, "failed", code)
    assert len(town.sheets.journal) == 1
    line = the_line(capsys)
    assert (line["severity"], line["code"], line["calls"]["reads"]) == ("ERROR", code, 1)
    if code == "google_no_access":  # the caller is told whom to share it with, the log is not
        assert "worker@sheets-server" in body["problems"][0]["message"]
        assert "worker@" not in json.dumps(line)


def test_a_plan_that_is_declined_is_409(town: Town, shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert post({"workbook": shop, "on": ON})[0] == 200
    person = town.sheets.person(shop)
    title = next(t for t in person.tabs if t == "Customers")
    for tab in (title, "Orders", "Exchanges"):
        person.clears(tab, "A2:Z200")
    capsys.readouterr()
    status, body = post({"workbook": shop, "on": ON})
    assert (status, body["outcome"]) == (409, "refused")
    assert the_line(capsys)["severity"] == "WARNING"


def test_a_fault_says_only_its_number_and_where_in_the_code_it_was(
    town: Town, shop: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        try:
            raise ValueError("Maria Souza 390.533.447-05")
        except ValueError as error:
            raise KeyError("Maria Souza +5543999990000") from error

    monkeypatch.setattr(run, "sync", broken)
    status, body = post({"workbook": shop, "on": ON})
    assert status == 500
    assert body["problems"][0]["code"] == "our_fault"
    captured = capsys.readouterr()
    line = json.loads(captured.out)
    assert (line["fault"], line["run_id"]) == (["KeyError", "ValueError"], body["run_id"])
    assert any("test_sync.py" in place and place.endswith("broken") for place in line["places"])
    for text in (json.dumps(body), captured.out, captured.err):
        assert "Maria" not in text
        assert "390" not in text


def personal(value: object) -> bool:
    return isinstance(value, str) and len(value) > 4


def test_no_name_number_or_note_of_anybody_gets_into_the_log(
    town: Town, shop: str, capfd: pytest.CaptureFixture[str]
) -> None:
    post({"workbook": shop, "on": ON})
    person = town.sheets.person(shop)
    (header,) = [row for row in person.sees("Contacts today", "A1:Z10") if "Note" in row]
    row = person.sees("Contacts today", "A1:Z10").index(header) + 2
    person.types("Contacts today", f"{chr(65 + header.index('Note'))}{row}", "she is in hospital")
    person.types("Contacts today", f"{chr(65 + header.index('Customer'))}{row}", "Somebody Else")
    post({"workbook": shop, "on": ON})
    post({"workbook": shop, "on": "2020-01-01"})
    post({"workbook": shop, "maria@example.com": 1})
    logged = "".join(capfd.readouterr())
    words = {str(v) for rows in sample.rows(DAY).values() for row in rows for v in row.values() if personal(v)}
    assert len(words) > 50
    words |= {"hospital", "Somebody", "maria@", shop}
    words -= {"applied", "nothing", "refused"}
    assert {word for word in words if word in logged} == set()
    assert logged.count("\n") == 4

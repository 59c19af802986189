"""Quota, faults, hooks and the clock: what makes a worker's bad day repeatable."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
import requests

from tests.server.conftest import Client
from tests.sheets_server import Fault, Kind, Person, SheetsServer


def test_a_full_minute_is_answered_429_until_it_is_over(server: SheetsServer, book: Client) -> None:
    server.clock.set(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    server.limit(reads=2, writes=1)
    book.values("A1")
    server.clock.advance(seconds=20)
    book.values("A1")
    book.write("A1", [["x"]])
    refused = book.call("GET", "/values/A1")
    error = refused.json()["error"]
    assert (refused.status_code, error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["message"] == (
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' "
        "of service 'sheets.googleapis.com' for consumer 'project_number:1'."
    )
    assert error["details"][0]["metadata"]["quota_limit"] == "ReadRequestsPerMinutePerUser"
    assert refused.headers["Retry-After"] == "40"
    assert "Write requests" in book.refused("PUT", "/values/A1", {"values": []}, 429, valueInputOption="RAW")
    server.clock.advance(seconds=40)
    book.values("A1")
    book.refused("GET", "/values/A1", code=429)


def test_a_search_by_post_is_a_read(server: SheetsServer, book: Client) -> None:
    server.limit(reads=1, writes=0)
    book.ok("POST", ":getByDataFilter", {})
    book.refused("POST", ":getByDataFilter", {}, 429)


def test_429_may_come_without_saying_when(server: SheetsServer, book: Client) -> None:
    server.limit(reads=0, writes=0, says_when=False)
    assert "Retry-After" not in book.call("GET", "/values/A1").headers


@pytest.mark.parametrize(
    ("kind", "status"),
    [(Kind.TOO_MANY, 429), (Kind.INTERNAL, 500), (Kind.UNAVAILABLE, 503), (Kind.FORBIDDEN, 403), (Kind.NOT_FOUND, 404)],
)
def test_a_call_fails_by_its_number_and_only_that_one(
    server: SheetsServer, book: Client, kind: Kind, status: int
) -> None:
    server.fail(Fault(2, kind))
    book.write("A1", [["one"]])
    book.refused("PUT", "/values/A1", {"values": [["two"]]}, status, valueInputOption="RAW")
    assert book.values("A1") == [["one"]]
    assert [call.fault for call in server.journal[-3:]] == ["", kind, ""]


def test_retry_after_says_when(server: SheetsServer, book: Client) -> None:
    server.fail(Fault(1, Kind.TOO_MANY_WAIT, retry_after=7))
    assert book.call("GET", "/values/A1").headers["Retry-After"] == "7"


@pytest.mark.parametrize(("kind", "written"), [(Kind.CUT_BEFORE, []), (Kind.CUT_AFTER, [["x"]])])
def test_a_cut_connection_leaves_the_client_without_an_answer(
    server: SheetsServer, book: Client, kind: Kind, written: list[list[str]]
) -> None:
    server.fail(Fault(1, kind))
    with pytest.raises(requests.ConnectionError):
        book.write("A1", [["x"]])
    assert book.values("A1") == written


@pytest.mark.parametrize(("kind", "written"), [(Kind.TIMEOUT, []), (Kind.TIMEOUT_AFTER, [["x"]])])
def test_a_silent_server_is_left_by_the_client(
    server: SheetsServer, book: Client, kind: Kind, written: list[list[str]]
) -> None:
    server.fail(Fault(1, kind))
    began = time.monotonic()
    url = f"{server.url}/v4/spreadsheets/{book.id}/values/A1"
    with pytest.raises(requests.ReadTimeout):
        book.session.put(url, params={"valueInputOption": "RAW"}, json={"values": [["x"]]}, timeout=0.2)
    assert time.monotonic() - began < 5
    assert book.values("A1") == written


def test_a_garbage_answer_is_no_json_though_the_write_was_applied(server: SheetsServer, book: Client) -> None:
    server.fail(Fault(1, Kind.GARBAGE))
    answer = book.call("PUT", "/values/A1", {"values": [["x"]]}, valueInputOption="RAW")
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert book.values("A1") == [["x"]]


def test_people_edit_between_the_read_and_the_write(server: SheetsServer, book: Client, person: Person) -> None:
    book.write("A1", [["b"], ["a"]])
    server.before_next_write(lambda: person.sorts("Sheet1", "A1:A2", "A"))
    assert book.values("A1:A2") == [["b"], ["a"]]
    book.write("B1", [["beside what was read as b"]])
    assert book.values("A1:B2") == [["a", "beside what was read as b"], ["b"]]
    book.write("C1", [["x"]])
    assert person.sees("Sheet1", "A1:A2") == [["a"], ["b"]]


def test_every_call_can_be_met_before_it_is_applied(server: SheetsServer, book: Client, person: Person) -> None:
    seen: list[tuple[bool, list[list[str]]]] = []
    server.before_each(lambda call: seen.append((call.write, person.sees("Sheet1"))))
    book.write("A1", [["x"]])
    book.values("A1")
    assert seen == [(True, []), (False, [["x"]])]


def test_the_journal_tells_reads_from_writes_and_counts_bytes(
    server: SheetsServer, book: Client, person: Person
) -> None:
    book.values("A1")
    book.write("A1", [["x"]])
    person.types("Sheet1", "B1", "not a call")
    read, write = server.journal
    assert (read.write, write.write) == (False, True)
    assert (read.method, write.method) == ("sheets.spreadsheets.values.get", "sheets.spreadsheets.values.update")
    assert write.body == {"values": [["x"]]}
    assert read.answer_bytes > 40 and write.request_bytes == len('{"values": [["x"]]}')
    assert (read.status, write.status) == (200, 200)


def test_a_file_that_was_not_shared_is_refused(server: SheetsServer, book: Client) -> None:
    server.file(book.id).forbidden = True
    assert book.refused("GET", "", code=403) == "The caller does not have permission"
    other = Client(server, "nothing-there")
    assert other.refused("GET", "", code=404) == "Requested entity was not found."


def test_the_server_listens_on_loopback_alone(server: SheetsServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")


def test_every_change_is_seen_in_drive(server: SheetsServer, book: Client) -> None:
    server.clock.set(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    book.write("A1", [["x"]])
    url = f"{server.url}/drive/v3/files/{book.id}"
    before = book.session.get(url, params={"fields": "version,modifiedTime"}, timeout=5).json()
    assert before["modifiedTime"] == "2026-11-22T09:00:00.000Z"
    book.values("A1")
    assert book.session.get(url, params={"fields": "version,modifiedTime"}, timeout=5).json() == before
    book.write("A1", [["y"]])
    assert int(book.session.get(url, params={"fields": "version"}, timeout=5).json()["version"]) > int(
        before["version"]
    )

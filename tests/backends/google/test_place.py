"""The spreadsheet's own locale and time zone decide how dates are read and what today is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sheets_sync.config import known_place
from sheets_sync.run import Clock, Request, look, sync
from tests.backends.google.spreadsheets import Desk
from tests.sheets_server import SheetsServer

HEAD = ["Nº do pedido", "Código do cliente", "Data do pedido", "Valor pago"]


@pytest.mark.parametrize(("locale", "day", "cents"), [("pt_BR", "2026-11-03", 123450), ("en_US", "2026-03-11", 123450)])
def test_texts_are_read_in_the_spreadsheet_s_locale(server: SheetsServer, locale: str, day: str, cents: int) -> None:
    amount = "1.234,50" if locale == "pt_BR" else "1,234.50"
    desk = Desk(server, {"Pedidos": [HEAD, ["P-1", "C1", "03/11/2026", amount]]}, locale=locale)
    backend = desk.backend()
    seen = look(backend, Request(now=datetime(2026, 11, 20, tzinfo=UTC), run_id="test"), Clock())
    backend.close()
    assert str(seen.tables.orders["ordered_on"].iloc[0])[:10] == day
    assert seen.tables.orders["total"].iloc[0] == cents


@pytest.mark.parametrize(
    ("moment", "day"), [("2026-11-20T02:30+00:00", "2026-11-19"), ("2026-11-20T03:30+00:00", "2026-11-20")]
)
def test_today_is_that_of_the_spreadsheet_s_time_zone(server: SheetsServer, moment: str, day: str) -> None:
    desk = Desk(server, {"Pedidos": [HEAD, ["P-1", "C1", "01/11/2026", 10]]})
    backend = desk.backend()
    report = sync(backend, Request(now=datetime.fromisoformat(moment), run_id="test"))
    backend.close()
    assert str(report.on) == day


@pytest.mark.parametrize(("zone", "day"), [("GMT-07:00", "2026-11-19"), ("GMT+05:30", "2026-11-20")])
def test_a_custom_zone_is_one(server: SheetsServer, zone: str, day: str) -> None:
    desk = Desk(server, {"Pedidos": [HEAD, ["P-1", "C1", "01/11/2026", 10]]})
    properties = {"properties": {"timeZone": zone}, "fields": "timeZone"}
    desk.person.requests({"updateSpreadsheetProperties": properties})
    backend = desk.backend()
    report = sync(backend, Request(now=datetime.fromisoformat("2026-11-20T02:30+00:00"), run_id="test"))
    backend.close()
    assert (str(report.on), report.problems) == (day, ())


@pytest.mark.parametrize(
    ("named", "read_as"),
    [("pt_BR", "pt-BR"), ("pt_PT", "pt-PT"), ("nl_NL", "nl-NL"), ("es_AR", "es-ES"), ("en_US", "en-US"), ("en", "en-US"),
     ("en_AU", "en-GB"), ("en_CA", ""), ("ja_JP", ""), ("", "")],
)  # fmt: skip
def test_a_locale_is_read_as_the_nearest_that_writes_dates_alike(named: str, read_as: str) -> None:
    assert known_place(named) == read_as

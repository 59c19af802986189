"""How our tabs look and help people: given when a tab is born and when our layout version rises, never otherwise."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sheets_sync.backends.google import born
from sheets_sync.model import Outcome, OwnTab
from sheets_sync.run import Request, sync
from tests.backends.contract import DAY, SHOP
from tests.backends.google.spreadsheets import Desk
from tests.sheets_server import SheetsServer

TITLE = "Contatos de hoje"
FIELDS = (
    "sheets(properties,conditionalFormats,protectedRanges,basicFilter,"
    "data(rowMetadata,columnMetadata,rowData(values(userEnteredValue,userEnteredFormat,dataValidation))))"
)


def run(desk: Desk, on: date = DAY) -> Any:
    backend = desk.backend()
    try:
        return sync(backend, Request(now=datetime.now(UTC), run_id="test", on=on, write=True))
    finally:
        backend.close()


def tab(desk: Desk, title: str = TITLE) -> dict[str, Any]:
    answer = desk.client().read(desk.id, FIELDS)
    return next(sheet for sheet in answer["sheets"] if sheet["properties"]["title"] == title)


@pytest.fixture
def desk(server: SheetsServer) -> Desk:
    desk = Desk(server, SHOP)
    run(desk)
    return desk


def cell(found: dict[str, Any], row: int, position: int) -> dict[str, Any]:
    held: dict[str, Any] = found["data"][0]["rowData"][row - 1]["values"][position]
    return held


def test_a_tab_is_born_with_all_that_helps(desk: Desk) -> None:
    found = tab(desk)
    grid = found["properties"]["gridProperties"]
    assert grid["frozenRowCount"] == 4
    assert grid["hideGridlines"] is True
    assert found["properties"]["tabColorStyle"]["rgbColor"]
    assert found["data"][0]["rowMetadata"][0]["hiddenByUser"] is True
    assert found["data"][0]["columnMetadata"][10]["hiddenByUser"] is True
    assert cell(found, 5, 11)["dataValidation"]["condition"]["type"] == "BOOLEAN"
    assert cell(found, 5, 12)["dataValidation"]["condition"]["type"] == "DATE_IS_VALID"
    assert cell(found, 5, 1)["userEnteredFormat"]["numberFormat"] == {"type": "DATE", "pattern": "dd/mm/yyyy"}
    assert found["basicFilter"]["range"]["startRowIndex"] == 3
    (protected,) = found["protectedRanges"]
    assert protected["warningOnly"] is True
    assert (protected["range"].get("startColumnIndex", 0), protected["range"]["endColumnIndex"]) == (0, 11)
    assert len(found["conditionalFormats"]) >= 8
    assert all(rule["ranges"][0]["startRowIndex"] == 3 for rule in found["conditionalFormats"])


def test_values_are_written_as_what_they_are_and_text_is_never_parsed(desk: Desk, server: SheetsServer) -> None:
    assert [call.method for call in server.journal if call.write] == ["sheets.spreadsheets.batchUpdate"]
    held = [
        entry
        for row in tab(desk)["data"][0]["rowData"]
        for data in row.get("values", ())
        if (entry := data.get("userEnteredValue"))
    ]
    assert {kind for entry in held for kind in entry} == {"stringValue", "numberValue"}
    assert {"stringValue": "=HYPERLINK(1)"} in held
    assert set(cell(tab(desk), 5, 1)["userEnteredValue"]) == {"numberValue"}  # a date


def test_the_memory_s_tab_is_hidden(desk: Desk) -> None:
    assert tab(desk, "_sync")["properties"]["hidden"] is True


def test_a_row_that_comes_later_looks_and_helps_as_the_first_ones(desk: Desk) -> None:
    before = tab(desk)
    desk.put("Pedidos", 5, 0, "P-9")
    desk.put("Pedidos", 5, 1, "00123")
    desk.put("Pedidos", 5, 2, DAY - timedelta(days=1))
    run(desk, DAY + timedelta(days=6))
    after = tab(desk)
    for position in (0, 1, 5, 11, 12):
        one, other = cell(before, 5, position), cell(after, 5, position)
        assert one.get("userEnteredFormat") == other.get("userEnteredFormat")
        assert one.get("dataValidation") == other.get("dataValidation")
    assert len(after["conditionalFormats"]) == len(before["conditionalFormats"])
    assert after["basicFilter"]["range"]["startRowIndex"] == 3


def test_a_tick_greys_its_row_at_once(desk: Desk, server: SheetsServer) -> None:
    def colour() -> Any:
        answer = desk.client().read(desk.id, "sheets(properties(title),data(rowData(values(effectiveFormat))))")
        found = next(s for s in answer["sheets"] if s["properties"]["title"] == TITLE)
        return cell(found, 5, 3)["effectiveFormat"].get("backgroundColorStyle")

    before = colour()
    desk.put(TITLE, 5, 11, True)
    assert colour() != before


def test_what_people_took_away_stays_away(desk: Desk) -> None:
    sheet = desk.sheet_id(TITLE)
    desk.person.requests(
        {"clearBasicFilter": {"sheetId": sheet}},
        {"deleteConditionalFormatRule": {"sheetId": sheet, "index": 0}},
        {"updateSheetProperties": {"properties": {"sheetId": sheet, "gridProperties": {"frozenRowCount": 0}},
                                   "fields": "gridProperties.frozenRowCount"}},
    )  # fmt: skip
    before = tab(desk)
    run(desk, DAY + timedelta(days=1))
    after = tab(desk)
    assert "basicFilter" not in after
    assert len(after["conditionalFormats"]) == len(before["conditionalFormats"])
    assert not after["properties"]["gridProperties"].get("frozenRowCount")


def test_a_risen_layout_version_brings_them_back_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tab(desk)
    sheet = desk.sheet_id(TITLE)
    theirs = {
        "ranges": [{"sheetId": sheet, "startRowIndex": 0, "endRowIndex": 2}],
        "booleanRule": {"condition": {"type": "NOT_BLANK"}, "format": {"textFormat": {"bold": True}}},
    }
    desk.person.requests(
        {"clearBasicFilter": {"sheetId": sheet}}, {"addConditionalFormatRule": {"index": 0, "rule": theirs}}
    )
    for module in ("backends.own_tabs", "tables.task_rows", "reconcile.tabs"):
        monkeypatch.setattr(f"sheets_sync.{module}.LAYOUT_VERSION", 2)
    run(desk)
    after = tab(desk)
    assert "basicFilter" in after
    kinds = [rule["booleanRule"]["condition"]["type"] for rule in after["conditionalFormats"]]
    assert kinds.count("NOT_BLANK") == 1
    assert len(kinds) == len(before["conditionalFormats"]) + 1
    assert str(desk.person.values(TITLE, "A1")[0][0]).endswith(":2")
    again = run(desk)
    assert again.outcome is Outcome.NOTHING, [
        (t.own, t.restyle, t.repair, t.heading, t.updates) for t in again.plan.tabs
    ]


def test_ids_of_tabs_are_ours_and_free() -> None:
    ids = [born.free_id(own, set()) for own in OwnTab]
    assert len(set(ids)) == len(ids)
    assert born.free_id(OwnTab.TOUCHPOINTS, {ids[0]}) not in ids

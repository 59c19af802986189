"""Whatever lies on a tab: what came can go again, what moved can move back, and nothing is the worse for it."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.sheets_server import SheetsServer

SIZE = 12
INDEX = st.integers(0, SIZE - 1)
DIMENSION = st.sampled_from(["ROWS", "COLUMNS"])
CELL = st.sampled_from(["x", "=A1", "=$B$3+C4", "=SUM(A2:C6)", "=SUM(B:C)", "7", "=Sheet1!D5"])


@st.composite
def boxes(draw: st.DrawFn) -> dict[str, int]:
    top, left = draw(INDEX), draw(INDEX)
    bottom, right = draw(st.integers(top + 1, SIZE)), draw(st.integers(left + 1, SIZE))
    return {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}


@st.composite
def tabs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Requests that dress a tab: rules, protections, names and a filter on boxes, sizes and metadata on lines."""
    blank = {"condition": {"type": "BLANK"}, "format": {"textFormat": {"bold": True}}}
    out: list[dict[str, Any]] = [
        {"addConditionalFormatRule": {"rule": {"ranges": [box], "booleanRule": blank}}}
        for box in draw(st.lists(boxes(), max_size=3))
    ]
    out += [
        {"addProtectedRange": {"protectedRange": {"range": box, "warningOnly": True}}}
        for box in draw(st.lists(boxes(), max_size=2))
    ]
    out += [{"setBasicFilter": {"filter": {"range": box}}} for box in draw(st.lists(boxes(), max_size=1))]
    for index, name in draw(st.lists(st.tuples(INDEX, DIMENSION), max_size=3)):
        where = {"dimension": name, "startIndex": index, "endIndex": index + 1}
        out.append(
            {
                "updateDimensionProperties": {
                    "range": where,
                    "properties": {"pixelSize": 50 + index},
                    "fields": "pixelSize",
                }
            }
        )
        note = {"metadataKey": "k", "location": {"dimensionRange": where}, "visibility": "DOCUMENT"}
        out.append({"createDeveloperMetadata": {"developerMetadata": note}})
    return out


class Tab:
    """A tab of 12 by 12 with cells and things on it."""

    def __init__(self, cells: dict[tuple[int, int], str], dress: list[dict[str, Any]]) -> None:
        self.server = SheetsServer()
        self.id = self.server.create()
        self.person = self.server.person(self.id)
        grid = {"gridProperties": {"rowCount": SIZE, "columnCount": SIZE}}
        self.do({"updateSheetProperties": {"properties": grid, "fields": "gridProperties(rowCount,columnCount)"}})
        for (row, column), text in cells.items():
            self.person.types("Sheet1", f"{chr(65 + column)}{row + 1}", text)
        if dress:
            self.do(*dress)

    def do(self, *requests: dict[str, Any]) -> None:
        self.person.requests(*requests)

    def picture(self) -> tuple[list[str], list[Any]]:
        metadata = [m["location"] for m in self.server.file(self.id).book.metadata]
        return self.server.picture(self.id), metadata

    def close(self) -> None:
        self.server._http.server_close()


CELLS = st.dictionaries(st.tuples(INDEX, INDEX), CELL, max_size=12)


def change(kind: str, dimension: str, start: int, count: int) -> dict[str, Any]:
    return {kind: {"range": {"dimension": dimension, "startIndex": start, "endIndex": start + count}}}


@given(CELLS, tabs(), DIMENSION, INDEX, st.integers(1, 3))
def test_what_was_inserted_and_deleted_again_was_never_there(
    cells: dict[tuple[int, int], str], dress: list[dict[str, Any]], dimension: str, at: int, count: int
) -> None:
    tab = Tab(cells, dress)
    before = tab.picture()
    tab.do(change("insertDimension", dimension, at, count))
    tab.do(change("deleteDimension", dimension, at, count))
    assert tab.picture() == before
    tab.close()


@given(CELLS, DIMENSION, INDEX, st.integers(1, 4), st.integers(0, SIZE))
def test_what_moved_and_moved_back_stands_where_it_stood(
    cells: dict[tuple[int, int], str], dimension: str, start: int, count: int, to: int
) -> None:
    count = min(count, SIZE - start)
    if start < to < start + count:
        return
    single = {place: text for place, text in cells.items() if ":" not in text}  # a stretch may be torn by a move
    tab = Tab(single, [])
    before = tab.picture()

    def move(first: int, destination: int) -> None:
        source = {"dimension": dimension, "startIndex": first, "endIndex": first + count}
        tab.do({"moveDimension": {"source": source, "destinationIndex": destination}})

    move(start, to)
    landed = to if to <= start else to - count
    move(landed, start if start <= landed else start + count)
    assert tab.picture() == before
    tab.close()


@given(CELLS, tabs(), DIMENSION, INDEX, st.integers(1, 4))
def test_after_a_deletion_nothing_points_beyond_the_grid(
    cells: dict[tuple[int, int], str], dress: list[dict[str, Any]], dimension: str, at: int, count: int
) -> None:
    count = min(count, SIZE - at)
    if count == SIZE:
        return
    tab = Tab(cells, dress)
    tab.do(change("deleteDimension", dimension, at, count))
    lines, places = tab.picture()
    ends = [
        int(match[1])
        for line in lines
        if (match := re.search(rf"end{dimension[:-1].capitalize()}Index = (\d+)", line.replace("COLUMNS", "Column")))
    ]
    assert all(0 < end <= SIZE - count for end in ends)
    for place in places:
        where = place["dimensionRange"]
        assert where["endIndex"] <= (SIZE - count if where["dimension"] == dimension else SIZE)
    tab.close()


@given(
    st.lists(st.sampled_from(["", "a", "B", "b", "3", "-1", "TRUE", "=1+1"]), min_size=1, max_size=10), st.booleans()
)
def test_sorting_loses_no_row_and_puts_them_in_order(texts: list[str], descending: bool) -> None:
    tab = Tab({}, [])
    for row, text in enumerate(texts, 1):
        tab.person.types("Sheet1", f"A{row}", text)
        tab.person.types("Sheet1", f"B{row}", f"row {row}")
    tab.person.sorts("Sheet1", f"A1:B{len(texts)}", "A", descending=descending)
    after = tab.person.values("Sheet1")
    assert sorted(row[1] for row in after) == sorted(f"row {row}" for row in range(1, len(texts) + 1))
    shown = [row[0] for row in after]
    filled = [value for value in shown if value != ""]
    assert shown == filled + [""] * (len(shown) - len(filled))
    rank = [
        (1, value.casefold()) if isinstance(value, str) else (2, 1.0) if isinstance(value, bool) else (0, float(value))
        for value in filled
    ]
    assert rank == sorted(rank, reverse=descending)
    tab.close()

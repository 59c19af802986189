"""Whether a filter shows a row: value filters judge a row whose cells changed; other criteria are left to Excel.

Visibility is a flag on the row, so it is judged only where the verdict changes: a row that a person hid or opened
by hand stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress

from lxml import etree
from msgspec import Struct

from sheets_sync.backends.excel.dates import from_serial
from sheets_sync.backends.excel.rows.rectangles import Rectangle, rectangle
from sheets_sync.backends.excel.xml_events import local
from sheets_sync.model import Value

Test = Callable[[Value], bool | None]
"""What a column's criteria say to a value; None = they cannot be judged here."""


class Filter(Struct, frozen=True):
    """An auto filter's range and criteria; ``tests`` by position."""

    area: Rectangle
    tests: Mapping[int, Test]

    def judges(self, row: int, positions: Collection[int]) -> bool:
        """True where a change in these columns of that row may change the verdict."""
        return self.area.top < row <= self.area.bottom and any(p in self.tests for p in positions)

    def verdict(self, values: Mapping[int, Value]) -> bool | None:
        """True shown, False hidden, None unknown, for a row of these values by position."""
        said = {test(values.get(position)) for position, test in self.tests.items()}
        return False if False in said else None if None in said else True


def filters(elements: Iterable[etree._Element], *, date1904: bool) -> list[Filter]:
    """The filters with criteria among these ``autoFilter`` elements."""
    found = []
    for element in elements:
        area = rectangle(element.get("ref", ""))
        columns = [e for e in element if local(e) == "filterColumn"]
        if area is None or not columns:
            continue
        tests = {area.left + int(e.get("colId", "0")): _test(e, date1904=date1904) for e in columns}
        found.append(Filter(area, tests))
    return found


def _test(column: etree._Element, *, date1904: bool) -> Test:
    criteria = next(iter(column), None)
    if criteria is None:
        return lambda _: True
    if local(criteria) != "filters":
        return lambda _: None
    blank = criteria.get("blank") in ("1", "true")
    words = {e.get("val", "").casefold() for e in criteria if local(e) == "filter"}
    numbers = set()
    for word in words:
        with suppress(ValueError):
            numbers.add(float(word))
    days = [
        tuple((part, int(e.get(part, "0"))) for part in ("year", "month", "day") if e.get(part))
        for e in criteria
        if local(e) == "dateGroupItem"
    ]

    def test(value: Value) -> bool | None:
        if value is None or value == "":
            return blank
        if isinstance(value, (bool, str)):
            return str(value).casefold() in words
        assert isinstance(value, (int, float))  # noqa: S101  (cells.Values gives dates as numbers)
        if value in numbers:
            return True
        moment = from_serial(value, date1904=date1904)
        if days and moment:
            return any(all(getattr(moment, part) == n for part, n in group) for group in days)
        return None if words else False

    return test

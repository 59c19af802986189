"""Words of people, each told from every other (``‹12›``), wherever they stand."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping

from sheets_sync.backends.memory_sheet import Sheet
from sheets_sync.model import OwnTab, Value
from tests.reconcile.hands import Hands

TOKEN = re.compile(r"‹\d+›")


def _of_sheet(sheet: Sheet) -> set[str]:
    said = [str(c.value) for cells in sheet.rows.values() for c in cells.values()]
    said += [text for row, texts in sheet.comments.items() if sheet.rows.get(row) for text in texts.values()]
    return {t for text in said for t in TOKEN.findall(text)}


def tokens(house: Hands) -> set[str]:
    """Words of people in all of our tabs."""
    sheets = (house.backend.own(own) for own in OwnTab if own is not OwnTab.SYNC)
    return set().union(*(_of_sheet(sheet) for sheet in sheets if sheet is not None), set())


def memory_tokens(house: Hands) -> set[str]:
    """Words that wait in the memory."""
    if house.backend.memory is None:
        return set()
    plain = zlib.decompress(base64.b64decode(house.backend.memory))
    return set(TOKEN.findall(json.dumps(json.loads(plain), ensure_ascii=False)))


def said_in(*cells: Mapping[str, Value]) -> set[str]:
    """Words in a row's cells."""
    return {t for some in cells for value in some.values() for t in TOKEN.findall(str(value))}

"""One tab of a workbook as the graft hands it to the room that rewrites its rows, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from sheets_sync.backends.excel.parts import Relationship
from sheets_sync.model import Kind, Problem


class SheetParts(Struct, frozen=True, kw_only=True):
    """An existing tab of ours as stored.

    ``xml``: the sheet part, its bytes as stored; ``rels``: its ``.rels`` part (None = it has none);
    ``relationships``: the same, resolved. ``related``: content of the parts it leads to that hang on addresses
    (comments, threadedComment, vmlDrawing, table, drawing), by stored name. ``shared_strings``: content of the
    workbook's shared strings, read when asked (None = it has none). ``strict``: ISO strict namespaces.
    """

    title: str
    part: str
    xml: bytes
    rels: bytes | None
    relationships: tuple[Relationship, ...]
    related: Mapping[str, bytes]
    shared_strings: Callable[[], bytes | None]
    date1904: bool
    strict: bool


class RewrittenParts(Struct, frozen=True, kw_only=True):
    """What becomes of it. Parts that are not named stay as they are, byte for byte.

    ``rels``: new content (a tab without ``.rels`` gets one), None = unchanged. ``related``: new content of related
    parts by stored name. ``filter_range``: the ``$A$4:$O$37`` that ``_xlnm._FilterDatabase`` must say, None = leave
    the name as it is. ``readdress``: what the formula of another name of this tab (its localSheetId: print titles,
    print area) becomes. ``formulas``: formulas moved or went, so calcChain's entries of this tab must go (and a
    workbook that recalculates when opened shows their new values). ``rows``: key → row where it now stands.
    ``problems``: what had to be trimmed or left out.
    """

    xml: bytes
    rels: bytes | None = None
    related: Mapping[str, bytes] = field(default_factory=dict)
    filter_range: str | None = None
    readdress: Callable[[str], str] = str
    formulas: bool = False
    rows: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Validation(Struct, frozen=True, kw_only=True):
    """A data validation of ours, as its element says it: ``kind`` = ``list``, ``date`` …; formulas as stored.

    ``strict``: anything else is refused; otherwise it is only a dropdown.
    """

    kind: str
    formula1: str
    formula2: str | None = None
    operator: str | None = None
    strict: bool = False


class Colour(Struct, frozen=True, kw_only=True):
    """A conditional format of ours: an expression over ``area`` (A1), whose ``dxf`` is the workbook's index."""

    area: str
    formula: str
    dxf: int
    stop: bool = False


class Look(Struct, frozen=True, kw_only=True):
    """How our cells look in *this* workbook; the graft has appended the styles, so ids are its ``cellXfs`` indices.

    ``style``: (column key, or "" for a column of people's own; kind of the value; ISO currency) → style id.
    ``header``: column key → header text in the workbook's language; ``header_style``: column key → style id.
    ``validation``: column key → the validation each cell of that column is born with. ``colours``: (column key →
    position, header row, last row) → conditional formats, asked only for a restyle. ``row_height``: at least, points.
    """

    style: Callable[[str, Kind, str | None], int]
    header: Callable[[str], str]
    header_style: Callable[[str], int]
    validation: Callable[[str], Validation | None]
    colours: Callable[[Mapping[str, int], int, int], tuple[Colour, ...]] = lambda *_: ()
    title_style: int = 0
    key_style: int = 0
    row_height: float | None = None

"""One tab of a workbook as the graft hands it to the room that rewrites its rows, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sheets_sync.backends.excel.parts import Relationship
from sheets_sync.model import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetParts:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RewrittenParts:
    """What becomes of it. Parts that are not named stay as they are, byte for byte.

    ``rels``: new content (a tab without ``.rels`` gets one), None = unchanged. ``related``: new content of related
    parts by stored name. ``filter_range``: the ``$A$4:$O$37`` that ``_xlnm._FilterDatabase`` must say, None = leave
    the name as it is. ``problems``: what had to be trimmed or left out.
    """

    xml: bytes
    rels: bytes | None = None
    related: Mapping[str, bytes] = field(default_factory=dict)
    filter_range: str | None = None
    problems: tuple[Problem, ...] = ()

"""A tab of ours that is not there yet, composed whole: from its plan to a sheet part with everything it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sheets_sync.backends.excel.look import dropdown
from sheets_sync.backends.excel.sheet_parts import Look, Validation
from sheets_sync.backends.excel.shell import ColumnFrame, Frame, ranges, sheet
from sheets_sync.backends.excel.stream import LAST_ROW, LINKS_BEFORE_PLAIN, Links, Row, letters, row_markup
from sheets_sync.model import LAYOUT_VERSION, MARKER, AddRow, Kind, Owner, OwnTab, Problem, TabPlan, Value, Where
from sheets_sync.problems import notice
from sheets_sync.style import (
    GAP_HEIGHT,
    HEAD_HEIGHT,
    MOST_CHARACTERS,
    TAB_COLOUR,
    TITLE_HEIGHT,
    cell_text,
    row_height,
    units,
    wraps,
)
from sheets_sync.tables.schema import OWN, OwnColumnSpec

KEY_LINE, TITLE_LINE, GAP_LINE, HEAD_LINE = 1, 2, 3, 4
_OWN_WIDTH = 20
_SYNC_CHUNK = 32_000


@dataclass(slots=True, kw_only=True)
class NewSheet:
    """A sheet to be added. ``content`` is streamed once; ``links`` and ``problems`` are complete after that.

    ``lines``: its rows once more, for the self-check. ``filter_range``, ``repeated``: what its defined names say.
    """

    content: Iterator[bytes]
    lines: Callable[[], Iterator[Row]]
    links: Links
    filter_range: str = ""
    repeated: str = ""
    problems: list[Problem] = field(default_factory=list)


def marker(own: OwnTab) -> str:
    """What the first cell of each of our tabs says."""
    return f"{MARKER}{own.value}:{LAYOUT_VERSION}"


def tab(
    plan: TabPlan, look: Look, *, title: str, titles: Mapping[str, str], main: str, office: str, date1904: bool
) -> NewSheet:
    """A tab to be born. ``titles``: tabs whose title had to change, old → new; ``title``: this tab's own."""
    composed = _Tab(plan, look, title, Links(f"{office}/hyperlink", titles))
    last_column = letters(len(composed.positions) + len(composed.own) - 1)
    last_row = HEAD_LINE + len(composed.adds)
    lines = (row_markup(line, date1904=date1904) for line in composed.lines())
    frame, last = composed.frame(last_column), f"{last_column}{last_row}"
    return NewSheet(
        content=sheet(frame, lines, composed.links.markup(), main=main, office=office, last=last),
        lines=_Tab(plan, look, title, Links("", titles)).lines,
        links=composed.links,
        filter_range=f"$A${HEAD_LINE}:${last_column}${last_row}",
        repeated=f"${HEAD_LINE}:${HEAD_LINE}",
        problems=composed.problems,
    )


class _Tab:
    """A tab while it is composed."""

    def __init__(self, plan: TabPlan, look: Look, title: str, links: Links) -> None:
        self.plan, self.look, self.title, self.links = plan, look, title, links
        self.columns: tuple[OwnColumnSpec, ...] = OWN[plan.own].columns
        self.positions = {c.key: i for i, c in enumerate(self.columns)}
        headers = dict.fromkeys(header for add in plan.adds for header in add.own)
        self.own = {header: len(self.columns) + i for i, header in enumerate(headers)}
        self.adds = sorted(plan.adds, key=lambda add: add.below == -1)[: LAST_ROW - HEAD_LINE]
        self.problems: list[Problem] = []
        if len(self.adds) < len(plan.adds):
            self.problems.append(notice("rows_left_out", Where(tab=title), count=len(plan.adds) - len(self.adds)))
        linked = sum(cell.link is not None for add in self.adds for cell in add.cells.values())
        self._plain = frozenset({"source"}) if linked > LINKS_BEFORE_PLAIN else frozenset[str]()
        self._styles: dict[tuple[str, Kind, str | None], int] = {}

    def frame(self, last_column: str) -> Frame:
        """What surrounds the rows; dropdowns that differ by row are known from the plan."""
        widths = [ColumnFrame(width=c.width, hidden=c.owner is Owner.HIDDEN) for c in self.columns]
        return Frame(
            tab_colour=TAB_COLOUR[self.plan.own],
            columns=(*widths, *(ColumnFrame(width=_OWN_WIDTH) for _ in self.own)),
            frozen=HEAD_LINE,
            hidden_top=KEY_LINE,
            filter_range=f"A{HEAD_LINE}:{last_column}{HEAD_LINE + len(self.adds)}",
            colours=self.look.colours(self.positions, HEAD_LINE, LAST_ROW),
            validations=tuple(self._validations()),
            gridlines=False,
        )

    def _validations(self) -> Iterator[tuple[str, Validation]]:
        for column in self.columns:
            rule = self.look.validation(column.key)
            if rule:
                letter = letters(self.positions[column.key])
                yield f"{letter}{HEAD_LINE + 1}:{letter}{LAST_ROW}", rule
        lists: dict[tuple[int, tuple[str, ...]], list[int]] = {}
        for number, add in enumerate(self.adds, HEAD_LINE + 1):
            for key, choices in add.choices.items():
                if choices and key in self.positions:
                    lists.setdefault((self.positions[key], choices), []).append(number)
        for (position, choices), rows in lists.items():
            yield ranges(position, rows), dropdown(choices)

    def lines(self) -> Iterator[Row]:
        """All rows, top to bottom."""
        look = self.look
        keys: dict[int, tuple[Value, int]] = {i: (c.key, look.key_style) for i, c in enumerate(self.columns)}
        keys[0] = (marker(self.plan.own), look.key_style)
        yield Row(number=KEY_LINE, cells=keys, hidden=True)
        heading = self._text(self.plan.heading or self.title, TITLE_LINE, 0)
        yield Row(number=TITLE_LINE, cells={0: (heading, look.title_style)}, height=TITLE_HEIGHT)
        yield Row(number=GAP_LINE, cells={}, height=GAP_HEIGHT)
        heads: dict[int, tuple[Value, int]] = {
            i: (look.header(c.key), look.header_style(c.key)) for i, c in enumerate(self.columns)
        }
        for header, position in self.own.items():
            heads[position] = (self._text(header, HEAD_LINE, position), look.header_style(""))
        yield Row(number=HEAD_LINE, cells=heads, height=HEAD_HEIGHT)
        for number, add in enumerate(self.adds, HEAD_LINE + 1):
            yield Row(number=number, cells=self._cells(number, add), height=look.row_height or self._height(add))

    def _cells(self, number: int, add: AddRow) -> dict[int, tuple[Value, int]]:
        cells: dict[int, tuple[Value, int]] = {}
        planned = add.cells
        for position, column in enumerate(self.columns):
            key, kind = column.key, column.kind
            given = planned.get(key)
            if key == "key":
                cells[position] = (add.key, self._style(key, kind, None))
                continue
            value, currency = (given.value, given.currency) if given else (add.people.get(key), None)
            if isinstance(value, str):
                value = self._text(value, number, position)
            if given and given.link and key not in self._plain:
                self.links.add(f"{letters(position)}{number}", given.link)
            cells[position] = (value, self._style(key, kind, currency))
        for header, value in add.own.items():
            position = self.own[header]
            if isinstance(value, str):
                value = self._text(value, number, position)  # noqa: PLW2901
            cells[position] = (value, self._style("", _kind(value), None))
        return cells

    def _style(self, key: str, kind: Kind, currency: str | None) -> int:
        found = self._styles.get((key, kind, currency))
        if found is None:
            found = self._styles[key, kind, currency] = self.look.style(key, kind, currency)
        return found

    def _height(self, add: AddRow) -> float:
        texts = [
            (str(cell.value), column.width)
            for column in self.columns
            if wraps(column.key) and (cell := add.cells.get(column.key)) and isinstance(cell.value, str)
        ]
        return row_height(texts)

    def _text(self, text: str, number: int, position: int) -> Value:
        kept = cell_text(text)
        if len(kept) < len(text) and units(kept) >= MOST_CHARACTERS - 1:
            place = Where(tab=self.title, row=number, cell=f"{letters(position)}{number}")
            self.problems.append(notice("text_cut", place, params={"length": len(text)}))
        return kept


def _kind(value: Value) -> Kind:
    """The kind by whose look a value in a column of people's own is shown."""
    return Kind.DATE if isinstance(value, date) else Kind.TEXT


def memory_sheet(text: str, *, main: str, office: str) -> NewSheet:
    """The hidden tab that holds the memory: the marker, then the text in pieces a cell can hold."""
    pieces = [marker(OwnTab.SYNC), *(text[i : i + _SYNC_CHUNK] for i in range(0, len(text), _SYNC_CHUNK))]

    def lines() -> Iterator[Row]:
        return (Row(number=n, cells={0: (piece, 0)}) for n, piece in enumerate(pieces, 1))

    markup = (row_markup(line, date1904=False) for line in lines())
    frame = Frame(columns=(ColumnFrame(width=60),))
    content = sheet(frame, markup, (), main=main, office=office, last=f"A{len(pieces)}")
    return NewSheet(content=content, lines=lines, links=Links(""))

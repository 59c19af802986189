"""A tab of ours that is not there yet, composed whole: from its plan to a sheet part with everything it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from datetime import date
from functools import lru_cache

from msgspec import Struct, field

from sheets_sync.backends.excel.look import dropdown
from sheets_sync.backends.excel.sheet_parts import Look, Validation
from sheets_sync.backends.excel.shell import ColumnFrame, Frame, ranges, sheet
from sheets_sync.backends.excel.stream import (
    LAST_ROW,
    LINKS_BEFORE_PLAIN,
    Links,
    Row,
    cell,
    is_plain,
    letters,
    row_markup,
)
from sheets_sync.backends.own_tabs import marker, memory_cells
from sheets_sync.model import AddRow, Kind, Owner, Problem, TabPlan, Value, Where
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
_HEIGHTS = {TITLE_LINE: TITLE_HEIGHT, GAP_LINE: GAP_HEIGHT, HEAD_LINE: HEAD_HEIGHT}
_OWN_WIDTH = 20


class NewSheet(Struct, kw_only=True):
    """A sheet to be added. ``content`` is streamed once; ``links`` and ``problems`` are complete after that.

    ``line``: each of its ``count`` rows once more, for the self-check. ``filter_range``, ``repeated``: what its names
    say.
    """

    content: Iterator[bytes]
    line: Callable[[int], Row]
    count: int
    links: Links
    filter_range: str = ""
    repeated: str = ""
    problems: list[Problem] = field(default_factory=list)


def tab(
    plan: TabPlan, look: Look, *, title: str, titles: Mapping[str, str], main: str, office: str, date1904: bool
) -> NewSheet:
    """A tab to be born. ``titles``: tabs whose title had to change, old → new; ``title``: this tab's."""
    composed = _Tab(plan, look, title, Links(f"{office}/hyperlink", titles))
    unheard = copy(composed)  # the self-check asks for its lines once more: what it meets has been heard of
    unheard.links, unheard.problems = Links("", titles), []
    last_column = letters(len(composed.positions) + len(composed.own) - 1)
    last_row = HEAD_LINE + len(composed.adds)
    frame, last = composed.frame(last_column), f"{last_column}{last_row}"
    return NewSheet(
        content=sheet(
            frame, composed.markup(date1904=date1904), composed.links.markup(), main=main, office=office, last=last
        ),
        line=unheard.line,
        count=last_row,
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
        linked = sum(c.link is not None for add in self.adds for c in add.cells.values())
        self._unlinked = frozenset({"source"}) if linked > LINKS_BEFORE_PLAIN else frozenset[str]()
        self._plain_styles = [
            (c.key, look.style(c.key, Kind.TEXT if c.key in self._unlinked else c.kind, None)) for c in self.columns
        ]
        self._flowing = [(c.key, c.width) for c in self.columns if wraps(c.key)]
        self._currencies: dict[tuple[str, str], int] = {}

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

    def line(self, number: int) -> Row:
        """A row by its number."""
        look = self.look
        if number > HEAD_LINE:
            add = self.adds[number - HEAD_LINE - 1]
            return Row(number=number, cells=self._cells(number, add), height=self._height(add))
        cells: dict[int, tuple[Value, int]] = {}
        if number == KEY_LINE:
            cells = {i: (c.key, look.key_style) for i, c in enumerate(self.columns)}
            cells[0] = (marker(self.plan.own), look.key_style)
        elif number == TITLE_LINE:
            cells = {0: (self._text(self.plan.heading or self.title, number, 0), look.title_style)}
        elif number == HEAD_LINE:
            cells = {i: (look.header(c.key), look.header_style(c.key)) for i, c in enumerate(self.columns)}
            for header, position in self.own.items():
                cells[position] = (self._text(header, number, position), look.header_style(""))
        return Row(number=number, cells=cells, height=_HEIGHTS.get(number), hidden=number == KEY_LINE)

    def _cells(self, number: int, add: AddRow) -> dict[int, tuple[Value, int]]:
        """Position → value and style id, left to right."""
        cells: dict[int, tuple[Value, int]] = {}
        planned, people = add.cells, add.people
        for position, (key, style) in enumerate(self._plain_styles):
            given = planned.get(key)
            if given is None:
                value = people.get(key) if people else None
                if key == "key":
                    value = add.key
            else:
                value = given.value
                if given.currency is not None:
                    style = self._currency_style(key, given.currency)  # noqa: PLW2901
                if given.link is not None and key not in self._unlinked:
                    self.links.add(f"{letters(position)}{number}", given.link)
            if isinstance(value, str):
                value = self._text(value, number, position)
            cells[position] = (value, style)
        for header, position in self.own.items() if add.own else ():
            if header in add.own:
                value = add.own[header]
                if isinstance(value, str):
                    value = self._text(value, number, position)
                cells[position] = (value, self.look.style("", _kind(value), None))
        return cells

    def markup(self, *, date1904: bool) -> Iterator[str]:
        """All rows. Those below the header go a shorter way than ``line``, several times as fast for plain texts; the
        self-check compares the two."""
        for number in range(KEY_LINE, HEAD_LINE + 1):
            yield row_markup(self.line(number), date1904=date1904)

        @lru_cache(maxsize=8_192, typed=True)
        def behind(value: Value, style: int) -> str:
            """What follows the address in the cell of a day, a number or nothing: the same few in every row."""
            return cell("", value, style, date1904=date1904).removeprefix('<c r="')

        columns = [(key, letters(i), style) for i, (key, style) in enumerate(self._plain_styles)]
        for number, add in enumerate(self.adds, HEAD_LINE + 1):
            if add.own:
                yield row_markup(self.line(number), date1904=date1904)
                continue
            planned, people = add.cells, add.people
            parts = [f'<row r="{number}" ht="{self._height(add):g}" customHeight="1">']
            for key, letter, style in columns:
                given = planned.get(key)
                if given is None:
                    value = add.key if key == "key" else people.get(key)
                else:
                    value = given.value
                    if given.currency is not None:
                        style = self._currency_style(key, given.currency)  # noqa: PLW2901
                    if given.link is not None and key not in self._unlinked:
                        self.links.add(f"{letter}{number}", given.link)
                if not isinstance(value, str):
                    parts.append(f'<c r="{letter}{number}{behind(value, style)}')
                elif is_plain(value):
                    parts.append(f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t>{value}</t></is></c>')
                else:
                    held = self._text(value, number, self.positions[key])
                    parts.append(cell(f"{letter}{number}", held, style, date1904=date1904))
            parts.append("</row>")
            yield "".join(parts)

    def _currency_style(self, key: str, currency: str) -> int:
        found = self._currencies.get((key, currency))
        if found is None:
            kind = self.columns[self.positions[key]].kind
            found = self._currencies[key, currency] = self.look.style(key, kind, currency)
        return found

    def _height(self, add: AddRow) -> float:
        cells = add.cells
        texts = [
            (text, width)
            for key, width in self._flowing
            if (given := cells.get(key)) and isinstance(text := given.value, str)
        ]
        return max(self.look.row_height or 0, row_height(texts))

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
    pieces = memory_cells(text)

    def line(number: int) -> Row:
        return Row(number=number, cells={0: (pieces[number - 1], 0)})

    markup = (row_markup(line(n), date1904=False) for n in range(1, len(pieces) + 1))
    frame = Frame(columns=(ColumnFrame(width=60),))
    content = sheet(frame, markup, (), main=main, office=office, last=f"A{len(pieces)}")
    return NewSheet(content=content, line=line, count=len(pieces), links=Links(""))

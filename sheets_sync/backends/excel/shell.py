"""The frame around a new sheet's rows: view, columns, filter, conditions, validations, print set-up.

Composed here, not by openpyxl in a scratch workbook: that costs 20 ms and 40 MB a run, its style ids would have to
be translated to this workbook's, its font children come in the wrong order, and the frame is thirty lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from sheets_sync.backends.excel.sheet_parts import Colour, Validation
from sheets_sync.backends.excel.stream import letters
from sheets_sync.backends.excel.xml_text import attribute, escape

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CHARACTER_PADDING = 0.7109375  # Excel's own: five pixels of seven
_A4 = 9


class ColumnFrame(Struct, frozen=True, kw_only=True):
    """A column's width in characters, and the style of its cells that are not there yet."""

    width: float
    hidden: bool = False
    style: int | None = None


class Frame(Struct, frozen=True, kw_only=True):
    """What surrounds a sheet's rows. Rows are 1-based; 0 = none.

    ``frozen``: last row that stays when scrolling; ``hidden_top``: rows hidden above it. ``filter_range``: A1.
    ``validations``: the range (A1, several parted by spaces) and what holds there. ``legacy``: relationship id of
    the drawing behind cell notes.
    """

    tab_colour: str | None = None
    columns: tuple[ColumnFrame, ...] = ()
    frozen: int = 0
    hidden_top: int = 0
    filter_range: str | None = None
    colours: tuple[Colour, ...] = ()
    validations: tuple[tuple[str, Validation], ...] = ()
    gridlines: bool = True
    row_height: float | None = None
    legacy: str | None = None


def sheet(
    frame: Frame, rows: Iterable[str], links: Iterable[str], *, main: str, office: str, last: str
) -> Iterator[bytes]:
    """A whole sheet part. ``rows``: ``<row>`` elements; ``links``: asked for after the rows; ``last``: the last
    cell that is used (A1)."""
    yield (DECLARATION + "".join(_before(frame, main, office, last))).encode("utf-8")
    batch: list[str] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 512:
            yield "".join(batch).encode("utf-8")
            batch.clear()
    batch.append("</sheetData>")
    batch += _between(frame)
    batch += links
    batch += _after(frame)
    yield "".join(batch).encode("utf-8")


def _before(frame: Frame, main: str, office: str, last: str) -> Iterator[str]:
    yield f'<worksheet xmlns="{main}" xmlns:r="{office}"><sheetPr>'
    if frame.tab_colour:
        yield f'<tabColor rgb="FF{frame.tab_colour}"/>'
    yield f'<pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:{last}"/><sheetViews>'
    lines = "" if frame.gridlines else ' showGridLines="0"'
    first = f"A{frame.hidden_top + 1}"
    top = f' topLeftCell="{first}"' if frame.hidden_top else ""
    yield f'<sheetView{lines}{top} workbookViewId="0">'
    if frame.frozen:
        below = f"A{frame.frozen + 1}"
        # Excel counts the visible rows of a frozen pane from the first one shown
        split = frame.frozen - frame.hidden_top
        yield f'<pane ySplit="{split}" topLeftCell="{below}" activePane="bottomLeft" state="frozen"/>'
        yield f'<selection pane="bottomLeft" activeCell="{below}" sqref="{below}"/>'
    yield "</sheetView></sheetViews>"
    height = (
        f' defaultRowHeight="{frame.row_height:g}" customHeight="1"' if frame.row_height else ' defaultRowHeight="15"'
    )
    yield f"<sheetFormatPr{height}/>"
    if frame.columns:
        yield "<cols>"
        for number, column in enumerate(frame.columns, 1):
            style = f' style="{column.style}"' if column.style is not None else ""
            hidden = ' hidden="1"' if column.hidden else ""
            width = column.width + _CHARACTER_PADDING
            yield f'<col min="{number}" max="{number}" width="{width:g}"{style}{hidden} customWidth="1"/>'
        yield "</cols>"
    yield "<sheetData>"


def _between(frame: Frame) -> Iterator[str]:
    if frame.filter_range:
        yield f'<autoFilter ref="{frame.filter_range}"/>'
    for priority, colour in enumerate(frame.colours, 1):
        yield conditional(colour, priority)
    if frame.validations:
        yield f'<dataValidations count="{len(frame.validations)}">'
        for place, rule in frame.validations:
            yield validation_markup(place, rule)
        yield "</dataValidations>"


def _after(frame: Frame) -> Iterator[str]:
    yield '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
    yield f'<pageSetup paperSize="{_A4}" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
    yield "<headerFooter><oddFooter>&amp;L&amp;8&amp;A&amp;R&amp;8&amp;P / &amp;N</oddFooter></headerFooter>"
    if frame.legacy:
        yield f'<legacyDrawing r:id="{frame.legacy}"/>'
    yield "</worksheet>"


def conditional(colour: Colour, priority: int) -> str:
    """A ``<conditionalFormatting>`` element of one expression."""
    stop = ' stopIfTrue="1"' if colour.stop else ""
    rule = f'<cfRule type="expression" dxfId="{colour.dxf}" priority="{priority}"{stop}>'
    return (
        f'<conditionalFormatting sqref="{colour.area}">{rule}<formula>{escape(colour.formula)}</formula></cfRule>'
        "</conditionalFormatting>"
    )


def validation_markup(place: str, rule: Validation) -> str:
    """A ``<dataValidation>`` element; a dropdown that is not strict lets people type what they like."""
    operator = f' operator="{rule.operator}"' if rule.operator else ""
    strict = ' showErrorMessage="1"' if rule.strict else ""
    second = f"<formula2>{escape(rule.formula2)}</formula2>" if rule.formula2 else ""
    return (
        f'<dataValidation type="{rule.kind}"{operator} allowBlank="1"{strict} sqref={attribute(place)}>'
        f"<formula1>{escape(rule.formula1)}</formula1>{second}</dataValidation>"
    )


def ranges(position: int, rows: Iterable[int]) -> str:
    """Rows of one column as a list of ranges (``G5:G7 G9``)."""
    column = letters(position)
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return " ".join(f"{column}{a}" if a == b else f"{column}{a}:{column}{b}" for a, b in runs)

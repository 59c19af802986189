"""The workbook's ``styles.xml``, to which our formats are only ever appended.

Every index that is in use stays valid. A format that is already there, ours of an earlier run or the team's, is
used again: fonts, fills, borders and formats are compared by what they mean, whatever order, defaults or extra
attributes the program that saved them last gave them. So a second run appends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from msgspec.structs import replace

from sheets_sync.backends.excel.markup import Document, Element
from sheets_sync.backends.excel.parts import MAIN, MAIN_STRICT
from sheets_sync.backends.excel.style_keys import (
    Key,
    border_key,
    fill_key,
    font_key,
    paint_key,
    prefix,
    value,
    xf_key,
)
from sheets_sync.backends.excel.xml_text import attribute
from sheets_sync.style import Format, Paint

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles",
          "colors", "extLst")  # fmt: skip
_EMPTY = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{main}"/>'
_RESERVED: Mapping[str, tuple[str, ...]] = {
    "fonts": ("<{p}font><{p}sz val='11'/><{p}name val='Calibri'/><{p}family val='2'/></{p}font>",),
    "fills": (
        "<{p}fill><{p}patternFill patternType='none'/></{p}fill>",
        "<{p}fill><{p}patternFill patternType='gray125'/></{p}fill>",
    ),
    "borders": ("<{p}border><{p}left/><{p}right/><{p}top/><{p}bottom/><{p}diagonal/></{p}border>",),
    "cellXfs": ("<{p}xf numFmtId='0' fontId='0' fillId='0' borderId='0'/>",),
}
_ITEMS = {"numFmts": "numFmt", "fonts": "font", "fills": "fill", "borders": "border", "cellXfs": "xf", "dxfs": "dxf"}
_FIRST_FREE_FORMAT = 164
_MOST_CELL_FORMATS = 65_000  # Excel takes 65,490
_BUILTIN = {"": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "@": 49}


class _Section:
    """A collection of ``styles.xml``: what is in it, by meaning, and what we add."""

    def __init__(self, document: Document, name: str, item: str, before_first: Callable[[], None]) -> None:
        self.document, self.name, self.before_first = document, name, before_first
        self.element = document.root.child(name)
        self.items = list(self.element.all(item)) if self.element else []
        self.added: list[str] = []
        self.known: dict[object, dict[Key, int]] = {}

    def __len__(self) -> int:
        return len(self.items) + len(self.added)

    def place(self, key: Key, read: Callable[[Element], Key | None], markup: Callable[[], str]) -> int:
        """The index of what ``key`` means: found, or appended as ``markup``."""
        known = self.known.get(read)
        if known is None:
            known = self.known[read] = {}
            for index, element in enumerate(self.items):
                meaning = read(element)
                if meaning is not None:
                    known.setdefault(meaning, index)
        found = known.get(key)
        if found is None:
            self.before_first()
            found = known[key] = len(self)
            self.added.append(markup())
        return found

    def write(self) -> None:
        if not self.added:
            return
        document, content = self.document, "".join(self.added)
        count = len(self)
        if self.element is not None:
            document.append(self.element, content)
            document.set_attribute(self.element, "count", str(count))
            return
        name = document.root.name(self.name)
        markup = f'<{name} count="{count}">{content}</{name}>'
        later = _ORDER[_ORDER.index(self.name) + 1 :]
        behind = next((c for c in document.root.children if c.local in later), None)
        if behind is None:
            document.append(document.root, markup)
        else:
            document.insert_before(behind, markup)


def _sections(document: Document, before_first: Callable[[], None]) -> dict[str, _Section]:
    return {name: _Section(document, name, item, before_first) for name, item in _ITEMS.items()}


def _completed(document: Document, before_first: Callable[[], None]) -> Document:
    """With the first of each collection, which Excel counts on, where a collection is missing or empty."""
    sections = _sections(document, before_first)
    for name in _ORDER:
        missing = _RESERVED.get(name, ())[len(sections[name].items) :] if name in sections else ()
        if missing:
            sections[name].added += [markup.format(p=prefix(document.root)) for markup in missing]
            sections[name].write()
    return Document(document.result()) if document.edited else document


class Styles:
    """A stylesheet being added to. ``data`` None = the workbook has none, one is made."""

    def __init__(
        self, data: bytes | None, *, strict: bool = False, in_use: Callable[[], tuple[int, int]] = lambda: (0, 0)
    ) -> None:
        """Parse it; BackendError ``damaged`` where it is no stylesheet.

        ``in_use``: how many cell formats and differential formats cells count on; asked before the first is added.
        """
        self._in_use: Callable[[], tuple[int, int]] | None = in_use
        self.missing = data is None
        empty = _EMPTY.format(main=MAIN_STRICT if strict else MAIN).encode()
        self._stored = data
        self.document = _completed(Document(data if data is not None else empty), self._pad)
        root = self.document.root
        self.prefix = prefix(root)
        self._sections = _sections(self.document, self._pad)
        self.styled = root.child("cellStyleXfs") is not None
        formats = self._sections["numFmts"].items
        codes = {e.get("numFmtId"): e.get("formatCode") for e in formats}
        numbers = [int(n) for n in codes if n.isdigit()]
        self._next_format = max([_FIRST_FREE_FORMAT - 1, *numbers]) + 1
        self._formats: dict[str, int] = dict(_BUILTIN)
        for number, code in codes.items():
            if number.isdigit() and int(number) >= _FIRST_FREE_FORMAT:
                self._formats.setdefault(code, int(number))
        same = {n: str(self._formats.get("" if c.lower() == "general" else c, n)) for n, c in codes.items()}
        self._read_cell = partial(xf_key, same=same)
        fonts = self._sections["fonts"].items
        self.font = (value(fonts[0], "name") if fonts else "") or "Calibri"
        self.size = float((value(fonts[0], "sz") if fonts else "") or 11)
        self._cells: dict[Format, int] = {}

    @property
    def cell_formats(self) -> int:
        """How many cell formats there are now."""
        return len(self._sections["cellXfs"])

    def cell(self, look: Format) -> int:
        """The style id of a cell format, appended where it is new."""
        found = self._cells.get(look)
        if found is None:
            found = self._cells[look] = self._cell(replace(look, size=look.size or self.size))
        return found

    def differential(self, paint: Paint) -> int:
        """The id of a differential format (conditional formats), appended where it is new."""
        key: Key = (paint.fill, paint.colour, paint.bold, paint.strike)
        return self._sections["dxfs"].place(key, paint_key, lambda: self._paint(paint))

    def _pad(self) -> None:
        """Take the ids that cells point at past what is there: a cell that was plain must not turn into ours."""
        if self._in_use is None:
            return
        in_use, self._in_use = self._in_use(), None
        for name, count, item in zip(
            ("cellXfs", "dxfs"), in_use, (self._plain_xf(), f"<{self.prefix}dxf/>"), strict=True
        ):
            section = self._sections[name]
            section.added += [item] * (min(count, _MOST_CELL_FORMATS) - len(section))

    def place(self, section: str, key: Key, read: Callable[[Element], Key | None], markup: str) -> int:
        """The index of what ``key`` means in a collection, by ``read``; appended as ``markup`` where it is new."""
        return self._sections[section].place(key, read, lambda: markup)

    def result(self) -> bytes:
        """The stylesheet; the stored bytes where nothing was added."""
        if not self.grown and self._stored is not None:
            return self._stored
        if not self.document.edited:
            for name in _ORDER:
                if name in self._sections:
                    self._sections[name].write()
        return self.document.result()

    @property
    def grown(self) -> bool:
        """True where something was appended (or the part is new)."""
        return self.missing or any(s.added for s in self._sections.values())

    # ── cell formats ────────────────────────────────────────────────────────

    def _plain_xf(self) -> str:
        style = ' xfId="0"' if self.styled else ""
        return f'<{self.prefix}xf numFmtId="0" fontId="0" fillId="0" borderId="0"{style}/>'

    def _cell(self, look: Format) -> int:
        fonts, fills, borders, cells = (self._sections[n] for n in ("fonts", "fills", "borders", "cellXfs"))
        font = fonts.place(self._font_key_of(look), font_key, lambda: self._font(look))
        fill = fills.place(("solid", look.fill), fill_key, lambda: self._fill(look.fill)) if look.fill else 0
        border = borders.place((look.line,), border_key, lambda: self._border(look.line)) if look.line else 0
        number = self.number_format(look.code)
        align = (look.horizontal or "general", look.vertical or "bottom", look.wrap, look.indent)
        if len(cells) >= _MOST_CELL_FORMATS:
            return 0
        return cells.place(
            (number, font, fill, border, align), self._read_cell, lambda: self._xf(number, font, fill, border, look)
        )

    def _xf(self, number: int, font: int, fill: int, border: int, look: Format) -> str:
        p, style = self.prefix, ' xfId="0"' if self.styled else ""
        flags = "".join(
            f' {name}="1"'
            for name, on in (
                ("applyNumberFormat", number),
                ("applyFont", font),
                ("applyFill", fill),
                ("applyBorder", border),
            )
            if on
        )
        align = "".join(
            f' {name}="{value}"'
            for name, value in (
                ("horizontal", look.horizontal), ("vertical", look.vertical),
                ("wrapText", int(look.wrap)), ("indent", look.indent),
            )
            if value
        )  # fmt: skip
        head = f'<{p}xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="{border}"{style}{flags}'
        return f'{head} applyAlignment="1"><{p}alignment{align}/></{p}xf>' if align else f"{head}/>"

    def number_format(self, code: str) -> int:
        """The id of a number format, appended where it is new."""
        found = self._formats.get(code)
        if found is None:
            found = self._formats[code] = self._next_format
            self._next_format += 1
            markup = f'<{self.prefix}numFmt numFmtId="{found}" formatCode={attribute(code)}/>'
            self._sections["numFmts"].added.append(markup)
        return found

    def _font_key_of(self, look: Format) -> Key:
        return (self.font, float(look.size or self.size), look.bold, look.underline, False, look.colour)

    def _font(self, look: Format) -> str:
        p, f = self.prefix, self._flag
        size = f"{look.size or self.size:g}"
        colour = f'<{p}color rgb="FF{look.colour}"/>' if look.colour else ""
        marks = f("b", look.bold) + f("u", look.underline)
        return f'<{p}font>{marks}<{p}sz val="{size}"/>{colour}<{p}name val={attribute(self.font)}/></{p}font>'

    def _flag(self, name: str, on: bool) -> str:
        return f"<{self.prefix}{name}/>" if on else ""

    def _fill(self, colour: str | None) -> str:
        p = self.prefix
        inner = f'<{p}fgColor rgb="FF{colour}"/><{p}bgColor indexed="64"/>'
        return f'<{p}fill><{p}patternFill patternType="solid">{inner}</{p}patternFill></{p}fill>'

    def _border(self, colour: str | None) -> str:
        p = self.prefix
        line = f'<{p}bottom style="thin"><{p}color rgb="FF{colour}"/></{p}bottom>'
        return f"<{p}border><{p}left/><{p}right/><{p}top/>{line}<{p}diagonal/></{p}border>"

    # ── differential formats ────────────────────────────────────────────────

    def _paint(self, paint: Paint) -> str:
        p = self.prefix
        colour = f'<{p}color rgb="FF{paint.colour}"/>' if paint.colour else ""
        font = self._flag("b", paint.bold) + self._flag("strike", paint.strike) + colour
        # a condition's solid fill is its *background* colour, unlike a cell's
        ground = f'<{p}bgColor rgb="FF{paint.fill}"/>' if paint.fill else ""
        fill = f"<{p}fill><{p}patternFill>{ground}</{p}patternFill></{p}fill>" if ground else ""
        return f"<{p}dxf>{f'<{p}font>{font}</{p}font>' if font else ''}{fill}</{p}dxf>"

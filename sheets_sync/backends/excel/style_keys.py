"""What the entries of a stylesheet mean, as keys that compare equal where the look is equal.

None = it has something that our formats never have, so it is never taken for one of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sheets_sync.backends.excel.markup import Element
from sheets_sync.backends.excel.parts import truth

Key = tuple[object, ...]


def prefix(root: Element) -> str:
    """The namespace prefix with its colon, as elements beside ``root`` are written."""
    return f"{root.prefix}:" if root.prefix else ""


def value(element: Element, name: str) -> str:
    """The ``val`` of a child; empty where there is none."""
    child = element.child(name)
    return child.get("val") if child else ""


def on(element: Element, name: str) -> bool:
    """True where a flag like ``<b/>`` is set."""
    child = element.child(name)
    return child is not None and truth(child.get("val", "1"))


def rgb(element: Element | None) -> str | None:
    """The last six hex digits of an RGB colour; other kinds of colour as a text that is no RGB."""
    if element is None:
        return None
    if "rgb" in element.attributes and "tint" not in element.attributes:
        return element.get("rgb")[-6:].upper()
    return repr(sorted(element.attributes.items()))


def font_key(element: Element) -> Key | None:
    """Name, size, bold, underline, strike, colour."""
    names = {c.local for c in element.children}
    odd = names & {"i", "outline", "shadow", "condense", "extend"}
    if any(on(element, n) for n in odd) or value(element, "vertAlign") not in ("", "baseline"):
        return None
    if value(element, "scheme") not in ("", "none"):
        return None
    line = element.child("u")
    underline = line is not None and line.get("val", "single") != "none"
    if underline and line is not None and line.get("val", "single") != "single":
        return None
    try:
        size = float(value(element, "sz") or 11)
    except ValueError:
        return None
    colour = rgb(element.child("color"))
    return (value(element, "name"), size, on(element, "b"), underline, on(element, "strike"), colour)


def fill_key(element: Element) -> Key | None:
    """The colour of a solid fill."""
    pattern = element.child("patternFill")
    if pattern is None or pattern.get("patternType") != "solid":
        return None
    return ("solid", rgb(pattern.child("fgColor")))


def border_key(element: Element) -> Key | None:
    """The colour of a thin line below, the only border we draw."""
    lines = {c.local: c for c in element.children if c.get("style", "none") != "none"}
    bottom = lines.pop("bottom", None)
    if lines or bottom is None or bottom.get("style") != "thin":
        return None
    return (rgb(bottom.child("color")),)


_FLAGS = {"applyNumberFormat": "numFmtId", "applyFont": "fontId", "applyFill": "fillId", "applyBorder": "borderId"}
_NEVER_OURS = ("quotePrefix", "pivotButton")
_NO_ALIGNMENT: Key = ("general", "bottom", False, 0)


def xf_key(element: Element, same: Mapping[str, str] = MappingProxyType({})) -> Key | None:
    """Number format, font, fill, border as indices, and the alignment. ``same``: number format ids that mean what
    another one means."""
    numbers = [element.get(name, "0") for name in _FLAGS.values()]
    numbers[0] = same.get(numbers[0], numbers[0])
    align, guard = _alignment(element.child("alignment")), element.child("protection")
    off = [name for flag, name in _FLAGS.items() if not truth(element.get(flag, "1"))]
    unused = any(element.get(name, "0") != "0" for name in off)
    if unused or align is None or (align != _NO_ALIGNMENT and not truth(element.get("applyAlignment", "1"))):
        return None
    if guard is not None and (not truth(guard.get("locked", "1")) or truth(guard.get("hidden"))):
        return None
    if any(truth(element.get(n)) for n in _NEVER_OURS) or element.get("xfId", "0") != "0":
        return None
    return (*map(int, numbers), align) if all(n.isdigit() for n in numbers) else None


def _alignment(element: Element | None) -> Key | None:
    if element is None:
        return _NO_ALIGNMENT
    rest = dict(element.attributes)
    across, down = rest.pop("horizontal", "general"), rest.pop("vertical", "bottom")
    wrap, indent = truth(rest.pop("wrapText", "0")), rest.pop("indent", "0")
    if not indent.isdigit() or any(value not in ("0", "false") for value in rest.values()):
        return None
    return (across, down, wrap, int(indent))


def paint_key(element: Element) -> Key | None:
    """Fill, colour, bold, strike of a differential format."""
    font, fill = element.child("font"), element.child("fill")
    if any(c.local not in ("font", "fill") for c in element.children):
        return None
    pattern = fill.child("patternFill") if fill else None
    if pattern is not None and pattern.get("patternType", "solid") != "solid":
        return None
    ground = (pattern.child("bgColor") or pattern.child("fgColor")) if pattern is not None else None
    colour = font.child("color") if font else None
    known = {"b", "strike", "color", "i", "u", "condense", "extend", "family", "charset"}
    if font is not None and any(
        c.local not in known or (c.local in ("i", "u") and on(font, c.local)) for c in font.children
    ):
        return None
    return (rgb(ground), rgb(colour), bool(font and on(font, "b")), bool(font and on(font, "strike")))

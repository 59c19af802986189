"""What the entries of a stylesheet mean, as keys that compare equal where the look is equal.

None = it has something that our formats never have, so it is never taken for one of ours.
"""

from __future__ import annotations

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


def xf_key(element: Element) -> Key | None:
    """What a cell format means, as indices; None where it has something ours never have."""
    plain = {"numFmtId", "fontId", "fillId", "borderId", "xfId"}
    for name, value in element.attributes.items():
        if name in plain:
            continue
        used = element.get(name.removeprefix("apply")[:1].lower() + name.removeprefix("apply")[1:] + "Id", "1") != "0"
        if name.startswith("apply") and (truth(value) or not used or name == "applyProtection"):
            continue
        if truth(value) or name.startswith("apply"):
            return None
    if element.child("protection") is not None or element.get("xfId", "0") != "0":
        return None
    align = element.child("alignment")
    meant = ("general", "bottom", False, 0)
    if align is not None:
        if set(align.attributes) - {
            "horizontal",
            "vertical",
            "wrapText",
            "indent",
            "shrinkToFit",
            "textRotation",
            "readingOrder",
        }:
            return None
        if any(
            truth(align.get(n)) or align.get(n, "0") not in ("0", "false")
            for n in ("shrinkToFit", "textRotation", "readingOrder")
        ):
            return None
        indent = align.get("indent", "0")
        meant = (align.get("horizontal", "general"), align.get("vertical", "bottom"), truth(align.get("wrapText")),
                 int(indent) if indent.isdigit() else -1)  # fmt: skip
    numbers = [element.get(n, "0") for n in ("numFmtId", "fontId", "fillId", "borderId")]
    if not all(n.isdigit() for n in numbers):
        return None
    return (*map(int, numbers), meant)


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

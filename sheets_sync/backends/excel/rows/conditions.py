"""Conditional formats and data validations: ranges that must grow with our rows, formulas relative to their range.

In Excel's later extension (``x14``, in ``extLst``) they stand a second time with other names; both are treated alike.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree
from msgspec import Struct, field

from sheets_sync.backends.excel.rows.moves import Moves
from sheets_sync.backends.excel.rows.rectangles import Rectangle, joined, rectangle, rectangles, sqref
from sheets_sync.backends.excel.rows.references import readdress, rebase
from sheets_sync.backends.excel.rows.tail import child, container, made, placed
from sheets_sync.backends.excel.sheet_parts import Colour, Validation
from sheets_sync.backends.excel.xml_events import local


class Frame(Struct, frozen=True, kw_only=True):
    """Where the header row stood (old number, None = it was missing) and our last row before and after.

    ``empty``: there was no row of ours. ``validate``: validations grow too; not where each row has choices of its own.
    """

    header_row: int | None
    old_last: int
    new_last: int
    empty: bool
    validate: bool
    title: str
    moves: Moves

    def moved(self, area: Rectangle) -> Rectangle | None:
        """Where a range of formats went. One over all of our rows, or from our header down to the last, stays so."""
        new = area.moved(self.moves, grow=self.empty or area.top < area.bottom)
        header = self.header_row
        if new is not None and header is not None and area.top <= header and area.bottom >= self.old_last:
            new = new._replace(bottom=max(new.bottom, self.new_last))
        return new


def move_formats(root: etree._Element, frame: Frame) -> None:
    """Move conditional formats, validations and whatever in ``extLst`` has cells, sparklines say."""
    for element in tuple(root.iter("{*}conditionalFormatting", "{*}dataValidation", "{*}sparkline")):
        holder = next((e for e in element if local(e) == "sqref"), None)
        areas = rectangles(element.get("sqref", "") if holder is None else holder.text or "")
        if not areas:
            continue
        new = [r for r in map(frame.moved, areas) if r]
        if local(element) == "dataValidation":
            new = joined(new if frame.validate else [r for r in (a.moved(frame.moves) for a in areas) if r])
        if not new:
            _remove(element)
            continue
        if holder is None:
            element.set("sqref", sqref(new))
        else:
            holder.text = sqref(new)
        base, new_base = min(r.top for r in areas), min(r.top for r in new)
        for formula in element.iter("{*}formula", "{*}formula1", "{*}formula2", "{*}f"):
            if formula.text and formula.text.strip():
                formula.text = (
                    readdress(formula.text, frame.moves, frame.title)
                    if local(element) == "sparkline"
                    else rebase(formula.text, frame.moves, frame.title, base, new_base)
                )
        for limit in element.iter("{*}cfvo"):
            if limit.get("type") == "formula" and limit.get("val"):
                limit.set("val", readdress(limit.get("val", ""), frame.moves, frame.title))
    _count(root)


def _remove(element: etree._Element) -> None:
    """Take an element out, and what is empty without it (an empty list is an error)."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if not len(parent) and local(parent) != "worksheet":
        _remove(parent)


def _count(root: etree._Element) -> None:
    for holder in root.iter("{*}dataValidations"):
        holder.set("count", str(len(holder)))


class Validations(Struct):
    """The validations of a tab after they moved; cells are given in new rows."""

    root: etree._Element
    _known: dict[tuple[str | None, ...], etree._Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index them by what they demand."""
        holder = child(self.root, "dataValidations")
        for element in () if holder is None else holder:
            texts = {local(e): e.text for e in element}
            said = Validation(
                kind=element.get("type", ""), operator=element.get("operator"),
                formula1=texts.get("formula1") or "", formula2=texts.get("formula2"),
            )  # fmt: skip
            self._known.setdefault(_demand(said), element)

    def clear(self, areas: Iterable[Rectangle]) -> None:
        """Take every validation off these cells."""
        holes = list(areas)
        holder = child(self.root, "dataValidations")
        for element in () if holder is None or not holes else tuple(holder):
            pieces = rectangles(element.get("sqref", ""))
            if not any(p.meets(h) for p in pieces for h in holes):
                continue
            for hole in holes:
                pieces = [rest for piece in pieces for rest in piece.without(hole)]
            element.set("sqref", sqref(pieces))

    def add(self, areas: Iterable[Rectangle], wanted: Validation) -> None:
        """Give these cells that validation, through an equal one where the tab has it."""
        key = _demand(wanted)
        element = self._known.get(key)
        if element is None:
            holder = container(self.root, "dataValidations")
            element = made(self.root, "dataValidation")
            element.set("type", wanted.kind)
            if wanted.operator:
                element.set("operator", wanted.operator)
            element.set("allowBlank", "1")
            if wanted.strict:
                element.set("showErrorMessage", "1")
            for name, text in (("formula1", wanted.formula1), ("formula2", wanted.formula2)):
                if text is not None:
                    formula = made(self.root, name)
                    formula.text = text
                    element.append(formula)
            holder.append(element)
            self._known[key] = element
        element.set("sqref", sqref(joined([*rectangles(element.get("sqref", "")), *areas])))

    def finish(self) -> None:
        """Drop those that no cell is left of."""
        holder = child(self.root, "dataValidations")
        for element in () if holder is None else tuple(holder):
            if not element.get("sqref"):
                _remove(element)
        _count(self.root)


def _demand(validation: Validation) -> tuple[str | None, ...]:
    """What a validation demands, without what does not count (LibreOffice writes an operator for lists, too)."""
    if validation.kind in ("list", "custom"):
        return validation.kind, validation.formula1
    operator = validation.operator or "between"
    second = validation.formula2 if operator in ("between", "notBetween") else None
    return validation.kind, operator, validation.formula1, second


def recolour(root: etree._Element, old: Iterable[str], colours: Iterable[Colour]) -> None:
    """Replace our conditional formats. ``old``: the columns and header row they look at, as ``$A4``.

    Ours are expressions over a range from the header row down that look at one of those cells; others stay.
    """
    looked_at = set(old)
    rows = {int(name.lstrip("$").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for name in looked_at}
    for element in tuple(root.iter("{*}conditionalFormatting")):
        if element.getparent() is not root:
            continue
        areas = rectangles(element.get("sqref", ""))
        rules = [e for e in element if local(e) == "cfRule"]
        formulas = ["".join(f.text or "" for f in rule) for rule in rules]
        if not areas or areas[0].top not in rows or any(rule.get("type") != "expression" for rule in rules):
            continue
        if all(any(cell in formula for cell in looked_at) for formula in formulas):
            root.remove(element)
    priority = max((int(e.get("priority", "0")) for e in root.iter("{*}cfRule")), default=0)
    for colour in colours:
        if rectangle(colour.area) is None:
            continue
        priority += 1
        element = placed(root, made(root, "conditionalFormatting"))
        element.set("sqref", colour.area)
        rule = made(root, "cfRule")
        rule.attrib.update({"type": "expression", "dxfId": str(colour.dxf), "priority": str(priority)})
        if colour.stop:
            rule.set("stopIfTrue", "1")
        formula = made(root, "formula")
        formula.text = colour.formula
        rule.append(formula)
        element.append(rule)

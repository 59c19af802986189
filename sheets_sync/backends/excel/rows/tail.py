"""What stands around the rows of a sheet part: the order of its elements, and making new ones in the right place."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from sheets_sync.backends.excel.xml_events import local

_ORDER = (  # noqa: SIM905  (forty names read better as they stand)
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations "
    "hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches "
    "ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
).split()
"""The children of ``worksheet`` as the schema orders them (ECMA-376 part 1, CT_Worksheet)."""
_RANK = {name: rank for rank, name in enumerate(_ORDER)}


def child(root: etree._Element, name: str) -> etree._Element | None:
    """The first child of that name."""
    return next((e for e in root if local(e) == name), None)


def made(root: etree._Element, name: str, spaces: Mapping[str, str] | None = None) -> etree._Element:
    """A new element of the sheet's own namespace and prefix, not yet in the tree; ``spaces``: prefixes to declare."""
    space = etree.QName(root).namespace
    return etree.Element(f"{{{space}}}{name}", nsmap={root.prefix: space, **(spaces or {})})


def container(root: etree._Element, name: str) -> etree._Element:
    """The sheet's child of that name, made in the schema's place where it is missing."""
    found = child(root, name)
    return found if found is not None else placed(root, made(root, name))


def placed(root: etree._Element, element: etree._Element) -> etree._Element:
    """Put a new child of the sheet where the schema wants it: behind the last one of its own or an earlier kind."""
    rank = _RANK[local(element)]
    at = 0
    for index, child in enumerate(root):
        known = _RANK.get(local(child))  # others (AlternateContent) go with what stands before them
        if known is not None and known <= rank:
            at = index + 1
        elif known is not None:
            break
    root.insert(at, element)
    return element

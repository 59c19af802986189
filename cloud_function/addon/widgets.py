"""Pieces of a card. What comes out of cells is text here, never markup, and leads only where a contact's link may lead.

Which fields take markup: ``text`` of a text paragraph and of decorated text; labels, titles, buttons and notifications
are plain. What may be markup is escaped; what is plain loses the two signs by which markup begins.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sheets_sync.template import safe

Widget = dict[str, Any]

MOST_WIDGETS = 100
"""So many a card may have; what is beyond is not shown."""

_GREEN = {"red": 0.11, "green": 0.45, "blue": 0.27, "alpha": 1}
_GREY = {"red": 0.89, "green": 0.91, "blue": 0.9, "alpha": 1}
_CHAT = re.compile(r"https://wa\.me/([1-9][0-9]{6,14})(?:\?text=[A-Za-z0-9%._~!*'()+-]*)?")
_MAIL = re.compile(
    r"mailto:[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}(?:\?[A-Za-z0-9%._~!*'()+&=-]*)?"
)
_PHONE = re.compile(r"(?:tel:)?(\+?[0-9][0-9 ()./-]{5,24})")
_NO_MARKUP = str.maketrans({"<": "‹", ">": "›"})


def escaped(text: str, longest: int) -> str:
    """Text for a field that takes markup: itself, in one line or more, however it was meant."""
    lines = (html.escape(safe(line), quote=False) for line in shortened(text, longest).splitlines())
    return "<br>".join(lines)


def plain(text: str, longest: int) -> str:
    """Text for a field that takes none, in one line."""
    return safe(shortened(text, longest)).translate(_NO_MARKUP)


def shortened(text: str, longest: int) -> str:
    """At most so many characters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def paragraph(text: str, longest: int = 600) -> Widget:
    """Text that may come out of a cell."""
    return {"textParagraph": {"text": escaped(text, longest)}}


def labelled(label: str, text: str, below: str = "", button: Widget | None = None) -> Widget:
    """A line of text between two small ones; the labels are our own words. ``button``: at its right."""
    widget: Widget = {"topLabel": plain(label, 120), "text": escaped(text, 200) or "–", "wrapText": True}
    if below:
        widget["bottomLabel"] = plain(below, 120)
    if button is not None:
        widget["button"] = button
    return {"decoratedText": widget}


def buttons(some: Iterable[Widget | None]) -> list[Widget]:
    """A row of those buttons that there are; no widget where there is none."""
    shown = [button for button in some if button is not None]
    return [{"buttonList": {"buttons": shown}}] if shown else []


def link_button(text: str, url: str) -> Widget:
    """A button that leads somewhere. ``url``: made by us, or by ``contacts``."""
    return {"text": text, "onClick": {"openLink": {"url": url}}}


def action_button(text: str, function: str, parameters: Mapping[str, str]) -> Widget:
    """A button that calls us. ``function``: our address."""
    given = [{"key": key, "value": value} for key, value in parameters.items()]
    action = {"function": function, "parameters": given, "loadIndicator": "SPINNER"}
    return {"text": text, "onClick": {"action": action}}


def footer(primary: Widget, secondary: Widget | None = None) -> Widget:
    """The one or two buttons that stay in sight; Google wants colours for them."""
    made = {"primaryButton": {**primary, "color": _GREEN}}
    return made if secondary is None else {**made, "secondaryButton": {**secondary, "color": _GREY}}


def contacts(shown: str, link: str | None) -> dict[str, str]:
    """Where a contact cell leads: ``whatsapp``, ``call``, ``mail``. Nowhere where it is not of one of these shapes."""
    link = (link or "").strip()
    if chat := _CHAT.fullmatch(link):
        return {"whatsapp": link, "call": f"tel:+{chat[1]}"}
    if _MAIL.fullmatch(link):
        return {"mail": link}
    if called := _PHONE.fullmatch(link) or (None if link else _PHONE.fullmatch(shown.strip())):
        return {"call": "tel:" + re.sub(r"[^+0-9]", "", called[1])}
    return {}

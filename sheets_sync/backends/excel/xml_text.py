"""Text as XML holds it. The standard library's ``saxutils`` does the same, but imports a web client."""

from __future__ import annotations

from html import escape as escape_html


def escape(text: str) -> str:
    """Text between tags."""
    return escape_html(text, quote=False)


def attribute(value: str) -> str:
    """An attribute's value with its quotes; line breaks and tabs are kept."""
    value = escape(value).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' not in value:
        return f'"{value}"'
    return f"'{value}'" if "'" not in value else '"' + value.replace('"', "&quot;") + '"'

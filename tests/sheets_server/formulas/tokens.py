"""The pieces of a formula, each with its place in the text, so that references can be rewritten where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass


class CannotRead(Exception):
    """The text is no formula: Google shows #ERROR!."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int


_TAB = r"(?:'(?:[^']|'')+'|[A-Za-z_À-ſ][\w.À-ſ]*)!"
_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]*"
_REFERENCE = (
    rf"(?:{_TAB})?(?:{_CELL}(?::(?:{_CELL}|\$?[A-Za-z]{{1,3}}(?![A-Za-z0-9_(]))|(?:[:]\$?[1-9][0-9]*))?"
    r"|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?:\$?[1-9][0-9]*)?(?![A-Za-z0-9_(])|\$?[1-9][0-9]*:\$?[1-9][0-9]*)"
    r"(?![A-Za-z0-9_(.])"
)
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<string>\"(?:[^\"]|\"\")*\")|(?P<failure>#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|ERROR!))"
    rf"|(?P<reference>{_REFERENCE})|(?P<number>\d+(?:[.]\d*)?(?:[eE][+-]?\d+)?|[.]\d+)"
    r"|(?P<name>(?:'(?:[^']|'')+'!)?[A-Za-z_À-ſ][\w.À-ſ]*)|(?P<operator><>|<=|>=|[-+*/^&=<>%])"
    r"|(?P<mark>[(),;{}\\])"
)
_COMMA_NUMBER = re.compile(r"\d+,\d+(?:[eE][+-]?\d+)?")


def tokens(text: str, decimal: str = ".") -> list[Token]:
    """The pieces behind the ``=``; CannotRead where one makes no sense."""
    out: list[Token] = []
    at = 1
    while at < len(text):
        if decimal == "," and (number := _COMMA_NUMBER.match(text, at)):
            out.append(Token("number", number[0].replace(",", "."), at))
            at = number.end()
            continue
        match = _TOKEN.match(text, at)
        if not match or not match.lastgroup:
            raise CannotRead(text[at:])
        if match.lastgroup != "space":
            out.append(Token(match.lastgroup, match[0], at))
        at = match.end()
    return out

"""From the pieces of a formula to a tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.sheets_server.a1 import Box, parse_corners, split
from tests.sheets_server.formulas.tokens import CannotRead, Token, tokens


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any


@dataclass(frozen=True, slots=True)
class Reference:
    """Cells, perhaps of another tab; ``single`` where one cell is meant."""

    tab: str | None
    box: Box
    single: bool


@dataclass(frozen=True, slots=True)
class Name:
    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """``#REF!`` and the like, written in the formula."""

    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node | None, ...]


Node = Literal | Reference | Name | Broken | Operation | Call

_STRENGTH = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}


def parse(text: str, *, decimal: str = ".", separators: str = ",;") -> Node:
    """The tree of ``=…``; CannotRead where Google would show a parse error."""
    reader = _Reader(tokens(text, decimal), separators)
    tree = reader.expression(0)
    if reader.now is not None:
        raise CannotRead(reader.now.text)
    return tree


class _Reader:
    def __init__(self, pieces: list[Token], separators: str) -> None:
        self.pieces = pieces
        self.separators = separators
        self.at = 0

    @property
    def now(self) -> Token | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def next(self) -> Token:
        if self.now is None:
            raise CannotRead("end")
        self.at += 1
        return self.pieces[self.at - 1]

    def expression(self, least: int) -> Node:
        left = self.operand()
        while self.now is not None and self.now.kind == "operator":
            sign = self.now.text
            if sign == "%":
                self.next()
                left = Operation("%", (left,))
                continue
            if _STRENGTH[sign] <= least:
                break
            self.next()
            left = Operation(sign, (left, self.expression(_STRENGTH[sign])))
        return left

    def operand(self) -> Node:
        piece = self.next()
        if piece.kind == "number":
            return Literal(float(piece.text))
        if piece.kind == "string":
            return Literal(piece.text[1:-1].replace('""', '"'))
        if piece.kind == "failure":
            return Broken(piece.text)
        if piece.kind == "reference":
            return _reference(piece.text)
        if piece.kind == "operator" and piece.text in "+-":
            return Operation("u" + piece.text, (self.expression(7),))
        if piece.text == "(":
            inside = self.expression(0)
            self.expect(")")
            return inside
        if piece.kind == "name":
            if self.now is not None and self.now.text == "(":
                self.next()
                return Call(piece.text.upper(), self.arguments())
            return (
                Literal(piece.text.upper() == "TRUE") if piece.text.upper() in ("TRUE", "FALSE") else Name(piece.text)
            )
        raise CannotRead(piece.text)

    def arguments(self) -> tuple[Node | None, ...]:
        out: list[Node | None] = []
        if self.now is not None and self.now.text == ")":
            self.next()
            return ()
        while True:
            missing = self.now is not None and self.now.text in (*self.separators, ")")
            out.append(None if missing else self.expression(0))
            mark = self.next().text
            if mark == ")":
                return tuple(out)
            if mark not in self.separators:
                raise CannotRead(mark)

    def expect(self, mark: str) -> None:
        if self.next().text != mark:
            raise CannotRead(mark)


def _reference(text: str) -> Node:
    tab, cells = split(text)
    box = parse_corners(cells)
    if box is None:
        raise CannotRead(text)
    return Reference(tab, box, ":" not in cells)

"""Computing a version of a spreadsheet: formulas are worked out when somebody looks, and remembered with the version."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from datetime import datetime

from tests.sheets_server.a1 import Area
from tests.sheets_server.cells import Effective, Failure, Formula
from tests.sheets_server.errors import ApiError, RequestError
from tests.sheets_server.formulas import values
from tests.sheets_server.formulas.functions import FUNCTIONS, LAZY
from tests.sheets_server.formulas.parse import Broken, Call, Literal, Name, Node, Operation, Reference, parse
from tests.sheets_server.formulas.tokens import CannotRead
from tests.sheets_server.formulas.values import Block, CannotCompute, Fails, Value
from tests.sheets_server.locales import conventions
from tests.sheets_server.sheet import Sheet
from tests.sheets_server.spreadsheet import Spreadsheet

sys.setrecursionlimit(max(sys.getrecursionlimit(), 60_000))  # a column of running totals is a chain of calls

_FAILURES = {"#REF!": "REF", "#N/A": "N_A", "#VALUE!": "VALUE", "#DIV/0!": "DIVIDE_BY_ZERO", "#NAME?": "NAME"}


class Evaluator:
    """Computes formulas of one version at one moment."""

    def __init__(self, book: Spreadsheet, now: Callable[[], datetime]) -> None:
        self.book = book
        self.now = now
        self.locale = book.locale
        self.running: set[tuple[int, int, int]] = set()

    def effective(self, sheet: Sheet, row: int, column: int) -> Effective:
        """What a cell holds once computed."""
        entered = sheet.cell(row, column).entered
        if not isinstance(entered, Formula):
            return entered
        place = (sheet.id, row, column)
        if place in self.book.computed:
            return self.book.computed[place]
        if place in self.running:
            raise Fails(
                Failure(
                    "REF", "Circular dependency detected. To resolve with iterative calculation, see File > Settings."
                )
            )
        self.running.add(place)
        try:
            result = self.result(entered, sheet, row, column)
        finally:
            self.running.discard(place)
        self.book.computed[place] = result
        return result

    def result(self, formula: Formula, sheet: Sheet, row: int = 0, column: int = 0) -> Effective:
        """What a formula gives as if it stood in a cell."""
        try:
            tree = _tree(formula.text, self.locale)
            found = _Computation(self, sheet, row, column).value(tree)
            one = values.single(found)
        except CannotRead:
            return Failure("ERROR", "Formula parse error.")
        except CannotCompute:
            known: Effective = formula.known
            return known
        except Fails as failed:
            return failed.failure
        return 0.0 if one is None else one


def refuse_unknown(formula: str, locale: str) -> str | None:
    """The function or form in a formula that this server cannot compute; None where it can."""
    try:
        tree = _tree(formula, locale)
    except CannotRead:
        return f"formulas with array literals ({formula})" if "{" in formula else None
    return _unknown(tree)


def _unknown(node: Node | None) -> str | None:
    if isinstance(node, Call):
        if node.function not in FUNCTIONS and node.function not in LAZY:
            return f"the spreadsheet function {node.function}"
        return next((found for part in node.arguments if (found := _unknown(part))), None)
    if isinstance(node, Operation):
        return next((found for part in node.parts if (found := _unknown(part))), None)
    return None


@functools.lru_cache(maxsize=20_000)
def _tree(text: str, locale: str) -> Node:
    words = conventions(locale)
    return parse(text, decimal=words.decimal, separators=words.argument_separators)


class _Computation:
    """One formula in one cell."""

    def __init__(self, evaluator: Evaluator, sheet: Sheet, row: int, column: int) -> None:
        self.evaluator = evaluator
        self.locale = evaluator.locale
        self.sheet = sheet
        self.row = row
        self.column = column

    def now(self) -> datetime:
        return self.evaluator.now()

    def value(self, node: Node | None) -> Value:
        if node is None:
            return None
        if isinstance(node, Literal):
            return node.value  # type: ignore[no-any-return]
        if isinstance(node, Reference):
            return self.cells(node)
        if isinstance(node, Broken):
            raise Fails(Failure(_FAILURES.get(node.text, "ERROR"), "Reference does not exist."))
        if isinstance(node, Operation):
            return self.operation(node)
        if isinstance(node, Name):
            return self.named(node.text)
        if node.function in LAZY:
            return LAZY[node.function](self, node.arguments)
        if node.function not in FUNCTIONS:
            raise CannotCompute(node.function)
        return FUNCTIONS[node.function](self, [self.value(argument) for argument in node.arguments])

    def operation(self, node: Operation) -> Value:
        if node.sign == "%":
            return values.number(self.value(node.parts[0]), self.locale) / 100
        if node.sign in ("u-", "u+"):
            amount = self.value(node.parts[0])
            return -values.number(amount, self.locale) if node.sign == "u-" else amount
        left, right = (values.single(self.value(part)) for part in node.parts)
        if node.sign == "&":
            return values.text(left, self.locale) + values.text(right, self.locale)
        if node.sign in ("=", "<>", "<", ">", "<=", ">="):
            return values.compare(node.sign, left, right)
        a, b = values.number(left, self.locale), values.number(right, self.locale)
        if node.sign == "/":
            if b == 0:
                raise Fails(Failure("DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero."))
            return a / b
        if node.sign == "^":
            return float(a**b)
        return {"+": a + b, "-": a - b, "*": a * b}[node.sign]

    def cells(self, node: Reference) -> Value:
        sheet = self.sheet
        if node.tab is not None:
            found = self.evaluator.book.sheet_titled(node.tab)
            if found is None:
                raise Fails(Failure("REF", f"Unresolved sheet name '{node.tab}'."))
            sheet = found
        area = sheet.area(node.box)
        if node.single:
            if not sheet.bounds.holds(area.top, area.left):
                raise Fails(Failure("REF", "Reference does not exist."))
            return self.evaluator.effective(sheet, area.top, area.left)
        return self.block(sheet, area)

    def block(self, sheet: Sheet, area: Area) -> Block:
        bottom = max(area.top + 1, min(area.bottom, len(sheet.rows)))
        rows: list[list[Effective]] = []
        for row in range(area.top, bottom):
            held = sheet.row(row)
            rows.append(
                [self.evaluator.effective(sheet, row, c) if c in held else None for c in range(area.left, area.right)]
            )
        return Block(rows, area.top, area.left)

    def named(self, name: str) -> Value:
        named = self.evaluator.book.named_range(name)
        if named is None:
            raise Fails(Failure("NAME", f"Unknown range name: '{name.upper()}'."))
        try:
            sheet, area = self.evaluator.book.area_of(named["range"])
        except (ApiError, RequestError):
            raise Fails(Failure("REF", "Reference does not exist.")) from None
        return self.block(sheet, area)

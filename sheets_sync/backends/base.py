"""The contract of a backend, in words. ``tests/backends/contract.py`` holds every backend to it.

A backend moves cells between a workbook and values; it decides nothing. One run calls ``open`` once, then ``load``
once, then ``apply`` at most once, then ``close``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sheets_sync.model import Applied, Plan, RawTab, TabLayout, Workbook


class Backend(Protocol):
    """A place where a workbook lives."""

    def open(self) -> Workbook:
        """Peek at every tab and read our own tabs and the memory whole.

        Raises BackendError where the workbook cannot be worked on (the code names why); never half a result.
        """

    def load(self, layouts: Sequence[TabLayout]) -> tuple[RawTab, ...]:
        """The source tabs that were recognised, in the order given; one read for all of them."""

    def apply(self, plan: Plan) -> Applied:
        """Make the workbook as ``plan`` says, wholly or not at all; an empty plan touches nothing.

        Only our tabs change. People's cells, rows, styles, comments, widths, filters in our tabs stay with their
        row. Raises Refusal("changed_under_us") where the workbook is no longer the one that ``open`` read; PlanAgain,
        which is one, where reading and planning anew at once may help.
        """

    def close(self) -> None:
        """Let go of locks and files; safe to call twice."""

    def traffic(self) -> Mapping[str, float] | None:
        """What travelled over the network since ``open`` (requests, bytes, seconds of waiting); None for files."""

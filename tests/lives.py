"""How long the state machines live: short lives for every change, long ones by environment (``tests/long``)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def lives(*, examples: int, steps: int, name: str) -> settings:
    """``<name>_EXAMPLES`` and ``<name>_STEPS`` say otherwise; ``UNSHRUNK=1`` shows a failure as it was found."""
    return settings(
        max_examples=int(os.environ.get(f"{name}_EXAMPLES", str(examples))),
        stateful_step_count=int(os.environ.get(f"{name}_STEPS", str(steps))),
        phases=[Phase.generate] if os.environ.get("UNSHRUNK") == "1" else list(Phase),
        deadline=None,
        suppress_health_check=_SLOW,
    )


def short_life(*, examples: int, steps: int) -> settings:
    """The same lives every time, told at the first thing that goes wrong: enough to see a planted fault caught."""
    return settings(
        max_examples=examples, stateful_step_count=steps, phases=[Phase.generate], derandomize=True, database=None,
        deadline=None, suppress_health_check=_SLOW, print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip

"""Hypothesis without a clock: how long a case takes says more about the machine than about the code."""

from hypothesis import settings

settings.register_profile("tables", deadline=None)
settings.load_profile("tables")

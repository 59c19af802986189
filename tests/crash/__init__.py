"""The writer killed at any moment: ``python -m tests.crash [--points N]``."""

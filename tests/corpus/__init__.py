"""The graft on wild workbooks: ``python -m tests.corpus [--every N]``."""

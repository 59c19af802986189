"""Fixtures for all backends."""

from tests.backends.google.spreadsheets import _one_server, server

__all__ = ["_one_server", "server"]

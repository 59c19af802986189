"""A local Cloud Tasks on loopback: a test tool, see its README.md."""

from __future__ import annotations

from tests.tasks_server.queue import Attempt, Queue
from tests.tasks_server.server import TasksServer

__all__ = ["Attempt", "Queue", "TasksServer"]

"""The entry points of the function, as the functions framework finds them: ``--source cloud_function/main.py``.

The framework imports this file as ``main`` and adds only its folder to the path. The folder above it goes first: the
buildpack skips ``pip install .`` while pyproject.toml is the same, so the installed ``sheets_sync`` may be that of an
earlier deployment, and what runs must be what was deployed.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import flask
import functions_framework
from cloudevents.http.event import CloudEvent
from flask.typing import ResponseReturnValue

from cloud_function import dispatch as dispatching
from cloud_function import event, one_workbook
from cloud_function.door import answered


@functions_framework.http
def sync(request: flask.Request) -> ResponseReturnValue:
    """Bring one workbook up to today: ``{"workbook": id, "on"?: date, "dry_run"?: bool}``."""
    return answered("sync", lambda line: one_workbook.answer(request, line))


@functions_framework.cloud_event
def sync_event(message: CloudEvent) -> None:
    """The same for a Pub/Sub message that holds the same body."""
    event.take(message)


@functions_framework.http
def dispatch(request: flask.Request) -> ResponseReturnValue:
    """Enqueue a sync for every workbook of the registry that is due."""
    return answered("dispatch", lambda line: dispatching.answer(request, line))


@functions_framework.http
def addon(request: flask.Request) -> ResponseReturnValue:
    """The Google Sheets add-on: cards for the side panel."""
    from cloud_function.addon import door  # noqa: PLC0415  (its cards are of no use to the other three)

    return door.answer(request)

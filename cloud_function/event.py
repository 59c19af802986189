"""A message that holds what ``sync`` is posted, in base64 as Pub/Sub has it."""

from __future__ import annotations

import base64
import binascii

import flask
from cloudevents.http.event import CloudEvent

from cloud_function import body, one_workbook
from cloud_function.door import Answer, Declined, answer_to
from cloud_function.log_line import LogLine


def take(message: CloudEvent) -> None:
    """Do what it asks for. Only what may be right later is handed back (503): a message that never will be would come
    again for days, and its line in the log says what was wrong."""
    answer = answer_to("sync_event", lambda line: _answer(message, line))
    if answer.again:
        flask.abort(503)


def _answer(message: CloudEvent, line: LogLine) -> Answer:
    return one_workbook.bring_up_to_date(body.read(_content(message)), line)


def _content(message: CloudEvent) -> bytes:
    held = message.get_data()
    inner = held.get("message") if isinstance(held, dict) else None
    data = inner.get("data") if isinstance(inner, dict) else None
    if not isinstance(data, str):
        raise Declined(400, "field_missing", "message.data")
    try:
        return body.within_bounds(base64.b64decode(data, validate=True))
    except binascii.Error as error:
        raise Declined(400, "field_wrong", "message.data") from error

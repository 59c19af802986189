"""Where Google's calls for the add-on arrive: nothing is read of one that is not Google's own, for this add-on."""

from __future__ import annotations

import flask

from cloud_function.addon import event, tokens
from cloud_function.addon.panel import Panel
from cloud_function.body import content_of, parsed, post_only
from cloud_function.door import Answer, answered
from cloud_function.log_line import LogLine


def answer(request: flask.Request) -> flask.Response:
    """A card for what was asked."""
    return answered("addon", lambda line: _answer(request, line))


def _answer(request: flask.Request, line: LogLine) -> Answer:
    """Declined: 401 for tokens, 400 for a body that is not what Google sends."""
    post_only(request)
    deployment = tokens.Deployment.of_environment()
    unsigned = tokens.check_header(request.headers.get("Authorization"), deployment)
    body = parsed(content_of(request))
    tokens.check_body(event.tokens_of(body), unsigned, deployment)
    asked = event.event_of(body)
    if asked.spreadsheet:
        line.of(asked.spreadsheet)
    return Answer(status=200, body=Panel(asked, deployment.url, line).answer())

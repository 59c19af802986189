"""Where Google's add-on calls arrive."""

from __future__ import annotations

import flask


def answer(_: flask.Request) -> flask.Response:
    """A card for what was asked."""
    return flask.Response(status=501)

"""The way to a server on this computer, in Google's place: nothing that takes it leaves the computer.

google-auth asks Google for more than tokens (where an account may work, in a thread of its own), and shows the token.
"""

from __future__ import annotations

from typing import Any

from google.auth.transport.requests import AuthorizedSession, Request
from requests import ConnectionError as NoConnectionError
from requests import Session
from requests.adapters import BaseAdapter

from sheets_sync.backends.google.address import stays_here


def local_session(credentials: Any) -> AuthorizedSession:
    """A session whose credentials ask nobody but this computer."""
    asking = _LocalSession()
    make: Any = AuthorizedSession
    session: AuthorizedSession = make(credentials, auth_request=Request(asking))
    asking.trust_env = session.trust_env = False  # no proxy is shown what goes to this computer
    return session


class _LocalSession(Session):
    def get_adapter(self, url: str) -> BaseAdapter:
        """What carries a request to a URL; none leads elsewhere."""
        if not stays_here(url):
            raise NoConnectionError("not on this computer")
        return super().get_adapter(url)

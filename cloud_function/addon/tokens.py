"""Who calls: only Google, for this add-on. Nothing of a call is believed before its tokens are.

Google signs an ID token for the add-on's own service account, with our address as its audience. It comes in the
``Authorization`` header and once more in the body; the second counts because Cloud Run, where it has checked the header
itself, passes it on without its signature.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.auth import jwt
from google.auth.exceptions import GoogleAuthError
from requests import RequestException, Session

from cloud_function.door import Declined
from sheets_sync.backends.google import address
from sheets_sync.problems import ConfigError

URL, ACCOUNT, CLIENT = "SHEETS_SYNC_ADDON_URL", "SHEETS_SYNC_ADDON_ACCOUNT", "SHEETS_SYNC_ADDON_CLIENT"
"""Our own address as the manifest has it; the service account and the OAuth client of the add-on."""
CERTS_VARIABLE = "SHEETS_SYNC_GOOGLE_CERTS"
"""Names a local server whose keys are believed instead of Google's (for tests); loopback only."""

_jwt: Any = jwt  # google-auth ships no types for it
_CERTS = "https://www.googleapis.com"
_PATH = "/oauth2/v1/certs"
_ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
_SKEW = 10
"""Seconds that two clocks may differ."""
_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"
"""What Cloud Run leaves of the signature of a token that it has checked."""
_LONGEST_TOKEN = 8 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What tells this add-on from others."""

    url: str
    account: str
    client: str

    @classmethod
    def of_environment(cls) -> Deployment:
        """ConfigError ``addon_not_set_up`` where a variable is missing."""
        values = {name: os.environ.get(name, "").strip() for name in (URL, ACCOUNT, CLIENT)}
        if missing := [name for name, value in values.items() if not value]:
            raise ConfigError("addon_not_set_up", variables=", ".join(missing))
        return cls(url=values[URL], account=values[ACCOUNT], client=values[CLIENT])


class Keys:
    """Google's public keys, kept as long as Google says; fetched again for a key that is not among them."""

    LONGEST, SOONEST = 24 * 3600.0, 60.0
    """Seconds: so long they are kept at most, and so often they are fetched at most, whatever keys are named."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is fetched yet. ``clock``: seconds."""
        self._clock, self._lock = clock, threading.Lock()
        self._certs: Mapping[str, str] = {}
        self._of, self._fetched, self._good_until = "", 0.0, 0.0

    def certs(self, key: str) -> Mapping[str, str]:
        """Certificates by key id. Declined (503) where they cannot be had, ConfigError for an address not local."""
        with self._lock:
            base = address.server(_CERTS, CERTS_VARIABLE)
            now = self._clock()
            fresh = self._of == base and now < self._good_until
            if fresh and (key in self._certs or now - self._fetched < self.SOONEST):
                return self._certs
            self._certs, seconds = _fetched(base)
            self._of, self._fetched = base, now
            self._good_until = now + min(seconds, self.LONGEST)
            return self._certs


_KEYS = Keys()


def check_header(authorization: str | None, deployment: Deployment) -> str | None:
    """The first look, before the body is read. Declined (401) but for a token that holds; its unsigned part where Cloud
    Run has checked it and kept the signature: then the one in the body has to hold (``check_body``)."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Declined(401, "token_missing")
    head, _, signature = token.strip().rpartition(".")
    if signature == _REMOVED:
        return head
    _system(token.strip(), deployment)
    return None


def check_body(tokens: Mapping[str, Any], unsigned: str | None, deployment: Deployment) -> None:
    """The tokens of the body's ``authorizationEventObject``. Declined (401) where one does not hold."""
    system, user = tokens.get("systemIdToken"), tokens.get("userIdToken")
    if unsigned is not None and (not isinstance(system, str) or system.rpartition(".")[0] != unsigned):
        raise Declined(401, "token_missing")
    if system is not None:
        _system(system, deployment)
    if user is not None:
        _claims(user, deployment.client)


def _system(token: object, deployment: Deployment) -> None:
    claims = _claims(token, deployment.url)
    if claims.get("email") != deployment.account or claims.get("email_verified") is not True:
        raise Declined(401, "token_of_another")


def _claims(token: object, audience: str) -> Mapping[str, Any]:
    """What a token says, once its signature, time, audience and issuer hold."""
    if not isinstance(token, str) or len(token) > _LONGEST_TOKEN:
        raise Declined(401, "token_wrong")
    try:
        certs = _KEYS.certs(str(_jwt.decode_header(token).get("kid")))
        claims = _jwt.decode(token, certs=certs, audience=audience, clock_skew_in_seconds=_SKEW)
    except (GoogleAuthError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Declined(401, "token_wrong") from error
    if claims.get("iss") not in _ISSUERS:
        raise Declined(401, "token_wrong")
    found: Mapping[str, Any] = claims
    return found


def _fetched(base: str) -> tuple[Mapping[str, str], float]:
    try:
        with Session() as session:
            session.trust_env = base == _CERTS
            response = session.get(base + _PATH, timeout=(5.0, 10.0), allow_redirects=False)
        certs = response.json() if response.status_code == 200 else None
    except (RequestException, ValueError) as error:
        raise Declined(503, "keys_unreachable") from error
    if not isinstance(certs, dict):
        raise Declined(503, "keys_unreachable")
    ages = [part.strip().partition("=") for part in response.headers.get("Cache-Control", "").split(",")]
    seconds = next((float(age) for name, _, age in ages if name == "max-age" and age.isdecimal()), 0.0)
    return certs, seconds

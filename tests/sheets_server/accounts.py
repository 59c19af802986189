"""Who asks: the OAuth token endpoint for google-auth's service-account flow, and a throw-away service account."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import urllib.parse
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.sheets_server.errors import ApiError
from tests.sheets_server.proto_json import Json

EMAIL = "worker@sheets-server.iam.gserviceaccount.com"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Accounts:
    """The one service account of this server, and the tokens it was given."""

    def __init__(self) -> None:
        self.email = EMAIL
        self.accepts_any_token = True
        self._key: rsa.RSAPrivateKey | None = None
        self._tokens: dict[str, str] = {}
        self._lock = threading.Lock()

    def key(self) -> rsa.RSAPrivateKey:
        with self._lock:
            if self._key is None:
                self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            return self._key

    def write_credentials(self, path: Path, url: str) -> None:
        """A service-account file whose key was made a moment ago and whose token endpoint is this server."""
        pem = self.key().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_text(
            json.dumps(
                {
                    "type": "service_account",
                    "project_id": "sheets-server",
                    "private_key_id": "throw-away",
                    "private_key": pem.decode(),
                    "client_email": self.email,
                    "client_id": "1",
                    "token_uri": f"{url}/token",
                    "universe_domain": "googleapis.com",
                },
                indent=2,
            )
        )
        path.chmod(0o600)
        self.accepts_any_token = False

    def grant(self, form: str) -> Json:
        """An access token for a signed assertion; OAuth's own error otherwise."""
        given = dict(urllib.parse.parse_qsl(form))
        if given.get("grant_type") != _GRANT:
            return {
                "error": "unsupported_grant_type",
                "error_description": "Invalid grant_type: " + given.get("grant_type", ""),
            }
        claims = self._verified(given.get("assertion", ""))
        if claims is None:
            return {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        if claims.get("iss") != self.email:
            return {"error": "invalid_grant", "error_description": "Invalid grant: account not found"}
        token = "ya29." + secrets.token_urlsafe(24)
        with self._lock:
            self._tokens[token] = str(claims.get("scope", ""))
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def _verified(self, assertion: str) -> dict[str, Any] | None:
        try:
            head, body, signature = assertion.split(".")
            signed = f"{head}.{body}".encode()
            self.key().public_key().verify(_decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())
            claims: dict[str, Any] = json.loads(_decoded(body))
        except (ValueError, InvalidSignature):
            return None
        return claims

    def revoke_all(self) -> None:
        """Every token given so far is refused from now on, as after an hour."""
        with self._lock:
            self._tokens.clear()
        self.accepts_any_token = False

    def check(self, authorization: str | None, *, drive: bool) -> None:
        """ApiError 401 without a token that holds, 403 where its scope does not reach."""
        token = (authorization or "").removeprefix("Bearer ").strip()
        with self._lock:
            scope = self._tokens.get(token)
        if token and scope is None and self.accepts_any_token:
            return
        if scope is None:
            said = (
                "Request had invalid authentication credentials. "
                if token
                else "Request is missing required authentication credential. "
            )
            raise ApiError(
                401,
                said + "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
                "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
            )
        if not any(
            part.endswith(
                ("/drive", "/drive.file")
                if drive
                else ("/spreadsheets", "/drive", "/drive.file", "/spreadsheets.readonly")
            )
            for part in scope.split()
        ):
            raise ApiError(
                403,
                "Request had insufficient authentication scopes.",
                details=[
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                        "domain": "googleapis.com",
                    }
                ],
            )


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

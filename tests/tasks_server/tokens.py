"""Tokens as Google signs them for a task's ``oidcToken``."""

from __future__ import annotations

import functools
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

ISSUER = "https://accounts.google.com"


_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@functools.cache
def _signer() -> Any:
    pem = _KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made: Any = crypt.RSASigner
    return made.from_string(pem, "of-tests")


def oidc(email: str, audience: str, now: float) -> str:
    """A token of that account for that audience, good for an hour."""
    claims = {
        "iss": ISSUER, "aud": audience, "email": email, "email_verified": True, "sub": "1",
        "iat": int(now), "exp": int(now) + 3600,
    }  # fmt: skip
    encode: Any = jwt.encode
    signed: bytes = encode(_signer(), claims)
    return signed.decode()


def verified(token: str, audience: str) -> dict[str, Any]:
    """A token's claims; ValueError where it is forged, expired or for somebody else."""
    public = _KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    decode: Any = jwt.decode
    claims: dict[str, Any] = decode(token, certs={"of-tests": public}, audience=audience)
    return claims

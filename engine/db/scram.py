"""What PostgreSQL stores of a password: made here, so that the password itself stands in no statement and in no log of the server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

__all__ = ["scram_verifier"]


def scram_verifier(password: str, salt: bytes | None = None, rounds: int = 4096) -> str:
    """What PostgreSQL stores of a password (RFC 5802): `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey`."""
    salt = os.urandom(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    client = hmac.digest(salted, b"Client Key", "sha256")
    keys = [hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")]
    stored, server = (base64.b64encode(key).decode() for key in keys)
    return f"SCRAM-SHA-256${rounds}:{base64.b64encode(salt).decode()}${stored}:{server}"

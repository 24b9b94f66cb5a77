"""A browser that somebody has signed in with before: it is not kept out while others guess that user's password."""

from __future__ import annotations

import hmac
import secrets

from engine.access.secrets_store import SecretsStore

__all__ = ["DEVICE", "DEVICE_DAYS", "device_cookie", "known_device"]

DEVICE = "mcs_device"
DEVICE_DAYS = 400
"""The longest that browsers keep a cookie."""


def device_cookie(user: str, store: SecretsStore) -> str:
    """`NUMBER.SEAL`: which device it is, and that this site has said so for this user. It lets nobody in."""
    number = secrets.token_hex(16)
    return f"{number}.{_seal(number, user, store)}"


def known_device(cookie: str, user: str, store: SecretsStore) -> str:
    """The device's number, "" for one that this user has not signed in with."""
    number, _, seal = cookie.partition(".")
    if not number or not seal.isascii() or not hmac.compare_digest(seal, _seal(number, user, store)):
        return ""
    return number


def _seal(number: str, user: str, store: SecretsStore) -> str:
    return hmac.digest(store.derived("known device").encode(), f"{number} {user}".encode(), "sha256").hex()

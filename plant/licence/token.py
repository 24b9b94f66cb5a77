"""The vendor's signed answer: who may run until when. Made by the licence server, believed by nobody without its signature."""

from __future__ import annotations

import base64
import binascii
import hashlib

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.api import Text

__all__ = ["Claims", "TokenRefused", "format_vendor_key", "key_digest", "open_token", "read_vendor_key", "sign_token"]

# Signed together with the claims, so that nothing else the vendor signs with this key can pass for a token.
DOMAIN = b"mcs-iot licence token 1\n"
VALID_S = 24 * 3600.0
LONGEST_VALID_S = 25 * 3600.0
LARGEST_BYTES = 16_384


class TokenRefused(Exception):
    """The text is no token of this vendor, or not one for this machine, key and question."""


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What the vendor says. Times are Unix seconds by the vendor's clock; `key` is the digest of the licence key.

    `nonce` repeats the question's: an old answer can't be played back to a new question. `until` is the end of the licence itself.
    """

    machine: str
    key: str
    nonce: str
    issued: float
    expires: float
    customer: str = ""
    until: float | None = None


class _Sealed(msgspec.Struct, frozen=True, kw_only=True):
    claims: str
    signature: str


def key_digest(key: str) -> str:
    """What stands for a licence key where the key itself must not."""
    return hashlib.sha256(b"mcs-iot licence key\n" + key.strip().upper().encode()).hexdigest()


def sign_token(claims: Claims, vendor: Ed25519PrivateKey) -> bytes:
    """The content of `token.json`: {"claims": base64 of JSON, "signature": base64 of Ed25519}."""
    signed = msgspec.json.encode(claims)
    signature = vendor.sign(DOMAIN + signed)
    return msgspec.json.encode(
        _Sealed(claims=base64.b64encode(signed).decode(), signature=base64.b64encode(signature).decode())
    )


def open_token(text: bytes, vendor: Ed25519PublicKey, *, machine: str, key: str, nonce: str | None = None) -> Claims:
    """The claims of a token that this vendor signed for this machine and licence key, and (if given) for this question.

    TokenRefused says which of these does not hold. Whether the token has expired is for the caller, who knows the time.
    """
    if len(text) > LARGEST_BYTES:
        raise TokenRefused(Text("licence.token-long"))
    try:
        sealed = msgspec.json.decode(text, type=_Sealed)
        signed = base64.b64decode(sealed.claims, validate=True)
        vendor.verify(base64.b64decode(sealed.signature, validate=True), DOMAIN + signed)
        claims = msgspec.json.decode(signed, type=Claims)
    except InvalidSignature:
        raise TokenRefused(Text("licence.unsigned")) from None
    except (msgspec.MsgspecError, binascii.Error, ValueError, RecursionError):
        raise TokenRefused(Text("licence.no-token")) from None
    if claims.machine != machine:
        raise TokenRefused(Text("licence.other-machine"))
    if claims.key != key_digest(key):
        raise TokenRefused(Text("licence.other-key"))
    if nonce is not None and claims.nonce != nonce:
        raise TokenRefused(Text("licence.other-question"))
    if not 0 < claims.expires - claims.issued <= LONGEST_VALID_S:
        raise TokenRefused(Text("licence.no-end"))
    return claims


def read_vendor_key(text: str) -> Ed25519PublicKey:
    """The vendor's public key from base64. ValueError when it is none."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError):
        raise ValueError(Text("licence.no-vendor-key")) from None


def format_vendor_key(key: Ed25519PublicKey) -> str:
    """As `read_vendor_key` reads it."""
    return base64.b64encode(key.public_bytes_raw()).decode()

"""The way to the vendor's licence server: one HTTPS request, one answer."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Protocol

import aiohttp
import msgspec

from engine.api import Text
from plant.licence.token import LARGEST_BYTES

__all__ = ["HttpsVendor", "Question", "Vendor", "VendorAway", "VendorRefused"]

ANSWER_S = 15.0
PATH = "/api/licences/verify"


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the vendor is asked: may this machine run with this key? `nonce` comes back in the answer."""

    machine: str
    key: str
    nonce: str
    version: str = ""


class VendorAway(Exception):
    """No answer: no network, no server, no trust in its certificate."""


class VendorRefused(Exception):
    """The vendor has answered no. `code`: unknown, revoked, ended, machines, too_many."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Vendor(Protocol):
    """Whoever answers questions."""

    async def ask(self, question: Question) -> bytes:
        """The text of a token, not yet believed. VendorAway, VendorRefused."""


class HttpsVendor:
    """The licence server at an https address. `ca_file` replaces the system's authorities; it is read at every question."""

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        self._url = url.rstrip("/") + PATH
        self._ca_file = ca_file

    async def ask(self, question: Question) -> bytes:
        """See `Vendor`."""
        try:
            context = ssl.create_default_context(cafile=self._ca_file)
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as session,
                session.post(
                    self._url,
                    data=msgspec.json.encode(question),
                    headers={"Content-Type": "application/json"},
                    ssl=context,
                    allow_redirects=False,
                ) as answer,
            ):
                text = b""
                async for part in answer.content.iter_any():
                    text += part
                    if len(text) > LARGEST_BYTES:
                        raise VendorAway(Text("licence.answer-long"))
                if answer.status == 200:
                    return text
                raise _refusal(answer.status, text)
        except aiohttp.ClientConnectorCertificateError as untrusted:
            raise VendorAway(Text("licence.untrusted", reason=str(untrusted.certificate_error))) from untrusted
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            raise VendorAway(Text("licence.unreachable", reason=str(failure) or type(failure).__name__)) from failure


class _Error(msgspec.Struct):
    code: str
    message: str


class _Refusal(msgspec.Struct):
    error: _Error


def _refusal(status: int, text: bytes) -> Exception:
    try:
        refusal = msgspec.json.decode(text, type=_Refusal).error
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return VendorAway(Text("licence.status", status=status))
    return VendorRefused(refusal.code, refusal.message[:300])

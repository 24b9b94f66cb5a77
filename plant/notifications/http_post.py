"""One HTTP request to a webhook: no redirects, no cookies, a short answer, and no address where no webhook can live."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from plant.notifications.outcome import PermanentFailure, TransientFailure

__all__ = ["open_session", "post"]

ANSWER_WITHIN_S = 15.0
LONGEST_ANSWER = 2000


class _Forbidden(OSError):
    """The name leads where no webhook is."""


class _NoLinkLocal(AbstractResolver):
    """Clouds give out the server's own credentials at link-local addresses (169.254.169.254): no webhook lives there.

    Addresses of the plant's own network are allowed: that is where a customer's own receiver stands, and only an admin sets one up.
    """

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        for one in found:
            if not _allowed(one["host"]):
                raise _Forbidden(f"{host} is at {one['host']}, an address that no webhook has")
        return found

    async def close(self) -> None:
        await self._names.close()


def open_session() -> aiohttp.ClientSession:
    """The session that all robots share."""
    connector = aiohttp.TCPConnector(resolver=_NoLinkLocal(), limit=20)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def post(session: aiohttp.ClientSession, url: str, data: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """(status, the beginning of the answer). Raises TransientFailure when there is none, PermanentFailure for an address that won't do.

    Neither text names the address: it carries the robot's key.
    """
    host = urlsplit(url).hostname or ""
    if not _allowed(host):
        raise PermanentFailure(f"{host} is an address that no webhook has", "address")
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    try:
        # As it stands: signatures are made over these very bytes.
        target = URL(url, encoded=url.isascii())
        async with session.post(target, data=data, headers=headers, allow_redirects=False, timeout=timeout) as answer:
            raw = await answer.content.read(LONGEST_ANSWER * 4)
            return answer.status, raw.decode(answer.charset or "utf-8", "replace")[:LONGEST_ANSWER]
    except TimeoutError as error:
        raise TransientFailure(f"{host}: no answer within {ANSWER_WITHIN_S:g} s", "network") from error
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, _Forbidden):
            raise PermanentFailure(str(error.os_error), "address") from error
        hint: Any = "tls" if isinstance(error, aiohttp.ClientConnectorSSLError) else "network"
        raise TransientFailure(f"{host}: {error.os_error.strerror or error.os_error}", hint) from error
    except aiohttp.ClientSSLError as error:
        raise TransientFailure(f"{host}: {type(error).__name__}", "tls") from error
    except (aiohttp.InvalidURL, UnicodeError, ValueError) as error:
        raise PermanentFailure("the address can't be read; copy it from the robot's page", "address") from error
    except (aiohttp.ClientError, OSError) as error:
        raise TransientFailure(f"{host}: {type(error).__name__}", "network") from error


def _allowed(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return True
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not (mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified)

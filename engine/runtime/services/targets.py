"""The guard of the site's own requests: no flow, card or message makes the server ask itself, its services or its cloud."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from engine.core.failure import PermanentError
from engine.core.targets import address_in, is_closed
from engine.settings import Settings
from engine.texts.text import Text

__all__ = ["TargetRefused", "Targets"]

_PORTS = {
    "http": 80,
    "https": 443,
    "postgresql": 5432,
    "postgres": 5432,
    "redis": 6379,
    "rediss": 6379,
    "mqtt": 1883,
    "mqtts": 8883,
}


class TargetRefused(PermanentError):
    """The address is one that nobody has named in MCS_ALLOWED_TARGETS and that needs it."""


class Targets:
    """A service. What is checked is the address that is then connected to, so a name that changes its address in between leads nowhere."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = settings.allowed_targets
        self._networks = [network for network in settings.trusted_proxies if not network.is_loopback]
        urls = (settings.database_url, settings.query_database_url, settings.redis_url, settings.mqtt_url)
        self._services = [where for url in urls if url is not None and (where := _where(url.reveal())) is not None]

    def session(self, *, limit: int = 100) -> aiohttp.ClientSession:
        """A session that asks no address that is refused, at a redirect neither: its requests raise TargetRefused.

        No cookies: what one answer sets must not travel with the next request.
        """
        connector = aiohttp.TCPConnector(resolver=_Checked(self), limit=limit)
        return aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), middlewares=(self._check_request,)
        )

    async def _check_request(
        self, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        # An address in place of a name is not looked up, so the resolver does not see it.
        await self.check(str(request.url))
        return await send(request)

    async def check(self, url: str) -> None:
        """TargetRefused when the URL holds an address that is refused. A name is checked when it has been looked up."""
        where = _where(url)
        if where is not None and address_in(where[0]) is not None:
            await self.check_address(where[0], where[0], where[1])

    async def check_name(self, url: str) -> None:
        """As `check`, and looks the name up, for a library that connects by itself; a name that is not found is left to that."""
        where = _where(url)
        if where is not None:
            with contextlib.suppress(socket.gaierror):
                for address in await _addresses(*where):
                    await self.check_address(where[0], address, where[1])

    async def check_address(self, host: str, address: str, port: int) -> None:
        """TargetRefused unless a request to `host`, which is at that address, may be made."""
        found = address_in(address)
        if found is None or any(target.covers(host, found, port) for target in self._allowed):
            return
        if is_closed(found) or any(found in network for network in self._networks) or await self._is_own(address, port):
            raise TargetRefused(Text("runtime.target-refused", host=host, address=str(found), port=port))

    async def _is_own(self, address: str, port: int) -> bool:
        for host, own_port in self._services:
            if own_port == port:
                try:
                    if address in await _addresses(host, port):
                        return True
                except OSError:
                    continue
        return False


class _Checked(AbstractResolver):
    """Looks names up and refuses those that lead where no request may go."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        for one in found:
            await self._targets.check_address(host, one["host"], port)
        return found

    async def close(self) -> None:
        await self._names.close()


async def _addresses(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def _where(url: str) -> tuple[str, int] | None:
    """(host, port) of an address; None when it has none."""
    try:
        parts = urlsplit(url)
        return (parts.hostname, parts.port or _PORTS.get(parts.scheme, 0)) if parts.hostname else None
    except ValueError as wrong:
        raise PermanentError(Text("runtime.no-address")) from wrong

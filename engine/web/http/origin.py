"""Where a request comes from: the client's address through the proxies that are trusted, and whether its page is ours."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp import web

from engine.web.http.server_context import SERVER

__all__ = ["address_of", "from_this_machine", "is_https", "same_origin"]


def address_of(request: web.Request) -> str:
    """The client's address. `X-Forwarded-For` counts from the right, and only as far as the proxies are trusted:
    what stands further left anyone may have written."""
    address = _parsed(request.remote or "")
    for text in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if address is None or not _trusted(request, address):
            break
        forwarded = _parsed(text.strip())
        if forwarded is None:
            break
        address = forwarded
    return str(address) if address is not None else (request.remote or "unknown")


def is_https(request: web.Request) -> bool:
    """Whether the browser speaks HTTPS, to us or to a trusted proxy."""
    return _scheme(request) == "https"


def from_this_machine(request: web.Request) -> bool:
    """Whether a program on this machine asks, and not a proxy here on behalf of someone else."""
    address = _parsed(request.remote or "")
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    return address is not None and address.is_loopback and not forwarded


def same_origin(request: web.Request) -> bool:
    """Whether the page that sends this is one of ours. False without an `Origin`, and for the opaque origin "null"."""
    origin = urlsplit(request.headers.get("Origin", ""))
    host = request.host
    if _behind_trusted(request):
        host = request.headers.get("X-Forwarded-Host", host).split(",")[0].strip()
    return bool(origin.netloc) and origin.netloc.lower() == host.lower() and origin.scheme == _scheme(request)


def _scheme(request: web.Request) -> str:
    if _behind_trusted(request):
        return request.headers.get("X-Forwarded-Proto", request.scheme).split(",")[0].strip().lower()
    return request.scheme


def _behind_trusted(request: web.Request) -> bool:
    address = _parsed(request.remote or "")
    return address is not None and _trusted(request, address)


def _trusted(request: web.Request, address: IPv4Address | IPv6Address) -> bool:
    networks = request.app[SERVER].settings.trusted_proxies
    return any(address in network for network in networks)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

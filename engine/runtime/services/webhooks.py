"""Addresses under /hook that flows answer: which node takes a request, and which requests wait for their answer."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote

import msgspec
from aiohttp import web

from engine.core.roles import Need
from engine.texts.text import Text

__all__ = ["Endpoint", "HttpCall", "HttpReply", "WebhookRouter"]

_PARAMETER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_LITERAL = re.compile(r"[\w.~-]+", re.ASCII)


class HttpCall(msgspec.Struct, frozen=True):
    """A request that may pass: `user` is "" where the endpoint is open to anyone, `address` the client's.

    A connection that lasts asks `still_admitted` now and then: a token ends, a role is taken away.
    """

    request: web.Request
    parameters: Mapping[str, str]
    user: str
    address: str
    still_admitted: Callable[[], Awaitable[bool]]


class Endpoint(msgspec.Struct, frozen=True, eq=False):
    """What a node opens: `owner` is `flow/node`, `path` like `/devices/{sn}/data`, `need` the role a caller must have."""

    owner: str
    method: str
    path: str
    need: Need
    serve: Callable[[HttpCall], Awaitable[web.StreamResponse]]


class HttpReply(msgspec.Struct, frozen=True):
    """What a waiting request is answered with."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}


class WebhookRouter:
    """The endpoints of all running flows. The web server asks it at every request, so a deploy takes effect at once."""

    def __init__(self) -> None:
        self._endpoints: dict[tuple[str, tuple[str, ...]], list[Endpoint]] = {}
        self._waiting: dict[str, asyncio.Future[HttpReply]] = {}

    def check(self, owner: str, method: str, path: str) -> None:
        """ValueError when the path is none, or another flow answers it."""
        names: list[str] = []
        if not path.startswith("/") or path == "/":
            raise ValueError(Text("runtime.hook-no-path", path=path))
        for part in path[1:].split("/"):
            parameter = _PARAMETER.fullmatch(part)
            if parameter is not None:
                names.append(parameter[1])
            elif not _LITERAL.fullmatch(part) or part in (".", ".."):
                raise ValueError(Text("runtime.hook-bad-part", part=part, path=path))
        if len(set(names)) < len(names):
            raise ValueError(Text("runtime.hook-parameter-twice", path=path))
        taken = next((endpoint for endpoint in self._line(method, path) if _flow(endpoint.owner) != _flow(owner)), None)
        if taken is not None:
            raise ValueError(Text("runtime.hook-taken", method=method, path=path, owner=taken.owner))

    def open(self, endpoint: Endpoint) -> bool:
        """Opens it, in the place of the same owner's earlier endpoint. False while another node is first in line for this path."""
        line = self._line(endpoint.method, endpoint.path)
        for place, known in enumerate(line):
            if known.owner == endpoint.owner:
                line[place] = endpoint
                break
        else:
            line.append(endpoint)
        self._endpoints[_shape(endpoint.method, endpoint.path)] = line
        return line[0] is endpoint

    def close(self, endpoint: Endpoint) -> None:
        """Closes it; harmless when its owner has opened a later one."""
        line = self._line(endpoint.method, endpoint.path)
        if endpoint in line:
            line.remove(endpoint)
        if not line:
            self._endpoints.pop(_shape(endpoint.method, endpoint.path), None)

    def find(self, method: str, raw_path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """The endpoint for a request's path as it was sent (percent-encoded), and the parameters in it; literal parts go before `{name}`."""
        parts = _decoded(raw_path)
        if parts is None:
            return None
        found = [
            line[0] for (known, _), line in self._endpoints.items() if known == method and _fits(line[0].path, parts)
        ]
        if not found:
            return self.find("GET", raw_path) if method == "HEAD" else None
        endpoint = min(found, key=lambda one: [part.startswith("{") for part in one.path.split("/")])
        return endpoint, {
            wanted[1:-1]: part
            for wanted, part in zip(endpoint.path[1:].split("/"), parts, strict=True)
            if wanted.startswith("{")
        }

    def methods(self, raw_path: str) -> list[str]:
        """The methods that this path is answered for; [] when it is for none."""
        parts = _decoded(raw_path)
        return sorted({method for (method, _), line in self._endpoints.items() if parts and _fits(line[0].path, parts)})

    def wait(self) -> tuple[str, asyncio.Future[HttpReply]]:
        """A new request that waits: its id, which travels with the message, and the answer to come. `forget` it at the end."""
        id = os.urandom(8).hex()
        answer: asyncio.Future[HttpReply] = asyncio.get_running_loop().create_future()
        self._waiting[id] = answer
        return id, answer

    def answer(self, id: str, reply: HttpReply) -> bool:
        """Answers a request that waits. False when it was answered before, or has given up."""
        waiting = self._waiting.get(id)
        if waiting is None or waiting.done():
            return False
        waiting.set_result(reply)
        return True

    def forget(self, id: str) -> None:
        """The request waits no longer."""
        self._waiting.pop(id, None)

    def _line(self, method: str, path: str) -> list[Endpoint]:
        return self._endpoints.get(_shape(method, path), [])


def _shape(method: str, path: str) -> tuple[str, tuple[str, ...]]:
    """What makes two endpoints the same: the names of parameters don't tell them apart."""
    return method, tuple("{}" if part.startswith("{") else part for part in path[1:].split("/"))


def _fits(path: str, parts: list[str]) -> bool:
    wanted = path[1:].split("/")
    return len(wanted) == len(parts) and all(
        one.startswith("{") or one == part for one, part in zip(wanted, parts, strict=True)
    )


def _decoded(raw_path: str) -> list[str] | None:
    """Its parts, each decoded by itself: an encoded slash is no separator. None when a part is empty or no UTF-8."""
    try:
        parts = [unquote(part, errors="strict") for part in raw_path.removeprefix("/").split("/")]
    except UnicodeDecodeError:
        return None
    return parts if all(part and "\x00" not in part for part in parts) else None


def _flow(owner: str) -> str:
    return owner.partition("/")[0]

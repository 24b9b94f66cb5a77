"""A route as data: method, path, role, what it takes and answers. The OpenAPI document and the tests are made from the same data."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

import msgspec
from aiohttp import web

from engine.core.roles import Identity, requires
from engine.core.route import Nothing, Route
from engine.texts.language import Language
from engine.texts.text import Text, reason_of
from engine.web.http.errors import ApiError, json_answer, reader_language, starting
from engine.web.http.server_context import SERVER, ServerContext

__all__ = ["IDENTITY", "Call", "audit_of", "mount"]

IDENTITY = web.RequestKey("identity", Identity)
NOTED = web.RequestKey("noted", tuple[str, str, dict[str, Any]])

log = logging.getLogger("mcs.web")

G = TypeVar("G")
S = TypeVar("S")

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Call(Generic[G]):
    """One request to a route: who asks, what was given (checked), and what the audit log will say of it."""

    def __init__(self, request: web.Request, given: G) -> None:
        self.request = request
        self.given = given
        self.server: ServerContext = request.app[SERVER]
        self.target = "/".join(request.match_info.values())
        self.details: dict[str, Any] = {}
        self.changes = True
        """False on a route with an action: this time it has only looked, and the audit log says nothing."""

    @property
    def who(self) -> Identity:
        """Who asks; KeyError on a route that is open to anyone when nobody is signed in."""
        return self.request[IDENTITY]

    @property
    def language(self) -> Language:
        """The language of who reads the answer."""
        return reader_language(self.request)

    def service(self, kind: type[S]) -> S:
        """A service of a pack. ApiError (503) while the server is still starting it."""
        try:
            return self.server.service(kind)
        except LookupError as missing:
            raise starting(reason_of(missing)) from missing

    def path(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        """A part of the path that is a whole number which PostgreSQL can hold; ApiError (404) when it is none."""
        text = self.path(name)
        if text.isascii() and text.isdigit() and len(text) < 20 and int(text) < 2**63:
            return int(text)
        raise ApiError(404, "not_found", Text("api.no-number", given=text[:40]))


def mount(app: web.Application, routes: Iterable[Route]) -> None:
    """Puts the routes into the application's table."""
    for route in routes:
        app.router.add_route(route.method, route.path, requires(route.role)(_aiohttp_handler(route)))


def audit_of(request: web.Request) -> tuple[str, str, dict[str, Any]] | None:
    """(action, target, details) of a request that has changed something, None when there is nothing to say."""
    return request.get(NOTED)


def _aiohttp_handler(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    reads_query = route.method in ("GET", "HEAD")

    async def handle(request: web.Request) -> web.StreamResponse:
        given: Any
        if reads_query:
            given = _query(request, route.given)
        elif route.given is bytes:
            given = await _raw(request, route.media)
        else:
            given = await _body(request, route.given)
        call = Call(request, given)
        try:
            async with asyncio.timeout(route.time_limit_s):
                result = await route.handler(call)
        except TimeoutError as late:
            raise ApiError(503, "too_slow", Text("api.too-slow", seconds=route.time_limit_s)) from late
        if route.action and call.changes:
            request[NOTED] = (route.action, call.target, call.details)
        if isinstance(result, web.StreamResponse):
            answer = result
        elif result is None and route.answer is None:
            answer = web.Response(status=204, headers={"Cache-Control": "no-store"})
        else:
            answer = json_answer(result, route.status, language=call.language)
        if route.moved_to:
            log.warning("%s asks at %s, which is now %s", request.remote, route.path, route.moved_to)
            answer.headers["Link"] = f'<{route.moved_to.format_map(request.match_info)}>; rel="successor-version"'
        return answer

    handle.__doc__ = route.handler.__doc__
    handle.__mcs_route__ = route  # type: ignore[attr-defined]
    return handle


def _query(request: web.Request, kind: type[G]) -> G:
    given: dict[str, str] = {}
    for name, text in request.query.items():
        if name in given:
            raise ApiError(400, "bad_request", Text("api.query-twice", name=name[:80]))
        given[name] = text
    given.pop("lang", None)
    if any("\x00" in text for text in given.values()):
        raise ApiError(400, "bad_value", Text("api.query-nul"))
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as wrong:
        raise ApiError(400, "bad_request", Text("api.bad-query", reason=str(wrong))) from wrong


async def _raw(request: web.Request, media: tuple[str, ...]) -> bytes:
    if request.content_type not in media:
        raise ApiError(415, "wrong_type", Text("api.wrong-type", given=request.content_type, wanted=media))
    return await request.read()


async def _body(request: web.Request, kind: type[G]) -> G:
    raw = await request.read()
    if kind is Nothing and not raw:
        return kind()
    if request.content_type != "application/json":
        # A form of another site can send anything but this type without being asked first (CORS preflight).
        raise ApiError(415, "not_json", Text("api.not-json"))
    if _NUL.search(raw):
        raise ApiError(400, "bad_value", Text("api.body-nul"))
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as wrong:
        raise ApiError(400, "bad_request", Text("api.bad-body", reason=str(wrong))) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise ApiError(400, "bad_json", Text("api.bad-json", reason=str(wrong))) from wrong

"""A flow that another process of the site runs is read, edited and deployed on any process's page: what concerns it is answered over there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from engine.runtime.services.leases import FLOW, Lease
from engine.texts.text import Text
from engine.web.http.errors import ApiError, Handler
from engine.web.http.server_context import SERVER

__all__ = ["SESSION", "other_process", "rows_of_others", "session"]

SESSION = web.AppKey("other processes", aiohttp.ClientSession)

PASSED_ON = "X-MCS-Passed-On"
"""Whoever gets a request with this answers it: two processes that each think that the other has a flow would pass it on for ever."""
FLOW_PATH = "/api/flows/{name}"
CONNECT_S = 3.0
ANSWER_S = 65.0
LIST_S = 3.0
KEPT_REQUEST = (
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Cookie",
    "Host",
    "Origin",
    "X-Forwarded-Host",
    "X-MCS",
)
KEPT_ANSWER = ("Cache-Control", "Content-Language", "Content-Type", "Link", "Retry-After")


async def session(app: web.Application) -> AsyncIterator[None]:
    """For `cleanup_ctx`."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_S, connect=CONNECT_S)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as opened:
        app[SESSION] = opened
        yield


@web.middleware
async def other_process(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Passes on what concerns a flow of another process, with who asks: that one decides who may. ApiError (503) when it does not answer."""
    lease = _lease(request)
    if lease is None:
        return await handler(request)
    try:
        async with request.app[SESSION].request(
            request.method,
            URL(f"{lease.url}{request.raw_path}", encoded=True),
            headers=_headers(request),
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            kept = {name: answer.headers[name] for name in KEPT_ANSWER if name in answer.headers}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)
    except (aiohttp.ClientError, TimeoutError) as away:
        flow = lease.name.removeprefix(FLOW)
        raise ApiError(503, "process_away", Text("api.process-away", flow=flow, process=lease.process)) from away


async def rows_of_others(request: web.Request) -> dict[str, tuple[str, dict[str, Any] | None]]:
    """Of every flow that another process runs its process, and its row in that one's list; None where that one does not answer."""
    if PASSED_ON in request.headers:
        return {}
    others = {lease.name.removeprefix(FLOW): lease for lease in _others(request)}
    urls = sorted({lease.url for lease in others.values()})
    lists = dict(zip(urls, await asyncio.gather(*(_list(request, url) for url in urls)), strict=True))
    return {name: (lease.process, lists[lease.url].get(name)) for name, lease in others.items()}


async def _list(request: web.Request, url: str) -> dict[str, dict[str, Any]]:
    try:
        async with asyncio.timeout(LIST_S):
            async with request.app[SESSION].get(f"{url}/api/flows", headers=_headers(request)) as answer:
                rows = await answer.json() if answer.status == 200 else []
    except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
        return {}
    return {row["name"]: row for row in rows}


def _lease(request: web.Request) -> Lease | None:
    resource = request.match_info.route.resource
    if PASSED_ON in request.headers or resource is None:
        return None
    if resource.canonical != FLOW_PATH and not resource.canonical.startswith(f"{FLOW_PATH}/"):
        return None
    name = request.match_info["name"]
    if name in request.app[SERVER].deploys.known:
        return None
    return next((lease for lease in _others(request) if lease.name == FLOW + name), None)


def _others(request: web.Request) -> list[Lease]:
    others = request.app[SERVER].deploys.leases.others
    return [lease for lease in others if lease.name.startswith(FLOW) and lease.url]


def _headers(request: web.Request) -> dict[str, str]:
    headers = {name: request.headers[name] for name in KEPT_REQUEST if name in request.headers}
    forwarded = [*filter(None, [request.headers.get("X-Forwarded-For", "")]), request.remote or ""]
    proto = request.headers.get("X-Forwarded-Proto", request.scheme)
    return {**headers, PASSED_ON: "1", "X-Forwarded-For": ", ".join(forwarded), "X-Forwarded-Proto": proto}

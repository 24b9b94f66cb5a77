"""How the site is: health for everybody, metrics for Prometheus, the API's own description."""

from __future__ import annotations

from typing import Any

import psutil
from aiohttp import web

from engine.core.roles import ANYONE
from engine.core.route import Nothing, Route
from engine.texts.text import Text
from engine.web.http.auth import identify
from engine.web.http.errors import ApiError
from engine.web.http.origin import from_this_machine
from engine.web.http.route import Call
from engine.web.metrics import metrics_text
from engine.web.openapi import openapi

__all__ = ["PROCESS", "ROUTES"]

PROCESS = web.AppKey("process", psutil.Process)


async def health(call: Call[Nothing]) -> dict[str, Any]:
    """The health of the site and of every flow and service in it."""
    return call.server.health()


async def metrics(call: Call[Nothing]) -> web.Response:
    """Figures in the text format of Prometheus; open on this machine, elsewhere with a token or a session."""
    if not from_this_machine(call.request):
        identity, _ = await identify(call.request)
        if identity is None:
            raise ApiError(401, "signed_out", Text("api.metrics-closed"))
    text = metrics_text(call.server, call.request.app[PROCESS])
    return web.Response(body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def description(call: Call[Nothing]) -> dict[str, Any]:
    """This document."""
    return openapi(call.request.app, call.server.version)


ROUTES = (
    Route(method="GET", path="/api/health", role=ANYONE, handler=health, answer=dict[str, Any]),
    Route(method="GET", path="/metrics", role=ANYONE, handler=metrics, answer=str, refusals=(401,)),
    Route(method="GET", path="/api/openapi.json", role="viewer", handler=description, answer=dict[str, Any]),
)

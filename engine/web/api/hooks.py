"""The way from the web into flows: /hook/… leads to the node that has opened that path, for those who may pass."""

from __future__ import annotations

from aiohttp import web

from engine.core.roles import ANYONE, Identity, at_least, requires
from engine.db.database import Unavailable
from engine.runtime.services.webhooks import Endpoint, HttpCall, WebhookRouter
from engine.texts.text import Text
from engine.web.http.auth import CSRF_HEADER, READS, identify, own_checks
from engine.web.http.errors import ApiError, starting
from engine.web.http.origin import address_of, same_origin
from engine.web.http.server_context import SERVER

__all__ = ["add_hooks"]

PREFIX = "/hook"

# What a flow answers must not act as a page of ours: with `sandbox` it has an origin of its own, and no cookie.
POLICY = "sandbox allow-scripts allow-forms allow-popups; frame-ancestors 'none'"


def add_hooks(app: web.Application) -> None:
    """Mounts it; call this before the editor's catch-all."""
    app.router.add_route("*", PREFIX + "/{path:.*}", own_checks(requires(ANYONE)(_serve)))


async def _serve(request: web.Request) -> web.StreamResponse:
    server = request.app[SERVER]
    paths = server.service(WebhookRouter)
    raw_path = request.rel_url.raw_path.removeprefix(PREFIX)
    found = paths.find(request.method, raw_path)
    if found is None:
        raise _nobody(request, paths.methods(raw_path))
    endpoint, parameters = found
    identity = await _admitted(request, endpoint)
    answer = await endpoint.serve(
        HttpCall(
            request,
            parameters,
            identity.user if identity is not None else "",
            address_of(request),
            lambda: _still_admitted(request, endpoint),
        )
    )
    if not answer.prepared:
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


async def _admitted(request: web.Request, endpoint: Endpoint) -> Identity | None:
    """Who calls, None where anyone may. A token says by itself that the caller means it; a cookie is sent by any page of the browser."""
    if endpoint.need == ANYONE:
        return None
    identity, by_cookie = await identify(request)
    if identity is None or identity.must_change:
        raise ApiError(
            401,
            "signed_out",
            Text("api.not-open", path=request.path),
            headers={"WWW-Authenticate": "Bearer"},
        )
    upgrades = "Upgrade" in request.headers
    writes = request.method not in READS
    if by_cookie and (
        (upgrades and not same_origin(request))
        or (writes and not (request.headers.get(CSRF_HEADER) == "1" and same_origin(request)))
    ):
        raise ApiError(403, "cross_site", Text("api.hook-cross-site"))
    if not at_least(identity.role, endpoint.need):
        raise ApiError(403, "role", f"{request.path} needs the role {endpoint.need}", "use a token of that role")
    return identity


async def _still_admitted(request: web.Request, endpoint: Endpoint) -> bool:
    if endpoint.need == ANYONE:
        return True
    try:
        identity, _ = await identify(request)
    except Unavailable:
        return True
    return identity is not None and not identity.must_change and at_least(identity.role, endpoint.need)


def _nobody(request: web.Request, methods: list[str]) -> ApiError:
    if methods:
        return ApiError(
            405,
            "wrong_method",
            Text("api.hook-method", path=request.path, method=request.method, known=methods),
            headers={"Allow": ", ".join(methods)},
        )
    if "starting" in request.app[SERVER].health():
        return starting(Text("api.flows-starting"))
    return ApiError(404, "not_found", Text("api.no-hook", path=request.path))

"""Who may pass: sign-in, roles and cross-site checks for every route, the packs' too, and the audit of what was changed."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web

from engine.access.accounts import TOKEN_PREFIX
from engine.access.audit import AuditLog
from engine.core.roles import ANYONE, ROLE_TEXTS, Identity, Need, at_least, needed_role
from engine.texts.text import Text
from engine.web.http.errors import ApiError, Handler
from engine.web.http.origin import address_of, same_origin
from engine.web.http.route import IDENTITY, audit_of
from engine.web.http.server_context import SERVER

__all__ = ["AUDIT", "COOKIE", "CSRF_HEADER", "READS", "guard", "identify", "own_checks", "role_missing"]

AUDIT = web.AppKey("audit", AuditLog)

COOKIE = "mcs_session"
CSRF_HEADER = "X-MCS"
READS = ("GET", "HEAD", "OPTIONS")
OWN_SESSION = "/api/session"


_OWN_CHECKS = "__mcs_own_checks__"
_H = TypeVar("_H", bound=Handler)


def own_checks(handler: _H) -> _H:
    """Marks a handler that asks `identify` itself, because what it needs depends on the path: /hook."""
    setattr(handler, _OWN_CHECKS, True)
    return handler


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The one place where access is decided. What a route needs stands on its handler; see `engine.core.roles.requires`."""
    refuse_while_suspended(request)
    if request.match_info.http_exception is not None or hasattr(request.match_info.handler, _OWN_CHECKS):
        return await handler(request)
    need = needed_role(request.match_info.handler, request.method)
    writes = request.method not in READS
    if need == ANYONE:
        if writes and "Origin" in request.headers and not same_origin(request):
            raise _cross_site()
        return await handler(request)
    identity, by_cookie = await identify(request)
    if identity is None:
        raise ApiError(401, "signed_out", Text("api.signed-out"))
    if by_cookie and writes and not (request.headers.get(CSRF_HEADER) == "1" and same_origin(request)):
        raise _cross_site()
    if identity.must_change and not request.path.startswith(OWN_SESSION):
        raise ApiError(403, "password_must_change", Text("api.password-must-change", user=identity.user))
    if not at_least(identity.role, need):
        raise ApiError(403, "role", role_missing(identity, need))
    request[IDENTITY] = identity
    answer = await handler(request)
    if writes and answer.status < 400:
        await _record(request, identity)
    return answer


def refuse_while_suspended(request: web.Request) -> None:
    """ApiError (403) while a pack has closed the API; see `engine.runtime.services.suspension`. Health and sign-in always answer."""
    path = request.path
    if not path.startswith(("/api/", "/hook/")) or path == "/api/health" or path.startswith(OWN_SESSION):
        return
    refusal = request.app[SERVER].site.suspension.refusal(path)
    if refusal is not None:
        raise ApiError(403, refusal.code, refusal.message, refusal.hint)


async def identify(request: web.Request) -> tuple[Identity | None, bool]:
    """(who asks, whether a cookie says so). A token in the header goes before a cookie; API tokens do not count in cookies."""
    accounts = request.app[SERVER].accounts
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        token = text.strip()
        return (await accounts.identify(token) if token.startswith(TOKEN_PREFIX) else None), False
    cookie = request.cookies.get(COOKIE, "")
    if not cookie or cookie.startswith(TOKEN_PREFIX):
        return None, False
    return await accounts.identify(cookie), True


async def _record(request: web.Request, identity: Identity) -> None:
    noted = audit_of(request)
    if noted is None:
        if getattr(request.match_info.handler, "__mcs_route__", None) is not None:
            return  # one of our own that changes nothing: a preview, a list of ports
        resource = request.match_info.route.resource
        pattern = resource.canonical if resource is not None else request.path
        noted = (f"{request.method} {pattern}", "/".join(request.match_info.values()), {})
    await request.app[AUDIT].record(identity.user, address_of(request), *noted)


def role_missing(identity: Identity, need: Need) -> Text:
    """Of what somebody may not do."""
    return Text("api.role-missing", need=ROLE_TEXTS[need], user=identity.user, role=ROLE_TEXTS[identity.role])


def _cross_site() -> ApiError:
    return ApiError(403, "cross_site", Text("api.cross-site"))

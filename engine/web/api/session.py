"""Signing in and out, and one's own password."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from engine.access.passwords import invalid_password_reason
from engine.core.roles import ANYONE, Identity, Role
from engine.core.route import Nothing, Route
from engine.db.database import Unavailable
from engine.texts.text import Text
from engine.web.api.known_device import DEVICE, DEVICE_DAYS, device_cookie, known_device
from engine.web.api.login_limit import SignInLimit
from engine.web.http.auth import AUDIT, COOKIE, identify
from engine.web.http.errors import ApiError, json_answer
from engine.web.http.origin import address_of, is_https
from engine.web.http.route import Call

__all__ = ["LIMIT", "ROUTES"]

LIMIT = web.AppKey("sign_in_limit", SignInLimit)
COOKIE_DAYS = 30


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who wants to come in."""

    user: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    """One's own password: the one that is, and the one to be."""

    old: Annotated[str, Meta(max_length=256)]
    new: Annotated[str, Meta(max_length=256)]


class Me(msgspec.Struct):
    """Who is signed in. With `must_change` everything else is refused until a new password is set."""

    user: str
    role: Role
    language: str
    must_change: bool


async def sign_in(call: Call[SignIn]) -> web.Response:
    """Sign in; the answer sets the cookie `mcs_session`, and `mcs_device`, which guessers do not have."""
    request, given = call.request, call.given
    address = address_of(request)
    limit = request.app[LIMIT]
    device = known_device(request.cookies.get(DEVICE, ""), given.user, call.server.secrets)
    wait_s = limit.begin(given.user, address, device)
    if wait_s > 0:
        raise ApiError(
            429,
            "too_many_tries",
            Text("access.too-many-tries", seconds=math.ceil(wait_s)),
            headers={"Retry-After": str(math.ceil(wait_s))},
        )
    try:
        signed_in = await call.server.accounts.sign_in(given.user, given.password, address)
    except Unavailable:
        limit.succeeded(given.user, address, device)  # nothing was tried
        raise
    if signed_in is None:
        await request.app[AUDIT].record(given.user, address, "session.refused", given.user, {})
        raise ApiError(401, "wrong_password", Text("access.wrong-user-or-password"))
    limit.succeeded(given.user, address, device)
    token, identity = signed_in
    await request.app[AUDIT].record(identity.user, address, "session.begin", identity.user, {})
    answer = json_answer(_me(identity))
    answer.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_DAYS * 86400,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=is_https(request),
    )
    answer.set_cookie(
        DEVICE,
        device_cookie(identity.user, call.server.secrets),
        max_age=DEVICE_DAYS * 86400,
        path="/api/session",
        httponly=True,
        samesite="Strict",
        secure=is_https(request),
    )
    return answer


async def who_am_i(call: Call[Nothing]) -> Me:
    """Who is signed in; 401 when nobody is."""
    return _me(call.who)


async def sign_out(call: Call[Nothing]) -> web.Response:
    """Sign out; the session ends in every worker."""
    token = call.request.cookies.get(COOKIE, "")
    if call.who.via == "session" and token:
        await call.server.accounts.sign_out(token)
    answer = web.Response(status=204)
    answer.del_cookie(COOKIE, path="/")
    return answer


async def change_password(call: Call[NewPassword]) -> Me:
    """Set a new password of one's own; all other sessions of this user end."""
    who = call.who
    if who.via != "session":
        raise ApiError(403, "no_password", Text("access.token-without-password"))
    fault = invalid_password_reason(call.given.new, who.user)
    if fault is None and call.given.new == call.given.old:
        fault = Text("access.password-same")
    if fault is not None:
        raise ApiError(422, "weak_password", Text("access.weak-password", reason=fault))
    limit, address = call.request.app[LIMIT], address_of(call.request)
    wait_s = limit.begin(who.user, address)
    if wait_s > 0:
        raise ApiError(
            429,
            "too_many_tries",
            Text("access.too-many-tries", seconds=math.ceil(wait_s)),
            headers={"Retry-After": str(math.ceil(wait_s))},
        )
    keep = call.request.cookies.get(COOKIE, "")
    if not await call.server.accounts.change_own_password(who.user, call.given.old, call.given.new, keep):
        raise ApiError(403, "wrong_password", Text("access.wrong-old-password"))
    limit.succeeded(who.user, address)
    identity, _ = await identify(call.request)
    return _me(identity or who)


def _me(identity: Identity) -> Me:
    return Me(identity.user, identity.role, identity.language, identity.must_change)


ROUTES = (
    Route(
        method="POST", path="/api/session", role=ANYONE, handler=sign_in, given=SignIn, answer=Me, refusals=(401, 429)
    ),
    Route(method="GET", path="/api/session", role="viewer", handler=who_am_i, answer=Me),
    Route(
        method="DELETE",
        path="/api/session",
        role="viewer",
        handler=sign_out,
        answer=None,
        status=204,
        action="session.end",
    ),
    Route(
        method="POST",
        path="/api/session/password",
        role="viewer",
        handler=change_password,
        given=NewPassword,
        answer=Me,
        refusals=(422, 429),
        action="session.password",
    ),
)

"""Users, API tokens and the audit log, for those who administer."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from engine.access.accounts import TOKEN_DAYS, Token, User
from engine.access.audit import AuditEntry
from engine.access.passwords import invalid_password_reason
from engine.core.roles import Role
from engine.core.route import Nothing, Route
from engine.texts.text import Text
from engine.web.http.auth import AUDIT
from engine.web.http.errors import ApiError, json_answer, not_found
from engine.web.http.route import Call

__all__ = ["ROUTES"]

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[\w.@-]+$")]
Password = Annotated[str, Meta(max_length=256)]
Language = Literal["zh", "en"]


class NewUser(msgspec.Struct, forbid_unknown_fields=True):
    """A user to add. They have to choose a password of their own when they first sign in."""

    name: Name
    password: Password
    role: Role
    language: Language = "zh"


class UserChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be another; what is left out stays."""

    role: Role | None = None
    language: Language | None = None
    password: Password | None = None


class NewToken(msgspec.Struct, forbid_unknown_fields=True):
    """A token to make. It ends after `days`, and with the user who makes it; `null` sets no date."""

    name: Name
    role: Role
    days: Annotated[int, Meta(ge=1, le=3650)] | None = TOKEN_DAYS


class MadeToken(msgspec.Struct):
    """A new token. `text` is shown this once."""

    text: str
    token: Token


class AuditQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which lines; texts are looked for as parts."""

    before: Annotated[int, Meta(ge=0, le=2**62)] | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    who: Annotated[str, Meta(max_length=100)] = ""
    action: Annotated[str, Meta(max_length=100)] = ""
    target: Annotated[str, Meta(max_length=200)] = ""


async def list_users(call: Call[Nothing]) -> list[User]:
    """All users."""
    return await call.server.accounts.users()


async def add_user(call: Call[NewUser]) -> User:
    """Add a user.

    Of any role: without this nobody could ever become integrator. What an integrator may do beyond that is gated by server settings.
    """
    given = call.given
    _strong(given.password, given.name)
    call.target, call.details = given.name, {"role": given.role}
    return await call.server.accounts.add_user(given.name, given.password, given.role, given.language)


async def change_user(call: Call[UserChange]) -> User:
    """Change a user's role or language, or set a first password."""
    name, given = call.path("name"), call.given
    user = await call.server.accounts.user(name)
    if user is None:
        raise not_found(Text("access.no-user", name=name))
    if given.password is not None:
        _strong(given.password, name)
    call.details = {"role": given.role, "language": given.language, "password": given.password is not None}
    return await call.server.accounts.change_user(
        name, role=given.role, language=given.language, password=given.password
    )


async def remove_user(call: Call[Nothing]) -> None:
    """Remove a user; they are signed out everywhere, and their tokens end."""
    user = await call.server.accounts.user(call.path("name"))
    if user is None:
        raise not_found(Text("access.no-user", name=call.path("name")))
    await call.server.accounts.remove_user(user.name)


async def list_tokens(call: Call[Nothing]) -> list[Token]:
    """All API tokens, without their text."""
    return await call.server.accounts.tokens()


async def add_token(call: Call[NewToken]) -> web.Response:
    """Make an API token; its text is in this answer only."""
    given = call.given
    call.target, call.details = given.name, {"role": given.role, "days": given.days}
    text, token = await call.server.accounts.add_token(given.name, given.role, call.who, given.days)
    return json_answer(MadeToken(text, token), 201)


async def remove_token(call: Call[Nothing]) -> None:
    """End an API token."""
    await call.server.accounts.remove_token(call.path("name"))


async def audit(call: Call[AuditQuery]) -> list[AuditEntry]:
    """What was changed by whom, the latest first."""
    given = call.given
    return await call.request.app[AUDIT].entries(
        before=given.before, limit=given.limit, who=given.who, action=given.action, target=given.target
    )


def _strong(password: str, user: str) -> None:
    fault = invalid_password_reason(password, user)
    if fault is not None:
        raise ApiError(422, "weak_password", Text("access.weak-password", reason=fault))


ROUTES = (
    Route(method="GET", path="/api/users", role="admin", handler=list_users, answer=list[User]),
    Route(
        method="POST",
        path="/api/users",
        role="admin",
        handler=add_user,
        given=NewUser,
        answer=User,
        status=201,
        refusals=(409, 422),
        action="user.add",
    ),
    Route(
        method="PATCH",
        path="/api/users/{name}",
        role="admin",
        handler=change_user,
        given=UserChange,
        answer=User,
        refusals=(404, 409, 422),
        action="user.change",
    ),
    Route(
        method="DELETE",
        path="/api/users/{name}",
        role="admin",
        handler=remove_user,
        answer=None,
        status=204,
        refusals=(404, 409),
        action="user.remove",
    ),
    Route(method="GET", path="/api/tokens", role="admin", handler=list_tokens, answer=list[Token]),
    Route(
        method="POST",
        path="/api/tokens",
        role="admin",
        handler=add_token,
        given=NewToken,
        answer=MadeToken,
        status=201,
        refusals=(409,),
        action="token.add",
    ),
    Route(
        method="DELETE",
        path="/api/tokens/{name}",
        role="admin",
        handler=remove_token,
        answer=None,
        status=204,
        refusals=(404,),
        action="token.remove",
    ),
    Route(method="GET", path="/api/audit", role="admin", handler=audit, given=AuditQuery, answer=list[AuditEntry]),
)

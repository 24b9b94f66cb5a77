"""The four roles in rising order, who somebody is, and the mark that says which role a route needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeVar

import msgspec

from engine.texts.text import Text

__all__ = ["ANYONE", "ROLES", "ROLE_TEXTS", "Identity", "Need", "Role", "at_least", "needed_role", "requires"]

Role = Literal["viewer", "operator", "admin", "integrator"]
Need = Literal["anyone", "viewer", "operator", "admin", "integrator"]

ROLES: Final[tuple[Role, ...]] = ("viewer", "operator", "admin", "integrator")
ROLE_TEXTS: Final[Mapping[Need, Text]] = {
    "anyone": Text("access.anyone"),
    "viewer": Text("access.viewer"),
    "operator": Text("access.operator"),
    "admin": Text("access.admin"),
    "integrator": Text("access.integrator"),
}
ANYONE: Final = "anyone"
"""The need of a route that is open without sign-in."""

_MARK = "__mcs_role__"
_F = TypeVar("_F", bound=Callable[..., Any])


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking. `via` is `session` (a browser's cookie) or `token`; `user` of a token is `token:NAME`."""

    user: str
    role: Role
    via: Literal["session", "token"]
    language: str = "zh"
    must_change: bool = False


def at_least(role: Role, need: Need) -> bool:
    """Whether `role` may do what asks for `need`."""
    return need == ANYONE or ROLES.index(role) >= ROLES.index(need)


def requires(role: Need) -> Callable[[_F], _F]:
    """Marks the handler of a pack's route with the role it needs; `anyone` opens it to all who reach the server.

    Without the mark reading (GET) needs `viewer` and everything else `admin`.
    """
    if role != ANYONE and role not in ROLES:
        raise ValueError(f"{role!r} is no role; take one of {', '.join((ANYONE, *ROLES))}")

    def mark(handler: _F) -> _F:
        setattr(handler, _MARK, role)
        return handler

    return mark


def needed_role(handler: Any, method: str) -> Need:
    """What a handler's mark asks for, else the default of its method."""
    marked: Need | None = getattr(handler, _MARK, None)
    if marked is not None:
        return marked
    return "viewer" if method in ("GET", "HEAD", "OPTIONS") else "admin"

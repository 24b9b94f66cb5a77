"""Secrets: names are listed, values only go in."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from engine.access.secrets_store import SecretInfo
from engine.core.route import Nothing, Route
from engine.flow.names import invalid_name_reason
from engine.texts.text import Text
from engine.web.http.errors import ApiError, not_found
from engine.web.http.route import Call

__all__ = ["ROUTES"]


class SecretValue(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be kept."""

    value: Annotated[str, Meta(min_length=1, max_length=20_000)]


async def list_secrets(call: Call[Nothing]) -> list[SecretInfo]:
    """The names of all secrets, and who set them when."""
    return await call.server.secrets.names()


async def set_secret(call: Call[SecretValue]) -> None:
    """Store or replace a secret; flows use the new value from their next start on."""
    name = call.path("name")
    fault = invalid_name_reason(name)
    if fault is not None:
        raise ApiError(422, "bad_name", Text("access.no-secret-name", name=name[:80], reason=fault))
    await call.server.secrets.set(name, call.given.value, call.who.user)


async def remove_secret(call: Call[Nothing]) -> None:
    """Remove a secret; a flow that needs it does not start any more."""
    if not await call.server.secrets.remove(call.path("name")):
        raise not_found(Text("access.no-secret", name=call.path("name")))


ROUTES = (
    Route(method="GET", path="/api/secrets", role="admin", handler=list_secrets, answer=list[SecretInfo]),
    Route(
        method="PUT",
        path="/api/secrets/{name}",
        role="admin",
        handler=set_secret,
        given=SecretValue,
        answer=None,
        status=204,
        refusals=(422,),
        action="secret.set",
    ),
    Route(
        method="DELETE",
        path="/api/secrets/{name}",
        role="admin",
        handler=remove_secret,
        answer=None,
        status=204,
        refusals=(404,),
        action="secret.remove",
    ),
)

"""A route as data: method, path, role, what it takes and answers. The server mounts it; the OpenAPI document and the tests are made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from engine.core.roles import Need

__all__ = ["Nothing", "Route"]

TIME_LIMIT_S = 20.0


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """Takes nothing, or answers nothing."""


class Route(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`given` is the Struct of the JSON body, or of the query of a GET; `bytes` for a body that is taken as it comes, of one of the
    content types in `media`. `answer` is the type of what the handler returns; `str` and `bytes` for what it sends as text or a file.

    The first sentence of the handler's docstring is the summary in the OpenAPI document. `refusals` are statuses
    besides those that every route has. Everything that changes something is `audited` under the name of the action.
    """

    method: str
    path: str
    role: Need
    handler: Callable[[Any], Awaitable[Any]]
    answer: Any
    given: type[Any] = Nothing
    media: tuple[str, ...] = ()
    refusals: tuple[int, ...] = ()
    status: int = 200
    action: str = ""
    time_limit_s: float = TIME_LIMIT_S
    moved_to: str = ""
    """The path that has taken the place of this one, which still works: its answers name the new one in a Link header."""

    @property
    def summary(self) -> str:
        """The first sentence of the handler's docstring."""
        return " ".join((self.handler.__doc__ or "").split("\n\n")[0].split())

    def under_old_path(self, path: str) -> Route:
        """The same route where it once was."""
        return msgspec.structs.replace(self, path=path, moved_to=self.path)

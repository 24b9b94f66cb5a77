"""Connections that nodes share by key, each open as long as one of them needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

__all__ = ["Connections"]

_T = TypeVar("_T")


class Connections:
    """Made by the first node that asks, closed after the last has left."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[asyncio.Future[Any], Callable[[Any], Awaitable[None]], int]] = {}

    async def take(self, key: str, make: Callable[[], Awaitable[_T]], close: Callable[[_T], Awaitable[None]]) -> _T:
        """The connection of that key. Whatever `make` raises is raised to all who wait for it."""
        if key in self._open:
            future, known_close, users = self._open[key]
            self._open[key] = (future, known_close, users + 1)
            return await asyncio.shield(future)
        future = asyncio.get_running_loop().create_future()
        self._open[key] = (future, close, 1)
        try:
            made = await make()
        except BaseException as error:
            del self._open[key]
            future.set_exception(error)
            future.exception()
            raise
        future.set_result(made)
        return made

    async def leave(self, key: str) -> None:
        """One user less; closes with the last."""
        if key not in self._open:
            return
        future, close, users = self._open[key]
        if users > 1:
            self._open[key] = (future, close, users - 1)
            return
        del self._open[key]
        await close(future.result())
